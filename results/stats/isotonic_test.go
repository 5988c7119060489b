package stats

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestFalling(t *testing.T) {
	for _, row := range []struct {
		name            string
		values, weights []float64
		want            []float64
	}{
		{"nothing", nil, nil, []float64{}},
		{"falls already", []float64{1, .5, .5, 0}, []float64{1, 1, 1, 1}, []float64{1, .5, .5, 0}},
		{"one rise: (0 + 1) / 2", []float64{0, 1}, []float64{1, 1}, []float64{.5, .5}},
		{"weights: (0 x 3 + 1 x 1) / 4", []float64{0, 1}, []float64{3, 1}, []float64{.25, .25}},
		// .2 and .8 pool to .5, and 0 stays below
		{"in the middle", []float64{1, .2, .8, 0}, []float64{1, 1, 1, 1}, []float64{1, .5, .5, 0}},
		// .6 takes in 0 (.3), and then 1 both of them: (0 + .6 + 1) / 3
		{"backwards", []float64{0, .6, 1}, []float64{1, 1, 1}, []float64{1.6 / 3, 1.6 / 3, 1.6 / 3}},
	} {
		got := Falling(row.values, row.weights)
		require.InDeltaSlice(t, row.want, got, 1e-12, row.name)
	}
	require.Panics(t, func() { Falling([]float64{1}, nil) })
}

// By a second route: the max-min formula of isotonic regression, fit(i) = min over a <= i of max over b >= i of the mean
// from a to b, for a sequence that falls (Robertson, Wright and Dykstra, Order Restricted Statistical Inference, 1988).
func TestFallingAgreesWithMaxMin(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	mean := func(v, w []float64) float64 {
		sum, weight := 0., 0.
		for i := range v {
			sum, weight = sum+v[i]*w[i], weight+w[i]
		}
		return sum / weight
	}
	for range 200 {
		n := 1 + r.IntN(9)
		v, w := make([]float64, n), make([]float64, n)
		for i := range v {
			v[i], w[i] = r.Float64(), 1+float64(r.IntN(5))
		}
		want := make([]float64, n)
		for i := range want {
			want[i] = math.Inf(1)
			for a := 0; a <= i; a++ {
				best := math.Inf(-1)
				for b := i; b < n; b++ {
					best = max(best, mean(v[a:b+1], w[a:b+1]))
				}
				want[i] = min(want[i], best)
			}
		}
		require.InDeltaSlice(t, want, Falling(v, w), 1e-12)
	}
}
