package sim

import (
	"github.com/portalbench/portalbench/generators"
	"github.com/portalbench/portalbench/sim/des"
)

// setTimer sets when a thread's own event is due. An earlier one is void.
func (c *Clinic) setTimer(slot int32, due des.Time) {
	c.slab.threads[slot].timer = due
	c.queue.Push(due, c.threadOf(slot))
}

// turn is a thread's own event. Patience that ends while somebody has the thread in hand, or has put it down half done,
// stays due: it looks like being answered. If it is not, the family acts then.
func (c *Clinic) turn(slot int32) bool {
	t := &c.slab.threads[slot]
	if t.timer != c.now || t.state == inHand {
		return false
	}
	t.timer = unset
	switch t.state {
	case planned:
		person, n := t.person, t.content
		c.slab.release(slot)
		c.fallDue(person, &n, false)
	case waiting:
		c.impatient(slot)
	case answered:
		c.seen(slot)
	}
	return true
}

// endings are when threads will be over if nobody writes: always the same time after the staff have acted, so that
// they come in order and need no queue.
type endings struct {
	list []ending
	done int
}

type ending struct {
	at   des.Time
	slot int32
}

// next returns when the first thread may be over, Never if there is none.
func (e *endings) next() des.Time {
	if e.done == len(e.list) {
		return des.Never
	}
	return e.list[e.done].at
}

func (e *endings) take() int32 {
	e.done++
	return e.list[e.done-1].slot
}

// add adds a thread that will be over at a moment not before that of any other.
func (e *endings) add(at des.Time, slot int32) {
	if len(e.list) == cap(e.list) && e.done > len(e.list)/2 {
		e.list = e.list[:copy(e.list, e.list[e.done:])]
		e.done = 0
	}
	e.list = append(e.list, ending{at, slot})
}

// ended ends a thread if nobody has written since, and reports whether that is so.
func (c *Clinic) ended(slot int32) bool {
	t := &c.slab.threads[slot]
	if t.state != quiet || t.lastAction+resolutionSpan != c.now {
		return false
	}
	c.over(slot)
	return true
}

// wait draws when the family's patience with an answer will end, if ever.
func (c *Clinic) wait(slot int32) {
	t, p := &c.slab.threads[slot], &c.plan.Scenario.Threads.Patience
	if p.Median == 0 {
		return
	}
	patience := c.plan.times.patience
	if t.content.Felt {
		patience = c.plan.times.patienceFelt
	}
	if t.content.Trigger == generators.AfterVisit {
		patience *= p.AfterVisit
	}
	k := t.turn(drawPatience).Sub(uint64(t.nudges))
	if p.GammaShape > 0 {
		patience *= k.Gamma(p.GammaShape)
	} else {
		patience = k.LogNormal(patience, p.LogSD)
	}
	c.setTimer(slot, c.now+max(des.Second, des.Time(patience)))
}

// unanswered has a family act now whose patience has ended while the thread was in hand, which is put aside, handed on,
// asked about or advised. If somebody takes it up at this very moment, they wait for that work in turn.
func (c *Clinic) unanswered(slot int32) {
	if due := c.slab.threads[slot].timer; due != unset && due < c.now {
		c.setTimer(slot, c.now)
	}
}

// impatient lets a family that has waited too long write again, phone, or wait on. Those who wrote in few words phone.
func (c *Clinic) impatient(slot int32) {
	t, p := &c.slab.threads[slot], &c.plan.Scenario.Threads.Patience
	u := t.turn(drawImpatient).Sub(uint64(t.nudges)).Float()
	phones, nudges := u < p.Phone, u < p.Phone+p.Nudge
	switch {
	case phones || nudges && t.shortened:
		c.depart(slot)
	case nudges && int(t.nudges) < p.MostNudges:
		t.nudges++
		t.nudged++
		t.messages++
		t.lastAction = c.now
		c.familyWrote(t)
		if c.trace != nil {
			c.trace.thread(c, Nudged, t, none, t.inbox)
		}
		c.recordFollowUp(t, slot)
		c.wait(slot)
	}
}

// depart ends a thread whose family phones instead.
func (c *Clinic) depart(slot int32) {
	t := &c.slab.threads[slot]
	c.recordLeft(t)
	c.withdraw(slot)
	t.departed, t.lastAction = true, c.now
	if c.trace != nil {
		c.trace.thread(c, Left, t, none, t.inbox)
	}
	owner := t.owner
	c.over(slot)
	c.call(int(owner))
}

// withdraw takes a waiting thread out of the inbox or tray it is in.
func (c *Clinic) withdraw(slot int32) {
	t := &c.slab.threads[slot]
	if t.inTray {
		t.inTray = false
		c.staff[t.holder].tray.remove(c.slab.threads, slot)
		return
	}
	c.inbox[t.inbox].remove(c.slab.threads, slot)
}

// seenAfter draws how long it takes the family to see an answer: log-normal about its median, but no less than Lead,
// the time it takes to sign in and look, and before the thread would be over.
func (c *Clinic) seenAfter(t *thread) des.Time {
	th := &c.plan.Scenario.Threads
	after := t.turn(drawSeen).LogNormal(c.plan.times.seen, th.AnswerSeenLogSD)
	return min(max(Lead, des.Time(after)), resolutionSpan-des.Hour)
}

// seen lets the family see an answer, and write again if it is going to.
func (c *Clinic) seen(slot int32) {
	t := &c.slab.threads[slot]
	if c.trace != nil {
		c.trace.thread(c, Seen, t, none, t.inbox)
	}
	c.recordSeen(t, slot)
	t.state = quiet
	switch {
	case !t.followUp:
	case c.closed(t):
		c.beginAnew(t)
	default:
		c.writeAgain(slot)
	}
}

// writeAgain has the family follow up an answer in the same thread, which goes where it was last.
func (c *Clinic) writeAgain(slot int32) {
	t := &c.slab.threads[slot]
	t.messages++
	t.fromFamily++
	t.nudges = 0
	t.aside, t.asked = false, false
	t.lastAction = c.now
	to := c.covered(t.inbox, t.urgent)
	c.familyWrote(t)
	if c.trace != nil {
		c.trace.thread(c, FollowedUp, t, none, to)
	}
	c.recordFollowUp(t, slot)
	if to != t.inbox {
		c.recordMove(t, to)
	}
	c.wait(slot)
	c.put(slot, to)
}

// later plans a need that something in the past leads to.
func (c *Clinic) later(person int32, n generators.Content, due des.Time) {
	slot := c.slab.take()
	c.slab.threads[slot] = thread{content: n, person: person, state: planned}
	c.setTimer(slot, due)
}

// over counts a thread that nobody has written to for a week, or that was left, and forgets it.
func (c *Clinic) over(slot int32) {
	t := &c.slab.threads[slot]
	c.count(t, true)
	if c.trace != nil {
		c.trace.thread(c, Over, t, none, t.inbox)
	}
	person, key := t.person, t.content.Key
	caused := !t.departed && key.Sub(drawCaused).Chance(c.plan.Scenario.Demand.Channel.VisitsCaused)
	t.timer, t.state = unset, planned
	c.forget(slot)
	c.slab.release(slot)
	if caused {
		c.visit(person, key)
	}
}

// call is a patient's telephone call, about which somebody of the staff finds a message.
func (c *Clinic) call(to int) {
	if c.observed(c.now) {
		c.tally.calls++
	}
	c.bring(to, callMessage)
}

// visit is one that messaging has not saved. Some are extended by a message.
func (c *Clinic) visit(person int32, k des.Key) {
	if c.observed(c.now) {
		c.tally.visits++
	}
	d := &c.plan.Scenario.Demand
	if !k.Sub(drawAfterVisit).Chance(d.Triggers.AfterVisit) {
		return
	}
	due := c.people.After(c.now, d.Channel.AppointmentWait/7)
	c.later(person, c.people.ContentAfter(generators.AfterVisit, person, k.Sub(drawAfterVisit).Sub(1)), due)
}
