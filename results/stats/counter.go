package stats

import (
	"math"
	"math/bits"
)

// Counter counts whole numbers in the buckets of a Histogram of two digits, for whoever counts the same number in many
// places: the bucket is found once. The zero value is of no use; make it with NewCounters. Not safe for concurrent use.
type Counter struct {
	counts     []uint32 // of bucket b at b x stride
	stride     int
	max        int64
	largest    int64
	sum        uint64
	notReached int64
}

// NewCounters returns n empty counters for values from 0 to max, which must be at least 2. Their buckets stand side by
// side, so that counting one number in several of them stays within a few lines of memory. Each takes 6 KB for the
// minutes of 120 days; memory grows with the logarithm of max.
func NewCounters(n int, max int64) []Counter {
	all := make([]uint32, n*(Bucket(max)+1))
	list := make([]Counter, n)
	for i := range list {
		list[i] = Counter{counts: all[i:], stride: n, max: max}
	}
	return list
}

// Each power of two from 2^7 on is divided into 2^7 buckets; below, every number has its own.
const bucketBits = 7

// Bucket returns the number of the bucket of v, which must not be negative.
func Bucket(v int64) int {
	shift := max(0, bits.Len64(uint64(v))-(bucketBits+1))
	return (shift+1)<<bucketBits + int(v>>shift) - 1<<bucketBits
}

// lowest returns the least number in a bucket.
func lowest(bucket int) int64 {
	shift := max(0, bucket>>bucketBits-1)
	return int64(bucket-shift<<bucketBits) << shift
}

// Add counts one observation of v, which lies in bucket. Beyond the highest value it counts as that.
func (c *Counter) Add(v int64, bucket int) {
	if v > c.max {
		v, bucket = c.max, Bucket(c.max)
	}
	c.counts[bucket*c.stride]++
	c.largest = max(c.largest, v)
	c.sum += uint64(v)
}

// NotReached counts an observation that is larger than any number.
func (c *Counter) NotReached() { c.notReached++ }

// Merge adds the observations of o, which must have the same highest value. It panics when a bucket would pass 2^32.
func (c *Counter) Merge(o *Counter) {
	for b := range Bucket(c.max) + 1 {
		n := &c.counts[b*c.stride]
		sum := *n + o.counts[b*o.stride]
		if sum < *n {
			panic("stats: a bucket of a Counter holds more than 2^32 observations")
		}
		*n = sum
	}
	c.largest = max(c.largest, o.largest)
	c.sum += o.sum
	c.notReached += o.notReached
}

// Count returns the number of observations, those not reached included.
func (c *Counter) Count() int64 {
	n := c.notReached
	for b := range Bucket(c.max) + 1 {
		n += int64(c.counts[b*c.stride])
	}
	return n
}

// NotReachedCount returns the number of observations that were not reached.
func (c *Counter) NotReachedCount() int64 { return c.notReached }

// Quantile returns what Histogram.Quantile would.
func (c *Counter) Quantile(q float64) float64 {
	n := c.Count()
	if n == 0 || math.IsNaN(q) {
		return math.NaN()
	}
	rank := rankOf(q, n)
	for b := range Bucket(c.max) + 1 {
		if rank -= int64(c.counts[b*c.stride]); rank <= 0 {
			return float64(min(lowest(b+1)-1, c.largest))
		}
	}
	return math.Inf(1)
}

// Sum returns the observations of several counters of the same highest value together.
func Sum(counters ...*Counter) *Counter {
	sum := &NewCounters(1, counters[0].max)[0]
	for _, c := range counters {
		sum.Merge(c)
	}
	return sum
}

// Histogram returns the observations as a histogram.
func (c *Counter) Histogram() *Histogram {
	h := NewHistogram(c.max, 2)
	for b := range Bucket(c.max) + 1 {
		n := c.counts[b*c.stride]
		if n == 0 {
			continue
		}
		if err := h.counts.RecordValues(lowest(b), int64(n)); err != nil {
			panic("stats: " + err.Error()) // only when the total passes 2^63
		}
	}
	h.largest, h.notReached = c.largest, c.notReached
	h.sum.lo = c.sum
	return h
}
