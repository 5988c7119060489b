package triage_test

import (
	"cmp"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/portalbench/portalbench/results"
	"github.com/portalbench/portalbench/scenarios"
	"github.com/portalbench/portalbench/sim"
	"github.com/portalbench/portalbench/sim/des"
)

// replay simulates a window of a Monday and returns its ops and the state before.
func replay(t *testing.T, networks int, policyName string, from, until des.Time) (*sim.Replay, []sim.Opening, []sim.Op) {
	loaded, err := scenarios.Load("smoke", nil)
	require.NoError(t, err)
	plan, err := sim.NewPlan(loaded.Scenario)
	require.NoError(t, err)
	r := sim.NewReplay(plan, policy(t, policyName), 3, from, until)
	var openings []sim.Opening
	var ops []sim.Op
	for i := range networks {
		opening, some := r.Network(i)
		openings, ops = append(openings, opening), append(ops, some...)
	}
	slices.SortStableFunc(ops, func(a, b sim.Op) int { return cmp.Compare(a.Due, b.Due) })
	return r, openings, ops
}

const monday = 3 * des.Week // the one before is a holiday

// thread is what a strict reader of the ops knows of one.
type thread struct {
	messages int32
	claimed  bool
	holder   sim.Actor
}

// Whatever the policy, the ops of a day tell a story that holds together: nobody touches a thread that does not exist,
// messages are numbered as they come, staff claim before they answer, and each thread has one holder at a time. Threads
// that are left or moved while they wait are closed and passed on by somebody who has not claimed them.
func TestOpsTellAStoryThatHolds(t *testing.T) {
	for _, name := range []string{"physician-first", "nurse-first", "urgency-first", "cross-cover", "all-at-once"} {
		from, until := monday+8*des.Hour, monday+20*des.Hour
		_, openings, ops := replay(t, 3, name, from, until)
		threads := map[sim.Thread]*thread{}
		for _, o := range openings {
			require.Equal(t, from, o.At)
			for _, open := range o.Threads {
				threads[open.Thread] = &thread{messages: int32(len(open.Messages)), claimed: open.Item == sim.ItemAccepted, holder: open.Holder}
			}
		}
		seen := map[results.OpKind]int{}
		due := from
		for _, op := range ops {
			require.LessOrEqual(t, due, op.Due, "global order")
			require.Less(t, op.Due, until)
			due = op.Due
			seen[op.Kind]++
			follow(t, threads, op)
		}
		for _, k := range []results.OpKind{results.OpAuth, results.OpRecipients, results.OpSend, results.OpReply, results.OpInbox,
			results.OpThread, results.OpClaim, results.OpLabel, results.OpRead, results.OpUnread, results.OpClose, results.OpAttach, results.OpReading} {
			require.Positive(t, seen[k], "%s under %s", k, name)
		}
		if name != "physician-first" && name != "urgency-first" {
			require.Positive(t, seen[results.OpRoute])
		}
	}
}

// follow checks one op against what is known of its thread.
func follow(t *testing.T, threads map[sim.Thread]*thread, op sim.Op) {
	th := threads[op.Thread]
	switch op.Kind {
	case results.OpSend:
		require.Nil(t, th, "a thread begins once")
		threads[op.Thread] = &thread{messages: 1, holder: op.To}
		return
	case results.OpAuth, results.OpRecipients, results.OpInbox, results.OpUnread, results.OpAttach, results.OpReading:
		return
	}
	require.NotNil(t, th, "%s on a thread that nobody began", op.Kind)
	staff := op.Actor.Kind == sim.ActorStaff
	switch op.Kind {
	case results.OpClaim:
		require.False(t, th.claimed, "claimed twice")
		th.claimed, th.holder = true, op.Actor
	case results.OpReply:
		require.Equal(t, th.messages, op.Message)
		th.messages++
		require.True(t, !staff || th.claimed && th.holder == op.Actor, "staff answer what they hold")
	case results.OpRead:
		require.Less(t, op.Message, th.messages)
	case results.OpLabel:
		require.True(t, th.claimed && th.holder == op.Actor, "label by its holder")
	case results.OpClose, results.OpRoute:
		require.True(t, staff, "%s by staff", op.Kind)
		require.True(t, !th.claimed || th.holder == op.Actor, "%s by its holder, or while nobody holds it", op.Kind)
		th.claimed = false
	}
}

// The ops of a window are the same however many networks are replayed beside it, and whatever slices they come in.
func TestNetworksDoNotTouch(t *testing.T) {
	from, until := monday+9*des.Hour, monday+11*des.Hour
	_, _, alone := replay(t, 1, "nurse-first", from, until)
	_, _, among := replay(t, 4, "nurse-first", from, until)
	var first []sim.Op
	for _, op := range among {
		if op.Actor.Network == 0 {
			first = append(first, op)
		}
	}
	require.NotEmpty(t, alone)
	require.Equal(t, alone, first)
}

// A later opening is the earlier one with the ops in between: no thread appears or vanishes without a send or a week's
// quiet, and the messages are those that were sent.
func TestOpeningsAgreeWithOps(t *testing.T) {
	from, until := monday+8*des.Hour, monday+14*des.Hour
	_, before, ops := replay(t, 1, "nurse-first", from, until)
	_, after, _ := replay(t, 1, "nurse-first", until, until+des.Hour)
	messages := map[sim.Thread]int{}
	for _, th := range before[0].Threads {
		messages[th.Thread] = len(th.Messages)
	}
	for _, op := range ops {
		if op.Kind == results.OpSend || op.Kind == results.OpReply {
			messages[op.Thread]++
		}
	}
	require.NotEmpty(t, after[0].Threads)
	for _, th := range after[0].Threads {
		require.Equal(t, messages[th.Thread], len(th.Messages), "thread %v", th.Thread)
	}
}

// People have names, and staff of the pool belong to it.
func TestDescribe(t *testing.T) {
	r, _, ops := replay(t, 1, "nurse-first", monday+8*des.Hour, monday+9*des.Hour)
	pools, names := 0, map[string]bool{}
	for _, op := range ops {
		p := r.Describe(op.Actor)
		require.NotEmpty(t, p.Name)
		names[p.Name] = true
		require.Equal(t, op.Actor.Kind == sim.ActorStaff, p.Role != scenarios.RoleNone)
		require.Equal(t, p, r.Describe(op.Actor), "the same every time")
		pools += len(p.Pools)
	}
	require.Positive(t, pools)
	require.Greater(t, len(names), 10)
}

// What happens later does not reach back into an opening.
func TestOpeningsStayAsTheyWere(t *testing.T) {
	from := monday + 8*des.Hour
	_, short, _ := replay(t, 1, "nurse-first", from, from+des.Second)
	_, long, _ := replay(t, 1, "nurse-first", from, from+4*des.Hour)
	require.Equal(t, short, long)
}

// A replay may begin in the middle of a session: at the very moment somebody claims a thread, or a little later. Whatever
// the moment, its ops are those of a longer replay that are due from then on, none lost and none changed, and they
// agree with its opening.
func TestWindowsMayBeginInTheMiddleOfSessions(t *testing.T) {
	for _, name := range []string{"physician-first", "nurse-first"} {
		from, until := monday+8*des.Hour, monday+12*des.Hour
		_, _, all := replay(t, 1, name, from, until)
		var claims []des.Time
		for _, op := range all {
			if op.Kind == results.OpClaim {
				claims = append(claims, op.Due)
			}
		}
		require.Greater(t, len(claims), 30, name)
		for i := range 10 {
			begin := claims[i*len(claims)/10] + des.Time(i%2)*2500*des.Millisecond // at a claim, or while it is being read
			_, openings, ops := replay(t, 1, name, begin, until)
			first, _ := slices.BinarySearchFunc(all, begin, func(op sim.Op, at des.Time) int { return cmp.Compare(op.Due, at) })
			require.True(t, slices.Equal(all[first:], ops), "the ops from %v on under %s", begin.Duration(), name)
			threads := map[sim.Thread]*thread{}
			held := 0
			for _, open := range openings[0].Threads {
				threads[open.Thread] = &thread{messages: int32(len(open.Messages)), claimed: open.Item == sim.ItemAccepted, holder: open.Holder}
				if open.Item == sim.ItemAccepted {
					held++
				}
			}
			for _, op := range ops {
				follow(t, threads, op)
			}
			require.True(t, held > 0 || i%2 == 0, "somebody is reading at %v under %s", begin.Duration(), name)
		}
	}
}
