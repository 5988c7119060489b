package fhir

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/portalbench/portalbench/results"
)

// mostPages is how many pages of one list are turned at most.
const mostPages = 1000

// address makes a path absolute. A page's address must be on the portal itself: nothing is sent elsewhere, least of all a
// token.
func (p *Portal) address(path string) (string, error) {
	if !strings.Contains(path, "://") {
		return strings.TrimSuffix(p.base+"/"+strings.TrimPrefix(path, "/"), "/"), nil
	}
	page, err := url.Parse(path)
	if err != nil {
		return "", fmt.Errorf("the server names a page that is no address: %w", err)
	}
	base, err := url.Parse(p.base)
	if err != nil {
		return "", err
	}
	page.Scheme, page.Host, page.User, page.Fragment = base.Scheme, base.Host, nil, "" // behind a proxy servers name themselves otherwise
	return page.String(), nil
}

// after returns the address of the page that follows one, whose address is path, or nothing. Links may be absolute, or
// relative to the page. Servers behind a proxy may not know under which path they are reached: then the link's query is
// sent to where the page came from.
func (p *Portal) after(path string, b *bundle) string {
	link := b.next()
	if link == "" {
		return ""
	}
	here, err := p.address(path)
	if err != nil {
		return link
	}
	from, err := url.Parse(here)
	if err != nil {
		return link
	}
	page, err := from.Parse(link)
	if err != nil {
		return link // what is wrong with it is said when it is asked for
	}
	base, err := url.Parse(p.base)
	if err == nil && page.Path != base.Path && !strings.HasPrefix(page.Path, base.Path+"/") {
		page.Path, page.RawPath = p.within(base.Path, page.Path, from.Path), ""
	}
	return page.String()
}

// within puts the path of a link below the base: that of a search, or of the base itself.
func (p *Portal) within(base, link, from string) string {
	kind := from[strings.LastIndexByte(from, '/')+1:]
	switch last := strings.Split(strings.TrimSuffix(link, "/"), "/"); {
	case last[len(last)-1] == kind:
		return base + "/" + kind
	case len(last) > 1 && last[len(last)-1] == "_search":
		return base + "/" + last[len(last)-2] + "/_search"
	}
	return base
}

// pages shows every page of a search to look, unless that finds something wrong. A server whose pages lead back to each
// other, or never end, has not answered: the answer says so then.
func (x *exchange) pages(first string, look func(*bundle)) (bool, error) {
	turned := map[string]bool{}
	for path := first; path != ""; {
		if turned[path] || len(turned) == mostPages {
			x.answer.Outcome = results.Invalid
			x.answer.Detail = fmt.Sprintf("the pages of a search have no end: after %d the next one was there before, or there are too many", len(turned))
			return false, nil
		}
		turned[path] = true
		var b bundle
		done, err := x.ask(sending{method: http.MethodGet, path: path}, &b)
		if !done {
			return false, err
		}
		if look(&b); x.answer.Outcome != results.OK {
			return false, nil
		}
		path = x.portal.after(path, &b)
	}
	x.answer.Version = ""
	return true, nil
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
