package fhir

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"

	"github.com/portalbench/portalbench/bench"
	"github.com/portalbench/portalbench/results"
)

// longestAnswer is the most that is read of an answer, in bytes.
const longestAnswer = 32 << 20

const (
	jsonType  = "application/fhir+json"
	patchType = "application/json-patch+json"
)

// exchange is the requests of one operation and what came of them.
type exchange struct {
	portal  *Portal
	ctx     context.Context // of the one call this exchange lives for
	session *bench.Session
	answer  bench.Answer

	bundleRefused bool // the last transaction was, as such
}

// sending is one request.
type sending struct {
	method, path string // the path relative to the base, or a whole address of a next page
	body         any    // nil: none
	raw          []byte // in place of body
	mediaType    string // of the body, if it is not FHIR JSON
	version      string // for If-Match
	unless       string // for If-None-Exist
	accept       string // what is wanted, if not FHIR JSON
}

// ask sends a request and reads the answer into out, a pointer, or nil. It reports whether the server did what was asked;
// if not, the exchange's answer says why.
func (x *exchange) ask(q sending, out any) (bool, error) {
	res, content, err := x.send(q)
	if err != nil {
		return false, err
	}
	if !x.accepted(res, content) {
		return false, nil
	}
	x.answer.Version = versionOf(res.Header, content)
	if out == nil {
		return true, nil
	}
	x.answer.Outcome, x.answer.Detail = understood(q.method, res.Header.Get("Content-Type"), withoutMark(content), out)
	return x.answer.Outcome == results.OK, nil
}

// understood reads an answer of success into out, and says what it is if that cannot be. A server that says it did what was
// asked, and then nothing, may have done it.
func understood(method, kind string, content []byte, out any) (results.Outcome, string) {
	if method == http.MethodPost && len(bytes.TrimSpace(content)) == 0 {
		return results.Unknown, "the server says that it is done, and not what was made"
	}
	if err := json.Unmarshal(content, out); err != nil {
		detail := "the answer is not FHIR JSON: is this the base address of a FHIR server?"
		if kind != "" {
			detail = "the answer is " + kind + " and not FHIR JSON: is this the base address of a FHIR server?"
		}
		return results.Invalid, detail
	}
	if b, searched := out.(*bundle); searched && b.ResourceType != "Bundle" {
		return results.Invalid, "the answer is FHIR JSON of another kind than was asked for"
	}
	return results.OK, ""
}

// accepted enters the status of an answer, and why if it is none of success.
func (x *exchange) accepted(res *http.Response, content []byte) bool {
	x.answer.Status, x.answer.Outcome = res.StatusCode, outcomeOf(res.StatusCode)
	switch x.answer.Outcome {
	case results.OK:
		x.answer.Detail = ""
		return true
	case results.Pending:
		x.answer.Detail = "the server says that it will do it later"
		return false
	}
	x.answer.Detail = detailOf(content)
	if res.StatusCode/100 == 3 {
		x.answer.Detail = "the server says to go to " + bench.PlainAddress(res.Header.Get("Location")) +
			", which is not followed: name that address with --url if it is meant"
	}
	return false
}

// versionOf finds the version of the resource that an answer is about. Servers say it in one place or the other.
func versionOf(header http.Header, content []byte) string {
	if v := plainVersion(header.Get("ETag")); v != "" {
		return v
	}
	for _, name := range []string{"Content-Location", "Location"} {
		if _, v := located(header.Get(name)); v != "" {
			return v
		}
	}
	var r struct{ Meta meta }
	if json.Unmarshal(withoutMark(content), &r) != nil {
		return ""
	}
	return r.Meta.VersionID
}

// send makes the request and reads the whole answer, so that the connection can be used again.
func (x *exchange) send(q sending) (*http.Response, []byte, error) {
	r, length, err := x.request(q)
	if err != nil {
		return nil, nil, err
	}
	x.answer.Requests++
	x.answer.BytesOut += int64(length)
	res, err := x.portal.client.Do(r)
	if err != nil {
		return nil, nil, err
	}
	defer res.Body.Close()
	x.portal.learnTags(&q, res.Header)
	content, err := io.ReadAll(io.LimitReader(res.Body, longestAnswer+1))
	if len(content) > longestAnswer {
		return nil, nil, fmt.Errorf("reading the answer to %s %s: %w: over %d bytes", q.method, withoutQuery(q.path), bench.ErrOverlong, longestAnswer)
	}
	x.answer.BytesIn += int64(len(content))
	if err != nil {
		return nil, nil, fmt.Errorf("reading the answer to %s %s: %w", q.method, withoutQuery(q.path), err)
	}
	return res, content, nil
}

// withoutQuery is a path as it may be shown: what a server adds to the address of a page can be a credential.
func withoutQuery(path string) string {
	path, _, _ = strings.Cut(path, "?")
	return path
}

func (x *exchange) request(q sending) (*http.Request, int, error) {
	content := q.raw
	if q.body != nil {
		var err error
		if content, err = x.portal.profile.write(x.portal.base, q.body); err != nil {
			return nil, 0, fmt.Errorf("writing the request %s %s: %w", q.method, q.path, err)
		}
	}
	address, err := x.portal.address(q.path)
	if err != nil {
		return nil, 0, err
	}
	r, err := http.NewRequestWithContext(x.ctx, q.method, address, bytes.NewReader(content))
	if err != nil {
		return nil, 0, fmt.Errorf("making the request %s %s: %w", q.method, q.path, err)
	}
	x.describe(r, &q)
	x.session.Authorize(r)
	return r, len(content), nil
}

// describe sets the fields of a request's header.
func (x *exchange) describe(r *http.Request, q *sending) {
	r.Header.Set("Accept", cmp.Or(q.accept, jsonType))
	if q.body != nil {
		r.Header.Set("Content-Type", jsonType)
	}
	if q.mediaType != "" {
		r.Header.Set("Content-Type", q.mediaType)
	}
	if q.method == http.MethodGet {
		r.Header.Set("Cache-Control", "no-cache") // people look again to see what is new, not what was there a minute ago
	}
	if q.method == http.MethodPost && x.portal.showCreated.Load() {
		r.Header.Set("Prefer", "return=representation")
	}
	if q.unless != "" {
		r.Header.Set("If-None-Exist", q.unless)
	}
	if q.version != "" {
		r.Header.Set("If-Match", x.portal.tagOf(q.version))
	}
}

// tagOf writes a version as the server writes ETags: FHIR's are weak, but some servers have strong ones and compare all of it.
func (p *Portal) tagOf(version string) string {
	if p.strongTags.Load() {
		return `"` + version + `"`
	}
	return `W/"` + version + `"`
}

// learnTags notes how the server writes the ETag of a resource.
func (p *Portal) learnTags(q *sending, header http.Header) {
	tag := header.Get("ETag")
	ofOne := q.method != http.MethodGet || !strings.Contains(q.path, "?")
	if strong := strings.HasPrefix(tag, `"`); tag != "" && ofOne && strong != p.strongTags.Load() {
		p.strongTags.Store(strong)
	}
}
