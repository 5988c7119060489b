package results

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"github.com/portalbench/portalbench/results/stats"
)

// SameSimulation asks whether two simulations that can be compared came to the same results, which they do to the last
// digit as long as nothing has changed. Moved are the measures that did not: first those that no number reaches any more, or
// did before, then those whose paired interval does not hold 0, then the others, each by the size of the change.
//
// A newer version may change results on purpose, and says so in its changelog, so between versions a difference is
// inconclusive; between architectures, which may round in another way, nothing is promised either way. Forced says that
// the two cannot be compared at all.
func SameSimulation(base, now *Record, forced bool) (Gate, []Moved, error) {
	none := Number(math.NaN())
	g := Gate{Kind: GateSimulation, Name: "same results", Unit: "measures", Base: none, Limit: none, Low: none, High: none, P: none, Smallest: none}
	hashes, rows := [2]string{}, [2][]Replication{}
	for i, r := range []*Record{base, now} {
		var err error
		if rows[i], err = Replications(r.Dir, nil); err != nil {
			return g, nil, err
		}
		hashes[i] = ResultHash(r.Run.Simulate, rows[i])
		if kept := r.Run.ResultHash; kept != "" && kept != hashes[i] {
			return g, nil, fmt.Errorf("reading run %s: replications.csv and run.json do not belong together: one of them was changed, so run the scenario again", r.Dir)
		}
	}
	moved, compared := movedBetween(rows[0], rows[1])
	g.Value, g.Samples = Number(len(moved)), int64(compared)
	g.Status, g.Why = sameStatus(base.Run, now.Run, hashes, len(moved), forced)
	return g, moved, nil
}

func sameStatus(base, now *Run, hashes [2]string, moved int, forced bool) (status, why string) {
	what := fmt.Sprintf("result hash %s was %s, %d measures moved", hashes[1], hashes[0], moved)
	if moved == 0 && base.Simulate.Events != now.Simulate.Events {
		what = fmt.Sprintf("no measure moved, but %d events were %d", now.Simulate.Events, base.Simulate.Events)
	}
	if hashes[0] == hashes[1] {
		what = "result hash " + hashes[1] + " on both sides"
	}
	switch {
	case forced:
		return Inconclusive, what + "; but the two do not simulate the same"
	case base.Machine.GOARCH != now.Machine.GOARCH:
		return Inconclusive, fmt.Sprintf("%s; but results are only repeated on one architecture, and these are of %s and %s", what, base.Machine.GOARCH, now.Machine.GOARCH)
	case hashes[0] == hashes[1]:
		return Pass, what
	case base.Version != now.Version:
		return Inconclusive, fmt.Sprintf("%s; but a version may change results on purpose, as its changelog says: they are of portalbench %s and %s", what, base.Version, now.Version)
	}
	return Fail, what
}

// movedBetween compares the measures of two simulations, replication by replication. A measure that one of them lacks
// has moved.
func movedBetween(base, now []Replication) (moved []Moved, compared int) {
	order, was := byPolicy(base)
	more, is := byPolicy(now)
	for _, arm := range more {
		if was[PolicyText(arm.Policy, arm.Set)] == nil {
			order = append(order, arm)
		}
	}
	for _, arm := range order {
		name := PolicyText(arm.Policy, arm.Set)
		of, n := movedUnder(arm, was[name], is[name])
		moved, compared = append(moved, of...), compared+n
	}
	slices.SortStableFunc(moved, func(a, b Moved) int {
		return cmp.Or(cmp.Compare(b.standing(), a.standing()), cmp.Compare(b.size(), a.size()))
	})
	return moved, compared
}

// movedUnder compares the measures of one policy.
func movedUnder(arm Replication, base, now [][]Measure) (moved []Moved, compared int) {
	order, was := byKey(base)
	more, is := byKey(now)
	for _, m := range more {
		if was[m.Key()] == nil {
			order = append(order, m)
		}
	}
	n := max(len(base), len(now))
	for _, m := range order {
		a, b := padded(was[m.Key()], n), padded(is[m.Key()], n)
		if slices.EqualFunc(a, b, func(x, y float64) bool { return x == y || math.IsNaN(x) && math.IsNaN(y) }) {
			continue
		}
		d := stats.PairedInterval(a, b, confidence)
		moved = append(moved, Moved{Policy: arm.Policy, Set: arm.Set, Measure: m.Name, Where: m.Where, Statistic: m.Statistic,
			Base: Number(stats.MeanInterval(a, confidence).Value), Value: Number(stats.MeanInterval(b, confidence).Value),
			Difference: Number(d.Value), Low: Number(d.Low), High: Number(d.High)})
	}
	return moved, len(order)
}

// padded returns n values, missing ones after those there are.
func padded(values []float64, n int) []float64 {
	return append(slices.Clone(values), slices.Repeat([]float64{math.NaN()}, n-len(values))...)
}

// standing puts what has an end on one side alone first; then differences whose interval does not hold 0, then the others;
// and last what has no end on either side.
func (m Moved) standing() int {
	base, value := float64(m.Base), float64(m.Value)
	switch {
	case math.IsInf(base, 0) && math.IsInf(value, 0):
		return 0
	case math.IsInf(base, 0) || math.IsInf(value, 0):
		return 3
	case m.Low > 0 || m.High < 0:
		return 2
	}
	return 1
}

// size is the difference relative to the larger of the two means: from 0 to 1, as no measure is negative, and 1 for what
// came or went.
func (m Moved) size() float64 {
	if math.IsNaN(float64(m.Difference)) {
		return 1
	}
	return math.Abs(float64(m.Difference)) / max(math.Abs(float64(m.Base)), math.Abs(float64(m.Value)))
}
