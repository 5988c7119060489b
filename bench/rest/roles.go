package rest

import (
	"slices"

	"github.com/portalbench/portalbench/bench"
	"github.com/portalbench/portalbench/results"
)

// chain returns the sections that hold for a kind of people, the most particular one first.
func (d *Description) chain(kind bench.AccountKind) (roles []*role) {
	kinds := []bench.AccountKind{kind}
	if kind == isProxy {
		kinds = append(kinds, isPatient)
	}
	for _, k := range kinds {
		if d.roles[k] != nil {
			roles = append(roles, d.roles[k])
		}
	}
	if d.all != nil {
		roles = append(roles, d.all)
	}
	return roles
}

// duties are what a kind of people do, whatever section says it.
type duties struct {
	ops      [results.NumOps][]*action
	local    [results.NumOps]bool
	entrance *entrance
}

// settle finds the duties of every kind of people.
func (d *Description) settle() {
	for kind := range d.duties {
		of := &d.duties[kind]
		roles := d.chain(bench.AccountKind(kind))
		for _, r := range slices.Backward(roles) { // the most particular one last
			for k := range results.NumOps {
				if len(r.ops[k]) > 0 || r.local[results.OpKind(k)] {
					of.ops[k], of.local[k] = r.ops[k], r.local[results.OpKind(k)]
				}
			}
			if r.signIn != nil {
				of.entrance = r.signIn
			}
		}
	}
}

// actions returns the requests of an operation by a kind of people, and whether it is kept in this program.
func (d *Description) actions(kind bench.AccountKind, k results.OpKind) (actions []*action, local bool) {
	return d.duties[kind].ops[k], d.duties[kind].local[k]
}

// entrance returns how a kind of people sign in; nil where the auth file alone says it.
func (d *Description) entrance(kind bench.AccountKind) *entrance { return d.duties[kind].entrance }

// SignsIn returns the requests with which a kind of people sign in; none where the auth file alone says how.
func (d *Description) SignsIn(kind bench.AccountKind) []string {
	if e := d.entrance(kind); e != nil {
		return names(e.steps)
	}
	return nil
}

// Requests returns the requests that an operation by a kind of people may take, as they are called in messages.
func (d *Description) Requests(kind bench.AccountKind, k results.OpKind) []string {
	actions, _ := d.actions(kind, k)
	return names(actions)
}

func names(actions []*action) (all []string) {
	for _, a := range actions {
		all = append(all, a.name)
	}
	return all
}

// Support says how a kind of people do an operation.
func (d *Description) Support(kind bench.AccountKind, k results.OpKind) bench.Support {
	actions, local := d.actions(kind, k)
	if k == results.OpAuth {
		if e := d.entrance(kind); e != nil {
			actions = e.steps
		}
	}
	switch {
	case local:
		return bench.Local
	case len(actions) == 0:
		return bench.Absent
	case most(actions) > 1:
		return bench.Composed
	}
	return bench.Native
}

// most returns how many requests the actions take at most; those that are repeated, or turn pages to their end, take many.
func most(actions []*action) (n int) {
	with, without := map[string]int{}, map[string]int{}
	for _, a := range actions {
		switch {
		case a.repeat != nil || a.paging != nil && (a.count || a.find != nil):
			n += 2
		case a.only != "":
			with[a.only]++
		case a.unless != "":
			without[a.unless]++
		default:
			n++
		}
	}
	for name, some := range with {
		n += max(some, without[name])
		delete(without, name)
	}
	for _, some := range without {
		n += some
	}
	return n
}

// all returns the headers of all requests of whoever signs in so.
func (e *entrance) all() []entry {
	if e == nil {
		return nil
	}
	return e.headers
}

// does reports whether there is any operation for a kind of people.
func (d *Description) does(kind bench.AccountKind) bool {
	for k := range results.NumOps {
		if actions, local := d.actions(kind, results.OpKind(k)); results.OpKind(k) != results.OpProvision && (local || len(actions) > 0) {
			return true
		}
	}
	return false
}
