package fhir

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/portalbench/portalbench/bench"
)

type object = map[string]any

// server is a small FHIR R4 server in memory: what of the specification the adapter relies on, and the ways in which
// real servers differ. It knows nothing of the adapter's resources but the search parameters.
type server struct {
	absolute bool                                              // locations are absolute and end in a version
	page     int                                               // rows of a page at most; 0: as many as asked for
	without  []string                                          // resource types that it does not have
	cannot   []string                                          // interactions that it says it cannot, such as transaction and patch
	silent   bool                                              // creations are answered without a body
	most     int                                               // entries of a transaction; 0: any number
	oneByOne bool                                              // a list of values is one long value
	blind    []string                                          // search parameters that it takes and does not look at
	noTags   bool                                              // it does not look for tags
	rawFiles bool                                              // Binary is taken and given as it is, and not as a resource
	spoil    func(w http.ResponseWriter, r *http.Request) bool // answers in place of the server
	habits

	// around answers in place of the server, which it may ask itself.
	around func(next http.Handler, w http.ResponseWriter, r *http.Request)

	mu    sync.Mutex
	last  int
	store map[string]object // by reference
	order []string
	web   *httptest.Server
}

func (s *server) start(t *testing.T) *Portal {
	t.Helper()
	s.store = map[string]object{}
	s.web = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if s.around == nil {
			s.ServeHTTP(w, r)
		} else {
			s.around(s, w, r)
		}
	}))
	t.Cleanup(s.web.Close)
	client := bench.NewClient(bench.ClientConfig{})
	t.Cleanup(client.CloseIdle)
	p := NewPortal(client.HTTP, s.web.URL+"/fhir", nil, time.Now)
	return p
}

func (s *server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.spoil != nil && s.spoil(w, r) {
		return
	}
	s.asked = r.Header.Get("Prefer") == "return=representation"
	path := strings.Trim(strings.TrimPrefix(r.URL.Path, "/fhir"), "/")
	var body any
	content, _ := io.ReadAll(r.Body)
	_ = json.Unmarshal(content, &body)
	ifMatch := plainVersion(r.Header.Get("If-Match"))
	status, out := http.StatusNotFound, any(outcome("not-found", "no such thing"))
	kind, _, isOne := strings.Cut(path, "/")
	if why := s.refuses(r, path, body); why != 0 {
		s.answer(w, why, outcome("processing", "refused: "+string(content)))
		return
	}
	switch {
	case path == "metadata":
		status, out = http.StatusOK, s.statement()
	case path == "" && slices.Contains(s.cannot, "transaction") && !s.batches, r.Method == http.MethodPatch && slices.Contains(s.cannot, "patch"):
		status, out = http.StatusMethodNotAllowed, outcome("not-supported", "not here")
	case path == "" && s.most > 0 && len(body.(object)["entry"].([]any)) > s.most:
		status, out = http.StatusRequestEntityTooLarge, outcome("too-costly", "too many entries")
	case kind == "Binary" && s.rawFiles:
		s.file(w, r, path, content)
		return
	case path == "" && r.Method == http.MethodPost:
		if status, out = s.transaction(body.(object)); s.batches {
			out.(object)["type"] = "batch-response"
		}
	case slices.Contains(s.without, kind):
	case r.Method == http.MethodPost:
		status, out = s.create(kind, body.(object), r.Header.Get("If-None-Exist"))
	case r.Method == http.MethodGet && !isOne:
		status, out = http.StatusOK, s.search(kind, r.URL.Query())
	case s.store[path] == nil:
	case r.Method == http.MethodGet:
		status, out = http.StatusOK, s.store[path]
	case s.versions != "ignored" && ifMatch != "" && ifMatch != version(s.store[path]):
		status, out = http.StatusPreconditionFailed, outcome("conflict", "it has changed")
	case r.Method == http.MethodDelete:
		delete(s.store, path)
		status, out = http.StatusOK, outcome("informational", "gone")
	case r.Method == http.MethodPut:
		status, out = http.StatusOK, s.keep(path, body.(object))
	case r.Method == http.MethodPatch:
		status, out = s.patch(path, body.([]any))
	}
	s.answer(w, status, out)
}

func (s *server) answer(w http.ResponseWriter, status int, out any) {
	w.Header().Set("Content-Type", jsonType+"; charset=utf-8")
	if o, ok := out.(object); ok && o["id"] != nil && !s.nameless {
		if s.versions != "none" {
			w.Header().Set("ETag", s.etag(o))
		}
		w.Header().Set("Location", s.location(o))
	}
	if s.xmlErrors && status >= 400 {
		s.answerXML(w, status, out.(object))
		return
	}
	w.WriteHeader(status)
	if !s.silent && (!s.nameless || s.asked) || status != http.StatusCreated {
		_ = json.NewEncoder(w).Encode(s.shown(out))
	}
}

// file takes and gives a Binary as the bytes it is.
func (s *server) file(w http.ResponseWriter, r *http.Request, path string, content []byte) {
	switch {
	case r.Method == http.MethodGet && s.strictFiles && r.Header.Get("Accept") != "*/*":
		s.answer(w, http.StatusNotAcceptable, outcome("not-supported", "files are not FHIR"))
	case r.Method == http.MethodGet:
		text, _ := base64.StdEncoding.DecodeString(s.store[path]["data"].(string))
		_, _ = w.Write(text)
	case r.Header.Get("Content-Type") == jsonType:
		s.answer(w, http.StatusUnsupportedMediaType, outcome("not-supported", "send the file itself"))
	default:
		status, out := s.create("Binary", object{"data": base64.StdEncoding.EncodeToString(content)}, "")
		s.answer(w, status, out)
	}
}

func outcome(code, text string) object {
	return object{"resourceType": "OperationOutcome", "issue": []any{object{"severity": "error", "code": code, "diagnostics": text}}}
}

func version(o object) string { return o["meta"].(object)["versionId"].(string) }

func (s *server) location(o object) string {
	ref := fmt.Sprintf("%s/%s", o["resourceType"], o["id"])
	if s.absolute {
		return s.web.URL + "/fhir/" + ref + "/_history/" + version(o)
	}
	return ref
}

func (s *server) statement() object {
	var list []any
	for _, kind := range []string{"Patient", "Practitioner", "RelatedPerson", "CareTeam", "Group", "Communication", "Task", "Binary", "Observation"} {
		var can []any
		for _, code := range []string{"create", "read", "update", "patch", "delete", "search-type"} {
			if !slices.Contains(s.cannot, code) {
				can = append(can, object{"code": code})
			}
		}
		if !slices.Contains(s.without, kind) {
			if s.saysLittle {
				can = nil
			}
			list = append(list, object{"type": kind, "interaction": can, "conditionalCreate": s.conditions > 0})
		}
	}
	var whole []any
	for _, code := range []string{"transaction", "search-system", "batch"} {
		if code == "batch" && !s.batches {
			continue
		}
		if !slices.Contains(s.cannot, code) {
			whole = append(whole, object{"code": code})
		}
	}
	if s.saysLittle {
		whole = nil
	}
	return object{"resourceType": "CapabilityStatement", "fhirVersion": "4.0.1", "software": object{"name": "Small", "version": "1"},
		"rest": []any{object{"mode": "server", "interaction": whole, "resource": list}}}
}

// keep stores a resource under a reference, as its next version.
func (s *server) keep(ref string, o object) object {
	next := 1
	if old := s.store[ref]; old != nil {
		next, _ = strconv.Atoi(version(old))
		next++
	} else {
		s.order = append(s.order, ref)
	}
	kind, id, _ := strings.Cut(ref, "/")
	meta, _ := o["meta"].(object)
	if meta == nil {
		meta = object{}
	}
	meta["versionId"] = strconv.Itoa(next)
	o["resourceType"], o["id"], o["meta"] = kind, id, meta
	s.store[ref] = o
	return o
}

func (s *server) create(kind string, o object, unless string) (int, any) {
	if unless != "" {
		q, _ := url.ParseQuery(unless)
		if found := s.find(kind, q, true); len(found) > 0 {
			return http.StatusOK, found[0]
		}
	}
	s.last++
	return http.StatusCreated, s.keep(fmt.Sprintf("%s/x%d", kind, s.last), o)
}

// transaction makes all entries, and then puts references in the place of the names they had.
func (s *server) transaction(b object) (int, any) {
	var made []object
	names, out := []string{}, []any{}
	for _, raw := range b["entry"].([]any) {
		e := raw.(object)
		q := e["request"].(object)
		if ref := q["url"].(string); q["method"] == http.MethodDelete {
			status := "204"
			if s.store[ref] == nil {
				status = "404"
			}
			delete(s.store, ref)
			out = append(out, object{"response": object{"status": status}})
			continue
		}
		unless, _ := q["ifNoneExist"].(string)
		status, got := s.create(q["url"].(string), e["resource"].(object), unless)
		o := got.(object)
		made = append(made, o)
		if full, _ := e["fullUrl"].(string); full != "" {
			names = append(names, full, fmt.Sprintf("%s/%s", o["resourceType"], o["id"]))
		}
		answer := object{"status": fmt.Sprintf("%d whatever", status), "location": s.location(o), "etag": s.etag(o)}
		if s.versions == "none" {
			delete(answer, "etag")
		}
		if s.nameless {
			answer = object{"status": "201"}
		}
		if out = append(out, object{"response": answer}); s.nameless && s.asked {
			out[len(out)-1].(object)["resource"] = o
		}
	}
	if s.names == "kept" {
		names = nil
	}
	for _, o := range made {
		text, _ := json.Marshal(o)
		var again object
		_ = json.Unmarshal([]byte(strings.NewReplacer(names...).Replace(string(text))), &again)
		s.store[fmt.Sprintf("%s/%s", o["resourceType"], o["id"])] = again
	}
	return http.StatusOK, object{"resourceType": "Bundle", "type": "transaction-response", "entry": out}
}

func (s *server) patch(ref string, changes []any) (int, any) {
	text, _ := json.Marshal(s.store[ref])
	var o object
	_ = json.Unmarshal(text, &o)
	for _, raw := range changes {
		c := raw.(object)
		member := strings.TrimPrefix(c["path"].(string), "/")
		if c["op"] == "replace" && o[member] == nil {
			return http.StatusUnprocessableEntity, outcome("processing", "nothing to replace at "+member)
		}
		o[member] = c["value"]
	}
	return http.StatusOK, s.keep(ref, o)
}

// search answers with a page and the address of the next one.
func (s *server) search(kind string, q url.Values) object {
	found := s.find(kind, q, false)
	b := object{"resourceType": "Bundle", "type": "searchset"}
	if q.Get("_summary") == "count" && !s.countless {
		b["total"] = len(found)
		return b
	}
	from, _ := strconv.Atoi(q.Get("from"))
	most, _ := strconv.Atoi(q.Get("_count"))
	if s.page > 0 {
		most = min(most, s.page)
	}
	until := min(len(found), from+most)
	var entries []any
	for _, o := range found[from:until] {
		entries = append(entries, object{"resource": o, "search": object{"mode": "match"}})
	}
	b["entry"] = entries
	if until < len(found) {
		q.Set("from", strconv.Itoa(until))
		b["link"] = []any{object{"relation": "next", "url": s.link(kind, q.Encode())}}
	}
	return b
}

func (s *server) find(kind string, q url.Values, fresh bool) (found []object) {
	for _, ref := range s.order {
		o := s.store[ref]
		if tag := q.Get("_tag"); o == nil || tag != "" && !s.noTags && !tagged(o, tag) || s.stale && !fresh && q.Has("identifier") {
			continue
		}
		if o["resourceType"] == kind && !slices.ContainsFunc(parameters(q), func(p string) bool { return !s.matching(o, p, q.Get(p)) }) {
			found = append(found, o)
		}
	}
	return found
}

func tagged(o object, tag string) bool {
	text, _ := json.Marshal(o["meta"])
	_, code, _ := strings.Cut(tag, "|")
	return strings.Contains(string(text), `"`+code+`"`)
}

func parameters(q url.Values) (some []string) {
	for p := range q {
		if !strings.HasPrefix(p, "_") && p != "from" {
			some = append(some, p)
		}
	}
	return some
}

// where are the members that search parameters look at.
func where(parameter string) string {
	return map[string]string{"part-of": "partOf", "performer": "performerType"}[parameter]
}

// matching reports whether a resource has one of the values at a parameter's member, whatever its type: a code, a
// reference, or a system and a value.
func (s *server) matching(o object, parameter, values string) bool {
	if slices.Contains(s.blind, parameter) {
		return true
	}
	if missing, is := strings.CutSuffix(parameter, ":missing"); is {
		return (o[missing] == nil) == (values == "true")
	}
	member := parameter
	if w := where(parameter); w != "" {
		member = w
	}
	text, _ := json.Marshal(o[member])
	list := strings.Split(values, ",")
	if s.oneByOne {
		list = []string{values}
	}
	for _, v := range list {
		system, code, isToken := strings.Cut(v, "|")
		if !isToken && (strings.Contains(string(text), `"`+v+`"`) || strings.Contains(string(text), `"`+s.web.URL+`/fhir/`+v+`"`)) {
			return true
		}
		if isToken && strings.Contains(string(text), `"`+code+`"`) && strings.Contains(string(text), `"`+system+`"`) {
			return true
		}
	}
	return false
}
