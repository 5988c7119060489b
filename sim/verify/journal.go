package verify

import (
	"github.com/portalbench/portalbench/generators"
	"github.com/portalbench/portalbench/results"
	"github.com/portalbench/portalbench/sim"
	"github.com/portalbench/portalbench/sim/des"
)

// journal is what an observer at the clinic's door writes down in one run: every thread that begins in the observed
// days, and how many are in the clinic's hands.
type journal struct {
	queue    *queue
	from, to des.Time
	people   *generators.People
	measures []results.Measure

	first int32 // number of the first observed thread; -1 before it
	stays []stay

	inside    int64                // threads that wait or are worked on
	last      des.Time             // when that number changed
	threadMS  int64                // its integral over the observed days
	drifts    [numControls]float64 // integrals of the queue's
	atHour    int                  // of each day, when the number is looked up
	nextLook  des.Time
	looked    []int64 // what was found
	perPerson []int32 // observed threads of each patient
	unsent    int64   // needs that did not become threads: there must be none
}

// stay is one thread's time in the clinic's hands. Times between an answer and the next message are not part of it.
type stay struct {
	arrived des.Time
	since   des.Time // the last message of the family
	waited  des.Time // until somebody opened it, or the family left: all turns together
	in      des.Time // until it was answered, or the family left: all turns together
	key     des.Key
	person  int32
	left    bool
	open    bool // it has not been answered
}

func newJournal(q *queue, people *generators.People, atHour int) *journal {
	h := q.scenario.Horizon
	from := des.Time(h.WarmUpDays) * des.Day
	return &journal{queue: q, people: people, from: from, to: from + des.Time(h.Days)*des.Day, first: -1, atHour: atHour,
		nextLook: from + des.Time(atHour)*des.Hour, perPerson: make([]int32, people.Len())}
}

// see takes in what happens.
func (j *journal) see(e *sim.Event) {
	for j.nextLook <= e.At && j.nextLook < j.to {
		j.looked = append(j.looked, j.inside)
		j.nextLook += des.Day
	}
	switch e.Kind {
	case sim.NeedFell:
		if e.Fate != sim.Written {
			j.unsent++
		}
	case sim.Sent:
		j.sent(e)
		j.change(e.At, 1)
	case sim.FollowedUp:
		if s := j.stay(e.Thread); s != nil {
			s.since, s.open = e.At, true
		}
		j.change(e.At, 1)
	case sim.Opened:
		if s := j.stay(e.Thread); s != nil {
			s.waited += e.At - s.since
		}
	case sim.Replied, sim.Left:
		j.gone(e)
		j.change(e.At, -1)
	}
}

func (j *journal) sent(e *sim.Event) {
	if e.At < j.from || e.At >= j.to {
		return
	}
	if j.first < 0 {
		j.first = e.Thread
	}
	j.perPerson[e.Person]++
	j.stays = append(j.stays, stay{arrived: e.At, since: e.At, key: e.Key, person: e.Person, open: true})
}

func (j *journal) gone(e *sim.Event) {
	s := j.stay(e.Thread)
	if s == nil {
		return
	}
	s.open = false
	s.in += e.At - s.since
	if e.Kind == sim.Left {
		s.left = true
		s.waited += e.At - s.since
	}
}

// stay returns that of a thread, or nil if it is not observed. Threads are numbered in the order of their beginning.
func (j *journal) stay(thread int32) *stay {
	if i := int(thread - j.first); j.first >= 0 && i >= 0 && i < len(j.stays) {
		return &j.stays[i]
	}
	return nil
}

// change books that the number of threads in the clinic's hands goes up or down.
func (j *journal) change(at des.Time, by int64) {
	span := max(0, min(at, j.to)-max(j.last, j.from))
	j.threadMS += j.inside * int64(span)
	for i, drift := range j.queue.drifts(j.inside) {
		j.drifts[i] += drift * float64(span)
	}
	j.last, j.inside = at, j.inside+by
}

// unanswered returns how many observed threads were still open when the run ended, which a long enough cool-down
// excludes.
func (j *journal) unanswered() (n int) {
	for i := range j.stays {
		if j.stays[i].open {
			n++
		}
	}
	return n
}

// observed returns the length of the observed days, in milliseconds.
func (j *journal) observed() float64 { return float64(j.to - j.from) }

// units converts a span to the case's units of time.
func (j *journal) units(t des.Time) float64 { return float64(t) / float64(j.queue.unit) }
