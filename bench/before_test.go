package bench_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/require"

	"github.com/portalbench/portalbench/bench"
	"github.com/portalbench/portalbench/results"
	"github.com/portalbench/portalbench/sim"
)

// A portal that nobody has written to flatters itself. One where each patient has a thread does not, and says how many.
func TestEmptyMailboxesAreWarnedOf(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := openWard(t, shift(1, consultation(0, 1)...))
		var said []string
		w.config.Notice = func(text string) { said = append(said, text) }
		w.config.Mailboxes, w.config.Preflight = true, &results.Preflight{}
		first := w.run(t).Load
		require.Len(t, said, 1)
		require.Contains(t, said[0], "the mailboxes of this run's patients are empty")
		require.Contains(t, said[0], "portalbench portal seed")
		require.Contains(t, first.Warnings, said[0])
		require.Zero(t, float64(first.Preflight.MailboxThreads))

		said, w.config.RunID = nil, "run2" // the same patients: their thread is still there
		second := w.run(t).Load
		require.Empty(t, said)
		require.EqualValues(t, 1, second.Preflight.MailboxThreads)
	})
}

// capped gives pages of so many rows at most.
func capped(next bench.Portal, rows int) bench.Portal {
	return liar{next, func(ctx context.Context, next bench.Portal, s *bench.Session, c *bench.Call) (bench.Answer, error) {
		shorter := *c
		if c.Kind == results.OpInbox {
			shorter.Limit = min(c.Limit, rows)
		}
		return next.Do(ctx, s, &shorter)
	}}
}

// Pages that are shorter than asked for are noticed, before the clock and during the run, and nothing on them is lost.
func TestShortPagesAreNoticed(t *testing.T) {
	v := verification(t)
	v.Portal = capped(v.Portal, 3)
	p, err := v.Preflight(t.Context())
	require.NoError(t, err)
	require.Empty(t, p.Broken())
	require.Equal(t, []string{"the portal gives at most 3 rows a page where 50 are asked for: a list takes more requests, and people see less of it at once"}, p.Warnings)

	synctest.Test(t, func(t *testing.T) {
		var ops []sim.Op
		for i := range int32(5) { // all of whose threads wait in the pool when the nurse looks
			ops = append(ops, at(int(i), results.OpSend, patient(i), i))
		}
		ops = append(ops, at(100, results.OpInbox, nurse(0), 0))
		w := openWard(t, shift(1, ops...))
		w.config.Portal = capped(w.config.Portal, 3)
		r := w.run(t)
		require.Contains(t, strings.Join(r.Load.Warnings, "\n"), "the portal gives at most 3 rows a page where 50 are asked for")
		require.EqualValues(t, 5, r.Load.Ledger.Found)
	})
}

// Hashing passwords takes this portal 0.5 s, one after the other in 16 workers of ours: 30 people take 1 s, so it does 30 a
// second. 400 sign-ins in 10 s are more, and 200 are not. What is known of one sign-in alone is good for 8 / 0.5 s = 16 a second.
func TestSignInsThatThePortalCannotDo(t *testing.T) {
	for _, c := range []struct {
		early, inWindow int
		one             results.Number
		says            string
	}{
		{30, 400, 0, "the window's busiest 10 s need 40 sign-ins a second, and the portal does about 30 (30 before the clock took 1s)"},
		{30, 200, 0, ""},
		{0, 200, 500, "need 20 sign-ins a second, and the portal does about 16 (one takes 500ms, and 8 at once are assumed)"},
		{0, 100, 500, ""},
		{0, 400, 0, ""},
	} {
		t.Run(fmt.Sprint(c), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var ops []sim.Op
				for i := range int32(c.early) {
					ops = append(ops, at(1, results.OpUnread, patient(i), i))
				}
				for i := range c.inWindow {
					who := int32(1000 + i)
					ops = append(ops, at(i*10_000/c.inWindow, results.OpAuth, patient(who), who))
				}
				w := openNoopWard(t, shift(10, ops...), 1, "latency=500ms:auth")
				w.config.Preflight = &results.Preflight{SignInMS: c.one}
				w.config.Mailboxes = false
				said := noticedOf(t, w)
				if c.says == "" {
					require.Empty(t, said)
					return
				}
				require.Len(t, said, 1)
				require.Contains(t, said[0], c.says)
			})
		})
	}
}

// noticedOf runs a load and returns what was said before its clock started.
func noticedOf(t *testing.T, w *ward) (said []string) {
	t.Helper()
	clock := false
	w.config.Progress = func(p bench.Progress) { clock = clock || p.Phase == "replay" }
	w.config.Notice = func(text string) {
		require.False(t, clock, "it is said before the clock")
		said = append(said, text)
	}
	w.run(t)
	return said
}

// Signing 400 people in at 0.5 s each, 8 at once, takes 25 s, which is said before.
func TestLongPreparationIsAnnounced(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := openNoopWard(t, shift(20, counting(8)...), 1)
		w.config.Preflight = &results.Preflight{SignInMS: 500}
		require.Equal(t, []string{"a sign-in takes 500ms, so signing in 400 people before the clock takes about 25s"}, noticedOf(t, w))
	})
}

// What a portal does not have is said before the clock, with its share of the work.
func TestWhatIsLeftOutIsSaidBefore(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := openWard(t, shift(1, consultation(0, 1)...))
		w.config.Portal = without{w.config.Portal}
		said := noticedOf(t, w)
		require.Equal(t, []string{"the portal has no claim, label: 17% of the workload's operations are left out, and this run says nothing of them"}, said)
	})
}

// without is a portal on which nothing can be claimed or labelled.
type without struct{ bench.Portal }

func (w without) Capabilities() bench.Capabilities {
	c := w.Portal.Capabilities()
	c.Ops[results.OpClaim], c.Ops[results.OpLabel] = bench.Absent, bench.Absent
	return c
}
