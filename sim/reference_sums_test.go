package sim

import (
	"fmt"

	"github.com/portalbench/portalbench/scenarios"
	"github.com/portalbench/portalbench/sim/des"
)

// refSums are sums by name; those that are missing are 0.
type refSums map[string]int64

// refWork is a stretch of work.
type refWork struct {
	by       *refMember
	thread   *refThread // nil: background work
	from, to des.Time
	last     bool // the work was done then
}

// count sums up a thread that is over, or open at the end.
func (r *reference) count(t *refThread, over bool) {
	if week := int(t.origin / des.Week); week < r.weeks() {
		until := t.origin + 14*des.Day
		if t.response != unset {
			until = min(until, t.response)
		}
		r.sums[weekName("begun", week)]++
		r.sums[weekName("waited", week)] += int64(until - t.origin)
	}
	if !r.observed(t.origin) {
		return
	}
	kind := "routine "
	if t.content.Urgent {
		kind = "urgent "
		r.sums["exposure"] += int64(t.exposed())
	}
	r.countClocks(kind, t, over)
	for name, is := range r.whatHolds(t, over) {
		r.sums[kind+name] += when(is)
	}
	for name, n := range map[string]int{"messages": t.messages, "touches": t.touches, "handoffs": t.handoffs,
		"nudges": t.allNudges, "follow-ups": t.fromFamily - 1} {
		r.sums[kind+name] += int64(n)
	}
}

// whatHolds says what threads are counted for.
func (r *reference) whatHolds(t *refThread, over bool) map[string]bool {
	h, clock := &r.plan.clinic, t.origin%des.Day
	return map[string]bool{
		"threads":         true,
		"in one day":      reachedBy(t.response, r.deadline(t.origin, 1)),
		"in two days":     reachedBy(t.response, r.deadline(t.origin, 2)),
		"unopened 12h":    !reachedBy(t.read, t.origin+12*des.Hour),
		"unanswered 36h":  !reachedBy(t.response, t.origin+36*des.Hour),
		"unread 1h":       !reachedBy(t.clinicalRead, t.origin+des.Hour),
		"unread 4h":       !reachedBy(t.clinicalRead, t.origin+4*des.Hour),
		"unread next day": !reachedBy(t.clinicalRead, t.origin-clock+des.Day+h.open),
		"missed":          t.clinicalRead == unset,
		"outside hours":   !h.isDay[t.origin/des.Day] || clock < h.open || clock >= h.close,
		"called urgent":   t.urgent,
		"by addressee":    t.byAddressee,
		"below":           t.below,
		"no physician":    over && t.response != unset && !t.physician,
		"unresolved":      t.departed || t.response == unset,
		"left":            t.departed && t.response == unset,
	}
}

// countClocks sums up the spans to what a thread has reached. It is resolved by its last action if a week without any
// other followed, and not by a call or visit.
func (r *reference) countClocks(kind string, t *refThread, over bool) {
	resolved := unset
	if over && !t.departed {
		resolved = t.lastAction
	}
	for clock, at := range map[string]des.Time{"first_read": t.read, "first_clinical_read": t.clinicalRead,
		"first_touch": t.read, "first_response": t.response, "needed_level_response": t.neededResponse,
		"resolution": resolved} {
		r.countClock(kind+clock, t.origin, at)
	}
}

// weeks returns how many whole weeks there are to the end of the observed days.
func (r *reference) weeks() int { return int(r.plan.to / des.Week) }

func weekName(what string, week int) string { return fmt.Sprintf("%s in week %d", what, week) }

// countSenders counts the families that wrote so many messages.
func (r *reference) countSenders() {
	for person := range r.people.Len() {
		r.sums[fmt.Sprintf("families with %d messages", r.wrote[int32(person)])]++
	}
}

// countClock sums up a span, wall and business hours, cut at 14 days.
func (r *reference) countClock(name string, origin, at des.Time) {
	until := min(at, origin+14*des.Day)
	if at == unset {
		r.sums[name+" not reached"]++
		until = origin + 14*des.Day
	}
	r.sums[name] += int64(until - origin)
	r.sums[name+" business"] += int64(r.elapsed(until) - r.elapsed(origin))
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

// countWork sums up who has worked how long on what, in milliseconds, by the day on which a stretch of work began.
func (r *reference) countWork() {
	for _, w := range r.work {
		role := " " + w.by.role.String()
		what := "items"
		if w.thread != nil {
			what = "threads"
		}
		took := int64(w.to - w.from)
		r.sum("used"+role, w.from, int64(w.by.inSessions(w.from, w.to, false)))
		if !r.worksOn(w.by, int(w.from/des.Day)) {
			r.sum(what+" off"+role, w.from, took)
			continue
		}
		outside := took
		for _, s := range w.by.calendar.spans {
			day := w.from - w.from%des.Week
			outside -= int64(max(0, min(w.to, day+s.end)-max(w.from, day+s.start)))
		}
		r.sum(what+role, w.from, took)
		r.sum(what+" outside"+role, w.from, outside)
		if w.thread == nil {
			continue
		}
		r.sum("handled"+role, w.from, when(w.last))
		if !w.thread.billed {
			r.sum("unpaid"+role, w.from, took-int64(w.by.inSessions(w.from, w.to, true)))
		}
	}
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

// tallied names the sums of the engine in use as the reference does.
func tallied(t *Tally) refSums {
	s := refSums{"calls": t.calls, "visits": t.visits, "emergencies": t.fates[Emergency], "exposure": int64(t.exposure),
		"messages of families": t.familyMessages}
	for i := range t.weeks.begun {
		s[weekName("begun", i)] = t.weeks.begun[i]
		s[weekName("waited", i)] = int64(t.weeks.waited[i])
		s[weekName("backlog", i)] = t.weeks.backlog[i]
	}
	for n, families := range t.senders {
		s[fmt.Sprintf("families with %d messages", n)] = families
	}
	for f, n := range t.fates {
		s["fate "+Fate(f).String()] = n
	}
	for u, kind := range []string{"routine ", "urgent "} {
		s.addCounts(kind, &t.count[u])
		for k, name := range clockNames {
			s[kind+name] = int64(t.spans[u][wall][k].restricted)
			s[kind+name+" business"] = int64(t.spans[u][business][k].restricted)
			s[kind+name+" not reached"] = t.spans[u][wall][k].minutes.Histogram().NotReachedCount()
		}
	}
	for i := range t.work {
		s.addWork(" "+scenarios.Role(i).String(), &t.work[i])
	}
	return s
}

func (s refSums) addCounts(kind string, c *counts) {
	for name, n := range map[string]int64{"threads": c.threads, "in one day": c.inOne, "in two days": c.inTwo,
		"unopened 12h": c.unopened12h, "unanswered 36h": c.unanswered36h, "unread 1h": c.unreadOver1h,
		"unread 4h": c.unreadOver4h, "unread next day": c.unreadNextDay, "missed": c.missed,
		"outside hours": c.outsideHours, "called urgent": c.labelledUrgent, "by addressee": c.byAddress,
		"below": c.below, "no physician": c.withoutPhysician, "unresolved": c.unresolved, "left": c.left,
		"messages": c.messages, "touches": c.touches, "handoffs": c.handoffs, "nudges": c.nudges, "follow-ups": c.followUps,
	} {
		s[kind+name] = n
	}
}

func (s refSums) addWork(role string, w *work) {
	for name, n := range map[string]int64{"days": w.days, "days off": w.offDays, "queued": w.queued, "closes": w.closes,
		"handled": w.handled, "switches": w.switches, "threads": int64(w.threads.onDay),
		"threads off": int64(w.threads.offDay), "threads outside": int64(w.threads.outside), "items": int64(w.items.onDay),
		"items off": int64(w.items.offDay), "items outside": int64(w.items.outside),
		"unpaid": int64(w.unpaid), "used": int64(w.used), "open": int64(w.open),
	} {
		s[name+role] = n
	}
}
