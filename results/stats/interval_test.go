package stats

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"
)

// The two-sided 95% and one-sided 95% points of Student's t as printed in any table, to three decimals.
func TestStudentQuantilesMatchTheTables(t *testing.T) {
	for _, row := range []struct{ nu, p, want float64 }{
		{1, .975, 12.706}, {2, .975, 4.303}, {4, .975, 2.776}, {9, .975, 2.262}, {19, .975, 2.093}, {29, .975, 2.045},
		{120, .975, 1.980}, {4, .95, 2.132}, {9, .95, 1.833}, {9, .995, 3.250},
		{9, .9975, 3.690}, {19, .9995, 3.883}, {1, .9995, 636.619}, {1e6, .975, 1.960},
	} {
		require.InDelta(t, row.want, studentQuantile(row.nu, row.p), 5e-4, "t(%g, %g)", row.nu, row.p)
	}
}

func TestMeanInterval(t *testing.T) {
	// Mean 3, s = sqrt(10/4) = 1.5811, s/sqrt(5) = .7071, x t(4, .975) 2.7764 = 1.9632
	got := MeanInterval([]float64{1, 2, 3, 4, 5}, .95)
	require.Equal(t, 5, got.N)
	require.InDelta(t, 3, got.Value, 1e-12)
	require.InDelta(t, 3-1.9632, got.Low, 1e-4)
	require.InDelta(t, 3+1.9632, got.High, 1e-4)

	// A missing observation is left out.
	withGap := MeanInterval([]float64{1, 2, math.NaN(), 3, 4, 5}, .95)
	require.Equal(t, got, withGap)

	same := MeanInterval([]float64{7, 7, 7}, .95)
	require.Equal(t, Interval{7, 7, 7, 3}, same)
}

func TestMeanIntervalWithoutBounds(t *testing.T) {
	for _, row := range []struct {
		name  string
		xs    []float64
		value float64
		n     int
	}{
		{"nothing", nil, math.NaN(), 0},
		{"all missing", []float64{math.NaN()}, math.NaN(), 0},
		{"one", []float64{4}, 4, 1},
		{"one not reached", []float64{4, math.Inf(1), 5}, math.Inf(1), 3},
		{"none reached", []float64{math.Inf(1), math.Inf(1)}, math.Inf(1), 2},
	} {
		got := MeanInterval(row.xs, .95)
		if math.IsNaN(row.value) {
			require.True(t, math.IsNaN(got.Value), row.name)
		} else {
			require.Equal(t, row.value, got.Value, row.name)
		}
		require.True(t, math.IsNaN(got.Low) && math.IsNaN(got.High), row.name)
		require.Equal(t, row.n, got.N, row.name)
	}
}

func TestPairedIntervalTakesSecondMinusFirst(t *testing.T) {
	// Differences 1, 2, 3: mean 2, s 1, 1/sqrt(3) x t(2, .975) 4.3027 = 2.4842
	got := PairedInterval([]float64{10, 100, 1000}, []float64{11, 102, 1003}, .95)
	require.InDelta(t, 2, got.Value, 1e-12)
	require.InDelta(t, 2-2.4842, got.Low, 1e-4)
	require.InDelta(t, 2+2.4842, got.High, 1e-4)

	inf := math.Inf(1)
	require.True(t, math.IsInf(PairedInterval([]float64{1, 1}, []float64{2, inf}, .95).Value, 1))
	require.True(t, math.IsInf(PairedInterval([]float64{1, inf}, []float64{2, 2}, .95).Value, -1))
	require.True(t, math.IsNaN(PairedInterval([]float64{1, inf}, []float64{2, inf}, .95).Value))
	require.Equal(t, 2, PairedInterval([]float64{1, math.NaN(), 1}, []float64{2, 2, 2}, .95).N)
	require.Panics(t, func() { PairedInterval([]float64{1}, nil, .95) })
}

func TestIntervalsTakeAnyConfidence(t *testing.T) {
	xs := []float64{1, 2, 3, 4, 5} // mean 3, s/sqrt(5) = .7071
	for _, row := range []struct{ confidence, wantHalf float64 }{
		{0, 0},
		{.5, .7407 * .7071}, // t(4, .75)
		{.8, 1.5332 * .7071},
		{.99, 4.6041 * .7071},
		{AdjustedConfidence(.95, 5), 4.6041 * .7071},
		{.999, 8.6103 * .7071},
		{1, math.Inf(1)},
	} {
		got := MeanInterval(xs, row.confidence)
		paired := PairedInterval(make([]float64, 5), xs, row.confidence)
		require.Equal(t, got, paired)
		require.InDelta(t, 3, got.Value, 1e-12)
		if math.IsInf(row.wantHalf, 1) {
			require.True(t, math.IsInf(got.Low, -1) && math.IsInf(got.High, 1))
			continue
		}
		require.InDelta(t, 3+row.wantHalf, got.High, 2e-4, "confidence %g", row.confidence)
		require.InDelta(t, 3-row.wantHalf, got.Low, 2e-4, "confidence %g", row.confidence)
	}
	require.Equal(t, Interval{7, 7, 7, 3}, MeanInterval([]float64{7, 7, 7}, 1), "no spread")
}

func TestAdjustedConfidence(t *testing.T) {
	for _, row := range []struct {
		confidence  float64
		comparisons int
		want        float64
	}{
		{.95, 1, .95},
		{.95, 5, .99},       // 1 - .05/5
		{.95, 12, .9958333}, // 4 policies against one, 3 measures: 1 - .05/12
		{.9, 2, .95},
		{.95, 0, .95},
		{.95, -3, .95},
		{1, 7, 1},
	} {
		require.InDelta(t, row.want, AdjustedConfidence(row.confidence, row.comparisons), 1e-7)
	}
}

func TestSamplesForQuantile(t *testing.T) {
	for _, row := range []struct {
		q    float64
		want int
	}{
		{.5, 5}, // 1 - 1/32 = .969, 1 - 1/16 = .938
		{.9, 29}, {.95, 59}, {.99, 299}, {.999, 2995}, {0, 1}, {1, math.MaxInt}, {math.NaN(), math.MaxInt},
	} {
		got := SamplesForQuantile(row.q)
		require.Equal(t, row.want, got, "q = %g", row.q)
		if row.q > 0 && row.q < 1 { // by the definition itself
			require.GreaterOrEqual(t, 1-math.Pow(row.q, float64(got)), .95)
			require.Less(t, 1-math.Pow(row.q, float64(got-1)), .95)
		}
	}
}

func TestIndexOfDispersion(t *testing.T) {
	require.Equal(t, 0., IndexOfDispersion([]int64{5, 5, 5}))
	require.InDelta(t, .5, IndexOfDispersion([]int64{1, 2, 3}), 1e-12)
	require.InDelta(t, 10, IndexOfDispersion([]int64{0, 0, 0, 0, 0, 0, 0, 0, 0, 10}), 1e-12) // mean 1, variance 90/9
	require.True(t, math.IsNaN(IndexOfDispersion([]int64{3})))
	require.True(t, math.IsNaN(IndexOfDispersion([]int64{0, 0})))
}

func TestGrowing(t *testing.T) {
	line := func(level, slope, wobble float64, weeks int) []float64 {
		xs := make([]float64, weeks)
		for i := range xs {
			xs[i] = level + slope*float64(i) + wobble*math.Cos(float64(i)*2.5)
		}
		return xs
	}
	for _, row := range []struct {
		name   string
		series [][]float64
		want   bool
	}{
		{"no series", nil, false},
		{"too short", [][]float64{{1, 100}}, false},
		{"level", [][]float64{line(100, 0, 5, 52), line(90, 0, 5, 52)}, false},
		{"rises 510 on a mean of 355: over 89 + 5", [][]float64{line(100, 10, 5, 52), line(100, 10.5, 5, 52)}, true},
		{"falls", [][]float64{line(600, -10, 5, 52), line(600, -10.5, 5, 52)}, false},
		{"rises 10 on a mean of 105, certainly: not over 26 + 5", [][]float64{line(100, .2, 0, 51), line(100, .21, 0, 51)}, false},
		{"rises 4 from nothing: under 5 threads", [][]float64{line(0, .08, 0, 51), line(0, .081, 0, 51)}, false},
		{"one replication rises", [][]float64{line(100, 10, 5, 52)}, true},
		{"one replication, all wobble", [][]float64{line(100, .5, 80, 12)}, false},
		{"replications disagree", [][]float64{line(100, 10, 5, 52), line(600, -9, 5, 52)}, false},
	} {
		grows, known := Growing(row.series)
		require.Equal(t, row.want, grows, row.name)
		require.Equal(t, len(row.series) > 0 && len(row.series[0]) > 2, known, row.name)
	}
}
