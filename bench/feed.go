package bench

import (
	"context"
	"time"

	"github.com/portalbench/portalbench/sim"
)

// feed brings a workload's operations to the scheduler slice by slice: one is ready while another is being read, and so
// two ahead of the one under way.
type feed struct {
	slices chan slice
	done   bool // the last has been taken
}

// slice is a part of a workload, or the error that ended the reading.
type slice struct {
	ops []sim.Op
	err error
}

// startFeed reads slices until the last, or until ctx ends, and calls rouse for each and at the end.
func startFeed(ctx context.Context, w *Workload, rouse func()) *feed {
	f := &feed{slices: make(chan slice, 1)}
	go func() {
		defer rouse()
		defer close(f.slices)
		for ops, err := range w.slices() {
			select {
			case f.slices <- slice{ops, err}:
				rouse()
			case <-ctx.Done():
				return
			}
		}
	}()
	return f
}

// late is how long after the first of its operations was due a slice may come.
const late = 10 * time.Millisecond

// take makes a slice the one under way. One that comes when its first operation has long been due starves the schedule.
func (e *engine) take(s slice, more bool) {
	e.feed.done = !more
	if s.err != nil {
		e.feedError, e.feed.done = s.err, true
		return
	}
	e.ops, e.next = s.ops, 0
	running := !e.start.IsZero()
	if running && len(s.ops) > 0 && e.work.offset(s.ops[0].Due)+late < e.now() {
		e.starved = true
	}
}

// takeReady takes slices that are there already, as long as the one under way is used up.
func (e *engine) takeReady() {
	for e.next == len(e.ops) && !e.feed.done {
		select {
		case s, more := <-e.feed.slices:
			e.take(s, more)
		default:
			return
		}
	}
}

// due reports whether any operation is yet to fall due.
func (e *engine) due() bool { return e.next < len(e.ops) || !e.feed.done }
