package sim

import (
	"math"
	"slices"
	"time"

	"github.com/portalbench/portalbench/generators"
	"github.com/portalbench/portalbench/results/stats"
	"github.com/portalbench/portalbench/scenarios"
	"github.com/portalbench/portalbench/sim/des"
)

// reference simulates one care network.
type reference struct {
	plan    *Plan
	arm     *arm
	people  *generators.People
	router  Router
	rep     int
	network int32
	wrong   refMistake

	agenda
	now     des.Time
	hours   des.Time // the next hour to begin
	staff   []*refMember
	inboxes [][]*refThread // in the order in which the threads came to them
	threads []*refThread   // all that were ever begun
	live    map[int]bool   // numbers of those that are not over
	vacant  []int          // places that were given up, the latest last
	places  int            // places there are
	covers  map[int]int    // who covers for whom this week

	expects   des.Time // how long patients expect to wait
	responses []refResponse
	begun     map[refQuota]int
	wrote     map[int32]int // counted messages of each patient's family

	events []Event
	sums   refSums
	spans  map[string]*stats.Histogram
	work   []refWork // all that was done
}

// refMistake is a rule that the reference gets wrong on purpose, to see that it is noticed.
type refMistake int

const (
	refNone refMistake = iota
	refLastComeFirst
	refAnyOfThePool
	refDeferredAtOnce
	refNobodyCovers
	refNoEscalation
	refNudgesForEver
	refNoInterruptions
	refAlwaysSwitching
	refPatienceIsLost
	refTraysStay
	refClosingIsCopied
	refNewMatter
	refNoEmergency
	refLeaversForgotten
	refNotDeterred
	refAdviceIsMoved
	refReadForAllAPPs
	refAsideTwice
	refCovererAnswers
	refAllAreOnCall
	refLeaveIsKnown
	refWorkOnLeave
	refMatterIsShown
	refTraysAreNoBacklog
	refNobodyNeedsNurses
	refCallsUnlabelled
	refHandedOnIsNone
	refSignInIsFree
	refListsAnew
	refWaitIsWork
	refWorkIsWaiting
	refIdleDaysAreNone
	numMistakes
)

func (m refMistake) String() string {
	return [numMistakes]string{"none", "last come, first served", "anybody of the pool",
		"taken up again in the same session", "nobody covers", "no escalation", "nudging for ever", "no interruptions",
		"switching between two threads", "patience that ends in hand is lost", "trays are not handed over",
		"a copy of no answer", "a closed thread leads to another matter", "patience never ends in the emergency department",
		"who leaves is no experience", "who is deterred holds back", "what waits for advice is moved",
		"read by one APP, read by all of them", "put aside by one after another",
		"who covers for the wrong clinician answers", "who is on call for the wrong clinician passes on what is routine",
		"who is on leave is not written to", "background work comes on leave too", "the router sees whose matter it is",
		"trays are no backlog", "nobody needs a nurse", "calls after threads have no label",
		"what is handed on is no message", "signing in takes no time", "the list is loaded twice as a session begins",
		"waiting for the portal is work", "what is in hand waits", "workdays without work are none"}[m]
}

// refResponse is a first response, from which patients learn what to expect.
type refResponse struct {
	day  int
	took des.Time
}

// refQuota names the 30 days in which a patient may begin so many threads.
type refQuota struct {
	person int32
	days   des.Time
}

func newReference(p *Plan, a *arm, network, rep int, people *generators.People, needs []generators.Need, router Router,
	wrong refMistake) *reference {
	r := &reference{plan: p, arm: a, people: people, router: router, network: int32(network), rep: rep,
		wrong: wrong,
		live:  map[int]bool{}, covers: map[int]int{}, begun: map[refQuota]int{}, wrote: map[int32]int{}, sums: refSums{},
		spans:   map[string]*stats.Histogram{},
		expects: des.FromDuration(time.Duration(p.Scenario.Demand.Channel.ExpectedWait)),
		inboxes: make([][]*refThread, len(p.roster)+len(a.pools))}
	for _, n := range needs {
		r.agenda.plan(n.At, refNeedFalls, 0, func() { r.needFalls(n.Person, r.people.Content(r.rep, n), true) })
	}
	for i := range p.roster {
		r.staff = append(r.staff, r.hire(i))
	}
	r.coverWeek(0)
	r.agenda.plan(p.clinic.close, refDayCloses, 0, func() { r.dayCloses(0) })
	return r
}

// run lets everything happen.
func (r *reference) run() {
	for o := r.agenda.next(r.plan.end); o != nil; o = r.agenda.next(r.plan.end) {
		r.hoursBegin(o.at)
		r.now = o.at
		o.happen()
	}
	r.hoursBegin(r.plan.end - 1)
	r.now = r.plan.end
	for _, t := range r.threads {
		if r.live[t.number] {
			r.count(t, false)
		}
	}
	r.countWork()
	r.countWorkdays()
	for what, h := range r.spans {
		r.sums.addSpans(what, h)
	}
	r.countFamilies()
}

func (r *reference) policy() *scenarios.Policy { return r.arm.policy }

// tell keeps an Event of a thread.
func (r *reference) tell(kind EventKind, t *refThread, staff, inbox int) {
	r.reaches(kind, inbox)
	n := &t.content
	r.events = append(r.events, Event{At: r.now, Kind: kind, Network: r.network, Thread: int32(t.number), Person: t.person,
		Staff: int32(staff), Inbox: int32(inbox), Key: n.Key, Category: n.Category, Urgent: n.Urgent, Felt: n.Felt,
		Classified: t.urgent})
}

// tellStaff keeps an Event of a member of staff.
func (r *reference) tellStaff(kind EventKind, m *refMember) {
	r.events = append(r.events, Event{At: r.now, Kind: kind, Network: r.network, Thread: none, Person: none,
		Staff: int32(m.index), Inbox: none})
}

// dayCloses is the close of the clinic, on every day of the week.
func (r *reference) dayCloses(day int) {
	r.countClose(day)
	r.countBacklog(day)
	r.learn(day)
	if to := r.policy().Standard.EscalateTo; r.policy().Standard.BusinessDays > 0 && to != "" && to != "none" {
		r.escalate(to)
	}
	if day%7 == 6 {
		r.coverWeek(day/7 + 1)
	}
	r.agenda.plan(r.now+des.Day, refDayCloses, 0, func() { r.dayCloses(day + 1) })
}

// learn has patients expect the mean of the first responses of the last 28 days, threads cut at 14 days; as long as
// there are none, what they expected before.
func (r *reference) learn(day int) {
	sum, n := des.Time(0), des.Time(0)
	for _, was := range r.responses {
		if day-28 < was.day && was.day <= day {
			sum += min(was.took, 14*des.Day)
			n++
		}
	}
	if n > 0 {
		r.expects = sum / n
	}
}

// odds returns the factor on the odds of phone and visit that comes with the wait patients expect.
func (r *reference) odds() float64 {
	ch := &r.plan.Scenario.Demand.Channel
	longer := r.expects - des.FromDuration(time.Duration(ch.ExpectedWait))
	return math.Exp(ch.PerDayOfWait * float64(longer) / float64(des.Day))
}

// elapsed returns the clinic's open time since time 0.
func (r *reference) elapsed(t des.Time) (sum des.Time) {
	h := &r.plan.clinic
	for day := des.Time(0); day*des.Day <= t; day++ {
		if h.isDay[day] {
			sum += max(0, min(t, day*des.Day+h.close)-(day*des.Day+h.open))
		}
	}
	return sum
}

// moment returns when the clinic has been open for so long; Never if no such day is known.
func (r *reference) moment(open des.Time) des.Time {
	h := &r.plan.clinic
	for day, is := range h.isDay {
		if is && open < h.close-h.open {
			return des.Time(day)*des.Day + h.open + open
		}
		if is {
			open -= h.close - h.open
		}
	}
	return des.Never
}

// deadline returns the close of the n-th next business day. What comes on a day off or after close counts as coming on
// the next business day.
func (r *reference) deadline(t des.Time, n int) des.Time {
	h := &r.plan.clinic
	day := int(t / des.Day)
	if h.isDay[day] && t%des.Day >= h.close {
		day++
	}
	for !h.isDay[day] {
		day++
	}
	for range n {
		day++
		for !h.isDay[day] {
			day++
		}
	}
	return des.Time(day)*des.Day + h.close
}

// occupy returns the place of a new thread or need: the one given up last, or a new one.
func (r *reference) occupy() int {
	if n := len(r.vacant); n > 0 {
		place := r.vacant[n-1]
		r.vacant = r.vacant[:n-1]
		return place
	}
	r.places++
	return r.places - 1
}

func (r *reference) vacate(place int) { r.vacant = append(r.vacant, place) }

// without returns a list of threads without one of them.
func without(list []*refThread, t *refThread) []*refThread {
	i := slices.Index(list, t)
	if i < 0 {
		panic("reference: a thread is not where it waits")
	}
	return slices.Delete(list, i, i+1)
}
