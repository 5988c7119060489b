package sim

import (
	"math"
	"time"

	"github.com/portalbench/portalbench/scenarios"
	"github.com/portalbench/portalbench/sim/des"
)

// expected is the network's trailing mean of first responses, which patients come to expect.
type expected struct {
	sum    [expectedDays]des.Time
	n      [expectedDays]int64
	mean   des.Time
	factor float64 // on the odds of phone and visit
}

// expectedDays is how far back patients' experience reaches.
const expectedDays = 28

func newExpected(ch scenarios.Channel) expected {
	return expected{mean: des.FromDuration(time.Duration(ch.ExpectedWait)), factor: 1}
}

// add books a first response.
func (e *expected) add(now, took des.Time) {
	day := now / des.Day % expectedDays
	e.sum[day] += min(took, restriction)
	e.n[day]++
}

// closeDay takes the mean anew, and makes room for the day after. As long as nothing was answered within the days that
// count, patients expect what they expected before.
func (e *expected) closeDay(day int, ch *scenarios.Channel) {
	sum, n := des.Time(0), int64(0)
	for i := range e.sum {
		sum += e.sum[i]
		n += e.n[i]
	}
	if n > 0 {
		e.mean = sum / des.Time(n)
	}
	more := float64(e.mean-des.FromDuration(time.Duration(ch.ExpectedWait))) / float64(des.Day)
	e.factor = math.Exp(ch.PerDayOfWait * more)
	next := (day + 1) % expectedDays
	e.sum[next], e.n[next] = 0, 0
}
