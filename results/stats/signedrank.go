package stats

import (
	"math"
	"slices"
)

// mostRanked is how many differences a signed-rank test takes at most: of more, its distribution is not computed.
const mostRanked = 200

// SignedRank is the exact test of Wilcoxon, "Individual comparisons by ranking methods", Biometrics Bulletin 1, 1945, of
// differences against a shift. The differences less the shift are ranked by their size; W is the sum of the ranks of
// those above 0:
//
//	P(W) = share of all 2^n ways to give the n ranks a sign whose sum is W
//
// Differences equal to the shift have no sign and are left out; equal sizes share the mean of their ranks. Both keep the
// test exact: if differences are as likely above the shift as below by as much, every way of signing the ranks at hand
// is equally likely, whatever ranks they are (Pratt and Gibbons, "Concepts of nonparametric theory", 1981, ch. 3).
type SignedRank struct {
	N       int     // differences with a sign
	W       float64 // sum of the ranks above the shift
	Greater float64 // p against "not above the shift": chance of this W or a larger one
	Less    float64 // p against "not below the shift": chance of this W or a smaller one
}

// NewSignedRank tests differences, in any order. Missing ones (NaN) are left out; infinite ones have the highest ranks.
// Without a difference that has a sign both p are 1, and with more than 200 they are NaN.
func NewSignedRank(differences []float64, shift float64) SignedRank {
	signed := make([]float64, 0, len(differences))
	for _, d := range differences {
		if d -= shift; d != 0 && !math.IsNaN(d) {
			signed = append(signed, d)
		}
	}
	slices.SortFunc(signed, compareSizes)
	ranks := doubledRanks(signed)
	w := 0
	for i, d := range signed {
		if d > 0 {
			w += ranks[i]
		}
	}
	t := SignedRank{N: len(signed), W: float64(w) / 2, Greater: math.NaN(), Less: math.NaN()}
	if t.N <= mostRanked {
		t.Less, t.Greater = tails(ranks, w)
	}
	return t
}

func compareSizes(a, b float64) int {
	switch a, b = math.Abs(a), math.Abs(b); {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

// doubledRanks returns twice the rank of each of xs, which are ordered by size: ranks of equal sizes are halves at worst.
func doubledRanks(xs []float64) []int {
	ranks := make([]int, len(xs))
	for first := 0; first < len(xs); {
		last := first
		for last+1 < len(xs) && compareSizes(xs[last+1], xs[first]) == 0 {
			last++
		}
		for i := first; i <= last; i++ {
			ranks[i] = first + 1 + last + 1 // first+1 and last+1 are the ranks shared, counted from 1
		}
		first = last + 1
	}
	return ranks
}

// tails returns the chances that ranks with random signs have positive ones that sum to w at most, and to w at least.
// The ranks are taken one after the other: each is positive half of the time, and then moves the sum up by itself.
func tails(ranks []int, w int) (atMost, atLeast float64) {
	chance := signedSums(ranks)
	for sum, p := range chance {
		if sum <= w {
			atMost += p
		}
		if sum >= w {
			atLeast += p
		}
	}
	return min(atMost, 1), min(atLeast, 1)
}

// signedSums returns the chance of each sum of the positive ones among ranks with random signs.
func signedSums(ranks []int) []float64 {
	total := 0
	for _, r := range ranks {
		total += r
	}
	chance := make([]float64, total+1)
	chance[0] = 1
	reached := 0
	for _, r := range ranks {
		reached += r
		for sum := reached; sum >= 0; sum-- {
			p := chance[sum] / 2
			if sum >= r {
				p += chance[sum-r] / 2
			}
			chance[sum] = p
		}
	}
	return chance
}

// HodgesLehmann returns the median of the averages of all pairs of differences, each with itself included (Walsh
// averages), which estimates their centre of symmetry, and its exact interval: Hodges and Lehmann, "Estimates of location
// based on rank tests", Annals of Mathematical Statistics 34, 1963. The bounds are the averages that are k-th from below
// and from above, k being the largest number for which
//
//	P(W <= k-1) <= (1 - confidence) / 2
//
// of n ranks without ties. With ties the interval holds the centre at least as often. Where no k will do, as for .95 of
// fewer than six differences, or with more than 200, the bounds are NaN. Missing differences are left out. Infinite ones
// count as such; averages of two that are infinite to different sides are taken as 0.
func HodgesLehmann(differences []float64, confidence float64) Interval {
	xs := present(differences)
	walsh := walshAverages(xs)
	if len(walsh) == 0 {
		return Interval{math.NaN(), math.NaN(), math.NaN(), 0}
	}
	slices.Sort(walsh)
	middle := len(walsh) / 2
	estimate := Interval{walsh[middle], math.NaN(), math.NaN(), len(xs)}
	if len(walsh)%2 == 0 {
		estimate.Value = average(walsh[middle-1], walsh[middle])
	}
	if k := walshDepth(len(xs), (1-confidence)/2); k > 0 {
		estimate.Low, estimate.High = walsh[k-1], walsh[len(walsh)-k]
	}
	return estimate
}

func walshAverages(xs []float64) []float64 {
	averages := make([]float64, 0, len(xs)*(len(xs)+1)/2)
	for i, x := range xs {
		for _, y := range xs[i:] {
			averages = append(averages, average(x, y))
		}
	}
	return averages
}

// average returns half the sum of x and y, without ever adding them up.
func average(x, y float64) float64 {
	if half := x/2 + y/2; !math.IsNaN(half) {
		return half
	}
	return 0
}

// walshDepth returns the largest k with P(W <= k-1) <= tail for n ranks without ties; 0 if there is none.
func walshDepth(n int, tail float64) int {
	if n > mostRanked {
		return 0
	}
	ranks := make([]int, n)
	for i := range ranks {
		ranks[i] = i + 1
	}
	below := 0.
	for sum, p := range signedSums(ranks) {
		if below += p; below > tail*(1+1e-12) { // sums of powers of two may be off in the last digit
			return sum
		}
	}
	return 0
}
