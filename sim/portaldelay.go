package sim

import (
	"fmt"
	"time"

	"github.com/portalbench/portalbench/results"
	"github.com/portalbench/portalbench/results/stats"
	"github.com/portalbench/portalbench/sim/des"
)

// PortalDelay says how long staff wait for a portal to answer, operation by operation: as it was measured, or the same
// time for all. It is read-only and may be shared. A nil one is a portal that answers at once.
type PortalDelay struct {
	took [results.NumOps][]int64 // microseconds; each stands for an equal part of the operations of its kind
}

// delayParts is how many numbers stand for a distribution of delays.
const delayParts = 400

// longestDelay is the longest that one answer may take.
const longestDelay = time.Hour

// StaffOps lists the operations for which staff wait, in the contract's order. What families do on the portal does not
// hold up the clinic, and is not among them.
func StaffOps() (kinds []results.OpKind) {
	for k := range results.NumOps {
		if (beginsSession | handlesThread).has(results.OpKind(k)) {
			kinds = append(kinds, results.OpKind(k))
		}
	}
	return kinds
}

// NewPortalDelay makes the delays of a portal from distributions in microseconds, one for each of StaffOps.
func NewPortalDelay(of map[results.OpKind]*stats.Histogram) (*PortalDelay, error) {
	d := new(PortalDelay)
	for _, k := range StaffOps() {
		if of[k] == nil || of[k].Count() == 0 || of[k].NotReachedCount() > 0 {
			return nil, fmt.Errorf("making the portal's delays: %s has no distribution, or one without an end", k)
		}
		for _, us := range of[k].EqualParts(delayParts) {
			d.took[k] = append(d.took[k], min(int64(us+.5), longestDelay.Microseconds()))
		}
	}
	return d, nil
}

// ConstantDelay makes a portal take the same time for every answer: from 0 to an hour.
func ConstantDelay(takes time.Duration) (*PortalDelay, error) {
	if takes < 0 || takes > longestDelay {
		return nil, fmt.Errorf("a portal that takes %s to answer: use 0s to %s", takes, longestDelay)
	}
	d := new(PortalDelay)
	for _, k := range StaffOps() {
		d.took[k] = []int64{takes.Microseconds()}
	}
	return d, nil
}

// Mean returns how long the portal takes for an operation on average.
func (d *PortalDelay) Mean(k results.OpKind) time.Duration {
	sum := 0.0
	for _, us := range d.took[k] {
		sum += float64(us)
	}
	return time.Duration(sum / float64(max(1, len(d.took[k]))) * float64(time.Microsecond))
}

// waiting draws how long some operations take together, one after the other, in whole milliseconds.
func (d *PortalDelay) waiting(ops opSet, k des.Key) des.Time {
	us := int64(0)
	for op, took := range d.took {
		switch {
		case !ops.has(results.OpKind(op)):
		case len(took) == 1:
			us += took[0]
		case len(took) > 1:
			us += took[int(k.Sub(uint64(op)).Float()*float64(len(took)))]
		}
	}
	return des.Time((us + 500) / 1000)
}

// opSet is a set of operations of the contract.
type opSet uint32

func (o opSet) has(k results.OpKind) bool { return o>>k&1 != 0 }

// The operations of staff: those with which a session begins, and those of work on a thread.
const (
	beginsSession = opSet(1<<results.OpAuth | 1<<results.OpUnread | 1<<results.OpInbox)
	handlesThread = opSet(1<<results.OpInbox | 1<<results.OpClaim | 1<<results.OpThread | 1<<results.OpRead | 1<<results.OpLabel |
		1<<results.OpRoute | 1<<results.OpReply | 1<<results.OpClose)
)

// opensWith returns the operations with which a member of staff takes up a thread that they have just opened. The list
// need not be loaded when it has only now come with the session. Who has had the thread in hand before holds it still,
// unless a colleague was asked in between; a label is put right once.
func (c *Clinic) opensWith(s int, t *thread) opSet {
	ops := opSet(1<<results.OpThread | 1<<results.OpRead)
	if c.staff[s].listed != c.now {
		ops |= 1 << results.OpInbox
	}
	if t.reader != int32(s) || t.asked {
		ops |= 1 << results.OpClaim
	}
	if t.touches == 1 && (t.urgent || int(t.inbox) >= len(c.staff) && t.content.Label != t.content.Category) {
		ops |= 1 << results.OpLabel
	}
	return ops
}

// endsWith returns the operations with which an action ends.
func (a action) endsWith() opSet {
	switch a {
	case handOn, ask, advise:
		return 1 << results.OpRoute
	case closeIt, phone:
		return 1 << results.OpClose
	case reply:
		return 1<<results.OpReply | 1<<results.OpClose
	}
	return 0 // what is put aside stays as it is
}

// waitOn draws how long somebody will wait for the portal while they have a thread in hand. It is spread evenly over
// the work.
func (c *Clinic) waitOn(s int, m *member, t *thread) des.Time {
	k := t.content.Key.Sub(drawPortal).Sub(uint64(t.touches))
	m.wait = c.arm.portal.waiting(c.opensWith(s, t)|m.does.endsWith(), k)
	return m.wait
}

// owe draws how long somebody will wait for the portal as a session begins.
func (c *Clinic) owe(s int) {
	m := &c.staff[s]
	m.owed += c.arm.portal.waiting(beginsSession, m.key.Sub(drawSignIn).Sub(uint64(c.now)))
}

// signIn has somebody who is in a session and free wait for what its beginning takes, and reports whether they do. Who
// had put something down waits while going on with it.
func (c *Clinic) signIn(s int) bool {
	m := &c.staff[s]
	if m.away || c.now >= m.until || m.busy && !m.paused {
		return false
	}
	owed := m.owed
	m.owed = 0
	if m.paused {
		m.left, m.wait = m.left+owed, m.wait+owed
		return false
	}
	m.busy, m.thread, m.signsIn, m.left, m.wait = true, none, true, owed, owed
	c.goOn(s)
	return true
}

// signedIn ends the wait at the beginning of a session: the list lies there. It is no work from which one turns to the
// inbox, unless somebody came from work.
func (c *Clinic) signedIn(m *member) {
	m.signsIn, m.listed = false, c.now
	if m.freed == m.began {
		m.freed = c.now
	}
}

// waited takes the part of what is left to wait that falls into work that has just been done for a time.
func (m *member) waited(took des.Time) des.Time {
	if m.wait == 0 {
		return 0
	}
	part := m.wait * took / (m.left + took)
	m.wait -= part
	return part
}
