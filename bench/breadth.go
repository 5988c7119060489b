package bench

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"sort"
	"sync"
	"time"

	"github.com/portalbench/portalbench/sim"
	"github.com/portalbench/portalbench/sim/des"
)

// Networks simulates the care network numbered i and returns its state when the window begins and the operations of the
// window, in order. It is called by several goroutines at once. sim.Replay.Network is one.
type Networks func(i int) (sim.Opening, []sim.Op)

// mostInMemory is how many operations of a workload are kept in memory: some 100 MB. Of longer ones all are kept on disk.
const mostInMemory = 1_000_000

// mostOps is how many operations a workload may have: some 10 GB on disk.
const mostOps = 100e6

// ErrTooLong marks a workload of more operations than are kept.
var ErrTooLong = errors.New("too long a load")

// Reach makes the workload of a goal. The speed is
//
//	clamp(window / for, 1, 60)
//
// and care networks are added, one after the other, until the operations of the measured part reach the rate; then the
// speed is lowered by what the last network is too much. Networks of the window [From, Until()) of the plan are asked for.
func Reach(ctx context.Context, g Goal, of func(until des.Time) Networks) (Plan, *Workload, error) {
	p := Plan{Goal: g, Speed: g.Speed()}
	if !(g.Rate > 0) || g.For <= 0 {
		return p, nil, fmt.Errorf("planning %g operations a second for %s: both must be above 0", g.Rate, g.For)
	}
	if g.Can != nil {
		if err := g.Can.needed(); err != nil {
			return p, nil, err
		}
	}
	want := g.Rate * g.For.Seconds()
	if whole := g.Rate * (g.For + g.WarmUp).Seconds(); whole > mostOps {
		return p, nil, fmt.Errorf("%w: %g/s for %s are %.0f million operations, and %.0f million is the most: lower --rate or --for",
			ErrTooLong, g.Rate, g.For+g.WarmUp, whole/1e6, mostOps/1e6)
	}
	b := newBreadth(p, p.Until())
	err := b.gather(ctx, of(b.until), func() bool { return float64(b.measured) >= want })
	if err != nil {
		return p, nil, errors.Join(err, b.close())
	}
	p.Networks = b.networks
	if g.Stages != nil {
		return b.inStages(p)
	}
	p.Speed = max(p.Speed*want/float64(b.measured), slowest)
	return b.finish(p.trim)
}

// inStages bends the clock of a plan, and gives it the speed that it has on average.
func (b *breadth) inStages(p Plan) (Plan, *Workload, error) {
	slices.SortStableFunc(b.ops, byDue)
	clock, err := p.bend(b.before)
	if err != nil {
		return p, nil, errors.Join(err, b.close())
	}
	p.clock = clock
	measured := b.before(p.Exactly()) - b.before(clock[int(p.WarmUp/bendStep)].clinic)
	p.Offered = float64(measured) / p.For.Seconds()
	p.Speed = float64((p.Exactly() - p.From).Duration()) / float64(p.WarmUp+p.For)
	return b.finish(func(func(des.Time) int) Plan { return p })
}

// ByHand makes the workload of so many care networks at a speed.
func ByHand(ctx context.Context, g Goal, networks int, speed float64, of func(until des.Time) Networks) (Plan, *Workload, error) {
	p := Plan{Goal: g, Networks: networks, Speed: speed}
	b := newBreadth(p, p.Exactly())
	if err := b.gather(ctx, of(b.until), func() bool { return b.networks == networks }); err != nil {
		return p, nil, errors.Join(err, b.close())
	}
	return b.finish(func(before func(des.Time) int) Plan {
		p.Offered = p.offers(before, p.Speed)
		return p
	})
}

// breadth collects care networks until there are enough.
type breadth struct {
	from, until des.Time
	width       des.Time // of a slice on disk: a minute of the wall clock
	counted     [2]des.Time
	networks    int
	total       int // operations
	measured    int // of them: in the measured part
	openings    []sim.Opening
	ops         []sim.Op // of networks one after the other, until they are sorted
	spool       *Spool
	can         *Capabilities
	left        *omissions
}

func newBreadth(p Plan, until des.Time) *breadth {
	b := &breadth{from: p.From, until: until, width: stretched(time.Minute, p.Speed), can: p.Can,
		left: &omissions{from: p.From, width: stretched(omissionWidth, p.Speed)}}
	b.counted[0], b.counted[1] = p.Goal.measured(p.Speed)
	return b
}

// ErrIdle marks a window in which nobody does anything.
var ErrIdle = errors.New("nothing happens in the window")

// idleNetworks is after how many networks that do nothing it is given up.
const idleNetworks = 64

// gather adds networks in order until there are enough, simulating a few at a time.
func (b *breadth) gather(ctx context.Context, network Networks, enough func() bool) error {
	for !enough() {
		if err := ctx.Err(); err != nil {
			return err
		}
		if b.networks >= idleNetworks && b.measured == 0 {
			return fmt.Errorf("%w: %d care networks from %s: choose a busier time with --at, or a longer one with --for",
				ErrIdle, b.networks, weekday(b.from, true))
		}
		for _, n := range simulate(network, b.networks, runtime.GOMAXPROCS(0)) {
			if enough() {
				break
			}
			if err := b.add(n); err != nil {
				return err
			}
		}
	}
	return nil
}

// simulated is a network of which the window is known.
type simulated struct {
	opening sim.Opening
	ops     []sim.Op
}

// simulate makes so many networks at once, from the first'th on.
func simulate(network Networks, first, many int) []simulated {
	made := make([]simulated, many)
	var all sync.WaitGroup
	for i := range made {
		all.Go(func() { made[i].opening, made[i].ops = network(first + i) })
	}
	all.Wait()
	return made
}

// add takes a network: of its opening what the portal needs, of its operations all.
func (b *breadth) add(n simulated) error {
	b.networks++
	n.ops = b.possible(n.ops)
	b.measured += before(n.ops, b.counted[1]) - before(n.ops, b.counted[0])
	b.openings = append(b.openings, sim.Opening{At: n.opening.At, Threads: needed(n.opening.Threads, touched(n.ops))})
	if b.total += len(n.ops); b.total > mostOps {
		return fmt.Errorf("%w: %d care networks do more than %.0f million operations: lower --care-networks, --speed or --for",
			ErrTooLong, b.networks, mostOps/1e6)
	}
	if b.spool != nil {
		return b.spool.Add(n.ops)
	}
	b.ops = append(b.ops, n.ops...)
	if len(b.ops) <= mostInMemory {
		return nil
	}
	return b.toDisk()
}

// possible returns those operations of a network that the portal can carry out.
func (b *breadth) possible(ops []sim.Op) []sim.Op {
	if b.can == nil {
		return ops
	}
	f := newFilter(*b.can)
	return slices.DeleteFunc(ops, func(op sim.Op) bool {
		if f.keep(&op) != nil {
			return false
		}
		b.left.add(op.Due, op.Kind)
		return true
	})
}

// toDisk moves what is in memory to a spool.
func (b *breadth) toDisk() (err error) {
	if b.spool, err = NewSpool(b.from, b.until, b.width); err != nil {
		return err
	}
	ops := b.ops
	b.ops = nil
	return b.spool.Add(ops)
}

func (b *breadth) close() error {
	if b.spool == nil {
		return nil
	}
	return b.spool.Close()
}

// finish settles the plan by when the operations are due, and returns the workload.
func (b *breadth) finish(settle func(before func(des.Time) int) Plan) (Plan, *Workload, error) {
	slices.SortStableFunc(b.ops, byDue)
	p := settle(b.before)
	w := &Workload{Openings: b.openings, Spool: b.spool, From: p.From, Until: p.Exactly(), Speed: p.Speed, clock: p.clock,
		left: b.left, kept: b.total}
	w.Ops = b.ops[:before(b.ops, w.Until)]
	return p, w, nil
}

// before returns how many operations are due before t: all networks, once the operations are sorted.
func (b *breadth) before(t des.Time) int {
	if b.spool != nil {
		return b.spool.before(t)
	}
	return before(b.ops, t)
}

// before returns how many operations, in order, are due before t.
func before(ops []sim.Op, t des.Time) int {
	return sort.Search(len(ops), func(i int) bool { return ops[i].Due >= t })
}

// touched returns the threads that operations are about.
func touched(ops []sim.Op) map[sim.Thread]bool {
	threads := map[sim.Thread]bool{}
	for i := range ops {
		if hasThread(ops[i].Kind) {
			threads[ops[i].Thread] = true
		}
	}
	return threads
}

// needed returns the threads that must be on the portal when the window begins: those that a list shows, as their item is
// open, and those that an operation touches.
func needed(threads []sim.OpenThread, touched map[sim.Thread]bool) (some []sim.OpenThread) {
	for i := range threads {
		t := &threads[i]
		if len(t.Messages) > 0 && (t.Item != sim.ItemCompleted || touched[t.Thread]) {
			some = append(some, *t)
		}
	}
	return some
}
