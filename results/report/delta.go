package report

import (
	"fmt"
	"math"
	"slices"

	"github.com/portalbench/portalbench/results"
)

// deltaPanel shows differences in one outcome on both sides of no difference, with their intervals.
type deltaPanel struct {
	Titles      []placedText
	Unit        placedText
	Top, Bottom float64
	Zero        float64
	X           []tick
	Marks       []deltaMark
	Missing     []placedText // why there is no mark

	x axis
}

// deltaMark is one difference.
type deltaMark struct {
	Style        int
	Marker       string  // empty where the difference itself lies beyond the panel
	Key          string  // the marker of its policy at the edge of the panel, where there is no other
	Y, Low, High float64 // positions; the bounds are equal when there is no interval
	Arrows       string  // at the ends that lie beyond the panel
}

// farthest returns how far a panel shows: to the end of the widest interval, or less where there are many and a few of
// them so wide that the others would shrink to dots beside them.
func farthest(ends []float64) float64 {
	if len(ends) == 0 || slices.Max(ends) == 0 {
		return 1 // no difference in anything: any scale does
	}
	slices.Sort(ends)
	most, usual := ends[len(ends)-1], ends[(len(ends)-1)*9/10]
	if len(ends) >= 10 && usual > 0 {
		most = min(most, 1.5*usual)
	}
	return most * 1.04
}

// farEnd returns how far from 0 a difference and its interval reach, in the unit of display.
func farEnd(value, low, high results.Number, scale float64) float64 {
	at := math.Abs(float64(value))
	return scale * max(at, nanTo(math.Abs(float64(low)), at), nanTo(math.Abs(float64(high)), at))
}

// mark draws a difference at a height.
func (p *deltaPanel) mark(style int, scale float64, value, lowest, highest results.Number, y float64) deltaMark {
	at := scale * float64(value)
	low, high := nanTo(scale*float64(lowest), at), nanTo(scale*float64(highest), at)
	m := deltaMark{Style: style, Y: y, Low: p.x.at(low), High: p.x.at(high)}
	if math.Abs(at) <= p.x.high {
		m.Marker = marker(style, p.x.at(at), y)
	}
	if low < p.x.low {
		m.Arrows += fmt.Sprintf("M%g %gm5 -4l-5 4l5 4", p.x.left, y)
	}
	if high > p.x.high {
		m.Arrows += fmt.Sprintf("M%g %gm-5 -4l5 4l-5 4", p.x.right, y)
	}
	return m
}

// unitName writes the unit of an outcome in full.
func unitName(unit string) string {
	switch unit {
	case "h":
		return "hours"
	case "min":
		return "minutes"
	case "points":
		return "percentage points"
	}
	return unit
}

// signedTicks are 0 and about two round numbers on each side of it.
func signedTicks(a axis) []tick {
	step := math.Pow(10, math.Floor(math.Log10(a.high/2)))
	for _, m := range []float64{1, 2, 5, 10} {
		if a.high/(m*step) < 3 {
			step *= m
			break
		}
	}
	places := max(0, int(math.Ceil(-math.Log10(step)-1e-9)))
	var out []tick
	for k := -math.Floor(a.high / step); k*step <= a.high; k++ {
		label := "0"
		if k != 0 {
			label = signed(k*step, places)
		}
		out = append(out, tick{a.at(k * step), label})
	}
	return out
}
