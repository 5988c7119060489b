package stats

import (
	"math"
	"slices"

	"gonum.org/v1/gonum/stat"
)

// Noise is what was learned of a machine from pairs without a difference: the spread of d, and what a rule would do with it.
// Verdicts are about one metric.
type Noise struct {
	SD          float64 // of d; NaN for fewer than two pairs
	FalseAlarms float64 // share of gates that would find a difference where there is none; NaN of fewer than 12 pairs, as are the next
	Passes      float64 // share that would pass where there is none
	Smallest    float64 // effect found worse with the power asked for, as a share of the base; +Inf beyond tenfold
}

// How pairs are drawn anew.
const (
	noiseGates  = 2000 // for each number that is printed: a share of .3% is known to ±.24 points, at 95%
	effectGates = 400  // for each effect tried
	effectSteps = 9    // of halving between no effect and the largest
	largestSeen = 10.  // effect, as a share of the base
)

// Noise draws gates of 24 pairs from the differences d of pairs that were measured, and judges them. draw returns a random
// number from 0 to n-1. Of each pair drawn, the deviation from the estimate of d has a random sign, because with nothing
// to tell the sides apart either could have been called the candidate. Missing pairs (NaN) are left out. What
// neighbouring pairs have in common, such as a drift that is faster than a pair, is lost by drawing.
func (r PairRule) Noise(d []float64, power float64, draw func(n int) int) Noise {
	d = present(d)
	n := Noise{stat.StdDev(d, nil), math.NaN(), math.NaN(), math.NaN()}
	if len(d) < FewestPairs() {
		return n
	}
	centre := HodgesLehmann(d, .95).Value
	residuals := make([]float64, len(d))
	for i, x := range d {
		residuals[i] = x - centre
	}
	if residuals = slices.DeleteFunc(residuals, notFinite); len(residuals) == 0 {
		return n // it mostly does not answer at all
	}
	n.FalseAlarms, n.Passes = r.shares(residuals, 0, noiseGates, draw)
	n.Smallest = r.smallest(residuals, power, draw)
	return n
}

// shares returns how many of the gates with an effect are found worse, and how many not worse.
func (r PairRule) shares(residuals []float64, effect float64, gates int, draw func(n int) int) (worse, notWorse float64) {
	d := make([]float64, MostPairs())
	for range gates {
		for i := range d {
			d[i] = residuals[draw(len(residuals))]
			if draw(2) == 1 {
				d[i] = -d[i]
			}
			d[i] += effect
		}
		switch v, _ := r.Judge(d); v {
		case Worse:
			worse++
		case NotWorse:
			notWorse++
		}
	}
	return worse / float64(gates), notWorse / float64(gates)
}

// smallest halves the range of effects until it knows the smallest that is found with the power.
func (r PairRule) smallest(residuals []float64, power float64, draw func(n int) int) float64 {
	found := func(effect float64) bool {
		worse, _ := r.shares(residuals, effect, effectGates, draw)
		return worse >= power
	}
	low, high := 0., math.Log1p(largestSeen)
	if !found(high) {
		return math.Inf(1)
	}
	for range effectSteps {
		if middle := (low + high) / 2; found(middle) {
			high = middle
		} else {
			low = middle
		}
	}
	return math.Expm1(high)
}
