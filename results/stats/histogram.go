package stats

import (
	"fmt"
	"math"
	"math/bits"

	"github.com/HdrHistogram/hdrhistogram-go"
)

// Histogram counts whole numbers from 0 to a highest value in buckets of a fixed relative width. Observations that
// were never reached are counted beside them, as if they were infinitely large. Merging is exact: it adds integers.
//
// A Histogram is not safe for concurrent use. Make it with NewHistogram; the zero value only serves UnmarshalBinary.
type Histogram struct {
	counts     *hdrhistogram.Histogram
	max        int64
	digits     int
	largest    int64 // largest value recorded, after clamping
	sum        uint128
	notReached int64
	clamped    int64
}

// uint128 is a sum that cannot overflow, so that the mean does not depend on the order of merging.
type uint128 struct{ hi, lo uint64 }

func (s *uint128) add(t uint128) {
	var carry uint64
	s.lo, carry = bits.Add64(s.lo, t.lo, 0)
	s.hi += t.hi + carry
}

func (s uint128) float() float64 { return math.Ldexp(float64(s.hi), 64) + float64(s.lo) }

// NewHistogram returns an empty histogram for values from 0 to max, in a unit the caller chooses, that keeps digits
// significant decimal digits (1 to 5). Memory grows with 10^digits and with the logarithm of max: an hour in
// microseconds at 3 digits takes 190 KB. A max below 2 or digits out of range are bugs of the caller: it panics.
func NewHistogram(max int64, digits int) *Histogram {
	if max < 2 || digits < 1 || digits > 5 {
		panic(fmt.Sprintf("stats: no histogram has max %d and %d digits", max, digits))
	}
	return &Histogram{counts: hdrhistogram.New(1, max, digits), max: max, digits: digits}
}

// Record counts one observation of v. It does not allocate.
func (h *Histogram) Record(v int64) { h.RecordN(v, 1) }

// RecordN counts n observations of v; n below 1 counts nothing. A v outside 0 to max is counted at the nearer end and
// in Clamped.
func (h *Histogram) RecordN(v, n int64) {
	if n <= 0 {
		return
	}
	if v < 0 || v > h.max {
		v = min(max(v, 0), h.max)
		h.clamped += n
	}
	if err := h.counts.RecordValues(v, n); err != nil {
		panic("stats: " + err.Error()) // only when the total passes 2^63
	}
	h.largest = max(h.largest, v)
	var s uint128
	s.hi, s.lo = bits.Mul64(uint64(v), uint64(n))
	h.sum.add(s)
}

// NotReached counts n observations that are larger than any number; n below 1 counts nothing.
func (h *Histogram) NotReached(n int64) { h.notReached += max(n, 0) }

// SameShape reports whether h and o can be merged: same max and digits.
func (h *Histogram) SameShape(o *Histogram) bool { return h.max == o.max && h.digits == o.digits }

// Shape returns what NewHistogram was given.
func (h *Histogram) Shape() (max int64, digits int) { return h.max, h.digits }

// Merge adds the observations of o to h. Merging histograms of different shape would lose precision: it panics.
func (h *Histogram) Merge(o *Histogram) {
	if !h.SameShape(o) {
		panic(fmt.Sprintf("stats: merging a histogram of max %d and %d digits into one of max %d and %d digits",
			o.max, o.digits, h.max, h.digits))
	}
	if h.counts.Merge(o.counts) != 0 {
		panic("stats: merged histograms hold more than 2^63 observations")
	}
	h.largest = max(h.largest, o.largest)
	h.sum.add(o.sum)
	h.notReached += o.notReached
	h.clamped += o.clamped
}

// Merged returns a new histogram with the observations of both, which must have the same shape as for Merge.
func (h *Histogram) Merged(o *Histogram) *Histogram {
	sum := NewHistogram(h.max, h.digits)
	sum.Merge(h)
	sum.Merge(o)
	return sum
}

// Reset forgets every observation and keeps the memory.
func (h *Histogram) Reset() {
	h.counts.Reset()
	h.largest, h.sum, h.notReached, h.clamped = 0, uint128{}, 0, 0
}

// Count returns the number of observations, those not reached included.
func (h *Histogram) Count() int64 { return h.counts.TotalCount() + h.notReached }

// NotReachedCount returns the number of observations that were not reached.
func (h *Histogram) NotReachedCount() int64 { return h.notReached }

// Clamped returns how many observations lay outside the range and were counted at its ends.
func (h *Histogram) Clamped() int64 { return h.clamped }

// Max returns the largest value recorded, exactly, or 0 when there is none. It leaves out what was not reached.
func (h *Histogram) Max() int64 { return h.largest }

// Mean returns the exact mean of the values recorded (after clamping): +Inf when an observation was not reached, NaN
// when there is none at all.
func (h *Histogram) Mean() float64 {
	switch {
	case h.Count() == 0:
		return math.NaN()
	case h.notReached > 0:
		return math.Inf(1)
	}
	return h.sum.float() / float64(h.counts.TotalCount())
}

// Quantile returns the smallest value that at least a share q of the observations do not exceed, which is the
// observation of rank ceil(q n). It is rounded up to the end of its bucket, +Inf when it falls among those not
// reached, and NaN when there is no observation. A q outside 0 to 1 counts as the nearer end.
func (h *Histogram) Quantile(q float64) float64 {
	n := h.Count()
	if n == 0 || math.IsNaN(q) {
		return math.NaN()
	}
	rank := rankOf(q, n)
	reached := h.counts.TotalCount()
	if rank > reached {
		return math.Inf(1)
	}
	at := h.counts.ValueAtPercentile(100 * float64(rank) / float64(reached))
	return float64(min(at, h.largest))
}

// rankOf returns ceil(q n), from 1 to n. The product may pass a whole number by a rounding error, as .07 x 100 does:
// what exceeds it by less than a trillionth part does not count.
func rankOf(q float64, n int64) int64 {
	rank := int64(math.Ceil(q * float64(n) * (1 - 1e-12)))
	return min(max(rank, 1), n)
}

// Step is a point of a cumulative distribution: Share of all observations are at most Value.
type Step struct {
	Value int64
	Share float64
}

// Cumulative returns the cumulative distribution, one step for every bucket that is not empty. Its last share is below
// 1 when observations were not reached.
func (h *Histogram) Cumulative() []Step {
	var steps []Step
	var at int64
	for _, b := range h.counts.Distribution() {
		if b.Count > 0 {
			at += b.Count
			steps = append(steps, Step{min(b.To, h.largest), float64(at) / float64(h.Count())})
		}
	}
	return steps
}
