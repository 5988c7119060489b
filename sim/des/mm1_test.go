package des

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"
)

// Events of a station.
const (
	arrival Event = iota
	departure
)

// station is an M/M/1 queue on the kernel alone: one server, first come first served, so that the n-th service is that
// of the n-th arrival.
type station struct {
	queue              Queue
	between, service   Key     // one draw a customer
	meanBetween, meanS float64 // ms
	arrived, served    uint64
	now                Time
	present            int
	presentTime        float64 // integral of present over time, ms
}

// newStation opens an empty station at time 0 whose server is busy a fraction load of the time.
func newStation(key Key, load float64) *station {
	const between = 10 * Minute
	s := &station{between: key.Sub(0), service: key.Sub(1), meanBetween: float64(between), meanS: load * float64(between)}
	s.awaitArrival()
	return s
}

func (s *station) awaitArrival() {
	s.queue.Push(s.now+Time(s.between.Sub(s.arrived).Exp()*s.meanBetween), arrival)
	s.arrived++
}

func (s *station) serve() {
	s.queue.Push(s.now+Time(s.service.Sub(s.served).Exp()*s.meanS), departure)
	s.served++
}

// step lets one event happen.
func (s *station) step() {
	at, e := s.queue.Pop()
	s.presentTime += float64(s.present) * float64(at-s.now)
	s.now = at
	if e == arrival {
		s.awaitArrival()
		s.present++
		if s.present == 1 {
			s.serve()
		}
		return
	}
	s.present--
	if s.present > 0 {
		s.serve()
	}
}

// In an M/M/1 queue at load r, r/(1-r) customers are present on average: 1 at r = 1/2. The mean of 20 runs of 40,000
// events (20,000 customers) is compared by t with 19 degrees of freedom; |t| < 6 but for 1 seed in 100,000. Starting
// empty takes about r/(1-r)^3 = 4 customer-intervals of 20,000 off the integral: 0.02%.
func TestMM1(t *testing.T) {
	const runs, load = 20, .5
	var sum, squares float64
	for run := range uint64(runs) {
		s := newStation(NewKey(*seed).Sub(run), load)
		for range 40000 {
			s.step()
		}
		got := s.presentTime / float64(s.now)
		sum += got
		squares += got * got
	}
	mean := sum / runs
	sd := math.Sqrt((squares - runs*mean*mean) / (runs - 1))
	require.Less(t, sd/math.Sqrt(runs), .01, "the comparison means something")
	require.InDelta(t, load/(1-load), mean, 6*sd/math.Sqrt(runs), "seed %d", *seed)
}

// BenchmarkMM1 is the cost of one event, arrival or departure: a pop, a push and an exponential draw.
func BenchmarkMM1(b *testing.B) {
	s := newStation(NewKey(1), .8)
	b.ReportAllocs()
	for b.Loop() {
		s.step()
	}
}
