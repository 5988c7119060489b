package bench

import (
	"context"
	"net"
	"net/http"
	"sync/atomic"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/portalbench/portalbench/results"
)

// failing fails its second write with nothing written, as a socket does that the other side has reset.
type failing struct {
	net.Conn
	writes atomic.Int64
}

func (f *failing) Write(p []byte) (int, error) {
	if f.writes.Add(1) == 2 {
		return 0, syscall.EPIPE
	}
	return f.Conn.Write(p)
}

// A request whose first bytes did not go out is sent again by the HTTP library with good reason: the portal saw it once.
func TestWhatNeverWentOutIsNotResent(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		x := &exchange{hangUp: func(int, int) hangUp { return never }}
		first := true
		a := &asking{http: &http.Client{Transport: &meteredTransport{&http.Transport{DialContext: func(ctx context.Context, n, s string) (net.Conn, error) {
			c, err := x.dial(ctx, n, s)
			if first {
				first = false
				return &countedConn{Conn: &failing{Conn: c.(*countedConn).Conn}}, err
			}
			return c, err
		}}}}}
		defer a.http.CloseIdleConnections()
		w := workload(1, at(0, results.OpUnread, patient(1)), at(100, results.OpUnread, patient(1)))
		r := mustRun(t, config(a, w))
		row := rowOf(t, r, "unread")
		require.Equal(t, map[string]int64{"ok": 2}, row.Outcomes)
	})
}

// A claim whose listing is cut off was never sent, so it is not one that may have happened.
func TestACutSearchLeavesTheClaimUndone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		x := &exchange{hangUp: func(int, int) hangUp { return beforeAnswer }}
		p := &mixed{asking: newAsking(x)}
		send := at(0, results.OpSend, patient(1))
		send.Subject = 1
		r := mustRun(t, config(p, workload(1, send, at(100, results.OpClaim, staff(0)))))
		row := rowOf(t, r, "claim")
		require.Equal(t, map[string]int64{"transport": 1}, row.Outcomes)
	})
}

// mixed lists over connections that are cut, and does everything else.
type mixed struct {
	tacit
	asking *asking
}

func (m *mixed) Do(ctx context.Context, s *Session, c *Call) (Answer, error) {
	if c.Kind == results.OpInbox {
		return m.asking.Do(ctx, s, c)
	}
	return m.tacit.Do(ctx, s, c)
}

// renewing signs in twice, and then over connections that are cut.
type renewing struct {
	desk
	asking *asking
	n      atomic.Int64
}

func (m *renewing) SignIn(ctx context.Context, s *Session) error {
	if m.n.Add(1) > 2 {
		_, err := m.asking.Do(ctx, s, &Call{Kind: results.OpAuth})
		return err
	}
	return m.desk.SignIn(ctx, s)
}

// Nor was a send whose sign-in could not be renewed.
func TestACutRenewalLeavesTheSendUndone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		x := &exchange{hangUp: func(int, int) hangUp { return beforeAnswer }}
		p := &renewing{asking: newAsking(x)}
		p.life = 10 * time.Second
		send := at(8000, results.OpSend, patient(1))
		send.Subject = 1
		r := mustRun(t, config(p, workload(9, at(0, results.OpAuth, patient(1)), send)))
		row := rowOf(t, r, "send")
		require.Equal(t, map[string]int64{"transport": 1}, row.Outcomes)
	})
}
