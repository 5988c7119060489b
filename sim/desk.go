package sim

import (
	"github.com/portalbench/portalbench/generators"
	"github.com/portalbench/portalbench/scenarios"
	"github.com/portalbench/portalbench/sim/des"
)

// read stops the clocks that stop when somebody opens the thread. Opening it claims it, which is the first touch.
func (c *Clinic) read(t *thread, r scenarios.Role) {
	if t.firstRead == unset {
		t.firstRead = c.now
	}
	if t.firstClinicalRead == unset && r.Clinical() {
		t.firstClinicalRead = c.now
	}
	t.touches++
	t.physician = t.physician || r.IsPhysician()
}

// decide settles what somebody does with a thread they have opened, and where it goes then.
func (c *Clinic) decide(s int, m *member, t *thread, r scenarios.Role) {
	m.does, m.to = handOn, t.owner
	switch {
	case t.asker != none:
		m.does, m.to = advise, int32(c.arm.inboxes[t.asker]) // of some, that of their pool
		return
	case c.misdirected(int32(s), t):
		return
	case !r.IsPhysician():
		c.look(t, r)
		if d := c.router.Route(&c.view); !d.Answer {
			m.to = c.destination(t, d.Pool, t.owner)
			return
		}
	}
	c.decideAnswer(s, m, t, r)
}

// misdirected reports whether somebody has a thread that was written to the wrong clinician, for themselves or for that
// clinician, and is not the right one or in their place either.
func (c *Clinic) misdirected(s int32, t *thread) bool {
	mine := s == t.addressee || c.covered(t.addressee, t.urgent) == s
	return mine && t.addressee != t.owner && s != t.owner && c.covered(t.owner, t.urgent) != s
}

// decideAnswer settles how somebody who may answer a thread does so.
func (c *Clinic) decideAnswer(s int, m *member, t *thread, r scenarios.Role) {
	th, h := &c.plan.Scenario.Threads, &c.plan.Scenario.Handling
	switch {
	case t.fromFamily > 1 && t.draw(drawNoReply).Chance(th.NoReplyNeeded):
		m.does = closeIt
	case !t.aside && t.draw(drawDefer).Chance(h.Defer):
		m.does = putAside
	case !t.asked && clinician(r) && t.draw(drawConsult).Chance(h.Consult) && c.askWhom(s, m, t):
		m.does = ask
	case t.draw(drawPhoneReply).Chance(th.PhoneReply):
		m.does = phone
	default:
		m.does = reply
	}
	if m.does != ask {
		m.to = t.inbox // it stays where it is
	}
}

// askWhom finds a colleague to ask: the patient's other clinician, or else another physician.
func (c *Clinic) askWhom(s int, m *member, t *thread) bool {
	other := c.otherClinician(t.person, int32(s))
	if other == none {
		other = c.colleague(t.owner, t.draw(drawColleague))
	}
	m.to = other
	return other != none && c.covered(other, t.urgent) != int32(s) // nobody asks themselves
}

// otherClinician returns the patient's specialist, or the physician if it is the specialist who asks, or none.
func (c *Clinic) otherClinician(person, than int32) int32 {
	if specialist, ok := c.people.Specialist(person); ok && int32(specialist) != than {
		return int32(specialist)
	}
	if p := int32(c.people.Physician(person)); p != than {
		return p
	}
	return none
}

// outcomes are the events in which actions end.
var outcomes = [...]EventKind{reply: Replied, phone: Called, closeIt: Closed, handOn: HandedOn, putAside: PutAside,
	ask: Asked, advise: Advised}

// finishThread does with a thread what was decided when it was opened.
func (c *Clinic) finishThread(s int, slot int32) {
	m, t := &c.staff[s], &c.slab.threads[slot]
	switch m.does {
	case handOn, ask, advise:
		m.to = c.covered(m.to, t.urgent)
	}
	c.recordFinish(s, slot, t)
	if c.trace != nil {
		c.trace.thread(c, outcomes[m.does], t, int32(s), m.to)
	}
	switch m.does {
	case reply, phone, closeIt:
		c.answer(slot, s)
		return
	case ask:
		t.asker, t.reader, t.asked, t.aside = int32(s), int32(s), true, true
	case advise:
		t.asker = none
	}
	c.unanswered(slot)
	if m.does == putAside {
		c.lay(s, slot)
		return
	}
	t.handoffs++
	if m.does == handOn {
		c.received(m.to)
	}
	c.put(slot, m.to)
}

// lay puts an opened thread in a member's tray until a later session.
func (c *Clinic) lay(s int, slot int32) {
	m, t := &c.staff[s], &c.slab.threads[slot]
	t.state, t.inTray, t.aside, t.reader, t.session, t.queued = waiting, true, true, int32(s), m.session, c.now
	c.aside++
	m.tray.add(c.slab.threads, slot, m.tray.last)
}

// destination returns the inbox a decision means.
func (c *Clinic) destination(t *thread, pool scenarios.Role, clinician int32) int32 {
	if in := c.arm.poolOf[pool]; pool != scenarios.RoleNone && in != none {
		return in
	}
	return clinician
}

// put makes a thread wait in an inbox, or has it taken up at once. Callers have asked who covers for the inbox's owner.
func (c *Clinic) put(slot, in int32) {
	t := &c.slab.threads[slot]
	t.state, t.inbox, t.queued = waiting, in, c.now
	c.inbox[in].push(c.slab.threads, slot, c.arm.byDate)
	if int(in) < len(c.staff) {
		c.work(int(in))
		return
	}
	if s := c.idleLongest(int(in)); s != none {
		c.work(s)
	}
}

// idleLongest returns who of a pool's staff has nothing in hand and has had nothing for longest, or none. Of several
// who have not done anything yet, or stopped at the same moment, it is whoever stands first in the roster.
func (c *Clinic) idleLongest(pool int) int {
	longest := none
	for _, s := range c.arm.members[pool] {
		if c.present(&c.staff[s]) && (longest == none || c.staff[s].freed < c.staff[longest].freed) {
			longest = s
		}
	}
	return longest
}

// answer ends the staff's turn: with a reply, a call, or by closing a thread that needs none.
func (c *Clinic) answer(slot int32, s int) {
	t, does := &c.slab.threads[slot], c.staff[s].does
	t.lastAction, t.timer, t.state = c.now, unset, quiet
	c.ending.add(c.now+resolutionSpan, slot)
	if does == closeIt {
		return
	}
	c.respond(t, s, does == phone)
	switch {
	case does == phone:
		c.demands(demandReplies, t)
	case t.departed:
		t.messages++
	default:
		t.messages++
		c.deliver(slot)
	}
	c.after(t, s)
}

// deliver draws when the family will see a reply, and whether they will write again then.
func (c *Clinic) deliver(slot int32) {
	t := &c.slab.threads[slot]
	t.state = answered
	c.setTimer(slot, c.now+c.seenAfter(t))
	chance := c.plan.Scenario.Threads.FollowUp
	if t.shortened {
		chance += c.plan.Scenario.Demand.HoldingBack.FollowUp
	}
	t.followUp = t.draw(drawFollowUp).Chance(chance)
}

// respond stops the response clocks and, at the first response, draws whether messaging resolves the thread. A reply by
// telephone settles the matter.
func (c *Clinic) respond(t *thread, s int, called bool) {
	r := c.plan.roster[s].Role
	t.below = !t.needed(r)
	if t.neededLevelResponse == unset && !t.below {
		t.neededLevelResponse = c.now
	}
	if t.firstResponse != unset {
		return
	}
	t.firstResponse = c.now
	c.expected.add(c.now, c.now-t.origin)
	t.byAddress = t.addressee == int32(s) && !t.toPool || t.toPool && !r.IsPhysician()
	t.departed = !called && t.content.Key.Sub(drawNotResolved).Chance(c.plan.Scenario.Threads.NotResolved)
}

// clinician reports whether a role treats patients on its own account.
func clinician(r scenarios.Role) bool { return r.IsPhysician() || r == scenarios.APP }

// after does what a reply or a call leads to: a copy to the other clinician, readings that are asked for, and a call or
// visit where messages could not settle the matter.
func (c *Clinic) after(t *thread, s int) {
	k, person := t.content.Key, t.person
	first := t.firstResponse == c.now
	departed := first && t.departed
	if clinician(c.plan.roster[s].Role) {
		c.copyAnswer(t, s)
		if first && c.asksForReadings(person, k) {
			c.expectReadings(person, k.Sub(drawReadingsSent))
		}
	}
	switch {
	case !departed:
	case k.Sub(drawToVisit).Chance(c.plan.Scenario.Threads.UnresolvedVisit):
		c.visit(t)
	default:
		c.call(t)
	}
}

// copyAnswer draws whether the patient's other clinician is sent a copy of an answer.
func (c *Clinic) copyAnswer(t *thread, s int) {
	if !t.draw(drawCopy).Chance(c.plan.Scenario.Handling.Copy) {
		return
	}
	if other := c.otherClinician(t.person, int32(s)); other != none {
		c.bring(int(other), fromColleague)
	}
}

// asksForReadings reports whether a clinician's first reply asks a patient for readings who will send them.
func (c *Clinic) asksForReadings(person int32, k des.Key) bool {
	tr := &c.plan.Scenario.Demand.Triggers
	return c.people.MonitoredAtHome(person) && k.Sub(drawReadingsAsked).Chance(tr.ReadingsAsked) &&
		k.Sub(drawReadingsSent).Chance(tr.ReadingsSent)
}

// expectReadings plans the message with readings that a patient has been asked for.
func (c *Clinic) expectReadings(person int32, k des.Key) {
	due := c.people.After(c.now, k.Sub(1).Exp()*c.plan.Scenario.Demand.Triggers.ReadingsAfterDays/7)
	c.later(person, c.people.ContentAfter(generators.AskedReading, person, k.Sub(2)), due)
}
