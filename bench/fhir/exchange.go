package fhir

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
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
}

// sending is one request.
type sending struct {
	method, path string // the path relative to the base, or a whole address of a next page
	body         any    // nil: none
	raw          []byte // in place of body
	mediaType    string // of the body, if it is not FHIR JSON
	version      string // for If-Match
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
	x.answer.Outcome, x.answer.Detail = understood(q.method, content, out)
	return x.answer.Outcome == results.OK, nil
}

// understood reads an answer of success into out, and says what it is if that cannot be. A server that says it did what was
// asked, and then nothing, may have done it.
func understood(method string, content []byte, out any) (results.Outcome, string) {
	if method == http.MethodPost && len(bytes.TrimSpace(content)) == 0 {
		return results.Unknown, "the server says that it is done, and not what was made"
	}
	if err := json.Unmarshal(content, out); err != nil {
		return results.Invalid, "the answer is not FHIR JSON: is this the base address of a FHIR server?"
	}
	if b, searched := out.(*bundle); searched && b.ResourceType != "Bundle" {
		return results.Invalid, "the answer is FHIR JSON of another kind than was asked for"
	}
	return results.OK, ""
}

// accepted enters the status of an answer, and why if it is none of success.
func (x *exchange) accepted(res *http.Response, content []byte) bool {
	x.answer.Status, x.answer.Outcome = res.StatusCode, outcomeOf(res.StatusCode)
	if x.answer.Outcome == results.OK {
		return true
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
	if json.Unmarshal(content, &r) != nil {
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
		if content, err = json.Marshal(q.body); err != nil {
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
	r.Header.Set("Accept", jsonType)
	if q.body != nil {
		r.Header.Set("Content-Type", jsonType)
	}
	if q.mediaType != "" {
		r.Header.Set("Content-Type", q.mediaType)
	}
	if q.method == http.MethodGet {
		r.Header.Set("Cache-Control", "no-cache") // people look again to see what is new, not what was there a minute ago
	}
	if q.version != "" {
		r.Header.Set("If-Match", `W/"`+q.version+`"`)
	}
	x.session.Authorize(r)
	return r, len(content), nil
}

// address makes a path absolute. A page's address must be on the portal itself: nothing is sent elsewhere, least of all a
// token.
func (p *Portal) address(path string) (string, error) {
	if !strings.Contains(path, "://") {
		return p.base + "/" + strings.TrimPrefix(path, "/"), nil
	}
	page, err := url.Parse(path)
	if err != nil {
		return "", fmt.Errorf("the server names a page that is no address: %w", err)
	}
	base, err := url.Parse(p.base)
	if err != nil {
		return "", err
	}
	page.Scheme, page.Host = base.Scheme, base.Host // behind a proxy servers name themselves otherwise
	return page.String(), nil
}

// outcomeOf says how an operation ended that was answered with a status.
func outcomeOf(status int) results.Outcome {
	switch {
	case status >= 200 && status < 300:
		return results.OK
	case status == http.StatusUnauthorized || status == http.StatusForbidden:
		return results.Denied
	case status == http.StatusNotFound || status == http.StatusGone:
		return results.NotFound
	case status == http.StatusConflict || status == http.StatusPreconditionFailed:
		return results.Conflict
	case status == http.StatusTooManyRequests:
		return results.Throttled
	}
	return results.Invalid
}

// detailOf returns what an OperationOutcome says.
func detailOf(content []byte) string {
	var o struct {
		Issue []struct {
			Severity, Code, Diagnostics string
			Details                     concept
		}
	}
	if json.Unmarshal(content, &o) != nil || len(o.Issue) == 0 {
		return "the server gave no reason"
	}
	i := o.Issue[0]
	if i.Diagnostics == "" {
		i.Diagnostics = i.Details.Text
	}
	return strings.TrimSuffix(i.Code+": "+i.Diagnostics, ": ")
}

// transact carries out a transaction of creations and returns the references of what they made, with their versions. The
// outcome is that of the first entry that was not made, whatever the answer's own status says.
func (x *exchange) transact(entries []entry) (refs, versions []string, err error) {
	var b bundle
	done, err := x.ask(sending{method: http.MethodPost, path: "", body: bundle{ResourceType: "Bundle", Type: "transaction", Entry: entries}}, &b)
	if !done {
		return nil, nil, err
	}
	x.answer.Version = ""
	if len(b.Entry) != len(entries) {
		x.answer.Outcome, x.answer.Detail = results.Partial, fmt.Sprintf("of %d entries %d were answered", len(entries), len(b.Entry))
		return nil, nil, nil
	}
	for i, e := range b.Entry {
		if !x.made(i, e.Response) {
			return nil, nil, nil
		}
		ref, version := located(e.Response.Location)
		if v := plainVersion(e.Response.Etag); v != "" {
			version = v
		}
		refs, versions = append(refs, ref), append(versions, version)
	}
	return refs, versions, nil
}

// made reports whether an entry of a bundle was; if not, the answer says why.
func (x *exchange) made(i int, r *response) bool {
	if r == nil {
		x.answer.Outcome, x.answer.Detail = results.Partial, fmt.Sprintf("entry %d was not answered", i)
		return false
	}
	status, _, _ := strings.Cut(r.Status, " ")
	code, err := strconv.Atoi(status)
	if err != nil || outcomeOf(code) != results.OK {
		x.answer.Status, x.answer.Outcome = code, outcomeOf(code)
		x.answer.Detail = fmt.Sprintf("entry %d: status %s: %s", i, r.Status, detailOf(r.Outcome))
		return false
	}
	return true
}

// make makes resources, in one transaction where the server has them. It returns their references and versions, or nothing
// and why in the exchange's answer.
func (x *exchange) make(entries []entry) (refs, versions []string, err error) {
	if !x.portal.lacks("transaction") {
		return x.transact(entries)
	}
	var names []string // that entries call each other by, and what they became
	for i, e := range entries {
		raw := json.RawMessage(strings.NewReplacer(names...).Replace(string(e.Resource)))
		ref, version, err := x.create(e.Request.URL, raw)
		if ref == "" {
			if i > 0 && err == nil {
				x.answer.Outcome, x.answer.Detail = results.Partial, fmt.Sprintf("%d of %d were made: %s", i, len(entries), x.answer.Detail)
			}
			return nil, nil, err
		}
		names = append(names, e.FullURL, ref)
		refs, versions = append(refs, ref), append(versions, version)
	}
	return refs, versions, nil
}

// create makes one resource. Its reference is in the body or in the header, or nowhere.
func (x *exchange) create(kind string, resource any) (ref, version string, err error) {
	q := sending{method: http.MethodPost, path: kind, body: resource}
	res, content, err := x.send(q)
	if err != nil || !x.accepted(res, content) {
		return "", "", err
	}
	var made struct{ ID string }
	if json.Unmarshal(content, &made) == nil && made.ID != "" {
		ref = kind + "/" + made.ID
	} else {
		ref, _ = located(res.Header.Get("Location"))
	}
	if ref == "" {
		x.answer.Outcome, x.answer.Detail = results.Unknown, "the answer to the creation of a "+kind+" brought no id"
	}
	return ref, versionOf(res.Header, content), nil
}

// doneUnnamed is for what is done although its id did not come: whoever needs it can look for it.
func (x *exchange) doneUnnamed() {
	if x.answer.Outcome == results.Unknown && x.answer.Status == http.StatusCreated {
		x.answer.Outcome, x.answer.Detail = results.OK, ""
	}
}

// creation is an entry that makes a resource. fullURL is what other entries call it by.
func creation(fullURL, kind string, resource any) (entry, error) {
	raw, err := json.Marshal(resource)
	if err != nil {
		return entry{}, fmt.Errorf("writing a %s: %w", kind, err)
	}
	return entry{FullURL: fullURL, Resource: raw, Request: &request{Method: http.MethodPost, URL: kind}}, nil
}
