package stats

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestEqualParts(t *testing.T) {
	of := func(values ...int64) *Histogram {
		h := NewHistogram(1_000_000, 3)
		for _, v := range values {
			h.Record(v)
		}
		return h
	}
	for _, row := range []struct {
		name string
		h    *Histogram
		n    int
		want []float64
	}{
		{"nothing", of(), 4, nil},
		{"no parts", of(1, 2), 0, nil},
		{"one for each", of(4, 1, 3, 2), 4, []float64{1, 2, 3, 4}},
		{"two in each", of(1, 2, 3, 10), 2, []float64{1.5, 6.5}},
		{"one observation", of(7), 3, []float64{7, 7, 7}},
		{"cut in two", of(2, 8, 9), 2, []float64{4, 8 + 2./3}}, // (2 + 8/2) / 1.5 and (8/2 + 9) / 1.5
		{"nothing but zeros", of(0, 0), 2, []float64{0, 0}},
	} {
		got := row.h.EqualParts(row.n)
		require.InDeltaSlice(t, row.want, append([]float64(nil), got...), 1e-9, row.name)
	}
}

// However skewed the observations are, and however coarse the buckets, the mean of the parts is that of the histogram.
func TestEqualPartsKeepTheMean(t *testing.T) {
	h := NewHistogram(3_600_000_000, 2)
	for i := range int64(10_007) {
		h.Record(i * i * 31)
	}
	h.RecordN(3_000_000_000, 3)
	parts := h.EqualParts(400)
	sum := 0.0
	for i, v := range parts {
		sum += v
		require.True(t, i == 0 || v >= parts[i-1])
	}
	require.InEpsilon(t, h.Mean(), sum/400, 1e-9)
	require.Greater(t, parts[399], 300_000_000.) // 3 of the last 25 took 3,000 s
}
