package bench

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/portalbench/portalbench/generators"
	"github.com/portalbench/portalbench/results"
	"github.com/portalbench/portalbench/scenarios"
	"github.com/portalbench/portalbench/sim"
	"github.com/portalbench/portalbench/sim/des"
)

// cast finds out who the people and pools of a trace are. In traces made from a simulation their handles say it. In
// others names are free, all are of network 0, and who is not described is known by what they do:
//
//	staff    who claims, routes, labels, closes or reopens, looks at another's list, takes part in a thread about
//	         somebody else that they have not begun, or is written to and acts
//	pool     whatever is written to and never acts
//	patient  whom something is about, and everybody else
type cast struct {
	networks int32 // above 0: names are handles
	seed     uint64
	members  map[string]*member
	ordered  []*member // in the order in which they were met
	byActor  map[sim.Actor]*member
	pool     *member // that of messages to nobody in particular; nil until one is needed
}

// member is a person or pool of a trace.
type member struct {
	line      traceLine // about them; without a kind when there is none
	actor     sim.Actor
	met       int // line that speaks of them first
	acts      bool
	tends     bool // does what staff do
	addressed bool
	concerned bool // some line is about them
}

// handlePattern and threadPattern match what handleOf and threadHandle write.
var handlePattern = regexp.MustCompile(`^n(\d{1,9})-(p|proxy|staff|pool)(\d{1,9})$`)

var threadPattern = regexp.MustCompile(`^n(\d{1,9})-t(\d{1,9})$`)

func newCast(h *TraceHeader) *cast {
	return &cast{networks: int32(h.CareNetworks), seed: h.Seed, members: map[string]*member{}, byActor: map[sim.Actor]*member{}}
}

// parseHandle reads a person's handle.
func parseHandle(name string) (sim.Actor, bool) {
	m := handlePattern.FindStringSubmatch(name)
	if m == nil {
		return sim.Actor{}, false
	}
	kind := slices.Index(handleKinds[:], m[2])
	return sim.Actor{Network: number32(m[1]), Index: number32(m[3]), Kind: sim.ActorKind(kind)}, true
}

// number32 reads up to nine digits.
func number32(digits string) int32 {
	n, _ := strconv.Atoi(digits) // the pattern allows digits only
	return int32(n)
}

// meet returns the person or pool of a name, met in a line.
func (c *cast) meet(name string, line int) (*member, error) {
	if m := c.members[name]; m != nil {
		return m, nil
	}
	m := &member{met: line}
	if a, ok := parseHandle(name); c.networks > 0 {
		if !ok || a.Network >= c.networks {
			return nil, fmt.Errorf("%q is no handle of one of the %d care networks, such as n0-p17, n0-proxy17, n0-staff2 or n0-pool0: where the header has care_networks, people are named so",
				name, c.networks)
		}
		m.actor = a
		c.byActor[a] = m
	}
	m.line.Person = name
	c.members[name] = m
	c.ordered = append(c.ordered, m)
	return m, nil
}

// describe takes a line about a person.
func (c *cast) describe(l *traceLine, line int) error {
	m, err := c.meet(l.Person, line)
	if err != nil {
		return err
	}
	kind := slices.Index(kindNames[:], l.Kind)
	switch {
	case m.line.Kind != "":
		return fmt.Errorf("%q is described twice: leave one of the lines out", l.Person)
	case kind < 0:
		return fmt.Errorf("kind %q of %q: use patient, proxy, staff or pool", l.Kind, l.Person)
	case c.networks > 0 && sim.ActorKind(kind) != m.actor.Kind:
		return fmt.Errorf("%q is no handle of a %s", l.Person, l.Kind)
	case c.networks == 0 && sim.ActorKind(kind) == sim.ActorProxy && l.ActsFor == "":
		return fmt.Errorf("proxy %q: say with acts_for whose", l.Person)
	case l.Role != "":
		if _, ok := scenarios.ParseRole(l.Role); !ok {
			return fmt.Errorf("unknown role %q of %q: use physician, specialist, app, rn, ma, pharmacist or front_desk", l.Role, l.Person)
		}
	}
	m.line = *l
	for _, other := range append(slices.Clone(l.Pools), l.ActsFor) {
		if other != "" {
			if _, err := c.meet(other, line); err != nil {
				return err
			}
		}
	}
	for _, pool := range l.Pools {
		c.members[pool].addressed = true
	}
	c.concern(l.ActsFor)
	return nil
}

// concern notes that something is about a person who was met, if one is named.
func (c *cast) concern(name string) {
	if m := c.members[name]; m != nil {
		m.concerned = true
	}
}

// settle decides who everybody is, once all lines are known.
func (c *cast) settle() error {
	if c.networks > 0 {
		return nil
	}
	var next [len(kindNames)]int32
	for _, m := range c.ordered {
		m.actor.Kind = m.kind()
		if m.actor.Kind != sim.ActorProxy {
			m.actor.Index = next[m.actor.Kind]
			next[m.actor.Kind]++
			c.byActor[m.actor] = m
		}
	}
	for _, m := range c.ordered {
		if m.actor.Kind == sim.ActorPool && m.acts {
			return fmt.Errorf("line %d: %q is a pool, and nobody signs in as one: describe them as staff", m.met, m.line.Person)
		}
		if m.actor.Kind != sim.ActorProxy {
			continue
		}
		patient := c.members[m.line.ActsFor]
		m.actor.Index = patient.actor.Index
		if patient.actor.Kind != sim.ActorPatient {
			return fmt.Errorf("line %d: proxy %q acts for %q, who is no patient", m.met, m.line.Person, m.line.ActsFor)
		}
		if other := c.byActor[m.actor]; other != nil {
			return fmt.Errorf("line %d: %q and %q act for the same patient: one proxy each can be replayed", m.met, other.line.Person,
				m.line.Person)
		}
		c.byActor[m.actor] = m
	}
	return nil
}

// kind returns what a line about a person says, or their name, or what they do.
func (m *member) kind() sim.ActorKind {
	if i := slices.Index(kindNames[:], m.line.Kind); i >= 0 {
		return sim.ActorKind(i)
	}
	named, ok := parseHandle(m.line.Person)
	switch {
	case ok && named.Kind != sim.ActorProxy: // whose it is would not be known
		return named.Kind
	case m.tends:
		return sim.ActorStaff
	case m.concerned:
		return sim.ActorPatient
	case m.acts && m.addressed:
		return sim.ActorStaff
	case m.addressed:
		return sim.ActorPool
	}
	return sim.ActorPatient
}

// anyPool returns the pool of messages that are to nobody in particular: the first there is, or one of its own.
func (c *cast) anyPool() sim.Actor {
	for _, m := range c.ordered {
		if c.pool == nil && m.actor.Kind == sim.ActorPool {
			c.pool = m
		}
	}
	if c.pool == nil {
		c.pool = &member{actor: sim.Actor{Kind: sim.ActorPool}}
		c.ordered = append(c.ordered, c.pool)
		c.byActor[c.pool.actor] = c.pool
	}
	return c.pool.actor
}

// newPatient makes somebody up whom no line speaks of.
func (c *cast) newPatient() sim.Actor {
	a := sim.Actor{Kind: sim.ActorPatient}
	for c.byActor[a] != nil {
		a.Index++
	}
	c.byActor[a] = &member{actor: a}
	return a
}

// actor returns who a name stands for. The name must have been met.
func (c *cast) actor(name string) sim.Actor { return c.members[name].actor }

// person describes an actor. What the trace does not say is made up: a name, the role of a nurse, and for staff all the
// pools of their network. A free name is not handed on: it may be a real person's.
func (c *cast) person(a sim.Actor) sim.Person {
	m := c.byActor[a]
	if m == nil {
		m = &member{actor: a}
	}
	p := sim.Person{Name: m.line.Name}
	if a.Kind == sim.ActorStaff || a.Kind == sim.ActorPool {
		if p.Role, _ = scenarios.ParseRole(m.line.Role); p.Role == scenarios.RoleNone {
			p.Role = scenarios.RN
		}
	}
	if p.Name == "" {
		p.Name = generators.PersonName(des.NewKey(c.seed).Sub(uint64(a.Kind)).Sub(uint64(a.Network)).Sub(uint64(a.Index)))
		if a.Kind == sim.ActorPool {
			p.Name = fmt.Sprintf("Pool %d", a.Index)
		}
	}
	for _, pool := range m.line.Pools {
		p.Pools = append(p.Pools, c.actor(pool))
	}
	if a.Kind == sim.ActorStaff && len(p.Pools) == 0 && (c.networks == 0 || m.line.Kind == "") {
		p.Pools = c.poolsOf(a.Network)
	}
	return p
}

func (c *cast) poolsOf(network int32) (pools []sim.Actor) {
	for _, m := range c.ordered {
		if m.actor.Kind == sim.ActorPool && m.actor.Network == network {
			pools = append(pools, m.actor)
		}
	}
	return pools
}

// parseOp finds an operation that a trace may have.
func parseOp(name string) (results.OpKind, error) {
	kind, ok := results.ParseOp(name)
	switch {
	case !ok:
		hint := ""
		if near := results.Nearest(name, results.OpNames()[1:], 1); len(near) > 0 {
			hint = "did you mean " + near[0] + "? "
		}
		return 0, fmt.Errorf("unknown op %q: %schoose one of %s", name, hint, strings.Join(results.OpNames()[1:], ", "))
	case kind == results.OpProvision || kind == results.OpAwait:
		return 0, fmt.Errorf("op %s belongs to the preparation or to another op, not to a trace: leave the line out", name)
	}
	return kind, nil
}
