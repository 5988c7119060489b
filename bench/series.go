package bench

import (
	"math"
	"time"

	"github.com/portalbench/portalbench/results"
	"github.com/portalbench/portalbench/results/stats"
)

// series collects what happened in each second since the end of the warm-up, to the operations that were due since then.
// They are offered in the second they are due, sent and done when that happened; the quantiles are those of the answers
// that came in a second. It keeps four histograms, those of the second under way.
type series struct {
	seconds  []results.SecondRow
	closed   int
	lag      *stats.Histogram
	response *stats.Histogram
	service  *stats.Histogram
	wait     *stats.Histogram
}

func newSeries() series {
	brief := func() *stats.Histogram { return stats.NewHistogram(longestMicros, 2) }
	return series{lag: brief(), response: brief(), service: brief(), wait: brief()}
}

// at returns the second that holds a moment after the warm-up.
func (s *series) at(t time.Duration) *results.SecondRow {
	i := max(int(t/time.Second), 0)
	for len(s.seconds) <= i {
		none := math.NaN()
		s.seconds = append(s.seconds, results.SecondRow{T: len(s.seconds), LagP99MS: none, ResponseP50MS: none, ResponseP95MS: none,
			ResponseP99MS: none, ServiceP50MS: none, ServiceP99MS: none, WaitP99MS: none})
	}
	return &s.seconds[i]
}

// finish counts an operation that was sent and has ended.
func (s *series) finish(f *flight, from time.Duration) {
	s.at(f.sent-from).Sent++
	done := s.at(f.done - from)
	done.Done++
	s.lag.Record((f.sent - f.ready).Microseconds())
	s.wait.Record((f.ready - f.intended).Microseconds())
	if f.answer.Outcome != results.OK {
		done.Errors++
		return
	}
	s.response.Record(f.response().Microseconds())
	s.service.Record((f.done - f.sent).Microseconds())
}

// close ends the second under way.
func (s *series) close(inFlight int) {
	now := s.at(time.Duration(s.closed) * time.Second)
	s.closed++
	now.InFlight = inFlight
	now.LagP99MS = s.lag.Quantile(.99) / 1000
	now.ResponseP50MS = s.response.Quantile(.5) / 1000
	now.ResponseP95MS = s.response.Quantile(.95) / 1000
	now.ResponseP99MS = s.response.Quantile(.99) / 1000
	now.ServiceP50MS = s.service.Quantile(.5) / 1000
	now.ServiceP99MS = s.service.Quantile(.99) / 1000
	now.WaitP99MS = s.wait.Quantile(.99) / 1000
	for _, h := range []*stats.Histogram{s.lag, s.response, s.service, s.wait} {
		h.Reset()
	}
}
