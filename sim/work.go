package sim

import (
	"slices"
	"time"

	"github.com/portalbench/portalbench/scenarios"
	"github.com/portalbench/portalbench/sim/des"
)

// arrange moves the inbox time of each scheduled day as the work lever says, and adds the protected slots.
func (c *calendar) arrange(p *scenarios.Policy) {
	var all []shift
	for _, span := range c.spans {
		today := slices.DeleteFunc(slices.Clone(c.shifts), func(s shift) bool { return s.start < span.start || s.end > span.end })
		all = append(all, c.day(span, today, &p.Work)...)
	}
	c.shifts = all
}

// day returns the shifts of one scheduled span that had those of today.
func (c *calendar) day(span shift, today []shift, w *scenarios.Work) []shift {
	n := 0
	switch w.Sessions {
	case "continuous":
		n = int((span.end - span.start) / (30 * des.Minute))
	case "batched":
		n = w.TimesADay
	}
	if n > 0 {
		today = evenly(span, today, n)
		c.spread = min(c.spread, max(0, span.end-today[n-1].end)) // the last may not end after hours
	}
	if p := des.FromDuration(time.Duration(w.Protected)); p > 0 {
		half := (span.end - span.start) / 2
		for i := range des.Time(2) {
			start := span.start + i*half + (half-p)/2
			today = append(today, shift{start: start, end: start + p, own: -1, protected: true})
		}
	}
	return today
}

// evenly spreads the time of a day's shifts over n equal ones.
func evenly(span shift, today []shift, n int) (list []shift) {
	all := des.Time(0)
	for _, s := range today {
		all += s.end - s.start
	}
	part, length := (span.end-span.start)/des.Time(n), all/des.Time(n)
	for i := range des.Time(n) {
		start := span.start + i*part + max(0, part-length)/2
		list = append(list, shift{start: start, end: start + length, own: -1})
	}
	return list
}

// switching returns what it takes to turn to the inbox from something else, in milliseconds.
func (c *Clinic) switching() float64 {
	return c.plan.times.switching + c.arm.policy.Work.SwitchSeconds*float64(des.Second)
}
