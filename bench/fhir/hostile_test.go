package fhir

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/portalbench/portalbench/bench"
	"github.com/portalbench/portalbench/results"
	"github.com/portalbench/portalbench/scenarios"
	"github.com/portalbench/portalbench/sim"
	"github.com/portalbench/portalbench/sim/des"
)

// hostility is what a server does to requests while the clock runs. What comes before and after is left alone, so that the
// ledger shows what became of the messages.
type hostility func(next http.Handler, w http.ResponseWriter, r *http.Request)

// visitsOf is a short conversation: a patient writes, a nurse reads and answers, and the patient reads.
func visitsOf() bench.Workload {
	pool := sim.Actor{Kind: sim.ActorPool}
	at := func(ms int, kind results.OpKind, by sim.Actor) sim.Op {
		return sim.Op{Due: des.Time(ms), Kind: kind, Actor: by, To: pool, Thread: sim.Thread{Number: 1}, Text: des.NewKey(uint64(ms))}
	}
	ann, nora := sim.Actor{Kind: sim.ActorPatient}, sim.Actor{Kind: sim.ActorStaff}
	ops := []sim.Op{at(10, results.OpSend, ann), at(20, results.OpInbox, nora), at(30, results.OpClaim, nora), at(40, results.OpThread, nora),
		at(50, results.OpReply, nora), at(60, results.OpThread, ann)}
	ops[4].Message = 1
	return bench.Workload{Openings: []sim.Opening{{}}, Ops: ops, Until: des.Time(100), Speed: 1, Describe: func(a sim.Actor) sim.Person {
		p := sim.Person{Name: "Somebody"}
		if a.Kind == sim.ActorStaff {
			p.Role, p.Pools = scenarios.RN, []sim.Actor{pool}
		}
		return p
	}}
}

// endures runs a load against a server that is hostile while the clock runs.
func endures(t *testing.T, s *server, h hostility, change ...func(*bench.Config)) *bench.Result {
	t.Helper()
	var on atomic.Bool
	s.around = func(next http.Handler, w http.ResponseWriter, r *http.Request) {
		if on.Load() {
			h(next, w, r)
		} else {
			next.ServeHTTP(w, r)
		}
	}
	p := s.start(t)
	require.NoError(t, p.Meet(t.Context(), nil))
	cfg := bench.Config{Portal: p, Workload: visitsOf(), RunID: "h1", Digest: "d", Timeout: time.Minute,
		Admin:    bench.Account{Kind: bench.AdminAccount, Login: "admin"},
		Progress: func(p bench.Progress) { on.Store(p.Phase == "replay") }}
	for _, f := range change {
		f(&cfg)
	}
	r, err := bench.Run(t.Context(), cfg)
	require.NoError(t, err)
	return r
}

func outcomes(t *testing.T, r *bench.Result, op string) map[string]int64 {
	t.Helper()
	row, found := r.Load.Op(op)
	require.True(t, found)
	return row.Outcomes
}

// does reports whether a request is what an operation sends first.
func does(op string, r *http.Request) bool {
	switch op {
	case "send":
		return r.Method == http.MethodPost && strings.Trim(r.URL.Path, "/") == "fhir"
	case "reply":
		return r.Method == http.MethodPost && strings.HasSuffix(r.URL.Path, "/Communication")
	case "thread":
		return r.Method == http.MethodGet && r.URL.Query().Has("part-of")
	case "inbox":
		return r.Method == http.MethodGet && strings.HasSuffix(r.URL.Path, "/Task")
	case "write":
		return r.Method != http.MethodGet
	}
	return false
}

// onlyTo makes a hostility of what is done to the requests of one operation, as often as visitsOf does it: what comes after
// the clock is the ledger's.
func onlyTo(op string, do hostility) hostility {
	var left atomic.Int64
	left.Store(map[string]int64{"send": 1, "reply": 1, "thread": 2, "write": 3}[op])
	return func(next http.Handler, w http.ResponseWriter, r *http.Request) {
		if does(op, r) && left.Add(-1) >= 0 {
			do(next, w, r)
		} else {
			next.ServeHTTP(w, r)
		}
	}
}

// says answers with some text.
func says(text string) hostility {
	return func(_ http.Handler, w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, text) }
}

// raw answers with bytes of its own, and hangs up.
func raw(text string) hostility {
	return func(_ http.Handler, w http.ResponseWriter, _ *http.Request) {
		conn, out, err := w.(http.Hijacker).Hijack()
		if err != nil {
			panic(err)
		}
		_, _ = out.WriteString(text)
		_ = out.Flush()
		_ = conn.Close()
	}
}

// done has the server do what it is asked, and spoils its answer.
func done(spoil func(w http.ResponseWriter, answer *httptest.ResponseRecorder)) hostility {
	return func(next http.Handler, w http.ResponseWriter, r *http.Request) {
		answer := httptest.NewRecorder()
		next.ServeHTTP(answer, r)
		spoil(w, answer)
	}
}

// hangUp is a bare EOF in place of the answer.
func hangUp(w http.ResponseWriter, _ *httptest.ResponseRecorder) { raw("")(nil, w, nil) }

// cut sends the first half of the answer in chunks, and hangs up.
func cut(w http.ResponseWriter, a *httptest.ResponseRecorder) {
	half := a.Body.String()[:a.Body.Len()/2]
	raw(fmt.Sprintf("HTTP/1.1 %d OK\r\nTransfer-Encoding: chunked\r\n\r\n%x\r\n%s\r\n", a.Code, len(half), half))(nil, w, nil)
}

// nameless leaves out the ids of what was made.
func nameless(w http.ResponseWriter, a *httptest.ResponseRecorder) {
	var b bundle
	if json.Unmarshal(a.Body.Bytes(), &b) != nil || len(b.Entry) == 0 {
		w.WriteHeader(a.Code)
		return
	}
	for _, e := range b.Entry {
		e.Response.Location = ""
	}
	_ = json.NewEncoder(w).Encode(b)
}

// padded makes an answer so many megabytes longer.
func padded(megabytes int) hostility {
	return done(func(w http.ResponseWriter, a *httptest.ResponseRecorder) {
		_, _ = io.WriteString(w, strings.TrimSuffix(strings.TrimSpace(a.Body.String()), "}")+`,"text":"`)
		for range megabytes {
			_, _ = w.Write(bytes.Repeat([]byte("x"), 1<<20))
		}
		_, _ = io.WriteString(w, `"}`)
	})
}

// bomb is a small answer that unpacks to 40 MB.
func bomb(_ http.Handler, w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Encoding", "gzip")
	packed := gzip.NewWriter(w)
	for range 40 {
		_, _ = packed.Write(make([]byte, 1<<20))
	}
	_ = packed.Close()
}

// hints sends provisional answers before the real one.
func hints(n int) hostility {
	return func(next http.Handler, w http.ResponseWriter, r *http.Request) {
		for range n {
			w.WriteHeader(http.StatusEarlyHints)
		}
		next.ServeHTTP(w, r)
	}
}

const refusedInside = `{"resourceType":"Bundle","type":"transaction-response","entry":[{"response":{"status":"201","location":"Communication/9"}},` +
	`{"response":{"status":"201","location":"Communication/10"}},{"response":{"status":"429 Too Many Requests"}}]}`

// Each misbehaviour of one operation ends as what it is, in a whole run: 6 operations, of which 4 are not writes. What the
// server did do is looked for and found, once.
func TestEnduringAHostileServer(t *testing.T) {
	oldHTTP := done(func(w http.ResponseWriter, a *httptest.ResponseRecorder) {
		raw(fmt.Sprintf("HTTP/1.0 %d OK\r\nContent-Type: application/fhir+json\r\n\r\n%s", a.Code, a.Body))(nil, w, nil)
	})
	for _, c := range []struct {
		name     string
		op       string
		do       hostility
		want     map[string]int64 // of the operation
		rest     string           // outcome of all that comes after it
		messages int64            // that the ledger must find
	}{
		{"throttled inside", "send", says(refusedInside), map[string]int64{"throttled": 1}, "skipped", 0},
		{"EOF after the commit", "send", done(hangUp), map[string]int64{"unknown": 1}, "ok", 2},
		{"EOF after a reply", "reply", done(hangUp), map[string]int64{"unknown": 1}, "ok", 2},
		{"cut off after the commit", "send", done(cut), map[string]int64{"unknown": 1}, "ok", 2},
		{"no ids", "send", done(nameless), map[string]int64{"ok": 1}, "ok", 2},
		{"no id of a reply", "reply", done(nameless), map[string]int64{"ok": 1}, "ok", 2},
		{"done, and no more said", "send", done(func(http.ResponseWriter, *httptest.ResponseRecorder) {}), map[string]int64{"unknown": 1}, "ok", 2},
		{"10 MB", "thread", padded(10), map[string]int64{"ok": 2}, "ok", 2},
		{"40 MB", "thread", padded(40), map[string]int64{"invalid": 2}, "ok", 2},
		{"packed", "thread", bomb, map[string]int64{"invalid": 2}, "ok", 2},
		{"cut off", "thread", done(cut), map[string]int64{"transport": 2}, "ok", 2},
		{"nothing", "thread", says(""), map[string]int64{"invalid": 2}, "ok", 2},
		{"null", "thread", says("null"), map[string]int64{"invalid": 2}, "ok", 2},
		{"a list", "thread", says("[1,2]"), map[string]int64{"invalid": 2}, "ok", 2},
		{"entries of a wrong type", "thread", says(`{"resourceType":"Bundle","entry":{"a":1}}`), map[string]int64{"invalid": 2}, "ok", 2},
		{"messages of a wrong type", "thread", says(`{"resourceType":"Bundle","entry":[{"resource":{"resourceType":"Communication","payload":7}}]}`),
			map[string]int64{"invalid": 2}, "ok", 2},
		{"a status of a wrong type", "send", says(`{"resourceType":"Bundle","entry":[{"response":{"status":201}}]}`), map[string]int64{"invalid": 1}, "skipped", 0},
		{"no entries", "send", says(`{"resourceType":"Bundle"}`), map[string]int64{"partial": 1}, "skipped", 0},
		{"HTTP/1.0", "thread", oldHTTP, map[string]int64{"ok": 2}, "ok", 2},
		{"early hints", "thread", hints(3), map[string]int64{"ok": 2}, "ok", 2},
		{"2,000 early hints", "thread", hints(2000), map[string]int64{"ok": 2}, "ok", 2},
		{"no HTTP", "thread", raw("220 mail.example ESMTP\r\n"), map[string]int64{"transport": 2}, "ok", 2},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := &server{}
			r := endures(t, s, onlyTo(c.op, c.do))
			require.Equal(t, c.want, outcomes(t, r, c.op), "%+v", r.Examples)
			whole := map[string]int64{c.rest: 6}
			for outcome, n := range c.want {
				whole[c.rest] -= n
				whole[outcome] += n
			}
			if whole["skipped"] > 0 { // the nurse looks at her list whatever comes
				whole["skipped"]--
				whole["ok"]++
			}
			require.Equal(t, whole, outcomes(t, r, "all"), "%+v %+v", r.Examples, r.Skipped)
			l := r.Load.Ledger
			require.Equal(t, &results.Ledger{Checked: c.messages, Found: c.messages, Leaked: l.Leaked}, l)
			require.Len(t, s.texts(), int(c.messages))
		})
	}
}

// texts are the messages that the server holds.
func (s *server) texts() (all []string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, ref := range s.order {
		if o := s.store[ref]; o["resourceType"] == "Communication" && o["payload"] != nil {
			all = append(all, ref)
		}
	}
	return all
}

// Every write is done and answered with a bare EOF: each ends unknown, is looked for, and is there once. What follows goes on.
func TestEveryWriteEndsInEOF(t *testing.T) {
	s := &server{}
	r := endures(t, s, onlyTo("write", done(hangUp)))
	require.Equal(t, map[string]int64{"ok": 3, "unknown": 3}, outcomes(t, r, "all"), "%+v", r.Examples)
	require.Equal(t, &results.Ledger{Checked: 2, Found: 2}, r.Load.Ledger)
	require.Len(t, s.texts(), 2)
}

// Locations of both kinds, and ids in the body alone, are understood.
func TestLocationsOfBothKinds(t *testing.T) {
	for _, s := range []*server{{absolute: true}, {}, {silent: true}, {silent: true, absolute: true}} {
		r := endures(t, s, onlyTo("", nil))
		require.Equal(t, map[string]int64{"ok": 6}, outcomes(t, r, "all"), "%+v", r.Examples)
		require.EqualValues(t, 2, r.Load.Ledger.Found)
	}
}

// A thread of 12 messages comes in pages that are shorter than asked for and grow shorter still, and before every next page
// somebody writes something else, so that what was last on one page is first on the next. Each message is seen once.
func TestPagesThatShrinkAndShift(t *testing.T) {
	s := &server{page: 5}
	s.around = func(next http.Handler, w http.ResponseWriter, r *http.Request) {
		q := r.URL.Query()
		if from := q.Get("from"); does("thread", r) && from != "" {
			var n int
			_, _ = fmt.Sscan(from, &n)
			q.Set("from", fmt.Sprint(n-1)) // the row before comes again
			s.mu.Lock()
			s.page = max(2, s.page-1)
			s.mu.Unlock()
			r.URL.RawQuery = q.Encode()
		}
		next.ServeHTTP(w, r)
	}
	p := s.start(t)
	require.NoError(t, p.Meet(t.Context(), nil))
	ann := &bench.Account{ID: "Patient/1", Kind: bench.PatientAccount}
	session := &bench.Session{Account: ann}
	sent, err := p.Do(t.Context(), session, &bench.Call{Kind: results.OpSend, Subject: ann, To: &bench.Account{ID: "CareTeam/1", Kind: bench.PoolAccount}, Body: "0"})
	require.NoError(t, err)
	for i := 1; i < 12; i++ {
		_, err := p.Do(t.Context(), session, &bench.Call{Kind: results.OpReply, Thread: sent.Thread, Subject: ann, Body: fmt.Sprint(i)})
		require.NoError(t, err)
	}
	got, err := p.Do(t.Context(), session, &bench.Call{Kind: results.OpThread, Thread: sent.Thread})
	require.NoError(t, err)
	require.Equal(t, results.OK, got.Outcome, got.Detail)
	var bodies []string
	for _, m := range got.Messages {
		bodies = append(bodies, m.Body)
	}
	require.Equal(t, "0 1 2 3 4 5 6 7 8 9 10 11", strings.Join(bodies, " "))
	require.Greater(t, got.Requests, 3)
}

// Pages that lead back to each other are no answer.
func TestPagesInACircle(t *testing.T) {
	page := `{"resourceType":"Bundle","link":[{"relation":"next","url":"http://x.example/fhir/Communication?part-of=1"}]}`
	s := &server{around: says(page)}
	got, err := s.start(t).Do(t.Context(), &bench.Session{Account: &bench.Account{}}, &bench.Call{Kind: results.OpThread, Thread: "Communication/1"})
	require.NoError(t, err)
	require.Equal(t, results.Invalid, got.Outcome)
	require.Contains(t, got.Detail, "the pages of a search have no end")
	require.Equal(t, 2, got.Requests)
}

// An answer that trickles counts as timed out when its time is over, and its connection is closed: the server learns that
// nobody listens any more.
func TestSlowDrip(t *testing.T) {
	gone := make(chan struct{}, 2)
	drip := func(_ http.Handler, w http.ResponseWriter, r *http.Request) {
		for range 10_000 {
			_, _ = io.WriteString(w, " ")
			_ = http.NewResponseController(w).Flush()
			select {
			case <-r.Context().Done():
				gone <- struct{}{}
				return
			case <-time.After(5 * time.Millisecond):
			}
		}
	}
	r := endures(t, &server{}, onlyTo("thread", drip), func(c *bench.Config) { c.Timeout = 400 * time.Millisecond })
	require.Equal(t, map[string]int64{"timeout": 2}, outcomes(t, r, "thread"), "%+v", r.Examples)
	require.Equal(t, map[string]int64{"ok": 4, "timeout": 2}, outcomes(t, r, "all"))
	require.EqualValues(t, 2, r.Load.Ledger.Found)
	<-gone
	<-gone
}

// A redirect to another host is not followed, whatever is asked and with whatever it is authorized: neither a token nor a
// cookie nor a gateway's key gets there, and what the address holds is not repeated.
func TestRedirectsElsewhere(t *testing.T) {
	var visitors atomic.Int64
	other := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { visitors.Add(1) }))
	t.Cleanup(other.Close)
	t.Setenv("PORTAL_TOKEN", "t0ken-of-everybody")
	for _, status := range []int{301, 302, 303, 307, 308} {
		var authorized, keyed, cookies atomic.Int64
		elsewhere := onlyTo("thread", func(_ http.Handler, w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Location", strings.Replace(other.URL, "://", "://user:pw1234@", 1)+"/fhir?access_token=l0cation-token")
			w.WriteHeader(status)
		})
		h := func(next http.Handler, w http.ResponseWriter, r *http.Request) {
			authorized.Add(int64(len(r.Header["Authorization"])))
			keyed.Add(int64(len(r.Header["X-Gateway-Key"])))
			cookies.Add(int64(len(r.Cookies())))
			http.SetCookie(w, &http.Cookie{Name: "sid", Value: "c00kie-of-somebody", Path: "/"})
			elsewhere(next, w, r)
		}
		r := endures(t, &server{}, h, func(c *bench.Config) {
			p := c.Portal.(*Portal)
			client := bench.NewClient(bench.ClientConfig{Portal: p.base, Header: http.Header{"X-Gateway-Key": {"g4teway-key"}}})
			t.Cleanup(client.CloseIdle)
			auth, err := bench.ReadAuth("auth.yaml", []byte("everybody: {kind: bearer, secret_env: PORTAL_TOKEN}"))
			require.NoError(t, err)
			keys, err := bench.NewKeyring(client.HTTP, auth)
			require.NoError(t, err)
			c.Portal = NewPortal(client.HTTP, p.base, keys, time.Now)
		})
		require.Equal(t, map[string]int64{"invalid": 2}, outcomes(t, r, "thread"), "%+v", r.Examples)
		require.Zero(t, visitors.Load())
		require.Positive(t, authorized.Load(), "the portal itself is shown who asks")
		require.Positive(t, keyed.Load())
		require.Positive(t, cookies.Load())
		said := fmt.Sprintf("%+v %+v %q", r.Examples, r.Skipped, r.Load.Warnings)
		require.Contains(t, said, "which is not followed: name that address with --url if it is meant")
		for _, hidden := range []string{"l0cation-token", "pw1234", "t0ken-of", "g4teway", "c00kie"} {
			require.NotContains(t, said, hidden)
		}
	}
}

// Whatever a server repeats of what it was sent is taken out of what is kept.
func TestEchoesAreHushed(t *testing.T) {
	t.Setenv("PORTAL_PASSWORD", "pa55-wd")
	echo := onlyTo("thread", func(_ http.Handler, w http.ResponseWriter, r *http.Request) {
		_, password, _ := r.BasicAuth()
		w.WriteHeader(http.StatusForbidden)
		_ = json.NewEncoder(w).Encode(outcome("forbidden", fmt.Sprintf("you sent %s, that is %s, with %s", r.Header.Get("Authorization"), password, r.Header.Get("X-Gateway-Key"))))
	})
	r := endures(t, &server{}, echo, func(c *bench.Config) {
		p := c.Portal.(*Portal)
		client := bench.NewClient(bench.ClientConfig{Portal: p.base, Header: http.Header{"X-Gateway-Key": {"g4teway"}}})
		t.Cleanup(client.CloseIdle)
		auth, err := bench.ReadAuth("auth.yaml", []byte("everybody: {kind: basic, login: bench, secret_env: PORTAL_PASSWORD}"))
		require.NoError(t, err)
		keys, err := bench.NewKeyring(client.HTTP, auth)
		require.NoError(t, err)
		c.Portal = NewPortal(client.HTTP, p.base, keys, time.Now)
	})
	require.Equal(t, map[string]int64{"denied": 2}, outcomes(t, r, "thread"), "%+v", r.Examples)
	said := fmt.Sprintf("%+v %+v %q", r.Examples, r.Skipped, r.Load.Warnings)
	require.Contains(t, said, "that is [redacted], with [redacted]")
	require.NotContains(t, said, "pa55-wd")
	require.NotContains(t, said, "YmVuY2g6cGE1NS13ZA") // bench:pa55-wd
	require.NotContains(t, said, "g4teway")
}
