package bench

import (
	"fmt"
	"math"
	"time"

	"github.com/portalbench/portalbench/results"
)

// watch is a rule that may end the replay, and how long its metric has been above the limit.
type watch struct {
	results.StopRule
	above time.Duration
}

func newWatches(rules []results.StopRule) []watch {
	var all []watch
	for _, r := range rules {
		all = append(all, watch{StopRule: r})
	}
	return all
}

// holds takes the second just over into account. A second without data is never above, so it begins the time anew.
func (w *watch) holds(s *Snapshot) bool {
	if !w.Above(s.stopMetric(w.Metric)) {
		w.above = 0
		return false
	}
	w.above += s.Last.Length.Round(time.Second) // the first second of a run may be a second and a part
	return w.above >= w.For
}

// stopMetric returns the value of a metric of results.StopMetrics in the last second, NaN when it has none. The shares
// are of the operations that ended in it, sent or not.
func (s *Snapshot) stopMetric(metric string) float64 {
	last := &s.Last
	share := func(n int64) float64 { return float64(n) / float64(last.Ended()) } // 0/0 is NaN: nothing ended
	switch metric {
	case "errors":
		return share(last.NotOK())
	case "throttled":
		return share(last.Outcomes[results.Throttled])
	case "capped":
		return share(last.Outcomes[results.Capped])
	case "response.p95":
		return last.ResponseP95
	case "response.p99":
		return last.ResponseP99
	case "service.p99":
		return last.ServiceP99
	case "lag.p99":
		return last.LagP99
	case "in_flight":
		return float64(s.InFlight)
	}
	return math.NaN()
}

// checkStop ends the replay when a rule holds. Once everything is out, there is nothing left to stop.
func (e *engine) checkStop(s *Snapshot) {
	for i := range e.watches {
		if w := &e.watches[i]; w.holds(s) && e.stopped == nil && s.Elapsed < e.end {
			e.halt(fmt.Sprintf("%s, %s after the clock started", w.Expression, s.Elapsed.Round(time.Second)))
		}
	}
}

// halt ends the replay as an interruption does, but gives what is under way its whole time-out. What had fallen due and
// still waited is withdrawn: it was neither offered nor refused.
func (e *engine) halt(reason string) {
	e.stop(Cause{Outcome: results.Skipped, Detail: "the run was stopped"})
	e.record.withdrawn = e.stopped
	e.halted = reason
	e.interrupt()
	e.deadline = e.now() + e.timeout
}

// withdraw takes back an operation that fell due before a rule stopped the run, and was not sent.
func (r *recorder) withdraw(f *flight) {
	r.live.withdraw(f)
	if !f.counted {
		return
	}
	r.series.at(f.intended-r.from).Offered--
	if i := int((f.intended - r.from) / sendSlice); i < len(r.dues) {
		r.dues[i]--
	}
	if f.isStaff() {
		r.byRole[f.person.role].offered--
	}
	r.ops[f.op.Kind].offered--
}

// snapshot closes a second for those who watch, and for the rules.
func (e *engine) snapshot(at time.Duration) *Snapshot {
	s := e.record.live.turn(at, e.inFlight)
	s.Length, s.WarmUp, s.Ops = e.work.Duration(), e.warmUp, e.total
	s.InFlight, s.Limit = e.inFlight, e.limit
	if e.stopped != nil {
		s.Stopping = e.stopped.Detail
	}
	return &s
}
