package bench

import (
	"context"
	"net"
	"net/http"
)

// NewClientOver returns a client whose connections dial makes, for servers that live in a test's bubble.
func NewClientOver(dial func() (net.Conn, error)) *Client {
	c := NewClient(ClientConfig{})
	transport := c.HTTP.Transport.(*cookieTransport).next.(*meteredTransport).next.(*http.Transport)
	transport.Proxy = nil
	transport.DialContext = func(context.Context, string, string) (net.Conn, error) {
		conn, err := dial()
		if err != nil {
			return nil, err
		}
		c.opened.Add(1)
		return &countedConn{Conn: conn}, nil
	}
	return c
}

// WithSession marks requests as a session's.
func WithSession(ctx context.Context, s *Session) context.Context {
	return context.WithValue(ctx, sessionKey{}, s)
}

// SignInWith signs in as a run does: with the session's cookies.
func SignInWith(ctx context.Context, keys *Keyring, s *Session) error {
	return keys.SignIn(context.WithValue(ctx, sessionKey{}, s), s)
}
