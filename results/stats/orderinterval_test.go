package stats

import (
	"math"
	"math/big"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
)

// Published ranks for the median at 95%: Conover, table A3 and many others. The coverage they reach is beside each.
func TestQuantileRanks(t *testing.T) {
	for _, row := range []struct {
		n         int64
		q         float64
		low, high int64
	}{
		{5, .5, 0, 6},     // 1 - 2/32 = .9375 is not enough: no bounds
		{6, .5, 1, 6},     // 1 - 2/64 = .9688
		{10, .5, 2, 9},    // .9785
		{20, .5, 6, 15},   // .9586
		{50, .5, 18, 33},  // .9672
		{71, .95, 63, 72}, // .95^71 = .0262 is above .025: no upper bound
		{72, .95, 64, 72}, // .95^72 = .0249
	} {
		low, high := quantileRanks(row.n, row.q, .95)
		wantLow, wantHigh := ranksByCounting(row.n, row.q, .025)
		require.Equal(t, [2]int64{wantLow, wantHigh}, [2]int64{low, high}, "%d, %g by exact arithmetic", row.n, row.q)
		require.Equal(t, [2]int64{row.low, row.high}, [2]int64{low, high}, "%d, %g", row.n, row.q)
	}
}

// ranksByCounting adds up exact binomial probabilities.
func ranksByCounting(n int64, q, tail float64) (low, high int64) {
	p := new(big.Rat).SetFloat64(q)
	r := new(big.Rat).Sub(big.NewRat(1, 1), p)
	power := func(x *big.Rat, k int64) *big.Rat {
		out := big.NewRat(1, 1)
		for range k {
			out.Mul(out, x)
		}
		return out
	}
	limit := new(big.Rat).SetFloat64(tail)
	below := new(big.Rat) // P(B < k)
	high = n + 1
	for k := int64(0); k <= n; k++ {
		if below.Cmp(limit) <= 0 {
			low = k
		}
		above := new(big.Rat).Sub(big.NewRat(1, 1), below) // P(B >= k)
		if above.Cmp(limit) <= 0 && high == n+1 {
			high = k
		}
		term := new(big.Rat).SetInt(new(big.Int).Binomial(n, k))
		term.Mul(term, power(p, k)).Mul(term, power(r, n-k))
		below.Add(below, term)
	}
	return low, high
}

func TestQuantileIntervalIsMadeOfObservations(t *testing.T) {
	h := NewHistogram(1000, 3)
	for v := range int64(20) {
		h.Record(10 * (v + 1))
	}
	i := h.QuantileInterval(.5, .95) // ranks 6 and 15 of 20
	require.Equal(t, Interval{100, 60, 150, 20}, i)

	h.NotReached(20) // ranks 14 and 27 of 40: the latter was never reached
	i = h.QuantileInterval(.5, .95)
	require.Equal(t, Interval{200, 140, math.Inf(1), 40}, i)

	few := NewHistogram(1000, 3)
	few.Record(7)
	i = few.QuantileInterval(.5, .95)
	require.Equal(t, 7., i.Value)
	require.True(t, math.IsNaN(i.Low) && math.IsNaN(i.High), "one observation bounds nothing")
	require.True(t, math.IsNaN(NewHistogram(9, 1).QuantileInterval(.5, .95).Value))
}

// The interval holds the true quantile at least as often as it says: p90 of exponential values, 2,000 trials of 100.
func TestQuantileIntervalCovers(t *testing.T) {
	draws := rand.New(rand.NewPCG(2, 0))
	truth := 1e6 * math.Log(10)
	const trials = 2000
	held := 0
	for range trials {
		h := NewHistogram(1e8, 3)
		for range 100 {
			h.Record(int64(1e6 * draws.ExpFloat64()))
		}
		if i := h.QuantileInterval(.9, .95); i.Low <= truth && truth <= i.High {
			held++
		}
	}
	require.GreaterOrEqual(t, float64(held)/trials, .95-3*.005) // standard error sqrt(.95 x .05 / 2000) = .005
}

// Published values of Clopper and Pearson's interval at 95%.
func TestShareInterval(t *testing.T) {
	for _, row := range []struct {
		k, n      int64
		low, high float64
	}{
		{0, 10, 0, .3085}, // 1 - .025^(1/10)
		{5, 10, .1871, .8129},
		{10, 10, .6915, 1},
		{10, 100, .0490, .1762},
		{0, 299, 0, .0123},
	} {
		i := ShareInterval(row.k, row.n, .95)
		require.InDelta(t, float64(row.k)/float64(row.n), i.Value, 1e-15)
		require.InDelta(t, row.low, i.Low, 5e-5, "%d of %d", row.k, row.n)
		require.InDelta(t, row.high, i.High, 5e-5, "%d of %d", row.k, row.n)
	}
	require.True(t, math.IsNaN(ShareInterval(0, 0, .95).Value))
}
