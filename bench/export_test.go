package bench

import (
	"context"
	"net"
	"net/http"

	"github.com/portalbench/portalbench/sim"
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

// PatientOf returns the account of a patient of a run.
func PatientOf(digest string, seed uint64, run, secret string, index int) Account {
	keys := accountKeys{digest, seed, run, []byte(secret)}
	login := keys.login(sim.Actor{Index: int32(index)})
	return Account{Kind: PatientAccount, Login: login, Secret: keys.password(login)}
}
