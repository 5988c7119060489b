package stats

import (
	"math"
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
