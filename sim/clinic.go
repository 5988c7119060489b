package sim

import (
	"github.com/portalbench/portalbench/generators"
	"github.com/portalbench/portalbench/sim/des"
)

// Clinic simulates one care network under one policy: a shard. Not safe for concurrent use; clinics of different
// networks share nothing but the Plan and the arm.
type Clinic struct {
	plan    *Plan
	arm     *arm
	network int32
	rep     int
	people  *generators.People
	router  Router

	needs  []generators.Need // those to come, in order of time
	queue  des.Queue         // everything that depends on the past,
	ending endings           // but when threads will have been quiet for long
	slab   slab
	opened int32 // threads so far
	aside  int64 // threads that are put aside now
	inbox  []inbox
	staff  []member
	now    des.Time
	end    des.Time
	hour   des.Time // the next observed hour to begin
	events int64

	expected expected // what patients expect to wait
	coverers []int32  // who covers for each member of staff, or none
	quota    quota    // how many threads each patient has begun, where that is limited

	tally    *Tally
	record   *recorder // nil unless ops are wanted
	trace    *tracer   // nil unless events are wanted
	view     View      // what the router is shown; here so that it need not be allocated
	families []int32   // counted messages of each patient's family
	strata   []strata  // of each patient
}

// newClinic prepares a network at time 0, to be advanced up to end. needs are those of [0, end), in order.
func newClinic(p *Plan, a *arm, network, rep int, people *generators.People, needs []generators.Need, r Router, end des.Time) *Clinic {
	c := &Clinic{plan: p, arm: a, network: int32(network), rep: rep, people: people, needs: needs, router: r, end: end, hour: p.from,
		tally: newTally(p), families: make([]int32, people.Len())}
	c.view.clinic, c.view.People = c, people
	c.tally.waited = a.portal != nil
	c.expected = newExpected(p.Scenario.Demand.Channel)
	c.quota = newQuota(a.policy, people.Len())
	c.inbox = make([]inbox, len(p.roster)+len(a.pools))
	for i := range c.inbox {
		c.inbox[i] = newInbox()
	}
	c.coverers = make([]int32, len(p.roster))
	c.staff = make([]member, len(p.roster))
	for s := range c.staff {
		c.staff[s] = c.newMember(s)
		c.nextShift(s)
	}
	c.coverLeave(0)
	c.countPatients()
	c.queue.Push(p.clinic.close, c.dayClose())
	return c
}

// Events are numbered: the beginning of a member's shift, the end of a member's work, something new for an idle
// member, the beginning or end of an interruption, the close of the day, and the event of each thread, whose meaning
// is the thread's state. Of several due at the same moment the lower number happens first: of staff, whoever stands
// before in the roster; of threads, that in the lower slot.
func (c *Clinic) shiftOf(s int) des.Event       { return des.Event(s) }
func (c *Clinic) finishOf(s int) des.Event      { return des.Event(len(c.staff) + s) }
func (c *Clinic) wakeOf(s int) des.Event        { return des.Event(2*len(c.staff) + s) }
func (c *Clinic) interruptOf(s int) des.Event   { return des.Event(3*len(c.staff) + s) }
func (c *Clinic) dayClose() des.Event           { return des.Event(4 * len(c.staff)) }
func (c *Clinic) threadOf(slot int32) des.Event { return c.dayClose() + 1 + des.Event(slot) }

// Advance simulates everything before until. If ops are recorded, those that have come up are appended to ops: not
// in order, and some of them up to Lead before the event that made them. Of what is due at the same moment needs come
// first, then what the queue holds, then the ends of threads.
func (c *Clinic) Advance(until des.Time, ops []Op) []Op {
	if c.record != nil {
		c.record.ops = ops
	}
	for c.step(until) {
	}
	if until > c.hour {
		c.takeStock(until - 1)
	}
	c.now = until
	if c.record != nil {
		ops = c.record.ops
	}
	return ops
}

// step lets the next thing before until happen, if there is one.
func (c *Clinic) step(until des.Time) bool {
	queued, end, fell := c.queue.Next(), c.ending.next(), des.Never
	if len(c.needs) > 0 {
		fell = c.needs[0].At
	}
	next := min(queued, end, fell)
	if next >= until {
		return false
	}
	if next >= c.hour {
		c.takeStock(next)
	}
	switch next {
	case fell:
		need := c.needs[0]
		c.now, c.needs = next, c.needs[1:]
		content := c.people.Content(c.rep, need)
		c.fallDue(need.Person, &content, true)
		c.events++
	case queued:
		var e des.Event
		c.now, e = c.queue.Pop()
		if c.happen(e) {
			c.events++
		}
	default:
		c.now = end
		if c.ended(c.ending.take()) {
			c.events++
		}
	}
	return true
}

// happen lets an event happen, and reports whether it still meant something.
func (c *Clinic) happen(e des.Event) bool {
	staff := des.Event(len(c.staff))
	switch {
	case e > 4*staff:
		return c.come(int32(e - 4*staff - 1))
	case e < staff:
		return c.beginShift(int(e))
	case e < 2*staff:
		return c.finish(int(e - staff))
	case e < 3*staff:
		return c.wake(int(e - 2*staff))
	case e < 4*staff:
		return c.interrupt(int(e - 3*staff))
	}
	return c.closeDay()
}

// closeDay takes stock when the clinic closes.
func (c *Clinic) closeDay() bool {
	day := (c.now - 1) - (c.now-1)%des.Day // a clinic that closes at 24:00 closes on the day before
	if c.observed(day) {
		for s := range c.staff {
			w := &c.tally.work[c.plan.roster[s].Role]
			if c.workday(s, day) {
				w.days++
				c.tallySpan(s, day)
				c.staff[s].days++
			} else {
				w.offDays++
			}
		}
		if c.plan.clinic.on(day) {
			c.tallyQueues()
		}
	}
	c.tallyBacklog(day)
	c.expected.closeDay(int(day/des.Day), &c.plan.Scenario.Demand.Channel)
	c.escalate()
	if day.DayOfWeek() == 6 {
		c.coverLeave(int(day/des.Week) + 1)
	}
	c.queue.Push(c.now+des.Day, c.dayClose())
	return true
}

// tallyQueues counts what waits at close of a business day.
func (c *Clinic) tallyQueues() {
	for i := range c.inbox {
		if i < len(c.staff) && c.arm.inboxes[i] != i {
			continue // they work for a pool
		}
		for _, r := range c.arm.roles[i] {
			c.tally.work[r].queued += int64(c.inbox[i].waiting)
			c.tally.work[r].closes++
		}
	}
}

// tallySpan counts a workday for all roles that share the inbox somebody works from.
func (c *Clinic) tallySpan(s int, day des.Time) {
	for _, r := range c.arm.roles[c.arm.inboxes[s]] {
		c.tally.work[r].teamDays++
		c.tally.work[r].teamScheduled += c.arm.calendars[s].inSpan(day, day+des.Day)
	}
}

// tallyBacklog counts what waits in all inboxes, and put aside, at the close of the week's last business day, warm-up included.
func (c *Clinic) tallyBacklog(day des.Time) {
	week := int(day / des.Week)
	if week >= len(c.tally.weeks.backlog) || !c.plan.clinic.last[day/des.Day] {
		return
	}
	c.tally.weeks.backlog[week] += c.waiting()
}

// observed reports whether t lies in the days that are counted.
func (c *Clinic) observed(t des.Time) bool { return c.plan.from <= t && t < c.plan.to }

// Close counts the threads that are not over and returns the tally. The clinic must not be used afterwards.
func (c *Clinic) Close() *Tally {
	free := make([]bool, len(c.slab.threads))
	for _, slot := range c.slab.free {
		free[slot] = true
	}
	for slot := range c.slab.threads {
		if t := &c.slab.threads[slot]; !free[slot] && t.state != planned {
			c.count(t, false)
		}
	}
	c.tally.events = c.events
	c.tally.countSenders(c.families)
	for s := range c.staff {
		c.closeWorkdays(s)
		c.tally.countMember(c, s)
	}
	return c.tally
}
