package verify

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/portalbench/portalbench/scenarios"
	"github.com/portalbench/portalbench/sim"
	"github.com/portalbench/portalbench/sim/des"
)

func TestPropertiesHold(t *testing.T) {
	s, err := scenarios.Load("smoke", nil)
	require.NoError(t, err)
	policies := scenarios.PolicyNames()
	if underRace || testing.Short() {
		policies = policies[:2]
	}
	list, err := Properties(t.Context(), s.Scenario, policies, Options{Seed: 1})
	require.NoError(t, err)
	for _, p := range list {
		require.True(t, p.Holds(), "%+v", p)
	}
}

// The watchman sees each kind of mistake: every row is a story that breaks one property. Staff 0 is a nurse of the
// group that works on Monday from 08:00 to 09:00.
func TestWatchmanSees(t *testing.T) {
	at := func(kind sim.EventKind, hour float64, thread, staff, inbox int32) sim.Event {
		return sim.Event{At: des.Time(hour * float64(des.Hour)), Kind: kind, Thread: thread, Staff: staff, Inbox: inbox}
	}
	sent := at(sim.Sent, 8, 0, -1, 5)
	opened := at(sim.Opened, 8.1, 0, 0, 5)
	replied := at(sim.Replied, 8.2, 0, 0, -1)
	for _, row := range []struct {
		name   string
		events []sim.Event
		broken int
	}{
		{"a thread that is answered", []sim.Event{sent, opened, replied, at(sim.Over, 200, 0, -1, 5)}, -1},
		{"time runs backwards", []sim.Event{sent, at(sim.Seen, 7, 0, -1, 5)}, inTime},
		{"a number is left out", []sim.Event{at(sim.Sent, 8, 1, -1, 5)}, noneLost},
		{"it goes on when it is over", []sim.Event{sent, at(sim.Over, 8, 0, -1, 5), at(sim.Nudged, 9, 0, -1, 5)}, noneLost},
		{"two open the same", []sim.Event{sent, opened, at(sim.Opened, 8.2, 0, 1, 5)}, oneStepAfterAnother},
		{"another answers", []sim.Event{sent, opened, at(sim.Replied, 8.2, 0, 1, -1)}, oneStepAfterAnother},
		{"a follow-up without an answer", []sim.Event{sent, at(sim.FollowedUp, 8.1, 0, -1, 5)}, oneStepAfterAnother},
		{"opened after hours", []sim.Event{sent, at(sim.Opened, 9, 0, 0, 5)}, inSessions},
		{"the later one first", []sim.Event{sent, at(sim.Sent, 8, 1, -1, 5), at(sim.Opened, 8.1, 1, 0, 5)}, firstComeFirstServed},
		{"another inbox is another line", []sim.Event{sent, at(sim.Sent, 8, 1, -1, 6), at(sim.Opened, 8.1, 1, 0, 6)}, -1},
	} {
		w := newWatchman(t)
		for _, e := range row.events {
			w.see(&e)
		}
		for i, p := range w.list {
			require.Equal(t, i == row.broken, p.Broken > 0, "%s: %s: %s", row.name, propertyNames()[i], p.First)
		}
	}
}

// newWatchman watches two nurses.
func newWatchman(t *testing.T) *watchman {
	q := newQueue(des.Hour, 2)
	q.arrive(1)
	q.scenario.Horizon = scenarios.Horizon{Days: 7, CoolDownDays: coolDown}
	q.staff(func(g *scenarios.Staff) { g.Inbox = []scenarios.Window{{Start: 8 * 60, End: 9 * 60}} })
	g := q.scenario.Staff[nurses]
	q.scenario.Staff["physician"] = scenarios.Staff{Role: "physician", FTE: 1, People: 1, Hours: g.Hours, Inbox: g.Inbox}
	plan, err := sim.NewPlan(&q.scenario)
	require.NoError(t, err)
	return &watchman{scenario: &q.scenario, plan: plan, policy: &q.policy, list: make([]Property, numProperties), inboxes: map[int32][]int32{}}
}
