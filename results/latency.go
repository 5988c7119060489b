package results

import (
	"math"

	"github.com/portalbench/portalbench/results/stats"
)

// NewLatency summarises a histogram of microseconds in milliseconds. Operations that nobody answered count as slower
// than all others. Percentiles that fall among them, or of which too few samples tell, are missing.
func NewLatency(h *stats.Histogram, unanswered int64) Latency {
	none := Number(math.NaN())
	if h == nil || h.Count() == 0 {
		return Latency{Mean: none, P50: none, P90: none, P95: none, P99: none, P999: none, Max: none}
	}
	q := func(p float64) Number {
		ofSent := p * (1 + float64(unanswered)/float64(h.Count()))
		if h.Count() < int64(stats.SamplesForQuantile(p)) || ofSent > 1 {
			return none
		}
		return Number(h.Quantile(ofSent) / 1000)
	}
	return Latency{Mean: Number(h.Mean() / 1000), P50: q(.5), P90: q(.9), P95: q(.95), P99: q(.99),
		P999: q(.999), Max: Number(float64(h.Max()) / 1000)}
}
