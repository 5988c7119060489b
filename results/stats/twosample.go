package stats

import (
	"math"
	"sort"

	"gonum.org/v1/gonum/stat"
	"gonum.org/v1/gonum/stat/distuv"
)

// DifferenceInterval returns mean(b) - mean(a) of two independent samples, whose spreads may differ, with Welch's
// interval of the given confidence:
//
//	d ± t(nu, (1+confidence)/2) sqrt(va + vb),  va = sa²/na, vb = sb²/nb
//	nu = (va + vb)² / (va²/(na-1) + vb²/(nb-1))
//
// (B. L. Welch, "The generalization of 'Student's' problem when several different population variances are involved",
// Biometrika 34, 1947). Missing observations (NaN) are left out. With an infinite observation on one side the
// difference is infinite, and with fewer than two observations on either there is no spread to judge by: the bounds are
// NaN in both cases. N is the smaller number of observations.
func DifferenceInterval(a, b []float64, confidence float64) Interval {
	a, b = present(a), present(b)
	nan, n := math.NaN(), min(len(a), len(b))
	if n == 0 {
		return Interval{nan, nan, nan, 0}
	}
	d := stat.Mean(b, nil) - stat.Mean(a, nil) // NaN where both are infinite
	if n < 2 || math.IsInf(d, 0) || math.IsNaN(d) {
		return Interval{d, nan, nan, n}
	}
	va, vb := stat.Variance(a, nil)/float64(len(a)), stat.Variance(b, nil)/float64(len(b))
	if va+vb == 0 {
		return Interval{d, d, d, n}
	}
	nu := (va + vb) * (va + vb) / (va*va/float64(len(a)-1) + vb*vb/float64(len(b)-1))
	half := studentQuantile(nu, (1+confidence)/2) * math.Sqrt(va+vb)
	return Interval{d, d - half, d + half, n}
}

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
