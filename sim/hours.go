package sim

import (
	"slices"

	"github.com/portalbench/portalbench/scenarios"
	"github.com/portalbench/portalbench/sim/des"
)

// hours are the hours in which the clinic counts time for its promises to patients: clinic-local, without holidays.
type hours struct {
	open, close des.Time // of a business day
	isDay       []bool   // whether the clinic opens on each day since time 0
	before      []int32  // business days before each day
	days        []int32  // the day that each business day is
	off         []bool   // holidays
	perWeek     int      // business days of a week without holidays
	last        []bool   // whether it is the week's last business day
}

// spare is how many days beyond the simulated ones hours are known: deadlines and 14-day limits reach that far.
const spare = 120

func newHours(n scenarios.Network, days int) hours {
	h := hours{open: des.Time(n.Hours.Start) * des.Minute, close: des.Time(n.Hours.End) * des.Minute}
	off := holidays(n.Holidays, days+spare)
	h.off, h.perWeek = off, n.Hours.LastDay-n.Hours.FirstDay+1
	for d := range days + spare {
		day := d % 7
		opens := n.Hours.FirstDay <= day && day <= n.Hours.LastDay && !off[d]
		h.isDay = append(h.isDay, opens)
		h.before = append(h.before, int32(len(h.days)))
		h.last = append(h.last, false)
		if opens {
			h.days = append(h.days, int32(d))
		}
	}
	for i, d := range h.days {
		h.last[d] = i+1 < len(h.days) && h.days[i+1]/7 > d/7
	}
	return h
}

// holidays places a number of holidays a year: the k-th of n falls in the week that begins (k + 1/2) / n into a year of
// 365.25/7 weeks, on Monday, Tuesday and so on in turn.
func holidays(perYear, days int) []bool {
	off := make([]bool, days)
	if perYear == 0 {
		return off
	}
	const weeksPerYear = 365.25 / 7
	for k := 0; ; k++ {
		week := int((float64(k) + .5) / float64(perYear) * weeksPerYear)
		d := week*7 + k%5
		if week*7 >= days {
			return off
		}
		if d < days {
			off[d] = true
		}
	}
}

// on reports whether the clinic opens on the day in which t falls.
func (h *hours) on(t des.Time) bool { return h.isDay[t/des.Day] }

// isOff reports whether the day in which t falls is a holiday.
func (h *hours) isOff(t des.Time) bool { return h.off[t/des.Day] }

// isOpen reports whether t falls in the hours.
func (h *hours) isOpen(t des.Time) bool {
	clock := t % des.Day
	return h.open <= clock && clock < h.close && h.on(t)
}

// elapsed returns the open time since time 0; the open time between two moments is a difference of two of these.
func (h *hours) elapsed(t des.Time) des.Time {
	day := t / des.Day
	sum := des.Time(h.before[day]) * (h.close - h.open)
	if h.isDay[day] {
		sum += min(max(t%des.Day-h.open, 0), h.close-h.open)
	}
	return sum
}

// moment returns when the open time since time 0 reaches a value, and Never beyond the days that are known.
func (h *hours) moment(elapsed des.Time) des.Time {
	perDay := h.close - h.open
	n := elapsed / perDay
	if n >= des.Time(len(h.days)) {
		return des.Never
	}
	return des.Time(h.days[n])*des.Day + h.open + elapsed%perDay
}

// deadline returns the close of the n-th business day after the one that t counts for. After close, t counts for the
// next opening.
func (h *hours) deadline(t des.Time, n int) des.Time {
	day := t / des.Day
	first := h.before[day]
	if h.isDay[day] && t%des.Day >= h.close {
		first++
	}
	return des.Time(h.days[int(first)+n])*des.Day + h.close
}

// ordinaryWeek returns the first week without a holiday at or after a week, or that week if none is known.
func (h *hours) ordinaryWeek(week int) int {
	for w := week; (w+1)*7 <= len(h.off); w++ {
		if !slices.Contains(h.off[w*7:w*7+7], true) {
			return w
		}
	}
	return week
}
