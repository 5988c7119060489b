package sim

import (
	"context"

	"github.com/portalbench/portalbench/scenarios"
	"github.com/portalbench/portalbench/sim/des"
)

// Replay is a window of simulated time of a number of care networks, as ops in the order in which they are due.
type Replay struct{}

// NewReplay prepares networks 0 to networks-1 of a plan for a replay of [from, until).
func NewReplay(plan *Plan, seed uint64, networks int, router func() Router, from, until des.Time) *Replay {
	return &Replay{}
}

// Open simulates every network up to the window's start, without recording ops, and returns the state they are in.
func (r *Replay) Open(ctx context.Context) ([]Opening, error) { return nil, nil }

// Next appends the ops of the next slice of time, all networks in global order, and reports false after the last.
func (r *Replay) Next(ops []Op) ([]Op, bool) { return ops, false }

// Person is what a portal needs to know of an actor.
type Person struct {
	Name  string         // synthetic
	Role  scenarios.Role // RoleNone for patients, proxies and pools
	Pools []Actor        // staff: the pools they belong to
}

// Describe returns the person or pool behind an actor of the replay.
func (r *Replay) Describe(a Actor) Person { return Person{} }
