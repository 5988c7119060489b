package sim

import "github.com/portalbench/portalbench/scenarios"

// standIn returns who does a member's background work: themselves, or who covers for them altogether.
func (c *Clinic) standIn(s int) int {
	if by := c.coverers[s]; by != none && c.arm.policy.Cover.By == "coverer" {
		return int(by)
	}
	return s
}

// covered returns the inbox to which a thread for an inbox goes: that of whoever covers for its owner, for urgent
// threads or for all.
func (c *Clinic) covered(in int32, urgent bool) int32 {
	if int(in) >= len(c.staff) || c.coverers[in] == none {
		return in
	}
	if c.arm.policy.Cover.By == "coverer" || urgent {
		return c.coverers[in]
	}
	return in
}

// coverLeave settles who is on leave in a week and who covers for them, and hands over what waits.
func (c *Clinic) coverLeave(week int) {
	for s := range c.staff {
		c.coverers[s] = none
		c.staff[s].covers = c.staff[s].covers[:0]
	}
	p := c.arm.policy.Cover
	if p.By != "coverer" && p.By != "on_call" {
		return
	}
	size := len(c.staff)
	if p.By == "coverer" {
		size = max(1, p.Physicians)
	}
	for _, role := range []scenarios.Role{scenarios.Physician, scenarios.Specialist} {
		c.coverRole(role, size, week)
	}
}

// coverRole has one physician in each group of some size, in order of the roster, cover for those who are on leave. It
// is another one every week.
func (c *Clinic) coverRole(role scenarios.Role, size, week int) {
	var of []int
	for s, m := range c.plan.roster {
		if m.Role == role {
			of = append(of, s)
		}
	}
	for len(of) > 0 {
		group := of[:min(size, len(of))]
		of = of[len(group):]
		by := c.onDuty(group, week)
		for _, s := range group {
			if by != none && c.leave(s, week) {
				c.handOver(s, by)
			}
		}
	}
}

// onDuty returns who of a group covers in a week: in turn, whoever is not on leave.
func (c *Clinic) onDuty(group []int, week int) int {
	for i := range group {
		if s := group[(week+i)%len(group)]; !c.leave(s, week) {
			return s
		}
	}
	return none
}

// handOver makes somebody cover for a colleague and gives them what waits, in the order in which it would have been
// opened. What the colleague has put aside is read anew and answered then; what they have put down half done, or put
// aside later, waits for them.
func (c *Clinic) handOver(s, by int) {
	c.coverers[s] = int32(by)
	all := c.arm.policy.Cover.By == "coverer"
	if all {
		c.staff[by].covers = append(c.staff[by].covers, s)
	}
	for _, slot := range c.waitingFor(s) {
		if t := &c.slab.threads[slot]; all || t.urgent {
			c.move(slot, int32(by))
		}
	}
	c.work(by) // background work of the absent may wait for them
}

// waitingFor returns what waits for a member of staff with an inbox of their own, in the order in which they would open
// it in their next session.
func (c *Clinic) waitingFor(s int) []int32 {
	classes := &c.inbox[s].classes
	list := classes[0].appendTo(nil, c.slab.threads)
	list = c.staff[s].tray.appendTo(list, c.slab.threads)
	for i := range classes[1:] {
		list = classes[1+i].appendTo(list, c.slab.threads)
	}
	return list
}

// move passes a waiting thread on to another inbox.
func (c *Clinic) move(slot, to int32) {
	t := &c.slab.threads[slot]
	c.recordMove(t, to)
	c.withdraw(slot)
	t.handoffs++
	if c.trace != nil {
		c.trace.thread(c, Moved, t, none, to)
	}
	c.put(slot, to)
}
