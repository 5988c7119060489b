package bench

import (
	"cmp"
	"maps"
	"slices"

	"github.com/portalbench/portalbench/results"
)

// failures counts the operations that were not ok, by how they ended, with the words of the first of each kind. Its size
// is bounded by the contract and by the numbers that HTTP has for answers.
type failures map[failure]*results.ErrorExample

type failure struct {
	op      results.OpKind
	outcome results.Outcome
	status  int
}

// add counts an operation that has ended.
func (all failures) add(f *flight) {
	if f.answer.Outcome == results.OK {
		return
	}
	kind := failure{f.op.Kind, f.answer.Outcome, f.answer.Status}
	seen := all[kind]
	if seen == nil {
		seen = &results.ErrorExample{Op: kind.op.String(), Outcome: kind.outcome.String(), Status: kind.status, Example: words(f)}
		all[kind] = seen
	}
	seen.Count++
}

// words says why an operation was not ok: what the portal said to it, or to the one for which it was skipped.
func words(f *flight) string {
	if f.cause != nil {
		return f.cause.String()
	}
	return harmless(f.answer.Detail)
}

// list returns them in the order of operations, outcomes and statuses.
func (all failures) list() []results.ErrorExample {
	list := []results.ErrorExample{}
	for _, kind := range slices.SortedFunc(maps.Keys(all), failure.compare) {
		list = append(list, *all[kind])
	}
	return list
}

func (k failure) compare(o failure) int {
	return cmp.Or(cmp.Compare(k.op, o.op), cmp.Compare(k.outcome, o.outcome), cmp.Compare(k.status, o.status))
}
