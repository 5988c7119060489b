package sim

import (
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/portalbench/portalbench/generators"
	"github.com/portalbench/portalbench/scenarios"
	"github.com/portalbench/portalbench/sim/des"
)

// crowded is a combination with everything on.
var crowded = combination{end: "resume", order: "urgency", work: "batched", cover: "coverer", abandonment: true,
	collegially: true, escalate: "rn"}

// Watch shows the same events for the same seed, in order, and others for another seed or replication. Showing
// them changes nothing: its measures are those of an experiment.
func TestTheSameSeedIsTheSameStory(t *testing.T) {
	s, policy := crowded.busy(t)
	p, err := NewPlan(s)
	require.NoError(t, err)
	router := routing{first: scenarios.RN, authority: .4, order: "urgency"}
	a := Arm{Name: "test", Policy: &policy, Router: func() Router { return router }}
	watch := func(seed uint64, replication int) (events []Event) {
		Watch(p, a, seed, replication, 0, nil, func(e *Event) { events = append(events, *e) })
		return events
	}
	want := watch(5, 0)
	require.Greater(t, len(want), 1000)
	require.True(t, slices.IsSortedFunc(want, func(a, b Event) int { return int(a.At - b.At) }))
	require.True(t, slices.Equal(want, watch(5, 0)))
	require.False(t, slices.Equal(want, watch(6, 0)))
	require.False(t, slices.Equal(want, watch(5, 1)))
	measures := Watch(p, a, 5, 0, 0, nil, func(*Event) {})
	trials, _, err := Experiment{Plan: p, Arms: []Arm{a}, Replications: 1, Seed: 5, Workers: 1}.Run(t.Context())
	require.NoError(t, err)
	require.Equal(t, len(measures), len(trials[0].Replications[0]))
	for i, m := range trials[0].Replications[0] {
		require.Equal(t, m.Key(), measures[i].Key())
		require.True(t, m.Value == measures[i].Value || m.Value != m.Value, m.Key())
	}
}

// Advancing in steps of any length tells the same story as advancing at once.
func TestStepsLeaveNoTrace(t *testing.T) {
	story := func(step des.Time) []Event {
		c, _ := crowded.start(t)
		for now := step; now < c.end; now += step {
			c.Advance(now, nil)
		}
		c.Advance(c.end, nil)
		return c.trace.events
	}
	want := story(des.Week)
	require.Equal(t, want, story(7*des.Minute))
}

// seenNeed is what a policy is shown of a thread when it arrives, and how it was addressed.
type seenNeed struct {
	category, label    scenarios.Category
	delegable          float64
	felt, high, pool   bool
	specialty          bool
	sender             scenarios.Sender
	patient, addressee int32
}

// onlooker keeps what arrives, by the key of the classifier's draws.
type onlooker struct {
	Router
	seen map[des.Key]seenNeed
}

func (o onlooker) Route(v *View) Decision {
	if v.From == scenarios.RoleNone {
		o.seen[v.Draws] = seenNeed{v.Category, v.Label, v.Delegable, v.Felt, v.HighRisk, v.ToPool, v.Specialty, v.Sender,
			v.Patient, v.addressee}
	}
	return o.Router.Route(v)
}

// Whatever lever a policy pulls, each need that falls due is the same need at the same time, with the same content,
// addressed to the same person; and what becomes of it, unless the lever is about that, is the same too. Colleagues who
// are on leave are not written to, so nobody is here.
func TestLeversLeaveOtherDrawsAlone(t *testing.T) {
	look := func(change func(x *setup)) (map[des.Key]seenNeed, map[des.Key]Event) {
		seen := map[des.Key]seenNeed{}
		o := run(t, func(x *setup) {
			crowd(x)
			change(x)
			x.router = onlooker{x.router, seen}
		})
		fell := map[des.Key]Event{}
		for _, e := range o.events {
			if e.Kind == NeedFell {
				fell[e.Key] = e
			}
		}
		return seen, fell
	}
	seen, fell := look(unchanged)
	require.Greater(t, len(seen), 500)
	for name, lever := range map[string]func(x *setup){
		"route": func(x *setup) { x.router = routing{first: scenarios.RN, authority: .5} },
		"order": func(x *setup) { x.router, x.policy.Order = routing{order: "urgency"}, "urgency" },
		"deadline": func(x *setup) {
			x.policy.Order, x.policy.Standard = "deadline", scenarios.Standard{BusinessDays: 1, EscalateTo: "rn"}
		},
		"work":      func(x *setup) { x.policy.Work = scenarios.Work{Sessions: "batched", TimesADay: 1, SwitchSeconds: 60} },
		"protected": func(x *setup) { x.policy.Work.Protected = scenarios.Duration(20 * time.Minute) },
		"draft":     func(x *setup) { x.policy.Draft = scenarios.Draft{By: "ai", PhysicianSaves: 60, Use: .5} },
		"cover":     func(x *setup) { x.policy.Cover = scenarios.Cover{By: "coverer", Physicians: 2} },
		"billed":    func(x *setup) { x.policy.Billing.Billed = 1 },
		"length":    func(x *setup) { x.policy.Limits.Length = 1 },
	} {
		otherSeen, otherFell := look(lever)
		require.Equal(t, seen, otherSeen, name)
		require.Equal(t, fell, otherFell, name)
	}
	for name, lever := range map[string]func(x *setup){
		"demand": func(x *setup) { x.policy.Billing = scenarios.Billing{Demand: .8, PhonesInstead: .5} },
		"misuse": func(x *setup) { x.policy.Training.Misuse = 1 },
		"trust":  func(x *setup) { x.policy.Training.HoldingBack = 1 },
		"count":  func(x *setup) { x.policy.Limits.MessagesAMonth = 1 },
	} {
		otherSeen, otherFell := look(lever)
		requireSameNeeds(t, name, seen, otherSeen, fell, otherFell)
	}
}

// requireSameNeeds holds that a lever about the fate of needs changes that, for some, and nothing else.
func requireSameNeeds(t *testing.T, name string, seen, otherSeen map[des.Key]seenNeed,
	fell, otherFell map[des.Key]Event) {
	changed := 0
	for k, e := range fell {
		other, ok := otherFell[k]
		require.True(t, ok && other.At == e.At && other.Person == e.Person, name)
		changed += int(when(other.Fate != e.Fate))
		lever := e.Fate == Written || e.Fate == HeldBack || e.Fate == Failed // what would be written, or might
		require.True(t, lever || other.Fate == e.Fate, "%s: %s becomes %s", name, e.Fate, other.Fate)
	}
	require.Len(t, otherFell, len(fell), name)
	require.Positive(t, changed, name)
	for k, n := range otherSeen {
		if was, ok := seen[k]; ok {
			require.Equal(t, was, n, name)
		}
	}
}

// crowd gives the small network everything that is drawn for each need. What past threads lead to, and when, depends on
// how they went, so it is left out, and so is the expected wait.
func crowd(x *setup) {
	d := &x.Demand
	d.Triggers = scenarios.Triggers{Visits: 2, AfterVisit: .25, Surgeries: .1, AfterSurgery: 2}
	d.Channel.PhoneOdds, d.Channel.VisitOdds, d.Channel.Emergency, d.Channel.FeltUrgentPhone = .2, .1, .3, 3
	d.HoldingBack = scenarios.HoldingBack{Share: .3, Unsent: .5, Shortened: .6}
	d.Addressing, d.Urgency.Actual = scenarios.Addressing{Pool: .1, Wrong: .2}, .05
	x.Population.Technology = scenarios.Technology{BarrierUnder65: .3, BarrierFrom65: .5, FailedSends: .3}
	x.Threads.FollowUp = .4
}

// A need is what it is whoever asks, and whatever was asked before.
func TestContentsDoNotDependOnOrder(t *testing.T) {
	p, err := NewPlan(small(t))
	require.NoError(t, err)
	people := p.model.Draw(3, 0, 0, 2000)
	needs := people.Needs(0, 0, p.end, nil)
	forward := make([]generators.Content, len(needs))
	for i, n := range needs {
		forward[i] = people.Content(0, n)
	}
	again := p.model.Draw(3, 0, 0, 2000)
	for i := range needs {
		last := len(needs) - 1 - i
		require.Equal(t, forward[last], again.Content(0, needs[last]))
	}
}

// Each of the physicians is as likely to be the colleague of another, whoever comes before them in the roster.
func TestColleaguesAreDrawnAlike(t *testing.T) {
	p := testPlan(t, "cardiopulmonary")
	c := prepared(p, scenarios.Policy{}, 1, 0, addresseeOnly{}, des.Day)
	others := -2 // one asks and one is on leave
	for s := range c.staff {
		c.staff[s].leaveWeek, c.staff[s].onLeave = 0, s == 4
		others += int(when(p.roster[s].Role == scenarios.Physician))
	}
	const draws = 4000
	n := map[int32]int{}
	for i := range uint64(draws) {
		n[c.colleague(2, des.NewKey(i))]++
	}
	require.Len(t, n, others)
	for s, times := range n {
		require.Equal(t, scenarios.Physician, p.roster[s].Role)
		requireShare(t, 1/float64(others), times, draws, "colleague")
	}
}
