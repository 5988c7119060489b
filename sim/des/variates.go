package des

import "math"

// LogNormal returns a log-normal number with the given mean (not that of its logarithm) and standard deviation of
// its logarithm: exp(ln mean - sd^2/2 + sd z).
func (k Key) LogNormal(mean, logSD float64) float64 {
	return mean * exp(logSD*k.Norm()-logSD*logSD/2)
}

// octave is how many powers of two between 1 and 2 the exponential is tabulated at.
const octave = 128

var powers = newPowers()

// newPowers returns 2^(i/octave).
func newPowers() (p [octave]float64) {
	for i := range p {
		p[i] = math.Exp2(float64(i) / octave)
	}
	return p
}

// exp is e^x within 3 units in the last place of math.Exp, in less than half the time. With n the whole number nearest
// to x octave/ln 2 it is 2^(n/octave) e^r, where |r| is at most ln 2/(2 octave) = 0.0027, so that the first term of
// the series left out, r^6/720, is less than 2^-60.
func exp(x float64) float64 {
	if !(math.Abs(x) < 700) { // the result may not be a normal number
		return math.Exp(x)
	}
	const (
		whole = 0x1.8p52                 // adding it leaves the nearest whole number in the low bits
		step  = 0x1.62e42feep-1 / octave // the first 32 bits of ln 2: n times it is exact
		rest  = 0x1.a39ef35793c76p-33 / octave
	)
	shifted := x*(octave/math.Ln2) + whole
	n, count := shifted-whole, int64(math.Float64bits(shifted)-math.Float64bits(whole))
	r := x - n*step - n*rest
	series := r + r*r*(1./2+r*(1./6+r*(1./24+r*(1./120))))
	power := math.Float64frombits(math.Float64bits(powers[count&(octave-1)]) + uint64(count>>7)<<52)
	return power + power*series
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
