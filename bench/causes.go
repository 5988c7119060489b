package bench

import (
	"cmp"
	"fmt"

	"github.com/portalbench/portalbench/results"
	"github.com/portalbench/portalbench/sim"
)

// Cause is why operations were not done: an operation that failed, as many others may have in the same way.
type Cause struct {
	Op      results.OpKind
	Outcome results.Outcome
	Thread  sim.Thread // of the first
	Detail  string     // of the first
}

// String says in one phrase what failed and how.
func (c *Cause) String() string {
	text := c.Op.String()
	if hasThread(c.Op) {
		text += fmt.Sprintf(" in thread %d of network %d", c.Thread.Number, c.Thread.Network)
	}
	if c.Outcome != results.Skipped {
		text += ", which ended " + c.Outcome.String()
	} else if !hasThread(c.Op) {
		return c.Detail // it concerns all operations
	}
	if c.Detail != "" {
		text += ": " + c.Detail
	}
	return text
}

// causes holds one cause for each way to fail, however often it happens: a portal that is down must not fill the
// generator's memory.
type causes map[causeKey]*Cause

// causeKey is a way to fail. Reasons for which this program sent nothing are few, and told apart.
type causeKey struct {
	op      results.OpKind
	outcome results.Outcome
	reason  string
}

// of returns the cause that stands for c.
func (all causes) of(c Cause) *Cause {
	key := causeKey{op: c.Op, outcome: c.Outcome}
	if c.Outcome == results.Skipped {
		key.reason = c.Detail
	}
	first := all[key]
	if first == nil {
		c.Detail = harmless(c.Detail)
		first = &c
		all[key] = first
	}
	return first
}

// compare puts causes in the order in which their operations and outcomes are numbered.
func (c *Cause) compare(o *Cause) int {
	return cmp.Or(cmp.Compare(c.Op, o.Op), cmp.Compare(c.Outcome, o.Outcome), cmp.Compare(c.Detail, o.Detail))
}
