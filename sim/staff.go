package sim

import (
	"github.com/portalbench/portalbench/sim/des"
)

// member is somebody of the staff at work.
type member struct {
	key       des.Key  // of everything about them
	until     des.Time // end of the session
	slot      des.Time // beginning of the last protected slot
	protected des.Time // and its end
	freed     des.Time // the end of the last work
	week      des.Time // of the next shift
	shift     int      // the next shift within the week
	session   int32    // sessions begun so far

	busy    bool     // something is in hand
	thread  int32    // in hand, or none: it is an item of background work
	began   des.Time // the work that is being done without a break
	beside  des.Time // of the time since then, what lies between two sessions
	due     des.Time // its end; events at other times are void
	left    des.Time // what will remain of the work in hand then
	wait    des.Time // of the work in hand that is not done yet, what is waiting for the portal
	paused  bool     // what is in hand has been put down
	signsIn bool     // what is in hand is waiting for the portal as a session begins
	does    action   // what is done with the thread in hand
	to      int32    // where it goes then

	away        bool     // interrupted
	leaving     bool     // will be as soon as what is in hand is done
	interrupts  uint64   // so far
	comesOrGoes des.Time // the end or beginning of an interruption; events at other times are void

	tray   line     // threads put aside
	stream stream   // of background work
	extra  [2]items // messages about simulated calls, and copies from colleagues
	covers []int    // whose inboxes they work beside their own
	woken  des.Time // when they look again; events at other times are void
	owed   des.Time // waiting for the portal that a session has begun with and that has not begun itself
	listed des.Time // when the list of threads came up with a session
	speed  float64  // factor on what work takes

	day       des.Time // the last day that workday was asked about
	works     bool     // and what it answered
	leaveWeek int      // the last week that was asked about
	onLeave   bool     // and what was answered

	today   workday  // the last observed one on which they have worked
	worked  int64    // such days that have been booked
	days    int64    // observed workdays
	outside des.Time // inbox time outside the scheduled span on these
}

// Draws under the key of a member of staff.
const (
	drawLate = iota
	drawHabit
	drawStaffName
	drawLeave
	drawSpeed
	drawItems
	drawInterruptions
	drawSignIn
)

func (c *Clinic) newMember(s int) member {
	k := c.people.StaffKey(s)
	m := member{key: k, thread: none, shift: -1, day: unset, leaveWeek: none, tray: newLine(), due: unset, today: workday{began: unset},
		comesOrGoes: unset, woken: unset, freed: unset, listed: unset, speed: 1}
	if sd := c.plan.times.betweenSD; sd > 0 {
		m.speed = k.Sub(drawSpeed).LogNormal(1, sd)
	}
	m.stream = c.newStream(s, k.Sub(drawItems))
	return m
}

// nextShift finds a member's next shift that takes place.
func (c *Clinic) nextShift(s int) {
	cal, m := &c.arm.calendars[s], &c.staff[s]
	for m.week < c.end && len(cal.shifts) > 0 {
		m.shift++
		if m.shift == len(cal.shifts) {
			m.shift = 0
			m.week += des.Week
		}
		sh := cal.shifts[m.shift]
		if c.takesPlace(s, sh, m.week) {
			c.queue.Push(max(c.now, m.week+sh.start+c.late(s, m.week+sh.start, cal.spread)), c.shiftOf(s))
			return
		}
	}
}

// late draws how much later than its window a session takes place: a thousand nurses do not sign in at once.
func (c *Clinic) late(s int, opens, spread des.Time) des.Time {
	if spread == 0 {
		return 0
	}
	return des.Time(c.staff[s].key.Sub(drawLate).Sub(uint64(opens)).Float() * float64(spread))
}

// takesPlace reports whether a shift happens: scheduled ones on the person's workdays, others if they have the habit
// and are not on leave.
func (c *Clinic) takesPlace(s int, sh shift, week des.Time) bool {
	day := week + sh.start - sh.start%des.Day
	if sh.own < 0 {
		return c.workday(s, day)
	}
	habit := c.staff[s].key.Sub(drawHabit).Sub(uint64(sh.own)).Chance(c.arm.calendars[s].habits[sh.own])
	return habit && !c.leave(s, int(week/des.Week))
}

// leave reports whether a member of staff is on leave in a week.
func (c *Clinic) leave(s, week int) bool {
	m := &c.staff[s]
	if m.leaveWeek != week {
		m.leaveWeek, m.onLeave = week, c.arm.calendars[s].onLeave(week, c.staff[s].key.Sub(drawLeave))
	}
	return m.onLeave
}

// workday reports whether a member of staff works on the day that begins at t, which is asked often of the same day.
func (c *Clinic) workday(s int, t des.Time) bool {
	m := &c.staff[s]
	if m.day != t {
		m.day, m.works = t, c.arm.calendars[s].scheduled(t) && !c.plan.clinic.isOff(t) && !c.leave(s, int(t/des.Week))
	}
	return m.works
}

func (c *Clinic) beginShift(s int) bool {
	m, sh := &c.staff[s], c.arm.calendars[s].shifts[c.staff[s].shift]
	until := c.now + sh.end - sh.start
	fresh := c.now >= m.until
	if c.observed(c.now) {
		c.tally.work[c.plan.roster[s].Role].open += max(0, until-max(c.now, m.until))
	}
	if m.busy && !m.paused {
		m.beside += max(0, c.now-m.until)
	}
	m.until = max(m.until, until)
	if sh.protected {
		m.slot, m.protected = c.now, until
	}
	m.session++
	m.listed = c.now
	if c.trace != nil {
		c.trace.staff(c, SessionBegan, s)
	}
	c.recordShift(s)
	c.nextShift(s)
	if every := c.interruptions(s).Every; fresh && every > 0 && !m.away {
		c.interruptAfter(s, every)
	}
	if c.arm.portal != nil {
		c.owe(s)
	}
	c.work(s)
	return true
}

// wake lets an idle member look at what has come.
func (c *Clinic) wake(s int) bool {
	m := &c.staff[s]
	if m.woken != c.now {
		return false
	}
	m.woken = unset
	c.work(s)
	return true
}

// present reports whether somebody could take something up.
func (c *Clinic) present(m *member) bool { return !m.busy && !m.away && c.now < m.until }

// work makes a member of staff take up what is next, if they are free and in a session. What calls for attention goes
// before background work; otherwise first come, first served.
func (c *Clinic) work(s int) {
	m := &c.staff[s]
	if m.owed > 0 && c.signIn(s) {
		return
	}
	if m.paused && !m.away && c.now < m.until {
		c.goOn(s)
		return
	}
	if !c.present(m) {
		return
	}
	slot, came := c.nextThread(s, m)
	item := c.nextItem(m)
	switch {
	case slot != none && came <= item.at:
		c.takeThread(s, slot)
	case item.at <= c.now:
		c.takeItem(s, item)
	default:
		c.idle(s, item.at)
	}
}

// idle waits for the next item of background work, if that comes within the session, or goes away where people do so
// when nothing waits. Threads that come wake by themselves.
func (c *Clinic) idle(s int, next des.Time) {
	m := &c.staff[s]
	if c.interruptions(s).WhenEmpty {
		c.goAway(s)
		return
	}
	if next < m.until && m.woken != next {
		m.woken = next
		c.queue.Push(next, c.wakeOf(s))
	}
}

// nextThread returns the thread that a member of staff would take up, and when it came; unset if it goes before
// everything else. What was put aside in an earlier session goes before the inbox, but for that.
func (c *Clinic) nextThread(s int, m *member) (slot int32, came des.Time) {
	slot = c.inbox[c.arm.inboxes[s]].next()
	if slot != none && c.slab.threads[slot].class == 0 {
		return slot, unset
	}
	if aside := m.tray.first; aside != none && c.slab.threads[aside].session != m.session {
		return aside, c.slab.threads[aside].queued
	}
	if slot == none {
		return none, des.Never
	}
	return slot, c.slab.threads[slot].queued
}

// takeThread makes a member of staff open a thread.
func (c *Clinic) takeThread(s int, slot int32) {
	m, t := &c.staff[s], &c.slab.threads[slot]
	c.withdraw(slot)
	t.state = inHand
	t.holder = int32(s)
	role := c.plan.roster[s].Role
	c.read(t, role)
	c.decide(s, m, t, role)
	takes := c.serviceTime(s, m, t, role)
	if c.arm.portal != nil {
		takes += c.waitOn(s, m, t)
	}
	c.begin(s, slot, takes)
	if c.trace != nil {
		c.trace.thread(c, Opened, t, int32(s), t.inbox)
	}
	c.recordBegin(s, t, takes)
}

// begin has a member of staff work for a time on a thread, or on an item if slot is none.
func (c *Clinic) begin(s int, slot int32, takes des.Time) {
	m := &c.staff[s]
	if m.freed != c.now && c.observed(c.now) && c.workday(s, c.now-c.now%des.Day) {
		c.tally.work[c.plan.roster[s].Role].switches++
	}
	m.busy, m.thread, m.left = true, slot, takes
	c.goOn(s)
}

// goOn does what is left of the work in hand, or as much of it as the session allows where people put things down.
func (c *Clinic) goOn(s int) {
	m := &c.staff[s]
	m.paused = false
	m.began, m.beside, m.due = c.now, 0, c.now+m.left
	if c.arm.calendars[s].resume {
		m.due = min(m.due, m.until)
	}
	m.left -= m.due - c.now
	c.queue.Push(m.due, c.finishOf(s))
}

// pause puts down what is in hand.
func (c *Clinic) pause(s int) {
	m := &c.staff[s]
	m.left += m.due - c.now
	c.tallyWork(s, m.began, c.now)
	m.due, m.paused = unset, true
}

// finish ends a member's work, or the part of it that the session allowed. They are free from then on: the first thing
// that its end leads to, such as a call about it, may be what they take up next.
func (c *Clinic) finish(s int) bool {
	m := &c.staff[s]
	if m.due != c.now {
		return false
	}
	if m.left > 0 {
		c.pause(s)
		c.work(s)
		return true
	}
	c.tallyWork(s, m.began, c.now)
	slot := m.thread
	m.busy, m.thread, m.due = false, none, unset
	if m.signsIn {
		c.signedIn(m)
	} else {
		m.freed = c.now
	}
	if m.leaving {
		c.goAway(s) // before what is in hand can come back to them
	}
	if slot != none {
		c.finishThread(s, slot)
	}
	c.work(s)
	return true
}

// tallyWork books time spent without a break, on the day it began: as waiting for the portal what of it is that.
func (c *Clinic) tallyWork(s int, from, to des.Time) {
	m, role := &c.staff[s], c.plan.roster[s].Role
	wait := m.waited(to - from)
	if !c.observed(from) {
		return
	}
	w := &c.tally.work[role]
	kind := &w.items
	if m.thread != none {
		kind = &w.threads
	}
	w.used += max(0, min(to, m.until)-from-m.beside)
	if !c.workday(s, from-from%des.Day) {
		kind.offDay += to - from - wait
		w.waits.offDay += wait
		w.unpaidOff += c.unpaid(m, from, to)
		return
	}
	kind.onDay += to - from - wait
	w.waits.onDay += wait
	outside := to - from - c.arm.calendars[s].inSpan(from, to)
	waited := wait
	if wait > 0 {
		wait = wait * outside / (to - from)
	}
	kind.outside += outside - wait
	w.waits.outside += wait
	c.tallyWorkday(s, from, m.thread != none, stint{to - from - waited, outside - wait}, stint{waited, wait})
	if m.thread == none {
		m.outside += outside
		return
	}
	m.outside += des.Time(float64(outside-wait)*c.plan.Scenario.Handling.InboxShare) + wait // the rest is in the chart
	w.handled += when(m.left == 0)
	w.unpaid += c.unpaid(m, from, to)
}

// unpaid returns which part of some work is on a thread that is not billed, and not in a protected slot.
func (c *Clinic) unpaid(m *member, from, to des.Time) des.Time {
	if m.thread == none || c.slab.threads[m.thread].billed {
		return 0
	}
	return to - from - max(0, min(to, m.protected)-max(from, m.slot))
}
