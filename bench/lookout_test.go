package bench

import (
	"context"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/portalbench/portalbench/results"
	"github.com/portalbench/portalbench/sim"
)

// A portal whose lists lag behind by 300 ms. Looks begin at 0, 10, 20, 40, 80, 160, 320 ms after the message was
// acknowledged: the last one shows it.
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
		require.InDelta(t, 320, float64(r.Load.VisibleAfterMS.Max), 1)
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

// mail is so many messages to the same person, so many milliseconds apart, and a last operation of that person.
func mail(n, gap int) (ops []sim.Op) {
	for i := range n {
		op := at(gap*i, results.OpSend, patient(int32(i)))
		op.Subject, op.Thread = int32(i), sim.Thread{Number: int32(i)}
		ops = append(ops, op)
	}
	return append(ops, at(gap*n, results.OpAuth, staff(0)))
}

// hiding is a portal that shows on lists what it is let to, and refuses sessions that have expired.
type hiding struct {
	*desk
	shows func(thread string) bool
}

func (h hiding) Do(ctx context.Context, s *Session, c *Call) (Answer, error) {
	if !s.Expires.IsZero() && time.Now().After(s.Expires) {
		return Answer{Outcome: results.Denied, Status: 401}, nil
	}
	a, err := h.desk.Do(ctx, s, c)
	a.Items = slices.DeleteFunc(a.Items, func(row Listed) bool { return !h.shows(row.Thread) })
	return a, err
}

// One message of 100 is never shown, and all others at once. None waits for the one.
func TestWhatIsNeverShownHoldsNothingUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		portal := hiding{&desk{}, func(thread string) bool { return thread != "T10" }}
		cfg := config(portal, workload(101, mail(100, 1000)...))
		cfg.Lookout = true
		r := mustRun(t, cfg)
		require.InDelta(t, 0, float64(r.Load.VisibleAfterMS.P95), 1)
		require.Contains(t, strings.Join(r.Load.Warnings, "\n"), "1 of 100 acknowledged messages that were looked for were not seen")
	})
}

// A message every 100 ms; the list shows nothing new from 40 to 60 s. Of the 1,000 messages 200 are late by 20 to 0 s,
// and 50 of them by 15 s or more, which is the p95. Looks are up to a second apart.
func TestFrozenListShowsInWhatIsVisible(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var clock time.Time
		d := &desk{fault: func(_ string, c *Call) (*Answer, error) {
			if c.Kind == results.OpSend && clock.IsZero() {
				clock = time.Now()
			}
			return nil, nil
		}}
		portal := hiding{d, func(string) bool { since := time.Since(clock); return since < 40*time.Second || since >= time.Minute }}
		cfg := config(portal, workload(101, mail(1000, 100)...))
		cfg.Lookout = true
		r := mustRun(t, cfg)
		require.InDelta(t, 15_500, float64(r.Load.VisibleAfterMS.P95), 600)
		require.InDelta(t, 20_000, float64(r.Load.VisibleAfterMS.Max), 1000)
		require.InDelta(t, 0, float64(r.Load.VisibleAfterMS.P50), 15)
		require.NotContains(t, strings.Join(r.Load.Warnings, "\n"), "looked for")
	})
}

// Tokens live ten minutes, and messages are looked for for half an hour.
func TestWhoLooksOutRenewsTheirToken(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		portal := hiding{&desk{life: 10 * time.Minute}, func(string) bool { return true }}
		cfg := config(portal, workload(2000, mail(190, 10_000)...))
		cfg.Lookout = true
		r := mustRun(t, cfg)
		require.NotContains(t, strings.Join(r.Load.Warnings, "\n"), "not seen")
		require.InDelta(t, 0, float64(r.Load.VisibleAfterMS.Max), 1)
	})
}
