package sim

import (
	"cmp"
	"slices"

	"github.com/portalbench/portalbench/generators"
	"github.com/portalbench/portalbench/scenarios"
	"github.com/portalbench/portalbench/sim/des"
)

// Replay makes the ops of a window of simulated time, one care network after the other: they share nothing, so that a
// program may take as many as it needs and keep of each what it likes. Its methods may be called concurrently.
type Replay struct {
	plan        *Plan
	arm         *arm
	router      func() Router
	seed        uint64
	from, until des.Time
}

// NewReplay prepares a replay of [from, until). There may be more or fewer networks than the scenario's population
// makes; each has the people of a full one, and a Router of its own.
func NewReplay(plan *Plan, a Arm, seed uint64, from, until des.Time) *Replay {
	return &Replay{plan: plan, arm: newArm(plan, a.Policy), router: a.Router, seed: seed, from: from, until: until}
}

// Network simulates a network, counted from 0. It returns the state it is in when the window begins, and the ops that are
// due in the window, in order; those due at the same moment as they were done.
func (r *Replay) Network(i int) (Opening, []Op) {
	people := r.plan.model.Draw(r.seed, 0, i, r.plan.Scenario.Network.Patients)
	needs := people.Needs(0, 0, r.until+Lead, nil)
	c := newClinic(r.plan, r.arm, i, 0, people, needs, r.router(), r.until+Lead)
	c.record = newRecorder(r.plan, r.from)
	ops := c.Advance(r.from, nil) // people in the middle of something go on
	opening := c.Opening()
	ops = c.Advance(r.until+Lead, ops)
	slices.SortStableFunc(ops, byDue)
	due, _ := slices.BinarySearchFunc(ops, r.until, func(op Op, t des.Time) int { return cmp.Compare(op.Due, t) })
	return opening, ops[:due]
}

func byDue(a, b Op) int { return cmp.Compare(a.Due, b.Due) }

// Person is what a portal needs to know of an actor.
type Person struct {
	Name  string         // synthetic
	Role  scenarios.Role // of staff and pools; RoleNone for patients and proxies
	Pools []Actor        // staff: the pools they belong to
}

// Describe returns the person or pool behind an actor of the replay.
func (r *Replay) Describe(a Actor) Person {
	people := r.plan.model.Draw(r.seed, 0, int(a.Network), 0) // names need nobody's traits
	switch a.Kind {
	case ActorPatient:
		return Person{Name: generators.PersonName(people.NameKey(a.Index))}
	case ActorProxy:
		return Person{Name: generators.PersonName(people.NameKey(a.Index).Sub(1))}
	case ActorPool:
		role := r.arm.pools[a.Index][0]
		return Person{Name: role.String() + " pool", Role: role}
	}
	p := Person{Name: generators.PersonName(people.StaffKey(int(a.Index)).Sub(drawStaffName)), Role: r.plan.roster[a.Index].Role}
	if pool := int32(r.arm.inboxes[a.Index]) - int32(len(r.plan.roster)); pool >= 0 {
		p.Pools = []Actor{{a.Network, pool, ActorPool}}
	}
	return p
}
