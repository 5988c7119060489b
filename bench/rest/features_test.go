package rest

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/portalbench/portalbench/bench"
	"github.com/portalbench/portalbench/results"
)

// answering is a portal that answers as a function says, by a description.
func answering(t *testing.T, src string, f http.HandlerFunc) *Portal {
	t.Helper()
	web := httptest.NewServer(f)
	t.Cleanup(web.Close)
	return adapter(t, web.URL, nil, described(t, src))
}

func patient() *bench.Session {
	return &bench.Session{Account: &bench.Account{Kind: isPatient, ID: "p1", Login: "pat"}}
}

func do(t *testing.T, p *Portal, c bench.Call) bench.Answer {
	t.Helper()
	a, err := p.Do(t.Context(), patient(), &c)
	require.NoError(t, err)
	return a
}

// What counts is the answer, not its status alone.
func TestSuccessIsATest(t *testing.T) {
	for name, c := range map[string]struct {
		ok, refusals string
		status       int
		header       http.Header
		body         string
		want         results.Outcome
	}{
		"2xx":                 {status: 204, want: results.OK},
		"not listed":          {ok: "{status: [201]}", status: 200, want: results.Invalid},
		"redirect":            {status: 302, header: http.Header{"Location": {"/elsewhere?token=x"}}, want: results.Invalid},
		"redirect wanted":     {ok: "{status: [302], header: {Location: 'matches home'}}", status: 302, header: http.Header{"Location": {"./home.php"}}, want: results.OK},
		"text":                {ok: "{text: is ok}", status: 200, body: " ok\n", want: results.OK},
		"other text":          {ok: "{text: is ok}", status: 200, body: "illegal Action", want: results.Invalid},
		"text that denies":    {ok: "{text: is ok}", refusals: "{text: {denied: contains illegal}}", status: 200, body: "illegal Action", want: results.Denied},
		"text that throttles": {refusals: "{text: {throttled: 'matches (?i)slow down'}}", status: 500, body: "Slow Down!", want: results.Throttled},
		"text that lacks":     {ok: "{text: lacks error}", status: 200, body: "all well", want: results.OK},
		"text with an error":  {ok: "{text: lacks error}", status: 200, body: "an error: full", want: results.Invalid},
		"of all requests":     {refusals: "{text: {conflict: contains stale}}\nok: {json: {ok: yes}}", status: 200, body: `{"ok":false,"error":"stale"}`, want: results.Conflict},
		"its own goes before": {refusals: "{}\nok: {json: {ok: yes}}", ok: "{status: [302]}", status: 302, want: results.OK},
		"JSON":                {ok: "{json: {a.b: yes, c: 'no', d: is 5}}", status: 200, body: `{"a":{"b":1},"d":5}`, want: results.OK},
		"other JSON":          {ok: "{json: {error: 'no'}}", status: 200, body: `{"error":"full"}`, want: results.Invalid},
		"no JSON":             {ok: "{json: {a: yes}}", status: 200, body: `<html>`, want: results.Invalid},
		"denied":              {status: 403, want: results.Denied},
		"not found":           {status: 404, want: results.NotFound},
		"conflict":            {status: 412, want: results.Conflict},
		"own conflict":        {refusals: "{status: {conflict: [423]}}", status: 423, want: results.Conflict},
		"throttled":           {status: 429, want: results.Throttled},
		"busy":                {status: 503, header: http.Header{"Retry-After": {"3"}}, want: results.Throttled},
		"nothing left":        {status: 400, header: http.Header{"Ratelimit": {`"default";r=0;t=5`}}, want: results.Throttled},
		"something left":      {status: 400, header: http.Header{"Ratelimit": {`"default";r=5;t=5`}}, want: results.Invalid},
		"broken":              {status: 500, want: results.Invalid},
		"entries":             {ok: "{entries: {at: entry, status: response.status}}", status: 200, body: `{"entry":[{"response":{"status":"201 Created"}},{"response":{"status":"200"}}]}`, want: results.OK},
		"some entries":        {ok: "{entries: {at: entry, status: s}}", status: 200, body: `{"entry":[{"s":201},{"s":422}]}`, want: results.Partial},
		"no entry":            {ok: "{entries: {at: entry, status: s}}", status: 200, body: `{"entry":[{"s":403},{"s":422}]}`, want: results.Denied},
		"throttled inside":    {ok: "{entries: {at: entry, status: s}}", status: 200, body: `{"entry":[{"s":200},{"s":422},{"s":429}]}`, want: results.Throttled},
		"none answered":       {ok: "{entries: {at: entry, status: s}}", status: 200, body: `{}`, want: results.Invalid},
	} {
		t.Run(name, func(t *testing.T) {
			src := "portal: p\n"
			if c.refusals != "" {
				src += "refusals: " + c.refusals + "\n"
			}
			src += "patient:\n  ops:\n    read:\n      - request: POST /read\n"
			if c.ok != "" {
				src += "        ok: " + c.ok + "\n"
			}
			p := answering(t, src, func(w http.ResponseWriter, _ *http.Request) {
				for k, v := range c.header {
					w.Header()[k] = v
				}
				w.WriteHeader(c.status)
				_, _ = io.WriteString(w, c.body)
			})
			a := do(t, p, bench.Call{Kind: results.OpRead, Message: "m"})
			require.Equal(t, c.want, a.Outcome, a.Detail)
			require.Equal(t, 1, a.Requests)
			require.NotContains(t, a.Detail, "token=x")
			if c.want != results.OK {
				require.Contains(t, a.Detail, "POST /read: ")
			}
		})
	}
}

// Things are found in JSON, headers, cookies and text, and later requests use them.
func TestThingsAreTakenFromEverywhere(t *testing.T) {
	p := answering(t, `
portal: p
patient:
  ops:
    send:
      - request: POST /one
        keep: {token: 'text:csrf="([a-z]+)"', cookie: cookie:sid, id: 'header:Location /m/([0-9]+)$'}
      - request: PUT /two/{{.kept.id}}
        headers: {X-Token: "{{.kept.token}}", X-Cookie: "{{.kept.cookie}}", X-None: "{{.to.name}}"}
        form: {a: "{{.topic}} & more", b: "{{.to.name}}"}
        take: {thread: a.b.1.id, message: big, version: header:ETag}
`, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/one" {
			http.SetCookie(w, &http.Cookie{Name: "sid", Value: "s1"})
			w.Header().Set("Location", "https://portal.test/m/77")
			_, _ = io.WriteString(w, `<input csrf="abc">`)
			return
		}
		require.Equal(t, "/two/77", r.URL.Path)
		require.Equal(t, "abc", r.Header.Get("X-Token"))
		require.Equal(t, "s1", r.Header.Get("X-Cookie"))
		require.NotContains(t, r.Header, "X-None", "what is empty is left out")
		require.NoError(t, r.ParseForm())
		require.Equal(t, "x=1&y & more", r.Form.Get("a"))
		require.NotContains(t, r.Form, "b")
		w.Header().Set("ETag", `W/"5"`)
		_, _ = io.WriteString(w, `{"a":{"b":[0,{"id":"t/1"}]},"big":12345678901234567890}`)
	})
	a := do(t, p, bench.Call{Kind: results.OpSend, To: &bench.Account{}, Topic: "x=1&y"})
	require.Equal(t, results.OK, a.Outcome, a.Detail)
	require.Equal(t, "t/1", a.Thread)
	require.Equal(t, "12345678901234567890", a.Message, "numbers that are ids keep their digits")
	require.Equal(t, `W/"5"`, a.Version)
	require.Equal(t, 2, a.Requests)
}

// Bodies of JSON keep the types of values, and leave out what has none.
func TestBodiesOfJSON(t *testing.T) {
	var got string
	p := answering(t, `
portal: p
values: {urgent: {true: 1, false: 9}, category: {advice: A, refill: R, appointment: P, test_result: T, referral: F, education: E, other: O}}
patient:
  ops:
    reading:
      - request: POST /r
        json: {value: "{{.value}}", both: "{{.value}} {{.unit}}", list: [a, "{{.unit}}", "{{.subject.name}}"], none: "{{.subject.name}}", n: 3, yes: true, "null": null, at: "{{.taken}}"}
    send:
      - request: POST /r
        json: {files: "{{.files}}", urgent: "{{.urgent}}", category: "{{.category}}", body: "{{.body}}"}
`, func(_ http.ResponseWriter, r *http.Request) {
		raw, _ := io.ReadAll(r.Body)
		got = string(raw)
	})
	a := do(t, p, bench.Call{Kind: results.OpReading, Subject: &bench.Account{}, Reading: bench.Reading{Value: 72.5, Unit: "/min", Taken: time.Unix(0, 0)}})
	require.Equal(t, results.OK, a.Outcome, a.Detail)
	require.JSONEq(t, `{"value":72.5,"both":"72.5 /min","list":["a","/min"],"n":3,"yes":true,"null":null,"at":"1970-01-01T00:00:00Z"}`, got)
	do(t, p, bench.Call{Kind: results.OpSend, Files: []string{"f1", "f2"}, Urgent: true, Category: "referral", Body: "a \"b\"\n{{.tag}}"})
	require.JSONEq(t, `{"files":["f1","f2"],"urgent":1,"category":"F","body":"a \"b\"\n{{.tag}}"}`, got)
}

// Every kind of page shows every row once.
func TestPagesAreTurned(t *testing.T) {
	const rows = 7
	now := time.Now()
	for kind, c := range map[string]struct{ query, paging string }{
		"cursor": {"{after: '{{.cursor}}', n: '{{.limit}}'}", "{kind: cursor, next: next}"},
		"link":   {"{n: '{{.limit}}'}", "{kind: link, next: link}"},
		"header": {"{n: '{{.limit}}'}", `{kind: link, next: 'header:Link <([^>]+)>; rel="next"'}`},
		"page":   {"{page: '{{.page}}', n: '{{.limit}}'}", "{kind: page, first: 1}"},
		"dates":  {"{from: '{{.from}}', until: '{{.until}}'}", "{kind: dates, window: 48h, back: 240h}"},
		"most":   {"{page: '{{.page}}', n: '{{.limit}}'}", "{kind: page, first: 1, most: 3}"},
	} {
		t.Run(kind, func(t *testing.T) {
			src := "portal: p\npatient:\n  ops:\n    inbox:\n      - request: GET /list\n        query: " + c.query + "\n        rows: {at: rows, where: {hidden: 'no'}, thread: id}\n        paging: " + c.paging +
				"\n    unread:\n      - request: GET /list\n        query: " + c.query + "\n        rows: {at: rows, where: {new: yes}}\n        count: true\n        paging: " + c.paging + "\n"
			p := answering(t, src, func(w http.ResponseWriter, r *http.Request) {
				q := r.URL.Query()
				n, _ := strconv.Atoi(q.Get("n"))
				from, until := 0, rows
				if q.Get("page") != "" {
					number, _ := strconv.Atoi(q.Get("page"))
					from = (number - 1) * n
				} else if q.Get("after") != "" {
					from, _ = strconv.Atoi(q.Get("after"))
				}
				if n > 0 {
					until = min(from+n, rows)
				}
				shown := []string{}
				for i := from; i < until; i++ {
					if q.Get("from") != "" { // one a day
						written := now.Add(-time.Duration(i)*24*time.Hour - time.Hour).UTC().Format(time.RFC3339)
						if written < q.Get("from") || written >= q.Get("until") {
							continue
						}
					}
					shown = append(shown, fmt.Sprintf(`{"id":"t%d","hidden":%t,"new":%d}`, i, i == 3, i%2))
				}
				next, link := "", ""
				if until < rows {
					next, link = strconv.Itoa(until), fmt.Sprintf("http://other.test/list?n=%d&after=%d", n, until)
					w.Header().Set("Link", `<`+link+`>; rel="next"`)
				}
				_, _ = fmt.Fprintf(w, `{"rows":[%s],"next":%q,"link":%q}`, strings.Join(shown, ","), next, link)
			})
			seen, c := map[string]int{}, bench.Call{Kind: results.OpInbox, Limit: 2}
			for turn := 0; ; turn++ {
				require.Less(t, turn, 9)
				a := do(t, p, c)
				require.Equal(t, results.OK, a.Outcome, a.Detail)
				require.Equal(t, 1, a.Requests)
				for _, row := range a.Items {
					seen[row.Thread]++
				}
				if c.Cursor = a.Next; c.Cursor == "" {
					break
				}
			}
			require.Equal(t, map[string]int{"t0": 1, "t1": 1, "t2": 1, "t4": 1, "t5": 1, "t6": 1}, seen)
			require.Equal(t, 3, do(t, p, bench.Call{Kind: results.OpUnread, Limit: 2}).Unread)
		})
	}
}

// An asynchronous send is waited for: until it has come, failed, or taken too long.
func TestAwaiting(t *testing.T) {
	var status atomic.Value
	var asked atomic.Int64
	p := answering(t, `
portal: p
patient:
  ops:
    await:
      - request: GET /m/{{.message}}
        repeat: {every: 2ms, within: 100ms, until: {status: 'matches ^(SENT|DELIVERED)$'}, failed: {status: 'matches ^(FAILED|INVALID)$'}}
`, func(w http.ResponseWriter, _ *http.Request) {
		s := status.Load()
		if asked.Add(1) < 3 {
			s = "QUEUED"
		}
		_, _ = fmt.Fprintf(w, `{"status":%q}`, s)
	})
	for final, want := range map[string]results.Outcome{"SENT": results.OK, "FAILED": results.Invalid, "QUEUED": results.Pending} {
		status.Store(final)
		asked.Store(0)
		a := do(t, p, bench.Call{Kind: results.OpAwait, Message: "m"})
		require.Equal(t, want, a.Outcome, a.Detail)
		require.GreaterOrEqual(t, a.Requests, 3)
	}
	status.Store("QUEUED")
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	_, err := p.Do(ctx, patient(), &bench.Call{Kind: results.OpAwait, Message: "m"})
	require.Equal(t, results.Timeout, bench.Classify(results.OpAwait, err, true))
	require.Equal(t, bench.Composed, p.Capabilities().Ops[results.OpAwait])
}

// Redirects are followed where the file says so, and never to another host.
func TestRedirects(t *testing.T) {
	var away atomic.Int64
	other := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { away.Add(1) }))
	defer other.Close()
	p := answering(t, `
portal: p
patient:
  sign_in: {headers: {Authorization: "Bearer {{.me.secret}}"}}
  ops:
    read: [{request: POST /home, follow: true}]
    close: [{request: POST /away, follow: true}]
    claim: [{request: POST /round, follow: true}]
    reopen: [{request: POST /home}]
`, func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/home":
			http.Redirect(w, r, "/arrived", http.StatusSeeOther)
		case "/away":
			http.Redirect(w, r, other.URL, http.StatusSeeOther)
		case "/round":
			http.Redirect(w, r, "/round", http.StatusSeeOther)
		default:
			require.Equal(t, http.MethodGet, r.Method)
		}
	})
	require.Equal(t, results.OK, do(t, p, bench.Call{Kind: results.OpRead}).Outcome)
	require.Equal(t, results.Invalid, do(t, p, bench.Call{Kind: results.OpReopen}).Outcome)
	require.Equal(t, results.Invalid, do(t, p, bench.Call{Kind: results.OpClaim}).Outcome, "round and round")
	a := do(t, p, bench.Call{Kind: results.OpClose})
	require.Equal(t, results.Invalid, a.Outcome)
	require.Contains(t, a.Detail, "leads to "+other.URL)
	require.Zero(t, away.Load())
}

// What people have read is kept here where the portal does not know it, for each of them.
func TestReadMarksAreKeptHere(t *testing.T) {
	p := answering(t, `
portal: p
patient:
  local: [read]
  ops:
    inbox: [{request: GET /list, rows: {at: rows, thread: t, message: latest, unread: {from: not me}}}]
    unread: [{request: GET /list, rows: {at: rows, where: {from: not me}, message: latest}, count: true}]
`, func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, `{"rows":[{"t":"1","latest":"m1","from":"clinic"},{"t":"2","latest":"m2","from":"me"},{"t":"3","latest":"m3","from":"clinic"}]}`)
	})
	require.Equal(t, bench.Local, p.Capabilities().Ops[results.OpRead])
	require.Equal(t, 2, do(t, p, bench.Call{Kind: results.OpUnread}).Unread)
	require.Zero(t, do(t, p, bench.Call{Kind: results.OpRead, Message: "m1"}).Requests)
	require.Equal(t, 1, do(t, p, bench.Call{Kind: results.OpUnread}).Unread)
	require.Equal(t, []bench.Listed{{Thread: "3", Unread: true}}, do(t, p, bench.Call{Kind: results.OpInbox, Unread: true}).Items)
	require.Len(t, do(t, p, bench.Call{Kind: results.OpInbox}).Items, 3)
	other := &bench.Session{Account: &bench.Account{Kind: isPatient, Login: "other"}}
	a, err := p.Do(t.Context(), other, &bench.Call{Kind: results.OpUnread})
	require.NoError(t, err)
	require.Equal(t, 2, a.Unread, "marks are everybody's own")
}

// One identity may serve the operations of many; its token is fetched once, and again when it is refused.
func TestRequestsInAnotherName(t *testing.T) {
	var signIns, refuse atomic.Int64
	p := answering(t, `
portal: p
admin:
  sign_in:
    steps: [{request: POST /token, json: {user: "{{.me.login}}"}, take: {token: t, expires: ttl}}]
    scheme: Token
    renew: {status: [401]}
patient: {ops: {reading: [{request: POST /observations, as: admin, json: {for: "{{.patient.id}}", by: "{{.me.login}}"}}]}}
`, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/token" {
			_, _ = fmt.Fprintf(w, `{"t":"t%d","ttl":3600}`, signIns.Add(1))
			return
		}
		raw, _ := io.ReadAll(r.Body)
		require.JSONEq(t, `{"for":"p1","by":"admin"}`, string(raw))
		if r.Header.Get("Authorization") != fmt.Sprintf("Token t%d", signIns.Load()) || refuse.Add(-1) >= 0 {
			w.WriteHeader(http.StatusUnauthorized)
		}
	})
	var people sync.WaitGroup
	for range 8 {
		people.Go(func() {
			a, err := p.Do(context.Background(), patient(), &bench.Call{Kind: results.OpReading})
			if err != nil || a.Outcome != results.OK {
				t.Errorf("%v %v", a, err)
			}
		})
	}
	people.Wait()
	require.EqualValues(t, 1, signIns.Load())
	refuse.Store(1)
	require.Equal(t, results.OK, do(t, p, bench.Call{Kind: results.OpReading}).Outcome)
	require.EqualValues(t, 2, signIns.Load())
	refuse.Store(2)
	require.Equal(t, results.Denied, do(t, p, bench.Call{Kind: results.OpReading}).Outcome, "once, and not for ever")
	require.EqualValues(t, 3, signIns.Load())
}

// Sign-ins keep the pace that the file sets, and those that would come too late do not wait for it.
func TestSignInsKeepTheirPace(t *testing.T) {
	p := answering(t, "portal: p\npatient: {sign_in: {max_per_minute: 1200, steps: [{request: POST /in}]}}\n", func(http.ResponseWriter, *http.Request) {})
	start := time.Now()
	for range 3 {
		require.NoError(t, p.SignIn(t.Context(), patient()))
	}
	require.GreaterOrEqual(t, time.Since(start), 90*time.Millisecond, "the second and the third wait 50 ms each")
	ctx, cancel := context.WithTimeout(t.Context(), time.Millisecond)
	defer cancel()
	err := p.SignIn(ctx, patient())
	require.ErrorContains(t, err, "at most 1200 a minute")
	require.Equal(t, results.Timeout, bench.Classify(results.OpAuth, err, false))
}

// A connection that ends is an error for the engine to classify, and paths without what they need are not asked for.
func TestWhatIsNoAnswer(t *testing.T) {
	p := answering(t, mailbox("    send:\n      - request: POST /m\n    read:\n      - request: POST /m/{{.message}}/x\n"), func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.ReadAll(r.Body)
		panic(http.ErrAbortHandler)
	})
	_, err := p.Do(t.Context(), patient(), &bench.Call{Kind: results.OpSend})
	require.Error(t, err)
	require.Equal(t, results.Unknown, bench.Classify(results.OpSend, err, true))
	a := do(t, p, bench.Call{Kind: results.OpRead})
	require.Equal(t, results.NotFound, a.Outcome)
	require.Zero(t, a.Requests)
	require.Equal(t, "POST /m/{{.message}}/x: nothing is known of message", a.Detail)
}

// An id cannot lead to another path.
func TestIdsStayInTheirPlace(t *testing.T) {
	p := answering(t, mailbox("    read:\n      - request: POST /m/{{.message}}/x\n"), func(_ http.ResponseWriter, r *http.Request) {
		require.Equal(t, "/m/..%2Fadmin%3Fa=b/x", r.URL.EscapedPath())
	})
	require.Equal(t, results.OK, do(t, p, bench.Call{Kind: results.OpRead, Message: "../admin?a=b"}).Outcome)
}

// Topics lose their beginning where they are too long: their end is how they are found again.
func TestTopicsAreShortened(t *testing.T) {
	var got string
	p := answering(t, mailbox("    send:\n      - request: POST /m\n        form: {t: \"{{.topic}}\"}\n")+"limits: {topic: {least: 2, most: 8}}\n",
		func(_ http.ResponseWriter, r *http.Request) { got = r.FormValue("t") })
	require.Equal(t, results.OK, do(t, p, bench.Call{Kind: results.OpSend, Topic: "Über alles tag-1"}).Outcome)
	require.Equal(t, "es tag-1", got)
	a := do(t, p, bench.Call{Kind: results.OpSend, Topic: "x"})
	require.Equal(t, results.Invalid, a.Outcome)
	require.Contains(t, a.Detail, "limits.topic")
}

// A portal that repeats what it was told in what it says of a failure shows no secret of the identity in whose name the
// request goes, nor one that the description takes from elsewhere.
func TestSecretsOfOthersAreHushed(t *testing.T) {
	t.Setenv("PORTAL_KEY", "s3cret-key")
	for _, failing := range []string{"/login", "/read"} {
		p := answering(t, `
portal: p
refusals: {detail: error}
headers: {X-Key: "${env:PORTAL_KEY}"}
admin:
  sign_in:
    steps:
      - request: POST /login
        form: {pass: "{{.me.secret}}"}
        take: {token: token}
  ops:
    provision:
      - request: POST /accounts
        take: {id: id}
patient:
  ops:
    read:
      - request: POST /read
        as: admin
`, func(w http.ResponseWriter, r *http.Request) {
			body, _ := io.ReadAll(r.Body)
			if r.URL.Path != failing {
				_, _ = io.WriteString(w, `{"token":"t0ken-of-admin"}`)
				return
			}
			w.WriteHeader(http.StatusForbidden)
			said := fmt.Sprint("no: ", r.Header.Get("Authorization"), " ", r.Header.Get("X-Key"), " ", string(body))
			_, _ = io.WriteString(w, `{"error":`+strconv.Quote(said)+`}`)
		})
		a := do(t, p, bench.Call{Kind: results.OpRead, Message: "m"})
		require.Equal(t, results.Denied, a.Outcome)
		require.Contains(t, a.Detail, "no: ")
		for _, secret := range []string{"t0ken-of-admin", "s3cret", adminSecret} {
			require.NotContains(t, a.Detail, secret, failing)
		}
	}
}

// What a portal calls its things leads to no other address than the one that is meant, and lists that never end are told.
func TestIdsAndPagesOfHostilePortals(t *testing.T) {
	var asked []string
	p := answering(t, `
portal: p
patient:
  ops:
    read:
      - request: POST /messages/{{.message}}/read
    thread:
      - request: GET /threads/{{.thread}}
        rows: {at: m, message: id, body: b}
        paging: {kind: cursor, next: next}
        query: {cursor: "{{.cursor}}"}
`, func(w http.ResponseWriter, r *http.Request) {
		asked = append(asked, r.RequestURI)
		_, _ = io.WriteString(w, `{"m":[{"id":"1","b":"x"}],"next":"again"}`)
	})
	for id, want := range map[string]string{"../x": "/messages/..%2Fx/read", "a?b#c": "/messages/a%3Fb%23c/read", "a\r\nX: y": "/messages/a%0D%0AX:%20y/read",
		"..": "", ".": ""} {
		asked = nil
		a := do(t, p, bench.Call{Kind: results.OpRead, Message: id})
		if want == "" {
			require.Empty(t, asked)
			require.Equal(t, results.Invalid, a.Outcome)
			continue
		}
		require.Equal(t, []string{want}, asked)
	}
	asked = nil
	a := do(t, p, bench.Call{Kind: results.OpThread, Thread: "t"})
	require.Equal(t, results.Invalid, a.Outcome)
	require.Contains(t, a.Detail, "no end")
	require.Len(t, asked, mostPages)
}
