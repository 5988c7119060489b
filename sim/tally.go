package sim

import (
	"slices"

	"github.com/portalbench/portalbench/results/stats"
	"github.com/portalbench/portalbench/scenarios"
	"github.com/portalbench/portalbench/sim/des"
)

// actual tells threads that are not urgent from those that are.
const (
	routine = iota
	urgent
	numUrgencies
)

// Urgencies names the two kinds of threads, in the order in which distributions of them are given.
func Urgencies() []string { return []string{"routine", "urgent"} }

// Tally is what one or several care networks came to in one replication: whole numbers and histograms, so that tallies
// add up to the same whatever the order.
type Tally struct {
	spans    [numScales][numClocks]span
	response *stats.Counters    // minutes to the first response, by all parts
	count    [numCounts]byPart  // of the threads begun in the observed days
	demand   [numDemands]byPart // of what fell within the observed days
	exposure byPart             // of actually urgent threads until a clinician read them or the family left, in milliseconds
	patients byPart             // by stratum
	work     [scenarios.NumRoles]work

	outside [scenarios.NumRoles]*stats.Histogram // tenths of a minute outside hours per workday, of each person
	workday [scenarios.NumRoles]workdays
	unheard [numReads][numUrgencies]*stats.Histogram // minutes to the reads of actually urgent threads, by felt urgency

	waited  bool // the portal does not answer at once
	weeks   weekly
	hours   hourly
	senders []int64 // families by how many messages they sent, from 0
	events  int64
}

// What is counted of threads.
const (
	countThreads = iota
	countInOne
	countInTwo
	countUnopened12h
	countUnanswered36h
	countOutsideHours
	countByAddressee
	countWithoutPhysician
	countBelow
	countUnresolved
	countLeft
	countMessages
	countTouches
	countHandoffs
	countFollowUps
	countNudges
	countUrgent // actually: the next four are of these
	countUnreadOver1h
	countUnreadOver4h
	countUnreadNextDay
	countMissed
	countLabelled // urgent
	countFalselyLabelled
	numCounts
)

// What is counted of needs and what they lead to: by fate, and
const (
	demandCalls       = int(numFates) + iota // of families, in place of a message or after one
	demandReplies                            // by telephone
	demandVisits                             // that a thread led to
	demandEmergencies                        // that a thread led to: the others are a fate
	demandMessages                           // of families
	numDemands
)

// work are sums over the staff of a role.
type work struct {
	days, offDays     int64    // scheduled days, and the others
	threads, items    spent    // on portal threads, and on other inbox work,
	waits             spent    // and, apart from both, waiting for the portal
	unpaid, unpaidOff des.Time // of the time on threads, what is neither billed nor protected: on scheduled days, on others
	messages          int64    // of patients that came to the inbox the role works from
	teamDays          int64    // workdays of all who share it,
	teamScheduled     des.Time // and their spans
	used, open        des.Time // work within sessions; time in sessions
	handled           int64    // threads handled on scheduled days
	switches          int64    // to the inbox from something else
	queued, closes    int64    // waiting at the close of business days, and how often that was looked at, by inbox
}

// spent is time on scheduled days, on others, and, of that on scheduled days, outside the span.
type spent struct{ onDay, offDay, outside des.Time }

func (s *spent) add(o *spent) {
	s.onDay += o.onDay
	s.offDay += o.offDay
	s.outside += o.outside
}

func newTally(p *Plan) *Tally {
	t := &Tally{weeks: newWeekly(p), response: stats.NewCounters(int(numParts), longest)}
	for scale := range t.spans {
		for k := range t.spans[scale] {
			t.spans[scale][k].minutes = stats.NewCounters(int(toldInFull), longest)
		}
	}
	for r := range t.outside {
		if p.FTE(scenarios.Role(r)) > 0 {
			t.outside[r] = stats.NewHistogram(int64(des.Day/des.Minute)*10, 2)
			t.workday[r] = newWorkdays()
		}
	}
	for read := range t.unheard {
		for felt := range t.unheard[read] {
			t.unheard[read][felt] = stats.NewHistogram(longest, 2)
		}
	}
	return t
}

// Merge adds another care network's tally of the same plan and replication.
func (t *Tally) Merge(o *Tally) {
	for scale := range t.spans {
		for k := range t.spans[scale] {
			t.spans[scale][k].minutes.Merge(o.spans[scale][k].minutes)
			addTo(t.spans[scale][k].restricted[:], o.spans[scale][k].restricted[:])
		}
	}
	t.response.Merge(o.response)
	for i := range t.count {
		addTo(t.count[i][:], o.count[i][:])
	}
	for i := range t.demand {
		addTo(t.demand[i][:], o.demand[i][:])
	}
	addTo(t.exposure[:], o.exposure[:])
	addTo(t.patients[:], o.patients[:])
	for r := range t.work {
		t.work[r].add(&o.work[r])
		if t.outside[r] != nil {
			t.outside[r].Merge(o.outside[r])
			t.workday[r].merge(&o.workday[r])
		}
	}
	t.weeks.merge(&o.weeks)
	t.hours.merge(&o.hours)
	for read := range t.unheard {
		for felt, h := range t.unheard[read] {
			h.Merge(o.unheard[read][felt])
		}
	}
	t.senders = append(t.senders, make([]int64, max(0, len(o.senders)-len(t.senders)))...)
	addTo(t.senders, o.senders)
	t.events += o.events
}

func addTo(sum, more []int64) {
	for i, n := range more {
		sum[i] += n
	}
}

func (w *work) add(o *work) {
	w.days += o.days
	w.offDays += o.offDays
	w.threads.add(&o.threads)
	w.items.add(&o.items)
	w.waits.add(&o.waits)
	w.unpaid += o.unpaid
	w.unpaidOff += o.unpaidOff
	w.messages += o.messages
	w.teamDays += o.teamDays
	w.teamScheduled += o.teamScheduled
	w.used += o.used
	w.open += o.open
	w.handled += o.handled
	w.switches += o.switches
	w.queued += o.queued
	w.closes += o.closes
}

// countMember books how long a person worked the inbox outside hours, per observed workday.
func (t *Tally) countMember(c *Clinic, s int) {
	if m := &c.staff[s]; m.days > 0 {
		t.outside[c.plan.roster[s].Role].Record(int64(10 * m.outside / des.Minute / des.Time(m.days)))
	}
}

// countSenders books how many messages each family sent.
func (t *Tally) countSenders(families []int32) {
	t.senders = make([]int64, slices.Max(families)+1)
	for _, n := range families {
		t.senders[n]++
	}
}

// countPatients settles to which strata each patient belongs, and books how many there are in each.
func (c *Clinic) countPatients() {
	c.strata = make([]strata, c.people.Len())
	for who := range c.strata {
		c.strata[who] = strataOf(c.people, int32(who))
		c.tally.patients.add(c.strata[who][:], 1)
	}
}

// demands books something that a thread has led to, if it falls within the observed days.
func (c *Clinic) demands(what int, t *thread) {
	if c.observed(c.now) {
		c.tally.demand[what].add(t.parts[:], 1)
	}
}

// count books a thread at its end. It is over when nobody has written for a week, and not when observation ended
// before. What is over was resolved by its last action, unless it ended elsewhere.
func (c *Clinic) count(t *thread, over bool) {
	c.tally.weeks.book(t)
	if !c.observed(t.origin) {
		return
	}
	c.tally.hours.begun[t.origin.HourOfWeek()]++
	if t.content.Urgent {
		c.tally.countReads(t)
		c.tally.exposure.add(t.parts[:], int64(c.exposed(t)))
	}
	c.countClocks(t, over)
	c.countThread(t, over)
}

// exposed returns how long an urgent thread went without a clinician: until one read it, the family left, or 14 days
// had passed.
func (c *Clinic) exposed(t *thread) des.Time {
	until := t.firstClinicalRead
	if until == unset && t.departed {
		until = t.lastAction
	}
	if until == unset {
		return restriction
	}
	return min(until-t.origin, restriction)
}

// countThread books what a thread counts for.
func (c *Clinic) countThread(t *thread, over bool) {
	h := &c.plan.clinic
	n := [numCounts]int64{
		countThreads:          1,
		countInOne:            by(t.firstResponse, h.deadline(t.origin, 1)),
		countInTwo:            by(t.firstResponse, h.deadline(t.origin, 2)),
		countUnopened12h:      1 - by(t.firstRead, t.origin+12*des.Hour),
		countUnanswered36h:    1 - by(t.firstResponse, t.origin+36*des.Hour),
		countOutsideHours:     when(!h.isOpen(t.origin)),
		countByAddressee:      when(t.byAddress),
		countWithoutPhysician: when(over && !t.physician && t.firstResponse != unset),
		countBelow:            when(t.below),
		countUnresolved:       when(t.departed || t.firstResponse == unset),
		countLeft:             when(t.departed && t.firstResponse == unset),
		countMessages:         int64(t.messages),
		countTouches:          int64(t.touches),
		countHandoffs:         int64(t.handoffs),
		countFollowUps:        int64(t.fromFamily) - 1,
		countNudges:           int64(t.nudged),
		countLabelled:         when(t.urgent),
		countFalselyLabelled:  when(t.urgent && !t.content.Urgent),
	}
	if t.content.Urgent {
		n[countUrgent] = 1
		n[countUnreadOver1h] = 1 - by(t.firstClinicalRead, t.origin+des.Hour)
		n[countUnreadOver4h] = 1 - by(t.firstClinicalRead, t.origin+4*des.Hour)
		n[countUnreadNextDay] = 1 - by(t.firstClinicalRead, t.origin-t.origin%des.Day+des.Day+h.open)
		n[countMissed] = when(t.firstClinicalRead == unset)
	}
	for i, k := range n {
		if k != 0 {
			c.tally.count[i].add(t.parts[:], k)
		}
	}
}

// by counts 1 if a clock was reached no later than a moment.
func by(reached, moment des.Time) int64 { return when(reached != unset && reached <= moment) }

func when(yes bool) int64 {
	if yes {
		return 1
	}
	return 0
}
