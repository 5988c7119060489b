package sim

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/portalbench/portalbench/generators"
	"github.com/portalbench/portalbench/scenarios"
	"github.com/portalbench/portalbench/sim/des"
)

// Each mechanism is switched on in a clinic that is otherwise plain, and compared with the same people, needs and draws
// without it. What must hold is a direction, an account that comes out even, or a share within 5 standard errors.

// parted returns how many observed threads belong to a part.
func (o *outcome) parted(p part) int {
	return int(o.Tally.response.Of(p).Histogram().Count())
}

// Of 5 threads a user and year, those after a trigger are what the trigger's rates make, and the whole stays: the
// difference between two Poisson numbers of n each lies within 5 sqrt(2n). Who has just begun to be simulated has had
// no operation yet, so of threads after those, which take months, there are fewer.
func TestTriggersLeadToThreads(t *testing.T) {
	off := run(t, unchanged)
	for trigger, c := range map[generators.Trigger]struct {
		rates scenarios.Triggers
		share float64
	}{
		generators.AfterResult:     {scenarios.Triggers{ResultsViewed: 2, AfterResult: .1}, .2 / 5},
		generators.AfterVisit:      {scenarios.Triggers{Visits: 4, AfterVisit: .25}, 1. / 5},
		generators.AfterMedication: {scenarios.Triggers{MedicationChanges: 2, AfterMedication: .1}, .2 / 5},
		generators.AfterSurgery:    {scenarios.Triggers{Surgeries: .2, AfterSurgery: 2}, .4 / 5},
	} {
		on := run(t, func(x *setup) { x.Demand.Triggers = c.rates })
		after := partTrigger + part(trigger)
		require.Zero(t, off.parted(after), "%s", trigger)
		require.Equal(t, off.begun(), off.parted(partTrigger+part(generators.Background)))
		if trigger == generators.AfterSurgery {
			require.Positive(t, on.parted(after))
			require.Less(t, float64(on.parted(after)), c.share*float64(on.begun()), "%s", trigger)
			continue
		}
		requireShare(t, c.share, on.parted(after), on.begun(), trigger.String())
		require.InDelta(t, off.begun(), on.begun(), 5*math.Sqrt(2*float64(off.begun())), "%s", trigger)
	}
}

// Every need comes to one fate, whatever there is to choose from, and every one that is written is a thread.
func TestEveryNeedHasOneFate(t *testing.T) {
	o := run(t, func(x *setup) {
		crowd(x)
		x.Demand.Responsiveness = scenarios.Responsiveness{Elasticity: .5, AtMost: 1.5}
		x.Demand.Triggers.ReadingsAsked, x.Demand.Triggers.ReadingsSent = 1, 1
		x.policy.Billing = scenarios.Billing{Demand: .9, PhonesInstead: .5}
	})
	ends := 0
	for f := range numFates {
		require.Positive(t, o.fell(int(f)), "%s", f)
		ends += len(o.fated(f))
	}
	require.Equal(t, o.number(NeedFell), ends)
	require.EqualValues(t, o.fell(int(Written)), o.begun())
	require.Equal(t, len(o.fated(Written)), o.number(Sent))
	needs := int64(0)
	for f := Written; f < Unfelt; f++ {
		needs += o.fell(int(f))
	}
	require.EqualValues(t, needs, o.mean("needs count"))
}

// firstResponses returns the first reply or call of each thread.
func (o *outcome) firstResponses() map[int32]Event {
	first := map[int32]Event{}
	for _, e := range o.events {
		if _, again := first[e.Thread]; !again && (e.Kind == Replied || e.Kind == Called) {
			first[e.Thread] = e
		}
	}
	return first
}

// Everybody with a condition monitored at home is asked for readings at the first answer, and sends them: each such
// answer has led to a need that has fallen due, or will.
func TestAskedForReadingsComeBack(t *testing.T) {
	on := run(t, func(x *setup) {
		x.Demand.Triggers = scenarios.Triggers{MonitoredAtHome: []string{"hypertension"}, ReadingsAsked: 1, ReadingsSent: 1, ReadingsAfterDays: 3}
	})
	asked := 0
	for _, e := range on.firstResponses() {
		asked += int(when(on.clinic.people.Has(e.Person, scenarios.Hypertension)))
	}
	require.Greater(t, asked, 100)
	require.Equal(t, asked, on.number(NeedFell)-len(on.needs)+on.planned())
	require.Positive(t, on.parted(partTrigger+part(generators.AskedReading)))
	require.Zero(t, run(t, unchanged).parted(partTrigger+part(generators.AskedReading)))
}

// If messaging settles nothing every answer leads to a visit, and if a message extends every visit each of them to a
// need, after the wait for an appointment.
func TestVisitsLeadToThreads(t *testing.T) {
	on := run(t, func(x *setup) {
		x.Threads.NotResolved, x.Threads.UnresolvedVisit = 1, 1
		x.Demand.Triggers.AfterVisit, x.Demand.Channel.AppointmentWait = 1, 5
	})
	first, visits := on.firstResponses(), 0
	for _, e := range first {
		visits += int(when(on.clinic.observed(e.At)))
	}
	require.EqualValues(t, visits, on.fell(demandVisits))
	require.Equal(t, len(first), on.number(NeedFell)-len(on.needs)+on.planned())
	require.Positive(t, on.parted(partTrigger+part(generators.AfterVisit)))
}

// contents returns the needs that come by themselves, by the key of their draws.
func (o *outcome) contents() map[des.Key]generators.Content {
	all := map[des.Key]generators.Content{}
	for _, n := range o.needs {
		c := o.clinic.people.Content(0, n)
		all[c.Key] = c
	}
	return all
}

// requireFewer holds that needs of one fate are a true part of another's.
func requireFewer(t *testing.T, part, whole map[des.Key]bool) {
	t.Helper()
	require.Less(t, len(part), len(whole))
	for k := range part {
		require.True(t, whole[k])
	}
}

// Odds of .5 to 1 take a third of the needs to the telephone; those of .25 keep a fifth for the visit in 20 days and,
// twice as large, a third for one in 10. Whatever is written now was written before.
func TestOddsOfPhoneAndVisit(t *testing.T) {
	off := run(t, unchanged)
	require.Equal(t, len(off.needs), len(off.fated(Written)))
	for name, c := range map[string]struct {
		change func(ch *scenarios.Channel)
		fate   Fate
		share  float64
	}{
		"phone":         {func(ch *scenarios.Channel) { ch.PhoneOdds = .5 }, Phoned, 1. / 3},
		"visit":         {func(ch *scenarios.Channel) { ch.VisitOdds = .25 }, Kept, 1. / 5},
		"earlier visit": {func(ch *scenarios.Channel) { ch.VisitOdds, ch.AppointmentWait = .25, 10 }, Kept, 1. / 3},
	} {
		on := run(t, func(x *setup) { c.change(&x.Demand.Channel) })
		requireShare(t, c.share, len(on.fated(c.fate)), len(on.needs), name)
		require.Equal(t, len(on.needs), len(on.fated(Written))+len(on.fated(c.fate)), name)
		requireFewer(t, on.fated(Written), off.fated(Written))
		require.Equal(t, on.fell(int(Phoned)), on.fell(demandCalls), name)
		require.EqualValues(t, on.fell(int(Written)), on.begun(), name)
	}
}

// Three times the odds: of what feels urgent 1.5 / 2.5 is phoned, of the rest still .5 / 1.5. And if all that feels
// urgent goes to the emergency department, nothing else does.
func TestWhatFeelsUrgentGoesElsewhere(t *testing.T) {
	on := run(t, func(x *setup) {
		x.Demand.Channel.PhoneOdds, x.Demand.Channel.FeltUrgentPhone, x.Demand.Urgency.FeltOtherwise = .5, 3, .4
	})
	felt, rest, feltPhoned, restPhoned, phoned := 0, 0, 0, 0, on.fated(Phoned)
	for k, c := range on.contents() {
		if c.Felt {
			felt, feltPhoned = felt+1, feltPhoned+int(when(phoned[k]))
		} else {
			rest, restPhoned = rest+1, restPhoned+int(when(phoned[k]))
		}
	}
	requireShare(t, 1.5/2.5, feltPhoned, felt, "felt urgent")
	requireShare(t, .5/1.5, restPhoned, rest, "not felt urgent")

	on = run(t, func(x *setup) { x.Demand.Channel.Emergency, x.Demand.Urgency.FeltOtherwise = 1, .4 })
	emergency := on.fated(Emergency)
	for k, c := range on.contents() {
		require.Equal(t, c.Felt, emergency[k])
	}
	require.Positive(t, on.fell(int(Emergency)))
}

// slow lets the staff look at the inbox once a week, which takes longer than the 58 hours that patients expect; twice a
// day takes less.
func slow(x *setup) {
	for name := range x.Staff {
		setStaff(x.Scenario, name, func(g *scenarios.Staff) {
			g.Inbox = g.Inbox[:1]
			g.Inbox[0].FirstDay, g.Inbox[0].LastDay = 4, 4
		})
	}
}

// Where the wait is longer than usual more people phone, where it is shorter fewer.
func TestTheWaitMovesPatientsToTheTelephone(t *testing.T) {
	phones := func(slowly bool, perDay float64) *outcome {
		return run(t, func(x *setup) {
			x.Demand.Channel.PhoneOdds, x.Demand.Channel.PerDayOfWait = .3, perDay
			if slowly {
				slow(x)
			}
		})
	}
	unmoved := phones(true, 0)
	require.Equal(t, unmoved.fated(Phoned), phones(false, 0).fated(Phoned), "without feedback the wait does not matter")
	require.Greater(t, unmoved.response(), 58.)
	require.Less(t, phones(false, 0).response(), 58.)
	requireFewer(t, unmoved.fated(Phoned), phones(true, 1).fated(Phoned))
	requireFewer(t, phones(false, 1).fated(Phoned), unmoved.fated(Phoned))
}

// Where people are answered late they write less, and where they are answered soon more, up to the cap; needs that the
// past has led to are not thinned, as they were not generated for a thinning.
func TestResponsivenessInducesDemand(t *testing.T) {
	writes := func(slowly bool, elasticity float64) *outcome {
		return run(t, func(x *setup) {
			x.Demand.Responsiveness = scenarios.Responsiveness{Elasticity: elasticity, AtMost: 1.5}
			x.Demand.Triggers = scenarios.Triggers{ReadingsAsked: 1, ReadingsSent: 1, ReadingsAfterDays: 3}
			if slowly {
				slow(x)
			}
		})
	}
	none, soon, late := writes(false, 0), writes(false, .5), writes(true, .5)
	require.Zero(t, none.fell(int(Unfelt)))
	requireFewer(t, late.fated(Written), soon.fated(Written))
	require.Greater(t, soon.begun(), none.begun())
	require.Less(t, late.begun(), none.begun())
	require.Less(t, float64(soon.begun()), 1.5*float64(none.begun())+5*math.Sqrt(2.5*float64(none.begun())), "the cap")
	spontaneous := late.contents()
	for k := range late.fated(Unfelt) {
		require.Contains(t, spontaneous, k)
	}
}
