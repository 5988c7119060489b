package report

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/portalbench/portalbench/results"
)

// tradeOff is what a policy takes of physicians and how long it has urgent threads wait.
type tradeOff struct {
	policy         styledPolicy
	hours, minutes results.Measure
	dominatedBy    string // a policy that is no worse in either and better in one; empty: none is
}

// frontierDrawing sets physicians' minutes against waits.
type frontierDrawing struct {
	frame
	Height      float64
	Left, Right float64
	Top, Bottom float64
	X, Y        []tick
	Across, Up  placedText // what the axes show
	Edge        float64    // where the strip of waits that are never reached begins; 0: there is none
	Never       placedText
	Frontier    string
	Points      []frontierPoint
	Description string
}

// frontierPoint is a policy with its intervals both ways.
type frontierPoint struct {
	Style    int // that of the policy, or of dominated ones
	Marker   string
	Whiskers string
}

// dominatedStyle is the line style of policies that another is better than.
const dominatedStyle = styles

// physicianMinutes is what a policy takes of a physician on a workday.
func physicianMinutes() outcome {
	return outcome{label: "physician inbox, min/workday", name: "inbox_minutes_per_workday", where: of("physician"), statistic: "mean", scale: 1, unit: "min"}
}

// urgentWait is the wait of urgent threads that the figure shows: the 90th percentile, or the median where that is never
// reached, as more than one thread in ten is never answered.
func urgentWait(policies []styledPolicy) outcome {
	o := outcome{label: "urgent threads, first response p90", name: "first_response_hours", where: urgent(), statistic: "p90", scale: 1, unit: "h"}
	for _, p := range policies {
		if m, found := o.find(p.PolicyResult); found && drawable(m.Value) {
			return o
		}
	}
	o.label, o.statistic = "urgent threads, first response median", "median"
	return o
}

// frontierFigure shows what policies take of physicians against what urgent threads wait. There is none for fewer than two
// policies of which both are known.
func frontierFigure(s *results.Simulate) (Figure, bool) {
	wait := urgentWait(drawnPolicies(s))
	points := tradeOffs(s, wait)
	if len(points) < 2 || !slices.ContainsFunc(points, tradeOff.reached) {
		return Figure{}, false
	}
	fig := Figure{Name: "trade-off", Title: "Physician time against the wait of urgent threads", Numbers: []sheet{tradeOffSheet(points, wait)}}
	for _, p := range points {
		fig.Legend = append(fig.Legend, p.legend())
	}
	fig.Note = joinSentences("Down and to the left is better.", waitText(points, wait), competing(points), "The dashed line joins the policies that no "+
		"other beats in both; those that another beats are grey and hollow. That goes by the values alone: the lines are the 95% "+
		"intervals both ways (simulation error only), and where they overlap policies may be alike.",
		notDrawn(s))
	for _, f := range frames() {
		fig.Panels = append(fig.Panels, panel{Class: f.Class, Template: "frontier", Drawing: drawFrontier(f, points, wait)})
	}
	return fig, true
}

// waitText says what stands for the wait.
func waitText(points []tradeOff, wait outcome) string {
	text, part := "The wait is the 90th percentile: nine urgent threads in ten are answered sooner.", "a tenth of the urgent threads"
	if wait.statistic == "median" {
		text, part = "The wait is the median: the 90th percentile is reached under no policy, as more than one urgent thread in ten "+
			"is never answered on the portal.", "half of the urgent threads"
	}
	if slices.ContainsFunc(points, func(p tradeOff) bool { return !p.reached() }) {
		text += " Policies that do not reach it, as in some replication more than " + part + " never get an answer, stand at the right edge."
	}
	return text
}

// competing says which policies are held against each other, where a run sweeps something.
func competing(points []tradeOff) string {
	for _, p := range points {
		if p.set() != points[0].set() {
			return "Policies compete with those that have the same overrides only."
		}
	}
	return ""
}

// tradeOffs collects the policies of which both are known, with who dominates them.
func tradeOffs(s *results.Simulate, wait outcome) []tradeOff {
	var out []tradeOff
	for _, p := range drawnPolicies(s) {
		hours, known := wait.find(p.PolicyResult)
		minutes, found := physicianMinutes().find(p.PolicyResult)
		if found && known && drawable(minutes.Value) && (drawable(hours.Value) || hours.NeverReached()) {
			out = append(out, tradeOff{policy: p, hours: hours, minutes: minutes})
		}
	}
	for i := range out {
		for _, other := range out {
			if other.dominates(out[i]) {
				out[i].dominatedBy = other.policy.Name
				break
			}
		}
	}
	return out
}

// reached reports whether the wait has a value.
func (t tradeOff) reached() bool { return drawable(t.hours.Value) }

// wait is the wait in hours, +Inf when it is never reached.
func (t tradeOff) wait() float64 {
	if t.reached() {
		return float64(t.hours.Value)
	}
	return math.Inf(1)
}

// set is the overrides of the policy: under others the clinic is another, and policies of both do not compete.
func (t tradeOff) set() string { return results.WhereText(t.policy.Set) }

// dominates reports whether t is no worse in either and better in one.
func (t tradeOff) dominates(o tradeOff) bool {
	if t.set() != o.set() {
		return false
	}
	a, b := t.minutes.Value, o.minutes.Value
	return t.wait() <= o.wait() && a <= b && (t.wait() < o.wait() || a < b)
}

func (t tradeOff) legend() legendEntry {
	e := legendEntry{Name: t.policy.name, Style: t.policy.style, Marker: marker(t.policy.style, 24, 8)}
	if t.dominatedBy != "" {
		e.Name, e.Style = e.Name+": dominated by "+t.dominatedBy, dominatedStyle
	}
	return e
}

// neverStrip is how wide the strip is in which waits stand that are never reached.
const neverStrip = 84

// drawFrontier draws the points with their intervals.
func drawFrontier(f frame, points []tradeOff, wait outcome) frontierDrawing {
	fig := frontierDrawing{frame: f, Height: 360, Left: 52, Right: f.Width - 20, Top: 30, Bottom: 306,
		Description: "Physician inbox minutes per workday against hours to the first response of urgent threads, a mark for " +
			"each policy: the numbers are in the table below"}
	x := axis{left: fig.Left, right: fig.Right}
	if slices.ContainsFunc(points, func(p tradeOff) bool { return !p.reached() }) {
		x.right -= neverStrip
		fig.Edge = x.right
		fig.Never = placedText{notReached, round(x.right + neverStrip/2), fig.Bottom + 18}
	}
	x.low, x.high = spanOf(points, func(p tradeOff) results.Measure { return p.hours })
	y := axis{left: fig.Bottom, right: fig.Top} // upwards
	y.low, y.high = spanOf(points, func(p tradeOff) results.Measure { return p.minutes })
	fig.X, fig.Y = niceTicks(x, 5), niceTicks(y, 5)
	fig.Across = placedText{bareLabel(wait.label) + ", hours", round((x.left + x.right) / 2), fig.Bottom + 42}
	fig.Up = placedText{"minutes per physician and workday", 0, 14}
	unreached := 0
	for _, p := range points {
		at := x.at(p.wait())
		if !p.reached() {
			at = stripPlace(x.right, unreached, points)
			unreached++
		}
		fig.Points = append(fig.Points, p.draw(at, x, y))
	}
	// Those that another beats first, so that they hide none of the others.
	slices.SortStableFunc(fig.Points, func(a, b frontierPoint) int { return cmp.Compare(b.Style/dominatedStyle, a.Style/dominatedStyle) })
	fig.Frontier = frontierPath(points, x, y)
	return fig
}

// stripPlace returns where the i-th of the policies stands whose wait is never reached: side by side in the strip.
func stripPlace(left float64, i int, points []tradeOff) float64 {
	all := 0
	for _, p := range points {
		if !p.reached() {
			all++
		}
	}
	return round(left + neverStrip*(float64(i)+.5)/float64(all))
}

// draw places a policy so far from the left.
func (t tradeOff) draw(at float64, x, y axis) frontierPoint {
	up := y.at(float64(t.minutes.Value))
	p := frontierPoint{Style: t.policy.style}
	if t.dominatedBy != "" {
		p.Style = dominatedStyle
	}
	var whiskers strings.Builder
	if low, high := bounds(t.hours); t.reached() && low < high {
		fmt.Fprintf(&whiskers, "M%g %gH%gM%g %gm0 -4v8M%g %gm0 -4v8", x.at(low), up, x.at(high), x.at(low), up, x.at(high), up)
	}
	if low, high := bounds(t.minutes); low < high {
		fmt.Fprintf(&whiskers, "M%g %gV%gM%g %gm-4 0h8M%g %gm-4 0h8", at, y.at(low), y.at(high), at, y.at(low), at, y.at(high))
	}
	p.Whiskers, p.Marker = whiskers.String(), marker(t.policy.style, at, up)
	return p
}

// bounds returns the interval of a measure, or its value twice when it has none.
func bounds(m results.Measure) (low, high float64) {
	if !drawable(m.Low) || !drawable(m.High) {
		return float64(m.Value), float64(m.Value)
	}
	return float64(m.Low), float64(m.High)
}

// spanOf returns the ends of an axis that holds all values with their intervals, and some room.
func spanOf(points []tradeOff, of func(tradeOff) results.Measure) (low, high float64) {
	low, high = math.Inf(1), math.Inf(-1)
	for _, p := range points {
		if m := of(p); drawable(m.Value) {
			l, h := bounds(m)
			low, high = math.Min(low, l), math.Max(high, h)
		}
	}
	room := math.Max((high-low)*.08, math.Abs(high)*.01+1e-9)
	return math.Max(0, low-room), high + room
}

// frontierPath joins the policies that no other dominates, from the shortest wait to the fewest minutes: a line for those
// of the same overrides.
func frontierPath(points []tradeOff, x, y axis) string {
	front := slices.DeleteFunc(slices.Clone(points), func(p tradeOff) bool { return p.dominatedBy != "" || !p.reached() })
	slices.SortStableFunc(front, func(a, b tradeOff) int {
		return cmp.Or(cmp.Compare(a.set(), b.set()), cmp.Compare(a.hours.Value, b.hours.Value))
	})
	var path strings.Builder
	for i, p := range front {
		if i > 0 && p.set() == front[i-1].set() {
			before := front[i-1]
			fmt.Fprintf(&path, "M%g %gL%g %g", x.at(before.wait()), y.at(float64(before.minutes.Value)), x.at(p.wait()), y.at(float64(p.minutes.Value)))
		}
	}
	return path.String()
}

func tradeOffSheet(points []tradeOff, wait outcome) sheet {
	t := sheet{Caption: "Physician time and the wait of urgent threads", Header: []string{"policy",
		"physician inbox, min/workday", "low", "high", bareLabel(wait.label) + ", h", "low", "high", "dominated by"}}
	for _, p := range points {
		by := p.dominatedBy
		if by == "" {
			by = "none"
		}
		row := []string{p.policy.name, number(float64(p.minutes.Value)), number(float64(p.minutes.Low)), number(float64(p.minutes.High)),
			number(p.wait()), number(float64(p.hours.Low)), number(float64(p.hours.High)), by}
		t.Rows = append(t.Rows, row)
	}
	return t
}
