package rest

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/portalbench/portalbench/bench"
	"github.com/portalbench/portalbench/results"
)

// emr is a server of the shape that OpenEMR's source gives: a portal whose sign-in answers with redirects, whose forms need
// what stands in a page, and whose mail is rows, one for each who has a copy; and a REST API with tokens for staff.
type emr struct {
	mu       sync.Mutex
	users    map[string]string // secret by login
	sessions map[string]string // login by cookie
	rows     []emrRow
	pnotes   map[string]map[string]string // by pid/mid
	signIns  int
	slow     int // how many looks at what was sent show nothing yet
}

type emrRow struct {
	ID        int    `json:"id"`
	Owner     string `json:"owner"`
	Chain     int    `json:"mail_chain"`
	Type      string `json:"type"`
	Title     string `json:"title"`
	Body      string `json:"body"`
	Sender    string `json:"sender_id"`
	Recipient string `json:"recipient_id"`
	Status    string `json:"message_status"`
	Date      string `json:"date"`
}

const emrCSRF = "8f1c0b" // of every session

func (e *emr) start(t *testing.T) string {
	t.Helper()
	e.sessions, e.pnotes = map[string]string{}, map[string]map[string]string{}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /portal/index.php", func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("<form>")) })
	mux.HandleFunc("POST /portal/get_patient_info.php", e.enter)
	mux.HandleFunc("GET /portal/messaging/messages.php", e.page)
	mux.HandleFunc("POST /portal/messaging/handle_note.php", e.note)
	mux.HandleFunc("POST /oauth2/default/token", e.token)
	mux.HandleFunc("POST /apis/default/api/patient/{pid}/message", e.pnote)
	mux.HandleFunc("PUT /apis/default/api/patient/{pid}/message/{mid}", e.pnote)
	web := httptest.NewServer(mux)
	t.Cleanup(web.Close)
	return web.URL
}

func (e *emr) enter(w http.ResponseWriter, r *http.Request) {
	e.mu.Lock()
	defer e.mu.Unlock()
	login := r.FormValue("uname")
	if e.users[login] == "" || e.users[login] != r.FormValue("pass") || r.URL.Query().Get("site") != "default" {
		w.Header().Set("Location", "index.php?site=default&w=invalid")
		w.WriteHeader(http.StatusFound)
		return
	}
	e.signIns++
	cookie := fmt.Sprintf("c%d", e.signIns)
	e.sessions[cookie] = login
	http.SetCookie(w, &http.Cookie{Name: "PortalOpenEMR", Value: cookie, Path: "/"})
	w.Header().Set("Location", "./home.php")
	w.WriteHeader(http.StatusFound)
}

func (e *emr) who(r *http.Request) string {
	c, err := r.Cookie("PortalOpenEMR")
	if err != nil {
		return ""
	}
	return e.sessions[c.Value]
}

func (e *emr) page(w http.ResponseWriter, r *http.Request) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.who(r) == "" {
		http.Redirect(w, r, "/portal/index.php", http.StatusFound)
		return
	}
	_, _ = fmt.Fprintf(w, "<html><script>\n$scope.csrf = \"%s\";\n</script></html>", emrCSRF)
}

// note is the portal's one endpoint for mail. It answers 200 whatever happened.
func (e *emr) note(w http.ResponseWriter, r *http.Request) {
	e.mu.Lock()
	defer e.mu.Unlock()
	me := e.who(r)
	if me == "" || r.FormValue("csrf_token_form") != emrCSRF {
		_, _ = w.Write([]byte("illegal Action"))
		return
	}
	if want := r.FormValue("sender_id"); want != "" && want != me {
		_, _ = w.Write([]byte("illegal Action"))
		return
	}
	switch task := r.FormValue("task"); task {
	case "add":
		e.mail(0, me, r.FormValue("recipient_id"), r.FormValue("title"), r.FormValue("inputBody"))
	case "reply":
		chain, _ := strconv.Atoi(r.FormValue("noteid"))
		e.mail(chain, me, "clinic", r.FormValue("title"), r.FormValue("inputBody"))
	case "setread":
		for i := range e.rows {
			if strconv.Itoa(e.rows[i].ID) == r.FormValue("noteid") && e.rows[i].Owner == me {
				e.rows[i].Status = "Read"
			}
		}
	default:
		e.list(w, task, me)
		return
	}
	_, _ = w.Write([]byte("ok\n"))
}

// mail makes a row for each who has a copy.
func (e *emr) mail(chain int, from, to, title, body string) {
	id := 100 + len(e.rows)
	if chain == 0 {
		chain = id
	}
	for i, owner := range []string{from, to} {
		status := "Sent"
		if owner == to {
			status = "New"
		}
		e.rows = append(e.rows, emrRow{id + i, owner, chain, "Message", title, body, from, to, status, time.Now().UTC().Format("2006-01-02 15:04:05")})
	}
}

func (e *emr) list(w http.ResponseWriter, task, me string) {
	rows := []emrRow{{ID: 1, Owner: me, Type: "Notification", Title: "Welcome", Status: "New"}}
	if e.slow > 0 && task == "getsent" {
		e.slow--
		_ = json.NewEncoder(w).Encode(rows)
		return
	}
	for _, row := range e.rows {
		if row.Owner == me && (task == "getall" || task == "getsent" && row.Sender == me || task == "getinbox" && row.Recipient == me) {
			rows = append(rows, row)
		}
	}
	_ = json.NewEncoder(w).Encode(rows)
}

func (e *emr) token(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	if r.FormValue("grant_type") != "password" || r.FormValue("username") != "drsmith" || r.FormValue("password") != "pw" {
		w.WriteHeader(http.StatusUnauthorized)
		_, _ = w.Write([]byte(`{"error":"invalid_grant"}`))
		return
	}
	_, _ = w.Write([]byte(`{"access_token":"staff-token","token_type":"Bearer","expires_in":60}`))
}

func (e *emr) pnote(w http.ResponseWriter, r *http.Request) {
	e.mu.Lock()
	defer e.mu.Unlock()
	var body map[string]string
	if r.Header.Get("Authorization") != "Bearer staff-token" {
		w.WriteHeader(http.StatusUnauthorized)
		return
	}
	if json.NewDecoder(r.Body).Decode(&body) != nil || body["to"] == "" || body["title"] == "" {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	mid, pid := r.PathValue("mid"), r.PathValue("pid")
	if mid == "" {
		mid = strconv.Itoa(900 + len(e.pnotes))
		w.WriteHeader(http.StatusCreated)
	} else if e.pnotes[pid+"/"+mid] == nil {
		w.WriteHeader(http.StatusNotFound)
		return
	}
	e.pnotes[pid+"/"+mid] = body
	_, _ = fmt.Fprintf(w, `{"mid":%s}`, mid)
}

var emrPeople = []bench.Account{{Kind: bench.PoolAccount, ID: "nurses", Login: "nurses", Role: "pool"},
	{Kind: bench.StaffAccount, ID: "n1", Login: "n1", Role: "rn"}, {Kind: bench.StaffAccount, ID: "n2", Login: "n2", Role: "rn"},
	{Kind: bench.PatientAccount, ID: "17", Login: "phil", Role: "patient", Secret: "pass-17"},
	{Kind: bench.PatientAccount, ID: "18", Login: "susan", Role: "patient", Secret: "pass-18"}}

func emrPortal(t *testing.T, e *emr) *Portal {
	t.Helper()
	e.users = map[string]string{"phil": "pass-17", "susan": "pass-18"}
	url := e.start(t)
	src, _ := Profile("openemr")
	quick := strings.NewReplacer("max_per_minute: 60 ", "max_per_minute: 60000", "every: 500ms, within: 10s", "every: 5ms, within: 100ms").Replace(string(src))
	d, err := Read("openemr.yaml", []byte(quick), Lookup(os.Getenv))
	require.NoError(t, err)
	auth, err := bench.ReadAuth("auth.yaml", []byte("staff:\n  kind: password\n  client_id: c\n  login: drsmith\n  secret: pw\n  token_url: "+url+"/oauth2/default/token\n"))
	require.NoError(t, err)
	client := bench.NewClient(bench.ClientConfig{})
	t.Cleanup(client.CloseIdle)
	keys, err := bench.NewKeyring(client.HTTP, auth)
	require.NoError(t, err)
	return NewPortal(client.HTTP, url, keys, bench.Account{Kind: bench.AdminAccount}, d, time.Now)
}

// The profile says nothing that is not so, on a server of the shape of the source.
func TestOpenEMRMeansWhatItSays(t *testing.T) {
	e := &emr{slow: 2}
	p := emrPortal(t, e)
	got := verified(t, p, emrPeople)
	require.Empty(t, got.Broken())
	of := verdicts(got)
	for _, op := range []string{"auth", "send", "thread", "route", "close"} {
		require.Equal(t, results.Means, of[op], "%s", op)
	}
	for _, op := range []string{"claim", "label", "provision", "attach"} {
		require.Equal(t, results.NotThere, of[op], op)
	}
	require.Len(t, e.pnotes, 1, "what staff work on was made with the message")
	for _, note := range e.pnotes {
		require.Equal(t, "Done", note["message_status"])
	}
}

func TestOpenEMRByPatients(t *testing.T) {
	e := &emr{}
	p := emrPortal(t, e)
	s := &bench.Session{Account: &emrPeople[3]}
	require.NoError(t, p.SignIn(t.Context(), s))
	require.Equal(t, emrCSRF, s.Vars["csrf"])
	require.WithinDuration(t, time.Now().Add(20*time.Minute), s.Expires, time.Minute)
	do := func(c bench.Call) bench.Answer {
		t.Helper()
		a, err := p.Do(t.Context(), s, &c)
		require.NoError(t, err)
		require.Equal(t, results.OK, a.Outcome, "%s: %s", c.Kind, a.Detail)
		return a
	}
	sent := do(bench.Call{Kind: results.OpSend, Subject: s.Account, To: &emrPeople[0], Topic: "Cough t-1", Body: "It hurts.", Tag: "t-1"})
	require.Equal(t, "900", sent.Item)
	e.mail(100, "nurses", "phil", "Cough t-1", "Come at nine.")
	require.Equal(t, 1, do(bench.Call{Kind: results.OpUnread}).Unread, "a notification is no message")
	in := do(bench.Call{Kind: results.OpInbox, Limit: 1})
	require.Equal(t, []bench.Listed{{Thread: sent.Thread, Topic: "Cough t-1", Unread: true}}, in.Items)
	thread := do(bench.Call{Kind: results.OpThread, Thread: sent.Thread})
	require.Len(t, thread.Messages, 2)
	require.False(t, thread.Messages[0].Sent.IsZero())
	do(bench.Call{Kind: results.OpRead, Message: thread.Messages[1].Message})
	require.Zero(t, do(bench.Call{Kind: results.OpUnread}).Unread)
	reply := do(bench.Call{Kind: results.OpReply, Thread: sent.Thread, Message: thread.Messages[1].Message, Topic: "Cough t-1", Body: "is a text that begins like a condition"})
	require.True(t, slices.ContainsFunc(e.rows, func(r emrRow) bool { return strconv.Itoa(r.ID) == reply.Message }))

	e.slow = 1000 // what was sent does not show
	a, err := p.Do(t.Context(), s, &bench.Call{Kind: results.OpSend, Subject: s.Account, To: &emrPeople[0], Topic: "T t-2", Body: "bb", Tag: "t-2"})
	require.NoError(t, err)
	require.Equal(t, results.Pending, a.Outcome)
	require.Equal(t, "portal getsent: not there within 100ms", a.Detail)
	a, err = p.Do(t.Context(), s, &bench.Call{Kind: results.OpSend, Subject: s.Account, To: &emrPeople[0], Topic: "T t-3", Body: strings.Repeat("x", 65536), Tag: "t-3"})
	require.NoError(t, err)
	require.Equal(t, results.Invalid, a.Outcome)
	require.Zero(t, a.Requests, "what the portal does not take is not sent")
}

// Somebody whose session has ended is signed in again, once, and asks again; nobody else is.
func TestOpenEMRSessionsEnd(t *testing.T) {
	e := &emr{}
	p := emrPortal(t, e)
	s := &bench.Session{Account: &emrPeople[3]}
	require.NoError(t, p.SignIn(t.Context(), s))
	clear(e.sessions)
	a, err := p.Do(t.Context(), s, &bench.Call{Kind: results.OpInbox})
	require.NoError(t, err)
	require.Equal(t, results.OK, a.Outcome, a.Detail)
	require.Equal(t, 2, e.signIns)

	clear(e.sessions)
	e.users["phil"] = "another"
	a, err = p.Do(t.Context(), s, &bench.Call{Kind: results.OpInbox})
	require.NoError(t, err)
	require.Equal(t, results.Denied, a.Outcome)
	require.Equal(t, 2, e.signIns)

	e.users["phil"] = "pass-17"
	require.NoError(t, p.SignIn(t.Context(), s))
	s.Vars["csrf"] = "old"
	p.about.roles[isPatient].signIn.text = nil
	a, err = p.Do(t.Context(), s, &bench.Call{Kind: results.OpInbox})
	require.NoError(t, err)
	require.Equal(t, results.Denied, a.Outcome, "illegal Action is no list, though its status is 200")
	a, err = p.Do(t.Context(), s, &bench.Call{Kind: results.OpRead, Message: "5"})
	require.NoError(t, err)
	require.Equal(t, results.Denied, a.Outcome)
}
