package stats

import (
	"math"
	"math/bits"
	"slices"
)

// Counters count whole numbers in the buckets of a Histogram of two digits, for a whole of which several parts are told
// apart: the bucket is found once, and what is counted there for all parts stands side by side, so that counting one
// number in many parts stays within a few lines of memory. The zero value is of no use; make it with NewCounters. Not
// safe for concurrent use.
type Counters struct {
	counts []uint32 // of bucket b and part p at b x parts + p; the last bucket is for what is never reached
	parts  int
	max    int64
}

// NewCounters returns empty counters of so many parts, at most 256, for values from 0 to max, which must be at least 2. Each part
// takes 6 KB for the minutes of 120 days; memory grows with the logarithm of max.
func NewCounters(parts int, max int64) *Counters {
	return &Counters{counts: make([]uint32, parts*(bucketOf(max)+2)), parts: parts, max: max}
}

// Each power of two from 2^7 on is divided into 2^7 buckets; below, every number has its own.
const bucketBits = 7

// bucketOf returns the number of the bucket of v, which must not be negative.
func bucketOf(v int64) int {
	shift := max(0, bits.Len64(uint64(v))-(bucketBits+1))
	return (shift+1)<<bucketBits + int(v>>shift) - 1<<bucketBits
}

// lowest returns the least number in a bucket.
func lowest(bucket int) int64 {
	shift := max(0, bucket>>bucketBits-1)
	return int64(bucket-shift<<bucketBits) << shift
}

// Bucket returns the number of the bucket of v, which must not be negative. Beyond the highest value it is that of the
// highest.
func (c *Counters) Bucket(v int64) int { return bucketOf(min(v, c.max)) }

// Never returns the number of the bucket of what is never reached: larger than any number.
func (c *Counters) Never() int { return bucketOf(c.max) + 1 }

// Add counts one observation in a bucket, for each of some parts.
func (c *Counters) Add(bucket int, parts []uint8) {
	row := c.counts[bucket*c.parts : (bucket+1)*c.parts]
	for _, p := range parts {
		row[p]++
	}
}

// Merge adds the observations of o, which must have the same parts and highest value. It panics when a bucket would
// pass 2^32.
func (c *Counters) Merge(o *Counters) {
	for i, more := range o.counts {
		sum := c.counts[i] + more
		if sum < more {
			panic("stats: a bucket of a Counter holds more than 2^32 observations")
		}
		c.counts[i] = sum
	}
}

// Of returns the observations of some parts together.
func (c *Counters) Of(parts ...uint8) *Counter {
	sum := &Counter{}
	sum.Take(c, parts...)
	return sum
}

// Take makes k the observations of some parts of c together, in place of what it was.
func (k *Counter) Take(c *Counters, parts ...uint8) {
	k.counts, k.n, k.max = slices.Grow(k.counts[:0], c.Never()+1)[:c.Never()+1], 0, c.max
	clear(k.counts)
	for _, p := range parts {
		for b, at := 0, int(p); at < len(c.counts); b, at = b+1, at+c.parts {
			k.counts[b] += int64(c.counts[at])
			k.n += int64(c.counts[at])
		}
	}
}

// Counter are the observations of a part.
type Counter struct {
	counts []int64 // by bucket; the last one is for what is never reached
	n      int64   // of them all
	max    int64
}

// Count returns the number of observations, those not reached included.
func (c *Counter) Count() int64 { return c.n }

// NotReachedCount returns the number of observations that were not reached.
func (c *Counter) NotReachedCount() int64 { return c.counts[len(c.counts)-1] }

// Quantile returns what Histogram.Quantile would, but for the highest observations: it knows them to their bucket.
func (c *Counter) Quantile(q float64) float64 {
	if c.n == 0 || math.IsNaN(q) {
		return math.NaN()
	}
	rank := rankOf(q, c.n)
	for b, k := range c.counts[:len(c.counts)-1] {
		if rank -= k; rank <= 0 {
			return float64(min(lowest(b+1)-1, c.max))
		}
	}
	return math.Inf(1)
}

// Histogram returns the observations as a histogram, each with the highest value of its bucket.
func (c *Counter) Histogram() *Histogram {
	h := NewHistogram(c.max, 2)
	for b, k := range c.counts[:len(c.counts)-1] {
		h.RecordN(min(lowest(b+1)-1, c.max), k)
	}
	h.NotReached(c.NotReachedCount())
	return h
}
