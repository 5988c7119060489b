package sim

import (
	"cmp"
	"math"
	"math/bits"
	"slices"
	"time"

	"github.com/portalbench/portalbench/generators"
	"github.com/portalbench/portalbench/scenarios"
	"github.com/portalbench/portalbench/sim/des"
)

// shift is a time of the week in which the inbox is worked on.
type shift struct {
	start, end des.Time // since Monday 00:00
	own        int8     // index of the habit that makes it; -1: scheduled
}

// calendar is the week of one member of staff.
type calendar struct {
	share  float64
	offset int       // spreads the days off of part-timers
	shifts []shift   // in order of time
	spans  []shift   // the scheduled span, by day
	habits []float64 // share of people with each habit
	days   uint8     // days of the week with a span, one bit each
	spread des.Time  // shifts take place up to this late
}

func newCalendar(g scenarios.Staff, m generators.Member) calendar {
	c := calendar{share: m.Share, offset: m.Number, spread: des.FromDuration(time.Duration(g.StartSpread))}
	for _, w := range g.Inbox {
		c.shifts = append(c.shifts, onDays(w, -1)...)
	}
	for i, own := range g.OwnTime {
		c.shifts = append(c.shifts, onDays(own.When, int8(i))...)
		c.habits = append(c.habits, own.Share)
	}
	for _, w := range g.Hours {
		c.spans = append(c.spans, onDays(w, -1)...)
	}
	for _, s := range c.spans {
		c.days |= 1 << s.start.DayOfWeek()
	}
	sortShifts(c.shifts)
	sortShifts(c.spans)
	return c
}

func onDays(w scenarios.Window, own int8) (list []shift) {
	for d := w.FirstDay; d <= w.LastDay; d++ {
		day := des.Time(d) * des.Day
		list = append(list, shift{day + des.Time(w.Start)*des.Minute, day + des.Time(w.End)*des.Minute, own})
	}
	return list
}

func sortShifts(list []shift) {
	slices.SortFunc(list, func(a, b shift) int { return cmp.Compare(a.start, b.start) })
}

// scheduled reports whether the person works on the day that begins at t. Part-timers work every day on which the
// running total of their share passes a whole number: exactly their share in the long run, evenly spread.
func (c *calendar) scheduled(t des.Time) bool {
	if c.days>>t.DayOfWeek()&1 == 0 {
		return false
	}
	before := int(t/des.Week)*bits.OnesCount8(c.days) + bits.OnesCount8(c.days&(1<<t.DayOfWeek()-1))
	d := float64(before + c.offset)
	return math.Floor((d+1)*c.share+1e-9) > math.Floor(d*c.share+1e-9)
}

// inSpan returns how much of [from, to) lies in the week's spans, if the person works on them.
func (c *calendar) inSpan(from, to des.Time) (in des.Time) {
	week := from - from%des.Week
	for _, s := range c.spans {
		in += max(0, min(to, week+s.end)-max(from, week+s.start))
	}
	return in
}
