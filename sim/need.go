package sim

import (
	"math"
	"time"

	"github.com/portalbench/portalbench/generators"
	"github.com/portalbench/portalbench/scenarios"
	"github.com/portalbench/portalbench/sim/des"
)

// Fate is what becomes of a need.
type Fate uint8

// The fates of a need.
const (
	Written   Fate = iota // on the portal
	HeldBack              // kept to themselves
	Phoned                // in place of a message
	Kept                  // for the next visit
	Emergency             // taken to the emergency department
	Failed                // written, but the portal never got it
	Deterred              // not written, as messages may be billed
	Unfelt                // not there at all, as patients are answered too slowly to be encouraged
	numFates
)

// String returns the fate's name in exports.
func (f Fate) String() string {
	return [numFates]string{"written", "held_back", "phoned", "kept_for_visit", "emergency", "failed", "deterred", "unfelt"}[f]
}

// fallDue decides what becomes of a need, from the state that things are in by now. Those that come by themselves were
// generated, at an envelope rate, and are thinned here; those that the past has led to are not.
func (c *Clinic) fallDue(person int32, n *generators.Content, generated bool) {
	fate, shortened := Unfelt, false
	if !generated || c.arises(n) {
		fate, shortened = c.fate(person, n)
	}
	all := c.partsOf(person, n)
	if c.observed(c.now) {
		c.tally.demand[fate].add(all.ofNeed(), 1)
	}
	if c.trace != nil {
		c.trace.need(c, person, n, fate)
	}
	switch fate {
	case Written:
		c.send(person, n, all, shortened)
	case Phoned:
		c.phones(person, &all)
	case Failed:
		if n.Key.Sub(drawFailedPhone).Chance(c.plan.Scenario.Population.Technology.PhonesAfterward) {
			c.phones(person, &all)
		}
	}
}

// phones is a telephone call in place of a message.
func (c *Clinic) phones(person int32, all *parts) {
	if c.observed(c.now) {
		c.tally.demand[demandCalls].add(all.ofNeed(), 1)
	}
	c.bring(c.people.Physician(person), callMessage)
}

// fate draws what becomes of a need that is there, and whether it is written in few words.
func (c *Clinic) fate(person int32, n *generators.Content) (fate Fate, shortened bool) {
	d, k := &c.plan.Scenario.Demand, n.Key
	if n.Felt && k.Sub(drawEmergency).Chance(d.Channel.Emergency) {
		return Emergency, false
	}
	shortened = c.people.HoldsBack(person, c.holdingBack(d.HoldingBack.Share))
	if shortened && k.Sub(drawUnsent).Chance(d.HoldingBack.Unsent) {
		return HeldBack, false
	}
	if fate = c.channel(n, &d.Channel); fate != Written {
		return fate, false
	}
	if fate = c.billing(n); fate != Written {
		return fate, false
	}
	if c.trainedToPhone(person, n) {
		return Phoned, false
	}
	if c.people.Barrier(person) && k.Sub(drawFailed).Chance(c.plan.Scenario.Population.Technology.FailedSends) {
		return Failed, false
	}
	if !c.quota.take(person, c.now) {
		return Phoned, false
	}
	return Written, shortened || c.cutShort(n)
}

// arises draws whether a need that was generated is there at the wait which patients expect: the shorter it is against
// the usual one, the more of them.
func (c *Clinic) arises(n *generators.Content) bool {
	d := &c.plan.Scenario.Demand
	r := &d.Responsiveness
	if r.Elasticity == 0 {
		return true
	}
	wait := max(float64(c.expected.mean), float64(des.Minute))
	usual := float64(des.FromDuration(time.Duration(d.Channel.ExpectedWait)))
	return n.Key.Sub(drawWanted).Chance(min(r.AtMost, math.Pow(usual/wait, r.Elasticity)) / r.Envelope())
}

// channel draws between portal, phone and visit: with odds to the portal's 1.
func (c *Clinic) channel(n *generators.Content, ch *scenarios.Channel) Fate {
	phone := ch.PhoneOdds * c.expected.factor
	if n.Felt {
		phone *= ch.FeltUrgentPhone
	}
	visit := ch.VisitOdds * usualAppointmentWait / ch.AppointmentWait * c.expected.factor
	u := n.Key.Sub(drawChannel).Float() * (1 + phone + visit)
	switch {
	case u < phone:
		return Phoned
	case u < phone+visit:
		return Kept
	}
	return Written
}

// usualAppointmentWait is the wait at which the odds of keeping something for the visit are those of the scenario, in
// days.
const usualAppointmentWait = 20

// send makes a thread of a need.
func (c *Clinic) send(person int32, n *generators.Content, all parts, shortened bool) {
	slot := c.slab.take()
	t := &c.slab.threads[slot]
	*t = thread{
		content: *n, parts: all, origin: c.now, lastAction: c.now, person: person, number: c.opened, timer: unset, deadline: des.Never,
		firstRead: unset, firstClinicalRead: unset, firstResponse: unset, neededLevelResponse: unset,
		messages: 1, fromFamily: 1, holder: none, asker: none, reader: none, shortened: shortened, state: waiting,
	}
	c.opened++
	c.address(t)
	c.bill(t)
	c.trainLabel(t)
	to := c.covered(c.arrive(t), t.urgent)
	c.familyWrote(t)
	c.received(to)
	if c.trace != nil {
		c.trace.thread(c, Sent, t, none, to)
	}
	c.recordSend(slot, to)
	c.wait(slot)
	c.put(slot, to)
}

// arrive asks the policy where a new thread goes.
func (c *Clinic) arrive(t *thread) (to int32) {
	c.look(t, scenarios.RoleNone)
	d := c.router.Route(&c.view)
	t.urgent, t.class, t.label, t.authority = d.Urgent, d.Class, d.Label, float32(d.Authority)
	t.parts[len(t.parts)-1] = partLabel + part(when(t.urgent))
	t.deadline = c.deadline(t)
	return c.destination(t, d.Pool, t.addressee)
}

// address draws to whom a thread is written.
func (c *Clinic) address(t *thread) {
	k, a := t.content.Key, &c.plan.Scenario.Demand.Addressing
	t.owner = int32(c.people.Physician(t.person))
	other := t.owner
	if specialist, ok := c.people.Specialist(t.person); ok {
		other = int32(specialist)
	}
	if t.content.Specialty {
		t.owner, other = other, t.owner
	}
	t.addressee = t.owner
	t.toPool = k.Sub(drawToPool).Chance(a.Pool)
	if !t.toPool && k.Sub(drawWrong).Chance(a.Wrong) {
		if other == t.owner {
			other = c.oneOf(k.Sub(drawWrongOther), func(s int32) bool { return c.alike(s, t.owner) })
		}
		if other != none {
			t.addressee = other
		}
	}
}

// colleague draws another physician of the same role who is not on leave, or none.
func (c *Clinic) colleague(of int32, k des.Key) int32 {
	week := int(c.now / des.Week)
	return c.oneOf(k, func(s int32) bool { return c.alike(s, of) && !c.leave(int(s), week) })
}

// alike reports whether two different people have the same role.
func (c *Clinic) alike(s, of int32) bool {
	return s != of && c.plan.roster[s].Role == c.plan.roster[of].Role
}

// oneOf draws one of the staff of whom something holds, all alike, or none.
func (c *Clinic) oneOf(k des.Key, holds func(int32) bool) int32 {
	others := 0
	for s := range c.staff {
		others += int(when(holds(int32(s))))
	}
	if others == 0 {
		return none
	}
	skip := k.IntN(others)
	for s := int32(0); ; s++ {
		if !holds(s) {
			continue
		}
		if skip == 0 {
			return s
		}
		skip--
	}
}

// familyWrote counts a message of a patient or caregiver.
func (c *Clinic) familyWrote(t *thread) {
	c.demands(demandMessages, t)
	if c.observed(c.now) {
		c.families[t.person]++
	}
}

// received counts a message of a patient that comes to an inbox.
func (c *Clinic) received(in int32) {
	if c.observed(c.now) {
		for _, r := range c.arm.roles[in] {
			c.tally.work[r].messages++
		}
	}
}

// look fills in what the router is shown.
func (c *Clinic) look(t *thread, from scenarios.Role) {
	v, n := &c.view, &t.content
	v.Now, v.From, v.Category, v.Label, v.Delegable = c.now, from, n.Category, n.Label, n.Delegable
	v.Authority, v.Draws, v.Felt, v.HighRisk = float64(t.authority), n.Key.Sub(drawClassify), n.Felt, n.HighRisk
	v.Specialty = c.plan.roster[t.addressee].Role == scenarios.Specialist
	v.ToPool, v.Sender, v.Patient, v.addressee = t.toPool, n.Sender, t.person, t.addressee
}
