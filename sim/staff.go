package sim

import (
	"github.com/portalbench/portalbench/scenarios"
	"github.com/portalbench/portalbench/sim/des"
)

// nextShift finds a member's next shift that takes place.
func (c *Clinic) nextShift(s int) {
	cal, m := &c.plan.calendars[s], &c.staff[s]
	for m.week < c.end {
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
	return des.Time(c.people.StaffKey(s).Sub(drawLate).Sub(uint64(opens)).Float() * float64(spread))
}

// Draws under the key of a member of staff.
const (
	drawLate = iota
	drawHabit
	drawStaffName
)

// takesPlace reports whether a shift happens: scheduled ones on the person's workdays, others if they have the habit.
func (c *Clinic) takesPlace(s int, sh shift, week des.Time) bool {
	cal := &c.plan.calendars[s]
	if sh.own < 0 {
		return c.workday(s, week+sh.start-sh.start%des.Day)
	}
	return c.people.StaffKey(s).Sub(drawHabit).Sub(uint64(sh.own)).Chance(cal.habits[sh.own])
}

func (c *Clinic) beginShift(s int) {
	m, sh := &c.staff[s], c.plan.calendars[s].shifts[c.staff[s].shift]
	if m.thread != none {
		m.away += max(0, c.now-m.until)
	}
	m.until = c.now + sh.end - sh.start
	if c.observed(c.now) {
		c.tally.work[c.plan.roster[s].Role].open += m.until - c.now
	}
	c.recordShift(s)
	c.nextShift(s)
	c.work(s)
}

// work makes a member of staff take up the next thread, if they are free and in a shift.
func (c *Clinic) work(s int) {
	m := &c.staff[s]
	if m.thread != none || c.now >= m.until {
		return
	}
	slot := c.inbox[c.plan.inboxes[s]].pop(c.slab.threads)
	if slot == none {
		return
	}
	m.thread, m.began, m.away = slot, c.now, 0
	t := &c.slab.threads[slot]
	t.state = inHand
	t.holder = int32(s)
	c.read(t, c.plan.roster[s].Role)
	c.decide(m, t, c.plan.roster[s].Role)
	takes := c.serviceTime(m, t, c.plan.roster[s].Role)
	c.queue.Push(c.now+takes, c.finishOf(s))
	c.recordBegin(s, t, takes)
}

// read stops the clocks that stop when somebody opens the thread. Opening it claims it, which is the first touch.
func (c *Clinic) read(t *thread, r scenarios.Role) {
	if t.firstRead == unset {
		t.firstRead = c.now
		t.firstTouch = c.now
	}
	if t.firstClinicalRead == unset && r.Clinical() {
		t.firstClinicalRead = c.now
	}
	t.touches++
	t.physician = t.physician || r.IsPhysician()
}

// decide asks the policy what a role does with a thread it has opened.
func (c *Clinic) decide(m *member, t *thread, r scenarios.Role) {
	c.look(t, r)
	m.does = c.router.Route(&c.view)
	again := t.fromFamily > 1
	m.silent = m.does.Answer && again &&
		t.content.Key.Sub(drawNoReply).Sub(uint64(t.fromFamily)).Chance(c.plan.Scenario.Threads.NoReplyNeeded)
}

// look fills in what the router is shown.
func (c *Clinic) look(t *thread, from scenarios.Role) {
	c.view = View{
		Now: c.now, From: from, Label: t.content.Label, Delegable: t.content.Delegable,
		Draws: t.content.Key.Sub(drawClassify), Felt: t.content.Felt, HighRisk: t.content.HighRisk,
		Specialty: t.content.Specialty,
	}
}

// serviceTime draws how long the thread in hand takes. What is not answered is only read. Answering a message takes the
// same draw whoever read it before, so that policies which hand on differently are compared on the same work.
func (c *Clinic) serviceTime(m *member, t *thread, r scenarios.Role) des.Time {
	k := t.content.Key.Sub(drawService).Sub(uint64(t.fromFamily))
	if !m.does.Answer {
		k = k.Sub(uint64(t.handoffs))
	}
	all := c.plan.serviceTime(r, k)
	if m.does.Answer && !m.silent {
		return all
	}
	return max(des.Second, des.Time(float64(all)*c.plan.Scenario.Handling.ReadShare))
}

// finish ends a member's work on a thread: it is answered, or it goes to somebody else.
func (c *Clinic) finish(s int) {
	m := &c.staff[s]
	slot := m.thread
	t := &c.slab.threads[slot]
	c.tallyWork(s, m.began, c.now)
	c.recordFinish(s, t)
	m.thread, m.freed = none, c.now
	if m.does.Answer {
		c.answer(slot, s)
	} else {
		t.handoffs++
		c.put(slot, c.destination(t, m.does.Pool))
	}
	c.work(s)
}

// workday reports whether a member of staff works on the day that begins at t, which is asked often of the same day.
func (c *Clinic) workday(s int, t des.Time) bool {
	m := &c.staff[s]
	if m.day != t {
		m.day, m.works = t, c.plan.calendars[s].scheduled(t)
	}
	return m.works
}

// tallyWork books the time spent on a thread, on the day it began.
func (c *Clinic) tallyWork(s int, from, to des.Time) {
	if !c.observed(from) {
		return
	}
	cal := &c.plan.calendars[s]
	w := &c.tally.work[c.plan.roster[s].Role]
	w.busy += to - from
	w.used += max(0, min(to, c.staff[s].until)-from-c.staff[s].away)
	if !c.workday(s, from-from%des.Day) {
		w.offDay += to - from
		return
	}
	w.onDay += to - from
	w.outside += to - from - cal.inSpan(from, to)
	w.handled++
}

// destination returns the inbox a decision means.
func (c *Clinic) destination(t *thread, pool scenarios.Role) int32 {
	for i, r := range c.plan.pools {
		if pool == r {
			return int32(len(c.staff) + i)
		}
	}
	return t.addressee
}

// put makes a thread wait in an inbox, or has it taken up at once.
func (c *Clinic) put(slot, in int32) {
	t := &c.slab.threads[slot]
	t.state, t.inbox = waiting, in
	c.inbox[in].push(c.slab.threads, slot)
	if int(in) < len(c.staff) {
		c.work(int(in))
		return
	}
	if s := c.idleLongest(int(in)); s != none {
		c.work(s)
	}
}

// idleLongest returns who of a pool's staff has nothing in hand and has had nothing for longest, or none.
func (c *Clinic) idleLongest(pool int) int {
	longest := none
	for s := range c.staff {
		m := &c.staff[s]
		if c.plan.inboxes[s] == pool && m.thread == none && c.now < m.until &&
			(longest == none || m.freed < c.staff[longest].freed) {
			longest = s
		}
	}
	return longest
}

// answer ends the staff's turn: with a reply, or by closing a thread that needs none.
func (c *Clinic) answer(slot int32, s int) {
	t := &c.slab.threads[slot]
	t.lastAction = c.now
	silent := c.staff[s].silent
	if !silent {
		t.messages++
		c.respond(t, s)
	}
	t.state = quiet
	due := c.now + resolutionSpan
	if !silent && !t.departed {
		t.state = answered
		due = c.now + c.seenAfter(t)
		t.followUp = t.content.Key.Sub(drawFollowUp).Sub(uint64(t.fromFamily)).Chance(c.plan.Scenario.Threads.FollowUp)
	}
	c.queue.Push(due, c.threadOf(slot))
}

// respond stops the response clocks and, at the first response, draws whether messaging resolves the thread.
func (c *Clinic) respond(t *thread, s int) {
	r := c.plan.roster[s].Role
	t.below = !t.needed(r)
	if t.neededLevelResponse == unset && !t.below {
		t.neededLevelResponse = c.now
	}
	if t.firstResponse != unset {
		return
	}
	t.firstResponse = c.now
	t.byAddress = t.addressee == int32(s)
	t.departed = t.content.Key.Sub(drawNotResolved).Chance(c.plan.Scenario.Threads.NotResolved)
}
