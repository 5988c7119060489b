package stats

import (
	"math"
	"math/big"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestDifferenceInterval(t *testing.T) {
	nan, inf := math.NaN(), math.Inf(1)
	for _, row := range []struct {
		name                    string
		a, b                    []float64
		want, low, high, within float64
	}{
		// means 3 and 6, variances 2.5 and 2.5: va = vb = .5, nu = 1²/(.25/4 + .25/4) = 8, t(8, .975) = 2.3060
		{"equal spread", []float64{1, 2, 3, 4, 5}, []float64{4, 5, 6, 7, 8}, 3, 3 - 2.3060, 3 + 2.3060, 1e-3},
		// means 2 and 10, variances 1 and 100: va = 1/3, vb = 100/3, nu = 33.667²/(.0556 + 555.56) = 2.0400; t lies between
		// t(2) = 4.3027 and t(3) = 3.1824, nearly linear in 1/nu = .4902:
		// 3.1824 + (.4902 - .3333)/(.5 - .3333) (4.3027 - 3.1824) = 4.237; half = 4.237 sqrt(33.667) = 24.58
		{"unequal spread", []float64{1, 2, 3}, []float64{0, 10, 20}, 8, 8 - 24.58, 8 + 24.58, .1},
		{"no spread", []float64{2, 2}, []float64{5, 5, 5}, 3, 3, 3, 0},
		{"one on a side", []float64{2}, []float64{5, 6}, 3.5, nan, nan, 0},
		{"missing", []float64{nan}, []float64{5, 6}, nan, nan, nan, 0},
		{"never on one side", []float64{1, 2}, []float64{5, inf}, inf, nan, nan, 0},
		{"never on both", []float64{1, inf}, []float64{5, inf}, nan, nan, nan, 0},
	} {
		t.Run(row.name, func(t *testing.T) {
			i := DifferenceInterval(row.a, row.b, .95)
			for _, pair := range [][2]float64{{row.want, i.Value}, {row.low, i.Low}, {row.high, i.High}} {
				if math.IsNaN(pair[0]) || math.IsInf(pair[0], 0) || row.within == 0 {
					require.Equal(t, math.IsNaN(pair[0]), math.IsNaN(pair[1]))
					if !math.IsNaN(pair[0]) {
						require.Equal(t, pair[0], pair[1])
					}
					continue
				}
				require.InDelta(t, pair[0], pair[1], row.within)
			}
		})
	}
}

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
