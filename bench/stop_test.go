package bench

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/portalbench/portalbench/results"
	"github.com/portalbench/portalbench/sim"
)

func rules(t *testing.T, texts ...string) (all []results.StopRule) {
	t.Helper()
	for _, text := range texts {
		r, err := results.ParseStopRule(text)
		require.NoError(t, err)
		all = append(all, r)
	}
	return all
}

// failingFrom makes a portal fail what people ask for from a moment after its first such request.
func failingFrom(cfg *Config, from time.Duration, until time.Duration) {
	d := cfg.Portal.(*desk)
	var clock time.Time
	d.fault = func(_ string, c *Call) (*Answer, error) {
		if c.Kind != results.OpUnread {
			return nil, nil
		}
		if clock.IsZero() {
			clock = time.Now()
		}
		if since := time.Since(clock); since >= from && since < until {
			return &Answer{Outcome: results.Invalid, Status: 500}, nil
		}
		return nil, nil
	}
}

// The portal fails from 2.5 s on: of the second up to 3 s half, of those after it all. So the third second above 20% is
// over at 5 s, when about 50 of 100 operations have fallen due and 25 of them have failed. The ledger is still checked.
func TestStopWhen(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		cfg, seen := steadily(10)
		cfg.SkipLedger = false
		failingFrom(&cfg, 2500*time.Millisecond, time.Hour)
		cfg.StopWhen = rules(t, "in_flight>1000 for 1s", "errors>20% for 3s")
		start := time.Now()
		r := mustRun(t, cfg)
		require.Less(t, time.Since(start), 6*time.Second)
		require.Equal(t, "errors>20% for 3s, 5s after the clock started", r.Load.Stopped)
		require.True(t, r.Load.Incomplete)
		require.Equal(t, results.RunInvalid, r.Load.Validity)
		all := rowOf(t, r, "all")
		require.InDelta(t, 50, all.Offered, 1)
		require.InDelta(t, 25, all.Outcomes["invalid"], 1)
		require.Equal(t, all.Offered, all.Sent, "what was under way is waited for, and nothing is skipped")
		require.EqualValues(t, 5, r.Load.DurationS)
		require.NotNil(t, r.Load.Ledger)
		require.Equal(t, "the run was stopped", (*seen)[len(*seen)-1].Stopping)
	})
}

// A second that is not above begins the time anew, and so does one without data: a portal that fails for 2 s at a time,
// then answers, is never above for 3 s.
func TestStopWhenNeedsEverySecond(t *testing.T) {
	for name, quiet := range map[string]bool{"answers between": false, "nothing between": true} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				cfg, _ := steadily(9)
				failingFrom(&cfg, 0, time.Hour)
				var ops []sim.Op
				for _, op := range cfg.Workload.Ops {
					if third := int(op.Due)%3000 >= 2000; !third || !quiet {
						ops = append(ops, op)
					}
				}
				cfg.Workload.Ops = ops
				always := cfg.Portal.(*desk).fault
				start := time.Time{}
				cfg.Portal.(*desk).fault = func(login string, c *Call) (*Answer, error) {
					if start.IsZero() && c.Kind == results.OpUnread {
						start = time.Now()
					}
					if time.Since(start)%(3*time.Second) >= 2*time.Second {
						return nil, nil
					}
					return always(login, c)
				}
				cfg.StopWhen = rules(t, "errors>=90% for 3s")
				r := mustRun(t, cfg)
				require.Empty(t, r.Load.Stopped)
				require.False(t, r.Load.Incomplete)

				start = time.Time{}
				cfg.StopWhen = rules(t, "errors>=90% for 2s")
				require.Equal(t, "errors>=90% for 2s, 2s after the clock started", mustRun(t, cfg).Load.Stopped)
			})
		})
	}
}

// What had fallen due and waits for an earlier answer when a rule stops the run is withdrawn: everybody's second
// operation waits for the first, which the portal answers after 20 s. It is no error that nobody tried it.
func TestStopWithdrawsWhatWaits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := &desk{takes: func(_ string, c *Call) time.Duration {
			if c.Kind != results.OpUnread {
				return 0
			}
			return 20 * time.Second
		}}
		var ops []sim.Op
		for i := range int32(10) {
			ops = append(ops, at(10*int(i), results.OpUnread, patient(i)))
		}
		for i := range int32(10) {
			ops = append(ops, at(500+10*int(i), results.OpRecipients, patient(i)))
		}
		cfg := config(d, workload(30, ops...))
		var early, last Snapshot
		cfg.Progress = func(p Progress) {
			if p.Live != nil {
				last = *p.Live
			}
			if p.Live != nil && early.Elapsed == 0 {
				early = last
			}
		}
		cfg.StopWhen = rules(t, "in_flight>=10 for 3s")
		var rows strings.Builder
		cfg.KeepOps = &rows
		r := mustRun(t, cfg)
		require.Equal(t, 1+10, strings.Count(rows.String(), "\n"), "a header and what was offered: the others are no operations of the run")
		require.Zero(t, r.Load.CompletedPerS, "all answers came after the end that the rule made")
		require.Equal(t, "in_flight>=10 for 3s, 3s after the clock started", r.Load.Stopped)
		all := rowOf(t, r, "all")
		require.EqualValues(t, 10, all.Offered)
		require.Equal(t, map[string]int64{"ok": 10}, all.Outcomes, "each has its whole time-out, longer than an interruption gives")
		require.Zero(t, rowOf(t, r, "recipients").Offered)
		require.Zero(t, last.Counts.Measured[results.OpRecipients].Offered)
		require.EqualValues(t, 10, last.Total.Offered)
		require.EqualValues(t, 10, early.Last.Sent, "sent when they are, and not when they are answered")
		require.EqualValues(t, 10, last.Total.Sent)
		require.EqualValues(t, 10, r.Series[0].Offered)
	})
}

// Each metric is taken from the last second: 10 operations ended in it, 4 of them ok.
func TestStopMetrics(t *testing.T) {
	s := &Snapshot{InFlight: 9, Last: Stretch{ResponseP95: 1, ResponseP99: 2, ServiceP99: 3, LagP99: 4}}
	for o, n := range map[results.Outcome]int64{results.OK: 4, results.Throttled: 3, results.Capped: 2, results.Skipped: 1} {
		s.Last.Outcomes[o] = n
	}
	for metric, want := range map[string]float64{"errors": .6, "throttled": .3, "capped": .2, "response.p95": 1, "response.p99": 2,
		"service.p99": 3, "lag.p99": 4, "in_flight": 9} {
		require.InDelta(t, want, s.stopMetric(metric), 1e-12, metric)
	}
	for _, metric := range results.StopMetrics() {
		require.False(t, s.stopMetric(metric) != s.stopMetric(metric), "%s has no value", metric)
	}
	s.Last = Stretch{}
	require.True(t, s.stopMetric("errors") != s.stopMetric("errors"), "nothing ended: no data")
}
