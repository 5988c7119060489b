package stats

import (
	"math"
	"sort"

	"gonum.org/v1/gonum/stat/distuv"
)

// QuantileInterval returns the q-quantile with an interval that holds it with at least the confidence given, whatever
// the distribution: from the observation of rank l to that of rank u, where with B binomial of n and q
//
//	P(B < l) <= (1 - confidence)/2,  P(B >= u) <= (1 - confidence)/2
//
// (Conover, Practical Nonparametric Statistics, 3rd edition 1999, section 3.2). A bound that no observation is far
// enough out for is NaN; one that falls among what was not reached is +Inf. It takes observations for independent:
// those of a queue depend on one another, and the truth is then less certain than it says. Values are rounded as those
// of Quantile are.
func (h *Histogram) QuantileInterval(q, confidence float64) Interval {
	n := h.Count()
	i := Interval{h.Quantile(q), math.NaN(), math.NaN(), int(n)}
	if n == 0 || !(q > 0 && q < 1) {
		return i
	}
	low, high := quantileRanks(n, q, confidence)
	if low >= 1 {
		i.Low = h.ranked(low)
	}
	if high <= n {
		i.High = h.ranked(high)
	}
	return i
}

// ranked returns the observation of a rank, from 1 to n.
func (h *Histogram) ranked(rank int64) float64 { return h.Quantile(float64(rank) / float64(h.Count())) }

// quantileRanks returns the ranks of the observations that bound a quantile: below 1 and above n where there are none.
func quantileRanks(n int64, q, confidence float64) (low, high int64) {
	b := distuv.Binomial{N: float64(n), P: q}
	tail := (1 - confidence) / 2
	beyond := sort.Search(int(n)+1, func(k int) bool { return b.CDF(float64(k)) > tail }) // P(B <= k-1) <= tail up to here
	enough := sort.Search(int(n)+1, func(k int) bool { return 1-b.CDF(float64(k)) <= tail })
	return int64(beyond), int64(enough) + 1
}

// ShareInterval returns the share of k in n with the interval of Clopper and Pearson ("The use of confidence or fiducial
// limits illustrated in the case of the binomial", Biometrika 26, 1934), which holds the true share with at least the
// confidence given:
//
//	beta(k, n-k+1) at (1-confidence)/2  to  beta(k+1, n-k) at (1+confidence)/2
//
// It is NaN for n of 0.
func ShareInterval(k, n int64, confidence float64) Interval {
	if n <= 0 {
		return Interval{math.NaN(), math.NaN(), math.NaN(), 0}
	}
	x, all := float64(k), float64(n)
	i := Interval{x / all, 0, 1, int(n)}
	if k > 0 {
		i.Low = distuv.Beta{Alpha: x, Beta: all - x + 1}.Quantile((1 - confidence) / 2)
	}
	if k < n {
		i.High = distuv.Beta{Alpha: x + 1, Beta: all - x}.Quantile((1 + confidence) / 2)
	}
	return i
}
