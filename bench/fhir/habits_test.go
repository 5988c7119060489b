package fhir

import (
	"encoding/json"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"time"
)

// habits are ways in which servers differ that the specification allows, or that are seen all the same.
type habits struct {
	links       string   // to next pages: relative, host (from the root of the host), query, behind (another path); else another host
	strict      []string // parameters for which a search is refused
	countless   bool     // no totals
	versions    string   // strong (ETags), needed (for every change), ignored (in If-Match), none
	nameless    bool     // creations are answered without Location and ETag, and without a body unless asked for one
	asked       bool     // the request at hand asks for one
	names       string   // that entries of a transaction call each other by: kept as they are, or refused
	batches     bool     // has batches where it has no transactions
	saysLittle  bool     // no interactions in the capability statement
	stale       bool     // searches for identifiers find nothing that was made just now
	conditions  int      // of so many entries of a transaction at most; 0: does not say that it has conditional creation
	coarse      bool     // moments are kept to the second, with another time zone
	references  string   // shown absolute, or needed absolute
	xmlErrors   bool     // refusals are XML, whatever was accepted
	strictFiles bool     // files are not given as FHIR
	profile     []string // elements of a Patient without which it is refused
	busy        int      // changes that are refused, as somebody else is changing the same
}

// refuses returns the status with which a request is refused, or 0.
func (s *server) refuses(r *http.Request, path string, body any) int {
	changes := r.Method == http.MethodPut || r.Method == http.MethodPatch
	bundle, _ := body.(object)
	entries, _ := bundle["entry"].([]any)
	text, _ := json.Marshal(body)
	kind, _, _ := strings.Cut(path, "/")
	switch {
	case r.Method == http.MethodGet && slices.ContainsFunc(s.strict, r.URL.Query().Has):
		return http.StatusBadRequest
	case changes && s.versions == "needed" && r.Header.Get("If-Match") == "":
		return http.StatusPreconditionRequired
	case changes && s.versions == "strong" && strings.HasPrefix(r.Header.Get("If-Match"), "W/"):
		return http.StatusPreconditionFailed
	case changes && s.busy > 0:
		s.busy--
		return http.StatusConflict
	case path == "" && s.names == "refused" && strings.Contains(string(text), `"reference":"urn:uuid:`):
		return http.StatusBadRequest
	case path == "" && s.batches && bundle["type"] != "batch":
		return http.StatusBadRequest
	case path == "" && s.conditions > 0 && strings.Count(string(text), "ifNoneExist") > s.conditions && len(entries) > 0:
		return http.StatusBadRequest
	case s.references == "needed" && relativeReference.Match(text):
		return http.StatusUnprocessableEntity
	case kind == "Patient" && r.Method == http.MethodPost && s.unlikeProfile(bundle), slices.ContainsFunc(entries, func(e any) bool {
		resource, _ := e.(object)["resource"].(object)
		return resource["resourceType"] == "Patient" && s.unlikeProfile(resource)
	}):
		return http.StatusUnprocessableEntity
	}
	return 0
}

func (s *server) unlikeProfile(patient object) bool {
	return slices.ContainsFunc(s.profile, func(e string) bool { return patient[e] == nil })
}

var relativeReference = regexp.MustCompile(`"reference":"[A-Z][A-Za-z]+/`)

func (s *server) etag(o object) string {
	if s.versions == "strong" {
		return `"` + version(o) + `"`
	}
	return `W/"` + version(o) + `"`
}

// link is the address of a next page.
func (s *server) link(kind, query string) string {
	switch s.links {
	case "relative":
		return kind + "?" + query
	case "host":
		return "/fhir/" + kind + "?" + query
	case "query":
		return "?" + query
	case "behind":
		return "http://internal.example:9090/" + kind + "?" + query
	}
	return "http://another.example/fhir/" + kind + "?" + query // as behind a proxy
}

// shown is how the server shows what it has.
func (s *server) shown(out any) any {
	content, _ := json.Marshal(out)
	text := string(content)
	if s.versions == "none" {
		text = regexp.MustCompile(`,?"versionId":"\d+"`).ReplaceAllString(text, "")
	}
	if s.references == "shown" {
		text = relativeReference.ReplaceAllStringFunc(text, func(r string) string {
			return `"reference":"` + s.web.URL + "/fhir/" + strings.TrimPrefix(r, `"reference":"`)
		})
	}
	if s.coarse {
		text = regexp.MustCompile(`"(sent|received)":"([^"]+)"`).ReplaceAllStringFunc(text, func(m string) string {
			name, at, _ := strings.Cut(m, `":"`)
			moment, _ := time.Parse(time.RFC3339, strings.TrimSuffix(at, `"`))
			return name + `":"` + moment.In(time.FixedZone("", 2*3600)).Format("2006-01-02T15:04:05-07:00") + `"`
		})
	}
	return json.RawMessage(text)
}

func (s *server) answerXML(w http.ResponseWriter, status int, o object) {
	i := o["issue"].([]any)[0].(object)
	w.Header().Set("Content-Type", "application/fhir+xml")
	w.WriteHeader(status)
	_, _ = fmt.Fprintf(w, `<OperationOutcome xmlns="http://hl7.org/fhir"><issue><severity value="error"/><code value="%s"/></issue></OperationOutcome>`, i["code"])
}
