package sim

import (
	"cmp"
	"context"
	"runtime"
	"slices"
	"sync"

	"github.com/portalbench/portalbench/generators"
	"github.com/portalbench/portalbench/scenarios"
	"github.com/portalbench/portalbench/sim/des"
)

// slice is how much simulated time Replay.Next advances at once.
const slice = 5 * des.Minute

// Replay is a window of simulated time of a number of care networks, as ops in the order in which they are due. Not
// safe for concurrent use; it uses all cores itself.
type Replay struct {
	plan    *Plan
	arm     *arm
	clinics []*Clinic
	held    [][]Op // of each network: made, not yet due in the slices returned so far
	done    des.Time
	until   des.Time
}

// NewReplay prepares networks 0 to networks-1 of a plan for a replay of [from, until). There may be more or fewer of
// them than the scenario's population makes; each has the people of a full network. Every network has a Router of its
// own.
func NewReplay(plan *Plan, a Arm, seed uint64, networks int, from, until des.Time) *Replay {
	r := &Replay{plan: plan, arm: newArm(plan, a.Policy), clinics: make([]*Clinic, networks), held: make([][]Op, networks), done: from, until: until}
	routers := make([]Router, networks)
	for i := range routers {
		routers[i] = a.Router()
	}
	r.each(context.Background(), func(i int) {
		people := plan.model.Draw(seed, 0, i, plan.Scenario.Network.Patients)
		needs := people.Needs(0, 0, until+Lead, nil)
		r.clinics[i] = newClinic(plan, r.arm, i, 0, people, needs, routers[i], until+Lead)
		r.clinics[i].record = newRecorder(plan, from)
	})
	return r
}

// each calls do for every network, on all cores.
func (r *Replay) each(ctx context.Context, do func(i int)) {
	var wg sync.WaitGroup
	next := make(chan int)
	for range min(runtime.GOMAXPROCS(0), len(r.clinics)) {
		wg.Go(func() {
			for i := range next {
				do(i)
			}
		})
	}
	for i := range r.clinics {
		if ctx.Err() != nil {
			break
		}
		next <- i
	}
	close(next)
	wg.Wait()
}

// Open simulates every network up to the window's start, without recording ops, and returns the state they are in.
// The error is ctx's.
func (r *Replay) Open(ctx context.Context) ([]Opening, error) {
	openings := make([]Opening, len(r.clinics))
	r.each(ctx, func(i int) {
		r.held[i] = r.clinics[i].Advance(r.done, nil) // people in the middle of something go on
		openings[i] = r.clinics[i].Opening()
	})
	return openings, ctx.Err()
}

// Next appends the ops of the next slice of time, all networks in global order, and reports false after the last. Ops
// due at the same moment are in order of network, and within a network in the order in which they were done.
func (r *Replay) Next(ops []Op) ([]Op, bool) {
	r.done = min(r.done+slice, r.until)
	r.each(context.Background(), func(i int) {
		r.held[i] = r.clinics[i].Advance(r.done+Lead, r.held[i])
		slices.SortStableFunc(r.held[i], byDue)
	})
	start := len(ops)
	for i, held := range r.held {
		n, _ := slices.BinarySearchFunc(held, r.done, func(op Op, t des.Time) int { return cmp.Compare(op.Due, t) })
		ops = append(ops, held[:n]...)
		r.held[i] = append(held[:0], held[n:]...)
	}
	slices.SortStableFunc(ops[start:], byDue)
	return ops, r.done < r.until
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
	c := r.clinics[a.Network]
	switch a.Kind {
	case ActorPatient:
		return Person{Name: generators.PersonName(c.people.NameKey(a.Index))}
	case ActorProxy:
		return Person{Name: generators.PersonName(c.people.NameKey(a.Index).Sub(1))}
	case ActorPool:
		role := r.arm.pools[a.Index][0]
		return Person{Name: role.String() + " pool", Role: role}
	}
	p := Person{Name: generators.PersonName(c.people.StaffKey(int(a.Index)).Sub(drawStaffName)), Role: r.plan.roster[a.Index].Role}
	if in := int32(r.arm.inboxes[a.Index]); int(in) >= len(c.staff) {
		p.Pools = []Actor{c.at(in)}
	}
	return p
}
