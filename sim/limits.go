package sim

import (
	"github.com/portalbench/portalbench/generators"
	"github.com/portalbench/portalbench/scenarios"
	"github.com/portalbench/portalbench/sim/des"
)

// quota counts the threads that each patient has begun in the current 30 days, counted from time 0.
type quota struct {
	most  int
	month []int16
	begun []int16
}

// quotaSpan is the span for which a quota is given.
const quotaSpan = 30 * des.Day

func newQuota(p *scenarios.Policy, patients int) quota {
	q := quota{most: p.Limits.MessagesAMonth}
	if q.most > 0 {
		q.month, q.begun = make([]int16, patients), make([]int16, patients)
	}
	return q
}

// take reports whether a patient may begin another thread, and counts it.
func (q *quota) take(person int32, now des.Time) bool {
	if q.most == 0 {
		return true
	}
	if month := int16(now / quotaSpan); q.month[person] != month {
		q.month[person], q.begun[person] = month, 0
	}
	q.begun[person]++
	return int(q.begun[person]) <= q.most
}

// cutShort draws whether a limit on the length of messages shortens one.
func (c *Clinic) cutShort(n *generators.Content) bool {
	share := c.arm.policy.Limits.Length
	return share > 0 && n.Key.Sub(drawLimit).Chance(share)
}

// closed reports whether a thread is too old to take another message of the patient.
func (c *Clinic) closed(t *thread) bool {
	days := des.Time(c.arm.policy.Limits.ClosesAfterDays)
	return days > 0 && c.now-t.origin > days*des.Day
}

// beginAnew sends what would have been a follow-up as a new thread about the same matter, whose draws are its own. It
// has been decided to write it, on the portal, so that no fate is drawn; its files are in the old thread.
func (c *Clinic) beginAnew(old *thread) {
	n := old.content
	n.Key, n.Files = old.draw(drawSpawn), 0
	c.send(old.person, &n, old.parts, old.shortened)
}
