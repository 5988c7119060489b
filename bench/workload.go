package bench

import (
	"cmp"
	"fmt"
	"iter"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/portalbench/portalbench/results"
	"github.com/portalbench/portalbench/scenarios"
	"github.com/portalbench/portalbench/sim"
	"github.com/portalbench/portalbench/sim/des"
)

// Workload is what is replayed: the state to start from and the operations of a window of clinic time.
type Workload struct {
	Openings []sim.Opening // one for each care network
	Ops      []sim.Op      // in the order in which they are due; all within [From, Until)
	Spool    *Spool        // of a long workload, in place of Ops; what is due from Until on is left out
	From     des.Time
	Until    des.Time
	Speed    float64                    // clinic time over wall-clock time, on average; above 0
	clock    []knot                     // of a load in stages; nil: the speed is the same throughout
	Describe func(sim.Actor) sim.Person // the person or pool behind an actor; used by one goroutine
	// Of a workload that was made for a portal: how many operations it has not were left out, and how many were not.
	left *omissions
	kept int
}

// Duration returns how long the replay takes on the wall clock, warm-up included.
func (w *Workload) Duration() time.Duration { return w.offset(w.Until) }

// offset returns when, after the start, something due at t is to be done: (t - From) / Speed, or by the clock.
func (w *Workload) offset(t des.Time) time.Duration {
	if w.clock != nil {
		return moment(w.clock, t)
	}
	return time.Duration(float64((t - w.From).Duration()) / w.Speed)
}

// Close removes what the workload keeps on disk.
func (w *Workload) Close() error {
	if w.Spool == nil {
		return nil
	}
	return w.Spool.Close()
}

// Len returns how many operations there are, of a long workload roughly.
func (w *Workload) Len() int {
	if w.Spool == nil {
		return len(w.Ops)
	}
	return w.Spool.before(w.Until)
}

// slices returns the operations in order, some minutes' at a time. An error comes with the last slice.
func (w *Workload) slices() iter.Seq2[[]sim.Op, error] {
	return func(yield func([]sim.Op, error) bool) {
		if w.Spool == nil {
			yield(w.Ops, nil)
			return
		}
		for i := range w.Spool.Slices() {
			ops, err := w.Spool.Slice(i)
			if !yield(ops[:before(ops, w.Until)], err) || err != nil {
				return
			}
		}
	}
}

func (w *Workload) check() error {
	switch {
	case !(w.Speed > 0):
		return fmt.Errorf("replaying at speed %g: it must be above 0", w.Speed)
	case w.Until <= w.From:
		return fmt.Errorf("replaying a window from %d to %d ms: its end must come after its start", w.From, w.Until)
	case len(w.Ops) == 0 && w.Spool == nil:
		return fmt.Errorf("%w: replay more care networks or a longer one", ErrIdle)
	case w.Describe == nil:
		return fmt.Errorf("replaying a workload whose people nobody describes")
	}
	if !slices.IsSortedFunc(w.Ops, func(a, b sim.Op) int { return cmp.Compare(a.Due, b.Due) }) {
		return fmt.Errorf("replaying operations that are not in the order in which they are due")
	}
	if n := len(w.Ops); n > 0 && (w.Ops[0].Due < w.From || w.Ops[n-1].Due >= w.Until) {
		return fmt.Errorf("replaying operations that are due outside the window")
	}
	return nil
}

// needed are the operations without which no workload can be carried out.
func (c Capabilities) needed() error {
	for _, k := range []results.OpKind{results.OpSend, results.OpReply} {
		if c.Ops[k] == Absent {
			return fmt.Errorf("portal %s has no %s: no workload can be replayed without it (where a file describes the portal, describe it there)", c.Name, k)
		}
	}
	return nil
}

// category maps the scenario's categories to those every portal knows.
func category(c scenarios.Category) string {
	switch c {
	case scenarios.Renewal:
		return "refill"
	case scenarios.Scheduling:
		return "appointment"
	case scenarios.Result:
		return "test_result"
	case scenarios.Referral:
		return "referral"
	case scenarios.Medication, scenarios.Symptom, scenarios.HomeReading, scenarios.CareCoordination:
		return "advice"
	}
	return "other"
}

// tag marks a thread on the portal. It holds the run id, so that no run finds the threads of another.
func tag(runID string, t sim.Thread) string {
	return fmt.Sprintf("%s-n%d-t%d", runID, t.Network, t.Number)
}

// untag returns the thread that a tag of the run marks, and false for any other text.
func untag(runID, tag string) (name sim.Thread, ours bool) {
	rest, ours := strings.CutPrefix(tag, runID+"-n")
	network, number, found := strings.Cut(rest, "-t")
	if !ours || !found {
		return name, false
	}
	n, err := strconv.ParseInt(network, 10, 32)
	m, errM := strconv.ParseInt(number, 10, 32)
	return sim.Thread{Network: int32(n), Number: int32(m)}, err == nil && errM == nil
}

// CheckRunID allows what may stand in a tag.
func CheckRunID(id string) error {
	ok := id != "" && len(id) <= 40
	for _, r := range id {
		ok = ok && (r == '-' || r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z')
	}
	if !ok {
		return fmt.Errorf("run id %q: it must have 1 to 40 letters, digits and hyphens", id)
	}
	return nil
}
