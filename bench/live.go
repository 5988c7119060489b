package bench

import (
	"math"
	"time"

	"github.com/portalbench/portalbench/results"
	"github.com/portalbench/portalbench/results/stats"
)

// recentSeconds is how many seconds the latencies that people watch are of.
const recentSeconds = 5

// live counts what happens as it happens, the warm-up included, for those who watch a run. It belongs to the scheduler,
// and its memory does not grow: a few seconds' histograms and a fixed number of counters.
type live struct {
	turned time.Duration // when the second under way began
	out    int           // operations in flight then
	total  Stretch       // without latencies
	recent [recentSeconds]second
	at     int // of recent: the second under way
	counts Counts
	merged second // to put recent seconds together
}

// second is a second under way: its counts, and histograms of microseconds.
type second struct {
	Stretch
	response, service, lag *stats.Histogram
}

func newLive() *live {
	l := &live{merged: newSecond()}
	for i := range l.recent {
		l.recent[i] = newSecond()
	}
	return l
}

func newSecond() second {
	brief := func() *stats.Histogram { return stats.NewHistogram(longestMicros, 2) }
	return second{response: brief(), service: brief(), lag: brief()}
}

func (s *second) reset() {
	s.Stretch = Stretch{}
	for _, h := range []*stats.Histogram{s.response, s.service, s.lag} {
		h.Reset()
	}
}

// counter returns where operations such as f are counted.
func (l *live) counter(f *flight) *OpCounts {
	if f.counted {
		return &l.counts.Measured[f.op.Kind]
	}
	return &l.counts.WarmUp[f.op.Kind]
}

// offer counts an operation that fell due.
func (l *live) offer(f *flight) {
	l.counter(f).Offered++
	l.total.Offered++
	l.recent[l.at].Offered++
}

// withdraw takes back an operation that fell due and that nobody will try.
func (l *live) withdraw(f *flight) {
	l.counter(f).Offered--
	l.total.Offered--
}

// finish counts an operation that ended.
func (l *live) finish(f *flight) {
	now, of := &l.recent[l.at], l.counter(f)
	outcome := f.answer.Outcome
	of.Outcomes[outcome]++
	l.total.Outcomes[outcome]++
	now.Outcomes[outcome]++
	if !wasSent(f) {
		return
	}
	of.Sent++
	now.Sent++
	lag := f.sent - f.ready
	of.Lag.add(lag)
	now.lag.Record(lag.Microseconds())
	if outcome != results.OK {
		return
	}
	of.Response.add(f.response())
	of.Service.add(f.done - f.sent)
	now.response.Record(f.response().Microseconds())
	now.service.Record((f.done - f.sent).Microseconds())
}

// turn ends the second under way at a moment since the start, and begins the next. What was sent in a second is what ended
// in it of what had been sent, and what more is in flight than at its beginning.
func (l *live) turn(at time.Duration, inFlight int) Snapshot {
	now := &l.recent[l.at]
	now.Length = at - l.turned
	now.Sent += int64(inFlight - l.out)
	l.total.Sent += now.Sent
	l.turned, l.out, l.total.Length = at, inFlight, at
	s := Snapshot{Elapsed: at, Total: l.total, Last: now.summary(), Recent: l.together(), Counts: l.counts}
	s.Total.noTimes()
	l.at = (l.at + 1) % recentSeconds
	l.recent[l.at].reset()
	return s
}

// together merges the seconds that are still kept.
func (l *live) together() Stretch {
	m := &l.merged
	m.reset()
	for i := range l.recent {
		s := &l.recent[i]
		m.Length += s.Length
		m.Offered += s.Offered
		m.Sent += s.Sent
		for o, n := range s.Outcomes {
			m.Outcomes[o] += n
		}
		m.response.Merge(s.response)
		m.service.Merge(s.service)
		m.lag.Merge(s.lag)
	}
	return m.summary()
}

// summary returns the counts with the quantiles of the times.
func (s *second) summary() Stretch {
	out := s.Stretch
	out.ResponseP50, out.ResponseP95, out.ResponseP99 = millis(s.response, .5), millis(s.response, .95), millis(s.response, .99)
	out.ServiceP50, out.ServiceP99 = millis(s.service, .5), millis(s.service, .99)
	out.LagP99 = millis(s.lag, .99)
	return out
}

func millis(h *stats.Histogram, q float64) float64 { return h.Quantile(q) / 1000 }

// noTimes marks the latencies as missing.
func (s *Stretch) noTimes() {
	none := math.NaN()
	s.ResponseP50, s.ResponseP95, s.ResponseP99 = none, none, none
	s.ServiceP50, s.ServiceP99, s.LagP99 = none, none, none
}
