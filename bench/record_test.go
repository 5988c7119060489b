package bench

import (
	"encoding/json"
	"fmt"
	"math"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/portalbench/portalbench/results"
	"github.com/portalbench/portalbench/results/stats"
	"github.com/portalbench/portalbench/scenarios"
	"github.com/portalbench/portalbench/sim"
)

func requireMissing(t *testing.T, n results.Number) {
	t.Helper()
	require.True(t, math.IsNaN(float64(n)), "%v should be missing", n)
}

// A percentile q needs the first n with 1 - q^n >= .95, which is ln .05 / ln q rounded up: 4.3 for .5, 28.4 for .9, 58.4
// for .95, 298.1 for .99 and 2994.2 for .999.
func TestPercentilesOfTooFewAreMissing(t *testing.T) {
	for _, c := range []struct {
		name string
		of   func(results.Latency) results.Number
		need int
	}{
		{"p50", func(l results.Latency) results.Number { return l.P50 }, 5},
		{"p90", func(l results.Latency) results.Number { return l.P90 }, 29},
		{"p95", func(l results.Latency) results.Number { return l.P95 }, 59},
		{"p99", func(l results.Latency) results.Number { return l.P99 }, 299},
		{"p999", func(l results.Latency) results.Number { return l.P999 }, 2995},
	} {
		h := stats.NewHistogram(longestMicros, digits)
		h.RecordN(2000, int64(c.need-1))
		requireMissing(t, c.of(results.NewLatency(h, 0)))
		printed, err := json.Marshal(results.NewLatency(h, 0))
		require.NoError(t, err)
		require.Contains(t, string(printed), fmt.Sprintf(`"%s":null`, c.name))
		require.EqualValues(t, 2, results.NewLatency(h, 0).Max, "the greatest and the mean need one sample")
		require.EqualValues(t, 2, results.NewLatency(h, 0).Mean)
		h.Record(2000)
		require.InEpsilon(t, 2, float64(c.of(results.NewLatency(h, 0))), .001, c.name)
	}
	requireMissing(t, results.NewLatency(nil, 0).Mean)
	requireMissing(t, results.NewLatency(nil, 0).Max)
}

// With 60 of 1,000 held back, the 950th of all is not among those that were sent; the 900th is the 900th of 940.
func TestPercentilesFallAmongWhatWasHeldBack(t *testing.T) {
	h := stats.NewHistogram(longestMicros, digits)
	h.RecordN(1000, 899)
	h.RecordN(9000, 41)
	got := results.NewLatency(h, 60)
	require.InEpsilon(t, 1, float64(got.P50), .001)
	require.InEpsilon(t, 9, float64(got.P90), .001, "of those that were sent it is 1 ms")
	require.InEpsilon(t, 1, float64(results.NewLatency(h, 0).P90), .001)
	requireMissing(t, got.P95)
	requireMissing(t, got.P99)
}

// Each latency of a row goes by its own samples: of 60 operations that were sent, 59 were answered, and one was not.
func TestPercentilesGoByTheirOwnSamples(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var ops []sim.Op
		for i := range int32(60) {
			ops = append(ops, at(int(i), results.OpUnread, patient(i)))
		}
		var refused atomic.Bool
		d := &desk{fault: func(_ string, c *Call) (*Answer, error) {
			if c.Kind == results.OpUnread && refused.CompareAndSwap(false, true) {
				return &Answer{Outcome: results.Invalid}, nil
			}
			return nil, nil
		}, takes: func(string, *Call) time.Duration { return time.Millisecond }}
		all := rowOf(t, mustRun(t, config(d, workload(1, ops...))), "all")
		require.InEpsilon(t, 1, float64(all.ResponseMS.P95), .001)
		requireMissing(t, all.ResponseMS.P99)
		requireMissing(t, all.FailedMS.P50)
		require.EqualValues(t, 1, all.FailedMS.Max)
	})
}

// An operation is late when this program sends it more than 10 ms after it could have, whatever it waited for before.
func TestLateOperationsAreCounted(t *testing.T) {
	r := newRecorder(0, time.Second)
	op := sim.Op{Kind: results.OpUnread}
	for _, lag := range []time.Duration{0, results.LateAfter, results.LateAfter + time.Microsecond, time.Second} {
		f := &flight{op: &op, person: &person{}, out: true, counted: true, ready: 500 * time.Millisecond}
		f.sent = f.ready + lag
		f.done = f.sent
		r.finish(f, nil)
	}
	rows := r.rows()
	require.EqualValues(t, 2, rows[0].late)
	require.EqualValues(t, 4, rows[0].sent)
	require.EqualValues(t, 2, rows[1+results.OpUnread].result("unread").Late)
}

// A nurse looks at a list 100 times, 7 s apart, and is answered within 6 s; 10 such operations make a workday:
// 6 s x 10 = 1 minute. The wait has a number when at least 99 of the 100 that were due were ok. Those that were not are
// answered within 6 s as well (refused), or never sent (a thread that nothing made cannot be read).
func TestStaffWaitNeedsSuccess(t *testing.T) {
	for _, c := range []struct {
		name             string
		refused, skipped int
		want             float64 // minutes; NaN: none
	}{
		{"all ok", 0, 0, 1},
		{"one refused", 1, 0, 1},
		{"two refused", 2, 0, math.NaN()},
		{"one skipped", 0, 1, 1},
		{"two skipped", 0, 2, math.NaN()},
		{"one of each", 1, 1, math.NaN()},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var ops []sim.Op
				for i := range 100 {
					kind := results.OpInbox
					if i < c.skipped {
						kind = results.OpThread
					}
					ops = append(ops, at(i*7_000, kind, staff(0)))
				}
				var refused atomic.Int64
				d := &desk{takes: func(string, *Call) time.Duration { return 6 * time.Second }}
				d.fault = func(_ string, call *Call) (*Answer, error) {
					if call.Kind == results.OpInbox && refused.Add(1) <= int64(c.refused) {
						return &Answer{Outcome: results.Throttled, Status: 429}, nil
					}
					return nil, nil
				}
				cfg := config(d, workload(700, ops...))
				cfg.OpsPerWorkday = map[scenarios.Role]float64{scenarios.RN: 10}
				cfg.HandlingPerWorkday = map[scenarios.Role]float64{scenarios.RN: 77}
				r := mustRun(t, cfg)
				require.EqualValues(t, c.skipped, rowOf(t, r, "all").Outcomes["skipped"])
				require.EqualValues(t, c.refused, rowOf(t, r, "all").Outcomes["throttled"])
				require.Len(t, r.Load.Staff, 1)
				require.EqualValues(t, 77, r.Load.Staff[0].HandlingMinutesPerWorkday)
				printed, err := json.Marshal(r.Load.Staff[0])
				require.NoError(t, err)
				missing := strings.Contains(string(printed), `"portal_wait_minutes_per_workday":null`)
				require.Equal(t, math.IsNaN(c.want), missing, "%s", printed)
				if !missing {
					require.InDelta(t, c.want, float64(r.Load.Staff[0].PortalWaitMinutes), 1e-9)
				}
			})
		})
	}
}
