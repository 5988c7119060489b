package sim

import (
	"github.com/portalbench/portalbench/sim/des"
)

// stream is the background inbox work of one member of staff: a Poisson process in business hours, item by item as it
// is looked at. It goes on while they are off, and waits for them.
type stream struct {
	key   des.Key
	gap   float64 // mean open time between two items, in milliseconds; 0: there are none
	clock float64 // open time at which the next item comes
	at    des.Time
	n     uint64
	kinds [numItems]float64 // cumulative
}

func (c *Clinic) newStream(s int, k des.Key) stream {
	m := &c.plan.roster[s]
	b := c.plan.Scenario.Staff[m.Group].Background
	st := stream{key: k, at: des.Never}
	sum := 0.0
	for i, n := range [numItems]float64{prescription: b.Prescriptions, callMessage: b.Calls, resultMessage: b.Results,
		fromColleague: b.Colleagues} {
		sum += n
		st.kinds[i] = sum
	}
	if sum == 0 {
		return st
	}
	// sum items for 8 hours scheduled; a full week of the group is scheduled hours long, less what leave takes of it on
	// average, and the network's hours pass at one share of it.
	scheduled := c.weekly(s) * m.Share * (1 - c.arm.calendars[s].leaveShare())
	open := float64(c.plan.clinic.close-c.plan.clinic.open) * float64(c.plan.clinic.perWeek)
	st.gap = open / (sum * scheduled / float64(8*des.Hour))
	c.advance(&st)
	return st
}

// weekly returns the scheduled time of a full week of a member's group, in milliseconds.
func (c *Clinic) weekly(s int) float64 {
	sum := des.Time(0)
	for _, span := range c.arm.calendars[s].spans {
		sum += span.end - span.start
	}
	return float64(sum)
}

// advance finds the next item. That it comes is an event, though nothing happens before somebody looks.
func (c *Clinic) advance(st *stream) {
	c.events++
	st.n++
	st.clock += st.key.Sub(st.n).Exp() * st.gap
	st.at = c.plan.clinic.moment(des.Time(st.clock))
}

// item is something to do that is not a thread.
type item struct {
	at     des.Time
	stream *stream  // it comes from
	kind   itemKind // if it comes from none
}

// nextItem returns the first item that waits for a member of staff, or will. Of items that came at the same moment
// their own go first, then those of colleagues they cover, then calls, then copies.
func (c *Clinic) nextItem(m *member) item {
	next := item{at: m.stream.at, stream: &m.stream}
	for _, absent := range m.covers {
		if st := &c.staff[absent].stream; st.at < next.at {
			next = item{at: st.at, stream: st}
		}
	}
	for i, kind := range [...]itemKind{callMessage, fromColleague} {
		if at := m.extra[i].next(); at < next.at {
			next = item{at: at, kind: kind}
		}
	}
	return next
}

// takeItem makes a member of staff do an item.
func (c *Clinic) takeItem(s int, it item) {
	m, h := &c.staff[s], &c.plan.times
	kind, k := it.kind, des.Key(0)
	if st := it.stream; st != nil {
		k = st.key.Sub(st.n)
		kind = itemKind(k.Sub(0).Pick(st.kinds[:]))
		c.advance(st)
	} else {
		k = m.key.Sub(drawItems).Sub(uint64(kind) + 1).Sub(uint64(it.at))
		m.extraOf(kind).done++
	}
	takes := h.background[kind] * m.speed
	if h.itemLogSD > 0 {
		takes = k.Sub(1).LogNormal(takes, h.itemLogSD)
	}
	if c.trace != nil {
		c.trace.staff(c, ItemTaken, s)
	}
	c.begin(s, none, lasting(takes+c.switchCost(m)))
}

// bring gives a member of staff an item that the simulation itself makes.
func (c *Clinic) bring(s int, kind itemKind) {
	s = c.standIn(s)
	c.staff[s].extraOf(kind).add(c.now)
	c.work(s)
}

// extraOf returns the queue of messages about calls, or of copies.
func (m *member) extraOf(kind itemKind) *items {
	if kind == fromColleague {
		return &m.extra[1]
	}
	return &m.extra[0]
}
