package bench

import (
	"context"
	"io"
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
}

type meterKey struct{}

// withMeter returns a context under which the client counts for m. The trace learns whether a request went out: if the
// connection ends after that, a write may or may not have happened.
func withMeter(ctx context.Context, m *meter) context.Context {
	ctx = context.WithValue(ctx, meterKey{}, m)
	return httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
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
	resp, err := t.next.RoundTrip(req)
	if err == nil {
		resp.Body = &meteredBody{resp.Body, m}
	}
	return resp, err
}

// CloseIdleConnections lets http.Client close what it keeps open.
func (t *meteredTransport) CloseIdleConnections() {
	if c, ok := t.next.(interface{ CloseIdleConnections() }); ok {
		c.CloseIdleConnections()
	}
}

type meteredBody struct {
	io.ReadCloser
	m *meter
}

func (b *meteredBody) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	b.m.bytesIn.Add(int64(n))
	return n, err
}
