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

// queueing is 10 s in which each of 10 patients means to do something every 100 ms, 100 operations a second in all. A
// person does one thing at a time, so the k'th operation (from 0) of a portal that takes s begins at k s, if s is longer
// than 100 ms.
func queueing(service time.Duration) Config {
	var ops []sim.Op
	for k := range 100 {
		for i := range int32(10) {
			ops = append(ops, at(100*k, results.OpUnread, patient(i)))
		}
	}
	return config(&desk{takes: func(_ string, c *Call) time.Duration {
		if c.Kind != results.OpUnread {
			return 0
		}
		return service
	}}, workload(10, ops...))
}

// At 200 ms, half of what is offered can be served. Of each person's operations, those with 200 k < 11,000 are sent
// before one second after the end (k = 0 to 54, as the 55th is sent at that very moment), and those with
// 200 (k + 1) <= 10,000 are answered by the end (k = 0 to 49): 550 and 500 in 10 s. The k'th waits 100 k ms: .99 of them
// no longer than the one of rank 990, k = 98.
func TestHalfOfTheRateIsInvalid(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := mustRun(t, queueing(200*time.Millisecond))
		all := rowOf(t, r, "all")
		require.Equal(t, map[string]int64{"ok": 1000}, all.Outcomes, "all are answered in the end")
		require.EqualValues(t, 1000, all.Sent)
		require.EqualValues(t, 100, r.Load.OfferedPerS)
		require.EqualValues(t, 55, r.Load.AchievedPerS)
		require.EqualValues(t, 50, r.Load.CompletedPerS)
		require.InEpsilon(t, 9800, float64(all.WaitMS.P99), .001)
		require.Equal(t, results.RunInvalid, r.Load.Validity)
		require.Len(t, r.Load.Why, 1)
		require.Contains(t, r.Load.Why[0], "only 55% of the offered rate was achieved")
		require.Contains(t, r.Load.Why[0], "the portal answers too late for people to go on in time")
		require.Contains(t, strings.Join(r.Load.Warnings, "\n"), "people waited up to")
	})
}

// At 100 ms, every operation is answered at the moment the next is due, the last ones at the very end: nobody waits.
func TestWholeRateIsValid(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := mustRun(t, queueing(100*time.Millisecond))
		require.EqualValues(t, 100, r.Load.AchievedPerS)
		require.EqualValues(t, 100, r.Load.CompletedPerS)
		require.Zero(t, float64(rowOf(t, r, "all").WaitMS.Max))
		require.Equal(t, results.RunValid, r.Load.Validity, "%v", r.Load.Why)
		require.Empty(t, r.Load.Why)
		require.NotContains(t, strings.Join(r.Load.Warnings, "\n"), "people waited")
	})
}

// What is refused in time was sent and answered: refusals are no matter of the rate.
func TestRefusalsAreAchieved(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		cfg := queueing(time.Millisecond)
		cfg.Portal.(*desk).fault = func(_ string, c *Call) (*Answer, error) {
			if c.Kind == results.OpUnread {
				return &Answer{Outcome: results.Throttled, Status: 429}, nil
			}
			return nil, nil
		}
		r := mustRun(t, cfg)
		require.EqualValues(t, 100, r.Load.AchievedPerS)
		require.EqualValues(t, 100, r.Load.CompletedPerS)
		require.Len(t, r.Load.Why, 1)
		require.Contains(t, r.Load.Why[0], "throttled")
	})
}

// The last answer comes 20 s after the window of 1 s. What the machine did is taken at the window's end: a quiet time
// afterwards must not make it look idle.
func TestProcessorTimeIsTakenAtTheEndOfTheWindow(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var late time.Duration // processor time when the answer is made
		d := &desk{takes: func(_ string, c *Call) time.Duration {
			if c.Kind != results.OpUnread {
				return 0
			}
			return 20 * time.Second
		}}
		d.fault = func(_ string, c *Call) (*Answer, error) {
			if c.Kind == results.OpUnread {
				late = results.ProcessCPU()
			}
			return nil, nil
		}
		cfg := config(d, workload(1, at(500, results.OpUnread, patient(1))))
		require.NoError(t, cfg.complete())
		r, err := newRun(&cfg)
		require.NoError(t, err)
		require.NoError(t, r.limitInFlight())
		require.NoError(t, r.prepare(t.Context()))
		start := time.Now()
		r.replay(t.Context())
		require.Equal(t, 20*time.Second+500*time.Millisecond, time.Since(start))
		require.Equal(t, time.Second, r.wall)
		require.LessOrEqual(t, r.engine.spent, late)
	})
}
