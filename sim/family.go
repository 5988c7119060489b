package sim

import (
	"math"

	"github.com/portalbench/portalbench/generators"
	"github.com/portalbench/portalbench/scenarios"
	"github.com/portalbench/portalbench/sim/des"
)

// arrive makes a thread of a need that has fallen due.
func (c *Clinic) arrive(n generators.Need) {
	slot := c.slab.take()
	t := &c.slab.threads[slot]
	*t = thread{
		content: c.people.Content(c.rep, n), origin: c.now, lastAction: c.now, person: n.Person, number: c.opened,
		firstRead: unset, firstClinicalRead: unset, firstTouch: unset, firstResponse: unset, neededLevelResponse: unset,
		messages: 1, fromFamily: 1, class: 1, holder: none,
	}
	c.opened++
	t.addressee = int32(c.people.Physician(n.Person))
	if t.content.Specialty {
		specialist, _ := c.people.Specialist(n.Person)
		t.addressee = int32(specialist)
	}
	c.familyWrote(t)
	c.look(t, scenarios.RoleNone)
	d := c.router.Route(&c.view)
	t.urgent = d.Urgent
	if d.First {
		t.class = 0
	}
	to := c.destination(t, d.Pool)
	c.recordSend(slot, to)
	c.put(slot, to)
}

// familyWrote counts a message of a patient or caregiver.
func (c *Clinic) familyWrote(t *thread) {
	if c.observed(c.now) {
		c.tally.familyMessages++
		c.families[t.person]++
	}
}

// seenAfter draws how long it takes the family to see an answer: log-normal about its median, but no less than Lead,
// the time it takes to sign in and look, and before the thread would be over.
func (c *Clinic) seenAfter(t *thread) des.Time {
	th := &c.plan.Scenario.Threads
	z := t.content.Key.Sub(drawSeen).Sub(uint64(t.fromFamily)).Norm()
	median := float64(th.AnswerSeenAfter) / 1e6 // milliseconds
	return min(max(Lead, des.Time(median*math.Exp(th.AnswerSeenLogSD*z))), resolutionSpan-des.Hour)
}

// turn is a thread's own event: the family sees an answer, or the thread is over.
func (c *Clinic) turn(slot int32) {
	t := &c.slab.threads[slot]
	if t.state == quiet {
		c.over(slot)
		return
	}
	c.recordSeen(t, slot)
	if !t.followUp {
		t.state = quiet
		c.queue.Push(t.lastAction+resolutionSpan, c.threadOf(slot))
		return
	}
	t.messages++
	t.fromFamily++
	t.lastAction = c.now
	c.familyWrote(t)
	c.recordFollowUp(t, slot)
	c.put(slot, t.inbox)
}

// over counts a thread that nobody has written to for a week, and forgets it.
func (c *Clinic) over(slot int32) {
	t := &c.slab.threads[slot]
	c.count(t, true)
	c.forget(slot)
	c.slab.free = append(c.slab.free, slot)
}
