package bench

import (
	"context"
	"errors"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"net/url"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/portalbench/portalbench/results"
)

// What may be a credential is told by what stands before it, and what is a word stays.
func TestMasked(t *testing.T) {
	for text, want := range map[string]string{
		"at https://ann:pw@portal.example/x":               "at https://[redacted]@portal.example/x",
		"GET /a?access_token=abc&page=2":                   "GET /a?access_token=[redacted]&page=2",
		"to /cb?code=12&state=3 now":                       "to /cb?code=[redacted]&state=3 now",
		"got password=hunter2 twice":                       "got password=[redacted] twice",
		`cannot read {"client_secret": "a\"b", "n": 1}`:    `cannot read {"client_secret": "[redacted]", "n": 1}`,
		`cut off in {"password":"hunt`:                     `cut off in {"password":"[redacted]"`,
		"Authorization: Bearer abc123.x":                   "Authorization: Bearer [redacted]",
		"basic authentication is needed, no bearer tokens": "basic authentication is needed, no bearer tokens",
		"the code is 404: not found":                       "the code is 404: not found",
		"0123456789abcdef0123456789":                       "[redacted]",
	} {
		require.Equal(t, want, masked(text))
	}
}

// A known secret is taken out however short, in the forms in which it travels, and the longest first.
func TestWithoutSecrets(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"your password pa55 is wrong", "your password [redacted] is wrong"},
		{"pa55-long and pa55", "[redacted] and [redacted]"},
		{"p%26a+ss", "[redacted]"}, // p&a ss in a form
		{"cGE1NQ==", "[redacted]"}, // pa55
		{"a cab", "a cab"},
	} {
		require.Equal(t, c.want, Without(c.text, "pa55", "ab", "", "pa55-long", "p&a ss"))
	}
}

// An error without its secret is still the error that it was.
func TestHushedErrors(t *testing.T) {
	err := Hush(errors.Join(&Refusal{Detail: "pa55"}, context.DeadlineExceeded), "pa55")
	require.NotContains(t, err.Error(), "pa55")
	require.ErrorIs(t, err, context.DeadlineExceeded)
	var refusal *Refusal
	require.ErrorAs(t, err, &refusal)
	require.NotContains(t, refusal.Detail, "pa55")
	require.NoError(t, Hush(nil, "pa55"))
}

// Of accounts that a portal refuses to make, and repeats, no secret is shown.
func TestSecretsOfNewAccountsAreHushed(t *testing.T) {
	d := &desk{fault: func(_ string, c *Call) (*Answer, error) {
		return &Answer{Outcome: results.Invalid, Detail: "cannot make ann with pa55word"}, nil
	}}
	a, err := ownCookies{Portal: d}.Do(t.Context(), &Session{Account: &Account{}}, &Call{Kind: results.OpProvision, Accounts: []*Account{{Login: "ann", Secret: "pa55word"}}})
	require.NoError(t, err)
	require.Equal(t, "cannot make ann with [redacted]", a.Detail)
}

// An address is shown as far as it is one.
func TestPlainAddress(t *testing.T) {
	for address, want := range map[string]string{"https://a:b@x.example/p?token=1#t": "https://x.example/p", "/login?next=1": "/login",
		"": "an address that cannot be read", "http://%zz": "an address that cannot be read"} {
		require.Equal(t, want, PlainAddress(address))
	}
}

// Fixed headers go to the portal alone: not to another host, nor to the same one without TLS.
func TestHeadersGoToThePortalAlone(t *testing.T) {
	got := map[string]string{}
	next := roundTrip(func(r *http.Request) (*http.Response, error) {
		got[r.URL.String()] = r.Header.Get("X-Key")
		return &http.Response{Request: r}, nil
	})
	way := withHeader(next, "https://portal.example/fhir", http.Header{"X-Key": {"k"}})
	for _, address := range []string{"https://portal.example/token", "http://portal.example/token", "https://portal.example:8443/", "https://login.example/"} {
		r, err := http.NewRequest(http.MethodGet, address, nil)
		require.NoError(t, err)
		_, err = way.RoundTrip(r)
		require.NoError(t, err)
	}
	require.Equal(t, map[string]string{"https://portal.example/token": "k", "http://portal.example/token": "", "https://portal.example:8443/": "",
		"https://login.example/": ""}, got)
}

type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// Nor does a sign-in page get credentials without TLS, or at another port, when it began with it.
func TestSignInPagesStayWhereTheyAre(t *testing.T) {
	for _, elsewhere := range []string{"http://portal.example/form", "https://portal.example:8443/form", "https://login.example/form"} {
		client := &http.Client{Transport: roundTrip(func(r *http.Request) (*http.Response, error) {
			require.Equal(t, "https://portal.example/login", r.URL.String())
			w := httptest.NewRecorder()
			http.Redirect(w, r, elsewhere, http.StatusFound)
			res := w.Result()
			res.Request = r
			return res, nil
		}), CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
		v := &visitor{client: client}
		_, err := v.visit(t.Context(), "https://portal.example/login", func(*url.URL) bool { return false })
		require.ErrorContains(t, err, "to which no credentials are sent", elsewhere)
	}
}

// A portal with TLS that names a token endpoint without it is not believed.
func TestEndpointsWithoutTLSAreNotBelieved(t *testing.T) {
	for _, c := range []struct{ base, said, problem string }{
		{"https://portal.example/fhir", "http://portal.example/token?x=1", "the portal names http://portal.example/token, to which credentials would go unencrypted"},
		{"https://portal.example/fhir", "https://login.example/token", ""},
		{"http://127.0.0.1/fhir", "http://127.0.0.1/token", ""},
	} {
		client := &http.Client{Transport: roundTrip(func(r *http.Request) (*http.Response, error) {
			w := httptest.NewRecorder()
			_, _ = w.WriteString(`{"token_endpoint":"` + c.said + `"}`)
			return w.Result(), nil
		})}
		k := &key{}
		err := k.discover(t.Context(), client, c.base)
		if c.problem != "" {
			require.ErrorContains(t, err, c.problem)
			continue
		}
		require.NoError(t, err)
		require.Equal(t, c.said, k.found.token)
	}
}

// Connections that fail for a reason that the user can mend say how.
func TestAdvice(t *testing.T) {
	plain := httptest.NewServer(http.NotFoundHandler())
	t.Cleanup(plain.Close)
	secure := httptest.NewTLSServer(http.NotFoundHandler())
	secure.Config.ErrorLog = log.New(io.Discard, "", 0)
	t.Cleanup(secure.Close)
	at, err := url.Parse(secure.URL)
	require.NoError(t, err)
	client := NewClient(ClientConfig{})
	t.Cleanup(client.CloseIdle)
	for address, says := range map[string]string{
		secure.URL:                        "trust it with --cacert FILE",
		"https" + plain.URL[len("http"):]: "the address begins with http://, not https://",
		"http://" + at.Host + "/fhir":     "",
	} {
		res, err := client.HTTP.Get(address)
		if says == "" {
			require.NoError(t, err) // a server of Go's own answers 400 and says so itself
			require.Equal(t, http.StatusBadRequest, res.StatusCode)
			res.Body.Close()
			continue
		}
		require.ErrorContains(t, err, says)
	}
}
