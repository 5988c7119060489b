package bench_test

import (
	"context"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/portalbench/portalbench/bench"
	"github.com/portalbench/portalbench/results"
	"github.com/portalbench/portalbench/sim"
)

// forgetful is a portal that forgets at some moment who has been signed in, or never knows anybody for one operation.
type forgetful struct {
	bench.Portal
	at    time.Time      // tokens handed out before are over from then on
	never results.OpKind // answered with 401 whatever the token; OpAuth: none

	mu      sync.Mutex
	given   map[string]time.Time
	signIns int
}

func (f *forgetful) SignIn(ctx context.Context, s *bench.Session) error {
	err := f.Portal.SignIn(ctx, s)
	f.mu.Lock()
	defer f.mu.Unlock()
	f.signIns++
	f.given[s.Token] = time.Now()
	return err
}

func (f *forgetful) Do(ctx context.Context, s *bench.Session, c *bench.Call) (bench.Answer, error) {
	f.mu.Lock()
	over := !f.at.IsZero() && time.Now().After(f.at) && f.given[s.Token].Before(f.at)
	f.mu.Unlock()
	if over || c.Kind == f.never && f.never != results.OpAuth {
		return bench.Answer{Outcome: results.Denied, Status: 401, Detail: "who are you?"}, nil
	}
	return f.Portal.Do(ctx, s, c)
}

func openForgetful(t *testing.T, w *ward) *forgetful {
	t.Helper()
	f := &forgetful{Portal: w.config.Portal, given: map[string]time.Time{}}
	w.config.Portal = f
	return f
}

// At 550 ms the portal forgets everybody. Whoever comes next is denied once, at 600 ms, and signs in anew before what they do
// at 700 ms. Nothing is repeated.
func TestSigningInAnewAfterA401(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := openWard(t, shift(1, at(100, results.OpUnread, patient(1), 1), at(600, results.OpUnread, patient(1), 1), at(700, results.OpUnread, patient(1), 1),
			at(650, results.OpInbox, nurse(1), 1), at(800, results.OpInbox, nurse(1), 1)))
		f := openForgetful(t, w)
		f.at = time.Now().Add(550 * time.Millisecond)
		r := w.run(t)
		require.Equal(t, map[string]int64{"ok": 2, "denied": 1}, row(t, r, "unread").Outcomes)
		require.Equal(t, map[string]int64{"ok": 1, "denied": 1}, row(t, r, "inbox").Outcomes)
		require.Equal(t, 1+2+2, f.signIns, "the administrator, two people, and the two again")
	})
}

// A portal that answers 401 to somebody who may not do something is not asked for a token every time: of 20 refusals 3 are
// followed by signing in.
func TestRefusalsDoNotSignInForEver(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var ops []sim.Op
		for i := range 20 {
			ops = append(ops, at(i*10, results.OpUnread, patient(1), 1))
		}
		w := openWard(t, shift(1, ops...))
		f := openForgetful(t, w)
		f.never = results.OpUnread
		r := w.run(t)
		require.Equal(t, map[string]int64{"denied": 20}, row(t, r, "unread").Outcomes)
		require.Equal(t, 1+1+3, f.signIns)
	})
}

// When everybody is forgotten as the run ends, the ledger signs them in and finds every message.
func TestLedgerSignsInAnew(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := openWard(t, shift(1, consultation(0, 1)...))
		f := openForgetful(t, w)
		f.at = time.Now().Add(500 * time.Millisecond)
		require.Equal(t, &results.Ledger{Checked: 2, Found: 2}, w.run(t).Load.Ledger)
	})
}

// Filling a portal that forgets everybody meanwhile goes on, and no message is there twice.
func TestFillingSignsInAnew(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := shift(1, at(1, results.OpThread, patient(0), 0))
		open := sim.OpenThread{Thread: sim.Thread{Number: 0}, Subject: 0, Sender: patient(0), To: triagePool, Holder: nurse(0), Item: sim.ItemAccepted}
		for i := range 10 {
			by := patient(0)
			if i%2 == 1 {
				by = nurse(0)
			}
			open.Messages = append(open.Messages, sim.OpenMessage{Author: by, Text: 7})
		}
		w.Openings[0].Threads = append(w.Openings[0].Threads, open)
		x := openWard(t, w, "latency=100ms")
		f := openForgetful(t, x)
		f.at = time.Now().Add(time.Second)
		r := x.run(t)
		require.EqualValues(t, 10, r.Load.Mailbox.Start)
		require.Equal(t, &results.Ledger{Checked: 10, Found: 10}, r.Load.Ledger)
	})
}
