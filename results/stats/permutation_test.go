package stats

import (
	"math"
	"math/bits"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/stat"
)

func TestPermutationByHand(t *testing.T) {
	for _, row := range []struct {
		name          string
		first, second []float64
		shift         float64
		above, below  float64
	}{
		// Six splits of {1,2,3,4}; the second group's sums are 7, 6, 5, 5, 4, 3. Seen: 3+4 = 7.
		{"apart", []float64{1, 2}, []float64{3, 4}, 0, 1. / 6, 1},
		// Seen: 2+4 = 6, which 6 and 7 reach; 6, 5, 5, 4 and 3 do not exceed it.
		{"interleaved", []float64{1, 3}, []float64{2, 4}, 0, 2. / 6, 5. / 6},
		// Less 1 the second is {1,3} like the first: sums of {1,1,3,3} are 2, 4, 4, 4, 4, 6; seen: 4.
		{"a shift of 1", []float64{1, 3}, []float64{2, 4}, 1, 5. / 6, 5. / 6},
		// Less 2 it is {0,2}: sums of {0,1,2,3} are 5, 4, 3, 3, 2, 1; seen: 2.
		{"a shift of 2", []float64{1, 3}, []float64{2, 4}, 2, 5. / 6, 2. / 6},
		// All alike: every split reaches what is seen.
		{"alike", []float64{7, 7}, []float64{7, 7, 7}, 0, 1, 1},
		// 5 against 5 without overlap, 252 splits: the fewest with which 1/252 = .004 is below .05/3.
		{"five a side", []float64{1, 2, 3, 4, 5}, []float64{6, 7, 8, 9, 10}, 0, 1. / 252, 1},
	} {
		p := NewPermutation(row.first, row.second)
		require.True(t, p.Exact, row.name)
		require.InDelta(t, row.above, p.Above(row.shift), 1e-12, row.name)
		require.InDelta(t, row.below, p.Below(row.shift), 1e-12, row.name)
	}
}

// Efron and Tibshirani, An Introduction to the Bootstrap, 1993, table 15.1: survival of mice after surgery, seven treated
// and nine not. They drew 1,000 permutations, of which 132 reached the difference seen, 30.63: a standard error of
// sqrt(.132 x .868 / 1000) = .0107. All 11,440 of them are looked at here.
func TestPermutationOfPublishedData(t *testing.T) {
	treated := []float64{94, 197, 16, 38, 99, 141, 23}
	control := []float64{52, 104, 146, 10, 51, 30, 40, 27, 46}
	p := NewPermutation(control, treated)
	require.Equal(t, 11440, p.Splits)
	require.InDelta(t, 30.63, p.Difference, .005)
	require.InDelta(t, .132, p.Above(0), 3*.0107)
}

// brute is the definition: the second sample shifted, every split by its bits.
func brute(first, second []float64, shift float64) (above, below float64) {
	all := append([]float64{}, first...)
	for _, x := range second {
		all = append(all, x-shift)
	}
	difference := func(chosen uint) float64 {
		var in, out []float64
		for i, x := range all {
			if chosen>>i&1 == 1 {
				in = append(in, x)
			} else {
				out = append(out, x)
			}
		}
		return stat.Mean(in, nil) - stat.Mean(out, nil)
	}
	seen := difference((1<<len(second) - 1) << len(first))
	var n, up, down float64
	for chosen := range uint(1) << len(all) {
		if bits.OnesCount(chosen) == len(second) {
			d := difference(chosen)
			n++
			if d >= seen-1e-9 {
				up++
			}
			if d <= seen+1e-9 {
				down++
			}
		}
	}
	return up / n, down / n
}

func TestPermutationAgreesWithItsDefinition(t *testing.T) {
	const seed = 3
	draws := rand.New(rand.NewPCG(seed, 0))
	for range 40 {
		first, second := make([]float64, 1+draws.IntN(6)), make([]float64, 1+draws.IntN(6))
		for i := range first {
			first[i] = math.Round(10*draws.NormFloat64()) / 10 // ties occur
		}
		for i := range second {
			second[i] = math.Round(10*draws.NormFloat64()+5) / 10
		}
		p := NewPermutation(first, second)
		for _, shift := range []float64{-1.5, -.5, 0, .3, 1, 2.25} {
			above, below := brute(first, second, shift)
			require.InDelta(t, above, p.Above(shift), 1e-12, "seed %d: %v against %v by %g", seed, second, first, shift)
			require.InDelta(t, below, p.Below(shift), 1e-12, "seed %d: %v against %v by %g", seed, second, first, shift)
		}
	}
}

// An interval holds the shifts that neither test rejects: p just inside a bound is above alpha, just outside not.
func TestPermutationIntervalInvertsTheTest(t *testing.T) {
	p := NewPermutation([]float64{10.1, 9.7, 10.4, 9.9, 10.0, 10.2}, []float64{10.9, 11.3, 10.6, 11.0, 10.8})
	i := p.Interval(.95)
	require.InDelta(t, p.Difference, i.Value, 1e-15)
	const bit = 1e-6
	require.LessOrEqual(t, p.Above(i.Low-bit), .025)
	require.Greater(t, p.Above(i.Low+bit), .025)
	require.LessOrEqual(t, p.Below(i.High+bit), .025)
	require.Greater(t, p.Below(i.High-bit), .025)
	require.Equal(t, i.Low, p.Detectable(.025))
}

func TestPermutationOfTooFewShowsNothing(t *testing.T) {
	p := NewPermutation([]float64{1, 2}, []float64{30, 40}) // 6 splits: p is at least 1/6
	require.True(t, math.IsNaN(p.Detectable(.05)))
	i := p.Interval(.95)
	require.True(t, math.IsNaN(i.Low) && math.IsNaN(i.High))
}

// Twelve against twelve have 2.7 million splits: 200,000 are drawn, the same each time, and tell what the normal
// approximation tells within its error and theirs (.5/sqrt(200,000) = .001).
func TestPermutationDrawsSplitsOfManyRuns(t *testing.T) {
	draws := rand.New(rand.NewPCG(5, 0))
	first, second := make([]float64, 12), make([]float64, 12)
	for i := range first {
		first[i], second[i] = draws.NormFloat64(), draws.NormFloat64()+.5
	}
	p, again := NewPermutation(first, second), NewPermutation(first, second)
	require.False(t, p.Exact)
	require.Equal(t, RandomSplits+1, p.Splits)
	require.Equal(t, p.Above(.1), again.Above(.1))

	// Under permutation the difference has mean 0 and variance S2 (1/12 + 1/12), S2 the variance of all observations.
	all := append(append([]float64{}, first...), second...)
	z := p.Difference / math.Sqrt(stat.Variance(all, nil)/6)
	require.InDelta(t, .5*math.Erfc(z/math.Sqrt2), p.Above(0), .01)
}

// What the test is for: two samples that are alike are told apart no more often than alpha says, whatever their
// distribution. 2,000 trials at .05 have a standard error of .005.
func TestPermutationKeepsItsLevel(t *testing.T) {
	draws := rand.New(rand.NewPCG(11, 0))
	const trials = 2000
	alarms := 0
	for range trials {
		first, second := make([]float64, 5), make([]float64, 5)
		for i := range first {
			first[i], second[i] = draws.ExpFloat64(), draws.ExpFloat64()
		}
		if NewPermutation(first, second).Above(0) <= .05 {
			alarms++
		}
	}
	require.InDelta(t, .05, float64(alarms)/trials, 3*.005) // 12 of 252 splits: .0476
}
