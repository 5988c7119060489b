package refportal

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/portalbench/portalbench/bench"
	"github.com/portalbench/portalbench/results"
)

func TestWrongRequestsAreAnsweredInJSON(t *testing.T) {
	onBoth(t, func(t *testing.T, store newStore) {
		c := openClinic(t, store, Config{MaxBody: 2000, MaxFile: 3000})
		sent := c.send("ann", "ann", "triage")
		long := strings.Repeat("x", 2000)
		rows := []struct {
			login, method, path, body string
			header                    []string
			want                      int
			code                      string
		}{
			{"ann", "POST", "/v1/threads", `{"subject":`, nil, 400, "invalid"},
			{"ann", "POST", "/v1/threads", ``, nil, 400, "invalid"},
			{"ann", "POST", "/v1/threads", `null`, nil, 400, "invalid"},
			{"ann", "POST", "/v1/threads", `[]`, nil, 400, "invalid"},
			{"ann", "POST", "/v1/threads", `{"subject":"a1"} {}`, nil, 400, "invalid"},
			{"ann", "POST", "/v1/threads", `{"colour":"red"}`, nil, 400, "invalid"},
			{"ann", "POST", "/v1/threads", `{"urgent":"yes"}`, nil, 400, "invalid"},
			{"ann", "POST", "/v1/threads", `{"subject":"login:ann","to":"login:dan","topic":"","body":"B"}`, nil, 400, "invalid"},
			{"ann", "POST", "/v1/threads", `{"subject":"login:ann","to":"login:dan","topic":"T","body":" "}`, nil, 400, "invalid"},
			{"ann", "POST", "/v1/threads", `{"subject":"login:ann","to":"login:dan","topic":"T","body":"B","category":"gossip"}`, nil, 400, "invalid"},
			{"ann", "POST", "/v1/threads", `{"subject":"login:ann","to":"login:dan","topic":"T","body":"B","files":["f9"]}`, nil, 400, "invalid"},
			{"ann", "POST", "/v1/threads", `{"body":"` + long + `"}`, nil, 413, "too_large"},
			{"ann", "POST", "/v1/attachments", long + long, nil, 413, "too_large"},
			{"ann", "POST", "/v1/attachments", ``, nil, 400, "invalid"},
			{"ann", "POST", "/v1/attachments", `x`, []string{"Content-Type", "no type"}, 400, "invalid"},
			{"ann", "POST", "/v1/readings", `{"subject":"login:ann","code":"8480-6","value":1,"unit":"x"}`, nil, 400, "invalid"},
			{"ann", "POST", "/v1/readings", `{"subject":"login:ann","value":1,"unit":"x","taken":"2031-01-01T00:00:00Z"}`, nil, 400, "invalid"},
			{"ann", "GET", "/v1/inbox?cursor=first", ``, nil, 400, "invalid"},
			{"ann", "GET", "/v1/inbox?limit=0", ``, nil, 400, "invalid"},
			{"ann", "GET", "/v1/inbox?state=requested", ``, nil, 400, "invalid"},
			{"ann", "GET", "/v1/inbox?unread=perhaps", ``, nil, 400, "invalid"},
			{"ann", "GET", "/v1/inbox?category=gossip", ``, nil, 400, "invalid"},
			{"rosa", "GET", "/v1/inbox?state=open", ``, nil, 400, "invalid"},
			{"rosa", "POST", "/v1/items/" + sent.Item + "/claim", ``, nil, 428, "invalid"},
			{"rosa", "POST", "/v1/items/" + sent.Item + "/claim", ``, []string{"If-Match", `"77"`}, 412, "conflict"},
			{"rosa", "POST", "/v1/items/" + sent.Item + "/claim", `{"by":"rosa"}`, []string{"If-Match", "1"}, 400, "invalid"},
			{"rosa", "POST", "/v1/items/" + sent.Item + "/label", `{}`, nil, 400, "invalid"},
			{"rosa", "POST", "/v1/items/" + sent.Item + "/route", `{"to":"a999999"}`, nil, 400, "invalid"},
			{"rosa", "POST", "/v1/items/" + sent.Thread + "/label", `{"category":"refill"}`, nil, 404, "not_found"},
			{"admin", "GET", "/v1/audit?cursor=-1", ``, nil, 400, "invalid"},
			{"admin", "POST", "/v1/accounts", `{"accounts":[{"kind":"admin","login":"x"}]}`, nil, 400, "invalid"},
			{"admin", "POST", "/v1/accounts", `{"accounts":[{"kind":"patient","login":"x","secret":"short"}]}`, nil, 400, "invalid"},
			{"admin", "POST", "/v1/accounts", `{"accounts":[{"kind":"pool","login":"admin"}]}`, nil, 400, "invalid"},
			{"", "GET", "/v1/inbox", ``, []string{"Authorization", "Bearer nonsense"}, 401, "unauthorized"},
			{"", "GET", "/v1/inbox", ``, []string{"Authorization", "Basic YTpi"}, 401, "unauthorized"},
			{"", "POST", "/v1/sessions", `{"login":"nobody","secret":"x"}`, nil, 401, "unauthorized"},
			{"", "POST", "/v1/sessions", `{"login":"triage","secret":""}`, nil, 401, "unauthorized"},
			{"", "GET", "/v2/inbox", ``, nil, 404, "not_found"},
			{"", "GET", "/v1/threads/../inbox", ``, nil, 404, "not_found"},
			{"", "GET", "//v1/inbox", ``, nil, 404, "not_found"},
			{"ann", "DELETE", "/v1/threads/" + sent.Thread, ``, nil, 405, "method_not_allowed"},
			{"ann", "GET", "/v1/sessions", ``, nil, 405, "method_not_allowed"},
		}
		for _, row := range rows {
			got, body := c.raw(row.login, row.method, row.path, row.body, row.header...)
			require.Equal(t, row.want, got, "%s %s %.60s: %v", row.method, row.path, row.body, body)
			require.Equal(t, row.code, body["error"], "%s %s", row.method, row.path)
			require.NotEmpty(t, body["detail"])
			require.NotContains(t, body["detail"], "xxx", "a detail repeats nothing of the body")
		}
		require.Equal(t, results.OK, c.send("ann", "ann", "dan").Outcome, "the server is still up")
	})
}

func TestAPanicIsAnsweredAndSurvived(t *testing.T) {
	broken := []route{{"GET", "/break", "break", anybody, false, nil}, {"GET", "/fine", "fine", anybody, false, nil}}
	web := newLocalServer(t, newMux(broken, Config{MaxBody: 10}, func(rt route, _ *http.Request) (answer, error) {
		if rt.name == "break" {
			panic("broken on purpose")
		}
		return ok(healthAnswer{Status: "ok"})
	}))
	for path, want := range map[string]int{"/break": 500, "/fine": 200} {
		res, err := web.Client().Get(web.URL + path)
		require.NoError(t, err)
		text, err := io.ReadAll(res.Body)
		require.NoError(t, errors.Join(err, res.Body.Close()))
		require.Equal(t, want, res.StatusCode)
		require.NotContains(t, string(text), "on purpose")
	}
}

func TestAPanicOrErrorInTheWriterUndoesOneChangeOnly(t *testing.T) {
	onBoth(t, func(t *testing.T, store newStore) {
		c := openClinic(t, store, Config{})
		st := c.server.store
		bad := map[string]func(*queries) error{
			"panic": func(q *queries) error { panic(fmt.Sprint("broken on purpose ", mark(q, "bad"))) },
			"error": func(q *queries) error { return errors.Join(mark(q, "bad"), errors.New("broken on purpose")) },
		}
		for name, do := range bad {
			good, failed := &job{do: func(q *queries) error { return mark(q, "good-"+name) }, done: make(chan struct{})},
				&job{do: do, done: make(chan struct{})}
			require.NoError(t, st.write(func(q *queries) error { // runs on the writer: what is queued meanwhile is one batch
				st.jobs <- failed
				st.jobs <- good
				return nil
			}))
			<-good.done
			<-failed.done
			require.NoError(t, good.err)
			require.ErrorContains(t, failed.err, "broken on purpose")
			stored, err := st.reads.accountByLogin("good-" + name)
			require.NoError(t, err)
			require.NotZero(t, stored.id)
		}
		undone, err := st.reads.accountByLogin("bad")
		require.NoError(t, err)
		require.Zero(t, undone.id)
	})
}

// mark leaves something to look for.
func mark(q *queries, login string) error {
	_, err := q.insert(sqlInsertAccount, kindPool, login, "", "", nil, "")
	return err
}

func TestOfConcurrentClaimsOneWins(t *testing.T) {
	onBoth(t, func(t *testing.T, store newStore) {
		c := openClinic(t, store, Config{})
		staff := []string{"rosa", "tom"}
		for _, login := range staff {
			c.session(login)
		}
		for round := range 20 {
			sent := c.send("ann", "ann", "triage")
			won := make([]results.Outcome, 8)
			var all sync.WaitGroup
			for i := range won {
				all.Go(func() {
					s := *c.sessions[staff[i%2]]
					a, err := c.portal.Do(t.Context(), &s, &bench.Call{Kind: results.OpClaim, Item: sent.Item, Version: sent.Version})
					if err == nil {
						won[i] = a.Outcome
					} else {
						won[i] = results.Transport
					}
				})
			}
			all.Wait()
			count := map[results.Outcome]int{}
			for _, o := range won {
				count[o]++
			}
			require.Equal(t, map[results.Outcome]int{results.OK: 1, results.Conflict: 7}, count, "round %d", round)
		}
	})
}

func TestRestartKeepsEverything(t *testing.T) {
	onBoth(t, func(t *testing.T, store newStore) {
		c := openClinic(t, store, Config{})
		sent := c.send("ann", "ann", "triage")
		c.must("rosa", &bench.Call{Kind: results.OpClaim, Item: sent.Item, Version: sent.Version})
		require.NoError(t, c.server.Close())
		require.Equal(t, 503, c.do("ann", &bench.Call{Kind: results.OpReply, Thread: sent.Thread, Body: "Anybody?"}).Status)

		again, err := New(Config{Store: c.server.cfg.Store, Clock: c.clock.now, AdminSecret: adminSecret})
		require.NoError(t, err)
		defer func() { require.NoError(t, again.Close()) }()
		c.portal = NewPortal(c.client, newLocalServer(t, again.Handler()).URL)
		require.Len(t, c.must("ann", &bench.Call{Kind: results.OpThread, Thread: sent.Thread}).Messages, 1, "her token still works")
		require.Equal(t, []string{sent.Thread}, threads(c.inbox("rosa", "rosa")))
		next := c.send("ann", "ann", "triage")
		require.NotEqual(t, sent.Thread, next.Thread)
		c.must("tom", &bench.Call{Kind: results.OpClaim, Item: next.Item, Version: next.Version})
	})
}

func TestConfigurationMistakesAreRefused(t *testing.T) {
	clock := newClock().now
	for name, cfg := range map[string]Config{
		"no clock":       {AdminSecret: adminSecret},
		"short secret":   {Clock: clock, AdminSecret: "admin"},
		"unknown store":  {Clock: clock, AdminSecret: adminSecret, Store: "portal.db"},
		"missing folder": {Clock: clock, AdminSecret: adminSecret, Store: "sqlite:" + filepath.Join(t.TempDir(), "no", "such", "folder", "x.db")},
		"not a database": {Clock: clock, AdminSecret: adminSecret, Store: "sqlite:" + t.TempDir()},
	} {
		s, err := New(cfg)
		require.ErrorContains(t, err, "starting the reference portal", name)
		require.Nil(t, s)
	}
}

// FuzzRequestBodies throws bodies at every operation that takes one; none may end in a 5xx.
func FuzzRequestBodies(f *testing.F) {
	for _, seed := range []string{``, `{}`, `null`, `{"subject":"login:ann","to":"login:dan","topic":"T","body":"B"}`,
		`{"accounts":[{"kind":"pool","login":"p"}]}`, `{"login":"ann","secret":"x"}`, `{"to":"a1","reason":"r"}`,
		`{"category":"refill","urgent":true}`, `{"in_reply_to":"m1","body":"B","files":["f1"]}`,
		`{"subject":"a2","code":"8480-6","value":1e308,"unit":"","taken":"0001-01-01T00:00:01Z"}`, "\x00", `{"a":` + strings.Repeat("[", 500)} {
		f.Add(seed, "a1.2")
	}
	store := newSQLite
	if os.Getenv(postgresServer) != "" { // which refuses more
		store = newPostgres
	}
	c := openClinic(f, store, Config{})
	for _, login := range []string{"ann", "rosa", "admin"} {
		c.session(login)
	}
	sent := c.send("ann", "ann", "triage")
	f.Fuzz(func(t *testing.T, body, word string) {
		for _, rt := range routes() {
			for _, login := range []string{"ann", "rosa", "admin"} {
				path := strings.NewReplacer("{thread}", sent.Thread, "{item}", sent.Item, "{message}", sent.Message, "{attachment}", "f1").Replace(rt.path)
				r := httptest.NewRequest(rt.method, path, strings.NewReader(body))
				r.URL.RawQuery = "cursor=" + word + "&of=" + word + "&limit=" + word
				r.Header.Set("Authorization", "Bearer "+c.sessions[login].Token)
				r.Header.Set("If-Match", word)
				w := httptest.NewRecorder()
				c.server.Handler().ServeHTTP(w, r)
				if w.Code >= 500 {
					t.Fatalf("%s %s as %s with body %q and word %q: %d %s", rt.method, path, login, body, word, w.Code, w.Body)
				}
			}
		}
	})
}

func FuzzIDs(f *testing.F) {
	for _, seed := range []string{"t1", "t", "", "t01", "t-1", "t99999999999999999999", "i7"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, id string) {
		if n := parseID(threadID, id); n != 0 && formatID(threadID, n) != id {
			t.Fatalf("%q was read as %d, which is written %q", id, n, formatID(threadID, n))
		}
	})
}

// A store that was closed is one file: nothing is left in a log beside it.
func TestAClosedStoreIsOneFile(t *testing.T) {
	dir := t.TempDir()
	s, err := New(Config{Store: "sqlite:" + filepath.Join(dir, "portal.db"), Clock: time.Now, AdminSecret: strings.Repeat("s", 32)})
	require.NoError(t, err)
	require.NoError(t, s.Close())
	entries, err := os.ReadDir(dir)
	require.NoError(t, err)
	require.Len(t, entries, 1, "%v", entries)
}
