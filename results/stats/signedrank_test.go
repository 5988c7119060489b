package stats

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
)

// The largest W that is significant one-sided at .05, .025, .01 and .005, as printed in the tables of textbooks (after
// Wilcoxon and Wilcox, "Some rapid approximate statistical procedures", 1964); -1 where there is none.
var criticalW = map[int][4]int{
	5: {0, -1, -1, -1}, 6: {2, 0, -1, -1}, 7: {3, 2, 0, -1}, 8: {5, 3, 1, 0}, 9: {8, 5, 3, 1}, 10: {10, 8, 5, 3},
	11: {13, 10, 7, 5}, 12: {17, 13, 9, 7}, 13: {21, 17, 12, 9}, 14: {25, 21, 15, 12}, 15: {30, 25, 19, 15},
	16: {35, 29, 23, 19}, 17: {41, 34, 27, 23}, 18: {47, 40, 32, 27}, 19: {53, 46, 37, 32}, 20: {60, 52, 43, 37},
	21: {67, 58, 49, 42}, 22: {75, 65, 55, 48}, 23: {83, 73, 62, 54}, 24: {91, 81, 69, 61}, 25: {100, 89, 76, 68},
	26: {110, 98, 84, 75}, 27: {119, 107, 92, 83}, 28: {130, 116, 101, 91}, 29: {140, 126, 110, 100}, 30: {151, 137, 120, 109},
}

func TestSignedRankMatchesTheTables(t *testing.T) {
	for n, row := range criticalW {
		for i, alpha := range []float64{.05, .025, .01, .005} {
			got := -1
			for w := 0; lessWith(n, w) <= alpha; w++ {
				got = w
			}
			require.Equal(t, row[i], got, "n = %d, alpha = %g", n, alpha)
		}
	}
}

// lessWith returns the p of n differences whose positive ranks sum to w.
func lessWith(n, w int) float64 {
	d := make([]float64, n)
	for i := range d {
		d[i] = -float64(i + 1)
	}
	for r := n; r > 0; r-- { // w as a sum of different ranks: the largest that fit
		if r <= w {
			d[r-1], w = float64(r), w-r
		}
	}
	return NewSignedRank(d, 0).Less
}

// Heights of 15 pairs of plants, crossed less self-fertilised, in eighths of an inch: Darwin, "The effects of cross and
// self fertilisation in the vegetable kingdom", 1876, ch. 1, in Fisher, "The design of experiments", 1935, ch. 3.
var maize = []float64{49, -67, 8, 16, 6, 23, 28, 41, 14, 29, 56, 24, 75, 60, -48}

// Depression of 9 patients after a tranquilliser less before: Hollander and Wolfe, "Nonparametric statistical methods",
// 1973, table 3.1. They print T+ = 5 of the differences, p = .020, the estimate -.46, and the 96% interval (-.786, -.010).
func tranquilliser() []float64 {
	before := []float64{1.83, .50, 1.62, 2.48, 1.68, 1.88, 1.55, 3.06, 1.30}
	after := []float64{.878, .647, .598, 2.05, 1.06, 1.29, 1.06, 3.14, 1.29}
	d := make([]float64, len(before))
	for i := range d {
		d[i] = after[i] - before[i]
	}
	return d
}

func TestSignedRankOfTextbooks(t *testing.T) {
	// Ordered by size, the two negative ones are the 10th (48) and the 14th (67): W = 120 - 24.
	got := NewSignedRank(maize, 0)
	require.Equal(t, 15, got.N)
	require.Equal(t, 96., got.W)
	require.InDelta(t, .04126/2, got.Greater, 5e-6, "R: wilcox.test gives V = 96, p = 0.04126, two-sided")

	got = NewSignedRank(tranquilliser(), 0)
	require.Equal(t, 5., got.W)
	require.InDelta(t, 10./512, got.Less, 1e-12, "of 512 ways, 10 have a sum of 5 or less: .0195")
}

func TestHodgesLehmannOfTextbooks(t *testing.T) {
	got := HodgesLehmann(tranquilliser(), .95)
	require.InDelta(t, -.46, got.Value, 5e-4)
	require.InDelta(t, -.786, got.Low, 5e-4)
	require.InDelta(t, -.010, got.High, 5e-4)
	require.Equal(t, 9, got.N)
}

// By hand: averages of 1, 2 and 6 are 1, 1.5, 2, 3.5, 4, 6, whose middle is (2+3.5)/2.
func TestHodgesLehmannByHand(t *testing.T) {
	got := HodgesLehmann([]float64{6, math.NaN(), 1, 2}, .95)
	require.Equal(t, 2.75, got.Value)
	require.Equal(t, 3, got.N)
	require.True(t, math.IsNaN(got.Low) && math.IsNaN(got.High), "2^-3 is above .025: no interval")

	// Of six, P(W = 0) = 1/64 <= .025 and P(W <= 1) = 2/64 is not: the extremes are the bounds.
	got = HodgesLehmann([]float64{1, 2, 3, 4, 5, 7}, .95)
	require.Equal(t, Interval{3.5, 1, 7, 6}, got)
}

func TestNoDifferences(t *testing.T) {
	require.Equal(t, SignedRank{0, 0, 1, 1}, NewSignedRank(nil, 0))
	require.Equal(t, SignedRank{0, 0, 1, 1}, NewSignedRank([]float64{.5, .5, math.NaN()}, .5))
	require.True(t, math.IsNaN(HodgesLehmann(nil, .95).Value))
}

// Differences of 0 are left out, and equal sizes share ranks: of -1, 1, 1, 2 the first three have rank 2 each and W is
// 2+2+4 = 8. Of the 16 ways, those that sum to 8 or more leave out 2 at most: 3 that leave out one of the first, 1 none.
func TestTiesAndZeros(t *testing.T) {
	got := NewSignedRank([]float64{0, 1, -1, 2, 0, 1}, 0)
	require.Equal(t, SignedRank{4, 8, 4. / 16, 15. / 16}, got)
}

func TestInfiniteDifferences(t *testing.T) {
	// Ranks: -1 has 1, 2 has 2, the infinite ones 3.5 each. 9 or more of 10: all, or all but the first.
	got := NewSignedRank([]float64{math.Inf(1), -1, 2, math.Inf(1)}, 0)
	require.Equal(t, SignedRank{4, 9, 2. / 16, 15. / 16}, got)
	require.True(t, math.IsInf(HodgesLehmann([]float64{math.Inf(1), math.Inf(1), 1}, .95).Value, 1))
	require.Equal(t, 0., HodgesLehmann([]float64{math.Inf(1), math.Inf(-1)}, .95).Value)
}

// Too many are refused, with p that no comparison lets pass.
func TestTooManyDifferences(t *testing.T) {
	d := make([]float64, mostRanked+1)
	for i := range d {
		d[i] = float64(i + 1)
	}
	got := NewSignedRank(d, 0)
	require.True(t, math.IsNaN(got.Greater) && math.IsNaN(got.Less))
	require.Equal(t, math.Ldexp(1, -mostRanked), NewSignedRank(d[1:], 0).Greater)
}

// The second route: all 2^n signs, for differences with and without ties, against several shifts.
func TestSignedRankByAllSigns(t *testing.T) {
	rnd := rand.New(rand.NewPCG(1, 2))
	for n := 1; n <= 12; n++ {
		for range 6 {
			d := make([]float64, n)
			for i := range d {
				d[i] = math.Round(rnd.NormFloat64()*4) / 2 // in halves: many ties, and zeros
			}
			shift := float64(rnd.IntN(3)) / 2
			got := NewSignedRank(d, shift)
			less, greater := byAllSigns(d, shift)
			require.InDelta(t, less, got.Less, 1e-12, "%v against %g", d, shift)
			require.InDelta(t, greater, got.Greater, 1e-12, "%v against %g", d, shift)
		}
	}
}

// byAllSigns counts the ways to sign the sizes of the differences whose sum of positive ranks is at most, and at least,
// that of the differences. A rank is here one more than the number of smaller sizes, and half of the equal others.
func byAllSigns(d []float64, shift float64) (less, greater float64) {
	var sizes []float64
	var positive []bool
	for _, x := range d {
		if x != shift {
			sizes, positive = append(sizes, math.Abs(x-shift)), append(positive, x > shift)
		}
	}
	rank := func(i int) float64 {
		r := .5
		for _, s := range sizes {
			switch {
			case s < sizes[i]:
				r++
			case s == sizes[i]:
				r += .5
			}
		}
		return r
	}
	sum := func(up func(i int) bool) (w float64) {
		for i := range sizes {
			if up(i) {
				w += rank(i)
			}
		}
		return w
	}
	got, ways := sum(func(i int) bool { return positive[i] }), 1<<len(sizes)
	for signs := range ways {
		w := sum(func(i int) bool { return signs>>i&1 == 1 })
		if w <= got {
			less += 1 / float64(ways)
		}
		if w >= got {
			greater += 1 / float64(ways)
		}
	}
	return less, greater
}

// The interval is the test turned round: it holds exactly the shifts that neither side of the test refuses.
func TestHodgesLehmannIsTheTestTurnedRound(t *testing.T) {
	rnd := rand.New(rand.NewPCG(3, 4))
	for _, n := range []int{6, 9, 12, 24, 40} {
		d := make([]float64, n)
		for i := range d {
			d[i] = rnd.NormFloat64()
		}
		got := HodgesLehmann(d, .95)
		refused := func(shift float64) bool {
			s := NewSignedRank(d, shift)
			return min(s.Less, s.Greater) <= .025
		}
		const hair = 1e-9
		require.True(t, refused(got.Low-hair) && !refused(got.Low+hair), "n = %d", n)
		require.True(t, refused(got.High+hair) && !refused(got.High-hair), "n = %d", n)
		require.Equal(t, medianOfAll(d), got.Value)
	}
}

func medianOfAll(d []float64) float64 {
	var all []float64
	for i := range d {
		for j := i; j < len(d); j++ {
			all = append(all, d[i]/2+d[j]/2)
		}
	}
	slices.Sort(all)
	if n := len(all); n%2 == 1 {
		return all[n/2]
	}
	return all[len(all)/2-1]/2 + all[len(all)/2]/2
}
