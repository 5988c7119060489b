package bench

import (
	"context"
	"fmt"
	"sync/atomic"
	"time"

	"github.com/portalbench/portalbench/results"
)

// A message that is not shown is looked for again, after pauses from 1 to 10 s, until 70 s have passed since the ledger
// began: servers have been seen to give the same answer to the same search for 60 s.
const (
	stalest    = 70 * time.Second
	firstAgain = time.Second
	mostAgain  = 10 * time.Second
)

// stillMissing is how many threads in a row may show no more than before until a round of looking again ends early. The
// last round goes through all.
const stillMissing = 20

// lookAgain waits for what is missing. When that is interrupted nothing is said of what had not been found by then.
func (l *ledger) lookAgain(ctx context.Context) {
	missing := l.missing()
	for wait := firstAgain; len(missing) > 0 && !l.givenUp(); wait = min(2*wait, mostAgain) {
		left := stalest - time.Since(l.began)
		if left <= 0 {
			return
		}
		pause(ctx, min(wait, left))
		if l.round(ctx, missing, wait >= left) != nil {
			l.withdraw(missing)
			return
		}
		missing = l.missing()
	}
}

// round looks at some threads once more.
func (l *ledger) round(ctx context.Context, missing []int, last bool) error {
	var still atomic.Int64
	return l.each(ctx, "ledger", len(missing), func(ctx context.Context, k int) error {
		if !last && still.Load() >= stillMissing {
			return ctx.Err()
		}
		before := l.lost(missing[k])
		err := l.look(ctx, missing[k])
		if l.lost(missing[k]) < before {
			still.Store(0)
		} else {
			still.Add(1)
		}
		return err
	})
}

func (l *ledger) lost(i int) int64 {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.verdicts[i].Lost
}

// missing returns the threads that do not show every message.
func (l *ledger) missing() (some []int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for i := range l.verdicts {
		if l.verdicts[i].Lost > 0 {
			some = append(some, i)
		}
	}
	return some
}

// withdraw says nothing of threads that might have become whole.
func (l *ledger) withdraw(threads []int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, i := range threads {
		if l.verdicts[i].Lost > 0 {
			l.verdicts[i] = verdict{Ledger: results.Ledger{Unread: l.verdicts[i].Checked}, leaked: l.verdicts[i].leaked}
		}
	}
}

// warnLate says how old the portal's reads are.
func warnLate(g *results.Ledger) []string {
	if g == nil || g.Late == 0 {
		return nil
	}
	return []string{fmt.Sprintf("the portal's reads are not up to date: %d of %d acknowledged messages were missing when they were first looked for, "+
		"and there %.3g s later at the latest", g.Late, g.Checked, float64(g.LateS))}
}
