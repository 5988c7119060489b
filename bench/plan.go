package bench

import (
	"fmt"
	"math"
	"strings"
	"time"

	"github.com/portalbench/portalbench/sim/des"
)

// Goal is a load that somebody asks for.
type Goal struct {
	Rate     float64       // operations per second of the wall clock
	From     des.Time      // start of the window, warm-up included
	Window   time.Duration // how much of the clinic's time to replay, at most
	For      time.Duration // how long to measure
	WarmUp   time.Duration // before that
	Patients int           // of one care network
	Stages   *Stages       // nil: a constant rate. Rate is then their peak, and For their length
	Can      *Capabilities // what of it counts, as the portal can carry it out; nil: everything
}

// Speed returns the speed at which the window is replayed if the rate allows: clamp(window / for, 1, 60).
func (g Goal) Speed() float64 { return min(max(float64(g.Window)/float64(g.For), slowest), fastest) }

// Plan is how a load is reached: by replaying many care networks side by side, at a speed at which people still behave
// like people.
type Plan struct {
	Goal
	Networks int
	Speed    float64 // clinic time over wall-clock time
	Offered  float64 // operations per second that the measured part offers, as far as known
	clock    []knot
}

// Bounds of a plan.
const (
	slowest    = 1.0 // speed
	fastest    = 60.0
	haste      = 1.05 // how far above the goal's the speed may be
	nearEnough = .02  // of the rate
	spare      = 1.15 // of the window is generated, for trimming the speed
)

// measured returns the part of the clinic's time that is measured at a speed.
func (g Goal) measured(speed float64) (from, until des.Time) {
	return g.From + stretched(g.WarmUp, speed), g.From + stretched(g.WarmUp+g.For, speed)
}

func stretched(d time.Duration, speed float64) des.Time {
	return des.FromDuration(time.Duration(float64(d) * speed))
}

// Until returns the end of the window to generate: a little more than is replayed.
func (p Plan) Until() des.Time { return p.From + stretched(p.WarmUp+p.For, p.Speed*spare) }

// Exactly returns the end of the window that is replayed at the plan's speed.
func (p Plan) Exactly() des.Time {
	if p.clock != nil {
		return p.clock[len(p.clock)-1].clinic
	}
	return p.From + stretched(p.WarmUp+p.For, p.Speed)
}

// trim changes the speed so that what the operations offer in the measured part comes as close to the rate as it can, and
// as 2% if possible. Speeds nearer to the plan's are preferred; the fastest is 5% above the goal's. before tells how many
// operations of [From, Until()) are due before a moment.
func (p Plan) trim(before func(des.Time) int) Plan {
	best, chosen := math.Inf(1), p
	for _, speed := range p.speeds() {
		offered := p.offers(before, speed)
		if off := math.Abs(offered-p.Rate) / p.Rate; off < best {
			best, chosen.Speed, chosen.Offered = off, speed, offered
		}
		if best <= nearEnough/4 {
			break
		}
	}
	return chosen
}

// speeds returns those to be tried, in steps of a thousandth of the plan's, by their distance from it.
func (p Plan) speeds() []float64 {
	tried := []float64{p.Speed}
	step, fastest := p.Speed/1000, haste*p.Goal.Speed()
	for d := step; p.Speed-d >= slowest || p.Speed+d <= fastest; d += step {
		if p.Speed+d <= fastest {
			tried = append(tried, p.Speed+d)
		}
		if p.Speed-d >= slowest {
			tried = append(tried, p.Speed-d)
		}
	}
	return tried
}

// offers returns the operations per second of the measured part at a speed.
func (p Plan) offers(before func(des.Time) int, speed float64) float64 {
	from, until := p.measured(speed)
	return float64(before(until)-before(from)) / p.For.Seconds()
}

// Near reports whether the plan offers the rate within 2%, or its stages.
func (p Plan) Near() bool { return p.Stages != nil || math.Abs(p.Offered-p.Rate) <= nearEnough*p.Rate }

// String says the plan in one line: 300/s = 214 networks, 2.6 M patients, Monday 08:00–08:20 at 60x.
func (p Plan) String() string {
	networks := "networks"
	if p.Networks == 1 {
		networks = "network"
	}
	from, until := p.measured(p.Speed)
	speed, mean := short(p.Speed, 3), ""
	if p.clock != nil {
		low, high := speeds(p.clock)
		speed, mean, until = short(low, 3)+"–"+short(high, 3), " on average", p.Exactly()
	}
	sameDay := from/des.Day == until/des.Day
	return fmt.Sprintf("%s/s%s = %d %s, %s patients, %s–%s at %sx", short(p.Offered, 3), mean, p.Networks, networks,
		people(float64(p.Networks)*float64(p.Patients)), weekday(from, true), weekday(until, !sameDay), speed)
}

// people writes a number of people briefly: 850, 12,000, 2.6 M.
func people(n float64) string {
	switch {
	case n >= 999_500:
		return fmt.Sprintf("%.1f M", n/1e6)
	case n >= 1000:
		return fmt.Sprintf("%d,%03d", int(n)/1000, int(n)%1000)
	}
	return fmt.Sprintf("%.0f", n)
}

// short writes a number with so many digits, and no exponent.
func short(x float64, digits int) string {
	if x >= math.Pow10(digits) {
		return fmt.Sprintf("%.0f", x)
	}
	s := fmt.Sprintf("%.*f", max(digits-1-int(math.Floor(math.Log10(max(x, 1e-9)))), 0), x)
	if strings.Contains(s, ".") {
		s = strings.TrimRight(strings.TrimRight(s, "0"), ".")
	}
	return s
}

// weekday writes a moment of the week to the minute.
func weekday(t des.Time, day bool) string {
	clock := fmt.Sprintf("%02d:%02d", t%des.Day/des.Hour, t%des.Hour/des.Minute)
	if !day {
		return clock
	}
	return time.Weekday((t.DayOfWeek()+1)%7).String() + " " + clock
}
