package bench

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptrace"
	"sync/atomic"
)

// meter counts what one operation sends and receives, whichever adapter carries it out. Its fields are atomic because
// the transport writes requests on goroutines of its own.
type meter struct {
	requests atomic.Int64
	bytesIn  atomic.Int64 // of bodies
	bytesOut atomic.Int64 // of bodies
	written  atomic.Bool  // a request went out in full
	// Of the request under way, on the goroutine that sends it.
	conn   *countedConn
	from   int64 // what conn had carried before
	resent bool  // an earlier try of it went out, in part at least

	notices *notices // what answers tell beside their content; nil: not noted
	tap     *tap     // records the requests; nil: they are not kept
}

type meterKey struct{}

// withMeter returns a context under which the client counts for m. The trace learns whether a request went out: if the
// connection ends after that, a write may or may not have happened.
func withMeter(ctx context.Context, m *meter) context.Context {
	ctx = context.WithValue(ctx, meterKey{}, m)
	return httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
		GotConn: func(i httptrace.GotConnInfo) { m.got(i.Conn) },
		WroteRequest: func(i httptrace.WroteRequestInfo) {
			if i.Err == nil {
				m.written.Store(true)
			}
		},
	})
}

// meteredTransport counts requests and bytes for the operation in the request's context.
type meteredTransport struct{ next http.RoundTripper }

// RoundTrip sends one request.
func (t *meteredTransport) RoundTrip(req *http.Request) (*http.Response, error) {
	m, _ := req.Context().Value(meterKey{}).(*meter)
	if m == nil {
		return t.next.RoundTrip(req)
	}
	m.requests.Add(1)
	if req.ContentLength > 0 {
		m.bytesOut.Add(req.ContentLength)
	}
	m.conn, m.resent = nil, false
	seen := m.tap.begin(req)
	resp, err := t.next.RoundTrip(req)
	if err != nil {
		seen.fail(err)
		return resp, err
	}
	if m.resent {
		seen.fail(errResent)
		return nil, errors.Join(errResent, resp.Body.Close())
	}
	seen.answered(resp.StatusCode)
	if m.notices != nil {
		m.notices.note(resp)
	}
	resp.Body = &meteredBody{ReadCloser: resp.Body, m: m, seen: seen}
	return resp, nil
}

// errResent marks a request whose connection ended before the answer and which the HTTP library sent once more by
// itself. The first try failed, and an operation is never repeated here.
var errResent = errors.New("the connection ended before the answer came")

// CloseIdleConnections lets http.Client close what it keeps open.
func (t *meteredTransport) CloseIdleConnections() {
	if c, ok := t.next.(interface{ CloseIdleConnections() }); ok {
		c.CloseIdleConnections()
	}
}

type meteredBody struct {
	io.ReadCloser
	m    *meter
	seen *sighting // nil: it is not kept
	in   int64
}

func (b *meteredBody) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	b.m.bytesIn.Add(int64(n))
	b.in += int64(n)
	return n, err
}

// Close ends the request.
func (b *meteredBody) Close() error {
	b.seen.end(b.in)
	return b.ReadCloser.Close()
}

// got notes the connection of a try.
func (m *meter) got(c net.Conn) {
	if t, ok := c.(*tls.Conn); ok {
		if t.ConnectionState().NegotiatedProtocol == "h2" {
			return // others write on the connection too, and HTTP/2 resends only what was not begun
		}
		c = t.NetConn()
	}
	m.resent = m.resent || m.conn != nil && m.conn.out.Load() > m.from
	if m.conn, _ = c.(*countedConn); m.conn != nil {
		m.from = m.conn.out.Load()
	}
}

// countedConn counts the bytes that went out on a connection.
type countedConn struct {
	net.Conn
	out atomic.Int64
}

func (c *countedConn) Write(p []byte) (int, error) {
	n, err := c.Conn.Write(p)
	c.out.Add(int64(n))
	return n, err
}
