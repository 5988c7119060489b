package sim

import (
	"math"
	"time"

	"github.com/portalbench/portalbench/scenarios"
	"github.com/portalbench/portalbench/sim/des"
)

// refMember is a member of staff.
type refMember struct {
	index    int
	role     scenarios.Role
	calendar *calendar
	group    scenarios.Staff
	key      des.Key
	speed    float64

	sessions    []refSession // begun so far
	until       des.Time     // the end of the last
	week        des.Time     // of the next
	shift       int          // and which of the week's it is
	job         *refJob      // in hand
	freed       des.Time     // when they last ended work
	away        bool
	leaving     bool // interrupted, and going once what is in hand is done
	interrupted *occurrence
	drawn       uint64   // interruptions
	owed        des.Time // to wait for the portal, from the beginnings of sessions
	listed      des.Time // when the list came up with a session

	tray   []*refThread // opened and put aside
	own    []refItem    // background work that has come
	calls  []des.Time   // messages about calls that have come
	copies []des.Time   // and from colleagues
	gap    float64      // mean open time between two items of background work, in milliseconds
	kinds  []float64    // cumulative
	clock  float64      // open time at which the last one that is planned comes
	items  uint64       // planned so far
}

type refSession struct {
	from, until des.Time
	protected   bool
}

// refItem is an item of background work.
type refItem struct {
	came des.Time
	key  des.Key
}

// refJob is what somebody has in hand.
type refJob struct {
	thread *refThread // nil: it is no thread
	does   action
	to     int
	left   des.Time
	wait   des.Time // of it
	signIn bool
	began  des.Time
	end    *occurrence // nil: it has been put down
}

// hire makes a member of staff with their first session and their first item of background work planned.
func (r *reference) hire(i int) *refMember {
	who := r.plan.roster[i]
	m := &refMember{index: i, role: who.Role, calendar: &r.arm.calendars[i], group: r.plan.Scenario.Staff[who.Group],
		key: r.people.StaffKey(i), speed: 1, shift: none, freed: unset, listed: unset}
	if sd := r.plan.Scenario.Handling.BetweenLogSD; sd > 0 {
		m.speed = m.key.Sub(drawSpeed).LogNormal(1, sd)
	}
	r.planSession(m)
	b := m.group.Background
	m.kinds = []float64{b.Prescriptions, b.Prescriptions + b.Calls, b.Prescriptions + b.Calls + b.Results,
		b.Prescriptions + b.Calls + b.Results + b.Colleagues}
	if m.kinds[3] > 0 {
		week := des.Time(0)
		for _, span := range m.calendar.spans {
			week += span.end - span.start
		}
		// Another order of the factors would change the last bit, and with it now and then a millisecond.
		perWeek := m.kinds[3] * (float64(week) * who.Share * r.atWork(m)) / float64(8*des.Hour)
		m.gap = float64(r.plan.clinic.close-r.plan.clinic.open) * float64(r.plan.clinic.perWeek) / perWeek
		r.planItem(m)
	}
	return m
}

// atWork returns the share of the year's weeks that are not leave, which is taken in weeks of 5 days.
func (r *reference) atWork(m *refMember) float64 {
	if r.wrong == refWorkOnLeave {
		return 1
	}
	return 1 - math.Round(float64(m.group.LeaveDays)/5)/(365.25/7)
}

// planItem has the next item of background work come, which whoever works on it may look up for.
func (r *reference) planItem(m *refMember) {
	m.items++
	k := m.key.Sub(drawItems).Sub(m.items)
	m.clock += k.Exp() * m.gap
	at := r.moment(des.Time(m.clock))
	if at >= r.plan.end {
		return
	}
	r.agenda.plan(at, refItemComes, m.index, func() {
		m.own = append(m.own, refItem{at, k})
		for _, by := range r.staff {
			if by == m || r.worksFor(by, m) {
				r.agenda.plan(r.now, refLooksUp, by.index, func() { r.look(by) })
			}
		}
		r.planItem(m)
	})
}

// planSession plans the next session that takes place.
func (r *reference) planSession(m *refMember) {
	for m.week < r.plan.end && len(m.calendar.shifts) > 0 {
		m.shift++
		if m.shift == len(m.calendar.shifts) {
			m.shift, m.week = 0, m.week+des.Week
		}
		sh := m.calendar.shifts[m.shift]
		if !r.takesPlace(m, sh) {
			continue
		}
		opens := m.week + sh.start
		late := des.Time(m.key.Sub(drawLate).Sub(uint64(opens)).Float() * float64(m.calendar.spread))
		r.agenda.plan(max(r.now, opens+late), refSessionOpens, m.index, func() { r.sessionOpens(m, sh) })
		return
	}
}

// takesPlace reports whether a session of the week takes place: on a workday, or by a habit that leave interrupts.
func (r *reference) takesPlace(m *refMember, sh shift) bool {
	if sh.own < 0 {
		return r.worksOn(m, int((m.week+sh.start)/des.Day))
	}
	share := m.group.OwnTime[sh.own].Share
	return m.key.Sub(drawHabit).Sub(uint64(sh.own)).Chance(share) && !r.onLeave(m, int(m.week/des.Week))
}

// worksOn reports whether a day is one of somebody's workdays.
func (r *reference) worksOn(m *refMember, day int) bool {
	t := des.Time(day) * des.Day
	return m.calendar.scheduled(t) && !r.plan.clinic.isOff(t) && !r.onLeave(m, day/7)
}

func (r *reference) onLeave(m *refMember, week int) bool {
	return m.calendar.onLeave(week, m.key.Sub(drawLeave))
}

func (r *reference) sessionOpens(m *refMember, sh shift) {
	anew := r.now >= m.until
	s := refSession{r.now, r.now + sh.end - sh.start, sh.protected}
	r.sum("open "+m.role.String(), r.now, int64(max(0, s.until-max(r.now, m.until))))
	m.sessions = append(m.sessions, s)
	m.until = max(m.until, s.until)
	m.listed = r.now
	r.tellStaff(SessionBegan, m)
	r.planSession(m)
	if anew && !m.away {
		r.mayBeCalled(m)
	}
	r.asksPortal(m)
	r.look(m)
}

// mayBeCalled plans when somebody at the inbox is called away, if they ever are.
func (r *reference) mayBeCalled(m *refMember) {
	if every := m.group.Interruptions.Every; every > 0 && r.wrong != refNoInterruptions {
		r.planInterruption(m, every)
	}
}

// planInterruption plans when somebody is called away, or comes back: after an exponential time.
func (r *reference) planInterruption(m *refMember, mean scenarios.Duration) {
	r.agenda.cancel(m.interrupted)
	m.drawn++
	ms := float64(des.FromDuration(time.Duration(mean))) * m.key.Sub(drawInterruptions).Sub(m.drawn).Exp()
	m.interrupted = r.agenda.plan(r.now+des.Time(ms), refCalledAway, m.index, func() { r.calledAway(m) })
}

// calledAway takes somebody away from the inbox during a session, or brings them back. Who puts nothing down ends what
// is in hand first.
func (r *reference) calledAway(m *refMember) {
	switch working := m.job != nil && m.job.end != nil; {
	case m.away:
		m.away = false
		if r.now < m.until {
			r.mayBeCalled(m)
		}
		r.look(m)
	case r.now >= m.until:
	case working && m.group.ShiftEnd != "resume":
		m.leaving = true
	case working:
		r.agenda.cancel(m.job.end)
		r.putDown(m)
		r.leave(m)
	default:
		r.leave(m)
	}
}

func (r *reference) leave(m *refMember) {
	m.away, m.leaving = true, false
	r.planInterruption(m, m.group.Interruptions.For)
}

// free reports whether somebody is in a session and could take something up.
func (r *reference) free(m *refMember) bool {
	return m.job == nil && !m.away && !m.leaving && r.now < m.until
}

// look has a member of staff take up what is next, if they can.
func (r *reference) look(m *refMember) {
	if r.waitsFirst(m) {
		return
	}
	if m.job != nil && m.job.end == nil && !m.away && r.now < m.until {
		r.goOn(m)
		return
	}
	if !r.free(m) {
		return
	}
	t, since := r.nextThread(m)
	came, take := r.nextItem(m)
	switch {
	case t != nil && since <= came:
		r.open(m, t)
	case take != nil:
		take()
	case m.group.Interruptions.WhenEmpty:
		r.leave(m)
	}
}

// nextThread returns the thread that somebody would open, and since when it waits. What goes first in every inbox goes
// before everything else, what was put aside in an earlier session before the rest.
func (r *reference) nextThread(m *refMember) (*refThread, des.Time) {
	first := r.firstIn(r.inboxes[r.arm.inboxes[m.index]])
	if first != nil && first.class == 0 {
		return first, unset
	}
	for _, t := range m.tray {
		if t.session != len(m.sessions) || r.wrong == refDeferredAtOnce {
			return t, t.since
		}
	}
	if first == nil {
		return nil, des.Never
	}
	return first, first.since
}

// nextItem returns when the longest waiting item of background work came, and what takes it up. Of those that came
// together one's own go first, then those of colleagues whom one covers, calls, copies.
func (r *reference) nextItem(m *refMember) (came des.Time, take func()) {
	came = des.Never
	for _, of := range append([]*refMember{m}, r.coveredBy(m)...) {
		if len(of.own) > 0 && of.own[0].came < came {
			it := of.own[0]
			came, take = it.came, func() {
				of.own = of.own[1:]
				r.takeItem(m, itemKind(it.key.Sub(0).Pick(of.kinds)), it.key)
			}
		}
	}
	for _, q := range []struct {
		kind itemKind
		list *[]des.Time
	}{{callMessage, &m.calls}, {fromColleague, &m.copies}} {
		if len(*q.list) > 0 && (*q.list)[0] < came {
			at := (*q.list)[0]
			came, take = at, func() {
				*q.list = (*q.list)[1:]
				r.takeItem(m, q.kind, m.key.Sub(drawItems).Sub(uint64(q.kind)+1).Sub(uint64(at)))
			}
		}
	}
	return came, take
}

// takeItem has somebody work on an item of background work.
func (r *reference) takeItem(m *refMember, kind itemKind, k des.Key) {
	b := &r.plan.Scenario.Handling.Background
	minutes := []float64{b.PrescriptionMinutes, b.CallMinutes, b.ResultMinutes, b.ColleagueMinutes}[kind]
	ms := minutes * float64(des.Minute) * m.speed
	if b.LogSD > 0 {
		ms = k.Sub(1).LogNormal(ms, b.LogSD)
	}
	r.tellStaff(ItemTaken, m)
	r.begin(m, &refJob{left: refLasting(ms + r.turning(m))})
}

// turning returns what it takes to turn to the inbox from something else, in milliseconds.
func (r *reference) turning(m *refMember) float64 {
	if m.freed == r.now && r.wrong != refAlwaysSwitching {
		return 0
	}
	return (r.plan.Scenario.Handling.SwitchSeconds + r.policy().Work.SwitchSeconds) * float64(des.Second)
}

// refLasting is a time of work in whole milliseconds: between a second and a day.
func refLasting(ms float64) des.Time {
	return min(max(des.Time(math.Round(ms)), des.Second), des.Day)
}

func (r *reference) begin(m *refMember, job *refJob) {
	if m.freed != r.now && r.worksOn(m, int(r.now/des.Day)) {
		r.sum("switches "+m.role.String(), r.now, 1)
	}
	m.job = job
	r.goOn(m)
}

// goOn works on what is in hand until it is done, or, where people put things down, until the session ends.
func (r *reference) goOn(m *refMember) {
	stop := r.now + m.job.left
	if m.group.ShiftEnd == "resume" {
		stop = min(stop, m.until)
	}
	m.job.began = r.now
	m.job.end = r.agenda.plan(stop, refWorkEnds, m.index, func() { r.workEnds(m) })
}

// putDown ends a stretch of work.
func (r *reference) putDown(m *refMember) {
	wait := m.job.waited(r.now - m.job.began)
	m.job.left -= r.now - m.job.began
	m.job.end = nil
	r.work = append(r.work, refWork{m, m.job.thread, m.job.began, r.now, wait, m.job.left == 0})
}

// workEnds is the end of work, or of what the session allows of it. Who has ended work is free at once: what its end
// leads to may be the next they take up, before the rest of it has come about.
func (r *reference) workEnds(m *refMember) {
	r.putDown(m)
	if m.job.left > 0 {
		r.look(m)
		return
	}
	job, freed := m.job, m.freed
	m.job, m.freed = nil, r.now
	if job.signIn {
		m.listed = r.now
		if freed != job.began { // it is no work that one turns from
			m.freed = freed
		}
	}
	if job.thread != nil {
		r.done(m, job)
	}
	if m.leaving {
		r.leave(m)
	}
	r.look(m)
}
