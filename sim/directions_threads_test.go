package sim

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/portalbench/portalbench/generators"
	"github.com/portalbench/portalbench/scenarios"
	"github.com/portalbench/portalbench/sim/des"
)

// Half of the answers that are seen are followed up. If no follow-up needs a reply, each is read and closed, and every
// thread has one reply.
func TestFollowUps(t *testing.T) {
	off := run(t, unchanged)
	on := run(t, func(x *setup) { x.Threads.FollowUp = .5 })
	requireShare(t, .5, on.number(FollowedUp), on.number(Seen), "followed up")
	require.Zero(t, off.number(FollowedUp))
	require.Greater(t, on.sum(countMessages), off.sum(countMessages))
	require.Greater(t, on.worked(scenarios.Physician), off.worked(scenarios.Physician))

	silent := run(t, func(x *setup) { x.Threads.FollowUp, x.Threads.NoReplyNeeded = .5, 1 })
	require.Positive(t, silent.number(Closed))
	require.Equal(t, len(silent.firstResponses()), silent.number(Replied))
	require.Less(t, silent.worked(scenarios.Physician), on.worked(scenarios.Physician))
}

// patient is a family that acts after so many hours, always, and in one way.
func patient(hours float64, nudge, phone float64) scenarios.Patience {
	median := scenarios.Duration(hours * float64(time.Hour))
	return scenarios.Patience{Median: median, FeltUrgent: median, AfterVisit: 1, Nudge: nudge, Phone: phone, MostNudges: 2}
}

// Those who only nudge do so twice at most, and the staff answer no sooner for it. Those who phone leave: each is a
// call, and no thread is both left and answered. Patience that ends later ends less often.
func TestPatience(t *testing.T) {
	off := run(t, unchanged)
	nudging := run(t, func(x *setup) { x.Threads.Patience = patient(6, 1, 0) })
	require.Equal(t, off.response(), nudging.response())
	nudges := map[int32]int{}
	for _, e := range nudging.events {
		if e.Kind == Nudged {
			nudges[e.Thread]++
			require.LessOrEqual(t, nudges[e.Thread], 2)
		}
	}
	require.Greater(t, len(nudges), 100)
	require.Greater(t, nudging.fell(demandMessages), off.fell(demandMessages))

	phoning := run(t, func(x *setup) { x.Threads.Patience = patient(6, 0, 1) })
	require.Positive(t, phoning.number(Left))
	require.EqualValues(t, phoning.within(Left), phoning.fell(demandCalls))
	first := phoning.firstResponses()
	for _, e := range phoning.events {
		if e.Kind == Left {
			require.NotContains(t, first, e.Thread)
		}
	}
	require.Equal(t, phoning.begun(), phoning.answered()+phoning.within(Left), "all of four weeks are over in six")
	later := run(t, func(x *setup) { x.Threads.Patience = patient(24, 0, 1) })
	require.Less(t, later.number(Left), phoning.number(Left))
}

// To whom it feels urgent, and who would phone otherwise, goes to the emergency department. Nobody calls; each visit is
// of a thread that was never answered. To whom it does not feel urgent phones.
func TestImpatienceEndsInTheEmergencyDepartment(t *testing.T) {
	ending := func(felt float64) *outcome {
		return run(t, func(x *setup) {
			x.Demand.Urgency.FeltIfUrgent, x.Demand.Urgency.FeltOtherwise = felt, felt
			x.Threads.Patience = patient(6, 0, 1)
			x.Threads.Patience.Emergency = 1
		})
	}
	on, off := ending(1), ending(0)
	require.Positive(t, on.within(TakenToEmergency))
	require.EqualValues(t, on.within(TakenToEmergency), on.mean("emergency_visits count"))
	require.Zero(t, on.fell(demandCalls))
	require.Equal(t, on.begun(), on.answered()+on.within(TakenToEmergency), "all of four weeks are over in six")
	require.Equal(t, off.number(Left), on.number(TakenToEmergency))
	require.Zero(t, off.number(TakenToEmergency))
}

// Where every family phones after an hour before anybody has answered, patients come to expect 14 days.
func TestWhoLeavesTeachesToExpectMore(t *testing.T) {
	o := run(t, func(x *setup) {
		x.Threads.Patience = patient(1, 0, 1)
		physicians(x, func(g *scenarios.Staff) { g.Inbox = []scenarios.Window{window(t, "sun 23:00-23:01")} })
	})
	require.Greater(t, o.within(Left), 9*o.begun()/10)
	require.InDelta(t, 14, o.clinic.expected.mean.Hours()/24, .1)
}

// within counts the events of a kind in the observed days.
func (o *outcome) within(kind EventKind) (n int) {
	for _, e := range o.events {
		n += int(when(e.Kind == kind && o.clinic.observed(e.At)))
	}
	return n
}

// Who feels urgency loses patience sooner, and who has just been seen later.
func TestPatienceDiffers(t *testing.T) {
	left := func(change func(x *setup)) (felt, visit, other float64) {
		o := run(t, func(x *setup) {
			x.Demand.Urgency.FeltOtherwise = .3
			x.Demand.Triggers = scenarios.Triggers{Visits: 4, AfterVisit: .25}
			x.Threads.Patience = patient(12, 0, 1)
			change(x)
		})
		gone, n, contents := [3]float64{}, [3]float64{}, o.contents()
		for _, e := range o.events {
			c := contents[e.Key]
			kind := 2
			switch {
			case c.Felt && c.Trigger == generators.AfterVisit:
				continue
			case c.Felt:
				kind = 0
			case c.Trigger == generators.AfterVisit:
				kind = 1
			}
			switch e.Kind {
			case Sent:
				n[kind]++
			case Left:
				gone[kind]++
			}
		}
		return gone[0] / n[0], gone[1] / n[1], gone[2] / n[2]
	}
	felt, visit, other := left(func(x *setup) { x.Threads.Patience.FeltUrgent = scenarios.Duration(time.Hour) })
	require.Greater(t, felt, other+.1)
	require.InDelta(t, other, visit, .1)
	felt, visit, other = left(func(x *setup) { x.Threads.Patience.AfterVisit = 4 })
	require.Less(t, visit, other-.1)
	require.InDelta(t, other, felt, .1)
}

// If everything is opened, put aside, and answered later, first read and first response part ways; reading and writing
// together take what they took, each rounded to a millisecond.
func TestOpenAndDefer(t *testing.T) {
	off := run(t, unchanged)
	on := run(t, func(x *setup) { x.Handling.Defer = 1 })
	gap := func(o *outcome) float64 { return o.response() - o.mean("first_read_hours mean") }
	require.Less(t, gap(off), 1.)
	require.Greater(t, gap(on), 4.)
	reading, began, once := map[des.Key]des.Time{}, map[des.Key]des.Time{}, off.firstAnswers()
	for _, e := range on.events {
		switch e.Kind {
		case Opened:
			began[e.Key] = e.At
		case PutAside:
			require.NotContains(t, reading, e.Key, "once for each message")
			reading[e.Key] = e.At - began[e.Key]
		case Replied:
			if whole, ok := once[e.Key]; ok && whole.took > 10*des.Second {
				require.InDelta(t, float64(whole.took), float64(reading[e.Key]+e.At-began[e.Key]), 2)
			}
		}
	}
	require.Greater(t, len(reading), 500)
}

// If every reply is a call there is one call a thread, and no follow-up however many there were before.
func TestRepliesByTelephone(t *testing.T) {
	on := run(t, func(x *setup) {
		x.Threads.PhoneReply, x.Threads.FollowUp, x.Threads.NotResolved, x.Handling.LogSD = 1, .8, 1, 0
	})
	require.Zero(t, on.number(Replied, FollowedUp))
	require.Equal(t, len(on.firstResponses()), on.number(Called))
	require.EqualValues(t, on.within(Called), on.fell(demandReplies))
	require.Zero(t, on.fell(demandCalls), "what is settled by telephone needs no other call")
	began, minutes := map[des.Key]des.Time{}, small(t).Handling.CallMinutes
	for _, e := range on.events {
		switch e.Kind {
		case Opened:
			began[e.Key] = e.At
		case Called:
			require.InDelta(t, minutes, (e.At - began[e.Key]).Minutes(), .001)
		}
	}
}

// What messaging does not settle ends in a call or a visit, half of it here in each; nobody writes again then.
func TestWhatMessagingDoesNotSettle(t *testing.T) {
	settle := func(not, visit float64) *outcome {
		return run(t, func(x *setup) {
			x.Threads.NotResolved, x.Threads.UnresolvedVisit, x.Threads.FollowUp = not, visit, .5
		})
	}
	off, on, calls := settle(0, .5), settle(.3, .5), settle(1, 0)
	require.Zero(t, off.fell(demandCalls)+off.fell(demandVisits))
	ended, first := int(on.fell(demandCalls)+on.fell(demandVisits)), 0
	for _, e := range on.firstResponses() {
		first += int(when(on.clinic.observed(e.At)))
	}
	requireShare(t, .3, ended, first, "not settled")
	requireShare(t, .5, int(on.fell(demandVisits)), ended, "visits")
	require.Less(t, on.number(FollowedUp), off.number(FollowedUp))
	require.Zero(t, calls.number(FollowedUp))
	require.Zero(t, calls.fell(demandVisits))
	require.EqualValues(t, calls.within(Replied), calls.fell(demandCalls))
	require.Greater(t, on.mean("not_resolved_by_messaging share"), off.mean("not_resolved_by_messaging share"))
}

// Every resolved thread brings a visit about when it is over.
func TestVisitsCaused(t *testing.T) {
	on := run(t, func(x *setup) { x.Demand.Channel.VisitsCaused = 1 })
	require.EqualValues(t, on.within(Over), on.fell(demandVisits))
	require.Zero(t, run(t, unchanged).fell(demandVisits))
}

// If clinicians ask a colleague about every message, each goes there and back: two hand-offs, three touches, and a wait
// of its own.
func TestConsults(t *testing.T) {
	off := run(t, unchanged)
	on := run(t, func(x *setup) { x.Handling.Consult = 1 })
	require.Equal(t, on.begun(), on.answered())
	require.Equal(t, 2*on.begun(), on.sum(countHandoffs))
	require.Equal(t, 3*on.begun(), on.sum(countTouches))
	require.Greater(t, on.response(), off.response())
	require.Equal(t, off.sum(countByAddressee), on.sum(countByAddressee), "who has asked answers all the same")
	asker := map[int32]int32{}
	for _, e := range on.events {
		switch e.Kind {
		case Asked:
			asker[e.Thread] = e.Staff
			require.NotEqual(t, e.Staff, e.Inbox)
		case Advised:
			require.Equal(t, asker[e.Thread], e.Inbox)
		}
	}
}

// A thread about which a colleague has been asked stays with that colleague when it misses the standard; others are
// moved to the nurses. With a quarter of an hour a day physicians miss it.
func TestAdviceIsNotEscalated(t *testing.T) {
	o := run(t, func(x *setup) {
		x.Handling.Consult = .5
		physicians(x, func(g *scenarios.Staff) { g.Inbox = []scenarios.Window{window(t, "mon-fri 09:00-09:15")} })
		x.policy.Standard = scenarios.Standard{BusinessDays: 1, EscalateTo: "rn"}
	})
	asked, missed, since := map[int32]bool{}, 0, map[int32]des.Time{}
	for _, e := range o.events {
		switch e.Kind {
		case Sent:
			since[e.Thread] = e.At
		case Asked:
			asked[e.Thread] = o.plan.clinic.deadline(since[e.Thread], 1) > e.At
		case Advised:
			missed += int(when(asked[e.Thread] && o.plan.clinic.deadline(since[e.Thread], 1) <= e.At))
			require.True(t, o.plan.roster[e.Staff].Role.IsPhysician())
			delete(asked, e.Thread)
		case Moved:
			require.NotContains(t, asked, e.Thread)
		}
	}
	require.Greater(t, o.number(Moved), 20)
	require.Greater(t, missed, 20, "while a colleague was being asked")
}

// Who has opened a message need not read it again to answer it; anybody else must. Of 138 seconds .4 are reading.
func TestOnlyTheReaderHasRead(t *testing.T) {
	x := &setup{Scenario: small(t)}
	steady(x)
	p, err := NewPlan(x.Scenario)
	require.NoError(t, err)
	c := prepared(p, scenarios.Policy{}, 1, 0, routing{}, p.end)
	m := member{does: reply, speed: 1}
	for reader, want := range map[int32]des.Time{0: 82800, 1: 138 * des.Second, none: 138 * des.Second} {
		got := c.serviceTime(0, &m, &thread{aside: true, reader: reader, fromFamily: 1}, scenarios.Physician)
		require.InDelta(t, float64(want), float64(got), float64(des.Second), "read by %d", reader)
	}
}

// If every answer is copied to the patient's other clinician there is an item of a minute there for each patient with
// two, done or still to do.
func TestCopies(t *testing.T) {
	off := run(t, unchanged)
	on := run(t, func(x *setup) { x.Handling.Copy, x.Handling.Background.LogSD = 1, 0 })
	copies := 0
	for _, e := range on.events {
		if e.Kind == Replied {
			_, two := on.clinic.people.Specialist(e.Person)
			copies += int(when(two))
		}
	}
	waiting := 0
	for s := range on.clinic.staff {
		q := &on.clinic.staff[s].extra[1]
		waiting += len(q.at) - q.done
	}
	require.Greater(t, copies, 100)
	require.Equal(t, copies, on.number(ItemTaken)+waiting)
	require.Zero(t, off.number(ItemTaken))
	require.Equal(t, off.number(Sent, Replied), on.number(Sent, Replied), "nobody writes more for it")
}
