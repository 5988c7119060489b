package sim

import (
	"github.com/portalbench/portalbench/scenarios"
	"github.com/portalbench/portalbench/sim/des"
)

// hours are the hours in which the clinic counts time for its promises to patients: clinic-local, without holidays.
type hours struct {
	first, last int // days of the week, 0 is Monday
	open, close des.Time
}

func newHours(w scenarios.Window) hours {
	return hours{w.FirstDay, w.LastDay, des.Time(w.Start) * des.Minute, des.Time(w.End) * des.Minute}
}

// isOpen reports whether t falls in the hours.
func (h hours) isOpen(t des.Time) bool {
	d, clock := t.DayOfWeek(), t%des.Day
	return h.first <= d && d <= h.last && h.open <= clock && clock < h.close
}

// elapsed returns the open time since time 0; the open time between two moments is a difference of two of these.
func (h hours) elapsed(t des.Time) des.Time {
	day, perDay := t.DayOfWeek(), h.close-h.open
	days := des.Time(min(max(day-h.first, 0), h.last-h.first+1))
	sum := t/des.Week*des.Time(h.last-h.first+1)*perDay + days*perDay
	if h.first <= day && day <= h.last {
		sum += min(max(t%des.Day-h.open, 0), perDay)
	}
	return sum
}

// deadline returns the close of the n-th business day after the one that t counts for. After close, t counts for the
// next opening.
func (h hours) deadline(t des.Time, n int) des.Time {
	day := t - t%des.Day
	if !h.on(day) || t%des.Day >= h.close {
		day = h.nextDay(day)
	}
	for range n {
		day = h.nextDay(day)
	}
	return day + h.close
}

// on reports whether the clinic opens on the day that begins at t.
func (h hours) on(t des.Time) bool { d := t.DayOfWeek(); return h.first <= d && d <= h.last }

// nextDay returns the beginning of the first business day after the day that begins at t.
func (h hours) nextDay(t des.Time) des.Time {
	for t += des.Day; !h.on(t); t += des.Day {
	}
	return t
}
