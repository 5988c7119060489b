package bench

import (
	"sort"
	"time"

	"github.com/portalbench/portalbench/results"
)

// Snapshot is how a replay stands at a moment. One is made each second; it shares nothing with the replay, so that
// whoever gets it may keep it and hand it on.
type Snapshot struct {
	Elapsed  time.Duration // since the clock started
	Length   time.Duration // of the whole replay, warm-up included
	WarmUp   time.Duration // how much of it comes first and is not counted
	Ops      int64         // that the replay has, as far as known
	InFlight int
	Limit    int    // of operations in flight
	Stopping string // why nothing more is sent, empty while something is

	Total  Stretch // since the clock started, without latencies
	Last   Stretch // the second just over
	Recent Stretch // the last few seconds: at most recentSeconds of them

	Counts Counts
}

// WarmingUp reports whether what falls due is not counted yet.
func (s *Snapshot) WarmingUp() bool { return s.Elapsed < s.WarmUp }

// Stretch is what happened in a stretch of time, the warm-up included. Times are in milliseconds, NaN when there was
// nothing to measure: response and service are those of the ok answers that came, lag that of all that came back.
type Stretch struct {
	Length   time.Duration
	Offered  int64 // operations that fell due
	Sent     int64 // operations that were sent
	Outcomes [results.NumOutcomes]int64

	ResponseP50, ResponseP95, ResponseP99 float64
	ServiceP50, ServiceP99                float64
	LagP99                                float64
}

// Ended returns how many operations ended, sent or not.
func (s *Stretch) Ended() (n int64) {
	for _, of := range s.Outcomes {
		n += of
	}
	return n
}

// NotOK returns how many operations ended other than asked, sent or not.
func (s *Stretch) NotOK() int64 { return s.Ended() - s.Outcomes[results.OK] }

// Counts are operations by whether they were due after the warm-up, and by kind.
type Counts struct {
	WarmUp, Measured [results.NumOps]OpCounts
}

// OpCounts is what happened to the operations of one kind. Response and service are those of ok answers, lag that of all
// that were sent.
type OpCounts struct {
	Offered                int64
	Sent                   int64 // of those that have ended
	Outcomes               [results.NumOutcomes]int64
	Response, Service, Lag Buckets
}

// Buckets count times by LatencyBounds: each those above the bound before and up to its own, the last those above all.
type Buckets struct {
	Counts [numBounds + 1]int64
	Sum    time.Duration
}

const numBounds = 18

// LatencyBounds returns the upper ends of the buckets, three for each tenfold from 0.1 ms to a minute.
func LatencyBounds() [numBounds]time.Duration { return latencyBounds }

var latencyBounds = [numBounds]time.Duration{
	100 * time.Microsecond, 250 * time.Microsecond, 500 * time.Microsecond,
	time.Millisecond, 2500 * time.Microsecond, 5 * time.Millisecond,
	10 * time.Millisecond, 25 * time.Millisecond, 50 * time.Millisecond,
	100 * time.Millisecond, 250 * time.Millisecond, 500 * time.Millisecond,
	time.Second, 2500 * time.Millisecond, 5 * time.Second,
	10 * time.Second, 30 * time.Second, time.Minute,
}

func (b *Buckets) add(d time.Duration) {
	b.Counts[sort.Search(numBounds, func(i int) bool { return d <= latencyBounds[i] })]++
	b.Sum += d
}
