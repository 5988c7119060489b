package bench_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/portalbench/portalbench/bench"
	"github.com/portalbench/portalbench/bench/refportal"
	"github.com/portalbench/portalbench/results"
)

// witness is a portal's adapter that remembers every secret and token of the run.
type witness struct {
	bench.Portal
	mu      sync.Mutex
	secrets map[string]bool
}

func (w *witness) SignIn(ctx context.Context, s *bench.Session) error {
	err := w.Portal.SignIn(ctx, s)
	w.mu.Lock()
	defer w.mu.Unlock()
	w.secrets[s.Account.Secret], w.secrets[s.Token] = true, true
	return err
}

// kept replays an hour of two clinics in a second and returns what was kept.
func kept(t *testing.T) (r *bench.Result, w *witness, ops, requests *bytes.Buffer) {
	client, portal, admin := reference(t)
	w = &witness{Portal: portal, secrets: map[string]bool{admin.Secret: true}}
	ops, requests = &bytes.Buffer{}, &bytes.Buffer{}
	r, err := bench.Run(t.Context(), bench.Config{Portal: w, Client: client, Admin: admin,
		Workload: replayed(t, "nurse-first", 2, time.Hour, 3600), Digest: "smoke", Seed: 1, RunID: "run1", MaxInFlight: 1000,
		Scenario: "smoke", URL: "http://127.0.0.1:1", WarmUp: 300 * time.Millisecond, KeepOps: ops, KeepRequests: requests})
	require.NoError(t, err)
	return r, w, ops, requests
}

// What is kept row by row adds up to the results: the operations by outcome, their requests and bytes, and the response
// times, to the three digits of the histograms.
func TestKeptRowsAddUp(t *testing.T) {
	r, _, ops, requests := kept(t)
	all, _ := r.Load.Op("all")
	require.NotContains(t, strings.Join(r.Load.Warnings, "\n"), "kept", "nothing is missing")

	got := map[string]int64{}
	var wire, in, out, longest, warmUp int64
	for row, err := range results.ReadOps(ops) {
		require.NoError(t, err)
		if !row.Counted {
			warmUp++
			continue
		}
		got[row.Outcome.String()]++
		wire, in, out = wire+int64(row.Requests), in+row.BytesIn, out+row.BytesOut
		longest = max(longest, row.Response())
	}
	require.Equal(t, all.Outcomes, got)
	require.Equal(t, [3]int64{all.Requests, all.BytesIn, all.BytesOut}, [3]int64{wire, in, out})
	require.InEpsilon(t, float64(all.ResponseMS.Max)*1000, longest, .002)
	require.Positive(t, warmUp)

	head, each, err := bench.ReadRequests(requests)
	require.NoError(t, err)
	require.Equal(t, bench.RequestsHeader{Format: 1, Kind: "requests", Scenario: "smoke", RunID: "run1", URL: "http://127.0.0.1:1"}, head)
	var seen, seenIn, seenOut int64
	for q, err := range each {
		require.NoError(t, err)
		require.Positive(t, q.Status)
		require.Equal(t, q.Op == "auth", q.LeftOut == "credentials", "%+v", q)
		if !q.WarmUp {
			seen, seenIn, seenOut = seen+1, seenIn+q.BytesIn, seenOut+q.BytesOut
		}
	}
	require.Equal(t, [3]int64{all.Requests, all.BytesIn, all.BytesOut}, [3]int64{seen, seenIn, seenOut})
}

func TestNoCredentialIsKept(t *testing.T) {
	_, w, _, requests := kept(t)
	require.Greater(t, len(w.secrets), 20)
	text := requests.String()
	require.Greater(t, strings.Count(text, `"op":"auth"`), 5)
	require.Contains(t, text, `"body":"{\"subject\":`)
	for s := range w.secrets {
		require.GreaterOrEqual(t, len(s), 32)
		require.NotContains(t, text, s[:12])
	}
	require.NotContains(t, text, "Bearer")
}

// loose is an adapter that puts credentials wherever a careless one might, and renews its token in the middle of things.
type loose struct {
	bench.Portal
	client *bench.Client
	url    string
}

const looseToken = "t0k3n+t0k3n/t0k3n="

func (l *loose) SignIn(ctx context.Context, s *bench.Session) error {
	s.Token = looseToken
	return l.post(ctx, "/sign-in?who=me&session="+s.Account.Secret, "text/plain", s.Account.Secret, nil)
}

func (l *loose) Do(ctx context.Context, s *bench.Session, c *bench.Call) (bench.Answer, error) {
	secret := s.Account.Secret
	basic := "Basic " + base64.StdEncoding.EncodeToString([]byte("someone:b4sicb4sic"))
	bearer := "Bearer " + looseToken
	return bench.Answer{Status: 200}, errors.Join(
		l.post(ctx, "/a/"+secret+"?access_token=abc&page=2", "", "", map[string]string{"Authorization": bearer}),
		l.post(ctx, "/b?x=t0k3n%2Bt0k3n%2Ft0k3n%3D", "", "", map[string]string{"Authorization": bearer}),
		l.post(ctx, "/c", "application/json", `{"client_secret" : "hidden1"}`, nil),
		l.post(ctx, "/d", "application/x-www-form-urlencoded", "grant_type=x&client_assertion=hidden2", nil),
		l.post(ctx, "/e", "text/plain", "the password is b4sicb4sic", map[string]string{"Authorization": basic}),
		l.post(ctx, "/f", "text/plain", "my cookie is c00kiec00kie", map[string]string{"Cookie": "id=c00kiec00kie"}),
		l.post(ctx, "/g", "application/json", `{"body":"the \"token\": for the car park, please"}`, nil),
		l.post(ctx, "/h", "application/octet-stream", "\xff\xfe", nil),
		l.post(ctx, "/i", "text/plain", strings.Repeat("x", 1<<20+1), nil))
}

func (l *loose) post(ctx context.Context, path, mediaType, body string, headers map[string]string) error {
	req, err := http.NewRequestWithContext(ctx, "POST", l.url+path, strings.NewReader(body))
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", mediaType)
	for k, v := range headers {
		req.Header.Set(k, v)
	}
	res, err := l.client.HTTP.Do(req)
	if err != nil {
		return err
	}
	return res.Body.Close()
}

func TestCarelessAdaptersLeakNothing(t *testing.T) {
	web := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	defer web.Close()
	client := bench.NewClient(bench.ClientConfig{})
	defer client.CloseIdle()
	w := replayed(t, "nurse-first", 1, time.Hour, 36000)
	w.Openings[0].Threads = nil
	w.Ops = w.Ops[:3]
	var requests bytes.Buffer
	_, err := bench.Run(t.Context(), bench.Config{Portal: &loose{refportal.NewPortal(nil, ""), client, web.URL}, Client: client,
		Admin: bench.Account{Login: "admin", Secret: secret}, Workload: w, RunID: "run1", SkipLedger: true, URL: web.URL,
		KeepRequests: &requests})
	require.NoError(t, err)
	text := requests.String()
	for _, hidden := range []string{"t0k3n", "abc", "hidden1", "hidden2", "b4sicb4sic", "c00kiec00kie"} {
		require.NotContains(t, text, hidden)
	}
	_, each, err := bench.ReadRequests(&requests)
	require.NoError(t, err)
	got := map[string]bench.Request{}
	for q, err := range each {
		require.NoError(t, err)
		path, _, _ := strings.Cut(q.Path, "?")
		got[path] = q
	}
	require.Equal(t, "/a/redacted?access_token=redacted&page=2", got["/a/redacted"].Path)
	require.Equal(t, "/b?x=redacted", got["/b"].Path)
	for _, path := range []string{"/sign-in", "/c", "/d", "/e", "/f"} {
		require.Equal(t, "credentials", got[path].LeftOut, path)
		require.Empty(t, got[path].Body, path)
	}
	require.Equal(t, "/sign-in", got["/sign-in"].Path)
	require.Contains(t, got["/g"].Body, "car park")
	require.Equal(t, "\xff\xfe", string(got["/h"].BodyBase64))
	require.Equal(t, "size", got["/i"].LeftOut)
}

// A disk that fails costs the kept files, which the run says, and nothing else.
func TestKeepingOnAFullDisk(t *testing.T) {
	client, portal, admin := reference(t)
	r, err := bench.Run(t.Context(), bench.Config{Portal: portal, Client: client, Admin: admin,
		Workload: replayed(t, "nurse-first", 1, time.Hour, 7200), RunID: "run1", KeepOps: full{}, KeepRequests: full{}})
	require.NoError(t, err)
	text := strings.Join(r.Load.Warnings, "\n")
	require.Contains(t, text, "the operations could not be kept: disk full")
	require.Contains(t, text, "the requests could not be kept: disk full")
	all, _ := r.Load.Op("all")
	require.Equal(t, all.Offered, all.Outcomes["ok"])
}

type full struct{}

func (full) Write([]byte) (int, error) { return 0, errors.New("disk full") }

func TestReadRequestsNamesTheLine(t *testing.T) {
	const head = `{"format":1,"kind":"requests","scenario":"s","run_id":"r","url":"http://127.0.0.1"}` + "\n"
	for _, c := range []struct{ text, want string }{
		{"", "--keep-requests"},
		{"{}", `line 1: kind is "" and not "requests"`},
		{`{"format":2,"kind":"requests"}`, "line 1: it has format 2"},
		{head + "\n" + `{"op":"send","method":"POST","path":"/","sent_us":1,"tken":1}`, `line 3: unknown field "tken"`},
		{head + `{"op":"sned","method":"POST","path":"/"}`, `line 2: unknown op "sned"`},
		{head + `{"op":"send","method":"POST","path":"http://"}`, "line 2: method"},
		{head + `{"op":"send","method":"POST","path":"/","sent_us":-1}`, "line 2: sent_us"},
		{head + `{"op":"send","method":"POST","path":"/"} {}`, "line 2: there is more"},
		{head + `{"op":"send",`, "line 2: it is no JSON object"},
		{head + `{"op":7}`, `line 2: field "op" cannot be a JSON number`},
	} {
		_, each, err := bench.ReadRequests(strings.NewReader(c.text))
		for _, e := range collect(each) {
			err = errors.Join(err, e)
		}
		require.ErrorContains(t, err, c.want, c.text)
	}
}

func collect(each func(func(bench.Request, error) bool)) (failed []error) {
	if each != nil {
		for _, err := range each {
			failed = append(failed, err)
		}
	}
	return failed
}

func FuzzReadRequests(f *testing.F) {
	f.Add(`{"format":1,"kind":"requests"}` + "\n" + `{"op":"send","method":"POST","path":"/v1","body":"x","status":201}`)
	f.Add("\ufeff{}\n")
	f.Add("")
	f.Fuzz(func(t *testing.T, text string) {
		_, each, err := bench.ReadRequests(strings.NewReader(text))
		if err != nil {
			return
		}
		for q, err := range each {
			if err == nil {
				require.True(t, strings.HasPrefix(q.Path, "/"))
			}
		}
	})
}
