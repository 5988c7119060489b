package fhir

import (
	"cmp"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/portalbench/portalbench/results"
)

// creation is an entry that makes a resource. fullURL is what other entries call it by.
func creation(fullURL, kind string, resource any) (entry, error) {
	raw, err := json.Marshal(resource)
	if err != nil {
		return entry{}, fmt.Errorf("writing a %s: %w", kind, err)
	}
	return entry{FullURL: fullURL, Resource: raw, Request: &request{Method: http.MethodPost, URL: kind}}, nil
}

// make makes resources, in one transaction where the server has them. It returns their references and versions, or nothing
// and why in the exchange's answer.
func (x *exchange) make(entries []entry) (refs, versions []string, err error) {
	first := x.portal.Fills() && !x.portal.resolves.Load() && slices.ContainsFunc(entries, entry.refers)
	if first { // the others wait until it is seen what the server makes of names
		x.portal.resolving.Lock()
		defer x.portal.resolving.Unlock()
		first = !x.portal.resolves.Load()
	}
	if !x.portal.Fills() {
		return x.makeOneByOne(entries)
	}
	refs, versions, err = x.transact("transaction", entries)
	if err == nil && refs == nil && x.bundleRefused {
		if refs, versions, err = x.makeOneByOne(entries); refs != nil {
			x.portal.noBundles.Store(true)
		}
		return refs, versions, err
	}
	if refs == nil || err != nil || !first {
		return refs, versions, err
	}
	return refs, versions, x.seeResolved(entries, refs)
}

// transact carries out a transaction or batch of creations and returns the references of what they made, with their
// versions. The outcome is that of the first entry that was not made, whatever the answer's own status says; of a batch the
// others are returned.
func (x *exchange) transact(kind string, entries []entry) (refs, versions []string, err error) {
	var b bundle
	x.bundleRefused = false
	done, err := x.ask(sending{method: http.MethodPost, path: "", body: bundle{ResourceType: "Bundle", Type: kind, Entry: entries}}, &b)
	if !done {
		x.bundleRefused = err == nil && x.refusesBundles()
		return nil, nil, err
	}
	x.answer.Version = ""
	if len(b.Entry) != len(entries) {
		x.answer.Outcome, x.answer.Detail = results.Partial, fmt.Sprintf("of %d entries %d were answered", len(entries), len(b.Entry))
		return nil, nil, nil
	}
	refs, versions = make([]string, len(entries)), make([]string, len(entries))
	for i, e := range b.Entry {
		if x.made(i, e.Response) {
			refs[i], versions[i] = e.made()
		} else if kind == "transaction" {
			return nil, nil, nil
		}
	}
	return refs, versions, x.lookForNameless(entries, refs, versions)
}

// refusesBundles reports whether a server's refusal is one of bundles, or of names in them, and not of what is in them.
func (x *exchange) refusesBundles() bool {
	switch x.answer.Status {
	case http.StatusNotFound, http.StatusMethodNotAllowed, http.StatusNotImplemented:
		return true
	case http.StatusBadRequest, http.StatusUnprocessableEntity:
		return strings.Contains(x.answer.Detail, "urn:uuid:") || strings.HasPrefix(x.answer.Detail, "not-supported")
	}
	return false
}

// made reports whether an entry of a bundle was; if not, the answer says why, unless it says so of an earlier one.
func (x *exchange) made(i int, r *response) bool {
	outcome, code, detail := results.Partial, x.answer.Status, fmt.Sprintf("entry %d was not answered", i)
	if r != nil {
		status, _, _ := strings.Cut(strings.TrimSpace(r.Status), " ")
		code, _ = strconv.Atoi(status)
		outcome, detail = outcomeOf(code), fmt.Sprintf("entry %d: status %s: %s", i, r.Status, detailOf(r.Outcome))
	}
	if outcome != results.OK && x.answer.Outcome == results.OK {
		x.answer.Status, x.answer.Outcome, x.answer.Detail = code, outcome, detail
	}
	return outcome == results.OK
}

// made returns the reference and the version of what an entry made: servers say it in the location, or in the resource.
func (e *entry) made() (ref, version string) {
	ref, version = located(e.Response.Location)
	var r struct {
		ResourceType, ID string
		Meta             meta
	}
	if json.Unmarshal(e.Resource, &r) == nil && r.ID != "" {
		ref, version = cmp.Or(ref, r.ResourceType+"/"+r.ID), cmp.Or(version, r.Meta.VersionID)
	}
	return ref, cmp.Or(plainVersion(e.Response.Etag), version)
}

// makeOneByOne makes resources in the place of a transaction. What has no id back is looked for.
func (x *exchange) makeOneByOne(entries []entry) (refs, versions []string, err error) {
	var names []string // that entries call each other by, and what they became
	for i, e := range entries {
		raw := json.RawMessage(strings.NewReplacer(names...).Replace(string(e.Resource)))
		ref, version, err := x.createUnless(e.Request.URL, raw, e.Request.IfNoneExist)
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

// create makes one resource. Its reference is in the body or in the header, or is looked for.
func (x *exchange) create(kind string, resource any) (ref, version string, err error) {
	return x.createUnless(kind, resource, "")
}

// createUnless makes a resource if a search finds none, where one is given.
func (x *exchange) createUnless(kind string, resource any, search string) (ref, version string, err error) {
	res, content, err := x.send(sending{method: http.MethodPost, path: kind, body: resource, unless: search})
	if err != nil || !x.accepted(res, content) {
		return "", "", err
	}
	if ref, version = x.portal.createdAs(kind, res, content); ref == "" {
		if ref, version, err = x.lookForCreated(kind, resource); err != nil {
			return "", "", err
		}
	}
	if ref == "" {
		x.answer.Outcome, x.answer.Detail = results.Unknown, "the answer to the creation of a "+kind+" brought no id"
	}
	return ref, version, nil
}

// doneUnnamed is for what is done although its id did not come: whoever needs it can look for it.
func (x *exchange) doneUnnamed() {
	if x.answer.Outcome == results.Unknown && x.answer.Status == http.StatusCreated {
		x.answer.Outcome, x.answer.Detail = results.OK, ""
	}
}

// createdAs finds what an answer says of the resource that was created.
func (p *Portal) createdAs(kind string, res *http.Response, content []byte) (ref, version string) {
	var made struct{ ResourceType, ID string }
	if json.Unmarshal(withoutMark(content), &made) == nil && made.ID != "" && made.ResourceType == kind {
		ref = kind + "/" + made.ID
	} else {
		ref, _ = located(res.Header.Get("Location"))
	}
	return ref, versionOf(res.Header, content)
}

// lookForNameless looks for what a bundle made without saying as what.
func (x *exchange) lookForNameless(entries []entry, refs, versions []string) (err error) {
	for i := range entries {
		if refs[i] != "" || x.answer.Outcome != results.OK {
			continue
		}
		refs[i], versions[i], err = x.lookForCreated(entries[i].Request.URL, entries[i].Resource)
		if err != nil {
			return err
		}
	}
	return nil
}

// lookForCreated looks for a resource whose creation was answered without an id: by its identifier, and among those that
// have the same by what they say. From then on the server is asked to show what it creates.
func (x *exchange) lookForCreated(kind string, resource any) (ref, version string, err error) {
	x.portal.showCreated.Store(true)
	raw, err := json.Marshal(resource)
	if err != nil {
		return "", "", fmt.Errorf("writing a %s: %w", kind, err)
	}
	var wanted communication
	if json.Unmarshal(raw, &wanted) != nil || len(wanted.Identifier) == 0 {
		return "", "", nil
	}
	before := x.answer
	q := url.Values{"identifier": {wanted.Identifier[0].System + "|" + wanted.Identifier[0].Value}, "_count": {"100"}}
	done, err := x.pages(x.portal.query(kind, q), func(b *bundle) {
		for _, c := range matches[communication](x, b) {
			if c.ResourceType == kind && x.portal.saysTheSame(&c, &wanted) {
				ref, version = kind+"/"+c.ID, c.Meta.version()
			}
		}
	})
	before.Requests, before.BytesIn, before.BytesOut = x.answer.Requests, x.answer.BytesIn, x.answer.BytesOut
	if x.answer = before; !done {
		return "", "", err
	}
	return ref, version, nil
}

// saysTheSame tells headers from messages, and messages from each other.
func (p *Portal) saysTheSame(found, wanted *communication) bool {
	return found.ResourceType != "Communication" || p.isA(found, header) == wanted.isA(header) && found.body() == wanted.body()
}

// refers reports whether an entry refers to others.
func (e entry) refers() bool { return strings.Contains(string(e.Resource), temporaryName) }

// seeResolved reads what a transaction made. Where the names of other entries are still in it, it puts the references
// there, and no more transactions are sent.
func (x *exchange) seeResolved(entries []entry, refs []string) error {
	var names []string
	for i, e := range entries {
		names = append(names, e.FullURL, refs[i])
	}
	before := x.answer
	for i, e := range entries {
		var now json.RawMessage
		if !e.refers() || refs[i] == "" {
			continue
		}
		done, err := x.ask(sending{method: http.MethodGet, path: refs[i]}, &now)
		if err != nil {
			return err
		}
		if !done || !strings.Contains(string(now), temporaryName) {
			continue
		}
		x.portal.noBundles.Store(true)
		var whole map[string]json.RawMessage
		if json.Unmarshal([]byte(strings.NewReplacer(names...).Replace(string(now))), &whole) != nil {
			continue
		}
		if done, err = x.ask(sending{method: http.MethodPut, path: refs[i], body: whole, version: x.answer.Version}, nil); !done {
			return err
		}
	}
	before.Requests, before.BytesIn, before.BytesOut = x.answer.Requests, x.answer.BytesIn, x.answer.BytesOut
	x.answer = before
	x.portal.resolves.Store(true)
	return nil
}
