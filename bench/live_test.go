package bench

import (
	"context"
	"math"
	"runtime/pprof"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/portalbench/portalbench/results"
	"github.com/portalbench/portalbench/sim"
)

// steadily is an operation of its own person every 100 ms for some seconds, which takes the portal 20 ms.
func steadily(seconds int) (Config, *[]Snapshot) {
	var ops []sim.Op
	for i := range int32(10 * seconds) {
		ops = append(ops, at(100*int(i), results.OpUnread, patient(i)))
	}
	d := &desk{takes: func(_ string, c *Call) time.Duration {
		if c.Kind != results.OpUnread {
			return 0
		}
		return 20 * time.Millisecond
	}}
	cfg := config(d, workload(seconds, ops...))
	seen := &[]Snapshot{}
	cfg.Progress = func(p Progress) {
		if p.Live != nil {
			*seen = append(*seen, *p.Live)
		}
	}
	return cfg, seen
}

// 8 s with a warm-up of 2.5 s: seconds end at 1.5 s (so that they begin with the end of the warm-up), 2.5 s, ... 7.5 s,
// and the replay ends with its last answer, of 7.9 s, at 7.92 s. Due until 1.5 s are those at 0 to 1.4 s and, as timers
// at one moment run in no order, perhaps the one at 1.5 s.
func TestSnapshots(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		cfg, seen := steadily(8)
		cfg.WarmUp, cfg.MaxInFlight = 2500*time.Millisecond, 77
		r := mustRun(t, cfg)
		require.Len(t, *seen, 8)
		first := (*seen)[0]
		require.Equal(t, 1500*time.Millisecond, first.Elapsed)
		require.Equal(t, 8*time.Second, first.Length)
		require.Equal(t, 77, first.Limit)
		require.EqualValues(t, 80, first.Ops)
		require.True(t, first.WarmingUp())
		require.InDelta(t, 15, first.Last.Offered, 1)
		require.Equal(t, first.Last.Offered, first.Recent.Offered)
		require.False(t, (*seen)[1].WarmingUp(), "it is over at 2.5 s")

		require.InDelta(t, 10, (*seen)[2].Last.Sent, 1, "those in flight are among them")

		fifth, last := (*seen)[6], (*seen)[7] // at 7.5 s, and the end
		require.Equal(t, 5*time.Second, fifth.Recent.Length)
		require.InDelta(t, 50, fifth.Recent.Offered, 1)
		require.Equal(t, time.Second, fifth.Last.Length)
		require.InEpsilon(t, 20, fifth.Recent.ResponseP99, .01)
		require.InEpsilon(t, 20, fifth.Recent.ServiceP50, .01)
		require.Zero(t, fifth.Recent.LagP99)
		require.True(t, math.IsNaN(fifth.Total.ResponseP99), "not kept of the whole")

		require.Equal(t, 7920*time.Millisecond, last.Elapsed)
		require.EqualValues(t, 80, last.Total.Outcomes[results.OK])
		require.EqualValues(t, 80, last.Total.Sent)
		require.Zero(t, last.Total.NotOK())
		require.Zero(t, last.InFlight)
		require.EqualValues(t, 25, last.Counts.WarmUp[results.OpUnread].Offered) // 0 to 2.4 s
		counts := last.Counts.Measured[results.OpUnread]
		require.EqualValues(t, 55, counts.Offered)
		require.Equal(t, counts, r.Counts.Measured[results.OpUnread], "the last snapshot has all of it")
		require.Equal(t, 55*20*time.Millisecond, counts.Response.Sum)
		require.EqualValues(t, 55, counts.Response.Counts[7], "above 10 ms, up to 25 ms")
		require.EqualValues(t, 55, counts.Lag.Counts[0])
	})
}

func TestBuckets(t *testing.T) {
	bounds := LatencyBounds()
	for i := range bounds {
		var b Buckets
		b.add(bounds[i])
		b.add(bounds[i] + 1)
		require.EqualValues(t, 1, b.Counts[i], "%s belongs to its own bucket", bounds[i])
		require.EqualValues(t, 1, b.Counts[i+1], "what is longer to the next")
		require.Equal(t, 2*bounds[i]+1, b.Sum)
		require.True(t, i == 0 || bounds[i] > bounds[i-1])
	}
}

// Profiles are cut by run, phase and operation: the goroutines that send carry all three.
func TestSendersCarryProfileLabels(t *testing.T) {
	var mu sync.Mutex
	var seen string
	d := &desk{}
	d.fault = func(_ string, c *Call) (*Answer, error) {
		if c.Kind == results.OpUnread {
			mu.Lock()
			defer mu.Unlock()
			var b strings.Builder
			require.NoError(t, pprof.Lookup("goroutine").WriteTo(&b, 1))
			seen = b.String()
		}
		return nil, nil
	}
	cfg := config(d, workload(1, at(0, results.OpUnread, patient(1))))
	pprof.Do(t.Context(), pprof.Labels("run", "run1"), func(ctx context.Context) {
		_, err := Run(ctx, cfg)
		require.NoError(t, err)
	})
	for _, stack := range strings.Split(seen, "\n\n") {
		if strings.Contains(stack, "carryOut") {
			require.Contains(t, stack, `"op":"unread"`)
			require.Contains(t, stack, `"phase":"replay"`)
			require.Contains(t, stack, `"run":"run1"`)
			return
		}
	}
	require.Fail(t, "no goroutine sends", seen)
}
