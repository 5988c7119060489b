package generators

import (
	"github.com/portalbench/portalbench/scenarios"
	"github.com/portalbench/portalbench/sim/des"
)

const hoursPerWeek = 7 * 24

// week is the weekly rhythm: a rate that is constant within each hour of the week and integrates to 1 over it. Events
// of a Poisson process with that rhythm are those of a plain Poisson process seen through moment.
type week struct {
	before [hoursPerWeek + 1]float64 // what has come before the hour begins; before[168] is 1
	guide  [256]uint8                // hour at which the search for i/256 starts
}

// newWeek spreads the shares of office hours (08-17), evening (17-23) and night evenly over their hours, and weekdays'
// and weekend's over their days. Hour and day are independent.
func newWeek(w scenarios.Week) *week {
	out := &week{}
	for h := range hoursPerWeek {
		out.before[h+1] = out.before[h] + hourShare(w, h%24)*dayShare(w, h/24)
	}
	total := out.before[hoursPerWeek]
	for h := range out.before {
		out.before[h] /= total
	}
	h := 0
	for i := range out.guide {
		for out.before[h+1] <= float64(i)/256 {
			h++
		}
		out.guide[i] = uint8(h)
	}
	return out
}

func hourShare(w scenarios.Week, hour int) float64 {
	switch {
	case 8 <= hour && hour < 17:
		return w.Office / 9
	case 17 <= hour && hour < 23:
		return w.Evening / 6
	}
	return (1 - w.Office - w.Evening) / 9
}

func dayShare(w scenarios.Week, day int) float64 {
	if day < 5 {
		return w.Weekdays / 5
	}
	return (1 - w.Weekdays) / 2
}

// moment returns when the rhythm has integrated to u, in weeks of 1 each. u must not be negative.
func (w *week) moment(u float64) des.Time {
	whole := int64(u)
	part := u - float64(whole)
	h := int(w.guide[int(part*256)])
	for w.before[h+1] <= part {
		h++
	}
	within := (part - w.before[h]) / (w.before[h+1] - w.before[h])
	return des.Time(whole)*des.Week + des.Time(h)*des.Hour + des.Time(within*float64(des.Hour))
}
