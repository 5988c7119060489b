package triage

import (
	"fmt"

	"github.com/expr-lang/expr/vm"

	"github.com/portalbench/portalbench/scenarios"
)

// rules are looked at in order; the first whose condition holds decides.
type rules struct {
	list []rule
	used []fact
}

// rule is a compiled rule of a policy.
type rule struct {
	when   condition
	pool   scenarios.Role // RoleNone: the addressee
	closes float64
	ahead  bool // before others in every inbox
}

func compileRules(list []scenarios.Rule, p pools, names []fact, problems *scenarios.Problems) (r rules) {
	for _, declared := range list {
		when, err := compile(declared.When, names, &r.used)
		*problems = append(*problems, err...)
		r.list = append(r.list, rule{when, p.destination(declared.To), declared.Closes, declared.First})
	}
	return r
}

// first returns the rule that decides on a message, or false.
func (r *rules) first(on *machine, m *message) (rule, bool) {
	if len(r.list) == 0 {
		return rule{}, false
	}
	on.load(m)
	for i := range r.list {
		if on.holds(&r.list[i].when) {
			return r.list[i], true
		}
	}
	return rule{}, false
}

// condition is a compiled expression.
type condition struct {
	text    string
	program *vm.Program
}

// machine evaluates conditions, for one goroutine. Its memory is used again, so that nothing is allocated.
type machine struct {
	vm    *vm.VM
	known map[string]any // what the conditions ask about the message at hand
	used  []fact
}

func newMachine(used []fact) machine {
	return machine{vm: new(vm.VM), known: make(map[string]any, len(used)), used: used}
}

// load takes in a message: only what some condition asks about.
func (c *machine) load(m *message) {
	for i := range c.used {
		c.known[c.used[i].name] = c.used[i].of(m)
	}
}

// holds evaluates a condition on the message taken in. Conditions are checked when they are compiled and cannot fail.
func (c *machine) holds(w *condition) bool {
	result, err := c.vm.Run(w.program, c.known)
	if err != nil {
		panic(fmt.Sprintf("evaluating %s: %v", w.text, err)) // compile lets nothing through that can fail
	}
	return result.(bool)
}
