package sim

import (
	"math"

	"github.com/portalbench/portalbench/sim/des"
)

// weekly are the series that show whether a clinic has reached a steady state: a value for every whole week from time
// 0, warm-up included, to the end of the observed days.
type weekly struct {
	backlog []int64    // waiting at the last close
	waited  []des.Time // sum of the first responses of the threads begun in the week, each cut at 14 days
	begun   []int64
}

func newWeekly(p *Plan) weekly {
	n := p.to / des.Week
	return weekly{make([]int64, n), make([]des.Time, n), make([]int64, n)}
}

// book adds a thread at its end.
func (w *weekly) book(t *thread) {
	week := t.origin / des.Week
	if week >= des.Time(len(w.begun)) {
		return
	}
	took := restriction
	if t.firstResponse != unset {
		took = min(t.firstResponse-t.origin, restriction)
	}
	w.waited[week] += took
	w.begun[week]++
}

func (w *weekly) merge(o *weekly) {
	addTo(w.backlog, o.backlog)
	addTo(w.begun, o.begun)
	for i, took := range o.waited {
		w.waited[i] += took
	}
}

// Weeks are the weekly series of an arm from time 0, warm-up included: a row for every replication.
type Weeks struct {
	Backlog       [][]float64 // threads waiting at the close of the week
	FirstResponse [][]float64 // mean hours to the first response of the threads begun in the week, each cut at 14 days
}

// add appends a replication.
func (w *Weeks) add(t *Tally) {
	backlog, hours := make([]float64, len(t.weeks.backlog)), make([]float64, len(t.weeks.begun))
	for i, n := range t.weeks.begun {
		backlog[i], hours[i] = float64(t.weeks.backlog[i]), math.NaN()
		if n > 0 {
			hours[i] = t.weeks.waited[i].Hours() / float64(n)
		}
	}
	w.Backlog, w.FirstResponse = append(w.Backlog, backlog), append(w.FirstResponse, hours)
}

func (w *Weeks) join(more Weeks) {
	w.Backlog, w.FirstResponse = append(w.Backlog, more.Backlog...), append(w.FirstResponse, more.FirstResponse...)
}

// Backlog returns how many threads waited at the close of each whole week that is observed.
func (t *Tally) Backlog(p *Plan) []float64 {
	weeks := []float64{}
	for i, n := range t.weeks.backlog {
		if des.Time(i)*des.Week >= p.from {
			weeks = append(weeks, float64(n))
		}
	}
	return weeks
}
