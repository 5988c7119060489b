package sim

import (
	"maps"
	"math"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/portalbench/portalbench/generators"
	"github.com/portalbench/portalbench/results"
	"github.com/portalbench/portalbench/scenarios"
	"github.com/portalbench/portalbench/sim/des"
)

// plain switches every optional mechanism off: whoever needs something writes it, once, to their own clinician, who
// answers it in one go in the first session with room for it.
func plain(s *scenarios.Scenario) {
	s.Network.Holidays = 0
	s.Population.Technology = scenarios.Technology{}
	s.Population.Writing.NeedsPerThread, s.Population.Writing.GammaShape = 1, 0
	d, th, h := &s.Demand, &s.Threads, &s.Handling
	d.Triggers, d.HoldingBack, d.Addressing = scenarios.Triggers{}, scenarios.HoldingBack{}, scenarios.Addressing{}
	d.Responsiveness = scenarios.Responsiveness{AtMost: 1}
	d.Channel = scenarios.Channel{FeltUrgentPhone: 1, ExpectedWait: d.Channel.ExpectedWait,
		AppointmentWait: usualAppointmentWait}
	*th = scenarios.Threads{NeedsPhysician: th.NeedsPhysician, SpecialtyNeeds: th.SpecialtyNeeds,
		AnswerSeenAfter: th.AnswerSeenAfter, AnswerSeenLogSD: th.AnswerSeenLogSD}
	h.BetweenLogSD, h.Defer, h.SwitchSeconds, h.Consult, h.Copy = 0, 0, 0, 0, 0
	s.Staff = maps.Clone(s.Staff)
	for name := range s.Staff {
		setStaff(s, name, func(g *scenarios.Staff) {
			g.OwnTime, g.StartSpread, g.LeaveDays, g.ShiftEnd = nil, 0, 0, ""
			g.Interruptions, g.Background = scenarios.Interruptions{}, scenarios.Items{}
		})
	}
}

// setStaff changes a group of staff.
func setStaff(s *scenarios.Scenario, group string, change func(*scenarios.Staff)) {
	g := s.Staff[group]
	change(&g)
	s.Staff[group] = g
}

var cardiopulmonary = sync.OnceValues(func() (*scenarios.Scenario, error) {
	loaded, err := scenarios.Load("cardiopulmonary", nil)
	if err != nil {
		return nil, err
	}
	return loaded.Scenario, nil
})

// builtIn returns a copy of the built-in scenario.
func builtIn(t testing.TB) *scenarios.Scenario {
	loaded, err := cardiopulmonary()
	require.NoError(t, err)
	s := *loaded
	s.Staff = maps.Clone(s.Staff)
	return &s
}

const officeWeek = "mon-fri 08:00-17:00"

// small is a plain network of 2,000 portal users who write 5 threads a year each, 192 a week: for each of the four
// physicians ten a workday, 23 minutes of the 120 that they have. With it come a cardiologist, a pulmonologist and two
// nurses. Four weeks are observed, without warm-up.
func small(t testing.TB) *scenarios.Scenario {
	s := builtIn(t)
	plain(s)
	s.Horizon = scenarios.Horizon{Days: 28, CoolDownDays: 14}
	s.Population.Patients, s.Network.Patients, s.Population.PortalActive = 2000, 2000, 1
	s.Population.Writing.ThreadsPerPatientYear = 5
	group := func(role, clinic string, people int, inbox ...string) scenarios.Staff {
		g := scenarios.Staff{Role: role, Clinic: clinic, FTE: float64(people), People: people,
			Hours: []scenarios.Window{window(t, officeWeek)}}
		for _, w := range inbox {
			g.Inbox = append(g.Inbox, window(t, w))
		}
		return g
	}
	const morning, afternoon = "mon-fri 09:00-10:00", "mon-fri 15:00-16:00"
	s.Staff = map[string]scenarios.Staff{
		"physician":     group("physician", "primary-care", 4, morning, afternoon),
		"cardiologist":  group("specialist", generators.Cardiology, 1, morning, afternoon),
		"pulmonologist": group("specialist", generators.Pulmonology, 1, morning, afternoon),
		"rn":            group("rn", "nurse-pool", 2, "mon-fri 08:00-10:00", "mon-fri 13:00-15:00"),
	}
	return s
}

// routing is a router for tests. Threads written to the team, and all if a pool is first, go to the pool; it closes
// what is below its authority and hands on the rest. What is worded with high risk is called urgent.
type routing struct {
	first     scenarios.Role
	authority float64
	order     string
	byTeam    scenarios.Role // takes what is written to the team
}

func (r routing) Route(v *View) Decision {
	if v.From != scenarios.RoleNone {
		return Decision{Answer: v.From.IsPhysician() || v.Delegable < v.Authority}
	}
	d := Decision{Pool: r.first, Urgent: v.HighRisk, Label: v.Label, Class: 1, Authority: r.authority}
	if v.ToPool && r.byTeam != scenarios.RoleNone {
		d.Pool = r.byTeam
	}
	switch r.order {
	case "urgency":
		d.Class = uint8(1 - when(v.HighRisk))
	case "category":
		d.Class = 1 + uint8(v.Category)%3
	}
	return d
}

// setup is a clinic about to be simulated.
type setup struct {
	*scenarios.Scenario
	policy scenarios.Policy
	router Router
	seed   uint64
	portal *PortalDelay
}

// outcome is a clinic that has been simulated to the end, with everything that happened.
type outcome struct {
	*Tally
	t      testing.TB
	plan   *Plan
	clinic *Clinic
	events []Event
	needs  []generators.Need
}

// run simulates the small network as a setting changes it. Two runs have the same people, needs and draws.
func run(t testing.TB, change func(x *setup)) *outcome {
	x := &setup{Scenario: small(t), policy: scenarios.Policy{Name: "test", Order: "arrival"}, router: routing{}, seed: 11}
	change(x)
	p, err := NewPlan(x.Scenario)
	require.NoError(t, err)
	c := prepared(p, x.policy, x.seed, 0, x.router, p.end)
	c.arm.portal, c.tally.waited = x.portal, x.portal != nil
	o := &outcome{t: t, plan: p, clinic: c, needs: c.needs}
	c.trace = &tracer{}
	c.Advance(p.end, nil)
	o.events, o.Tally = c.trace.events, c.Close()
	return o
}

// unchanged leaves the small network as it is.
func unchanged(*setup) {}

// prepared makes a clinic of a network of a plan with its people's needs before until.
func prepared(p *Plan, policy scenarios.Policy, seed uint64, network int, r Router, until des.Time) *Clinic {
	people := p.model.Draw(seed, 0, network, p.Scenario.Network.Patients)
	needs := people.Needs(0, 0, until, nil)
	return newClinic(p, newArm(p, &policy), network, 0, people, needs, r, until)
}

// number counts the events of some kinds, of the whole simulation.
func (o *outcome) number(kinds ...EventKind) int {
	n := 0
	for i := range o.events {
		for _, k := range kinds {
			n += int(when(o.events[i].Kind == k))
		}
	}
	return n
}

// fated returns the keys of the needs that came to a fate.
func (o *outcome) fated(f Fate) map[des.Key]bool {
	keys := map[des.Key]bool{}
	for i := range o.events {
		if e := &o.events[i]; e.Kind == NeedFell && e.Fate == f {
			keys[e.Key] = true
		}
	}
	return keys
}

// mean returns the value of a measure.
func (o *outcome) mean(key string) float64 { return float64(measure(o.t, o.Tally, o.plan, key).Value) }

// response returns the mean first response, in hours.
func (o *outcome) response() float64 { return o.mean("first_response_hours mean") }

// begun returns how many observed threads there were.
func (o *outcome) begun() int { return o.sum(countThreads) }

// answered returns how many observed threads got a response.
func (o *outcome) answered() int {
	m := measure(o.t, o.Tally, o.plan, "first_response_hours mean")
	return int(m.N - m.NotReached)
}

// sum adds up one of the counts of threads.
func (o *outcome) sum(count int) int { return int(o.all(count)) }

// all returns a count of all threads.
func (t *Tally) all(count int) int64 { return t.count[count].of(whole()) }

// fell returns how many needs came to a fate, or how much there was of what needs and threads lead to.
func (t *Tally) fell(what int) int64 { return t.demand[what].of(whole()) }

// worked returns the time spent on threads by a role on workdays.
func (o *outcome) worked(r scenarios.Role) des.Time { return o.work[r].threads.onDay }

// planned returns how many needs that something in the past leads to have not fallen due in the end.
func (o *outcome) planned() int {
	free := map[int32]bool{}
	for _, slot := range o.clinic.slab.free {
		free[slot] = true
	}
	n := 0
	for slot := range o.clinic.slab.threads {
		n += int(when(!free[int32(slot)] && o.clinic.slab.threads[slot].state == planned))
	}
	return n
}

// deviation is the standard deviation of a number of n independent draws of probability p.
func deviation(p float64, n int) float64 { return math.Sqrt(float64(n) * p * (1 - p)) }

// requireShare holds a number of n independent draws against its probability: within 5 standard errors, which chance
// exceeds once in 1.7 million times.
func requireShare(t testing.TB, p float64, number, n int, what string) {
	t.Helper()
	require.Positive(t, n, what)
	require.InDelta(t, p*float64(n), float64(number), 5*deviation(p, n), what)
}

func measure(t testing.TB, tally *Tally, p *Plan, key string) results.Measure {
	t.Helper()
	for _, m := range tally.Measures(p) {
		if m.Key() == key {
			return m
		}
	}
	require.Fail(t, "no such measure", key)
	return results.Measure{}
}
