package fhir

import (
	"fmt"
	"net/http"

	"github.com/portalbench/portalbench/results"
)

// mostPages bounds a walk through the pages of one search.
const mostPages = 1000

// pages gives every page of a search to take, until that has seen enough. A server whose pages lead back to each other, or
// never end, has not answered: the answer says so then.
func (x *exchange) pages(first string, take func(*bundle) (more bool)) error {
	turned := map[string]bool{}
	for path := first; path != ""; {
		if turned[path] || len(turned) == mostPages {
			x.answer.Outcome = results.Invalid
			x.answer.Detail = fmt.Sprintf("the pages of a search have no end: after %d the next one was there before, or there are too many", len(turned))
			return nil
		}
		turned[path] = true
		var b bundle
		done, err := x.ask(sending{method: http.MethodGet, path: path}, &b)
		if !done || !take(&b) {
			return err
		}
		path = b.next()
	}
	return nil
}

// fresh passes on what an earlier page has not shown: where a list changes while its pages are turned, what was at the end
// of one page comes again at the beginning of the next. Twice on one page is twice.
type fresh map[string]int

// page returns whether the resource with an id is new on the n'th page, from 1.
func (f fresh) page(n int, id string) bool {
	if f[id] == 0 {
		f[id] = n
	}
	return f[id] == n
}
