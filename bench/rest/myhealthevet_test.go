package rest

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
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

// vets is a server of the shape that the API documentation of My HealtheVet's secure messaging gives: JSON:API, folders of
// threads, ids of threads that are not those of messages, and no staff side.
type vets struct {
	mu       sync.Mutex
	users    map[string]string // id by token
	messages []vetsMessage
}

type vetsMessage struct {
	id, thread            int
	patient               string // whose mailbox it is in
	sender, subject, body string
	category              string
	sent                  time.Time
	read                  bool
	files                 []string
}

func (v *vets) start(t *testing.T) string {
	t.Helper()
	mux := http.NewServeMux()
	const root = "/my_health/v1/messaging/"
	for pattern, f := range map[string]func(w http.ResponseWriter, r *http.Request, user string){
		"GET " + root + "folders":              v.folders,
		"GET " + root + "recipients":           v.recipients,
		"POST " + root + "messages":            v.send,
		"POST " + root + "messages/{id}/reply": v.send,
		"GET " + root + "folders/{id}/threads": v.threads,
		"GET " + root + "messages/{id}/thread": v.thread,
		"GET " + root + "messages/{id}":        v.message,
		"PATCH " + root + "threads/{id}/move":  v.move,
	} {
		mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) {
			v.mu.Lock()
			defer v.mu.Unlock()
			token, _ := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
			user := v.users[token]
			if user == "" || r.Header.Get("X-Key-Inflection") != "camel" {
				jsonError(w, http.StatusUnauthorized, "Not authorized")
				return
			}
			f(w, r, user)
		})
	}
	web := httptest.NewServer(mux)
	t.Cleanup(web.Close)
	return web.URL
}

func jsonError(w http.ResponseWriter, status int, detail string) {
	w.WriteHeader(status)
	_, _ = fmt.Fprintf(w, `{"errors":[{"title":"Operation failed","detail":%q,"status":"%d"}]}`, detail, status)
}

func jsonData(w http.ResponseWriter, status int, data any) {
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(map[string]any{"data": data})
}

func (v *vets) folders(w http.ResponseWriter, _ *http.Request, _ string) {
	jsonData(w, 200, []any{map[string]any{"id": "0", "type": "folders", "attributes": map[string]any{"name": "Inbox"}}})
}

func (v *vets) recipients(w http.ResponseWriter, _ *http.Request, _ string) {
	jsonData(w, 200, []any{map[string]any{"id": "4399", "type": "triage_teams", "attributes": map[string]any{"name": "Triage group 1", "relationType": "PATIENT"}}})
}

// sentMessage reads a message as JSON, or as the JSON text of a form with files.
func sentMessage(r *http.Request) (m struct{ Category, Subject, Body, RecipientID string }, files []string, err error) {
	var body struct {
		Message struct {
			Category, Subject, Body string
			RecipientID             string `json:"recipient_id"`
		}
	}
	if strings.HasPrefix(r.Header.Get("Content-Type"), "multipart/") {
		if err = r.ParseMultipartForm(1 << 20); err != nil {
			return m, nil, err
		}
		err = json.Unmarshal([]byte(r.FormValue("message")), &body.Message)
		for _, h := range r.MultipartForm.File["uploads[]"] {
			f, err := h.Open()
			if err != nil {
				return m, nil, err
			}
			content, _ := io.ReadAll(f)
			files = append(files, string(content))
		}
	} else {
		err = json.NewDecoder(r.Body).Decode(&body)
	}
	m.Category, m.Subject, m.Body, m.RecipientID = body.Message.Category, body.Message.Subject, body.Message.Body, body.Message.RecipientID
	return m, files, err
}

func (v *vets) send(w http.ResponseWriter, r *http.Request, user string) {
	m, files, err := sentMessage(r)
	made := vetsMessage{id: 7290000 + len(v.messages)*7, thread: 7260000 + len(v.messages)*3, patient: user, sender: user, subject: m.Subject,
		body: m.Body, category: m.Category, sent: time.Now(), read: true, files: files}
	status := http.StatusOK
	if id := r.PathValue("id"); id != "" {
		to := v.find(id, user)
		if to == nil {
			jsonError(w, 404, "no such message")
			return
		}
		made.thread, made.subject, status = to.thread, to.subject, http.StatusCreated
	} else if err != nil || m.RecipientID != "4399" || !slices.Contains([]string{"OTHER", "MEDICATIONS", "APPOINTMENTS", "TEST_RESULT", "EDUCATION"}, m.Category) {
		jsonError(w, http.StatusUnprocessableEntity, "Recipient or category can't be blank")
		return
	}
	v.messages = append(v.messages, made)
	jsonData(w, status, made.asData())
}

func (m *vetsMessage) asData() map[string]any {
	return map[string]any{"id": strconv.Itoa(m.id), "type": "messages", "attributes": map[string]any{"messageId": m.id, "threadId": m.thread,
		"category": m.category, "subject": m.subject, "body": m.body, "senderId": m.sender, "sentDate": m.sent.UTC().Format("2006-01-02T15:04:05.000Z")}}
}

func (v *vets) find(id, user string) *vetsMessage {
	i := slices.IndexFunc(v.messages, func(m vetsMessage) bool { return strconv.Itoa(m.id) == id && m.patient == user })
	if i < 0 {
		return nil
	}
	return &v.messages[i]
}

// threads lists a folder: 0 those with a message from the clinic, -1 those with one of the user's own.
func (v *vets) threads(w http.ResponseWriter, r *http.Request, user string) {
	size, _ := strconv.Atoi(r.URL.Query().Get("page_size"))
	number, _ := strconv.Atoi(r.URL.Query().Get("page_number"))
	rows, seen := []any{}, map[int]bool{}
	for i := len(v.messages) - 1; i >= 0; i-- {
		m := &v.messages[i]
		if m.patient != user || seen[m.thread] || (r.PathValue("id") == "0") == (m.sender == user) {
			continue
		}
		seen[m.thread] = true
		unread := slices.ContainsFunc(v.messages, func(o vetsMessage) bool { return o.thread == m.thread && !o.read })
		rows = append(rows, map[string]any{"id": strconv.Itoa(m.thread), "type": "message_threads", "attributes": map[string]any{"threadId": m.thread,
			"messageId": m.id, "subject": m.subject, "unreadMessages": unread}})
	}
	from := min((number-1)*size, len(rows))
	jsonData(w, 200, rows[from:min(from+size, len(rows))])
}

func (v *vets) thread(w http.ResponseWriter, r *http.Request, user string) {
	of := v.find(r.PathValue("id"), user)
	if of == nil {
		jsonError(w, 404, "no such message")
		return
	}
	rows := []any{}
	for i := len(v.messages) - 1; i >= 0; i-- {
		if v.messages[i].thread == of.thread {
			rows = append(rows, v.messages[i].asData())
		}
	}
	jsonData(w, 200, rows)
}

func (v *vets) message(w http.ResponseWriter, r *http.Request, user string) {
	m := v.find(r.PathValue("id"), user)
	if m == nil {
		jsonError(w, 404, "no such message")
		return
	}
	m.read = true
	jsonData(w, 200, m.asData())
}

func (v *vets) move(w http.ResponseWriter, r *http.Request, user string) {
	if r.URL.Query().Get("folder_id") != "archive-7" {
		jsonError(w, 400, "no such folder")
		return
	}
	v.messages = slices.DeleteFunc(v.messages, func(m vetsMessage) bool { return m.patient == user && strconv.Itoa(m.thread) == r.PathValue("id") })
	w.WriteHeader(http.StatusNoContent)
}

// fromClinic puts an answer into a patient's thread.
func (v *vets) fromClinic(thread, body string) {
	v.mu.Lock()
	defer v.mu.Unlock()
	for _, m := range v.messages {
		if strconv.Itoa(m.thread) == thread {
			m.id, m.sender, m.body, m.read, m.files = 7290000+len(v.messages)*7, "clinic", body, false, nil
			v.messages = append(v.messages, m)
			return
		}
	}
}

var vetsPeople = []bench.Account{{Kind: bench.PoolAccount, ID: "4399", Login: "4399", Role: "pool"},
	{Kind: bench.StaffAccount, ID: "s1", Login: "s1", Role: "rn"}, {Kind: bench.StaffAccount, ID: "s2", Login: "s2", Role: "rn"},
	{Kind: bench.PatientAccount, ID: "p1", Login: "p1", Role: "patient", Secret: "token-1"},
	{Kind: bench.PatientAccount, ID: "p2", Login: "p2", Role: "patient", Secret: "token-2"}}

func vetsPortal(t *testing.T) (*vets, *Portal) {
	t.Helper()
	t.Setenv("VA_ARCHIVE_FOLDER", "archive-7")
	v := &vets{users: map[string]string{"token-1": "p1", "token-2": "p2"}}
	src, known := Profile("va-myhealthevet")
	require.True(t, known)
	return v, adapter(t, v.start(t), nil, described(t, string(src)))
}

// The profile says nothing that is not so, on a server of the documented shape.
func TestMyHealtheVetMeansWhatItSays(t *testing.T) {
	_, p := vetsPortal(t)
	got := verified(t, p, vetsPeople)
	require.Empty(t, got.Broken())
	of := verdicts(got)
	for _, op := range []string{"auth", "recipients", "send", "thread", "attach"} {
		require.Equal(t, results.Means, of[op], "%s", op)
	}
	for _, op := range []string{"claim", "route", "label", "provision", "fetch"} {
		require.Equal(t, results.NotThere, of[op], op)
	}
}

// What verification cannot try without a staff side: answers, reading, counting, pages, files, closing.
func TestMyHealtheVetByPatients(t *testing.T) {
	v, p := vetsPortal(t)
	s := &bench.Session{Account: &vetsPeople[3]}
	require.NoError(t, p.SignIn(t.Context(), s))
	do := func(c bench.Call) bench.Answer {
		t.Helper()
		a, err := p.Do(t.Context(), s, &c)
		require.NoError(t, err)
		require.Equal(t, results.OK, a.Outcome, "%s: %s", c.Kind, a.Detail)
		return a
	}
	file := do(bench.Call{Kind: results.OpAttach, Content: []byte("a, \"b\"\x00"), MediaType: "application/pdf"})
	require.Equal(t, bench.Local, p.Capabilities().Ops[results.OpAttach])
	require.Zero(t, file.Requests)
	sent := do(bench.Call{Kind: results.OpSend, Subject: s.Account, To: &vetsPeople[0], Topic: "Refill t-1", Body: `say "ah" {{.me.id}}`, Category: "refill", Files: []string{file.Ref}})
	require.Equal(t, []string{"a, \"b\"\x00"}, v.messages[0].files)
	require.Equal(t, `say "ah" {{.me.id}}`, v.messages[0].body, "what people write is no template")
	require.Equal(t, "MEDICATIONS", v.messages[0].category)
	require.NotEqual(t, sent.Thread, sent.Message)
	require.Equal(t, 2, sent.Requests)
	require.Nil(t, p.stored(file.Ref), "what was sent is not kept")

	v.fromClinic(sent.Thread, "It is at the pharmacy.")
	require.Equal(t, 1, do(bench.Call{Kind: results.OpUnread}).Unread)
	in := do(bench.Call{Kind: results.OpInbox, Unread: true})
	require.Equal(t, []bench.Listed{{Thread: sent.Thread, Topic: "Refill t-1", Unread: true}}, in.Items)
	thread := do(bench.Call{Kind: results.OpThread, Thread: sent.Thread})
	require.Len(t, thread.Messages, 2)
	require.Equal(t, "p1", thread.Messages[0].Sender, "the oldest comes first")
	require.Equal(t, "It is at the pharmacy.", thread.Messages[1].Body)
	require.False(t, thread.Messages[1].Sent.IsZero())
	do(bench.Call{Kind: results.OpRead, Thread: sent.Thread, Message: thread.Messages[1].Message})
	require.Zero(t, do(bench.Call{Kind: results.OpUnread}).Unread)
	reply := do(bench.Call{Kind: results.OpReply, Thread: sent.Thread, Message: thread.Messages[1].Message, Topic: "Refill t-1", Body: "Thanks"})
	require.Len(t, do(bench.Call{Kind: results.OpThread, Thread: sent.Thread}).Messages, 3)
	require.NotEmpty(t, reply.Message)

	for i := range 6 {
		one := do(bench.Call{Kind: results.OpSend, Subject: s.Account, To: &vetsPeople[0], Topic: fmt.Sprint("T ", i), Body: "b", Category: "other"})
		v.fromClinic(one.Thread, "yes")
	}
	seen, c := map[string]int{}, bench.Call{Kind: results.OpInbox, Limit: 2}
	for range 5 {
		a := do(c)
		for _, row := range a.Items {
			seen[row.Thread]++
		}
		if c.Cursor = a.Next; c.Cursor == "" {
			break
		}
	}
	require.Len(t, seen, 7, "small pages show all, once each")
	do(bench.Call{Kind: results.OpClose, Thread: sent.Thread})
	a, err := p.Do(t.Context(), s, &bench.Call{Kind: results.OpThread, Thread: sent.Thread})
	require.NoError(t, err)
	require.Equal(t, results.NotFound, a.Outcome, a.Detail)
}

// What the server says goes into the detail, and what was refused has its outcome.
func TestMyHealtheVetRefusals(t *testing.T) {
	_, p := vetsPortal(t)
	s := &bench.Session{Account: &vetsPeople[3]}
	require.NoError(t, p.SignIn(t.Context(), s))
	a, err := p.Do(t.Context(), s, &bench.Call{Kind: results.OpSend, Subject: s.Account, To: &vetsPeople[1], Topic: "t", Body: "b", Category: "advice"})
	require.NoError(t, err)
	require.Equal(t, results.Invalid, a.Outcome)
	require.Equal(t, 422, a.Status)
	require.Equal(t, "POST messages: Recipient or category can't be blank", a.Detail)
	a, err = p.Do(t.Context(), s, &bench.Call{Kind: results.OpClaim, Item: "1"})
	require.NoError(t, err)
	require.Contains(t, a.Detail, "has no claim for patient")
	var refusal *bench.Refusal
	err = p.SignIn(t.Context(), &bench.Session{Account: &bench.Account{Kind: bench.PatientAccount, Secret: "wr0ng"}})
	require.ErrorAs(t, err, &refusal)
	require.Equal(t, results.Denied, refusal.Outcome)
	require.NotContains(t, err.Error(), "wr0ng")
}
