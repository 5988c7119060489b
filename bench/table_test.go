package bench

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/portalbench/portalbench/generators"
	"github.com/portalbench/portalbench/results"
	"github.com/portalbench/portalbench/scenarios"
	"github.com/portalbench/portalbench/sim"
)

// closedThread is one of two messages, with a file on the second.
func closedThread(t *table) *thread {
	th := t.thread(sim.Thread{Network: 3, Number: 7})
	th.begin(patient(4), generators.Wording{Category: scenarios.Symptom, HighRisk: true}, 99)
	th.self.learn("T1")
	th.item.learn("I1")
	th.version = "v2"
	th.message(0).learn("M0")
	th.message(1).learn("M1")
	th.file(1, handle{id: "F", state: known})
	th.authored = []authored{{0, patient(4), generators.Wording{}, 99}, {1, staff(2), generators.Wording{Staff: scenarios.RN}, 1 << 63}}
	th.closed, th.changed, th.turn.free = true, 5*time.Second, 6*time.Second
	return th
}

// A closed thread is put away after a minute, and comes back as it was.
func TestClosedThreadsAreKeptOnDisk(t *testing.T) {
	tab := newTable("run1")
	defer func() { require.NoError(t, tab.close()) }()
	th := closedThread(tab)
	want := *th
	tab.rest(th, 5*time.Second)
	tab.putAway(64 * time.Second)
	require.Len(t, tab.awake, 1, "it was closed 59 s ago")
	tab.putAway(65 * time.Second)
	require.Empty(t, tab.awake)
	require.Equal(t, 2, tab.acknowledged(th.name))
	peeked, err := tab.peek(th.name)
	require.NoError(t, err)
	require.Equal(t, &want, peeked)
	require.Empty(t, tab.awake, "a look does not wake it")
	require.Equal(t, &want, tab.thread(th.name))
	require.Empty(t, tab.resting)
	require.Equal(t, []sim.Thread{th.name}, tab.met, "met once")
}

// A thread that somebody is at work on, that was opened again, or of which something is not known, stays.
func TestThreadsInUseStay(t *testing.T) {
	for name, change := range map[string]func(*thread){
		"under way":     func(th *thread) { th.turn.last = &flight{} },
		"opened again":  func(th *thread) { th.closed = false },
		"changed since": func(th *thread) { th.changed = 30 * time.Second },
		"in doubt":      func(th *thread) { th.message(2) },
	} {
		tab := newTable("run1")
		th := closedThread(tab)
		tab.rest(th, 5*time.Second)
		change(th)
		tab.putAway(70 * time.Second)
		require.Len(t, tab.awake, 1, name)
		require.Nil(t, tab.file, name)
	}
}

// In a run, a thread that was closed and put away is answered by its patient an hour later, and nothing is amiss.
func TestThreadsComeBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ops := conversation()
		hour := int(time.Hour / time.Millisecond)
		reply := at(hour, results.OpReply, patient(1))
		reply.Message = 2
		ops = append(ops, reply, at(hour+100, results.OpThread, staff(0)))
		cfg := config(&desk{}, workload(3700, ops...))
		cfg.SkipLedger = false
		r := mustRun(t, cfg)
		require.EqualValues(t, len(ops), rowOf(t, r, "all").Outcomes["ok"])
		require.Equal(t, &results.Ledger{Checked: 3, Found: 3}, r.Load.Ledger)
	})
}

// A tag names its thread, and no other run's.
func TestTags(t *testing.T) {
	name := sim.Thread{Network: 12, Number: 345}
	got, ours := untag("run-1", tag("run-1", name))
	require.True(t, ours)
	require.Equal(t, name, got)
	for _, other := range []string{tag("run-2", name), tag("run-", name), "run-1-n1", "run-1-n1-tx", "run-1-nx-t1", ""} {
		_, ours := untag("run-1", other)
		require.False(t, ours, other)
	}
}

func FuzzUntag(f *testing.F) {
	f.Add("run1-n1-t2")
	f.Add("run1-n-1-t2")
	f.Fuzz(func(t *testing.T, text string) {
		if name, ours := untag("run1", text); ours && name.Network >= 0 && name.Number >= 0 {
			again, ok := untag("run1", tag("run1", name))
			require.True(t, ok)
			require.Equal(t, name, again)
		}
	})
}

// Of a thread whose first message failed, only the reason is kept, and is told whoever comes back to it.
func TestFailedThreadsLeaveOnlyTheReason(t *testing.T) {
	tab := newTable("run1")
	name, why := sim.Thread{Network: 3, Number: 7}, &Cause{Op: results.OpSend, Outcome: results.Transport}
	th := tab.thread(name)
	th.file(0, handle{id: "F", state: known})
	th.self.fail(why)
	tab.rest(th, 5*time.Second)
	tab.putAway(65 * time.Second)
	require.Empty(t, tab.awake)
	require.Nil(t, tab.file)
	require.Zero(t, tab.acknowledged(name))
	for _, kind := range []results.OpKind{results.OpThread, results.OpRead, results.OpFetch, results.OpReply,
		results.OpClaim, results.OpRoute, results.OpLabel, results.OpClose, results.OpReopen} {
		require.Same(t, why, tab.thread(name).obstacle(&sim.Op{Kind: kind, Files: 1}), "%s", kind)
	}
	require.Equal(t, []sim.Thread{name}, tab.met, "met once")
}

// However often operations fail in the same way, the generator keeps one cause: the first.
func TestCausesDoNotGrow(t *testing.T) {
	all := causes{}
	first := all.of(Cause{Op: results.OpSend, Outcome: results.Invalid, Detail: "disk full"})
	for i := range int32(1000) {
		require.Same(t, first, all.of(Cause{results.OpSend, results.Invalid, sim.Thread{Number: i}, "request " + tag("run", sim.Thread{Number: i})}))
	}
	require.NotSame(t, first, all.of(Cause{Op: results.OpSend, Outcome: results.Timeout}))
	late := all.of(Cause{Op: results.OpAuth, Outcome: results.Skipped, Detail: "the run had ended"})
	require.NotSame(t, late, all.of(Cause{Op: results.OpAuth, Outcome: results.Skipped, Detail: "the run was interrupted"}))
	require.Len(t, all, 4)
}
