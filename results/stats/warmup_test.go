package stats

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
)

// settling is a backlog of ten weeks that starts high. With d weeks dropped:
//
//	d = 1: 10 1 3 1 3 1 3 1 3, sum 26, squares 140: (140 - 26^2/9) / 81 = .801
//	d = 2: 1 3 1 3 1 3 1 3, mean 2: 8 / 64 = .125
//	d = 3: 3 1 3 1 3 1 3, sum 15, squares 39: (39 - 15^2/7) / 49 = .140
//	d = 4: 6 / 36 = .167
//	d = 5: 3 1 3 1 3: 4.8 / 25 = .192
func settling() []float64 { return []float64{20, 10, 1, 3, 1, 3, 1, 3, 1, 3} }

func TestWarmUp(t *testing.T) {
	nan, inf := math.NaN(), math.Inf(1)
	week := func(at int, v float64) []float64 { return replaced(settling(), at, v) }
	for _, row := range []struct {
		name   string
		series [][]float64
		weeks  int
		ok     bool
	}{
		{"arithmetic above", [][]float64{settling()}, 2, true},
		{"two replications whose mean it is", [][]float64{scaled(settling(), .5), scaled(settling(), 1.5)}, 2, true},
		{"empty ones are left out", [][]float64{nil, settling(), {}}, 2, true},
		{"a missing week is averaged over the others", [][]float64{settling(), week(4, nan), settling()}, 2, true},
		// Without week 5, d = 2 leaves 1 3 3 1 3 1 3: (39 - 15^2/7) / 49 = .140; d = 3: (38 - 14^2/6) / 36 = .148
		{"a week missing everywhere is not counted", [][]float64{week(4, nan)}, 2, true},
		{"the shortest decides: ten weeks of the second", [][]float64{append(settling(), 900, 900), settling()}, 2, true},
		{"constant: nothing to drop", [][]float64{slices.Repeat([]float64{.1}, 30)}, 0, true},
		{"constant after three weeks",
			[][]float64{append([]float64{.3, .2, .7}, slices.Repeat([]float64{.1}, 9)...)}, 3, true},
		{"settles at week 5 of 10, the end of the search", [][]float64{{9, 9, 9, 9, 9, 1, 1, 1, 1, 1}}, 0, false},
		{"grows: MSER is (m^2 - 1) / (12 m) for m weeks, least at the fewest", [][]float64{rising(40)}, 0, false},
		{"nine weeks", [][]float64{settling()[1:]}, 0, false},
		{"one replication of nine", [][]float64{settling(), settling()[1:]}, 0, false},
		{"nothing", nil, 0, false},
		{"nothing but empty ones", [][]float64{nil, {}}, 0, false},
		{"an infinite week", [][]float64{settling(), week(9, inf)}, 0, false},
		{"four weeks left in the second half", [][]float64{week(7, nan)}, 0, false},
	} {
		weeks, ok := WarmUp(row.series)
		require.Equal(t, row.ok, ok, row.name)
		require.Equal(t, row.weeks, weeks, row.name)
	}
}

func replaced(xs []float64, at int, v float64) []float64 {
	xs[at] = v
	return xs
}

func scaled(xs []float64, by float64) []float64 {
	for i := range xs {
		xs[i] *= by
	}
	return xs
}

func rising(weeks int) []float64 {
	xs := make([]float64, weeks)
	for i := range xs {
		xs[i] = float64(i)
	}
	return xs
}

func TestWarmUpAllTakesTheLargestCut(t *testing.T) {
	steady := [][]float64{slices.Repeat([]float64{4}, 10)}
	weeks, ok := WarmUpAll(steady, [][]float64{settling()}, steady)
	require.True(t, ok)
	require.Equal(t, 2, weeks)

	weeks, ok = WarmUpAll([][]float64{settling()}, [][]float64{rising(40)})
	require.False(t, ok, "one policy without a steady state")
	require.Zero(t, weeks)

	_, ok = WarmUpAll()
	require.False(t, ok)
}

// By the definition itself: two passes over every tail.
func TestWarmUpMinimisesTheMarginalError(t *testing.T) {
	draw := rand.New(rand.NewPCG(5, 6))
	for range 50 {
		ys := make([]float64, 20+draw.IntN(60))
		level := 0.
		for i := range ys {
			level = .6*level + draw.NormFloat64()
			ys[i] = 1000 + level - 40*math.Exp(-float64(i)/3)
		}
		errors := make([]float64, len(ys)/2+1)
		for d := range errors {
			tail := ys[d:]
			mean := 0.
			for _, y := range tail {
				mean += y / float64(len(tail))
			}
			for _, y := range tail {
				errors[d] += (y - mean) * (y - mean) / float64(len(tail)) / float64(len(tail))
			}
		}
		want := slices.Index(errors, slices.Min(errors))
		weeks, ok := WarmUp([][]float64{ys})
		require.Equal(t, want < len(errors)-1, ok)
		if ok {
			require.Equal(t, want, weeks)
		}
	}
}
