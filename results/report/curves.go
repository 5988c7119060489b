package report

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/portalbench/portalbench/results"
)

// frame is the size of a figure. Every figure is drawn twice: for a page and for a phone.
type frame struct {
	Class string // wide or narrow
	Width float64
}

func frames() []frame { return []frame{{"wide", 760}, {"narrow", 340}} }

// styles is how many line styles the style sheet knows.
const styles = 8

// curvePanel is the plot of the threads of one urgency.
type curvePanel struct {
	frame
	Height      float64
	Left, Right float64
	Top, Bottom float64
	X, Y        []tick
	Lines       []curveLine
	Targets     []targetSpan
	Description string
}

// curveLine is one policy's curve with a mark at its median.
type curveLine struct {
	Style  int
	Path   string
	Marker string // empty when the median was not reached
}

// targetSpan is by when threads should be taken care of: one moment, or from the least to the most time that is left.
type targetSpan struct {
	From, To, Y float64
	Label       placedText
}

const curveHeight = 250

// drawCurves returns a panel for the curves of one urgency. Over the plot stand the targets, a line for each.
func drawCurves(f frame, x axis, curves []Curve, targets []results.AnswerTarget) curvePanel {
	top := 14 + 20*float64(len(targets))
	p := curvePanel{frame: f, Height: curveHeight + top, Left: x.left, Right: x.right, Top: top, Bottom: curveHeight + top - 34,
		X: timeTicks(x)}
	for share := 0; share <= 100; share += 25 {
		p.Y = append(p.Y, tick{p.y(float64(share) / 100), fmt.Sprintf("%d%%", share)})
	}
	for i, t := range targets {
		p.Targets = append(p.Targets, p.target(t, x, 20*float64(i)))
	}
	for _, c := range curves {
		p.Lines = append(p.Lines, p.line(c, x))
	}
	return p
}

// target draws a target, with its label centred over it as far as the figure is wide enough.
func (p curvePanel) target(t results.AnswerTarget, x axis, y float64) targetSpan {
	s := targetSpan{From: x.at(float64(t.LeastHours)), To: x.at(float64(t.MostHours)), Y: y + 22}
	text := targetLabel(t)
	half := textWidth(text, tickSize) / 2
	middle := math.Max(half, math.Min((s.From+s.To)/2, p.Width-half))
	s.Label = placedText{text, round(middle), y + 14}
	return s
}

// targetLabel names a target in few words.
func targetLabel(t results.AnswerTarget) string {
	text := plural(t.BusinessDays, "business day") + ", " + daysText(float64(t.LeastHours), float64(t.MostHours))
	if t.BusinessDays == 0 {
		text = shortHours(float64(t.MostHours)) + " h"
	}
	if len(t.Policies) > 0 {
		return "promised: " + text
	}
	return "target: " + text
}

// shortHours writes hours without decimals where there are none.
func shortHours(hours float64) string {
	if whole := math.Round(hours); whole == hours {
		return fixed(whole, 0)
	}
	return number(hours)
}

// daysText writes a range of hours in days.
func daysText(least, most float64) string {
	short := func(hours float64) string { return strings.TrimSuffix(fixed(hours/24, 1), ".0") }
	if least == most {
		return short(most) + " days"
	}
	return short(least) + "–" + short(most) + " days"
}

// targetsOf returns the targets that threads of an urgency are held against.
func targetsOf(s *results.Simulate, urgency string) []results.AnswerTarget {
	return slices.DeleteFunc(slices.Clone(s.Targets), func(t results.AnswerTarget) bool {
		return t.Urgency != urgency && t.Urgency != "" || !(t.MostHours > 0) || !(t.LeastHours > 0)
	})
}

// timeAxis spans from the first per cent of answers to the last, in whole steps of timeTicks, at most 28 days. Targets lie
// on it.
func timeAxis(f frame, curves []Curve, targets []results.AnswerTarget) axis {
	a := axis{low: math.Inf(1), left: 44, right: f.Width - 26, log: true}
	for _, c := range curves {
		if len(c.Points) > 0 {
			a.low = math.Min(a.low, c.quantile(.01))
			a.high = math.Max(a.high, c.Points[len(c.Points)-1].Hours)
		}
	}
	for _, t := range targets {
		a.low, a.high = math.Min(a.low, float64(t.LeastHours)), math.Max(a.high, float64(t.MostHours))
	}
	return a.inSteps()
}

// inSteps widens a logarithmic axis of hours to whole steps of timeTicks, from a minute to 28 days.
func (a axis) inSteps() axis {
	steps := []float64{1. / 60, 1. / 12, .25, 1, 4, 24, 72, 168, 672}
	low, high := steps[0], steps[len(steps)-1]
	for _, s := range steps {
		if s <= a.low {
			low = s
		}
	}
	for _, s := range slices.Backward(steps) {
		if s >= a.high && s > low {
			high = s
		}
	}
	a.low, a.high = math.Min(low, steps[len(steps)-2]), high
	return a
}

func (p curvePanel) y(share float64) float64 { return round(p.Bottom - share*(p.Bottom-p.Top)) }

// line draws c as a staircase: the share only rises where a thread was answered. It ends at the right edge, below 100%
// by the share that was never answered.
func (p curvePanel) line(c Curve, x axis) curveLine {
	var path strings.Builder
	at := 0.
	for _, point := range c.Points {
		if point.Hours < x.low {
			at = point.Share
			continue
		}
		if point.Hours > x.high {
			break
		}
		if path.Len() == 0 {
			fmt.Fprintf(&path, "M%g %g", x.left, p.y(at))
		}
		fmt.Fprintf(&path, "H%gV%g", x.at(point.Hours), p.y(point.Share))
	}
	if path.Len() == 0 {
		fmt.Fprintf(&path, "M%g %g", x.left, p.y(at))
	}
	fmt.Fprintf(&path, "H%g", x.right)
	l := curveLine{Style: c.Style, Path: path.String()}
	if median := c.quantile(.5); median <= x.high {
		l.Marker = marker(c.Style, x.at(median), p.y(.5))
	}
	return l
}

// marker returns the outline of one of eight shapes, so that lines are told apart without colour.
func marker(style int, x, y float64) string {
	var corners [][2]float64
	switch style {
	case 0: // circle
		return fmt.Sprintf("M%g %ga5 5 0 1 0 10 0a5 5 0 1 0 -10 0z", round(x-5), y)
	case 1: // square
		corners = [][2]float64{{-4.5, -4.5}, {4.5, -4.5}, {4.5, 4.5}, {-4.5, 4.5}}
	case 2: // diamond
		corners = [][2]float64{{0, -6.5}, {6.5, 0}, {0, 6.5}, {-6.5, 0}}
	case 3: // triangle, point up
		corners = [][2]float64{{0, -6}, {6, 5}, {-6, 5}}
	case 4: // triangle, point down
		corners = [][2]float64{{0, 6}, {6, -5}, {-6, -5}}
	case 5: // cross
		corners = [][2]float64{{-2, -6}, {2, -6}, {2, -2}, {6, -2}, {6, 2}, {2, 2}, {2, 6}, {-2, 6}, {-2, 2}, {-6, 2}, {-6, -2}, {-2, -2}}
	case 6: // bar, upright
		corners = [][2]float64{{-2.5, -7}, {2.5, -7}, {2.5, 7}, {-2.5, 7}}
	default: // bar, lying
		corners = [][2]float64{{-7, -2.5}, {7, -2.5}, {7, 2.5}, {-7, 2.5}}
	}
	var path strings.Builder
	for i, c := range corners {
		fmt.Fprintf(&path, "%c%g %g", "ML"[min(i, 1)], round(x+c[0]), round(y+c[1]))
	}
	return path.String() + "z"
}
