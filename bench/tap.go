package bench

import (
	"context"
	"io"
	"net/http"
	"time"
	"unicode/utf8"

	"github.com/portalbench/portalbench/results"
)

// tap records the requests of one operation. It belongs to the goroutine that carries the operation out.
type tap struct {
	log    *journal[*sighting]
	op     results.OpKind
	warmUp bool
	start  time.Time // of the clock
	secret string    // of the person's account
}

// sighting is a request on its way to the record, with what must not get there.
type sighting struct {
	Request
	began   time.Time
	secrets []string
	signIn  bool
	log     *journal[*sighting]
}

type signInKey struct{}

// discreet marks the requests by which people sign in: their bodies and queries are credentials, whatever the adapter.
type discreet struct{ Portal }

// SignIn signs in under the mark.
func (d discreet) SignIn(ctx context.Context, s *Session) error {
	return d.Portal.SignIn(context.WithValue(ctx, signInKey{}, true), s)
}

// begin notes a request that is about to be sent. It returns nil when nothing is recorded.
func (t *tap) begin(req *http.Request) *sighting {
	if t == nil {
		return nil
	}
	now := time.Now()
	s := &sighting{began: now, log: t.log}
	s.signIn, _ = req.Context().Value(signInKey{}).(bool)
	s.SentUS, s.Op, s.WarmUp = now.Sub(t.start).Microseconds(), t.op.String(), t.warmUp
	s.Method, s.Host, s.Path = req.Method, req.URL.Scheme+"://"+req.URL.Host, req.URL.RequestURI()
	s.ContentType = req.Header.Get("Content-Type")
	s.BytesOut = max(req.ContentLength, 0)
	s.secrets = append(heldBy(req), t.secret)
	if !s.signIn {
		s.take(req)
	}
	return s
}

// take copies the request's body.
func (s *sighting) take(req *http.Request) {
	switch {
	case req.Body == nil || req.ContentLength == 0:
		return
	case req.GetBody == nil || req.ContentLength < 0:
		s.LeftOut = leftOutStream
		return
	case req.ContentLength > mostBody:
		s.LeftOut = leftOutSize
		return
	}
	body, err := req.GetBody()
	if err != nil {
		s.LeftOut = leftOutStream
		return
	}
	defer body.Close()
	content, err := io.ReadAll(body)
	switch {
	case err != nil:
		s.LeftOut = leftOutStream
	case utf8.Valid(content):
		s.Body = string(content)
	default:
		s.BodyBase64 = content
	}
}

// fail ends a request that was not answered.
func (s *sighting) fail(err error) {
	if s == nil {
		return
	}
	s.Error = err.Error()
	s.end(0)
}

// end enters a request whose answer has been read, or will not be read further.
func (s *sighting) end(bytesIn int64) {
	if s == nil || s.log == nil {
		return
	}
	s.LatencyNS, s.BytesIn = time.Since(s.began).Nanoseconds(), bytesIn
	log := s.log
	s.log = nil // a body may be closed twice
	log.add(s, int64(len(s.Body)+len(s.BodyBase64)))
}

// answered notes the status.
func (s *sighting) answered(status int) {
	if s != nil {
		s.Status = status
	}
}
