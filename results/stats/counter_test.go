package stats

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// A counter says what a histogram of two digits says that was given the same numbers.
func TestCounterIsAHistogram(t *testing.T) {
	const most = 120 * 24 * 60
	pair, want := NewCounters(2, most), NewHistogram(most, 2)
	c, d := &pair[0], &pair[1]
	for v := int64(0); v <= most; v += 1 + v/50 {
		for i, to := range []*Counter{c, d} {
			for range v%3 + int64(i) {
				to.Add(v, Bucket(v))
				want.Record(v)
			}
		}
	}
	c.NotReached()
	want.NotReached(1)
	c.Merge(d)
	require.Equal(t, want.Count(), Sum(&NewCounters(1, most)[0], c).Count())
	require.Equal(t, want.NotReachedCount(), c.NotReachedCount())
	got := c.Histogram()
	require.Equal(t, want.Cumulative(), got.Cumulative())
	require.Equal(t, want.Count(), got.Count())
	require.Equal(t, want.Max(), got.Max())
	require.Equal(t, want.sum, got.sum)
	for _, q := range []float64{0, .01, .5, .9, .999, 1} {
		require.Equal(t, want.Quantile(q), got.Quantile(q), "quantile %v", q)
		require.Equal(t, want.Quantile(q), c.Quantile(q), "quantile %v of the counter", q)
	}
}

// What lies beyond the highest value counts as the highest.
func TestCounterClamps(t *testing.T) {
	c := &NewCounters(1, 1000)[0]
	c.Add(5000, Bucket(5000))
	require.EqualValues(t, 1000, c.Histogram().Max())
	require.EqualValues(t, 1, c.Histogram().Count())
}

// Every bucket begins where the one before ends.
func TestBucketsAdjoin(t *testing.T) {
	for v, last := int64(0), -1; v < 1<<16; v++ {
		b := Bucket(v)
		require.True(t, b == last || b == last+1, "%d", v)
		if b != last {
			require.Equal(t, v, lowest(b))
		}
		last = b
	}
}
