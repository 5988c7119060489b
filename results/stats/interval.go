package stats

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/stat"
	"gonum.org/v1/gonum/stat/distuv"
)

// Interval is an estimate with the bounds of its confidence interval. Bounds are NaN where they cannot be given.
type Interval struct {
	Value, Low, High float64
	N                int // observations used
}

// MeanInterval returns the mean of xs with a Student t interval of the given confidence, from 0 to 1, such as .95:
//
//	mean ± t(n-1, (1+confidence)/2) s / sqrt(n)
//
// Missing observations (NaN) are left out. With one infinite observation or more the mean is infinite, and with fewer
// than two observations there is no spread to judge by: the bounds are NaN in both cases. With none, all are NaN.
func MeanInterval(xs []float64, confidence float64) Interval {
	xs = present(xs)
	nan := math.NaN()
	if len(xs) == 0 {
		return Interval{nan, nan, nan, 0}
	}
	mean, sd := stat.MeanStdDev(xs, nil)
	if math.IsInf(mean, 0) || math.IsNaN(mean) || len(xs) < 2 {
		return Interval{stat.Mean(xs, nil), nan, nan, len(xs)}
	}
	half := halfWidth(sd, len(xs), confidence)
	return Interval{mean, mean - half, mean + half, len(xs)}
}

// present returns the values of xs that are not missing (NaN), in their order.
func present(xs []float64) []float64 {
	kept := make([]float64, 0, len(xs))
	for _, x := range xs {
		if !math.IsNaN(x) {
			kept = append(kept, x)
		}
	}
	return kept
}

// halfWidth returns half the width of the Student t interval of a mean of n observations, at least two, of standard
// deviation sd. Without spread it is 0 even at a confidence of 1, where the quantile is infinite.
func halfWidth(sd float64, n int, confidence float64) float64 {
	if sd == 0 {
		return 0
	}
	return studentQuantile(float64(n-1), (1+confidence)/2) * sd / math.Sqrt(float64(n))
}

// AdjustedConfidence returns the confidence that each of several intervals needs for all of them to hold together
// with the confidence given, by Bonferroni's inequality, whatever their dependence:
//
//	1 - (1 - confidence) / comparisons
//
// Fewer than one comparison counts as one.
func AdjustedConfidence(confidence float64, comparisons int) float64 {
	return 1 - (1-confidence)/float64(max(comparisons, 1))
}

// PairedInterval returns the mean of b - a, pair by pair, with a Student t interval. Pairs of which one is missing are
// left out. A difference with an infinite side is infinite; where both are, nothing is known of it, and the whole
// result is NaN. The slices must be of equal length: anything else is a bug of the caller, and it panics.
func PairedInterval(a, b []float64, confidence float64) Interval {
	if len(a) != len(b) {
		panic(fmt.Sprintf("stats: %d observations cannot be paired with %d", len(a), len(b)))
	}
	d := make([]float64, len(a))
	for i := range a {
		d[i] = b[i] - a[i]
		if math.IsInf(a[i], 0) && math.IsInf(b[i], 0) {
			return Interval{math.NaN(), math.NaN(), math.NaN(), 0}
		}
	}
	return MeanInterval(d, confidence)
}

// studentQuantile returns the p-quantile of Student's t distribution with nu degrees of freedom.
func studentQuantile(nu, p float64) float64 {
	return distuv.StudentsT{Mu: 0, Sigma: 1, Nu: nu}.Quantile(p)
}

// SamplesForQuantile returns how many observations a q-quantile needs: the smallest n for which, whatever the
// distribution, the largest of n observations exceeds the quantile with probability .95,
//
//	1 - q^n >= .95
//
// which is 59 for q = .95 and 299 for q = .99. It is 1 for q of 0 or less, and the largest int for q of 1 or more,
// which no number of observations can bound.
func SamplesForQuantile(q float64) int {
	switch {
	case q <= 0:
		return 1
	case !(q < 1):
		return math.MaxInt
	}
	return int(math.Ceil(math.Log(1-.95) / math.Log(q)))
}

// IndexOfDispersion returns the variance of counts over their mean: 1 for Poisson arrivals, 0 for a metronome, more
// for bursts. It is NaN for fewer than two counts and where nothing was counted.
func IndexOfDispersion(counts []int64) float64 {
	xs := make([]float64, len(counts))
	for i, c := range counts {
		xs[i] = float64(c)
	}
	if len(xs) < 2 {
		return math.NaN()
	}
	mean, variance := stat.MeanVariance(xs, nil)
	return variance / mean
}
