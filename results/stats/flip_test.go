package stats

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
)

// along returns one row per offset: f at each value, plus the offset.
func along(values []float64, f func(float64) float64, offsets ...float64) [][]float64 {
	rows := make([][]float64, len(offsets))
	for i, offset := range offsets {
		for _, v := range values {
			rows[i] = append(rows[i], f(v)+offset)
		}
	}
	return rows
}

func TestFlip(t *testing.T) {
	nan, inf := math.NaN(), math.Inf(1)
	even := []float64{0, 10, 20, 30, 40, 50}
	line := func(v float64) float64 { return v - 23 }
	// Three replications 1 apart: the mean line is v - 23 and its half-width t(2, .975) 4.30265 x 1 / sqrt(3) = 2.48414
	// everywhere, so the interval is 23 ± 2.48414. A local line follows a straight one exactly.
	for _, row := range []struct {
		name        string
		values      []float64
		differences [][]float64
		want        Reversal
	}{
		{"rises", even, along(even, line, -1, 0, 1),
			Reversal{true, Interval{23, 23 - 2.48414, 23 + 2.48414, 18}, true, 1, false}},
		{"falls", even, along(even, func(v float64) float64 { return 23 - v }, -1, 0, 1),
			Reversal{true, Interval{23, 23 - 2.48414, 23 + 2.48414, 18}, false, 1, false}},
		{"values in any order", []float64{50, 0, 30, 10, 40, 20}, along([]float64{50, 0, 30, 10, 40, 20}, line, -1, 0, 1),
			Reversal{true, Interval{23, 23 - 2.48414, 23 + 2.48414, 18}, true, 1, false}},
		{"two values", []float64{20, 30}, along([]float64{20, 30}, line, -1, 0, 1),
			Reversal{true, Interval{23, 23 - 2.48414, 23 + 2.48414, 6}, true, 1, false}},
		{"steeper lines are closer", even, along(even, func(v float64) float64 { return 10 * (v - 23) }, -1, 0, 1),
			Reversal{true, Interval{23, 23 - .248414, 23 + .248414, 18}, true, 1, false}},
		{"no spread", even, along(even, line, 0, 0), Reversal{true, Interval{23, 23, 23, 12}, true, 1, false}},
		{"open below: 1.5 - 2.48414 is not in the range", even,
			along(even, func(v float64) float64 { return v - 1.5 }, -1, 0, 1),
			Reversal{true, Interval{1.5, nan, 1.5 + 2.48414, 18}, true, 1, false}},
		{"open on both sides", []float64{0, 1, 2},
			along([]float64{0, 1, 2}, func(v float64) float64 { return v - 1 }, -1, 0, 1),
			Reversal{true, Interval{1, nan, nan, 9}, true, 1, false}},
		{"no flip, clear: 5 at least, over 2.48", even, along(even, func(v float64) float64 { return v + 5 }, -1, 0, 1),
			Reversal{Clear: true}},
		{"no flip shown: 1 at the lowest value", even, along(even, func(v float64) float64 { return v + 1 }, -1, 0, 1),
			Reversal{}},
		{"no difference at all", even, along(even, func(float64) float64 { return 0 }, 0, 0), Reversal{}},
		{"zero at the end only", even, along(even, func(v float64) float64 { return v }, 0, 0), Reversal{}},
		{"a replication with a gap is left out", even,
			append(along(even, line, -1, 0, 1), []float64{0, 0, nan, 0, 0, 0}, []float64{0, inf, 0, 0, 0, 0}),
			Reversal{true, Interval{23, 23 - 2.48414, 23 + 2.48414, 18}, true, 1, false}},
		{"a value that is missing is left out", append([]float64{nan}, even...), [][]float64{
			{4, -24, -14, -4, 6, 16, 26}, {4, -23, -13, -3, 7, 17, 27}, {4, -22, -12, -2, 8, 18, 28}},
			Reversal{true, Interval{23, 23 - 2.48414, 23 + 2.48414, 18}, true, 1, false}},
		{"one value", []float64{3, 3}, along([]float64{3, 3}, line, 0, 1), Reversal{}},
		{"nothing", nil, nil, Reversal{}},
		{"no replication", even, nil, Reversal{}},
	} {
		requireReversal(t, row.want, Flip(row.values, row.differences, .95), row.name)
	}
	require.Panics(t, func() { Flip(even, [][]float64{{1}}, .95) })
}

func requireReversal(t *testing.T, want, got Reversal, name string) {
	t.Helper()
	for _, pair := range [][2]float64{
		{want.At.Value, got.At.Value}, {want.At.Low, got.At.Low}, {want.At.High, got.At.High},
	} {
		require.Equal(t, math.IsNaN(pair[0]), math.IsNaN(pair[1]), name)
		if !math.IsNaN(pair[0]) {
			require.InDelta(t, pair[0], pair[1], 1e-4, name)
		}
	}
	want.At, got.At = Interval{N: want.At.N}, Interval{N: got.At.N}
	require.Equal(t, want, got, name)
}

// One row of three points and a straight line: differences -.99, -.02, 1.01 have mean 0 and slope 1, so the line
// crosses at the middle value, 1. Residuals .01, -.02, .01 leave s^2 = .0006 with 1 degree of freedom, and Fieller's
// bounds 1 ± z solve
//
//	z^2 = t^2 s^2 (1/3 + z^2/2),  t(1, .975) = 12.7062:  z^2 = .0968685/3 / (1 - .0968685/2),  z = .184210
func TestFlipOfASingleRow(t *testing.T) {
	got := Flip([]float64{0, 1, 2}, [][]float64{{-.99, -.02, 1.01}}, .95)
	want := Reversal{true, Interval{1, 1 - .184210, 1 + .184210, 3}, true, 1, false}
	requireReversal(t, want, got, "three points")

	gap := Flip([]float64{0, .5, 1, 2}, [][]float64{{-.99, math.NaN(), -.02, 1.01}}, .95)
	requireReversal(t, want, gap, "a missing one is left out")

	two := Flip([]float64{0, 2}, [][]float64{{-1, 1}}, .95)
	want = Reversal{true, Interval{1, math.NaN(), math.NaN(), 2}, true, 1, false}
	requireReversal(t, want, two, "no spread to judge by")
	require.False(t, Flip([]float64{0, 2}, [][]float64{{1, 3}}, .95).Clear)
}

// The second route for replications with slopes of their own: with three values the line is straight, a + b v, and
// Fieller's bounds are the roots of
//
//	(A^2 - q Saa) + 2 v (A B - q Sab) + v^2 (B^2 - q Sbb) = 0,  q = t^2 / R
//
// for R replications with mean intercept A and slope B and their sample covariances S.
func TestFlipIsFiellersTheoremForStraightLines(t *testing.T) {
	draw := rand.New(rand.NewPCG(13, 14))
	values := []float64{-1, 0, 3}
	const replications = 12
	rows := make([][]float64, replications)
	as, bs := make([]float64, replications), make([]float64, replications)
	for i := range rows {
		as[i], bs[i] = -1+.4*draw.NormFloat64(), 1+.3*draw.NormFloat64()
		rows[i] = along(values, func(v float64) float64 { return as[i] + bs[i]*v }, 0)[0]
	}
	a, b := MeanInterval(as, .95), MeanInterval(bs, .95)
	q := math.Pow(studentQuantile(replications-1, .975), 2) / replications
	var saa, sab, sbb float64
	for i := range rows {
		saa += (as[i] - a.Value) * (as[i] - a.Value) / (replications - 1)
		sab += (as[i] - a.Value) * (bs[i] - b.Value) / (replications - 1)
		sbb += (bs[i] - b.Value) * (bs[i] - b.Value) / (replications - 1)
	}
	c0, c1, c2 := a.Value*a.Value-q*saa, a.Value*b.Value-q*sab, b.Value*b.Value-q*sbb
	root := math.Sqrt(c1*c1 - c0*c2)
	want := Reversal{true, Interval{-a.Value / b.Value, (-c1 - root) / c2, (-c1 + root) / c2, 36}, true, 1, false}
	requireReversal(t, want, Flip(values, rows, .95), "Fieller")
}

func TestFlipCountsEveryCrossing(t *testing.T) {
	values := make([]float64, 61) // 0 to 6 in tenths
	for i := range values {
		values[i] = float64(i) / 10
	}
	hill := func(v float64) float64 { return 1 - (v-3)*(v-3)/2 } // above zero from 3 - sqrt 2 to 3 + sqrt 2
	got := Flip(values, along(values, hill, -.01, .01), .95)
	require.True(t, got.Found && got.Rising)
	require.Equal(t, 2, got.Crossings)
	require.Less(t, got.At.Value, 3.)
}

// The interval around the crossing holds the true value as often as it says. The truth is a straight line, draws are
// at random and the noise is another parameter's doing. 200 x .95 is 190; four standard deviations are 12.
func TestFlipCoverage(t *testing.T) {
	draw := rand.New(rand.NewPCG(15, 16))
	const runs = 200
	covered := 0
	for range runs {
		values, row := make([]float64, 40), make([]float64, 40)
		for i := range values {
			values[i] = draw.Float64()
			row[i] = 4*(values[i]-.4) + 2*(draw.Float64()-.5)
		}
		got := Flip(values, [][]float64{row}, .95)
		require.True(t, got.Found)
		if !(got.At.Low > .4) && !(got.At.High < .4) {
			covered++
		}
	}
	t.Logf("%d of %d intervals hold the true value", covered, runs)
	require.InDelta(t, .95*runs, covered, 4*math.Sqrt(runs*.95*.05))
}
