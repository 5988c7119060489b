package bench

import (
	"fmt"
	"slices"
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
	From     des.Time
	Until    des.Time
	Speed    float64                    // clinic time over wall-clock time; above 0
	Describe func(sim.Actor) sim.Person // the person or pool behind an actor; used by one goroutine
}

// Duration returns how long the replay takes on the wall clock, warm-up included.
func (w *Workload) Duration() time.Duration { return w.offset(w.Until) }

// offset returns when, after the start, something due at t is to be done: (t - From) / Speed.
func (w *Workload) offset(t des.Time) time.Duration {
	return time.Duration(float64((t - w.From).Duration()) / w.Speed)
}

func (w *Workload) check() error {
	switch {
	case !(w.Speed > 0):
		return fmt.Errorf("replaying at speed %g: it must be above 0", w.Speed)
	case w.Until <= w.From:
		return fmt.Errorf("replaying a window from %d to %d ms: its end must come after its start", w.From, w.Until)
	case len(w.Ops) == 0:
		return fmt.Errorf("nothing happens in the window: replay more care networks or a longer one")
	case w.Describe == nil:
		return fmt.Errorf("replaying a workload whose people nobody describes")
	}
	if !slices.IsSortedFunc(w.Ops, func(a, b sim.Op) int { return compareTimes(a.Due, b.Due) }) {
		return fmt.Errorf("replaying operations that are not in the order in which they are due")
	}
	if w.Ops[0].Due < w.From || w.Ops[len(w.Ops)-1].Due >= w.Until {
		return fmt.Errorf("replaying operations that are due outside the window")
	}
	return nil
}

func compareTimes(a, b des.Time) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

// without returns the operations that the portal can carry out, and how many of each other kind were left out. A message
// carries the files that are attached within the window: one sent just after its start may have had its file before.
func without(ops []sim.Op, can Capabilities) (kept []sim.Op, left map[results.OpKind]int) {
	type carrier struct {
		thread  sim.Thread
		message int32
	}
	left = map[results.OpKind]int{}
	attached := map[carrier]int8{}
	kept = make([]sim.Op, 0, len(ops))
	for _, op := range ops {
		if can.Ops[op.Kind] == Absent {
			left[op.Kind]++
			continue
		}
		if op.Kind == results.OpAttach {
			attached[carrier{op.Thread, op.Message}]++
		}
		if op.Files > 0 {
			op.Files = min(op.Files, attached[carrier{op.Thread, op.Message}])
		}
		kept = append(kept, op)
	}
	return kept, left
}

// needed are the operations without which no workload can be carried out.
func (c Capabilities) needed() error {
	for _, k := range []results.OpKind{results.OpAuth, results.OpSend, results.OpReply} {
		if c.Ops[k] == Absent {
			return fmt.Errorf("portal %s has no %s: no workload can be replayed without it", c.Name, k)
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

// checkRunID allows what may stand in a tag.
func checkRunID(id string) error {
	ok := id != "" && len(id) <= 40
	for _, r := range id {
		ok = ok && (r == '-' || r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z')
	}
	if !ok {
		return fmt.Errorf("run id %q: it must have 1 to 40 letters, digits and hyphens", id)
	}
	return nil
}
