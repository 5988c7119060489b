package report

import (
	"math"

	"github.com/portalbench/portalbench/results/stats"
)

// Curve is a cumulative distribution of waits: for a first response, or until somebody reads.
type Curve struct {
	Policy  string // its name in figures
	Urgency string // of the threads: urgent or routine
	Style   int    // of the policy
	Points  []Point
}

// Point says which share of all threads, also of those that wait in vain, had waited no longer than a time.
type Point struct{ Hours, Share float64 }

// curvePoints is how many points a curve keeps at most: more than a screen can show.
const curvePoints = 160

// newCurve takes a curve from a histogram of which an hour has unitsPerHour units. Between points of nearly equal share
// it keeps the first, and the last of all.
func newCurve(policy, urgency string, h *stats.Histogram, unitsPerHour float64) Curve {
	c := Curve{Policy: policy, Urgency: urgency}
	steps := h.Cumulative()
	drawn := math.Inf(-1)
	for i, s := range steps {
		if s.Share-drawn >= 1./curvePoints || i == len(steps)-1 {
			c.Points = append(c.Points, Point{float64(s.Value) / unitsPerHour, s.Share})
			drawn = s.Share
		}
	}
	return c
}

// never returns the share of threads that waited in vain.
func (c Curve) never() float64 {
	if len(c.Points) == 0 {
		return 1
	}
	return math.Max(0, 1-c.Points[len(c.Points)-1].Share)
}

// within returns the share of threads answered within hours.
func (c Curve) within(hours float64) float64 {
	share := 0.
	for _, p := range c.Points {
		if p.Hours <= hours {
			share = p.Share
		}
	}
	return share
}

// quantile returns the hours within which a share q was answered, +Inf when that never was.
func (c Curve) quantile(q float64) float64 {
	for _, p := range c.Points {
		if p.Share >= q {
			return p.Hours
		}
	}
	return math.Inf(1)
}

// axis maps values to horizontal positions, evenly in their logarithm when log is set.
type axis struct {
	low, high   float64 // values at both ends
	left, right float64 // positions of both ends
	log         bool
}

func (a axis) at(v float64) float64 {
	v = math.Min(math.Max(v, a.low), a.high)
	share := (v - a.low) / (a.high - a.low)
	if a.log {
		share = math.Log(v/a.low) / math.Log(a.high/a.low)
	}
	return round(a.left + share*(a.right-a.left))
}

// round keeps a tenth of a pixel.
func round(v float64) float64 { return math.Round(v*10) / 10 }

// tick is a labelled line across a figure.
type tick struct {
	At    float64
	Label string
}

// labelSpace is how far apart two labels of an axis must be, in pixels.
const labelSpace = 54

// timeTicks are the times that people count in, as far as they lie on a and leave room for their labels.
func timeTicks(a axis) []tick {
	var out []tick
	for _, t := range []struct {
		hours float64
		label string
	}{{1. / 60, "1 min"}, {1. / 12, "5 min"}, {.25, "15 min"}, {1, "1 h"}, {4, "4 h"}, {24, "1 day"}, {72, "3 days"}, {168, "1 week"}, {672, "4 weeks"}} {
		at := a.at(t.hours)
		if t.hours < a.low*.999 || t.hours > a.high*1.001 || len(out) > 0 && at-out[len(out)-1].At < labelSpace {
			continue
		}
		out = append(out, tick{at, t.label})
	}
	return out
}

// decadeTicks are 1, 10, 100 and so on, as far as they lie on a.
func decadeTicks(a axis, unit string) []tick {
	var out []tick
	for v := math.Pow(10, math.Ceil(math.Log10(a.low)-1e-9)); v <= a.high*1.001; v *= 10 {
		label := count(int64(v))
		if v < 1 {
			label = fixed(v, int(math.Round(-math.Log10(v))))
		}
		out = append(out, tick{a.at(v), label + " " + unit})
	}
	return out
}

// roundTicks are about five round numbers from 0 to the end of a.
func roundTicks(a axis, unit string) []tick {
	step := math.Pow(10, math.Floor(math.Log10(a.high/4)))
	for _, m := range []float64{1, 2, 5, 10} {
		if a.high/(m*step) <= 5 {
			step *= m
			break
		}
	}
	places := max(0, int(math.Ceil(-math.Log10(step)-1e-9)))
	out := []tick{{a.at(0), "0"}}
	for v := step; v <= a.high*1.001; v += step {
		out = append(out, tick{a.at(v), fixed(v, places) + " " + unit})
	}
	return out
}

// niceTicks are about so many round numbers between the ends of a.
func niceTicks(a axis, wanted float64) []tick {
	step := math.Pow(10, math.Floor(math.Log10((a.high-a.low)/wanted)))
	for _, m := range []float64{1, 2, 5, 10} {
		if (a.high-a.low)/(m*step) <= wanted {
			step *= m
			break
		}
	}
	places := max(0, int(math.Ceil(-math.Log10(step)-1e-9)))
	var out []tick
	for k := math.Ceil(a.low/step - 1e-9); k*step <= a.high*(1+1e-12); k++ {
		out = append(out, tick{a.at(k * step), fixed(k*step, places)})
	}
	return out
}
