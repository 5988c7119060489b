package sim

import (
	"math"

	"github.com/portalbench/portalbench/results"
	"github.com/portalbench/portalbench/sim/des"
)

// hoursPerWeek is how many hours of the week are told apart. Number 0 is Monday from midnight to one.
const hoursPerWeek = int(des.Week / des.Hour)

// hourly are sums by the hour of the week, over the observed days.
type hourly struct {
	begun   [hoursPerWeek]int64 // threads begun in the hour
	waiting [hoursPerWeek]int64 // threads that waited, in an inbox or put aside, as it began
}

func (w *hourly) merge(o *hourly) {
	addTo(w.begun[:], o.begun[:])
	addTo(w.waiting[:], o.waiting[:])
}

// takeStock counts what waits as each observed hour up to t begins, before anything of that moment happens. It is called
// before something happens at t.
func (c *Clinic) takeStock(t des.Time) {
	waiting := c.waiting()
	for ; c.hour <= t && c.hour < c.plan.to; c.hour += des.Hour {
		c.tally.hours.waiting[c.hour.HourOfWeek()] += waiting
	}
	if c.hour >= c.plan.to {
		c.hour = des.Never
	}
}

// waiting returns how many threads wait in inboxes or are put aside.
func (c *Clinic) waiting() int64 {
	n := c.aside
	for i := range c.inbox {
		n += int64(c.inbox[i].waiting)
	}
	return n
}

// Week is what is counted by the hour of the week, all care networks and replications together.
type Week struct {
	hourly
	observed [hoursPerWeek]int64 // how often the hour was observed: once in each week of each replication
}

// add enters a replication: the tallies of all its networks.
func (w *Week) add(p *Plan, t *Tally) {
	w.merge(&t.hours)
	for at := p.from; at < p.to; at += des.Hour {
		w.observed[at.HourOfWeek()]++
	}
}

func (w *Week) join(more *Week) {
	w.merge(&more.hourly)
	addTo(w.observed[:], more.observed[:])
}

// Hours returns the means over the observed weeks, an hour after the other: all threads of a replication's patients.
// Hours that were never observed, as fewer than seven days were, are missing.
func (w *Week) Hours(policy string, set map[string]string) []results.WeekHour {
	rows := make([]results.WeekHour, hoursPerWeek)
	for h := range rows {
		mean := func(sum int64) results.Number {
			if w.observed[h] == 0 {
				return results.Number(math.NaN())
			}
			return results.Number(float64(sum) / float64(w.observed[h]))
		}
		rows[h] = results.WeekHour{Policy: policy, Set: set, Hour: h, Begun: mean(w.begun[h]), Waiting: mean(w.waiting[h])}
	}
	return rows
}
