package stats

import (
	"math"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestPrecision(t *testing.T) {
	nan, inf := math.NaN(), math.Inf(1)
	relative := func(w float64) Precision { return Precision{HalfWidth: w, Relative: true, Confidence: .95} }
	absolute := func(w float64) Precision { return Precision{HalfWidth: w, Confidence: .95} }
	// n values of mean 10: s = sqrt(n/(n-1)); for n = 20 s = 1.02598 and half = 2.09302 x 1.02598 / sqrt(20) = .48017.
	pairs := func(n int) []float64 { return slices.Repeat([]float64{9, 11}, n/2) }
	missing := func(n int) []float64 { return slices.Repeat([]float64{nan}, n) }
	for _, row := range []struct {
		name      string
		precision Precision
		values    []float64
		satisfied bool
		half      float64
		wanted    float64
		more      int
	}{
		{"5% of 10 is .5", relative(.05), pairs(20), true, .48017, .5, 0},
		{"4% of 10: t(26) 2.05553 x 1.02598 / sqrt(27) = .4059, t(27) 2.05183 x 1.02598 / sqrt(28) = .3978, so 28",
			relative(.04), pairs(20), false, .48017, .4, 8},
		{"the same in units", absolute(.4), pairs(20), false, .48017, .4, 8},
		{"half of them missing: 8 more present are 16",
			absolute(.4), append(pairs(20), missing(20)...), false, .48017, .4, 16},
		{"a third missing: 8 more present are ceil(8 x 31/20) = ceil(12.4)",
			absolute(.4), append(pairs(20), missing(11)...), false, .48017, .4, 13},
		// n = 18: s = sqrt(18/17) = 1.02899, half = 2.10982 x 1.02899 / sqrt(18) = .51171
		{"tight enough but only 18", absolute(.6), pairs(18), false, .51171, .6, 2},
		{"18 of 36 present: 2 more are 4", absolute(.6), append(pairs(18), missing(18)...), false, .51171, .6, 4},
		{"barely not: one more at least", absolute(.4801), pairs(20), false, .48017, .4801, 1},
		{"constant", relative(.01), slices.Repeat([]float64{7}, 20), true, 0, .07, 0},
		{"constant 0 is known to any share of itself", relative(.01), make([]float64, 20), true, 0, 0, 0},
		{"constant, five of them", absolute(.1), slices.Repeat([]float64{7}, 5), false, 0, .1, 15},
		// n = 20 values of ±1: mean 0, s and half as above
		{"relative to a mean of 0", relative(.05), slices.Repeat([]float64{-1, 1}, 10), false, .48017, 0, MostReplications},
		{"absolute at a mean of 0", absolute(.5), slices.Repeat([]float64{-1, 1}, 10), true, .48017, .5, 0},
		{"relative to a negative mean: 5% of 10", relative(.05), slices.Repeat([]float64{-9, -11}, 10), true, .48017, .5, 0},
		{"nothing", relative(.05), nil, false, nan, nan, 20},
		{"all missing", absolute(.05), missing(30), false, nan, .05, 20},
		{"one", absolute(.05), []float64{3}, false, nan, .05, 19},
		{"an infinite value", relative(.05), append(pairs(20), inf), false, nan, inf, MostReplications},
		{"a million would not do: (1.96 / .0001)^2", absolute(.0001), pairs(20), false, .48017, .0001, MostReplications},
		{"a half-width of 0", absolute(0), pairs(20), false, .48017, 0, MostReplications},
		{"no half-width", absolute(nan), pairs(20), false, .48017, nan, MostReplications},
	} {
		got := row.precision.Check(row.values)
		require.Equal(t, row.satisfied, got.Satisfied, row.name)
		require.Equal(t, row.more, got.More, row.name)
		if math.IsNaN(row.half) {
			require.True(t, math.IsNaN(got.HalfWidth), row.name)
		} else {
			require.InDelta(t, row.half, got.HalfWidth, 1e-5, row.name)
		}
		if math.IsNaN(row.wanted) || math.IsInf(row.wanted, 0) {
			require.Equal(t, math.IsNaN(row.wanted), math.IsNaN(got.Wanted), row.name)
		} else {
			require.InDelta(t, row.wanted, got.Wanted, 1e-12, row.name)
		}
	}
}

func TestReachedPrecisionIsThatOfTheInterval(t *testing.T) {
	values := []float64{3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5, 8, 9, 7, 9, 3, 2, 3, 8, 4, 6}
	for _, confidence := range []float64{.8, .95, AdjustedConfidence(.95, 6)} {
		interval := MeanInterval(values, confidence)
		half := interval.High - interval.Value
		for _, wanted := range []float64{half * 1.001, half * .999} {
			got := Precision{HalfWidth: wanted, Confidence: confidence}.Check(values)
			require.InDelta(t, half, got.HalfWidth, 1e-12)
			require.Equal(t, wanted > half, got.Satisfied)
		}
	}
}
