package des

import "math"

// Norm returns a standard normal number, by inversion: sqrt(2) erfinv(2u - 1).
func (k Key) Norm() float64 {
	u := (float64(k.Bits()>>11) + 0.5) * 0x1p-53 // never 0 or 1
	return math.Sqrt2 * math.Erfinv(2*u-1)
}

// LogNormal returns a log-normal number with the given mean (not that of its logarithm) and standard deviation of
// its logarithm: exp(ln mean - sd^2/2 + sd z).
func (k Key) LogNormal(mean, logSD float64) float64 {
	return mean * math.Exp(logSD*k.Norm()-logSD*logSD/2)
}

// Pick returns the first index whose cumulative weight exceeds a uniform draw. cumulative ends with the total, which
// must be positive.
func (k Key) Pick(cumulative []float64) int {
	u := k.Float() * cumulative[len(cumulative)-1]
	for i, c := range cumulative {
		if u < c {
			return i
		}
	}
	return len(cumulative) - 1
}
