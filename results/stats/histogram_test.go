package stats

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
)

// filled returns a histogram of whole numbers that two digits keep exactly (below 256), with some not reached.
func filled(notReached int64, values ...int64) *Histogram {
	h := NewHistogram(20160, 2) // 14 days in minutes
	for _, v := range values {
		h.Record(v)
	}
	h.NotReached(notReached)
	return h
}

func hundred() []int64 {
	values := make([]int64, 100)
	for i := range values {
		values[i] = int64(i + 1)
	}
	return values
}

func TestQuantileIsTheObservationOfItsRank(t *testing.T) {
	inf := math.Inf(1)
	for _, row := range []struct {
		name string
		h    *Histogram
		q    float64
		want float64
	}{
		{"rank ceil(.5 x 4) = 2", filled(0, 10, 20, 30, 40), .5, 20},
		{"rank ceil(.51 x 4) = 3", filled(0, 10, 20, 30, 40), .51, 30},
		{"rank 1 at least", filled(0, 10, 20, 30, 40), 0, 10},
		{"below 0 counts as 0", filled(0, 10, 20, 30, 40), -1, 10},
		{"rank n", filled(0, 10, 20, 30, 40), 1, 40},
		{".07 x 100 is 7.000000000000001 in binary, rank 7", filled(0, hundred()...), .07, 7},
		{"rank 95 of 100", filled(0, hundred()...), .95, 95},
		{"rank ceil(.5 x 6) = 3 of 4 reached", filled(2, 10, 20, 30, 40), .5, 30},
		{"rank ceil(.66 x 6) = 4, the last reached", filled(2, 10, 20, 30, 40), .66, 40},
		{"rank ceil(.67 x 6) = 5, not reached", filled(2, 10, 20, 30, 40), .67, inf},
		{"nothing reached", filled(3), .1, inf},
	} {
		require.Equal(t, row.want, row.h.Quantile(row.q), row.name)
	}
	require.True(t, math.IsNaN(filled(0).Quantile(.5)))
	require.True(t, math.IsNaN(filled(0, 1).Quantile(math.NaN())))
}

func TestNotReachedStaysInEveryDenominator(t *testing.T) {
	h := filled(1, 10, 20, 20)
	require.EqualValues(t, 4, h.Count())
	require.EqualValues(t, 1, h.NotReachedCount())
	require.True(t, math.IsInf(h.Mean(), 1))
	require.EqualValues(t, 20, h.Max())
	require.Equal(t, []Step{{10, .25}, {20, .75}}, h.Cumulative())
	require.True(t, math.IsNaN(filled(0).Mean()))
}

func TestOutOfRangeIsCountedAtTheEnds(t *testing.T) {
	h := NewHistogram(1000, 3)
	h.RecordN(5000, 2)
	h.Record(-7)
	h.RecordN(10, 0)
	h.RecordN(10, -4)
	require.EqualValues(t, 3, h.Clamped())
	require.EqualValues(t, 3, h.Count())
	require.EqualValues(t, 1000, h.Max())
	require.Equal(t, 1000., h.Quantile(1))
	require.Equal(t, 0., h.Quantile(.3))
	require.InDelta(t, 2000./3, h.Mean(), 1e-9) // (1000 + 1000 + 0) / 3
}

func TestMeanDoesNotOverflow(t *testing.T) {
	h := NewHistogram(math.MaxInt64/2, 3)
	h.RecordN(math.MaxInt64/2, 1000) // sum 4.6e21, past 2^63
	require.InEpsilon(t, float64(math.MaxInt64/2), h.Mean(), 1e-12)
}

func TestQuantileErrorIsBoundedByTheDigits(t *testing.T) {
	draw := rand.New(rand.NewPCG(1, 2))
	h := NewHistogram(3_600_000_000, 3)
	values := make([]int64, 5000)
	for i := range values {
		values[i] = int64(math.Exp(draw.NormFloat64()*2 + 10))
		h.Record(values[i])
	}
	slices.Sort(values)
	for _, q := range []float64{.01, .5, .9, .99, .999, 1} {
		exact := float64(values[rankOf(q, 5000)-1])
		require.GreaterOrEqual(t, h.Quantile(q), exact)
		require.LessOrEqual(t, h.Quantile(q), exact*1.001, "three digits: at most a thousandth above")
	}
	require.Equal(t, float64(values[4999]), h.Quantile(1), "the largest value is exact")
}

func TestMergeEqualsRecordingEverythingInOne(t *testing.T) {
	draw := rand.New(rand.NewPCG(3, 4))
	all := NewHistogram(3_600_000_000, 3)
	parts := []*Histogram{NewHistogram(3_600_000_000, 3), NewHistogram(3_600_000_000, 3), NewHistogram(3_600_000_000, 3)}
	for i := range 3000 {
		v := draw.Int64N(4_000_000_000) // a tenth beyond the range
		all.Record(v)
		parts[i%3].Record(v)
	}
	all.NotReached(5)
	parts[2].NotReached(5)
	for _, order := range [][]int{{0, 1, 2}, {2, 0, 1}} {
		merged := NewHistogram(3_600_000_000, 3)
		for _, i := range order {
			merged.Merge(parts[i])
		}
		require.Equal(t, bytesOf(t, all), bytesOf(t, merged))
	}
	require.Panics(t, func() { all.Merge(NewHistogram(1000, 3)) })
	require.Panics(t, func() { NewHistogram(1, 3) })
}

func TestResetForgetsEverything(t *testing.T) {
	h := filled(2, 5, 500000)
	h.Reset()
	require.Equal(t, bytesOf(t, filled(0)), bytesOf(t, h))
}

func TestRecordDoesNotAllocate(t *testing.T) {
	h := NewHistogram(3_600_000_000, 3)
	require.Zero(t, testing.AllocsPerRun(1000, func() { h.Record(12345) }))
}

func BenchmarkRecord(b *testing.B) {
	h := NewHistogram(3_600_000_000, 3)
	v := int64(1)
	for b.Loop() {
		h.Record(v)
		v = v*3%3_000_000_007 + 1
	}
}

func bytesOf(t testing.TB, h *Histogram) []byte {
	t.Helper()
	b, err := h.MarshalBinary()
	require.NoError(t, err)
	return b
}
