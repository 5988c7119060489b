package stats

import (
	"math"
	"sort"

	"gonum.org/v1/gonum/stat"
)

// FewestReplications is the number of replications below which no interval counts as tight enough (assumed). A spread
// estimated from a handful is often far too small, and a rule that stops at the first tight interval would stop there.
const FewestReplications = 20

// MostReplications stands for more replications than anyone will run: Tightness.More does not exceed it.
const MostReplications = 1_000_000

// Precision is the rule that stops replicating once the interval of a mean is tight enough. Use a relative half-width
// for levels, such as minutes to the first answer, and an absolute one for differences between policies: a difference
// may well be 0, and no interval is tight beside that.
type Precision struct {
	HalfWidth  float64 // wanted at most: in the unit of the values, or as a share of their mean when Relative
	Relative   bool
	Confidence float64 // of the interval, such as .95
}

// Tightness is what a Precision says of the values so far.
type Tightness struct {
	Satisfied bool
	HalfWidth float64 // reached, in the unit of the values; NaN with fewer than two of them or an infinite one
	Wanted    float64 // in the unit of the values; NaN when relative to nothing
	More      int     // estimated replications still to run: 0 when satisfied, else 1 to MostReplications
}

// Check judges the values of the replications so far, one each; for a difference, pass the paired differences. It is
// satisfied by at least 20 values that are not missing (NaN) and
//
//	t(n-1, (1+confidence)/2) s / sqrt(n) <= wanted
//
// More is the smallest n that would satisfy it if the mean, the spread s and the share of missing values stayed what
// they are, less the replications run, rounded up (Law, Simulation Modeling and Analysis, 5th edition 2015, section
// 9.4.1; his relative rule aims at w/(1+w), ours at w itself, the half-width that is printed). It is MostReplications
// where none would do: with an infinite value, or relative to a mean of 0.
func (p Precision) Check(values []float64) Tightness {
	xs := present(values)
	if len(xs) < 2 {
		return Tightness{HalfWidth: math.NaN(), Wanted: p.wanted(xs), More: FewestReplications - len(xs)}
	}
	mean, sd := stat.MeanStdDev(xs, nil)
	if math.IsInf(mean, 0) || math.IsNaN(mean) {
		return Tightness{HalfWidth: math.NaN(), Wanted: p.wanted(xs), More: MostReplications}
	}
	t := Tightness{HalfWidth: halfWidth(sd, len(xs), p.Confidence), Wanted: p.wanted(xs)}
	t.Satisfied = len(xs) >= FewestReplications && t.HalfWidth <= t.Wanted
	if !t.Satisfied {
		t.More = more(len(xs), len(values), p.needed(sd, t.Wanted))
	}
	return t
}

// more returns how many replications bring the values present up to needed, when as large a share stays missing.
func more(present, run, needed int) int {
	if needed > MostReplications {
		return MostReplications
	}
	more := math.Ceil(float64(needed-present) * float64(run) / float64(present))
	return int(min(max(more, 1), MostReplications))
}

// wanted returns the wanted half-width in the unit of xs.
func (p Precision) wanted(xs []float64) float64 {
	if !p.Relative {
		return p.HalfWidth
	}
	return p.HalfWidth * math.Abs(stat.Mean(xs, nil))
}

// needed returns the smallest number of values, from FewestReplications on, that brings the half-width down to wanted
// at a standard deviation of sd; past MostReplications it is one more. The half-width falls with every value.
func (p Precision) needed(sd, wanted float64) int {
	return FewestReplications + sort.Search(MostReplications-FewestReplications+1, func(beyond int) bool {
		return halfWidth(sd, FewestReplications+beyond, p.Confidence) <= wanted
	})
}
