package bench

import (
	"context"
	"net/http"
	"net/http/cookiejar"

	"golang.org/x/net/publicsuffix"

	"github.com/portalbench/portalbench/results"
)

// ownCookies lets every person keep the cookies that a portal sets for them, apart from everybody else's, whatever the
// adapter. Nobody has a jar before a cookie comes. It also notes when a portal no longer knows somebody who was signed in,
// and takes out of what is said of failures whatever the person was signed in with.
type ownCookies struct {
	Portal
	caps *pageCaps // of its lists; nil: not noted
}

type sessionKey struct{}

// SignIn signs in with the person's cookies.
func (o ownCookies) SignIn(ctx context.Context, s *Session) error {
	err := o.Portal.SignIn(context.WithValue(ctx, sessionKey{}, s), s)
	if err != nil {
		return Hush(err, s.Secrets()...)
	}
	if s.unknown {
		s.unknown, s.renewals = false, s.renewals+1
	}
	return nil
}

// Do does an operation with the person's cookies.
func (o ownCookies) Do(ctx context.Context, s *Session, c *Call) (Answer, error) {
	a, err := o.Portal.Do(context.WithValue(ctx, sessionKey{}, s), s, c)
	if err == nil && a.Outcome == results.OK {
		o.caps.note(c, &a)
		s.renewals = 0
		return a, nil
	}
	s.unknown = s.unknown || err == nil && a.Status == http.StatusUnauthorized && s.renewals < mostRenewals
	secrets := append(s.Secrets(), c.secrets()...)
	a.Detail = Without(a.Detail, secrets...)
	return a, Hush(err, secrets...)
}

// WithCookies returns a context for requests in the session's name: they carry its cookies and no other's, and those that come
// are kept in it. Operations of the session have such a context already; an adapter needs it for requests in another name.
func (s *Session) WithCookies(ctx context.Context) context.Context {
	return context.WithValue(ctx, sessionKey{}, s)
}

// cookieTransport sends the cookies of the session in a request's context, and keeps those that come.
type cookieTransport struct{ next http.RoundTripper }

// RoundTrip sends one request.
func (t *cookieTransport) RoundTrip(req *http.Request) (*http.Response, error) {
	s, _ := req.Context().Value(sessionKey{}).(*Session)
	resp, err := t.next.RoundTrip(s.withCookies(req))
	if s != nil && err == nil && resp.Header["Set-Cookie"] != nil {
		s.keepCookies(resp)
	}
	return resp, advised(err)
}

// CloseIdleConnections lets http.Client close what it keeps open.
func (t *cookieTransport) CloseIdleConnections() {
	if c, ok := t.next.(interface{ CloseIdleConnections() }); ok {
		c.CloseIdleConnections()
	}
}

// withCookies returns the request with the cookies that belong to its address.
func (s *Session) withCookies(req *http.Request) *http.Request {
	if s == nil || s.Jar == nil {
		return req
	}
	if cookies := s.Jar.Cookies(req.URL); len(cookies) > 0 {
		req = req.Clone(req.Context()) // a transport leaves its caller's request as it is
		for _, c := range cookies {
			req.AddCookie(c)
		}
	}
	return req
}

func (s *Session) keepCookies(resp *http.Response) {
	if s.Jar == nil {
		jar, err := cookiejar.New(&cookiejar.Options{PublicSuffixList: publicsuffix.List})
		if err != nil {
			return // it never is
		}
		s.Jar = jar
	}
	s.Jar.SetCookies(resp.Request.URL, resp.Cookies())
	s.at = resp.Request.URL
}
