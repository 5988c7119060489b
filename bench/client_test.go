package bench

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/portalbench/portalbench/results"
)

func TestCheckTarget(t *testing.T) {
	for _, c := range []struct{ url, want string }{
		{"http://127.0.0.1:8080", ""},
		{"https://localhost", ""},
		{"http://[::1]:80/base", ""},
		{"http://[::ffff:127.0.0.1]:80", ""},
		{"https://portal.example", ""}, // allowed below
		{"", "no portal is named"},
		{"  ", "no portal is named"},
		{"127.0.0.1:8080", "does not begin with http://"},
		{"ftp://127.0.0.1", "does not begin with http"},
		{"http://", "names no host"},
		{"http://someone:word@127.0.0.1", "holds credentials"},
		{"http://other.example", "--allow-host other.example"},
		{"http://localhost.example", "not on this machine"},
		{"http://10.0.0.1", "--allow-host 10.0.0.1"},
	} {
		err := CheckTarget(c.url, []string{"Portal.Example"})
		if c.want == "" {
			require.NoError(t, err, c.url)
			continue
		}
		require.ErrorContains(t, err, c.want)
		require.NotContains(t, err.Error(), "word", "secrets are not printed")
	}
}

func FuzzCheckTarget(f *testing.F) {
	for _, seed := range []string{"http://127.0.0.1:8080", "https://localhost/", "http://[::1]", "http://a@b", "http://%zz", ""} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, raw string) {
		if CheckTarget(raw, nil) != nil {
			return
		}
		u, err := url.Parse(raw)
		require.NoError(t, err)
		require.True(t, localHost(u.Hostname()), "%q leads elsewhere", raw)
	})
}

func TestClientReachesOnlyThisMachine(t *testing.T) {
	c := NewClient(ClientConfig{})
	_, err := c.dial(t.Context(), "tcp", "192.0.2.1:80") // an address for documentation: nothing is sent there
	require.ErrorIs(t, err, ErrForeignHost)
	require.Zero(t, c.Opened())
	require.NoError(t, loopbackOnly("localhost", "127.0.0.1:80"))
	require.NoError(t, loopbackOnly("localhost", "[::1]:80"))
	require.ErrorIs(t, loopbackOnly("looks.local", "203.0.113.5:80"), ErrForeignHost)
}

func TestClientCountsAndFollowsNothing(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Accept-Encoding") != "" {
			t.Error("compression was offered")
		}
		if r.URL.Path == "/away" {
			http.Redirect(w, r, "/elsewhere", http.StatusFound)
			return
		}
		io.WriteString(w, "12345")
	}))
	defer server.Close()
	c := NewClient(ClientConfig{MaxInFlight: 2})
	defer c.CloseIdle()
	var m meter
	ctx := withMeter(t.Context(), &m)
	for range 3 {
		req, err := http.NewRequestWithContext(ctx, "POST", server.URL, strings.NewReader("123"))
		require.NoError(t, err)
		res, err := c.HTTP.Do(req)
		require.NoError(t, err)
		_, err = io.Copy(io.Discard, res.Body)
		require.NoError(t, err)
		require.NoError(t, res.Body.Close())
	}
	require.EqualValues(t, 3, m.requests.Load())
	require.EqualValues(t, 9, m.bytesOut.Load())
	require.EqualValues(t, 15, m.bytesIn.Load())
	require.True(t, m.written.Load())
	require.EqualValues(t, 1, c.Opened(), "the connection is used again")
	res, err := c.HTTP.Get(server.URL + "/away")
	require.NoError(t, err)
	require.NoError(t, res.Body.Close())
	require.Equal(t, http.StatusFound, res.StatusCode)
}

// wire is an adapter of one request an operation, for what only a real connection can do.
type wire struct {
	desk
	client *Client
	url    string
}

func (w *wire) Do(ctx context.Context, s *Session, c *Call) (Answer, error) {
	if c.Kind == results.OpProvision || c.Kind == results.OpAuth {
		return Answer{}, nil
	}
	req, err := http.NewRequestWithContext(ctx, "POST", w.url+"/"+c.Kind.String(), strings.NewReader(c.Body))
	if err != nil {
		return Answer{}, err
	}
	res, err := w.client.HTTP.Do(req)
	if err != nil {
		return Answer{}, fmt.Errorf("asking for %s: %w", c.Kind, err)
	}
	defer res.Body.Close()
	if _, err := io.Copy(io.Discard, res.Body); err != nil {
		return Answer{}, err
	}
	if res.StatusCode != http.StatusOK {
		return Answer{Outcome: results.Throttled, Status: res.StatusCode}, nil
	}
	return Answer{Status: 200, Thread: "T", Message: "M", Item: "I", Version: "1"}, nil
}

func (w *wire) SignIn(context.Context, *Session) error { return nil }

// A server may drop a connection before an answer, refuse, or stay silent; what that means depends on the operation.
func TestFaultsOfTheConnection(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		io.Copy(io.Discard, r.Body)
		switch r.URL.Path {
		case "/send", "/unread":
			conn, _, err := w.(http.Hijacker).Hijack()
			if err == nil {
				conn.Close()
			}
		case "/inbox":
			w.WriteHeader(http.StatusTooManyRequests)
		case "/recipients":
			<-r.Context().Done()
		}
	}))
	defer server.Close()
	client := NewClient(ClientConfig{})
	defer client.CloseIdle()
	w := workload(1, at(0, results.OpSend, patient(1)), at(0, results.OpUnread, patient(2)), at(0, results.OpInbox, staff(0)),
		at(0, results.OpRecipients, patient(3)), at(0, results.OpReading, patient(4)))
	w.Speed = 10 // the window is over after 100 ms
	cfg := config(&wire{client: client, url: server.URL}, w)
	cfg.Client, cfg.Timeout = client, time.Second
	r := mustRun(t, cfg)
	require.Equal(t, map[string]int64{"unknown": 1}, rowOf(t, r, "send").Outcomes)
	require.Equal(t, map[string]int64{"transport": 1}, rowOf(t, r, "unread").Outcomes)
	require.Equal(t, map[string]int64{"throttled": 1}, rowOf(t, r, "inbox").Outcomes)
	require.Equal(t, map[string]int64{"timeout": 1}, rowOf(t, r, "recipients").Outcomes)
	require.Equal(t, map[string]int64{"ok": 1}, rowOf(t, r, "reading").Outcomes)
	require.Positive(t, r.Load.Generator.OpenedConn)
}

func TestClassify(t *testing.T) {
	dial := func(err error) error {
		return fmt.Errorf("asking: %w", &url.Error{Op: "Post", Err: &net.OpError{Op: "dial", Err: os.NewSyscallError("socket", err)}})
	}
	for _, c := range []struct {
		name    string
		kind    results.OpKind
		err     error
		written bool
		want    results.Outcome
	}{
		{"no error", results.OpSend, nil, true, results.OK},
		{"refused sign-in", results.OpAuth, fmt.Errorf("x: %w", &Refusal{Outcome: results.Denied}), true, results.Denied},
		{"no files left", results.OpSend, dial(exhausted()[0]), false, results.Generator},
		{"no ports left", results.OpSend, dial(exhausted()[1]), false, results.Generator},
		{"deadline", results.OpSend, fmt.Errorf("x: %w", context.DeadlineExceeded), true, results.Timeout},
		{"given up", results.OpSend, context.Canceled, true, results.Timeout},
		{"time-out of the system", results.OpInbox, dial(syscall.ETIMEDOUT), false, results.Timeout},
		{"refused connection", results.OpSend, dial(syscall.ECONNREFUSED), false, results.Transport},
		{"cut write", results.OpReply, io.ErrUnexpectedEOF, true, results.Unknown},
		{"write that never went out", results.OpReply, io.EOF, false, results.Transport},
		{"cut read", results.OpThread, io.EOF, true, results.Transport},
		{"anything else", results.OpUnread, errors.New("odd"), true, results.Transport},
	} {
		require.Equal(t, c.want, Classify(c.kind, c.err, c.written), c.name)
	}
}

func TestInFlightLimit(t *testing.T) {
	require.Equal(t, 1500, InFlightLimit(1500))
	require.Equal(t, 10_000, InFlightLimit(15_000))
	require.Equal(t, 100, InFlightLimit(1))
}

// 10 a second for 20 s, and 50 a second for 5 s in their midst. A portal that hangs for 3 s from any moment collects
// those of 4 calendar seconds at most.
func TestInFlightLimitIsOfTheBusiestTime(t *testing.T) {
	s := &survey{}
	for i := range 20 {
		n := int32(10)
		if 8 <= i && i < 13 {
			n = 50
		}
		s.seconds = append(s.seconds, n)
	}
	require.EqualValues(t, 4*50, s.within(3*time.Second))
	require.EqualValues(t, 2*50, s.within(time.Second))
	require.EqualValues(t, 5*50+15*10, s.within(time.Minute))
	require.EqualValues(t, 5*50+2*10, s.within(5500*time.Millisecond), "6 s and the one it ends in")
}
