package sim

import (
	"github.com/portalbench/portalbench/results/stats"
	"github.com/portalbench/portalbench/sim/des"
)

// clock is one of the spans measured from the moment the portal accepts a thread's first message.
type clock int

const (
	firstRead clock = iota
	firstClinicalRead
	firstResponse
	neededLevelResponse
	resolution
	numClocks
)

// business tells wall hours from business hours.
const (
	wall = iota
	business
	numScales
)

// span is the distribution of one clock, by those parts of the threads that are told in full.
type span struct {
	minutes    *stats.Counters // whole ones
	restricted byPart          // sums of all spans in milliseconds, each cut at 14 days; of business hours by actual urgency only
}

// longest is the most a histogram of spans can tell, 120 days; a span beyond is counted there.
const longest = int64(120 * des.Day / des.Minute)

// restriction is where a mean of spans is cut: a thread that is never answered counts as 14 days.
const restriction = 14 * des.Day

// countClocks books when a thread reached what is waited for. Several clocks often stop at the same moment.
func (c *Clinic) countClocks(t *thread, over bool) {
	b := booking{parts: t.parts}
	resolved := unset
	if over && !t.departed {
		resolved = t.lastAction
	}
	since := c.plan.clinic.elapsed(t.origin)
	most := c.plan.clinic.elapsed(t.origin+restriction) - since
	last, took, open := unset, des.Time(0), des.Time(0)
	for k, at := range [numClocks]des.Time{t.firstRead, t.firstClinicalRead, t.firstResponse, t.neededLevelResponse, resolved} {
		if at != unset && at != last {
			last, took, open = at, at-t.origin, c.plan.clinic.elapsed(at)-since
		}
		b.buckets[wall][k] = c.tally.spans[wall][k].restrict(at, took, restriction, t.parts.full())
		b.buckets[business][k] = c.tally.spans[business][k].restrict(at, open, most, t.parts[:1])
	}
	if c.booked = append(c.booked, b); len(c.booked) == cap(c.booked) {
		c.bookClocks()
	}
}

// booking is where the clocks of a thread are to be counted. Many bookings are kept and entered clock by clock: each
// clock's counters fill the processor's cache.
type booking struct {
	buckets [numScales][numClocks]uint16
	parts   parts
}

// mostBooked is how many bookings are kept.
const mostBooked = 4096

// bookClocks enters the bookings.
func (c *Clinic) bookClocks() {
	for scale := range c.tally.spans {
		for k := range c.tally.spans[scale] {
			minutes := c.tally.spans[scale][k].minutes
			for i := range c.booked {
				minutes.Add(int(c.booked[i].buckets[scale][k]), c.booked[i].parts.full())
			}
		}
	}
	for i := range c.booked {
		c.tally.response.Add(int(c.booked[i].buckets[wall][firstResponse]), c.booked[i].parts[:])
	}
	c.booked = c.booked[:0]
}

// restrict adds up a span, cut at most, and returns in which bucket it is counted.
func (s *span) restrict(at, took, most des.Time, in []part) uint16 {
	if at == unset {
		s.restricted.add(in, int64(most))
		return uint16(s.minutes.Never())
	}
	s.restricted.add(in, int64(min(took, most)))
	return uint16(s.minutes.Bucket(int64(took / des.Minute)))
}
