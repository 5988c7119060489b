package stats

import (
	"math"
	"sort"

	"gonum.org/v1/gonum/stat/distuv"
)

// QuantileInterval returns a quantile with the interval between two order statistics that holds it with at least the
// confidence given, whatever the distribution, as long as observations are independent: how many of n lie at or below
// the q-quantile is binomial, so that the observations of ranks l and u are its bounds, with
//
//	l = largest rank with P(Bin(n, q) <= l-1) <= (1-confidence)/2
//	u = smallest rank with P(Bin(n, q) >= u) <= (1-confidence)/2
//
// (W. J. Conover, "Practical Nonparametric Statistics", section 3.2). A bound for which there are too few observations
// is NaN; one that falls among those not reached is +Inf.
func (h *Histogram) QuantileInterval(q, confidence float64) Interval {
	n := h.Count()
	i := Interval{h.Quantile(q), math.NaN(), math.NaN(), int(n)}
	if n == 0 || !(q > 0 && q < 1) {
		return i
	}
	low, high := quantileRanks(n, q, confidence)
	if low >= 1 {
		i.Low = h.atRank(low)
	}
	if high <= n {
		i.High = h.atRank(high)
	}
	return i
}

// quantileRanks returns the ranks of the bounds; 0 and n+1 are ranks that no observation has.
func quantileRanks(n int64, q, confidence float64) (low, high int64) {
	tail := (1 - confidence) / 2
	below := distuv.Binomial{N: float64(n), P: q}
	low = int64(sort.Search(int(n)+1, func(k int) bool { return below.CDF(float64(k)) > tail }))
	high = 1 + int64(sort.Search(int(n)+1, func(k int) bool { return 1-below.CDF(float64(k)) <= tail }))
	return low, min(high, n+1)
}

// atRank returns the observation of a rank, from 1 to n.
func (h *Histogram) atRank(rank int64) float64 { return h.Quantile(float64(rank) / float64(h.Count())) }
