package sim

import (
	"time"

	"github.com/portalbench/portalbench/scenarios"
	"github.com/portalbench/portalbench/sim/des"
)

// interruptions are what calls a member of staff away from the inbox.
func (c *Clinic) interruptions(s int) *scenarios.Interruptions {
	return &c.arm.calendars[s].interruptions
}

// interruptAfter draws when an interruption begins or ends.
func (c *Clinic) interruptAfter(s int, mean scenarios.Duration) {
	m := &c.staff[s]
	m.interrupts++
	ms := float64(time.Duration(mean).Milliseconds())
	m.comesOrGoes = c.now + des.Time(ms*m.key.Sub(drawInterruptions).Sub(m.interrupts).Exp())
	c.queue.Push(m.comesOrGoes, c.interruptOf(s))
}

// interrupt takes somebody away from the inbox, or brings them back.
func (c *Clinic) interrupt(s int) bool {
	m := &c.staff[s]
	if m.comesOrGoes != c.now {
		return false
	}
	m.comesOrGoes = unset
	switch {
	case m.away:
		m.away = false
		if every := c.interruptions(s).Every; every > 0 && c.now < m.until {
			c.interruptAfter(s, every)
		}
		c.work(s)
	case c.now >= m.until: // nobody is called away from an inbox they are not at; the next session draws anew
	case m.busy && !m.paused && !c.arm.calendars[s].resume:
		m.leaving = true
	default:
		if m.busy && !m.paused {
			c.pause(s)
		}
		c.goAway(s)
	}
	return true
}

// goAway begins an interruption.
func (c *Clinic) goAway(s int) {
	m := &c.staff[s]
	m.away, m.leaving = true, false
	c.interruptAfter(s, c.interruptions(s).For)
}
