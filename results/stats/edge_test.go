package stats

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
)

// trialsAt makes trials of one level: so many passed, so many failed.
func trialsAt(level float64, passed, failed int) []Trial {
	var all []Trial
	for range passed {
		all = append(all, Trial{level, true})
	}
	for range failed {
		all = append(all, Trial{level, false})
	}
	return all
}

// With as many passes below as failures above, the posterior is symmetric by log level: the median is the geometric mean,
// and the bounds are as far from it as each other.
func TestEdgeIsInTheMiddleOfSymmetricTrials(t *testing.T) {
	for n := 1; n <= 5; n++ {
		got := EdgeInterval(append(trialsAt(50, n, 0), trialsAt(200, 0, n)...), .95)
		require.InEpsilon(t, 100, got.Value, 1e-9)
		require.InEpsilon(t, got.High/got.Value, got.Value/got.Low, 1e-9)
		require.Equal(t, 2*n, got.N)
	}
}

// One trial at 1 passed and one failed: with x the log edge in units of its scale, the likelihood p(x)(1 - p(x)) is that
// of a lapse plus a logistic density. For one scale s the posterior over [-log 2, log 2] has the distribution function
//
//	F(c) = (A (c + log 2) + B s (g(c/s) - g(-log 2/s))) / (A 2 log 2 + B s (g(log 2/s) - g(-log 2/s)))
//
// with A = l(1-l), B = (1-2l)^2 and g(y) = 1/(1+exp(-y)), as p(1-p) = l(1-l) + (1-2l)^2 g(1-g). Averaging numerator and
// denominator over the scales gives ours; the reported bounds must have probabilities .025 and .975 under it.
func TestEdgeOfOneLevelInClosedForm(t *testing.T) {
	a, b, g := .02*.98, .96*.96, func(y float64) float64 { return 1 / (1 + math.Exp(-y)) }
	mass := func(c float64) (sum float64) {
		for k := range 9 {
			s := .01 * math.Pow(2, float64(k)/2)
			sum += a*(c+math.Ln2) + b*s*(g(c/s)-g(-math.Ln2/s))
		}
		return sum
	}
	got := EdgeInterval(trialsAt(1, 1, 1), .95)
	require.InEpsilon(t, 1, got.Value, 1e-6)
	require.InDelta(t, .025, mass(math.Log(got.Low))/mass(math.Ln2), 1e-4)
	require.InDelta(t, .975, mass(math.Log(got.High))/mass(math.Ln2), 1e-4)
}

func TestEdgeNarrowsWithTrials(t *testing.T) {
	width := math.Inf(1)
	for _, n := range []int{1, 3, 10, 30} {
		got := EdgeInterval(append(trialsAt(95, n, 0), trialsAt(105, 0, n)...), .95)
		require.Less(t, got.High/got.Low, width)
		width = got.High / got.Low
	}
	require.Less(t, width, 1.15)
}

// Thousands of trials are no less likely than a number can say: about an edge of 100 with a scale of .16 the level 100 e^.16
// passes .02 + .96 / (1 + e) of the time, .278, and 100 e^-.16 passes .722.
func TestEdgeOfManyTrials(t *testing.T) {
	trials := append(trialsAt(100*math.Exp(.16), 2780, 7220), trialsAt(100*math.Exp(-.16), 7220, 2780)...)
	got := EdgeInterval(trials, .95)
	require.InEpsilon(t, 100, got.Value, .001)
	require.Less(t, got.High/got.Low, 1.02)
}

// A single failure far below what passes again and again moves the edge little.
func TestEdgeSurvivesALapse(t *testing.T) {
	clean := append(trialsAt(190, 4, 0), trialsAt(210, 0, 4)...)
	got := EdgeInterval(append(trialsAt(20, 0, 1), clean...), .95)
	require.InEpsilon(t, EdgeInterval(clean, .95).Value, got.Value, .03)
	require.Greater(t, got.Low, 150.)
}

func TestEdgeNeedsBothOutcomes(t *testing.T) {
	for _, trials := range [][]Trial{nil, trialsAt(10, 3, 0), trialsAt(10, 0, 3)} {
		got := EdgeInterval(trials, .95)
		require.True(t, math.IsNaN(got.Value) && math.IsNaN(got.Low) && math.IsNaN(got.High))
		require.Equal(t, len(trials), got.N)
	}
}

// Thirty trials at random levels about an edge of 100, 200 times: the interval holds it in about 95% of them. The number of
// hits is binomial, so with a true coverage of 95% fewer than 180 have a chance below .3%.
func TestEdgeCoverage(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 7))
	for _, scale := range []float64{.01, .05, .1} {
		hits := 0
		for range 200 {
			var trials []Trial
			for range 30 {
				level := 100 * math.Exp(r.Float64()-.5)
				pass := .02 + .96/(1+math.Exp(math.Log(level/100)/scale))
				trials = append(trials, Trial{level, r.Float64() < pass})
			}
			if got := EdgeInterval(trials, .95); got.Low <= 100 && 100 <= got.High {
				hits++
			}
		}
		require.GreaterOrEqual(t, hits, 180, "scale %g", scale)
	}
}
