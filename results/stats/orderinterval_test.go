package stats

import (
	"math"
	"math/big"
	"testing"

	"github.com/stretchr/testify/require"
)

// Ranks of the 95% interval of the median as printed in tables, such as those of the sign test: for 10
// observations the 2nd and the 9th (97.9%), for 20 the 6th and the 15th (95.9%), for 5 none.
func TestQuantileRanks(t *testing.T) {
	for _, row := range []struct {
		n         int64
		q         float64
		low, high int64
	}{
		{5, .5, 0, 6}, // P(Bin = 0) = 1/32 = .031 > .025
		{6, .5, 1, 6}, // 1/64 = .0156
		{10, .5, 2, 9},
		{20, .5, 6, 15},
		{25, .5, 8, 18},
	} {
		low, high := quantileRanks(row.n, row.q, .95)
		require.Equal(t, [2]int64{row.low, row.high}, [2]int64{low, high}, "n %d", row.n)
	}
	for _, n := range []int64{1, 5, 20, 58, 71, 72, 73, 100} {
		for _, q := range []float64{.5, .9, .95, .99} {
			low, high := quantileRanks(n, q, .95)
			wantLow, wantHigh := ranksExactly(n, q)
			require.Equal(t, [2]int64{wantLow, wantHigh}, [2]int64{low, high}, "n %d, q %g", n, q)
		}
	}
}

// ranksExactly adds up the binomial probabilities as fractions.
func ranksExactly(n int64, q float64) (low, high int64) {
	p := big.NewRat(int64(math.Round(q*100)), 100)
	not := new(big.Rat).Sub(big.NewRat(1, 1), p)
	term := func(k int64) *big.Rat {
		v := new(big.Rat).SetInt(new(big.Int).Binomial(n, k))
		for range k {
			v.Mul(v, p)
		}
		for range n - k {
			v.Mul(v, not)
		}
		return v
	}
	tail := big.NewRat(25, 1000)
	sum := new(big.Rat)
	for low = 0; sum.Add(sum, term(low)).Cmp(tail) <= 0; low++ { // P(Bin <= low-1) is within the tail
	}
	sum = new(big.Rat)
	for high = n + 1; high > 0; high-- { // P(Bin >= high) is within the tail
		if sum.Add(sum, term(high-1)).Cmp(tail) > 0 {
			break
		}
	}
	return low, high
}

func TestQuantileInterval(t *testing.T) {
	h := NewHistogram(1000, 3)
	for v := int64(1); v <= 20; v++ {
		h.Record(v)
	}
	require.Equal(t, Interval{10, 6, 15, 20}, h.QuantileInterval(.5, .95))
	few := h.QuantileInterval(.95, .95) // rank 19; .95^20 = .36: nothing bounds it from above
	require.Equal(t, 19., few.Value)
	require.True(t, math.IsNaN(few.High))
	h.NotReached(20)
	late := h.QuantileInterval(.5, .95) // ranks 14 and 27 of 40: the upper is among those never reached
	require.Equal(t, Interval{20, 14, math.Inf(1), 40}, late)
	require.True(t, math.IsNaN(NewHistogram(10, 1).QuantileInterval(.5, .95).Value))
}

// The interval holds the quantile as often as it says, whatever the distribution: here, of uniform order statistics, by
// the beta distribution of each rank, computed by the other route of adding up binomial terms.
func TestQuantileIntervalCoverage(t *testing.T) {
	for _, n := range []int64{60, 299, 1000} {
		low, high := quantileRanks(n, .9, .95)
		covered := 0.
		for k := low; k < high; k++ { // the quantile lies between ranks k and k+1
			covered += math.Exp(logChoose(n, k) + float64(k)*math.Log(.9) + float64(n-k)*math.Log(.1))
		}
		require.GreaterOrEqual(t, covered, .95, "n %d", n)
		require.Less(t, covered, .985, "n %d", n)
	}
}

func logChoose(n, k int64) float64 {
	a, _ := math.Lgamma(float64(n + 1))
	b, _ := math.Lgamma(float64(k + 1))
	c, _ := math.Lgamma(float64(n - k + 1))
	return a - b - c
}
