package sim

import (
	"math/rand/v2"
	"time"

	"github.com/portalbench/portalbench/generators"
	"github.com/portalbench/portalbench/scenarios"
	"github.com/portalbench/portalbench/sim/des"
)

// dice draws scenarios and policies.
type dice struct{ *rand.Rand }

func newDice(seed uint64, number int) dice { return dice{rand.New(rand.NewPCG(seed, uint64(number)))} }

func (d dice) may(share float64) bool            { return d.Float64() < share }
func (d dice) between(low, high float64) float64 { return low + (high-low)*d.Float64() }
func (d dice) whole(low, high int) int           { return low + d.IntN(high-low+1) }
func (d dice) minutes(low, high int) time.Duration {
	return time.Duration(d.whole(low, high)) * time.Minute
}
func (d dice) span(low, high int) scenarios.Duration { return scenarios.Duration(d.minutes(low, high)) }

// sometimes returns a number in the range, or 0, as often.
func (d dice) sometimes(low, high float64) float64 {
	if d.may(.5) {
		return 0
	}
	return d.between(low, high)
}

func oneOf[T any](d dice, list ...T) T { return list[d.IntN(len(list))] }

// refWorld is a clinic with a policy.
type refWorld struct {
	scenario             *scenarios.Scenario
	policy               *scenarios.Policy
	router               refRouter
	network, replication int
	portal               *PortalDelay

	recorded bool     // the engine keeps ops
	step     des.Time // it is stopped so often
	grain    des.Time // needs fall due at whole multiples of this, so that things happen at the same time
}

// drawWorld changes a scenario so that every mechanism is on in some worlds, alone and with others.
func drawWorld(d dice, s scenarios.Scenario) refWorld {
	s.Horizon = scenarios.Horizon{Days: d.whole(7, 18), WarmUpDays: d.whole(0, 9), CoolDownDays: 14}
	patients := d.whole(500, 2000)
	s.Population.Patients, s.Network.Patients = patients, patients
	s.Population.Writing.ThreadsPerPatientYear = d.between(4000, 16000) / float64(patients)
	s.Population.Technology.FailedSends = d.sometimes(.1, .9)
	s.Population.Technology.BarrierUnder65 = .3
	s.Population.Conditions.Coronary = oneOf(d, .07, .3, .7) // those of the cardiologist
	drawDemand(d, &s.Demand)
	drawThreads(d, &s.Threads)
	drawHandling(d, &s.Handling)
	s.Network.Hours = oneOf(d, refDays(0, 4, 480, 1020), refDays(0, 6, 0, 1440), refDays(0, 5, 540, 780))
	s.Network.Holidays = oneOf(d, 0, 11, 50)
	s.Staff = drawStaff(d)
	if s.Staff["cardiologist"].Role == "" {
		s.Demand.Specialist = 0
	}
	w := refWorld{scenario: &s, policy: drawPolicy(d), network: d.whole(0, 9), replication: d.whole(0, 9),
		recorded: d.may(.3), step: oneOf(d, des.Never, des.Day, 7*des.Hour), grain: oneOf(d, 1, 1, des.Minute, 10*des.Minute)}
	w.router = drawRouter(d, w.policy)
	if d.may(.15) {
		w.gather(d)
	}
	if d.may(.4) {
		w.portal = drawPortalDelay(d)
	}
	return w
}

// gather brings together what seldom meets: much is written to the wrong one of several physicians, who are often on
// leave with little cover, and what nobody has answered by the next day goes to a colleague.
func (w *refWorld) gather(d dice) {
	s := w.scenario
	s.Demand.Addressing = scenarios.Addressing{Wrong: .4}
	s.Handling.Consult, s.Handling.Defer = .3, .3
	g := drawGroup(d, "physician", 4)
	g.LeaveDays = 150
	s.Staff["physician"] = g
	w.policy.Cover = scenarios.Cover{By: oneOf(d, "on_call", "on_call", "coverer"), Physicians: 2}
	w.policy.Standard = scenarios.Standard{BusinessDays: 1, EscalateTo: "colleague"}
}

func drawDemand(d dice, m *scenarios.Demand) {
	m.Urgency = scenarios.Urgency{Actual: .05, HighRisk: .1, WordedIfUrgent: .8, FeltIfUrgent: .5,
		FeltOtherwise: d.sometimes(.05, .4)}
	t := &m.Triggers
	t.AfterVisit, t.ReadingsAsked, t.ReadingsSent = d.sometimes(.1, .4), d.sometimes(.2, .9), .8
	t.ReadingsAfterDays = d.between(0, 10)
	c := &m.Channel
	c.PhoneOdds, c.VisitOdds, c.FeltUrgentPhone = d.sometimes(.05, .5), d.sometimes(.05, .5), d.between(1, 4)
	c.Emergency, c.PerDayOfWait = d.sometimes(.1, .5), d.sometimes(.1, 1)
	c.ExpectedWait, c.AppointmentWait, c.VisitsCaused = d.span(60, 4000), d.between(1, 30), d.sometimes(.05, .5)
	m.HoldingBack = scenarios.HoldingBack{Share: d.sometimes(.1, .8), Unsent: d.sometimes(.1, .6),
		Shortened: d.between(0, 1), FollowUp: d.sometimes(.1, .4)}
	m.Addressing = scenarios.Addressing{Pool: d.sometimes(.1, .5), Wrong: d.sometimes(.05, .4)}
	m.Responsiveness = scenarios.Responsiveness{Elasticity: d.sometimes(.1, 1), AtMost: d.between(1, 3)}
	m.Specialist = d.sometimes(.2, .8)
}

func drawThreads(d dice, t *scenarios.Threads) {
	t.FollowUp, t.NoReplyNeeded, t.NotResolved = d.sometimes(.2, .6), d.sometimes(.1, .5), d.sometimes(.1, .5)
	t.NeedsPhysician = d.between(0, 1)
	t.SpecialtyNeeds = scenarios.Needed{Specialist: d.between(0, .2), Physician: d.between(0, .2), RN: d.between(.1, .3),
		MA: d.between(.1, .3)}
	t.AnswerSeenAfter, t.AnswerSeenLogSD = d.span(1, 2000), d.sometimes(.5, 2)
	t.UnresolvedVisit, t.PhoneReply = d.between(0, 1), d.sometimes(.05, .4)
	t.Patience = scenarios.Patience{}
	if d.may(.8) {
		t.Patience = scenarios.Patience{Median: d.span(30, 3000), FeltUrgent: d.span(5, 600), AfterVisit: d.between(.5, 3),
			LogSD: d.sometimes(.5, 2), GammaShape: oneOf(d, 0, 0, 1, .5), Nudge: d.between(0, .7), Phone: d.between(0, .3),
			Emergency: d.sometimes(.05, .5), MostNudges: d.whole(0, 3)}
	}
}

func drawHandling(d dice, h *scenarios.Handling) {
	h.LogSD, h.GammaShape, h.BetweenLogSD = d.sometimes(.3, .8), oneOf(d, 0, 0, 1., 3), d.sometimes(.1, .4)
	m := oneOf(d, 1, 2, 5.5)
	h.Minutes = scenarios.RoleMinutes{Physician: m, Specialist: m, APP: m, RN: m, MA: 2 * m, Pharmacist: m, FrontDesk: m}
	h.ReadShare, h.Defer, h.SwitchSeconds = d.between(.1, .9), d.sometimes(.1, .7), d.sometimes(1, 60)
	h.Consult, h.ConsultMinutes, h.Copy = d.sometimes(.05, .4), oneOf(d, 1, 1.5), d.sometimes(.05, .4)
	h.CallMinutes, h.Background.LogSD = oneOf(d, 1, 4.5), d.sometimes(.2, .8)
}

func drawStaff(d dice) map[string]scenarios.Staff {
	staff := map[string]scenarios.Staff{"physician": drawGroup(d, "physician", d.whole(1, 4))}
	for _, g := range []struct {
		name, role string
		most       int
	}{{"cardiologist", "specialist", 3}, {"app", "app", 3}, {"rn", "rn", 3}, {"ma", "ma", 3},
		{"pharmacist", "pharmacist", 2}, {"front_desk", "front_desk", 2}} {
		if people := d.whole(0, g.most); people > 0 {
			staff[g.name] = drawGroup(d, g.role, people)
		}
	}
	return staff
}

// refDays is a window of the week; clocks in minutes since midnight.
func refDays(first, last, start, end int) scenarios.Window {
	return scenarios.Window{FirstDay: first, LastDay: last, Start: start, End: end}
}

// drawGroup draws a group of staff: their week, their leave, what interrupts them and their background work.
func drawGroup(d dice, role string, people int) scenarios.Staff {
	g := scenarios.Staff{Role: role, Clinic: generators.Cardiology, People: people,
		FTE: float64(people) * oneOf(d, 1, .8, .55), Hours: []scenarios.Window{refDays(0, 4, 480, 1020)},
		LeaveDays: oneOf(d, 0, 28, 150, 150), ShiftEnd: oneOf(d, "", "finish", "resume")}
	switch d.whole(0, 3) {
	case 0: // at all hours
		g.Hours = []scenarios.Window{refDays(0, 6, 0, scenarios.MinutesPerDay)}
		g.Inbox = g.Hours
	case 1: // sessions that adjoin
		g.Inbox = []scenarios.Window{refDays(0, 4, 480, 540), refDays(0, 4, 540, 600), refDays(0, 4, 900, 990)}
	default: // minutes between visits, and own time
		for start := 480; start < 960; start += d.whole(60, 240) {
			g.Inbox = append(g.Inbox, refDays(0, 4, start, start+d.whole(1, 30)))
		}
		g.StartSpread = oneOf(d, 0, 0, d.span(1, 30))
		g.OwnTime = []scenarios.OwnTime{{Share: .5, When: refDays(0, 4, 1200, 1230)},
			{Share: .5, When: refDays(6, 6, 1000, 1060)}}
	}
	if d.may(.4) {
		g.Interruptions = scenarios.Interruptions{Every: d.span(2, 60), For: d.span(1, 40)}
	}
	if d.may(.15) {
		g.Interruptions.For, g.Interruptions.WhenEmpty = d.span(1, 40), true
	}
	if d.may(.6) {
		g.Background = scenarios.Items{Prescriptions: d.between(1, 10), Calls: d.between(0, 10), Results: d.sometimes(1, 10),
			Colleagues: d.sometimes(1, 5)}
	}
	return g
}

func drawPolicy(d dice) *scenarios.Policy {
	p := &scenarios.Policy{Order: oneOf(d, "arrival", "urgency", "deadline", "category"),
		Work: scenarios.Work{Sessions: oneOf(d, "", "scenario", "continuous", "batched"), TimesADay: d.whole(1, 4),
			Protected: oneOf(d, 0, 0, d.span(5, 30)), SwitchSeconds: d.sometimes(1, 30)},
		Cover: scenarios.Cover{By: oneOf(d, "", "none", "on_call", "coverer", "coverer"), Physicians: d.whole(0, 4)}}
	if d.may(.4) {
		p.Draft = scenarios.Draft{By: oneOf(d, "template", "ai"), PhysicianSaves: d.between(-30, 30), StaffSaves: 20,
			ExtraReadingSeconds: d.sometimes(1, 20), Use: oneOf(d, 0, .4)}
	}
	if p.Order == "deadline" || d.may(.5) {
		p.Standard = scenarios.Standard{BusinessDays: d.whole(1, 3),
			EscalateTo: oneOf(d, "", "none", "first", "colleague", "rn", "app", "team")}
	}
	if d.may(.3) {
		p.Billing = scenarios.Billing{Demand: .9, Billed: .3, PhonesInstead: .5}
	}
	if d.may(.3) {
		p.Training = scenarios.Training{Misuse: .4, LabelAccuracy: .5, HoldingBack: .5}
	}
	if d.may(.4) {
		p.Limits = scenarios.Limits{Length: d.sometimes(.1, .5), MessagesAMonth: oneOf(d, 0, 1, 2),
			ClosesAfterDays: oneOf(d, 0, 1, 3)}
	}
	if d.may(.3) || p.Standard.EscalateTo == "team" {
		p.Route.Team = oneOf(d, []string{"rn", "ma"}, []string{"app", "rn"}, []string{"ma", "app", "rn"},
			[]string{"front_desk", "pharmacist"})
	}
	return p
}

// refRouter stands for the routers of package triage, which this one cannot import: it makes use of all that a View
// shows and of all that a Decision can say.
type refRouter struct {
	order     string
	labels    int // what calls a thread urgent: nothing, the sender, the wording
	first     scenarios.Role
	renewals  scenarios.Role
	authority float64
	full      int  // no pool gets more when so many wait, no clinician either
	passes    bool // MAs pass on to nurses
	ahead     bool // high-risk wording goes first in every inbox
	apart     bool // what is written to specialists goes to no pool
}

func drawRouter(d dice, p *scenarios.Policy) refRouter {
	some := []scenarios.Role{scenarios.RoleNone, scenarios.RN, scenarios.MA, scenarios.MA, scenarios.APP,
		scenarios.Pharmacist, scenarios.FrontDesk}
	return refRouter{order: p.Order, labels: d.whole(0, 2), first: oneOf(d, some...), renewals: oneOf(d, some...),
		authority: d.Float64(), full: d.whole(3, 60), passes: d.may(.5) && len(p.Route.Team) == 0, ahead: d.may(.3),
		apart: d.may(.3)}
}

func (r refRouter) Route(v *View) Decision {
	switch {
	case v.From == scenarios.RoleNone:
		return r.arrival(v)
	case v.From.IsPhysician() || v.Delegable < v.Authority:
		return Decision{Answer: true}
	case r.passes && v.From == scenarios.MA && v.Draws.Sub(1).Chance(.5):
		return Decision{Pool: scenarios.RN}
	}
	return Decision{}
}

func (r refRouter) arrival(v *View) Decision {
	c := Decision{Label: v.Label, Pool: r.first, Class: 1, Authority: r.authority}
	c.Urgent = r.labels == 1 && v.Felt || r.labels == 2 && (v.HighRisk != v.Draws.Chance(.2))
	if v.Category == scenarios.Renewal {
		c.Pool = r.renewals
	}
	if v.ToPool || v.WaitingForAddressee() > r.full {
		c.Pool = scenarios.RN
	}
	if v.Waiting(c.Pool) > r.full || r.apart && v.Specialty {
		c.Pool = scenarios.RoleNone
	}
	switch {
	case r.ahead && v.HighRisk, r.order == "urgency" && c.Urgent:
		c.Class = 0
	case r.order == "category":
		c.Class = 1 + uint8(v.Label)
	}
	return c
}

// coarse rounds needs down to whole multiples of a span, so that much happens at the same time.
func coarse(needs []generators.Need, grain des.Time) []generators.Need {
	for i := range needs {
		needs[i].At -= needs[i].At % grain
	}
	return needs
}
