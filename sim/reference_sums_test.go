package sim

import (
	"fmt"

	"github.com/portalbench/portalbench/sim/des"
)

// refWork is a stretch of work.
type refWork struct {
	by       *refMember
	thread   *refThread // nil: background work
	from, to des.Time
	wait     des.Time // of it, for the portal
	last     bool     // the work was done then
}

// count sums up a thread that is over, or open at the end.
func (r *reference) count(t *refThread, over bool) {
	if week := int(t.origin / des.Week); week < r.weeks() {
		until := t.origin + 14*des.Day
		if t.response != unset {
			until = min(until, t.response)
		}
		r.sums.add(weekName("begun", week), 1)
		r.sums.add(weekName("waited", week), int64(until-t.origin))
	}
	if !r.observed(t.origin) {
		return
	}
	parts := r.partsOf(t)
	r.sums.add(hourName("begun", int(t.origin/des.Hour%168)), 1)
	if t.content.Urgent {
		r.countReads(t)
	}
	r.countClocks(t, over, parts)
	if t.content.Urgent {
		r.sums.add("exposure", int64(t.exposed()), parts...)
		r.sums.addAll(t.whatHoldsUrgent(r.plan.clinic.open), parts)
	}
	r.sums.addAll(r.whatHolds(t, over), parts)
	for name, n := range map[string]int{"messages": t.messages, "touches": t.touches, "handoffs": t.handoffs,
		"nudges": t.allNudges, "follow-ups": t.fromFamily - 1} {
		r.sums.add(name, int64(n), parts...)
	}
}

// whatHolds says what threads are counted for.
func (r *reference) whatHolds(t *refThread, over bool) map[string]bool {
	h, clock := &r.plan.clinic, t.origin%des.Day
	return map[string]bool{
		"threads":        true,
		"in one day":     reachedBy(t.response, r.deadline(t.origin, 1)),
		"in two days":    reachedBy(t.response, r.deadline(t.origin, 2)),
		"unopened 12h":   !reachedBy(t.read, t.origin+12*des.Hour),
		"unanswered 36h": !reachedBy(t.response, t.origin+36*des.Hour),
		"outside hours":  !h.isDay[t.origin/des.Day] || clock < h.open || clock >= h.close,
		"called urgent":  t.urgent,
		"not urgent":     t.urgent && !t.content.Urgent,
		"by addressee":   t.byAddressee,
		"below":          t.below,
		"no physician":   over && t.response != unset && !t.physician,
		"unresolved":     t.departed || t.response == unset,
		"left":           t.departed && t.response == unset,
	}
}

// whatHoldsUrgent says what threads that are actually urgent are counted for besides; open is when the clinic opens.
func (t *refThread) whatHoldsUrgent(open des.Time) map[string]bool {
	midnight := t.origin - t.origin%des.Day
	return map[string]bool{
		"urgent":          true,
		"unread 1h":       !reachedBy(t.clinicalRead, t.origin+des.Hour),
		"unread 4h":       !reachedBy(t.clinicalRead, t.origin+4*des.Hour),
		"unread next day": !reachedBy(t.clinicalRead, midnight+des.Day+open),
		"missed":          t.clinicalRead == unset,
	}
}

// countClocks sums up the spans to what a thread has reached. It is resolved by its last action if a week without any
// other followed, and not by a call or visit.
func (r *reference) countClocks(t *refThread, over bool, parts []string) {
	resolved := unset
	if over && !t.departed {
		resolved = t.lastAction
	}
	for clock, at := range map[string]des.Time{"first_read": t.read, "first_clinical_read": t.clinicalRead,
		"first_touch": t.read, "first_response": t.response, "needed_level_response": t.neededResponse,
		"resolution": resolved} {
		r.countClock(clock, t.origin, at, parts)
	}
	r.sums.add("first_response never", when(t.response == unset), parts...)
}

// weeks returns how many whole weeks there are to the end of the observed days.
func (r *reference) weeks() int { return int(r.plan.to / des.Week) }

func weekName(what string, week int) string { return fmt.Sprintf("%s in week %d", what, week) }

// countFamilies counts the patients, and the families that wrote so many messages.
func (r *reference) countFamilies() {
	for person := range int32(r.people.Len()) {
		r.sums.add("patients", 1, r.strata(person)...)
		r.sums.add(fmt.Sprintf("families with %d messages", r.wrote[person]), 1)
	}
}

// countClock sums up a span, wall and business hours, cut at 14 days. Not all of it is told of all parts.
func (r *reference) countClock(name string, origin, at des.Time, parts []string) {
	until := min(at, origin+14*des.Day)
	if at == unset {
		r.sums.add(name+" not reached", 1, parts[:refInFull]...)
		until = origin + 14*des.Day
	}
	r.sums.add(name, int64(until-origin), parts[:refInFull]...)
	r.sums.add(name+" business", int64(r.elapsed(until)-r.elapsed(origin)), parts[:refInBusiness]...)
}

// exposed returns how long a thread waited for a clinician to read it or the family to leave.
func (t *refThread) exposed() des.Time {
	until := t.origin + 14*des.Day
	if t.clinicalRead != unset {
		return min(until, t.clinicalRead) - t.origin
	}
	if t.departed {
		until = min(until, t.lastAction)
	}
	return until - t.origin
}

func reachedBy(at, moment des.Time) bool { return at != unset && at <= moment }

// countWork sums up who has worked how long on what, in milliseconds, by the day on which a stretch of work began. Of
// work on threads what is neither billed nor done in a protected session is not paid.
func (r *reference) countWork() {
	for _, w := range r.work {
		role, what, off := " "+w.by.role.String(), "items", ""
		if w.thread != nil {
			what = "threads"
		}
		workday := r.worksOn(w.by, int(w.from/des.Day))
		if !workday {
			off = " off"
		}
		took, wait := w.to-w.from, w.wait
		if r.wrong == refWaitIsWork {
			wait = 0
		}
		r.sum("waits"+off+role, w.from, int64(wait))
		r.sum("used"+role, w.from, int64(w.by.inSessions(w.from, w.to, false)))
		r.sum(what+off+role, w.from, int64(took-wait))
		if workday {
			outside := took - w.by.scheduled(w.from, w.to)
			waitOutside := des.Time(0)
			if took > 0 {
				waitOutside = wait * outside / took // as even as over the whole
			}
			r.sum("waits outside"+role, w.from, int64(waitOutside))
			r.sum(what+" outside"+role, w.from, int64(outside-waitOutside))
			r.sum("handled"+role, w.from, when(w.thread != nil && w.last))
		}
		if w.thread != nil && !w.thread.billed {
			r.sum("unpaid"+off+role, w.from, int64(took-w.by.inSessions(w.from, w.to, true)))
		}
	}
}

// scheduled returns how much of a span of a workday lies within the hours of its week.
func (m *refMember) scheduled(from, to des.Time) (in des.Time) {
	week := from - from%des.Week
	for _, s := range m.calendar.spans {
		in += max(0, min(to, week+s.end)-max(from, week+s.start))
	}
	return in
}

// inSessions returns how much of a span lies in sessions, or in protected ones.
func (m *refMember) inSessions(from, to des.Time, protected bool) (in des.Time) {
	done := from
	for _, s := range m.sessions {
		if s.protected || !protected {
			in += max(0, min(to, s.until)-max(done, s.from))
			done = max(done, min(to, s.until))
		}
	}
	return in
}

// reaches counts a patient's message that comes to an inbox, or waits there, as one for the roles whose inbox it is.
func (r *reference) reaches(kind EventKind, inbox int) {
	switch kind {
	case HandedOn:
		if r.wrong == refHandedOnIsNone {
			return
		}
	case Sent, FollowedUp, Nudged:
	default:
		return
	}
	for _, role := range r.colleaguesOf(inbox) {
		r.sum("reached "+role.String(), r.now, 1)
	}
}
