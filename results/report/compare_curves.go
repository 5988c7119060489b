package report

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/portalbench/portalbench/results"
	"github.com/portalbench/portalbench/results/stats"
)

// overlay is one plot or more with the lines of several runs over each other.
type overlay struct {
	frame
	Height      float64
	Plots       []overlayPlot
	Description string
}

// overlayPlot is one of them.
type overlayPlot struct {
	Name                     string
	Left, Right, Top, Bottom float64
	X, Y                     []tick
	Lines                    []overlayLine
}

// overlayLine is a staircase with an optional mark.
type overlayLine struct {
	Style        int
	Path, Marker string
}

// point is a step of a line: from X on it is at Y.
type point struct{ x, y float64 }

// staircase draws a line through points, each of which holds until the next, and the last until the end. A line that
// has no point within the plot is none.
func staircase(x, y axis, points []point, end float64) string {
	var path strings.Builder
	for i, p := range points {
		if i == 0 {
			fmt.Fprintf(&path, "M%g %g", x.at(p.x), y.at(p.y))
			continue
		}
		fmt.Fprintf(&path, "H%gV%g", x.at(p.x), y.at(p.y))
	}
	if path.Len() > 0 {
		fmt.Fprintf(&path, "H%g", x.at(end))
	}
	return path.String()
}

// lineLegend names the lines in the order of their styles.
func lineLegend(names []string) []legendEntry {
	var legend []legendEntry
	for i, name := range names {
		legend = append(legend, legendEntry{name, i % styles, marker(i%styles, 24, 8)})
	}
	return legend
}

// comparedWait is how long the threads of one urgency waited under a policy of a run.
type comparedWait struct {
	name, urgency string
	style         int
	steps         []stats.Step // in minutes
}

// within returns the share that had a first response within so many hours.
func (w comparedWait) within(hours float64) float64 {
	share := 0.
	for _, s := range w.steps {
		if float64(s.Value) <= 60*hours {
			share = s.Share
		}
	}
	return share
}

// median returns the hours within which half had a first response, +Inf if that never was.
func (w comparedWait) median() float64 {
	for _, s := range w.steps {
		if s.Share >= .5 {
			return float64(s.Value) / 60
		}
	}
	return math.Inf(1)
}

// waits returns the distributions of the policies that are drawn, with their names, and the names of those that no line
// style is left for.
func (c *Comparison) waits() (waits []comparedWait, names, left []string) {
	paths := c.variedPaths()
	for _, p := range c.policies() {
		name := nameAmong(p.named, paths)
		var own []comparedWait
		for _, urgency := range []string{"routine", "urgent"} {
			tag := results.SpanTag(p.own.Name, p.own.Set, "first_response", results.Where{"actual_urgency": urgency})
			if h := c.Sides[p.side].Record.Distribution("min", tag); h != nil && h.Count() > h.NotReachedCount() && !p.own.Grows() {
				own = append(own, comparedWait{name, urgency, len(names), h.Cumulative()})
			}
		}
		switch {
		case len(own) == 0:
		case len(names) == styles:
			left = append(left, name)
		default:
			waits, names = append(waits, own...), append(names, name)
		}
	}
	return waits, names, left
}

// waitFigures show the times to first response of all runs over each other, a plot for each urgency.
func (c *Comparison) waitFigures() []Figure {
	waits, names, left := c.waits()
	if len(waits) == 0 {
		return nil
	}
	fig := Figure{Name: "first-response-compared", Title: "Time to first response", Legend: lineLegend(names), Numbers: []sheet{comparedWaits(waits)},
		Note: "Share of threads with a first response so far, of all replications together; those never answered stay in the total, and lines may " +
			"lie on each other. Time on a logarithmic axis; the mark is the median."}
	if len(left) > 0 {
		fig.Note += " Not drawn, as there are no more than " + fmt.Sprint(styles) + " kinds of lines: " + list(left) + "."
	}
	urgencies := slices.DeleteFunc([]string{"urgent", "routine"}, func(u string) bool {
		return !slices.ContainsFunc(waits, func(w comparedWait) bool { return w.urgency == u })
	})
	for _, f := range frames() {
		areas, height := f.areas(len(urgencies))
		drawing := overlay{frame: f, Height: height, Description: "Share of threads with a first response, by time since they were sent, for urgent and routine threads, one line for every policy of every run"}
		for i, urgency := range urgencies {
			drawing.Plots = append(drawing.Plots, drawWaits(areas[i], waits, urgency))
		}
		fig.Panels = append(fig.Panels, panel{Class: f.Class, Template: "overlay", Drawing: drawing})
	}
	return []Figure{fig}
}

const (
	overlayHeight = 256. // of a plot, with its title and axis
	overlayTitle  = 34.  // room for the title
	overlayAxis   = 30.  // and for the labels below
)

// area is where a plot stands, with its title above and its labels below and to the left.
type area struct{ x, y, width float64 }

// fewestInTwo is from how many plots on they stand in two columns where there is room.
const fewestInTwo = 3

// areas deals a frame out over so many plots, and returns the height that they take.
func (f frame) areas(plots int) (all []area, height float64) {
	columns := 1
	if f.Class == "wide" && plots >= fewestInTwo {
		columns = 2
	}
	width := f.Width / float64(columns)
	for i := range plots {
		all = append(all, area{width * float64(i%columns), overlayHeight * float64(i/columns), width})
	}
	return all, overlayHeight * math.Ceil(float64(plots)/float64(columns))
}

// plot begins a plot in an area, with room for the labels of its vertical axis.
func (a area) plot(name string, labels float64) overlayPlot {
	return overlayPlot{Name: name, Left: a.x + labels, Right: a.x + a.width - 26, Top: a.y + overlayTitle, Bottom: a.y + overlayHeight - overlayAxis}
}

// drawWaits plots the waits of threads of one urgency.
func drawWaits(a area, waits []comparedWait, urgency string) overlayPlot {
	p := a.plot("Threads that are actually "+urgency, 44)
	x := axis{low: 1. / 12, high: 672, left: p.Left, right: p.Right, log: true}
	p.X = timeTicks(x)
	y := axis{low: 0, high: 1, left: p.Bottom, right: p.Top}
	for share := 0; share <= 100; share += 25 {
		p.Y = append(p.Y, tick{y.at(float64(share) / 100), fmt.Sprintf("%d%%", share)})
	}
	for _, w := range waits {
		if w.urgency != urgency {
			continue
		}
		points := []point{{x.low, w.within(x.low)}}
		for _, s := range w.steps {
			if hours := float64(s.Value) / 60; hours > x.low && s.Share-points[len(points)-1].y >= 1./curvePoints {
				points = append(points, point{hours, s.Share})
			}
		}
		line := overlayLine{Style: w.style, Path: staircase(x, y, points, x.high)}
		if median := w.median(); median <= x.high {
			line.Marker = marker(w.style, x.at(median), y.at(.5))
		}
		p.Lines = append(p.Lines, line)
	}
	return p
}

// comparedTail is the distribution of an operation's response in one run; those that were never answered are in it.
type comparedTail struct {
	op    string
	style int
	h     *stats.Histogram // of microseconds
}

// fewestDrawn is how many answers an operation needs in every run to have a plot: as many as tell a 95th percentile.
const fewestDrawn = 59

// mostDrawn is how many operations have a plot.
const mostDrawn = 6

// tails returns an operation's distributions in all runs; none where one of them has too few answers.
func (c *Comparison) tails(op string) []comparedTail {
	var all []comparedTail
	for i, s := range c.Sides {
		h := s.Record.Distribution("us", op+".response")
		if h == nil || h.Count() < fewestDrawn {
			return nil
		}
		row, _ := s.Record.Run.Load.Op(op)
		waited := h.Clone()
		waited.NotReached(row.Unanswered())
		all = append(all, comparedTail{op, i, waited})
	}
	return all
}

// tailFigures show the responses of all runs over each other, by percentile: of all operations, and of the most frequent
// ones, each in a plot.
func (c *Comparison) tailFigures() []Figure {
	note := "How long the slowest answers took: every further nine of a percentile has as much room as the one before. Of each line the right end is the " +
		"slowest answer; operations never answered count as slower than all others, and end a line early. The mark is the 95th percentile."
	var figures []Figure
	if all := c.tails("all"); all != nil {
		figures = append(figures, c.tailFigure("response-percentiles-compared", "Response of all operations, by percentile", note, [][]comparedTail{all}))
	}
	var busiest [][]comparedTail
	for _, op := range c.operations() {
		if tails := c.tails(op); tails != nil && op != "all" {
			busiest = append(busiest, tails)
		}
	}
	slices.SortStableFunc(busiest, func(a, b []comparedTail) int { return int(b[0].h.Count() - a[0].h.Count()) })
	if left := len(busiest) - mostDrawn; left > 0 {
		busiest = busiest[:mostDrawn]
		note = fmt.Sprintf("The %d most frequent operations; the table has all. ", mostDrawn) + note
	}
	if len(busiest) > 0 {
		figures = append(figures, c.tailFigure("operation-percentiles-compared", "Response by operation and percentile", note, busiest))
	}
	return figures
}

func (c *Comparison) tailFigure(name, title, note string, ops [][]comparedTail) Figure {
	var names []string
	for i := range c.Sides {
		names = append(names, c.loadName(i))
	}
	fig := Figure{Name: name, Title: title, Note: note, Legend: lineLegend(names), Numbers: []sheet{c.tailSheet(title, ops)}}
	for _, f := range frames() {
		areas, height := f.areas(len(ops))
		drawing := overlay{frame: f, Height: height, Description: title + " in milliseconds, one line for every run"}
		for i, tails := range ops {
			drawing.Plots = append(drawing.Plots, drawTailsOver(areas[i], tails))
		}
		fig.Panels = append(fig.Panels, panel{Class: f.Class, Template: "overlay", Drawing: drawing})
	}
	return fig
}

// nine is a percentile with its place on an axis on which every further nine has as much room as the one before.
type nine struct {
	label string
	q     float64
}

func knownNines() []nine {
	return []nine{{"0%", 0}, {"50%", .5}, {"90%", .9}, {"99%", .99}, {"99.9%", .999}, {"99.99%", .9999}, {"99.999%", .99999}}
}

// ninesOf says how many nines a percentile has, as a whole and a part.
func ninesOf(q float64) float64 { return -math.Log10(1 - q) }

// points walks along a distribution, in steps of a fiftieth of a nine, to its slowest answer or to those never reached.
func (t comparedTail) points() (points []point, end float64) {
	const steps = 50
	whole := math.Log10(float64(t.h.Count())) // as many nines as so many observations tell
	for k := 0; k <= int(steps*whole)+1; k++ {
		at := math.Min(float64(k)/steps, whole)
		q := 1 - math.Pow(10, -at)
		if at == whole {
			q = 1
		}
		v := t.h.Quantile(q) / 1000
		if math.IsInf(v, 0) {
			break
		}
		if end = at; len(points) == 0 || v != points[len(points)-1].y {
			points = append(points, point{at, v})
		}
	}
	return points, end
}

// fastestDrawn is the least time that is drawn, in milliseconds: a thousandth, the unit of what is measured.
const fastestDrawn = .001

// drawTailsOver plots an operation's distributions over each other.
func drawTailsOver(a area, tails []comparedTail) overlayPlot {
	name := tails[0].op
	if name == "all" {
		name = "all operations"
	}
	p := a.plot(name, 80)
	least, most, nines := math.Inf(1), 0., 1.
	for _, t := range tails {
		points, end := t.points()
		for _, at := range points {
			least, most = math.Min(least, math.Max(at.y, fastestDrawn)), math.Max(most, at.y)
		}
		nines = math.Max(nines, end)
	}
	x := axis{low: 0, high: nines, left: p.Left, right: p.Right}
	y := decades(least, most, p.Bottom, p.Top)
	for _, t := range knownNines() {
		if at := ninesOf(t.q); at <= nines && (len(p.X) == 0 || x.at(at)-p.X[len(p.X)-1].At >= labelSpace) {
			p.X = append(p.X, tick{x.at(at), t.label})
		}
	}
	p.Y = decadeTicks(y, "ms")
	for _, t := range tails {
		points, end := t.points()
		if len(points) == 0 {
			continue // more than half were never answered
		}
		line := overlayLine{Style: t.style, Path: staircase(x, y, points, end)}
		if v := t.h.Quantile(.95) / 1000; !math.IsInf(v, 0) {
			line.Marker = marker(t.style, x.at(ninesOf(.95)), y.at(v))
		}
		p.Lines = append(p.Lines, line)
	}
	return p
}

// decades is a logarithmic axis of whole decades, at least one.
func decades(least, most, from, to float64) axis {
	if !(most > 0) {
		least, most = 1, 1
	}
	low := math.Floor(math.Log10(least))
	high := math.Max(low+1, math.Ceil(math.Log10(most*1.0001)))
	return axis{low: math.Pow(10, low), high: math.Pow(10, high), left: from, right: to, log: true}
}

// tailSheet gives the percentiles that the lines pass through.
func (c *Comparison) tailSheet(title string, ops [][]comparedTail) sheet {
	t := sheet{Caption: title + ", ms", Header: []string{"operation", "run", "operations", "p50", "p75", "p90", "p95", "p99", "p99.9", "p99.99", "slowest answer"}}
	for _, tails := range ops {
		for _, tail := range tails {
			row := []string{tail.op, letter(tail.style), count(tail.h.Count())}
			for _, q := range []float64{.5, .75, .9, .95, .99, .999, .9999} {
				cell := missing
				if tail.h.Count() >= int64(stats.SamplesForQuantile(q)) {
					cell = number(tail.h.Quantile(q) / 1000)
				}
				row = append(row, cell)
			}
			t.Rows = append(t.Rows, append(row, number(float64(tail.h.Max())/1000)))
		}
	}
	return t
}
