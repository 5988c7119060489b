package stats

import (
	"math"

	"gonum.org/v1/gonum/stat"
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
