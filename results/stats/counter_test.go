package stats

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// The counters of two parts say what a histogram of two digits says that was given the same numbers: of one part, and
// of both together.
func TestCountersAreHistograms(t *testing.T) {
	const most = 120 * 24 * 60
	c, more := NewCounters(2, most), NewCounters(2, most)
	both, second := NewHistogram(most, 2), NewHistogram(most, 2)
	for v := int64(0); v < most*9/10; v += 1 + v/50 {
		for range v % 3 {
			c.Add(c.Bucket(v), []uint8{0})
			both.Record(v)
		}
		more.Add(more.Bucket(v), []uint8{1})
		both.Record(v)
		second.Record(v)
	}
	highest := lowest(c.Bucket(most)) - 1 // of its bucket: what the counters know of the highest observation
	more.Add(more.Bucket(highest), []uint8{0, 1})
	both.RecordN(highest, 2)
	second.Record(highest)
	c.Add(c.Never(), []uint8{0, 1})
	both.NotReached(2)
	second.NotReached(1)
	c.Merge(more)
	for _, x := range []struct {
		got  *Counter
		want *Histogram
	}{{c.Of(0, 1), both}, {c.Of(1), second}} {
		require.Equal(t, x.want.Count(), x.got.Count())
		require.Equal(t, x.want.NotReachedCount(), x.got.NotReachedCount())
		require.Equal(t, x.want.Cumulative(), x.got.Histogram().Cumulative())
		for _, q := range []float64{0, .01, .5, .9, .999, 1} {
			require.Equal(t, x.want.Quantile(q), x.got.Histogram().Quantile(q), "quantile %v", q)
			require.Equal(t, x.want.Quantile(q), x.got.Quantile(q), "quantile %v of the counter", q)
		}
	}
}

// What lies beyond the highest value counts as the highest.
func TestCountersClamp(t *testing.T) {
	c := NewCounters(1, 1000)
	c.Add(c.Bucket(5000), []uint8{0})
	require.EqualValues(t, 1000, c.Of(0).Histogram().Max())
	require.EqualValues(t, 1, c.Of(0).Histogram().Count())
}

// Every bucket begins where the one before ends.
func TestBucketsAdjoin(t *testing.T) {
	for v, last := int64(0), -1; v < 1<<16; v++ {
		b := bucketOf(v)
		require.True(t, b == last || b == last+1, "%d", v)
		if b != last {
			require.Equal(t, v, lowest(b))
		}
		last = b
	}
}
