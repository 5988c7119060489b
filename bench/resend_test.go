package bench

import (
	"bufio"
	"context"
	"io"
	"net"
	"net/http"
	"sync/atomic"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/require"

	"github.com/portalbench/portalbench/results"
)

// exchange is a server whose connections live in memory, so that a test decides, without waiting for any real network,
// when each of them ends.
type exchange struct {
	hangUp  func(connection, request int) hangUp // of the request's connection; both count from 0
	dialled atomic.Int64
	seen    atomic.Int64 // requests that were read in full
}

// hangUp says when the server ends a connection.
type hangUp uint8

const (
	never        hangUp = iota
	afterAnswer         // while nothing is asked of it
	beforeAnswer        // it has read the request and says nothing
)

func (x *exchange) dial(context.Context, string, string) (net.Conn, error) {
	near, far := net.Pipe()
	go x.serve(far, int(x.dialled.Add(1))-1)
	return &countedConn{Conn: near}, nil
}

func (x *exchange) serve(conn net.Conn, connection int) {
	defer conn.Close()
	in := bufio.NewReader(conn)
	for request := 0; ; request++ {
		req, err := http.ReadRequest(in)
		if err != nil {
			return
		}
		if _, err := io.Copy(io.Discard, req.Body); err != nil {
			return
		}
		x.seen.Add(1)
		when := x.hangUp(connection, request)
		if when == beforeAnswer {
			return
		}
		if _, err := io.WriteString(conn, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"); err != nil || when == afterAnswer {
			return
		}
	}
}

// asking is an adapter that asks x with one GET an operation, which the HTTP library may send again by itself.
type asking struct {
	desk
	http *http.Client
}

func newAsking(x *exchange) *asking {
	return &asking{http: &http.Client{Transport: &meteredTransport{&http.Transport{DialContext: x.dial}}}}
}

func (a *asking) Do(ctx context.Context, s *Session, c *Call) (Answer, error) {
	if c.Kind == results.OpProvision {
		return Answer{}, nil
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://127.0.0.1/"+c.Kind.String(), nil)
	if err != nil {
		return Answer{}, err
	}
	res, err := a.http.Do(req)
	if err != nil {
		return Answer{}, err
	}
	defer res.Body.Close()
	_, err = io.Copy(io.Discard, res.Body)
	return Answer{Status: res.StatusCode}, err
}

// One person asks twice, 100 ms apart. Nothing but what the server does to the first connection tells the cases apart.
func TestConnectionThatEndsBetweenRequests(t *testing.T) {
	for _, c := range []struct {
		name     string
		hangUp   func(connection, request int) hangUp
		outcomes map[string]int64
		seen     int // by the server
		dialled  int
	}{
		{"kept open", func(int, int) hangUp { return never }, map[string]int64{"ok": 2}, 2, 1},
		// The second GET is read and not answered; the library sends it once more, on a second connection, and that is
		// answered: 1 + 2 requests at the server, and yet the operation failed.
		{"ended before the answer", func(connection, request int) hangUp {
			if connection == 0 && request == 1 {
				return beforeAnswer
			}
			return never
		}, map[string]int64{"ok": 1, "transport": 1}, 3, 2},
		// The connection ends while it is idle: the second GET goes out once, on a new one.
		{"ended while idle", func(connection, _ int) hangUp {
			if connection == 0 {
				return afterAnswer
			}
			return never
		}, map[string]int64{"ok": 2}, 2, 2},
		// A connection that carried nothing before is not tried again: 1 + 1 requests, each lost with its connection.
		{"ended at once", func(int, int) hangUp { return beforeAnswer }, map[string]int64{"transport": 2}, 2, 2},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				x := &exchange{hangUp: c.hangUp}
				portal := newAsking(x)
				defer portal.http.CloseIdleConnections()
				w := workload(1, at(0, results.OpUnread, patient(1)), at(100, results.OpUnread, patient(1)))
				r := mustRun(t, config(portal, w))
				row := rowOf(t, r, "unread")
				require.Equal(t, c.outcomes, row.Outcomes, "%+v", r.Examples)
				require.EqualValues(t, 2, row.Sent)
				require.EqualValues(t, 2, row.Requests, "one for each operation: what the library adds is not asked for")
				require.EqualValues(t, 2*c.outcomes["ok"], row.BytesIn, "two bytes an answer; that to a second try is not read")
				require.EqualValues(t, c.seen, x.seen.Load())
				require.EqualValues(t, c.dialled, x.dialled.Load())
			})
		})
	}
}

// The error says what happened, and no connection is left behind by the answer that was thrown away.
func TestResentRequestClosesItsAnswer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		x := &exchange{hangUp: func(connection, request int) hangUp {
			if connection == 0 && request == 1 {
				return beforeAnswer
			}
			return never
		}}
		portal := newAsking(x)
		defer portal.http.CloseIdleConnections()
		var m meter
		ctx, s := withMeter(context.Background(), &m), &Session{Account: &Account{}} // ends nothing by being cancelled
		_, err := portal.Do(ctx, s, &Call{Kind: results.OpUnread})
		require.NoError(t, err)
		_, err = portal.Do(ctx, s, &Call{Kind: results.OpUnread})
		require.ErrorIs(t, err, errResent)
		require.Equal(t, results.Transport, Classify(results.OpUnread, err, m.written.Load()))
	}) // the bubble fails if a goroutine of a connection stays behind
}
