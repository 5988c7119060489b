package fhir

import (
	"context"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/portalbench/portalbench/bench"
	"github.com/portalbench/portalbench/results"
)

// query writes a search, without what the server has been seen to refuse.
func (p *Portal) query(kind string, q url.Values) string {
	kept := url.Values{}
	for name, values := range q {
		if !p.refused[kind+"."+name] {
			kept[name] = values
		}
	}
	return kind + "?" + p.profile.query(kept.Encode())
}

// refusesSearch reports whether it may be for its parameters that a search was refused.
func (x *exchange) refusesSearch() bool {
	switch x.answer.Status {
	case http.StatusBadRequest, http.StatusMethodNotAllowed, http.StatusUnprocessableEntity, http.StatusNotImplemented:
		return true
	}
	return false
}

// droppable are the parameters that a search can do without, the ones least missed first: what they would have left out is
// left out when it has come.
var droppable = [...]string{"_sort", "_summary", "received:missing", "status", "code", "category", "owner", "performer", "subject", "recipient", "part-of"}

// nobody is a resource's id that is not there.
const nobody = "portalbench-nobody"

// searches are those that operations consist of, for somebody who is not there.
func (p *Portal) searches() (kinds []string, queries []url.Values) {
	patient := &bench.Account{Kind: bench.PatientAccount, ID: "Patient/" + nobody}
	nurse := &bench.Account{Kind: bench.StaffAccount, ID: "Practitioner/" + nobody}
	pool := &bench.Account{Kind: bench.PoolAccount, Login: nobody, ID: p.poolKind() + "/" + nobody}
	counted := url.Values{"recipient": {patient.ID}, "category": {kindSystem + "|" + message}, "_summary": {"count"}}
	p.unreadOnly(counted)
	add := func(kind string, q url.Values) {
		if !p.lacks(kind + ".search-type") {
			kinds, queries = append(kinds, kind), append(queries, q)
		}
	}
	add("Communication", url.Values{"part-of": {"Communication/" + nobody}, "_sort": {"sent"}, "_count": {"1"}})
	for _, list := range []struct {
		of      *bench.Account
		call    bench.Call
		onTasks bool
	}{{patient, bench.Call{Limit: 1, Closed: true}, false}, {patient, bench.Call{Limit: 1, Unread: true}, false},
		{nurse, bench.Call{Limit: 1, Category: "advice"}, true}, {pool, bench.Call{Limit: 1}, true}} {
		kind := "Communication"
		if list.onTasks {
			kind = "Task"
		}
		_, query, _ := strings.Cut(p.listPath(list.of, &list.call, list.onTasks), "?")
		q, _ := url.ParseQuery(query) // it was written by url.Values
		add(kind, q)
	}
	add("Communication", counted)
	return kinds, queries
}

// survey tries the searches that operations consist of, and finds out which of their parameters the server refuses.
func (x *exchange) survey() error {
	p := x.portal
	refused := map[string]bool{}
	defer func() { p.refused = refused }() // of one that fails halfway, what is known
	kinds, queries := p.searches()
	for i, kind := range kinds {
		q := queries[i]
		for name := range q {
			if refused[kind+"."+name] {
				q.Del(name)
			}
		}
		taken, err := x.takes(kind, q)
		if err != nil {
			return err
		}
		if taken {
			continue
		}
		culprits, err := x.culprits(kind, q)
		if err != nil {
			return err
		}
		for _, name := range culprits {
			refused[kind+"."+name] = true
		}
	}
	return nil
}

// takes reports whether a search is not refused for what it asks.
func (x *exchange) takes(kind string, q url.Values) (bool, error) {
	done, err := x.ask(sending{method: http.MethodGet, path: kind + "?" + x.portal.profile.query(q.Encode())}, nil)
	return done || !x.refusesSearch(), err
}

// culprits finds the parameters for which a search is refused: one alone, or as many as must go.
func (x *exchange) culprits(kind string, q url.Values) ([]string, error) {
	var gone []string
	for _, name := range droppable {
		if !q.Has(name) {
			continue
		}
		without := maps.Clone(q)
		without.Del(name)
		if taken, err := x.takes(kind, without); taken || err != nil {
			return []string{name}, err
		}
	}
	for _, name := range droppable {
		if !q.Has(name) {
			continue
		}
		q.Del(name)
		gone = append(gone, name)
		if taken, err := x.takes(kind, q); taken || err != nil {
			return gone, err
		}
	}
	return nil, nil // what is wrong is something else, and will be said when it is needed
}

// explore tries searches in the name of whoever sets up a run. What cannot be tried is believed: operations will say why.
func (p *Portal) explore(ctx context.Context, s *bench.Session) error {
	x := &exchange{portal: p, ctx: ctx, session: s}
	if err := x.survey(); ctx.Err() != nil {
		return fmt.Errorf("trying the searches of %s: %w", p.base, err)
	}
	return nil
}

// searchLines says which searches the server does not have.
func (p *Portal) searchLines() (lines []string) {
	for _, name := range slices.Sorted(maps.Keys(p.refused)) {
		kind, parameter, _ := strings.Cut(name, ".")
		switch parameter {
		case "_summary":
			lines = append(lines, "the server does not count what a search finds: unread messages are counted page by page")
		case "_sort":
			lines = append(lines, fmt.Sprintf("the server does not sort %s: lists come in its own order", kind))
		default:
			lines = append(lines, fmt.Sprintf("the server refuses to search %s by %s: more is fetched, and sorted out here", kind, parameter))
		}
	}
	if len(p.unnamed) > 0 {
		lines = append(lines, "the server does not say that it can search by "+strings.Join(p.unnamed, ", ")+": what it finds is looked through here")
	}
	return lines
}

// wanted are the search parameters without which lists cannot be short.
var wanted = [...]string{"Communication.part-of", "Communication.recipient", "Communication.subject", "Communication.category",
	"Task.performer", "Task.owner", "Task.status"}

// unnamedSearches returns the searches that a server should have and does not name, of resources of which it names some.
func (s *statement) unnamedSearches() (missing []string) {
	named, some := map[string]bool{}, map[string]bool{}
	for _, rest := range s.Rest {
		for _, r := range rest.Resource {
			for _, parameter := range r.SearchParam {
				named[r.Type+"."+parameter.Name], some[r.Type] = true, true
			}
		}
	}
	for _, name := range wanted {
		if kind, _, _ := strings.Cut(name, "."); some[kind] && !named[name] {
			missing = append(missing, name)
		}
	}
	return missing
}

// letIn signs in as whoever sets up a run. It returns an empty session if that is nobody, or is not let in: then what can be
// seen without is seen.
func (p *Portal) letIn(ctx context.Context, admin *bench.Account) *bench.Session {
	s := &bench.Session{Account: admin}
	if admin == nil || p.keys == nil || p.keys.SignIn(ctx, s) != nil {
		return &bench.Session{}
	}
	return s
}

// forbidden reports whether an answer was that one must sign in first.
func (x *exchange) forbidden() bool { return x.answer.Outcome == results.Denied }
