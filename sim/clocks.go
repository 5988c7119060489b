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
		c.tally.spans[wall][k].book(at, took, restriction, t.parts.full(), t.parts.full())
		c.tally.spans[business][k].book(at, open, most, t.parts.full(), t.parts[:1])
	}
	response := c.tally.response
	if t.firstResponse == unset {
		response.Add(response.Never(), t.parts[:])
		return
	}
	response.Add(response.Bucket(int64((t.firstResponse-t.origin)/des.Minute)), t.parts[:])
}

// book enters a span, or that it was never reached, in some parts; most is where a mean is cut.
func (s *span) book(at, took, most des.Time, in, means []part) {
	if at == unset {
		s.minutes.Add(s.minutes.Never(), in)
		s.restricted.add(means, int64(most))
		return
	}
	s.minutes.Add(s.minutes.Bucket(int64(took/des.Minute)), in)
	s.restricted.add(means, int64(min(took, most)))
}
