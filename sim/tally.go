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

	backlog        []int64 // waiting at the close of each observed week
	senders        []int64 // families by how many messages they sent, from 0
	familyMessages int64
	events         int64
}

// span is the distribution of one clock.
type span struct {
	minutes    *stats.Histogram // whole minutes; never reached ones are counted apart
	restricted des.Time         // sum of all spans, each cut at 14 days, or the business hours in them
}

// longest is the most a histogram of spans can tell, 120 days; a span beyond is counted there.
const longest = int64(120 * des.Day / des.Minute)

// restriction is where a mean of spans is cut: a thread that is never answered counts as 14 days.
const restriction = 14 * des.Day

// part is the first response of a part of the threads.
type part struct {
	minutes *stats.Histogram
	inOne   int64 // within one business day
}

// counts are sums over threads.
type counts struct {
	threads, inOne, inTwo, unopened12h, unanswered36h, outsideHours int64
	unreadOver1h, unreadOver4h, unreadNextDay, missed               int64
	labelledUrgent, byAddress, withoutPhysician, below              int64
	messages, touches, handoffs, answered, departed                 int64
}

// work are sums over the staff of a role.
type work struct {
	days, offDays                int64    // scheduled days, and the others
	busy, onDay, offDay, outside des.Time // handling; on scheduled days; on others; of onDay, outside the span
	used, open                   des.Time // handling within shifts; time in shifts
	handled                      int64    // threads handled on scheduled days
	queued, closes               int64    // waiting at the close of business days, and how often that was looked at, by inbox
}

func newTally(p *Plan) *Tally {
	t := &Tally{backlog: make([]int64, (p.to-p.from)/des.Week+1)}
	for u := range t.spans {
		for s := range t.spans[u] {
			for c := range t.spans[u][s] {
				t.spans[u][s][c].minutes = stats.NewHistogram(longest, 2)
			}
		}
	}
	for i := range t.parts {
		t.parts[i].minutes = stats.NewHistogram(longest, 2)
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
		t.parts[i].inOne += o.parts[i].inOne
	}
	for r := range t.work {
		t.work[r].add(&o.work[r])
	}
	addTo(t.backlog, o.backlog)
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
		&c.withoutPhysician, &c.below, &c.messages, &c.touches, &c.handoffs, &c.answered, &c.departed}
}

func (w *work) add(o *work) {
	w.days += o.days
	w.offDays += o.offDays
	w.used += o.used
	w.busy += o.busy
	w.onDay += o.onDay
	w.offDay += o.offDay
	w.outside += o.outside
	w.open += o.open
	w.handled += o.handled
	w.queued += o.queued
	w.closes += o.closes
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
	reached := [numClocks]des.Time{t.firstRead, t.firstClinicalRead, t.firstTouch, t.firstResponse,
		t.neededLevelResponse, resolved}
	since := c.plan.clinic.elapsed(t.origin)
	most := c.plan.clinic.elapsed(t.origin+restriction) - since
	for k, at := range reached {
		c.tally.spans[u][wall][k].book(at, at-t.origin, restriction)
		c.tally.spans[u][business][k].book(at, c.plan.clinic.elapsed(at)-since, most)
	}
	c.countThread(&c.tally.count[u], t, over)
	c.countParts(t)
}

// book enters a span, or that it was never reached; most is where a mean is cut.
func (s *span) book(at, took, most des.Time) {
	if at == unset {
		s.minutes.NotReached(1)
		s.restricted += most
		return
	}
	s.minutes.Record(int64(took / des.Minute))
	s.restricted += min(took, most)
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
	n.answered += when(t.firstResponse != unset)
	n.below += when(t.below)
	n.withoutPhysician += when(over && !t.physician)
	n.departed += when(t.departed)
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
