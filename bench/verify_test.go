package bench_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/portalbench/portalbench/bench"
	"github.com/portalbench/portalbench/bench/refportal"
	"github.com/portalbench/portalbench/results"
)

// verification is one of a reference portal of its own.
func verification(t *testing.T) bench.Verification {
	t.Helper()
	return verificationBehind(t, func(next http.Handler) http.Handler { return next })
}

// verificationBehind is one of a reference portal behind something else.
func verificationBehind(t *testing.T, gate func(http.Handler) http.Handler) bench.Verification {
	t.Helper()
	server, err := refportal.New(refportal.Config{Store: "sqlite:" + filepath.Join(t.TempDir(), "p.db"), Clock: time.Now, AdminSecret: secret})
	require.NoError(t, err)
	web := httptest.NewServer(gate(server.Handler()))
	t.Cleanup(func() {
		web.Close()
		require.NoError(t, server.Close())
	})
	client := bench.NewClient(bench.ClientConfig{})
	t.Cleanup(client.CloseIdle)
	return bench.Verification{Portal: refportal.NewPortal(client.HTTP, web.URL), URL: web.URL, RunID: "v1", Timeout: 5 * time.Second,
		Within: 200 * time.Millisecond, Admin: bench.Account{Kind: bench.AdminAccount, Login: refportal.AdminLogin, Secret: secret}}
}

func TestReferencePortalMeansWhatItSays(t *testing.T) {
	v := verification(t)
	for _, run := range []string{"v1", "v2"} { // the second meets nothing of the first
		v.RunID = run
		got, err := v.Run(t.Context())
		require.NoError(t, err)
		require.Empty(t, got.Broken())
		for _, op := range got.Ops {
			want := results.Means
			if op.Op == "await" {
				want = results.NotThere
			}
			require.Equal(t, want, op.Verdict, op.Op)
			for _, c := range op.Checks {
				require.Equal(t, results.Means, c.Verdict, "%s: %s", op.Op, c.Meaning)
			}
		}
	}
}

// liar is a portal that says it can do everything, and does one thing otherwise.
type liar struct {
	bench.Portal
	do func(ctx context.Context, next bench.Portal, s *bench.Session, c *bench.Call) (bench.Answer, error)
}

func (l liar) Do(ctx context.Context, s *bench.Session, c *bench.Call) (bench.Answer, error) {
	return l.do(ctx, l.Portal, s, c)
}

// guest lets anybody in.
type guest struct{ bench.Portal }

func (g guest) SignIn(ctx context.Context, s *bench.Session) error {
	if strings.HasPrefix(s.Account.Secret, "wrong") {
		return nil
	}
	return g.Portal.SignIn(ctx, s)
}

func fine(c *bench.Call) (bench.Answer, error) {
	return bench.Answer{Thread: c.Thread, Item: c.Item, Version: c.Version, Message: "m"}, nil
}

// What a portal says it has and does not mean is found, and nothing else is held against it.
func TestLiesAreFound(t *testing.T) {
	only := func(kind results.OpKind, change func(*bench.Call, *bench.Answer)) func(context.Context, bench.Portal, *bench.Session, *bench.Call) (bench.Answer, error) {
		return func(ctx context.Context, next bench.Portal, s *bench.Session, c *bench.Call) (bench.Answer, error) {
			a, err := next.Do(ctx, s, c)
			if c.Kind == kind {
				change(c, &a)
			}
			return a, err
		}
	}
	undone := func(kind results.OpKind) func(context.Context, bench.Portal, *bench.Session, *bench.Call) (bench.Answer, error) {
		return func(ctx context.Context, next bench.Portal, s *bench.Session, c *bench.Call) (bench.Answer, error) {
			if c.Kind == kind {
				return fine(c)
			}
			return next.Do(ctx, s, c)
		}
	}
	for name, lie := range map[string]struct {
		do   func(context.Context, bench.Portal, *bench.Session, *bench.Call) (bench.Answer, error)
		want string
	}{
		"claims twice": {only(results.OpClaim, func(_ *bench.Call, a *bench.Answer) { a.Outcome = results.OK }),
			"claim: a second claim with the old version is a conflict: it was taken twice"},
		"does not close": {undone(results.OpClose), "close: it leaves the list of open ones: it is there: true"},
		"does not read":  {undone(results.OpRead), "read: the number of unread messages falls by one: it is 2 and not 1"},
		"does not route": {undone(results.OpRoute), "route: it is in the colleague's list then: it is there: false"},
		"shows everybody the threads": {func(ctx context.Context, next bench.Portal, s *bench.Session, c *bench.Call) (bench.Answer, error) {
			a, err := next.Do(ctx, s, c)
			if c.Kind == results.OpThread && a.Outcome == results.Denied || a.Outcome == results.NotFound {
				return bench.Answer{Messages: make([]bench.Seen, 2)}, nil
			}
			return a, err
		}, "thread: another patient does not see it: 2 messages were shown"},
		"turns messages round": {only(results.OpThread, func(_ *bench.Call, a *bench.Answer) {
			if n := len(a.Messages); n > 1 {
				a.Messages[0], a.Messages[n-1] = a.Messages[n-1], a.Messages[0]
			}
		}), "reply: it is the last message of the same thread, once: it is not the last message"},
		"damages files": {only(results.OpFetch, func(_ *bench.Call, a *bench.Answer) { a.Content = append(a.Content, '!') }),
			"fetch: whoever the message is for gets the same file"},
		"never turns the page": {only(results.OpInbox, func(c *bench.Call, a *bench.Answer) {
			if c.Limit == 2 {
				a.Next = ""
			}
		}), "inbox: small pages show every thread once: of 5 threads one is there 0 times"},
		"miscounts": {only(results.OpUnread, func(_ *bench.Call, a *bench.Answer) { a.Unread = 7 }), "unread: it rises by one with a message"},
		"makes accounts twice": {func() func(context.Context, bench.Portal, *bench.Session, *bench.Call) (bench.Answer, error) {
			times := ""
			return func(ctx context.Context, next bench.Portal, s *bench.Session, c *bench.Call) (bench.Answer, error) {
				a, err := next.Do(ctx, s, c)
				if c.Kind == results.OpProvision && strings.HasPrefix(c.Accounts[0].Login, "px") {
					times += "x"
					c.Accounts[0].ID += times
				}
				return a, err
			}
		}(), "provision: accounts that are made again stay the same"},
	} {
		t.Run(name, func(t *testing.T) {
			v := verification(t)
			v.Portal = liar{v.Portal, lie.do}
			got, err := v.Run(t.Context())
			require.NoError(t, err)
			require.NotEmpty(t, got.Broken())
			require.Contains(t, strings.Join(got.Broken(), "\n"), lie.want)
		})
	}
	t.Run("lets anybody in", func(t *testing.T) {
		v := verification(t)
		v.Portal = guest{v.Portal}
		got, err := v.Run(t.Context())
		require.NoError(t, err)
		require.Equal(t, []string{"auth: a wrong secret is refused: it was let in"}, got.Broken())
	})
}

// Where nobody is let in, nothing can be said.
func TestVerificationNeedsTheAdministrator(t *testing.T) {
	v := verification(t)
	v.Admin.Secret = "another"
	_, err := v.Run(t.Context())
	require.ErrorContains(t, err, "does the credential belong to this portal?")
	require.NotContains(t, err.Error(), "another")
}
