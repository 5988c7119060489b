package bench

import (
	"time"

	"github.com/portalbench/portalbench/results"
	"github.com/portalbench/portalbench/results/stats"
	"github.com/portalbench/portalbench/scenarios"
)

// Histograms count microseconds up to an hour, to three digits: 190 KB each, made when first used.
const (
	longestMicros = int64(time.Hour / time.Microsecond)
	digits        = 3
)

// row counts the operations of one kind, or all of them.
type row struct {
	offered, sent, requests     int64
	late                        int64 // by this program's doing
	inTime, completed           int64 // sent by the end of the window, or a moment later; answered by its end
	bytesIn, bytesOut           int64
	outcomes                    [results.NumOutcomes]int64
	response, service, schedule *stats.Histogram // of ok answers
	lag, wait                   *stats.Histogram // of all that were sent
	failed                      *stats.Histogram // response of answers that were not ok
}

// recorder counts what happened after the warm-up. It belongs to the scheduler. Its memory does not grow with the number
// of operations, but by a few dozen bytes a second of the run.
type recorder struct {
	from    time.Duration // end of the warm-up
	until   time.Duration // end of the window
	ops     [results.NumOps]row
	series  series
	live    *live
	sends   []int64 // per 100 ms since from
	dues    []int64 // the same, of what fell due
	byRole  [scenarios.NumRoles]roleTime
	causes  causes
	skipped map[*Cause]int64 // operations that were skipped for it
	failed  map[*Cause]int64 // answers

	notListed    int64
	acknowledged int64 // messages, or seen when their answer was lost; those of the warm-up included

	withdrawn *Cause // of operations that do not count, as a rule stopped the run before they were sent; nil: no rule did
}

// roleTime sums the response times of the operations of one role's staff.
type roleTime struct {
	offered  int64
	ops, ok  int64 // sent, and answered as asked
	response time.Duration
}

// Example is one of the answers that were not ok, for people to read.
type Example struct {
	Op      results.OpKind
	Outcome results.Outcome
	Detail  string // of the first
	Count   int64
}

// sendSlice is the width of the counts behind the index of dispersion.
const sendSlice = 100 * time.Millisecond

func newRecorder(from, until time.Duration) *recorder {
	return &recorder{
		from:    from,
		until:   until,
		sends:   make([]int64, max(int((until-from)/sendSlice), 0)),
		dues:    make([]int64, max(int((until-from)/sendSlice), 0)),
		series:  newSeries(),
		live:    newLive(),
		causes:  causes{},
		skipped: map[*Cause]int64{},
		failed:  map[*Cause]int64{},
	}
}

// rows returns those of all operations together and of each kind. Nothing else is counted twice while a run goes on:
// histograms merge without loss.
func (r *recorder) rows() []row {
	rows := append([]row{{}}, r.ops[:]...)
	for i := range r.ops {
		rows[0].add(&r.ops[i])
	}
	return rows
}

// offer counts an operation that fell due.
func (r *recorder) offer(f *flight) {
	r.live.offer(f)
	if !f.counted {
		return
	}
	r.series.at(f.intended-r.from).Offered++
	if i := int((f.intended - r.from) / sendSlice); i < len(r.dues) {
		r.dues[i]++
	}
	if f.isStaff() {
		r.byRole[f.person.role].offered++
	}
	r.ops[f.op.Kind].offered++
}

// finish counts how an operation ended.
func (r *recorder) finish(f *flight, cause *Cause) {
	if f.cause != nil && f.cause == r.withdrawn {
		r.withdraw(f)
		return
	}
	r.live.finish(f)
	o := f.answer.Outcome
	if (f.op.Kind == results.OpSend || f.op.Kind == results.OpReply) && stored(&f.answer) {
		r.acknowledged++
	}
	if !f.counted {
		return
	}
	if f.cause != nil {
		r.skipped[f.cause]++
	}
	if o != results.OK && f.out {
		r.failed[cause]++
	}
	row := &r.ops[f.op.Kind]
	row.finish(f)
	if wasSent(f) {
		row.inTime += count(f.sent < r.until+grace)
		row.completed += count(f.done <= r.until)
		r.sent(f)
	}
}

// stored reports whether the message of an answered operation is on the portal, for all that is known.
func stored(a *Answer) bool {
	switch a.Outcome {
	case results.OK:
		return true
	case results.Partial, results.Pending, results.Unknown:
		return a.Message != ""
	}
	return false
}

// grace is how long after the end of the window an operation that was due in it may be sent and still count as achieved.
const grace = time.Second

func count(yes bool) int64 {
	if yes {
		return 1
	}
	return 0
}

// wasSent reports whether an operation reached the network: not if it was held back or this machine had no socket left.
func wasSent(f *flight) bool {
	return f.out && f.answer.Outcome != results.Generator && f.answer.Outcome != results.Skipped
}

// sent counts an operation that was sent in the series, among the sends and for its role.
func (r *recorder) sent(f *flight) {
	r.series.finish(f, r.from)
	if i := int((f.sent - r.from) / sendSlice); i >= 0 && i < len(r.sends) {
		r.sends[i]++
	}
	if f.isStaff() {
		t := &r.byRole[f.person.role]
		t.ops++
		t.ok += count(f.answer.Outcome == results.OK)
		t.response += f.response()
	}
}

func (w *row) finish(f *flight) {
	w.outcomes[f.answer.Outcome]++
	w.requests += int64(f.answer.Requests)
	w.bytesIn += f.answer.BytesIn
	w.bytesOut += f.answer.BytesOut
	if !wasSent(f) {
		return
	}
	w.sent++
	w.late += count(f.sent-f.ready > results.LateAfter)
	observe(&w.lag, f.sent-f.ready)
	observe(&w.wait, f.ready-f.intended)
	if f.answer.Outcome != results.OK {
		observe(&w.failed, f.response())
		return
	}
	observe(&w.response, f.response())
	observe(&w.service, f.done-f.sent)
	observe(&w.schedule, f.done-f.intended)
}

// add counts what another row counted.
func (w *row) add(o *row) {
	w.offered, w.sent, w.requests = w.offered+o.offered, w.sent+o.sent, w.requests+o.requests
	w.late += o.late
	w.inTime, w.completed = w.inTime+o.inTime, w.completed+o.completed
	w.bytesIn, w.bytesOut = w.bytesIn+o.bytesIn, w.bytesOut+o.bytesOut
	for i, n := range o.outcomes {
		w.outcomes[i] += n
	}
	merge(&w.response, o.response)
	merge(&w.service, o.service)
	merge(&w.schedule, o.schedule)
	merge(&w.lag, o.lag)
	merge(&w.wait, o.wait)
	merge(&w.failed, o.failed)
}

func merge(h **stats.Histogram, o *stats.Histogram) {
	if o == nil {
		return
	}
	if *h == nil {
		*h = stats.NewHistogram(longestMicros, digits)
	}
	(*h).Merge(o)
}

func observe(h **stats.Histogram, d time.Duration) {
	if *h == nil {
		*h = stats.NewHistogram(longestMicros, digits)
	}
	(*h).Record(d.Microseconds())
}

// result returns the row as it is printed.
func (w *row) result(name string) results.OpResult {
	r := results.OpResult{Op: name, Offered: w.offered, Sent: w.sent, Late: w.late, Requests: w.requests, Outcomes: map[string]int64{},
		BytesIn: w.bytesIn, BytesOut: w.bytesOut}
	for o, n := range w.outcomes {
		if n > 0 {
			r.Outcomes[results.Outcome(o).String()] = n
		}
	}
	un := r.Unanswered()
	latency := results.NewLatency
	r.ResponseMS, r.ServiceMS, r.ScheduleMS = latency(w.response, un), latency(w.service, un), latency(w.schedule, un)
	r.LagMS, r.WaitMS, r.FailedMS = latency(w.lag, 0), latency(w.wait, 0), latency(w.failed, 0)
	return r
}

// histograms returns what was measured, named as in thresholds: send.response, all.lag and so on.
func histograms(rows []row) map[string]*stats.Histogram {
	all := map[string]*stats.Histogram{}
	for i := range rows {
		w := &rows[i]
		for stat, h := range map[string]*stats.Histogram{"response": w.response, "service": w.service,
			"schedule": w.schedule, "lag": w.lag, "wait": w.wait, "failed": w.failed} {
			if h != nil {
				all[rowName(i)+"."+stat] = h
			}
		}
	}
	return all
}

func rowName(i int) string {
	if i == 0 {
		return "all"
	}
	return results.OpKind(i - 1).String()
}
