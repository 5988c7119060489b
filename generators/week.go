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

// newWeek spreads the shares of office hours (08-17), evening (17-23) and night evenly over their hours, unless the
// scenario gives every hour its weight, and weekdays' and weekend's over their days. Hour and day are independent.
func newWeek(d scenarios.Demand) *week {
	out := &week{}
	for h := range hoursPerWeek {
		out.before[h+1] = out.before[h] + hourShare(d, h%24)*dayShare(d.Week, h/24)
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

func hourShare(d scenarios.Demand, hour int) float64 {
	w := d.Week
	switch {
	case len(d.ByHour) > 0:
		return d.ByHour[hour]
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

// passed returns to what the rhythm has integrated at t: the inverse of moment.
func (w *week) passed(t des.Time) float64 {
	h := t.HourOfWeek()
	within := float64(t%des.Hour) / float64(des.Hour)
	return float64(t/des.Week) + w.before[h] + within*(w.before[h+1]-w.before[h])
}

// After returns when a family acts that does so a number of weeks after t, counted in the week's rhythm: people write
// when people write.
func (p *People) After(t des.Time, weeks float64) des.Time {
	w := p.model.week
	return max(t, w.moment(w.passed(t)+weeks))
}
