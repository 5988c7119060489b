package bench

import (
	"time"

	"github.com/portalbench/portalbench/results"
	"github.com/portalbench/portalbench/sim/des"
)

// omissions counts the operations of a workload that a portal has not, by the slice of the clinic's time in which they are
// due. It is for one goroutine at a time; the nil pointer has none.
type omissions struct {
	from, width des.Time
	slices      []byKind
}

// byKind counts operations of each kind.
type byKind [results.NumOps]int64

// add counts an operation.
func (o *omissions) add(due des.Time, kind results.OpKind) {
	i := int((due - o.from) / o.width)
	for len(o.slices) <= i {
		o.slices = append(o.slices, byKind{})
	}
	o.slices[i][kind]++
}

// total returns how many there are of each kind.
func (o *omissions) total() map[results.OpKind]int {
	return o.within(func(des.Time) bool { return true })
}

// within returns how many there are in the slices that begin when wanted says.
func (o *omissions) within(wanted func(des.Time) bool) map[results.OpKind]int {
	all := map[results.OpKind]int{}
	if o == nil {
		return all
	}
	for i := range o.slices {
		if !wanted(o.from + des.Time(i)*o.width) {
			continue
		}
		for kind, n := range o.slices[i] {
			if n > 0 {
				all[results.OpKind(kind)] += int(n)
			}
		}
	}
	return all
}

// mix returns the operations of the measured part of a workload, as the survey has found them and with those that were
// left out when it was made for a portal.
func (s *survey) mix(w *Workload) byKind {
	all := s.measured
	left := w.left.within(func(t des.Time) bool { return t < w.Until && w.offset(t) >= s.warmUp })
	for kind, n := range left {
		all[kind] += int64(n)
	}
	return all
}

// shares sets what people do on the portal beside what the model has them do.
func (r *run) shares(rows []row) []results.MixRow {
	list := []results.MixRow{}
	for kind, n := range r.survey.mix(&r.cfg.Workload) {
		if n > 0 {
			list = append(list, results.MixRow{Op: results.OpKind(kind).String(), Model: n, Offered: rows[1+kind].offered})
		}
	}
	return list
}

// omissionWidth is how much of the wall clock the operations that are left out are told apart by.
const omissionWidth = time.Second
