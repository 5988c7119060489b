package fhir

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/portalbench/portalbench/bench"
	"github.com/portalbench/portalbench/results"
)

// cleanPages is how many pages without anything of the run are looked at before a server is taken for one that does not
// look at tags.
const cleanPages = 3

// bearer is what is read of any resource to decide whether to remove it.
type bearer struct {
	ResourceType string
	ID           string
	Meta         *meta
	Category     []concept
	Payload      []payload
}

// named reports whether the id is one: what is removed by it must not be something else, nor everything that a query finds.
func (b *bearer) named() bool {
	return strings.Trim(b.ID, ".") != "" && !strings.ContainsAny(b.ID, "/?#%")
}

func (b *bearer) ref() string { return b.ResourceType + "/" + b.ID }

// Cleans says whether the server deletes resources.
func (p *Portal) Cleans() error {
	if p.lacks("Communication.delete") {
		return errors.New("the server says that it cannot delete a Communication")
	}
	return nil
}

// Clean removes some of what was made for a run: first what refers to others, so that no server refuses because of what is
// left. Only what bears the run's tag is removed, whatever a search returns.
func (p *Portal) Clean(ctx context.Context, s *bench.Session, run string) (gone bench.Removed, _ bench.Answer, err error) {
	x := &exchange{portal: p, ctx: ctx, session: s}
	stillListed := false
	newestFirst := url.Values{"_sort": {"-sent"}}
	newestFirst.Set("category", kindSystem+"|"+message)
	for _, list := range []struct {
		kind string
		also url.Values
	}{{"Task", nil}, {"Communication", newestFirst}, {"Communication", nil}, {"Observation", nil}, {p.poolKind(), nil}, {"Practitioner", nil},
		{"RelatedPerson", nil}, {"Patient", nil}} {
		if p.lacks(list.kind + ".search-type") {
			continue
		}
		some, removed, err := x.ofRun(list.kind, run, list.also)
		stillListed = stillListed || removed
		if err != nil || x.answer.Outcome != results.OK {
			return gone, x.answer, err
		}
		if len(some) > 0 {
			gone, err = x.removeAll(some)
			gone.More = true
			return gone, x.answer, err
		}
	}
	x.answer.Outcome, gone.More = results.OK, stillListed
	return gone, x.answer, nil
}

// ofRun returns a page of the resources of a type that were made for a run, and reports whether before it there are some
// that are removed already: searches may show them for a while.
func (x *exchange) ofRun(kind, run string, also url.Values) (some []bearer, removed bool, err error) {
	q := url.Values{"_tag": {runSystem + "|" + run}, "_count": {strconv.Itoa(batch)}}
	for k, v := range also {
		q[k] = v
	}
	path, foreign := x.portal.query(kind, q), 0
	for turned := 0; path != "" && len(some) == 0; turned++ {
		if foreign == cleanPages || turned == mostPages {
			x.answer.Outcome, x.answer.Detail = results.Invalid, "the server does not look for tags (_tag) in "+kind+": what the run has made cannot be found"
			return nil, false, nil
		}
		var b bundle
		done, err := x.ask(sending{method: http.MethodGet, path: path}, &b)
		if !done {
			return nil, false, err
		}
		some = slices.DeleteFunc(matches[bearer](x, &b), func(r bearer) bool { return r.ResourceType != kind || !r.Meta.madeFor(run) || !r.named() })
		if len(some) == 0 {
			foreign++
		}
		some = slices.DeleteFunc(some, func(r bearer) bool {
			_, gone := x.portal.removed.Load(r.ref())
			removed = removed || gone
			return gone
		})
		path = x.portal.after(path, &b)
	}
	return some, removed, nil
}

// removeAll removes resources, with the files they carry.
func (x *exchange) removeAll(some []bearer) (gone bench.Removed, err error) {
	var refs []string
	for i := range some {
		refs = append(refs, some[i].ref())
	}
	removed, err := x.remove(refs)
	for i := range some {
		if removed[some[i].ref()] {
			x.portal.removed.Store(some[i].ref(), true)
			x.portal.count(&some[i], &gone)
		}
	}
	if err != nil || x.answer.Outcome != results.OK {
		return gone, err
	}
	var files []string
	for i := range some {
		files = append(files, some[i].files()...)
	}
	_, err = x.remove(files)
	return gone, err
}

// files are the files that a message carries and that are stored for it.
func (b *bearer) files() (refs []string) {
	for _, p := range b.Payload {
		if p.ContentAttachment != nil && strings.HasPrefix(p.ContentAttachment.URL, "Binary/") {
			refs = append(refs, p.ContentAttachment.URL)
		}
	}
	return refs
}

func (p *Portal) count(b *bearer, gone *bench.Removed) {
	c := communication{ResourceType: b.ResourceType, Category: b.Category}
	switch {
	case p.isA(&c, message):
		gone.Messages++
	case b.ResourceType == "Communication":
		gone.Threads++
	case b.ResourceType == "Observation":
		gone.Readings++
	case b.ResourceType != "Task":
		gone.Accounts++
	}
}

// remove deletes resources, together where the server has transactions. It returns which are gone that were there before;
// what is gone already is no failure.
func (x *exchange) remove(refs []string) (map[string]bool, error) {
	gone := map[string]bool{}
	if x.portal.lacks("transaction") || x.portal.noBundles.Load() {
		for _, ref := range refs {
			res, content, err := x.send(sending{method: http.MethodDelete, path: ref})
			if err != nil {
				return gone, err
			}
			if !x.accepted(res, content) && x.answer.Outcome != results.NotFound {
				x.answer.Detail = fmt.Sprintf("removing %s: %s", ref, x.answer.Detail)
				return gone, nil
			}
			gone[ref] = x.answer.Outcome == results.OK
			x.answer.Outcome = results.OK
		}
		return gone, nil
	}
	if len(refs) == 0 {
		return gone, nil
	}
	return gone, x.removeTogether(refs, gone)
}

func (x *exchange) removeTogether(refs []string, gone map[string]bool) error {
	b := bundle{ResourceType: "Bundle", Type: "transaction"}
	for _, ref := range refs {
		b.Entry = append(b.Entry, entry{Request: &request{Method: http.MethodDelete, URL: ref}})
	}
	var answered bundle
	done, err := x.ask(sending{method: http.MethodPost, path: "", body: b}, &answered)
	if half := len(refs) / 2; err == nil && x.answer.Status == http.StatusRequestEntityTooLarge && half > 0 {
		if err := x.removeTogether(refs[:half], gone); err != nil || x.answer.Outcome != results.OK {
			return err
		}
		return x.removeTogether(refs[half:], gone)
	}
	if !done {
		return err
	}
	if len(answered.Entry) != len(refs) {
		x.answer.Outcome, x.answer.Detail = results.Partial, fmt.Sprintf("of %d removals %d were answered", len(refs), len(answered.Entry))
		return nil
	}
	for i, e := range answered.Entry {
		if x.made(i, e.Response) {
			gone[refs[i]] = true
		} else if x.answer.Outcome != results.NotFound {
			return nil
		}
		x.answer.Outcome = results.OK // what was gone already says nothing of the next
	}
	x.answer.Outcome, x.answer.Detail = results.OK, ""
	return nil
}

var (
	_ bench.Filler  = (*Portal)(nil)
	_ bench.Cleaner = (*Portal)(nil)
)
