package main

import (
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/rogpeppe/go-internal/testscript"
)

type object = map[string]any

// fhirServer is a small FHIR R4 server in memory, open or behind an authorization server of its own, and wanting in one
// way or another. Whatever it refuses it repeats, with everything it was sent: servers have been seen to.
type fhirServer struct {
	readOnly bool
	noTask   bool
	asks     string // for what requests must bring: nothing, "token", "basic" or "cookie"
	good     int    // requests that a token is good for; 0: any number
	ends     bool   // all tokens are over, and no more are given, once somebody counts their unread messages, as is done on the clock alone

	mu     sync.Mutex
	closed bool // to everybody
	denies bool // nobody may count their unread messages
	last   int
	store  map[string]object
	order  []string
	tokens map[string]int // requests made with each
	given  int
	over   bool
}

// The accounts of a guarded server.
const (
	rightSecret = "r1ght-5ecret"
	rightLogin  = "bench"
)

// serveFHIR starts a server until the script ends: fhirserver KIND PORT. The kinds are open, readonly, notask, guarded (asks
// for a token), forgetful (whose tokens are over after 150 requests) and unforgiving (whose tokens are over in the middle of a
// run, and which then gives no other).
func serveFHIR(ts *testscript.TestScript, neg bool, args []string) {
	kinds := map[string]*fhirServer{"open": {}, "readonly": {readOnly: true}, "notask": {noTask: true}, "guarded": {asks: "token"},
		"forgetful": {asks: "token", good: 150}, "unforgiving": {asks: "token", ends: true}}
	if neg || len(args) != 2 || kinds[args[0]] == nil {
		ts.Fatalf("usage: fhirserver KIND PORT")
	}
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	ts.Check(err)
	_, port, err := net.SplitHostPort(ln.Addr().String())
	ts.Check(err)
	ts.Setenv(args[1], port)
	serveUntilEnd(ts, ln, kinds[args[0]])
}

func (s *fhirServer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.store == nil {
		s.store, s.tokens = map[string]object{}, map[string]int{}
	}
	switch {
	case s.closed:
		s.refuse(w, r, http.StatusForbidden)
	case r.URL.Path == "/token":
		s.token(w, r)
	case r.URL.Path == "/login":
		s.login(w, r)
	case r.URL.Path == "/fhir/.well-known/smart-configuration":
		reply(w, http.StatusOK, object{"token_endpoint": "http://" + r.Host + "/token"})
	case r.URL.Path == "/fhir/metadata":
		reply(w, http.StatusOK, s.statement())
	case !s.knows(r):
		s.refuse(w, r, http.StatusUnauthorized)
	default:
		s.serve(w, r, strings.Trim(strings.TrimPrefix(r.URL.Path, "/fhir"), "/"))
	}
}

func reply(w http.ResponseWriter, status int, o object) {
	w.Header().Set("Content-Type", "application/fhir+json")
	if m, ok := o["meta"].(object); ok {
		w.Header().Set("ETag", fmt.Sprintf(`W/"%v"`, m["versionId"]))
	}
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(o)
}

// refuse answers with everything that was sent.
func (s *fhirServer) refuse(w http.ResponseWriter, r *http.Request, status int) {
	said := fmt.Sprintf("not you: Authorization: %s; Cookie: %s; X-Gateway: %s; form %v", r.Header.Get("Authorization"), r.Header.Get("Cookie"),
		r.Header.Get("X-Gateway"), r.Form)
	reply(w, status, object{"resourceType": "OperationOutcome", "error": "invalid_client", "error_description": said,
		"issue": []any{object{"severity": "error", "code": "login", "diagnostics": said}}})
}

// token is the token endpoint.
func (s *fhirServer) token(w http.ResponseWriter, r *http.Request) {
	_ = r.ParseForm()
	client, secret, _ := r.BasicAuth()
	right := client == rightLogin && secret == rightSecret || r.Form.Get("username") == rightLogin && r.Form.Get("password") == rightSecret
	if !right || s.over {
		s.refuse(w, r, http.StatusUnauthorized)
		return
	}
	s.given++
	token := fmt.Sprintf("t0ken-%d-%s", s.given, rightSecret)
	s.tokens[token] = 0
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(object{"access_token": token, "token_type": "bearer", "expires_in": 3600})
}

// login is a page with a form, and gives a cookie.
func (s *fhirServer) login(w http.ResponseWriter, r *http.Request) {
	if r.Method == http.MethodPost && r.FormValue("who") == rightLogin && r.FormValue("word") == rightSecret {
		http.SetCookie(w, &http.Cookie{Name: "sid", Value: "c00kie-" + rightSecret, Path: "/"})
		fmt.Fprint(w, "<p>Welcome")
		return
	}
	fmt.Fprintf(w, `<p>%v</p><form method="post"><input name="who"><input name="word" type="password"></form>`, r.Form)
}

// knows reports whether a request brings what is asked for.
func (s *fhirServer) knows(r *http.Request) bool {
	switch s.asks {
	case "token":
		token := strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")
		used, known := s.tokens[token]
		s.tokens[token] = used + 1
		counts := r.URL.Query().Get("_summary") == "count" && len(s.store) > 0 // before there is anything, what the server can do is found out
		s.over = s.over || s.ends && counts
		if !known || s.over || s.good > 0 && used >= s.good {
			delete(s.tokens, token)
			return false
		}
	case "basic":
		login, password, _ := r.BasicAuth()
		return login == rightLogin && password == rightSecret
	case "bearer":
		return r.Header.Get("Authorization") == "Bearer "+rightSecret
	case "cookie":
		c, err := r.Cookie("sid")
		return err == nil && c.Value == "c00kie-"+rightSecret
	}
	return true
}

func (s *fhirServer) statement() object {
	var list []any
	for _, kind := range []string{"Patient", "Practitioner", "RelatedPerson", "CareTeam", "Communication", "Task", "Binary", "Observation"} {
		codes := []any{object{"code": "read"}, object{"code": "search-type"}}
		if !s.readOnly {
			codes = append(codes, object{"code": "create"}, object{"code": "update"})
		}
		if kind != "Task" || !s.noTask {
			list = append(list, object{"type": kind, "interaction": codes})
		}
	}
	whole := []any{object{"code": "search-system"}}
	if !s.readOnly {
		whole = append(whole, object{"code": "transaction"})
	}
	return object{"resourceType": "CapabilityStatement", "fhirVersion": "4.0.1", "software": object{"name": "Wanting"},
		"rest": []any{object{"mode": "server", "interaction": whole, "resource": list}}}
}

func (s *fhirServer) serve(w http.ResponseWriter, r *http.Request, path string) {
	var body object
	_ = json.NewDecoder(r.Body).Decode(&body)
	kind, _, isOne := strings.Cut(path, "/")
	wanted := strings.Trim(strings.TrimPrefix(r.Header.Get("If-Match"), "W/"), `"`)
	switch old := s.store[path]; {
	case s.denies && r.URL.Query().Get("_summary") == "count":
		s.refuse(w, r, http.StatusForbidden)
	case s.readOnly && r.Method != http.MethodGet, s.noTask && kind == "Task":
		s.refuse(w, r, http.StatusForbidden)
	case path == "" && r.Method == http.MethodPost:
		reply(w, http.StatusOK, s.transaction(body))
	case r.Method == http.MethodPost:
		reply(w, http.StatusCreated, s.keep(kind, "", body))
	case !isOne:
		reply(w, http.StatusOK, s.search(kind, r.URL.Query()))
	case old == nil:
		s.refuse(w, r, http.StatusNotFound)
	case r.Method == http.MethodGet:
		reply(w, http.StatusOK, old)
	case wanted != "" && wanted != old["meta"].(object)["versionId"]:
		s.refuse(w, r, http.StatusPreconditionFailed)
	default:
		reply(w, http.StatusOK, s.keep(kind, path, body))
	}
}

// keep stores a resource, a new one or the next version of one.
func (s *fhirServer) keep(kind, ref string, o object) object {
	if ref == "" {
		s.last++
		ref = fmt.Sprintf("%s/x%d", kind, s.last)
		s.order = append(s.order, ref)
	}
	next := 1
	if old := s.store[ref]; old != nil {
		next, _ = strconv.Atoi(old["meta"].(object)["versionId"].(string))
		next++
	}
	_, id, _ := strings.Cut(ref, "/")
	o["resourceType"], o["id"], o["meta"] = kind, id, object{"versionId": strconv.Itoa(next)}
	s.store[ref] = o
	return o
}

// transaction makes its entries, which may name those before them.
func (s *fhirServer) transaction(b object) object {
	names, out := []string{}, []any{}
	entries, _ := b["entry"].([]any)
	for _, raw := range entries {
		e := raw.(object)
		text, _ := json.Marshal(e["resource"])
		var o object
		_ = json.Unmarshal([]byte(strings.NewReplacer(names...).Replace(string(text))), &o)
		kind := e["request"].(object)["url"].(string)
		made := s.keep(kind, "", o)
		ref := fmt.Sprintf("%s/%s", kind, made["id"])
		if full, _ := e["fullUrl"].(string); full != "" {
			names = append(names, full, ref)
		}
		out = append(out, object{"response": object{"status": "201 Created", "location": ref + "/_history/1"}})
	}
	return object{"resourceType": "Bundle", "type": "transaction-response", "entry": out}
}

// search finds by any parameter whose member holds one of its values. All is on one page.
func (s *fhirServer) search(kind string, q url.Values) object {
	found := []any{}
	for _, ref := range s.order {
		if o := s.store[ref]; strings.HasPrefix(ref, kind+"/") && matchesAll(o, q) {
			found = append(found, object{"resource": o, "search": object{"mode": "match"}})
		}
	}
	b := object{"resourceType": "Bundle", "type": "searchset", "total": len(found)}
	if q.Get("_summary") != "count" {
		b["entry"] = found
	}
	return b
}

func matchesAll(o object, q url.Values) bool {
	for parameter, values := range q {
		if strings.HasPrefix(parameter, "_") {
			continue
		}
		member := map[string]string{"part-of": "partOf", "performer": "performerType"}[parameter]
		if member == "" {
			member = parameter
		}
		text, _ := json.Marshal(o[member])
		one := func(v string) bool {
			return !slices.ContainsFunc(strings.Split(v, "|"), func(part string) bool { return !strings.Contains(string(text), `"`+part+`"`) })
		}
		if !slices.ContainsFunc(strings.Split(values[0], ","), one) {
			return false
		}
	}
	return true
}
