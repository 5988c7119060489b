package sim

import (
	"math"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/portalbench/portalbench/results"
	"github.com/portalbench/portalbench/results/stats"
	"github.com/portalbench/portalbench/scenarios"
	"github.com/portalbench/portalbench/sim/des"
)

func constantDelay(t testing.TB, takes time.Duration) *PortalDelay {
	d, err := ConstantDelay(takes)
	require.NoError(t, err)
	return d
}

// unevenPortal is a portal with three answers in four after a second, and one after 9: 3 s on average, and with a standard
// deviation of sqrt(.75 x 4 + .25 x 36) = sqrt(12) s.
func unevenPortal(t testing.TB) *PortalDelay {
	h := stats.NewHistogram(longestDelay.Microseconds(), 3)
	h.RecordN(1_000_000, 3)
	h.Record(9_000_000)
	of := map[results.OpKind]*stats.Histogram{}
	for _, k := range StaffOps() {
		of[k] = h
	}
	d, err := NewPortalDelay(of)
	require.NoError(t, err)
	return d
}

func TestDelaysThatNoPortalHas(t *testing.T) {
	for _, takes := range []time.Duration{-1, time.Hour + 1} {
		_, err := ConstantDelay(takes)
		require.ErrorContains(t, err, "use 0s to 1h0m0s")
	}
	_, err := NewPortalDelay(nil)
	require.ErrorContains(t, err, "auth has no distribution")
	d := unevenPortal(t)
	require.InDelta(t, 3*time.Second, d.Mean(results.OpReply), float64(time.Microsecond))
	require.Zero(t, d.Mean(results.OpSend), "staff send nothing")
}

// Delays are kept in microseconds, and waiting in whole milliseconds: of six operations of 80 microseconds it is none
// (.48 ms), of seven it is one (.56 ms).
func TestWaitingIsRoundedOnce(t *testing.T) {
	d := constantDelay(t, 80*time.Microsecond)
	six := handlesThread &^ (1<<results.OpLabel | 1<<results.OpRoute)
	require.EqualValues(t, 0, d.waiting(six, 0))
	require.EqualValues(t, 1, d.waiting(six|1<<results.OpRoute, 0))
}

// A portal that is said to answer at once tells the story of one of which nothing is said, whatever else is going on.
func TestNoDelayChangesNothing(t *testing.T) {
	for name, change := range map[string]func(*setup){"small": unchanged, "crowded": crowd, "interrupted": func(x *setup) {
		x.Handling.Defer, x.Handling.Consult, x.Handling.SwitchSeconds = .3, .2, 20
		x.router = routing{first: scenarios.RN, authority: .4}
		physicians(x, func(g *scenarios.Staff) {
			g.Interruptions = scenarios.Interruptions{Every: scenarios.Duration(10 * time.Minute), For: scenarios.Duration(time.Hour)}
			g.ShiftEnd = "resume"
		})
	}} {
		off := run(t, change)
		on := run(t, func(x *setup) { change(x); x.portal = constantDelay(t, 0) })
		require.Equal(t, off.events, on.events, name)
		require.Equal(t, off.Tally.work, on.Tally.work, name)
		require.Zero(t, on.mean("portal_wait_minutes_per_workday{role=physician} mean"))
		require.Equal(t, off.mean("inbox_minutes_per_workday{role=rn} mean"), on.mean("inbox_minutes_per_workday{role=rn} mean"))
	}
}

// The slower the portal, the later are answers, the longer the inbox takes, the more of it falls after hours and the
// more of the sessions is used. What is done with the messages takes as long as ever.
func TestSlowPortalsKeepPeopleLonger(t *testing.T) {
	under := func(takes time.Duration) *outcome {
		return run(t, func(x *setup) {
			x.portal = constantDelay(t, takes)
			physicians(x, func(g *scenarios.Staff) {
				g.Inbox = []scenarios.Window{window(t, "mon-fri 09:00-10:00"), window(t, "mon-fri 16:30-17:00")}
			})
		})
	}
	last := under(0)
	for _, takes := range []time.Duration{time.Second, 5 * time.Second, 20 * time.Second} {
		o := under(takes)
		require.Greater(t, o.response(), last.response(), takes)
		for _, measure := range []string{"inbox_minutes_per_workday", "outside_hours_minutes_per_workday", "portal_wait_minutes_per_workday"} {
			key := measure + "{role=physician} mean"
			require.Greater(t, o.mean(key), last.mean(key), "%s at %s", measure, takes)
		}
		require.Greater(t, o.mean("utilisation{role=physician} share"), last.mean("utilisation{role=physician} share"), takes)
		require.InEpsilon(t, last.mean("handling_minutes_per_workday{role=physician} mean"),
			o.mean("handling_minutes_per_workday{role=physician} mean"), .1, "the same work, but for the last days")
		last = o
	}
}

// Inbox minutes are the inbox's share of the work on threads, other work and waiting: here 60% of the first alone, and
// all of the last.
func TestWaitingIsInboxTime(t *testing.T) {
	o := run(t, func(x *setup) { x.portal = constantDelay(t, 5*time.Second) })
	of := func(measure string) float64 { return o.mean(measure + "_minutes_per_workday{role=physician} mean") }
	require.Positive(t, of("portal_wait"))
	require.InDelta(t, .6*of("handling")+of("portal_wait"), of("inbox"), 1e-9)
	require.InDelta(t, of("handling")+of("portal_wait"), of("uncompensated")+3*5*2/60., 1e-9, "all but two sign-ins of three operations a day")
}

// waited adds up all waiting of the staff.
func (o *outcome) waited() (sum des.Time) {
	for i := range o.work {
		sum += o.work[i].waits.onDay + o.work[i].waits.offDay
	}
	return sum
}

// Staff wait for every operation that a replay would do in their name, and for nothing else: for each of them a second.
// What is passed on or closed without anybody opening it takes nobody's time.
func TestEveryOperationIsWaitedFor(t *testing.T) {
	x := &setup{Scenario: small(t), router: routing{first: scenarios.RN, authority: .4}, seed: 11}
	x.Handling.Defer, x.Handling.Consult, x.Threads.FollowUp, x.Threads.NoReplyNeeded, x.Threads.PhoneReply = .3, .2, .3, .2, .1
	x.Threads.Patience = patient(20, .2, .3)
	x.policy.Standard = scenarios.Standard{BusinessDays: 1, EscalateTo: "rn"}
	p, err := NewPlan(x.Scenario)
	require.NoError(t, err)
	p.from, p.to = 0, p.end // all is counted
	c := prepared(p, x.policy, x.seed, 0, x.router, p.end)
	c.arm.portal, c.record, c.trace = constantDelay(t, time.Second), newRecorder(p, 0), &tracer{}
	ops := c.Advance(p.end, nil)
	counted, kinds := 0, map[results.OpKind]int{}
	for _, op := range ops {
		if op.Actor.Kind == ActorStaff {
			counted++
			kinds[op.Kind]++
		}
	}
	for _, e := range c.trace.events {
		if e.Kind == Moved || e.Kind == Left || e.Kind == TakenToEmergency {
			counted--
		}
	}
	for _, k := range StaffOps() {
		require.Positive(t, kinds[k], "%s", k)
	}
	require.Len(t, kinds, len(StaffOps()))
	o := &outcome{Tally: c.Close()}
	require.EqualValues(t, counted, o.waited()/des.Second)
}

// Physicians who answer what is written to them wait for the list, the claim, the thread, the mark, the reply and the
// close of every thread, but for the list where the session has just begun: up to 6 operations of 3 s. The number of
// answers in 9 s is binomial.
func TestWaitingHasTheMeanOfThePortal(t *testing.T) {
	o := run(t, func(x *setup) { x.portal = unevenPortal(t) })
	w := &o.work[scenarios.Physician]
	sessions := 0
	for _, e := range o.events {
		if e.Kind == SessionBegan && o.plan.roster[e.Staff].Role == scenarios.Physician && o.clinic.observed(e.At) {
			sessions++
		}
	}
	// A session begins with 3 operations, after which the first thread finds the list there.
	most, fewest := 6*int(w.handled)+3*sessions, 6*int(w.handled)+2*sessions
	chance := 5 * math.Sqrt(12*float64(most))
	seconds := w.waits.onDay.Minutes() * 60
	require.Less(t, seconds, 3*float64(most)+chance)
	require.Greater(t, seconds, 3*float64(fewest)-chance)
}
