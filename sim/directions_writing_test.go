package sim

import (
	"math"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/portalbench/portalbench/scenarios"
	"github.com/portalbench/portalbench/sim/des"
)

// Half hold back and none of these writes: half of the needs are held back, and nobody phones instead. A training that
// ends half of the holding back leaves a quarter.
func TestHoldingBack(t *testing.T) {
	off := run(t, unchanged)
	hold := func(x *setup) { x.Demand.HoldingBack = scenarios.HoldingBack{Share: .5, Unsent: 1} }
	on := run(t, hold)
	trained := run(t, func(x *setup) { hold(x); x.policy.Training.HoldingBack = .5 })
	requireShare(t, .5, len(on.fated(HeldBack)), len(on.needs), "held back")
	requireShare(t, .25, len(trained.fated(HeldBack)), len(on.needs), "held back after training")
	requireFewer(t, on.fated(Written), trained.fated(Written))
	requireFewer(t, trained.fated(Written), off.fated(Written))
	require.Zero(t, on.fell(demandCalls))
	require.Less(t, on.begun(), off.begun())
}

// A message of half the length takes half of the reading, which is .4 of the time: .8 of it are left. What is short is
// followed up, one answer in three, and whoever is not answered phones rather than write again. A limit on the length
// does the same.
func TestShortMessages(t *testing.T) {
	patience := scenarios.Patience{Median: hours4, FeltUrgent: hours4, AfterVisit: 1, Nudge: 1, MostNudges: 9}
	usual := func(x *setup) {
		x.Threads.Patience = patience
		x.Demand.HoldingBack = scenarios.HoldingBack{Shortened: .5, FollowUp: .3}
	}
	off := run(t, usual)
	for name, change := range map[string]func(x *setup){
		"held back": func(x *setup) { x.Demand.HoldingBack.Share = 1 },
		"limited":   func(x *setup) { x.policy.Limits.Length = 1 },
	} {
		on := run(t, func(x *setup) { usual(x); change(x) })
		requireFactor(t, .8, off.firstAnswers(), on.firstAnswers())
		require.Zero(t, off.number(FollowedUp))
		requireShare(t, .3, on.number(FollowedUp), on.number(Seen), name)
		require.Positive(t, off.number(Nudged))
		require.Zero(t, off.number(Left))
		require.Positive(t, on.number(Left))
		require.Zero(t, on.number(Nudged), name)
	}
}

const hours4 = scenarios.Duration(4 * time.Hour)

// requireFactor holds that first answers take a factor of what they took, to the millisecond.
func requireFactor(t *testing.T, factor float64, off, on map[des.Key]firstAnswer) {
	t.Helper()
	both := 0
	for k, a := range on {
		if b, ok := off[k]; ok && b.took > 10*des.Second { // nothing takes less than a second
			require.InDelta(t, factor*float64(b.took), float64(a.took), 2)
			both++
		}
	}
	require.Greater(t, both, 100)
}

// If everything is written to the wrong clinician, each thread is handed on, once, and none is answered by whom it was
// written to; if three in ten are, seven in ten are answered by the addressee.
func TestWrongAddressees(t *testing.T) {
	off := run(t, unchanged)
	require.Equal(t, off.answered(), off.sum(countByAddressee))
	require.Zero(t, off.sum(countHandoffs))

	all := run(t, func(x *setup) { x.Demand.Addressing.Wrong = 1 })
	require.Zero(t, all.sum(countByAddressee))
	require.Equal(t, all.begun(), all.sum(countHandoffs), "all of four weeks have been answered in six")
	require.Equal(t, 2*all.begun(), all.sum(countTouches))
	require.Greater(t, all.response(), off.response())

	some := run(t, func(x *setup) { x.Demand.Addressing.Wrong = .3 })
	requireShare(t, .7, some.sum(countByAddressee), some.answered(), "answered by the addressee")
	require.Equal(t, some.begun()-some.sum(countByAddressee), some.sum(countHandoffs))
}

// Whoever covers for a clinician to whom something was written in error hands it on as they would have, unless they
// cover for the right one too; the right one and others keep it. Nobody else is absent.
func TestMisdirected(t *testing.T) {
	const wrong, right, third = 0, 1, 2
	p, err := NewPlan(small(t))
	require.NoError(t, err)
	c := prepared(p, scenarios.Policy{Cover: scenarios.Cover{By: "coverer", Physicians: 4}}, 1, 0, routing{}, p.end)
	for _, x := range []struct {
		covers    map[int32]int32
		addressee int32
		opens     int32
		want      bool
	}{
		{nil, wrong, wrong, true},
		{nil, wrong, right, false},
		{nil, right, right, false},
		{map[int32]int32{wrong: third}, wrong, third, true},
		{map[int32]int32{wrong: right}, wrong, right, false},
		{map[int32]int32{right: wrong}, wrong, wrong, false},
		{map[int32]int32{wrong: third, right: third}, wrong, third, false},
		{map[int32]int32{right: third}, wrong, third, false},
	} {
		for s := range c.coverers {
			c.coverers[s] = none
		}
		for of, by := range x.covers {
			c.coverers[of] = by
		}
		require.Equal(t, x.want, c.misdirected(x.opens, &thread{addressee: x.addressee, owner: right}), "%+v", x)
	}
}

// A portal knows to whom a thread was written, and not whose matter it is.
func TestRulesSeeTheAddressee(t *testing.T) {
	p, err := NewPlan(small(t))
	require.NoError(t, err)
	c := prepared(p, scenarios.Policy{}, 1, 0, routing{}, p.end)
	for s, m := range p.roster {
		th := &thread{addressee: int32(s)}
		th.content.Specialty = m.Role != scenarios.Specialist
		c.look(th, scenarios.RoleNone)
		require.Equal(t, m.Role == scenarios.Specialist, c.view.Specialty, "%s", m.Role)
	}
}

// Patients' messages to physicians and specialists are those that begin threads, follow-ups, nudges, and what was written
// to the wrong one once more. Four physicians have 20 days of 9 hours: 90 times 8 hours.
func TestMessagesReachInboxes(t *testing.T) {
	o := run(t, func(x *setup) {
		x.Demand.Addressing.Wrong, x.Threads.FollowUp, x.Threads.Patience = .3, .4, patient(6, 1, 0)
	})
	all := o.work[scenarios.Physician].messages + o.work[scenarios.Specialist].messages
	require.EqualValues(t, o.within(Sent)+o.within(FollowedUp)+o.within(Nudged)+o.within(HandedOn), all)
	got := float64(o.work[scenarios.Physician].messages)
	require.InDelta(t, got/90, o.mean("messages_per_8_hours_scheduled{role=physician} mean"), 1e-9)
	require.InDelta(t, got/80, o.mean("messages_per_workday{role=physician} mean"), 1e-9)
}

// Four in ten write to the team, whose pool opens that and nothing else.
func TestSomeWriteToTheTeam(t *testing.T) {
	toPool := func(o *outcome) (n int) {
		for _, e := range o.events {
			n += int(when(e.Kind == Sent && int(e.Inbox) >= len(o.plan.roster)))
		}
		return n
	}
	team := func(share float64) *outcome {
		return run(t, func(x *setup) {
			x.Demand.Addressing = scenarios.Addressing{Pool: share}
			x.router = routing{byTeam: scenarios.RN, authority: 1}
		})
	}
	off, on := team(0), team(.4)
	require.Zero(t, toPool(off))
	requireShare(t, .4, toPool(on), len(on.needs), "written to the team")
	require.Equal(t, on.begun(), on.answered())
	require.Positive(t, on.work[scenarios.RN].handled)
	require.Zero(t, off.work[scenarios.RN].handled)
}

// A caregiver writes half of the threads of those who have one, which here is everybody, half of them on the patient's
// login and half on their own. The patient whom a thread is about is the same.
func TestSenders(t *testing.T) {
	off := run(t, func(x *setup) { x.Population.Caregivers = scenarios.Caregivers{} })
	on := run(t, func(x *setup) {
		g := scenarios.CaregiverGroup{Present: 1, Writes: .5, Registered: 1, UsesPatientLogin: .5}
		x.Population.Caregivers = scenarios.Caregivers{Dementia: g, Others: g}
	})
	require.Equal(t, off.begun(), off.parted(partSender+part(scenarios.Self)))
	requireShare(t, .5, on.parted(partSender+part(scenarios.Self)), on.begun(), "patients")
	requireShare(t, .25, on.parted(partSender+part(scenarios.Caregiver)), on.begun(), "caregivers")
	requireShare(t, .25, on.parted(partSender+part(scenarios.Proxy)), on.begun(), "proxies")
	require.Equal(t, off.fated(Written), on.fated(Written))
	require.Equal(t, off.response(), on.response(), "who writes makes no difference to the staff")
}

// To everybody the portal is a barrier; three messages in ten never arrive, and half of those whose did not phone.
func TestTechnologyKeepsMessagesBack(t *testing.T) {
	off := run(t, unchanged)
	on := run(t, func(x *setup) {
		x.Population.Technology = scenarios.Technology{BarrierUnder65: 1, BarrierFrom65: 1, FailedSends: .3,
			PhonesAfterward: .5}
	})
	requireShare(t, .3, len(on.fated(Failed)), len(on.needs), "failed")
	requireShare(t, .5, int(on.fell(demandCalls)), int(on.fell(int(Failed))), "phoned after a failure")
	requireFewer(t, on.fated(Written), off.fated(Written))
	require.Zero(t, off.fell(int(Failed)))
}

// One thread in 30 days: of those whom the odds leave to the portal everybody writes one a month, or none if there was
// none, and phones about the others.
func TestALimitOnThreads(t *testing.T) {
	odds := func(x *setup) { x.Demand.Channel.PhoneOdds = .5 }
	off := run(t, odds)
	on := run(t, func(x *setup) { odds(x); x.policy.Limits.MessagesAMonth = 1 })
	type month struct {
		person int32
		number des.Time
	}
	months := func(o *outcome) map[month]int {
		n := map[month]int{}
		for _, e := range o.events {
			if e.Kind == NeedFell && e.Fate == Written {
				n[month{e.Person, e.At / (30 * des.Day)}]++
			}
		}
		return n
	}
	limited, over := months(on), 0
	for m, n := range months(off) {
		require.Equal(t, 1, limited[m])
		over += n - 1
	}
	require.Positive(t, over)
	require.Equal(t, len(off.fated(Phoned))+over, len(on.fated(Phoned)))
}

// Answers are seen after three days and half are followed up. Where a thread takes no more messages after one day, each
// follow-up begins a new thread instead.
func TestThreadsThatClose(t *testing.T) {
	again := func(x *setup) {
		x.Threads.FollowUp, x.Threads.AnswerSeenAfter, x.Threads.AnswerSeenLogSD = .5, scenarios.Duration(72*time.Hour), 0
	}
	off := run(t, again)
	on := run(t, func(x *setup) { again(x); x.policy.Limits.ClosesAfterDays = 1 })
	require.Positive(t, off.number(FollowedUp))
	require.Equal(t, len(off.needs), off.number(Sent))
	require.Zero(t, on.number(FollowedUp))
	requireShare(t, .5, on.number(Sent)-len(on.needs), on.number(Seen), "new threads")
	require.Zero(t, on.planned(), "they begin at once")
}

// Of what was written four in five still is, half of the rest is phoned and half kept to themselves, and what never was
// written goes where it went. Physicians are paid for what is billed.
func TestBilling(t *testing.T) {
	odds := func(x *setup) { x.Demand.Channel.PhoneOdds = .25 }
	off := run(t, odds)
	on := run(t, func(x *setup) {
		odds(x)
		x.policy.Billing = scenarios.Billing{Demand: .8, PhonesInstead: .5, Billed: .5}
	})
	before, phoned, held := off.fated(Written), on.fated(Phoned), on.fated(Deterred)
	requireFewer(t, on.fated(Written), before)
	requireFewer(t, off.fated(Phoned), phoned)
	requireShare(t, .8, len(on.fated(Written)), len(before), "still written")
	requireShare(t, .5, len(held), len(before)-len(on.fated(Written)), "neither written nor phoned")
	require.Equal(t, len(off.needs), len(on.fated(Written))+len(phoned)+len(held))
	all := run(t, func(x *setup) { odds(x); x.policy.Billing.Billed = 1 })
	paid := func(o *outcome) float64 {
		w := &o.work[scenarios.Physician]
		return 1 - float64(w.unpaid)/float64(w.threads.onDay)
	}
	require.Zero(t, paid(off))
	require.Equal(t, 1., paid(all))
	n := float64(on.work[scenarios.Physician].handled)
	require.InDelta(t, .5, paid(on), 5*math.Sqrt(.25*1.33/n), "times vary: E[S^2] is e^(.529^2) = 1.33 times E[S]^2")
}

// Those who are trained phone about what is urgent, and label rightly.
func TestTraining(t *testing.T) {
	off := run(t, func(x *setup) { x.Demand.Urgency.Actual = .2 })
	on := run(t, func(x *setup) { x.Demand.Urgency.Actual, x.policy.Training.Misuse = .2, 1 })
	phoned := on.fated(Phoned)
	for k, c := range on.contents() {
		require.Equal(t, c.Urgent, phoned[k])
	}
	require.Positive(t, off.count[countThreads][partActual+urgent])
	require.Zero(t, on.count[countThreads][partActual+urgent])
	require.EqualValues(t, len(off.needs), len(on.fated(Written))+len(phoned))

	right := func(gain float64) (n, all int) {
		r := &labels{Router: routing{}}
		run(t, func(x *setup) { x.router, x.policy.Training.LabelAccuracy = r, gain })
		return r.right, r.all
	}
	n, all := right(0)
	requireShare(t, small(t).Demand.Label, n, all, "untrained")
	n, all = right(.5)
	requireShare(t, (1+small(t).Demand.Label)/2, n, all, "half of the wrong ones")
	n, all = right(1)
	require.Equal(t, all, n)
}

// labels counts threads that arrive with the right label.
type labels struct {
	Router
	right, all int
}

func (l *labels) Route(v *View) Decision {
	if v.From == scenarios.RoleNone {
		l.all++
		l.right += int(when(v.Label == v.Category))
	}
	return l.Router.Route(v)
}
