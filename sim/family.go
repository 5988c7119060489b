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

// come lets a thread's own event happen. Patience that ends while somebody has the thread in hand, or has put it down
// half done, stays due: it looks like being answered. If it is not, the family acts then.
func (c *Clinic) come(slot int32) bool {
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
	k := t.draw(drawPatience).Sub(uint64(t.nudges))
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

// impatient lets a family that has waited too long write again, phone, or wait on. Those who wrote in few words phone,
// and some to whom it feels urgent go to the emergency department.
func (c *Clinic) impatient(slot int32) {
	t, p := &c.slab.threads[slot], &c.plan.Scenario.Threads.Patience
	if t.content.Felt && t.draw(drawGiveUp).Sub(uint64(t.nudges)).Chance(p.Emergency) {
		c.depart(slot, TakenToEmergency)
		return
	}
	u := t.draw(drawImpatient).Sub(uint64(t.nudges)).Float()
	phones, nudges := u < p.Phone, u < p.Phone+p.Nudge
	switch {
	case phones || nudges && t.shortened:
		c.depart(slot, Left)
	case nudges && int(t.nudges) < p.MostNudges:
		t.nudges++
		t.nudged++
		t.messages++
		t.lastAction = c.now
		c.familyWrote(t)
		c.received(t.inbox)
		if c.trace != nil {
			c.trace.thread(c, Nudged, t, none, t.inbox)
		}
		c.recordFollowUp(t, slot)
		c.wait(slot)
	}
}

// depart ends a thread whose family phones or goes to the emergency department instead. It tells others that they may
// wait for ever, which counts as 14 days.
func (c *Clinic) depart(slot int32, how EventKind) {
	t := &c.slab.threads[slot]
	if t.firstResponse == unset {
		c.expected.add(c.now, restriction)
	}
	c.recordLeft(t)
	c.withdraw(slot)
	t.departed, t.lastAction = true, c.now
	if c.trace != nil {
		c.trace.thread(c, how, t, none, t.inbox)
	}
	left := *t
	c.over(slot)
	if how == Left {
		c.call(&left)
	} else {
		c.demands(demandEmergencies, &left)
	}
}

// withdraw takes a waiting thread out of the inbox or tray it is in.
func (c *Clinic) withdraw(slot int32) {
	t := &c.slab.threads[slot]
	if t.inTray {
		t.inTray = false
		c.aside--
		c.staff[t.holder].tray.remove(c.slab.threads, slot)
		return
	}
	c.inbox[t.inbox].remove(c.slab.threads, slot)
}

// seenAfter draws how long it takes the family to see an answer: log-normal about its median, but no less than Lead,
// the time it takes to sign in and look, and before the thread would be over.
func (c *Clinic) seenAfter(t *thread) des.Time {
	th := &c.plan.Scenario.Threads
	after := t.draw(drawSeen).LogNormal(c.plan.times.seen, th.AnswerSeenLogSD)
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
	t.aside, t.asked, t.reader = false, false, none
	t.lastAction = c.now
	to := c.covered(t.inbox, t.urgent)
	c.familyWrote(t)
	c.received(to)
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
	caused := !t.departed && t.content.Key.Sub(drawCaused).Chance(c.plan.Scenario.Demand.Channel.VisitsCaused)
	t.timer, t.state = unset, planned
	c.forget(slot)
	c.slab.release(slot)
	if caused {
		ended := *t // its slot may be taken again
		c.visit(&ended)
	}
}

// call is a patient's telephone call after a thread, about which the clinician whose matter it is finds a message.
func (c *Clinic) call(t *thread) {
	c.demands(demandCalls, t)
	c.bring(int(t.owner), callMessage)
}

// visit is one that messaging has not saved. Some are extended by a message.
func (c *Clinic) visit(t *thread) {
	c.demands(demandVisits, t)
	d, k, person := &c.plan.Scenario.Demand, t.content.Key, t.person
	if !k.Sub(drawAfterVisit).Chance(d.Triggers.AfterVisit) {
		return
	}
	due := c.people.After(c.now, d.Channel.AppointmentWait/7)
	c.later(person, c.people.ContentAfter(generators.AfterVisit, person, k.Sub(drawAfterVisit).Sub(1)), due)
}
