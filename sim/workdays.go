package sim

import (
	"github.com/portalbench/portalbench/results/stats"
	"github.com/portalbench/portalbench/scenarios"
	"github.com/portalbench/portalbench/sim/des"
)

// workdays are the observed workdays of the people of a role, by how long they worked: whole minutes, rounded.
type workdays struct {
	inbox   *stats.Histogram // in the inbox
	outside *stats.Histogram // of that, outside the scheduled span
}

func newWorkdays() workdays {
	day := int64(des.Day / des.Minute)
	return workdays{stats.NewHistogram(day, 2), stats.NewHistogram(day, 2)}
}

func (w *workdays) merge(o *workdays) {
	w.inbox.Merge(o.inbox)
	w.outside.Merge(o.outside)
}

// workday is what somebody has done on a workday so far.
type workday struct {
	began   des.Time // the day; of no day unset
	threads stint    // on portal threads, in the inbox and in the chart
	others  stint    // on other inbox work, and waiting for the portal
}

// stint is time of a workday, and what of it lies outside the scheduled span.
type stint struct{ all, outside des.Time }

// inbox returns the inbox's share of it.
func (w *workday) inbox(share float64) (all, outside des.Time) {
	of := func(t des.Time) des.Time { return des.Time(float64(t) * share) }
	return of(w.threads.all) + w.others.all, of(w.threads.outside) + w.others.outside
}

// tallyWorkday adds to the workday on which a stretch of somebody's work began: work and waiting, and of both what lies
// outside the span. The first stretch of a day ends the day before.
func (c *Clinic) tallyWorkday(s int, from des.Time, onThread bool, work, wait stint) {
	m, day := &c.staff[s], from-from%des.Day
	if m.today.began != day {
		c.bookWorkday(s)
		m.today = workday{began: day}
	}
	of := &m.today.others
	if onThread {
		of = &m.today.threads
	}
	of.all += work.all
	of.outside += work.outside
	m.today.others.all += wait.all
	m.today.others.outside += wait.outside
}

// bookWorkday books the workday that somebody's latest work is of, if there was any.
func (c *Clinic) bookWorkday(s int) {
	m := &c.staff[s]
	if m.today.began == unset {
		return
	}
	m.worked++
	all, outside := m.today.inbox(c.plan.Scenario.Handling.InboxShare)
	c.tally.workday[c.plan.roster[s].Role].book(all, outside, 1)
}

func (w *workdays) book(all, outside des.Time, days int64) {
	w.inbox.RecordN(wholeMinutes(all), days)
	w.outside.RecordN(wholeMinutes(outside), days)
}

func wholeMinutes(t des.Time) int64 { return int64((t + des.Minute/2) / des.Minute) }

// closeWorkdays books somebody's last day, and the workdays on which they did nothing.
func (c *Clinic) closeWorkdays(s int) {
	c.bookWorkday(s)
	m := &c.staff[s]
	c.tally.workday[c.plan.roster[s].Role].book(0, 0, m.days-m.worked)
}

// The reads of actually urgent threads that are told apart by what the sender felt.
const (
	readByAnybody = iota
	readByClinician
	numReads
)

// countReads books how long an actually urgent thread waited to be read.
func (t *Tally) countReads(of *thread) {
	for read, at := range [numReads]des.Time{of.firstRead, of.firstClinicalRead} {
		h := t.unheard[read][when(of.content.Felt)]
		if at == unset {
			h.NotReached(1)
			continue
		}
		h.Record(int64((at - of.origin) / des.Minute))
	}
}

// roles returns those with workdays.
func (t *Tally) roles() (list []scenarios.Role) {
	for r := range t.workday {
		if t.workday[r].inbox != nil {
			list = append(list, scenarios.Role(r))
		}
	}
	return list
}
