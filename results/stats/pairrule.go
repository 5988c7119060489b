package stats

import (
	"math"
	"slices"
)

// MostPairedMetrics is how many metrics may be judged together: with more, what a pair rule can see is too coarse.
const MostPairedMetrics = 3

// pairLooks are the numbers of pairs after which a verdict is sought. Twelve are the fewest whose exact test reaches the
// chance of a false alarm allowed: 2^-12 is below .01/3/3, and so are the 2^-10 that two ties leave.
var pairLooks = [...]int{12, 18, 24}

// Chances of a wrong verdict.
const (
	falseAlarm = .01 // of a pair rule as a whole: over all looks and metrics
	falsePass  = .05 // of one look at one metric
)

// PairRule compares a candidate with a base by pairs of measurements that are made side by side, one of each. Of every
// pair it takes
//
//	d = log(candidate / base)
//
// so that what both have in common, such as a slow machine, cancels. The test of SignedRank and the estimate of
// HodgesLehmann decide, after 12, 18 and 24 pairs:
//
//	worse        p(d > 0) < .01 / 3 / metrics, and the estimate of d is above log(1 + margin)
//	not worse    p(d < log(1 + margin)) < .05
//	undecided    otherwise: more pairs are needed
//
// The first divides the chance of a false alarm among looks and metrics (Bonferroni). The two exclude each other: with the
// estimate above the margin, more than half of the Walsh averages are, and W is more than half of what it can be.
type PairRule struct {
	Margin  float64 // how much worse is let pass, as a share of the base: .05 for 5%; 0 or more
	Metrics int     // judged together, from 1 to MostPairedMetrics
}

// PairVerdict is what a look at pairs comes to.
type PairVerdict int

// The verdicts of a look.
const (
	Undecided PairVerdict = iota
	NotWorse
	Worse
)

// PairFinding is a look at the pairs of one metric.
type PairFinding struct {
	Verdict PairVerdict
	Effect  Interval // of d, with a confidence of .95
	PWorse  float64  // p against "not worse at all"
	PBelow  float64  // p against "worse by the margin, or by more"
}

// Alpha returns the p below which a look at one metric finds it worse.
func (r PairRule) Alpha() float64 {
	return falseAlarm / float64(len(pairLooks)) / float64(max(r.Metrics, 1))
}

// Limit returns the d at the margin.
func (r PairRule) Limit() float64 { return math.Log1p(r.Margin) }

// FewestPairs and MostPairs are those of the first look, and of the last.
func FewestPairs() int { return pairLooks[0] }

// MostPairs are those of the last look.
func MostPairs() int { return pairLooks[len(pairLooks)-1] }

// LookAt reports whether a verdict is sought after so many pairs.
func LookAt(pairs int) bool { return slices.Contains(pairLooks[:], pairs) }

// Look judges the pairs of one metric. Missing ones (NaN) are left out. With fewer than 12 it is undecided.
func (r PairRule) Look(d []float64) PairFinding {
	f := PairFinding{Effect: HodgesLehmann(d, .95), PWorse: NewSignedRank(d, 0).Greater, PBelow: NewSignedRank(d, r.Limit()).Less}
	switch {
	case f.Effect.N < FewestPairs():
	case f.PWorse < r.Alpha() && f.Effect.Value > r.Limit():
		f.Verdict = Worse
	case f.PBelow < falsePass:
		f.Verdict = NotWorse
	}
	return f
}

// Judge looks at the pairs of one metric, in the order in which they were made, until a look decides. It returns that
// look's verdict, and after how many pairs.
func (r PairRule) Judge(d []float64) (PairVerdict, int) {
	for _, n := range pairLooks {
		if n > len(d) {
			break
		}
		if v := r.verdict(d[:n]); v != Undecided {
			return v, n
		}
	}
	return Undecided, len(d)
}

// verdict is that of Look, without what it does not need.
func (r PairRule) verdict(d []float64) PairVerdict {
	switch {
	case NewSignedRank(d, r.Limit()).Less < falsePass:
		return NotWorse
	case NewSignedRank(d, 0).Greater < r.Alpha() && HodgesLehmann(d, .95).Value > r.Limit():
		return Worse
	}
	return Undecided
}
