package sim

import (
	"slices"

	"github.com/portalbench/portalbench/results/stats"
	"github.com/portalbench/portalbench/scenarios"
	"github.com/portalbench/portalbench/sim/des"
)

// clock is one of the spans measured from the moment the portal accepts a thread's first message.
type clock int

const (
	firstRead clock = iota
	firstClinicalRead
	firstTouch
	firstResponse
	neededLevelResponse
	resolution
	numClocks
)

// business tells wall hours from business hours.
const (
	wall = iota
	business
	numScales
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
	spans [numUrgencies][numScales][numClocks]span
	parts [numParts]part
	count [numUrgencies]counts
	work  [scenarios.NumRoles]work

	fates    [numFates]int64 // of the needs that fell due
	calls    int64           // in place of a message, after one, or as a reply
	visits   int64
	exposure des.Time // of actually urgent threads until a clinician read them or the family left

	outside [scenarios.NumRoles]*stats.Histogram // tenths of a minute outside hours per workday, of each person

	weeks          weekly
	senders        []int64 // families by how many messages they sent, from 0
	familyMessages int64
	events         int64
}

// span is the distribution of one clock.
type span struct {
	minutes    *stats.Counter // whole minutes; never reached ones are counted apart
	restricted des.Time       // sum of all spans, each cut at 14 days, or the business hours in them
}

// longest is the most a histogram of spans can tell, 120 days; a span beyond is counted there.
const longest = int64(120 * des.Day / des.Minute)

// restriction is where a mean of spans is cut: a thread that is never answered counts as 14 days.
const restriction = 14 * des.Day

// counts are sums over threads.
type counts struct {
	threads, inOne, inTwo, unopened12h, unanswered36h, outsideHours int64
	unreadOver1h, unreadOver4h, unreadNextDay, missed               int64
	labelledUrgent, byAddress, withoutPhysician, below              int64
	messages, touches, handoffs, followUps, nudges                  int64
	unresolved, left                                                int64
}

// work are sums over the staff of a role.
type work struct {
	days, offDays  int64    // scheduled days, and the others
	threads, items spent    // on portal threads, and on other inbox work
	unpaid         des.Time // of the time on threads on scheduled days, what is neither billed nor protected
	used, open     des.Time // work within sessions; time in sessions
	handled        int64    // threads handled on scheduled days
	switches       int64    // to the inbox from something else
	queued, closes int64    // waiting at the close of business days, and how often that was looked at, by inbox
}

// spent is time on scheduled days, on others, and, of that on scheduled days, outside the span.
type spent struct{ onDay, offDay, outside des.Time }

func (s *spent) add(o *spent) {
	s.onDay += o.onDay
	s.offDay += o.offDay
	s.outside += o.outside
}

func newTally(p *Plan) *Tally {
	t := &Tally{weeks: newWeekly(p)}
	for scale := range numScales {
		counters := stats.NewCounters(numUrgencies*int(numClocks), longest)
		for i := range counters {
			t.spans[i%numUrgencies][scale][i/numUrgencies].minutes = &counters[i]
		}
	}
	counters := stats.NewCounters(numParts, longest)
	for i := range t.parts {
		t.parts[i].minutes = &counters[i]
	}
	for r := range t.outside {
		if p.FTE(scenarios.Role(r)) > 0 {
			t.outside[r] = stats.NewHistogram(int64(des.Day/des.Minute)*10, 2)
		}
	}
	return t
}

// Merge adds another care network's tally of the same plan and replication.
func (t *Tally) Merge(o *Tally) {
	for u := range t.spans {
		for s := range t.spans[u] {
			for c := range t.spans[u][s] {
				t.spans[u][s][c].minutes.Merge(o.spans[u][s][c].minutes)
				t.spans[u][s][c].restricted += o.spans[u][s][c].restricted
			}
		}
		t.count[u].add(&o.count[u])
	}
	for i := range t.parts {
		t.parts[i].minutes.Merge(o.parts[i].minutes)
		addTo(t.parts[i].shares[:], o.parts[i].shares[:])
	}
	for r := range t.work {
		t.work[r].add(&o.work[r])
		if t.outside[r] != nil {
			t.outside[r].Merge(o.outside[r])
		}
	}
	for f := range t.fates {
		t.fates[f] += o.fates[f]
	}
	t.calls += o.calls
	t.visits += o.visits
	t.exposure += o.exposure
	t.weeks.merge(&o.weeks)
	t.senders = append(t.senders, make([]int64, max(0, len(o.senders)-len(t.senders)))...)
	addTo(t.senders, o.senders)
	t.familyMessages += o.familyMessages
	t.events += o.events
}

func addTo(sum, more []int64) {
	for i, n := range more {
		sum[i] += n
	}
}

func (c *counts) add(o *counts) {
	for i, sum := range c.all() {
		*sum += *o.all()[i]
	}
}

func (c *counts) all() []*int64 {
	return []*int64{&c.threads, &c.inOne, &c.inTwo, &c.unopened12h, &c.unanswered36h, &c.outsideHours,
		&c.unreadOver1h, &c.unreadOver4h, &c.unreadNextDay, &c.missed, &c.labelledUrgent, &c.byAddress,
		&c.withoutPhysician, &c.below, &c.messages, &c.touches, &c.handoffs, &c.followUps, &c.nudges, &c.unresolved, &c.left}
}

func (w *work) add(o *work) {
	w.days += o.days
	w.offDays += o.offDays
	w.threads.add(&o.threads)
	w.items.add(&o.items)
	w.unpaid += o.unpaid
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

// count books a thread at its end. It is over when nobody has written for a week, and not when observation ended
// before. What is over was resolved by its last action, unless it ended in a call or a visit.
func (c *Clinic) count(t *thread, over bool) {
	c.tally.weeks.book(t)
	if !c.observed(t.origin) {
		return
	}
	u := routine
	if t.content.Urgent {
		u = urgent
	}
	resolved := unset
	if over && !t.departed {
		resolved = t.lastAction
	}
	if t.content.Urgent {
		c.tally.exposure += c.exposed(t)
	}
	reached := [numClocks]des.Time{t.firstRead, t.firstClinicalRead, t.firstRead, t.firstResponse,
		t.neededLevelResponse, resolved}
	since := c.plan.clinic.elapsed(t.origin)
	most := c.plan.clinic.elapsed(t.origin+restriction) - since
	last, took, open := unset, taken{}, taken{}
	for k, at := range reached {
		if at != unset && at != last {
			last, took, open = at, newTaken(at-t.origin), newTaken(c.plan.clinic.elapsed(at)-since)
		}
		c.tally.spans[u][wall][k].book(at, took, restriction)
		c.tally.spans[u][business][k].book(at, open, most)
	}
	c.countThread(&c.tally.count[u], t, over)
	c.countParts(t)
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

// taken is a span and where it is counted.
type taken struct {
	span    des.Time
	minutes int64
	bucket  int
}

func newTaken(span des.Time) taken {
	minutes := int64(span / des.Minute)
	return taken{span, minutes, stats.Bucket(minutes)}
}

// book enters a span, or that it was never reached; most is where a mean is cut.
func (s *span) book(at des.Time, took taken, most des.Time) {
	if at == unset {
		s.minutes.NotReached()
		s.restricted += most
		return
	}
	s.minutes.Add(took.minutes, took.bucket)
	s.restricted += min(took.span, most)
}

func (c *Clinic) countThread(n *counts, t *thread, over bool) {
	h := &c.plan.clinic
	n.threads++
	n.inOne += by(t.firstResponse, h.deadline(t.origin, 1))
	n.inTwo += by(t.firstResponse, h.deadline(t.origin, 2))
	n.unopened12h += 1 - by(t.firstRead, t.origin+12*des.Hour)
	n.unanswered36h += 1 - by(t.firstResponse, t.origin+36*des.Hour)
	n.unreadOver1h += 1 - by(t.firstClinicalRead, t.origin+des.Hour)
	n.unreadOver4h += 1 - by(t.firstClinicalRead, t.origin+4*des.Hour)
	n.unreadNextDay += 1 - by(t.firstClinicalRead, t.origin-t.origin%des.Day+des.Day+h.open)
	n.missed += when(t.firstClinicalRead == unset)
	n.outsideHours += when(!h.isOpen(t.origin))
	n.labelledUrgent += when(t.urgent)
	n.byAddress += when(t.byAddress)
	n.below += when(t.below)
	n.withoutPhysician += when(over && !t.physician && t.firstResponse != unset)
	n.unresolved += when(t.departed || t.firstResponse == unset)
	n.left += when(t.departed && t.firstResponse == unset)
	n.nudges += int64(t.nudged)
	n.followUps += int64(t.fromFamily) - 1
	n.messages += int64(t.messages)
	n.touches += int64(t.touches)
	n.handoffs += int64(t.handoffs)
}

// by counts 1 if a clock was reached no later than a moment.
func by(reached, moment des.Time) int64 { return when(reached != unset && reached <= moment) }

func when(yes bool) int64 {
	if yes {
		return 1
	}
	return 0
}
