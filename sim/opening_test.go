package sim

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/portalbench/portalbench/results"
	"github.com/portalbench/portalbench/scenarios"
	"github.com/portalbench/portalbench/sim/des"
)

// told is what a reader of all ops so far knows of a thread.
type told struct {
	inbox    Actor // where it waits, or waited last
	holder   Actor
	item     ItemState
	category scenarios.Category
	urgent   bool
	authors  []Actor
}

// tell goes on with the story by one op.
func tell(story map[Thread]*told, op Op) {
	th := story[op.Thread]
	switch op.Kind {
	case results.OpSend:
		story[op.Thread] = &told{inbox: op.To, holder: op.To, category: op.Category, urgent: op.Urgent, authors: []Actor{op.Actor}}
	case results.OpClaim:
		th.item, th.holder = ItemAccepted, op.Actor
	case results.OpLabel:
		th.category, th.urgent = op.Category, op.Urgent
	case results.OpRoute:
		th.item, th.inbox, th.holder = ItemRequested, op.To, op.To
	case results.OpClose:
		th.item, th.holder = ItemCompleted, th.inbox
	case results.OpReply:
		th.authors = append(th.authors, op.Actor)
		if op.Actor.Kind != ActorStaff && th.item == ItemCompleted {
			th.item, th.holder = ItemRequested, th.inbox
		}
	}
}

// The opening at any moment is what the ops before it tell: who holds which thread and where it waits, what it is
// labelled, and who has written in it. Moments are those at which somebody of the staff claims or labels a thread, one
// millisecond later, and every 37 minutes.
func TestOpeningsAreWhatTheOpsBeforeTell(t *testing.T) {
	p := testPlan(t, "smoke", scenarios.Override{Path: "staff.physician.leave_days", Value: "130"})
	p.Scenario.Network.Patients = 6000
	const from, until = 3 * des.Week, 3*des.Week + des.Day // the Monday before is a holiday
	for _, arm := range []struct {
		name   string
		router Router
		policy scenarios.Policy
	}{
		{"nurses first", poolFirst{.4}, scenarios.Policy{}},
		{"addressee only", addresseeOnly{}, scenarios.Policy{}},
		{"a coverer", addresseeOnly{}, scenarios.Policy{Cover: scenarios.Cover{By: "coverer", Physicians: 5}}},
		{"escalation", poolFirst{.4}, scenarios.Policy{Standard: scenarios.Standard{BusinessDays: 1, EscalateTo: "ma"}}},
	} {
		name := arm.name
		clinic := func() *Clinic {
			c := prepared(p, arm.policy, 4, 0, arm.router, until+Lead)
			c.record = newRecorder(p, 0)
			return c
		}
		ops := clinic().Advance(until+Lead, nil)
		slices.SortStableFunc(ops, byDue)
		var moments []des.Time
		for at := from; at < until; at += 37 * des.Minute {
			moments = append(moments, at)
		}
		for _, op := range ops {
			if (op.Kind == results.OpClaim || op.Kind == results.OpLabel) && from <= op.Due && op.Due < until {
				moments = append(moments, op.Due, op.Due+1)
			}
		}
		slices.Sort(moments)

		c, story, seen := clinic(), map[Thread]*told{}, map[ItemState]int{}
		for _, at := range moments {
			c.Advance(at, nil)
			for len(ops) > 0 && ops[0].Due < at {
				tell(story, ops[0])
				ops = ops[1:]
			}
			open := requireOpening(t, c.Opening(), story, seen, name)
			for thread, th := range story {
				require.True(t, open[thread] || th.item == ItemCompleted, "%v vanished from the opening", thread)
			}
		}
		require.Greater(t, len(moments), 100, name)
		for _, state := range []ItemState{ItemRequested, ItemAccepted, ItemCompleted} {
			require.Positive(t, seen[state], "state %d under %s", state, name)
		}
	}
}

// requireOpening holds an opening against the story and returns which threads it has.
func requireOpening(t *testing.T, o Opening, story map[Thread]*told, seen map[ItemState]int, name string) map[Thread]bool {
	open := map[Thread]bool{}
	for _, got := range o.Threads {
		open[got.Thread] = true
		want := story[got.Thread]
		require.NotNil(t, want, "%v begins without a send", got.Thread)
		told := told{inbox: got.To, holder: got.Holder, item: got.Item, category: got.Category, urgent: got.Urgent}
		for _, m := range got.Messages {
			told.authors = append(told.authors, m.Author)
		}
		require.Equal(t, *want, told, "%v at %v under %s", got.Thread, o.At.Duration(), name)
		seen[got.Item]++
	}
	return open
}
