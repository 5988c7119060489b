package report

import (
	"fmt"
	"math"
	"slices"
	"strings"
)

// frame is the size of a figure. Every figure is drawn twice: for a page and for a phone.
type frame struct {
	Class string // wide or narrow
	Width float64
}

func frames() []frame { return []frame{{"wide", 760}, {"narrow", 340}} }

// styles is how many line styles the style sheet knows.
const styles = 8

// curvePanel is the plot of one urgency.
type curvePanel struct {
	frame
	Title       string
	Height      float64
	Left, Right float64
	Top, Bottom float64
	X, Y        []tick
	Lines       []curveLine
	Description string
}

// curveLine is one policy's curve with a mark at its median.
type curveLine struct {
	Style  int
	Path   string
	Marker string // empty when the median was not reached
}

const curveHeight = 250

// drawCurves returns a panel for each urgency in the curves.
func drawCurves(f frame, curves []Curve, policies []string) []curvePanel {
	var urgencies []string
	for _, c := range curves {
		if !slices.Contains(urgencies, c.Urgency) && len(c.Points) > 0 {
			urgencies = append(urgencies, c.Urgency)
		}
	}
	x := timeAxis(f, curves)
	var panels []curvePanel
	for _, u := range urgencies {
		p := curvePanel{frame: f, Title: "Threads that are actually " + u, Height: curveHeight, Left: x.left, Right: x.right,
			Top: 14, Bottom: curveHeight - 34, X: timeTicks(x)}
		p.Description = "Share of " + u + " threads with a first response, by hours since they were sent, one line for every policy"
		for share := 0; share <= 100; share += 25 {
			p.Y = append(p.Y, tick{p.y(float64(share) / 100), fmt.Sprintf("%d%%", share)})
		}
		for _, c := range curves {
			if c.Urgency == u {
				p.Lines = append(p.Lines, p.line(c, x, slices.Index(policies, c.Policy)))
			}
		}
		panels = append(panels, p)
	}
	return panels
}

// timeAxis spans from the first per cent of answers to the last, in whole steps of timeTicks, at most 28 days.
func timeAxis(f frame, curves []Curve) axis {
	a := axis{low: math.Inf(1), left: 44, right: f.Width - 26, log: true}
	for _, c := range curves {
		if len(c.Points) > 0 {
			a.low = math.Min(a.low, c.quantile(.01))
			a.high = math.Max(a.high, c.Points[len(c.Points)-1].Hours)
		}
	}
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

// curveSheet gives the numbers of the curves. They are of all threads together, the tables' are means over replications:
// of a median that is not the same.
func curveSheet(curves []Curve) sheet {
	t := sheet{Caption: "Time to first response of all threads of all replications taken together, as the curves show it. " +
		"The tables above give the mean of the replications' own medians, which may differ a little.",
		Header: []string{"policy", "threads", "median of all, h", "p90 of all, h", "within 1 day, %", "within 3 days, %", "never, %"}}
	for _, c := range curves {
		never := math.Max(0, 100*(1-c.Points[len(c.Points)-1].Share))
		t.Rows = append(t.Rows, []string{c.Policy, c.Urgency, number(c.quantile(.5)), number(c.quantile(.9)),
			number(100 * c.within(24)), number(100 * c.within(72)), number(never)})
	}
	return t
}

func (p curvePanel) y(share float64) float64 { return round(p.Bottom - share*(p.Bottom-p.Top)) }

// line draws c as a staircase: the share only rises where a thread was answered. It ends at the right edge, below 100%
// by the share that was never answered.
func (p curvePanel) line(c Curve, x axis, policy int) curveLine {
	style := max(policy, 0) % styles
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
	l := curveLine{Style: style, Path: path.String()}
	if median := c.quantile(.5); median <= x.high {
		l.Marker = marker(style, x.at(median), p.y(.5))
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
