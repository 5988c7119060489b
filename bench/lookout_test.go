package bench

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/portalbench/portalbench/results"
)

// A portal whose lists lag behind by 300 ms. Looks begin at 0, 10, 30, 70, 150, 310 ms after the message was
// acknowledged: the one at 310 ms shows it.
func TestVisibleAfter(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := &desk{}
		var sent time.Time
		d.fault = func(_ string, c *Call) (*Answer, error) {
			switch {
			case c.Kind == results.OpSend:
				sent = time.Now()
			case c.Kind == results.OpInbox && time.Since(sent) < 300*time.Millisecond:
				return &Answer{Outcome: results.OK}, nil
			}
			return nil, nil
		}
		send := at(0, results.OpSend, patient(1))
		send.Subject = 1
		w := workload(2, send, at(1500, results.OpAuth, staff(0)))
		cfg := config(d, w)
		cfg.Lookout = true
		r := mustRun(t, cfg)
		require.NotNil(t, r.Load.VisibleAfterMS)
		require.InDelta(t, 310, float64(r.Load.VisibleAfterMS.Max), 1)
		require.Zero(t, d.clash, "a look never shares a session")
		require.EqualValues(t, 2, rowOf(t, r, "all").Offered, "looks are no operations")
	})
}

// What is never shown is said to be unseen, and ends the run no later than a time-out after it.
func TestNeverVisible(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := &desk{fault: func(_ string, c *Call) (*Answer, error) {
			if c.Kind == results.OpInbox {
				return &Answer{Outcome: results.OK}, nil
			}
			return nil, nil
		}}
		send := at(0, results.OpSend, patient(1))
		send.Subject = 1
		cfg := config(d, workload(1, send, at(500, results.OpAuth, staff(0))))
		cfg.Lookout, cfg.Timeout = true, 5*time.Second
		start := time.Now()
		r := mustRun(t, cfg)
		require.Nil(t, r.Load.VisibleAfterMS)
		require.Contains(t, strings.Join(r.Load.Warnings, "\n"), "1 of 1 acknowledged messages that were looked for were not seen")
		require.LessOrEqual(t, time.Since(start), 6*time.Second)
	})
}
