package sim

import (
	"cmp"
	"slices"

	"github.com/portalbench/portalbench/scenarios"
	"github.com/portalbench/portalbench/sim/des"
)

// deadline returns when the standard wants a new thread answered. Where threads go by date, urgent ones are due on the
// next business day.
func (c *Clinic) deadline(t *thread) des.Time {
	days := c.arm.policy.Standard.BusinessDays
	switch {
	case days == 0:
		return des.Never
	case c.arm.byDate && t.urgent:
		days = 1
	}
	return c.plan.clinic.deadline(t.origin, days)
}

// escalate has the threads that wait in inboxes and have missed the standard go first, each of them once: in the inbox
// they are in, or in another. Those begun earlier go before others.
func (c *Clinic) escalate() {
	standard := &c.arm.policy.Standard
	if standard.BusinessDays == 0 || standard.EscalateTo == "" || standard.EscalateTo == "none" {
		return
	}
	var late []int32
	for slot := range c.slab.threads {
		t := &c.slab.threads[slot]
		if t.state == waiting && !t.inTray && !t.escalated && t.firstResponse == unset && t.deadline <= c.now {
			late = append(late, int32(slot))
		}
	}
	slices.SortFunc(late, func(a, b int32) int { return cmp.Compare(c.slab.threads[a].number, c.slab.threads[b].number) })
	for _, slot := range late {
		c.hurry(slot)
	}
}

// hurry puts a thread before others, where it is or in the inbox to which it is escalated.
func (c *Clinic) hurry(slot int32) {
	t, name := &c.slab.threads[slot], c.arm.policy.Standard.EscalateTo
	t.escalated = true
	in := t.inbox
	if t.asker != none {
		name = "first" // advice is wanted of whoever was asked
	}
	if to := c.arm.role(name); to != scenarios.RoleNone {
		in = c.destination(t, to, t.inbox)
	} else if name == "colleague" {
		if other := c.colleague(t.owner, t.content.Key.Sub(drawColleague)); other != none {
			in = other
		}
	}
	in = c.covered(in, t.urgent) // at the close of a week it is still last week's coverer
	c.inbox[t.inbox].remove(c.slab.threads, slot)
	t.class = 0
	c.inbox[t.inbox].push(c.slab.threads, slot, c.arm.byDate)
	if in != t.inbox {
		c.move(slot, in)
	}
}
