package sim

import (
	"fmt"

	"github.com/portalbench/portalbench/results/stats"
	"github.com/portalbench/portalbench/sim/des"
)

func hourName(what string, hour int) string { return fmt.Sprintf("%s in hour %d", what, hour) }

// hoursBegin counts what waits, in inboxes and trays, at the beginning of each observed hour up to t that has not been
// counted yet.
func (r *reference) hoursBegin(t des.Time) {
	for ; r.hours <= t; r.hours += des.Hour {
		if !r.observed(r.hours) {
			continue
		}
		for _, thread := range r.threads {
			waits := thread.waits || r.wrong == refWorkIsWaiting && thread.inHand
			r.sums.addSome(hourName("waiting", int(r.hours/des.Hour%168)), when(r.live[thread.number] && waits))
		}
	}
}

// refWorkday names a workday of somebody.
type refWorkday struct {
	by  *refMember
	day int
}

// refMinutes is time of a workday: on threads, and on everything else in the inbox.
type refMinutes struct{ threads, others des.Time }

// countWorkdays counts the workdays of every role by their minutes in the inbox, and by what of these lies outside hours.
func (r *reference) countWorkdays() {
	all, outside := map[refWorkday]refMinutes{}, map[refWorkday]refMinutes{}
	for _, w := range r.work {
		day := refWorkday{w.by, int(w.from / des.Day)}
		took, out, waitOut := w.to-w.from, w.to-w.from-w.by.scheduled(w.from, w.to), des.Time(0)
		if took > 0 {
			waitOut = w.wait * out / took
		}
		a, o := all[day], outside[day]
		if w.thread == nil {
			a.others, o.others = a.others+took, o.others+out
		} else {
			a.threads, o.threads = a.threads+took-w.wait, o.threads+out-waitOut
			a.others, o.others = a.others+w.wait, o.others+waitOut
		}
		all[day], outside[day] = a, o
	}
	for _, m := range r.staff {
		for day := int(r.plan.from / des.Day); day < int(r.plan.to/des.Day); day++ {
			closes := des.Time(day)*des.Day + r.plan.clinic.close
			if r.worksOn(m, day) && closes < r.plan.end {
				of := refWorkday{m, day}
				r.countWorkday("inbox", m, all[of])
				r.countWorkday("outside", m, outside[of])
			}
		}
	}
}

func (r *reference) countWorkday(what string, m *refMember, took refMinutes) {
	if r.wrong == refIdleDaysAreNone && took == (refMinutes{}) {
		return
	}
	inbox := des.Time(float64(took.threads)*r.plan.Scenario.Handling.InboxShare) + took.others
	r.spansOf(what+" minutes of a workday "+m.role.String(), 24*60).Record(int64(float64(inbox)/float64(des.Minute) + .5))
}

// spansOf returns the histogram of a name, which is added to the sums at the end.
func (r *reference) spansOf(what string, most int64) *stats.Histogram {
	if r.spans[what] == nil {
		r.spans[what] = stats.NewHistogram(most, 2)
	}
	return r.spans[what]
}

// addSpans adds how often a histogram holds each span.
func (s refSums) addSpans(what string, h *stats.Histogram) {
	if n := h.NotReachedCount(); n > 0 {
		s.add(what+" not reached", n)
	}
	before := int64(0)
	for _, step := range h.Cumulative() {
		upTo := int64(step.Share*float64(h.Count()) + .5)
		s.add(fmt.Sprintf("%s: %d", what, step.Value), upTo-before)
		before = upTo
	}
}

// countReads counts how long an actually urgent thread waited for anybody, and for a clinician, to open it.
func (r *reference) countReads(t *refThread) {
	for read, at := range map[string]des.Time{"first_read": t.read, "first_clinical_read": t.clinicalRead} {
		h := r.spansOf(read+" of an urgent thread felt "+refUrgency(t.content.Felt), longest)
		if at == unset {
			h.NotReached(1)
		} else {
			h.Record(int64((at - t.origin) / des.Minute))
		}
	}
}

// addHours adds what is counted by hour, by workday and of the reads of urgent threads.
func (s refSums) addHours(t *Tally) {
	for h := range hoursPerWeek {
		s.addSome(hourName("begun", h), t.hours.begun[h])
		s.addSome(hourName("waiting", h), t.hours.waiting[h])
	}
	for _, role := range t.roles() {
		s.addSpans("inbox minutes of a workday "+role.String(), t.workday[role].inbox)
		s.addSpans("outside minutes of a workday "+role.String(), t.workday[role].outside)
	}
	for read, what := range [numReads]string{readByAnybody: "first_read", readByClinician: "first_clinical_read"} {
		for felt, h := range t.unheard[read] {
			s.addSpans(what+" of an urgent thread felt "+Urgencies()[felt], h)
		}
	}
}

// addSome adds a sum unless it is 0.
func (s refSums) addSome(what string, n int64) {
	if n != 0 {
		s.add(what, n)
	}
}
