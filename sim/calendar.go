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
	protected  bool     // paid, and free of visits
}

// calendar is the week of one member of staff.
type calendar struct {
	share  float64
	offset int       // spreads the days off of part-timers
	shifts []shift   // in order of time
	spans  []shift   // the scheduled span, by day
	spanOf [8]int    // index of the first span of each day of the week, or of those after
	habits []float64 // share of people with each habit
	days   uint8     // days of the week with a span, one bit each
	spread des.Time  // shifts take place up to this late
	leave  int       // weeks of leave a year

	resume        bool // what is in hand at the end of a session is put down
	interruptions scenarios.Interruptions
}

// newCalendar makes the week of a member of a group, as the policy has it.
func newCalendar(g scenarios.Staff, m generators.Member, p *scenarios.Policy) calendar {
	c := calendar{share: m.Share, offset: m.Number, spread: des.FromDuration(time.Duration(g.StartSpread)),
		leave: (g.LeaveDays + 2) / 5, resume: g.ShiftEnd == "resume", interruptions: g.Interruptions}
	for _, w := range g.Hours {
		c.spans = append(c.spans, onDays(w, -1)...)
	}
	for _, w := range g.Inbox {
		c.shifts = append(c.shifts, onDays(w, -1)...)
	}
	sortShifts(c.spans)
	if m.Role.IsPhysician() {
		c.arrange(p)
	}
	for i, own := range g.OwnTime {
		c.shifts = append(c.shifts, onDays(own.When, int8(i))...)
		c.habits = append(c.habits, own.Share)
	}
	for day := range c.spanOf {
		for c.spanOf[day] < len(c.spans) && c.spans[c.spanOf[day]].start < des.Time(day)*des.Day {
			c.spanOf[day]++
		}
	}
	for _, s := range c.spans {
		c.days |= 1 << s.start.DayOfWeek()
	}
	sortShifts(c.shifts)
	return c
}

func onDays(w scenarios.Window, own int8) (list []shift) {
	for d := w.FirstDay; d <= w.LastDay; d++ {
		day := des.Time(d) * des.Day
		list = append(list, shift{start: day + des.Time(w.Start)*des.Minute, end: day + des.Time(w.End)*des.Minute, own: own})
	}
	return list
}

func sortShifts(list []shift) {
	slices.SortStableFunc(list, func(a, b shift) int { return cmp.Compare(a.start, b.start) })
}

// scheduled reports whether the person's part of the week includes the day that begins at t. Part-timers work every
// day on which the running total of their share passes a whole number: exactly their share in the long run, evenly
// spread.
func (c *calendar) scheduled(t des.Time) bool {
	if c.days>>t.DayOfWeek()&1 == 0 {
		return false
	}
	before := int(t/des.Week)*bits.OnesCount8(c.days) + bits.OnesCount8(c.days&(1<<t.DayOfWeek()-1))
	d := float64(before + c.offset)
	return math.Floor((d+1)*c.share+1e-9) > math.Floor(d*c.share+1e-9)
}

// onLeave reports whether a week is one of leave. A year of 365.25/7 weeks has as many equal parts as weeks of leave,
// and each part one week of leave, drawn evenly.
func (c *calendar) onLeave(week int, k des.Key) bool {
	if c.leave == 0 {
		return false
	}
	part := weeksPerYear / float64(c.leave)
	i := int(float64(week) / part)
	if int(math.Ceil(float64(i+1)*part)) <= week {
		i++
	}
	first, next := int(math.Ceil(float64(i)*part)), int(math.Ceil(float64(i+1)*part))
	return week == first+k.Sub(uint64(i)).IntN(next-first)
}

const weeksPerYear = 365.25 / 7

// leaveShare returns which share of the year's weeks is leave.
func (c *calendar) leaveShare() float64 { return float64(c.leave) / weeksPerYear }

// inSpan returns how much of [from, to), which begins and ends in the same week, lies in the week's spans, if the
// person works on them.
func (c *calendar) inSpan(from, to des.Time) (in des.Time) {
	week := from - from%des.Week
	for _, s := range c.spans[c.spanOf[from.DayOfWeek()]:] {
		if week+s.start >= to {
			break
		}
		in += max(0, min(to, week+s.end)-max(from, week+s.start))
	}
	return in
}
