package bench

import (
	"fmt"
	"math"
	"sort"
	"strings"
	"time"

	"github.com/portalbench/portalbench/sim"
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
}

// MostOps is how many operations a run may have: they are kept in memory before the clock starts.
const MostOps = 1_000_000

// Bounds of a plan.
const (
	pilotNetworks = 8
	slowest       = 1.0 // speed
	fastest       = 60.0
	nearEnough    = .02  // of the rate
	spare         = 1.15 // of the window is generated, for trimming the speed
)

// Count returns how many operations the care networks numbered from 0 cause in [from, until).
type Count func(networks int, from, until des.Time) (ops int, err error)

// PlanRate finds the number of care networks that cause a rate. The speed is
//
//	clamp(window / for, 1, 60)
//
// and the number of networks follows from the operations that a pilot of 8 networks causes in the measured part:
//
//	networks = rate x for x 8 / operations, rounded, at least 1
//
// Where rounding leaves much to be made up, the speed is changed in proportion. Generate the window [From, Until()) with
// that many networks, then trim the plan.
func PlanRate(g Goal, count Count) (Plan, error) {
	p := Plan{Goal: g, Speed: g.Speed()}
	if !(g.Rate > 0) || g.For <= 0 {
		return p, fmt.Errorf("planning %g operations a second for %s: both must be above 0", g.Rate, g.For)
	}
	if whole := g.Rate * (g.For + g.WarmUp).Seconds(); whole > MostOps {
		return p, fmt.Errorf("%g/s for %s are %.0f operations, and %d is the most: lower --rate to %.0f/s or --for to %s",
			g.Rate, g.For+g.WarmUp, whole, MostOps, math.Floor(g.Rate*MostOps/whole), shorter(g, whole))
	}
	from, until := p.measured(p.Speed)
	ops, err := count(pilotNetworks, from, until)
	if err != nil {
		return p, fmt.Errorf("counting the operations of %d care networks: %w", pilotNetworks, err)
	}
	if ops == 0 {
		return p, fmt.Errorf("%d care networks do nothing from %s: choose a busier time with --at, or a longer one with --for",
			pilotNetworks, weekday(from, true))
	}
	perNetwork := float64(ops) / pilotNetworks / g.For.Seconds()
	p.Networks = max(int(math.Round(g.Rate/perNetwork)), 1)
	p.Speed = max(p.Speed*g.Rate/(perNetwork*float64(p.Networks)), slowest)
	p.Offered = perNetwork * float64(p.Networks) * p.Speed / g.Speed()
	return p, nil
}

// shorter returns the measured time that keeps a plan within what can be held, in whole seconds.
func shorter(g Goal, whole float64) time.Duration {
	fits := time.Duration(float64(g.For+g.WarmUp)*MostOps/whole) - g.WarmUp
	return max(fits.Truncate(time.Second), 0)
}

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
func (p Plan) Exactly() des.Time { return p.From + stretched(p.WarmUp+p.For, p.Speed) }

// Trim changes the speed so that what the operations offer in the measured part comes as close to the rate as 2%, or as
// it can: by up to 15% either way, or down to the slowest if that is what it takes. It returns the plan and the
// operations that are left, which are those due before its end. ops must be in order and cover [From, Until()).
func (p Plan) Trim(ops []sim.Op) (Plan, []sim.Op, error) {
	best := math.Inf(1)
	chosen := p
	for step := range trimSteps {
		speed := max(p.Speed*(1+trimStep(step)), slowest)
		offered := float64(p.due(ops, speed)) / p.For.Seconds()
		if off := math.Abs(offered-p.Rate) / p.Rate; off < best {
			best, chosen.Speed, chosen.Offered = off, speed, offered
		}
		if best <= nearEnough/4 {
			break // the speeds come by their distance from the plan's: nearer ones first
		}
	}
	kept := ops[:before(ops, chosen.Exactly())]
	if len(kept) > MostOps {
		return chosen, nil, fmt.Errorf("%d operations are due, and %d is the most: lower --rate or --for", len(kept), MostOps)
	}
	return chosen, kept, nil
}

// Steps of the speed: those on either side of the plan's, then those below.
const (
	eitherSide = 299
	trimSteps  = eitherSide + 850
)

// trimStep returns 0, .001, -.001, .002, ... up to just within what is generated to spare, then on down to -1.
func trimStep(i int) float64 {
	if i >= eitherSide {
		return -float64(i-eitherSide+eitherSide/2) * .001
	}
	d := float64((i+1)/2) * .001
	if i%2 == 0 {
		return -d
	}
	return d
}

// due returns how many operations fall into the measured part at a speed.
func (p Plan) due(ops []sim.Op, speed float64) int {
	from, until := p.measured(speed)
	return before(ops, until) - before(ops, from)
}

// before returns how many operations are due before t.
func before(ops []sim.Op, t des.Time) int {
	return sort.Search(len(ops), func(i int) bool { return ops[i].Due >= t })
}

// Untrimmed returns the plan with what the operations offer at its own speed. ops must cover [From, Exactly()).
func (p Plan) Untrimmed(ops []sim.Op) Plan {
	p.Offered = float64(p.due(ops, p.Speed)) / p.For.Seconds()
	return p
}

// Near reports whether the plan offers the rate within 2%.
func (p Plan) Near() bool { return math.Abs(p.Offered-p.Rate) <= nearEnough*p.Rate }

// String says the plan in one line: 300/s = 214 networks, 2.6 M patients, Monday 08:00–08:20 at 60x.
func (p Plan) String() string {
	networks := "networks"
	if p.Networks == 1 {
		networks = "network"
	}
	from, until := p.measured(p.Speed)
	sameDay := from/des.Day == until/des.Day
	return fmt.Sprintf("%s/s = %d %s, %s patients, %s–%s at %sx", short(p.Offered, 3), p.Networks, networks,
		people(float64(p.Networks)*float64(p.Patients)), weekday(from, true), weekday(until, !sameDay), short(p.Speed, 3))
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
