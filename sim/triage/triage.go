// Package triage compiles policies into routers for the simulator. It knows the levers, not the clinic: what a router
// decides depends on what it is shown and on keyed draws alone.
//
// A lever is looked at in a fixed order: classify, rules, refill, by_category, first. What several of them let a pool
// close is joined as sets are, by the largest share, since one draw a thread decides for all of them.
package triage

import (
	"slices"

	"github.com/portalbench/portalbench/scenarios"
	"github.com/portalbench/portalbench/sim"
)

// Compile makes the router of a policy that has passed scenarios.LoadPolicy's checks. Its errors are
// scenarios.Problems: expressions that cannot be read or ask for what a policy cannot know.
func Compile(p *scenarios.Policy) (sim.Router, error) {
	routers, err := Routers(p)
	if err != nil {
		return nil, err
	}
	return routers(), nil
}

// Routers compiles a policy once and returns what makes routers of it. It may be called by several goroutines at the
// same time; each router is for one.
func Routers(p *scenarios.Policy) (func() sim.Router, error) {
	var problems scenarios.Problems
	c := policy{
		pools: newPools(p.Route.Team), accuracy: p.Classify.CategoryAccuracy, classify: newClassifier(p.Classify),
		refill: p.Refill.Covered * p.Refill.Closed, closed: p.Route.ClosedWithoutPhysician, class: newClasses(p),
	}
	names := facts(c.pools)
	c.strata = compileStrata(p.Classify, names, &problems)
	c.rules = compileRules(p.Route.Rules, c.pools, names, &problems)
	if len(problems) > 0 {
		return nil, problems
	}
	c.first, c.picks = c.pools.destination(p.Route.First), p.Route.First == "addressee"
	c.picker = c.pools.of(p.Picker())
	c.protocol = c.pools.destination(p.Refill.By)
	for _, d := range p.Route.ByCategory {
		c.byCategory[slices.Index(categories(), d.Category)] = target{true, c.pools.destination(d.To), d.Closes}
	}
	return func() sim.Router {
		return &router{policy: &c, rules: newMachine(c.rules.used), strata: newMachine(c.strata.used)}
	}, nil
}

// policy is a compiled policy. It is not changed once made.
type policy struct {
	pools      pools
	classify   classifier
	accuracy   float64 // of the category; 0: the sender's label stands
	strata     strata
	rules      rules
	byCategory [scenarios.NumCategories]target
	first      scenarios.Role // whose pool opens new threads; RoleNone: their addressees
	picks      bool           // the picker's pool takes what it may close off the addressees' lists
	picker     scenarios.Role
	closed     float64 // of the threads of the pool that is first, or picks
	protocol   scenarios.Role
	refill     float64 // of renewals, by the protocol
	class      classes
}

// target is where the threads of a category or a rule go.
type target struct {
	set    bool
	pool   scenarios.Role // RoleNone: the addressee
	closes float64
}

// router is a policy with the room it needs to evaluate expressions.
type router struct {
	*policy
	rules, strata machine
	message       message // the one at hand
}

// Route implements sim.Router.
func (r *router) Route(v *sim.View) sim.Decision {
	switch {
	case v.From == scenarios.RoleNone:
		return r.arrival(v)
	case v.From.IsPhysician() || v.Delegable < v.Authority:
		return sim.Decision{Answer: true}
	}
	return sim.Decision{} // to the clinician it was written to
}

// arrival sends a new thread on its way.
func (r *router) arrival(v *sim.View) sim.Decision {
	m := &r.message
	*m = message{view: v, category: r.category(v)}
	m.urgent = r.urgent(m)
	d := sim.Decision{Urgent: m.urgent, Label: m.category, Class: r.class.of(m.urgent, m.category)}
	rule, ok := r.policy.rules.first(&r.rules, m)
	switch {
	case ok:
		d.Pool = rule.pool
		if rule.ahead {
			d.Class = 0
		}
	case r.protocol != scenarios.RoleNone && m.category == scenarios.Renewal && v.Delegable < r.refill:
		d.Pool = r.protocol
	case r.byCategory[m.category].set:
		d.Pool = r.byCategory[m.category].pool
	default:
		d.Pool = r.opener(v)
	}
	if d.Pool != scenarios.RoleNone {
		d.Authority = max(rule.closes, r.authority(d.Pool, m.category))
	}
	return d
}

// opener returns whose pool opens a thread that no other lever has an opinion on. With the addressee first, somebody
// has picked off the clinicians' lists what the pool may close, and what is written to the team is in no other place.
func (p *policy) opener(v *sim.View) scenarios.Role {
	if p.picks && (v.ToPool || v.Delegable < p.closed) {
		return p.picker
	}
	return p.first
}

// authority returns the share of the threads of a category that a pool may close: the largest that a lever gives it.
func (p *policy) authority(pool scenarios.Role, c scenarios.Category) float64 {
	share := 0.0
	if pool == p.first || p.picks && pool == p.picker {
		share = p.closed
	}
	if t := &p.byCategory[c]; t.set && t.pool == pool {
		share = max(share, t.closes)
	}
	if pool == p.protocol && c == scenarios.Renewal {
		share = max(share, p.refill)
	}
	return share
}

// pools tells which roles share an inbox: each role's own, or that of the first role of its team.
type pools [scenarios.NumRoles]scenarios.Role

func newPools(team []string) (p pools) {
	for r := range p {
		p[r] = scenarios.Role(r)
	}
	for _, name := range team {
		first, _ := scenarios.ParseRole(team[0])
		r, _ := scenarios.ParseRole(name)
		p[r] = first
	}
	return p
}

func (p pools) of(r scenarios.Role) scenarios.Role { return p[r] }

// destination returns the pool that a name in a policy means; RoleNone for the addressee.
func (p pools) destination(name string) scenarios.Role {
	for r := range p {
		if name == "team" && p[r] != scenarios.Role(r) {
			return p[r] // all of a team share one inbox
		}
	}
	if r, ok := scenarios.ParseRole(name); ok {
		return p[r]
	}
	return scenarios.RoleNone
}

// classes says in which order inboxes are worked: a class for what is urgent or not of each category. Class 0 is for
// rules that put threads first; where the order is by due date, the simulator sees to it within one class.
type classes [2][scenarios.NumCategories]uint8

func newClasses(p *scenarios.Policy) (c classes) {
	for i := range scenarios.NumCategories {
		c[0][i], c[1][i] = 1, 1
		switch p.Order {
		case "urgency":
			c[1][i] = 0
		case "category":
			rank := slices.Index(p.ByRank, scenarios.Category(i).String())
			if rank < 0 {
				rank = len(p.ByRank)
			}
			c[0][i], c[1][i] = uint8(1+rank), uint8(1+rank)
		}
	}
	return c
}

func (c *classes) of(urgent bool, category scenarios.Category) uint8 {
	if urgent {
		return c[1][category]
	}
	return c[0][category]
}
