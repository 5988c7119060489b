package bench_test

import (
	"context"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/portalbench/portalbench/bench"
	"github.com/portalbench/portalbench/results"
)

// countingPortal counts what a portal is asked before the clock starts.
type countingPortal struct {
	bench.Portal
	all, signIns *atomic.Int64
}

func (c countingPortal) SignIn(ctx context.Context, s *bench.Session) error {
	c.all.Add(1)
	c.signIns.Add(1)
	return c.Portal.SignIn(ctx, s)
}

func (c countingPortal) Do(ctx context.Context, s *bench.Session, call *bench.Call) (bench.Answer, error) {
	c.all.Add(1)
	return c.Portal.Do(ctx, s, call)
}

// What is foretold of the preparation is what a run then does on a real portal.
func TestPreparationIsForetold(t *testing.T) {
	w := replayed(t, "nurse-first", 3, 2*time.Minute, 60)
	_, portal, admin := reference(t)
	foretold, err := w.Prepare(t.Context(), portal.Capabilities())
	require.NoError(t, err)
	require.Positive(t, foretold.Threads)
	require.Positive(t, foretold.Staff)
	var all, signIns, atStart, signInsAtStart atomic.Int64
	r, err := bench.Run(t.Context(), bench.Config{Portal: countingPortal{portal, &all, &signIns}, Admin: admin, Workload: w, Digest: "d",
		RunID: "run", Progress: func(p bench.Progress) {
			if p.Phase == "replay" && p.Elapsed == 0 {
				atStart.Store(all.Load())
				signInsAtStart.Store(signIns.Load())
			}
		}})
	require.NoError(t, err)
	require.Equal(t, atStart.Load(), foretold.Operations)
	require.Equal(t, signInsAtStart.Load(), foretold.SignIns)
	require.EqualValues(t, r.Load.Mailbox.Start, foretold.Messages)
	all2, _ := r.Load.Op("all")
	require.Equal(t, all2.Offered, all2.Outcomes[results.OK.String()])
}

// Sixteen at a time, and never faster than sign-ins are let out.
func TestPreparationTakesTime(t *testing.T) {
	p := bench.Preparation{Operations: 1600, SignIns: 300}
	require.Equal(t, 2*time.Second, p.At(20*time.Millisecond, 16, 0))
	require.Equal(t, 2*time.Second, p.At(20*time.Millisecond, 16, 1000))
	require.Equal(t, 30*time.Second, p.At(20*time.Millisecond, 16, 10))
}
