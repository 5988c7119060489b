package refportal

import (
	"bytes"
	"context"
	"encoding/json"
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
)

// clock is a clock that moves only when it is told to.
type clock struct{ micros atomic.Int64 }

func (c *clock) now() time.Time          { return time.UnixMicro(c.micros.Load()) }
func (c *clock) advance(d time.Duration) { c.micros.Add(d.Microseconds()) }

func newClock() *clock {
	c := &clock{}
	c.micros.Store(time.Date(2031, 3, 3, 8, 0, 0, 0, time.UTC).UnixMicro())
	return c
}

func newLocalServer(t testing.TB, h http.Handler) *httptest.Server {
	web := httptest.NewServer(h)
	t.Cleanup(web.Close)
	return web
}

const adminSecret = "0123456789abcdef0123456789abcdef"

// clinic is a portal with a few people on it. Ann may write to the triage pool and to Dan; Pia is Ann's proxy. Ben may
// write to Dan alone. Rosa and Tom are in the triage pool, Kim in the desk pool.
type clinic struct {
	t        testing.TB
	clock    *clock
	server   *Server
	url      string
	client   *http.Client
	portal   *Portal
	accounts map[string]*bench.Account
	sessions map[string]*bench.Session
}

func secretOf(login string) string { return login + strings.Repeat("x", minSecret) }

func people() map[string]*bench.Account {
	return map[string]*bench.Account{
		"triage": {Kind: bench.PoolAccount, Login: "triage", Display: "Nurse line"},
		"desk":   {Kind: bench.PoolAccount, Login: "desk", Display: "Front desk"},
		"dan":    {Kind: bench.StaffAccount, Login: "dan", Display: "Dan", Role: "physician"},
		"rosa":   {Kind: bench.StaffAccount, Login: "rosa", Role: "rn", Pools: []string{"triage"}},
		"tom":    {Kind: bench.StaffAccount, Login: "tom", Role: "rn", Pools: []string{"triage"}},
		"kim":    {Kind: bench.StaffAccount, Login: "kim", Role: "front_desk", Pools: []string{"desk"}},
		"ann":    {Kind: bench.PatientAccount, Login: "ann", CareTeam: []string{"triage", "dan"}},
		"ben":    {Kind: bench.PatientAccount, Login: "ben", CareTeam: []string{"dan"}},
		"pia":    {Kind: bench.ProxyAccount, Login: "pia", ActsFor: "ann"},
	}
}

func openClinic(t testing.TB, store newStore, cfg Config) *clinic {
	cfg.Store = store(t)
	c := &clinic{t: t, clock: newClock(), accounts: people(), sessions: map[string]*bench.Session{}}
	cfg.Clock, cfg.AdminSecret = c.clock.now, adminSecret
	var err error
	c.server, err = New(cfg)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, c.server.Close()) })
	web := newLocalServer(t, c.server.Handler())
	c.url, c.client = web.URL, web.Client()
	c.portal = NewPortal(c.client, c.url)
	c.accounts["admin"] = &bench.Account{Kind: bench.AdminAccount, Login: AdminLogin, Secret: adminSecret}
	c.provision()
	return c
}

// provision makes everybody known, those first who are named by others last: the order must not matter.
func (c *clinic) provision() {
	var all []*bench.Account
	for _, login := range []string{"pia", "ann", "ben", "rosa", "tom", "kim", "dan", "triage", "desk"} {
		a := c.accounts[login]
		if a.Kind != bench.PoolAccount {
			a.Secret = secretOf(login)
		}
		all = append(all, a)
	}
	a := c.do("admin", &bench.Call{Kind: results.OpProvision, Accounts: all})
	require.Equal(c.t, results.OK, a.Outcome, a.Detail)
}

// session returns a person's session, signing in when there is none.
func (c *clinic) session(login string) *bench.Session {
	s := c.sessions[login]
	if s == nil {
		s = &bench.Session{Account: c.accounts[login]}
		require.NoError(c.t, c.portal.SignIn(context.Background(), s), login)
		c.sessions[login] = s
	}
	return s
}

// do carries out an operation as somebody.
func (c *clinic) do(login string, call *bench.Call) bench.Answer {
	a, err := c.portal.Do(context.Background(), c.session(login), call)
	require.NoError(c.t, err)
	return a
}

// must is do for what has to succeed.
func (c *clinic) must(login string, call *bench.Call) bench.Answer {
	a := c.do(login, call)
	require.Equal(c.t, results.OK, a.Outcome, "%s %s: %s", login, call.Kind, a.Detail)
	return a
}

// send starts a thread about ann or ben.
func (c *clinic) send(login, subject, to string) bench.Answer {
	return c.do(login, &bench.Call{Kind: results.OpSend, Subject: c.accounts[subject], To: c.accounts[to],
		Category: "advice", Topic: "Cough run1-t1", Body: "It began on Monday."})
}

func (c *clinic) inbox(login, of string) bench.Answer {
	return c.must(login, &bench.Call{Kind: results.OpInbox, To: c.accounts[of]})
}

// threads returns the threads of an inbox page, in its order.
func threads(a bench.Answer) []string {
	var list []string
	for _, row := range a.Items {
		list = append(list, row.Thread)
	}
	return list
}

// raw makes a request below the adapter and returns its status and JSON.
func (c *clinic) raw(login, method, path string, body any, header ...string) (int, map[string]any) {
	content, isText := body.(string)
	if !isText && body != nil {
		b, err := json.Marshal(body)
		require.NoError(c.t, err)
		content = string(b)
	}
	r, err := http.NewRequest(method, c.url+path, bytes.NewReader([]byte(content)))
	require.NoError(c.t, err)
	if login != "" {
		r.Header.Set("Authorization", "Bearer "+c.session(login).Token)
	}
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	res, err := c.client.Do(r)
	require.NoError(c.t, err)
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	require.NoError(c.t, err)
	var answered map[string]any
	require.NoError(c.t, json.Unmarshal(text, &answered), "%s %s answered %q", method, path, text)
	return res.StatusCode, answered
}
