package report

import (
	"cmp"
	"fmt"
	"math"
	"strings"

	"github.com/portalbench/portalbench/results"
	"github.com/portalbench/portalbench/results/stats"
)

// percentilesFigure shows for every operation how response and service grow towards the slowest answers: the horizontal
// axis gives each further nine of a percentile as much room as the one before. It is nil without distributions.
func percentilesFigure(record *results.Record) *Figure {
	f := &Figure{Name: "percentiles", Title: "Latency by percentile", Legend: []legendEntry{{Name: "response", Style: 0}, {Name: "service", Style: 1}},
		Numbers: []sheet{{Caption: "Latency by percentile, ms", Header: []string{"operation and latency", "answers", "p50", "p90", "p95", "p99", "p99.9", "p99.99", "slowest"}}}}
	var tails []opTails
	var few []string
	for _, op := range record.Run.Load.Ops {
		t := opTails{op: op.Op, tails: []tail{tailOf(record, op, "response", 0), tailOf(record, op, "service", 1)}}
		switch n := t.tails[0].answers(); {
		case n >= fewestAnswers:
			tails = append(tails, t)
			f.Numbers[0].Rows = append(f.Numbers[0].Rows, t.rows()...)
		case n > 0:
			few = append(few, op.Op)
		}
	}
	if len(tails) == 0 {
		return nil
	}
	f.Note = "Every further nine of the percentile has as much room as the one before: at the right are the slowest answers. Beside the name stands how many there were. The line turns faint where an " +
		"operation had too few answers to tell the percentile. Never answered counts as slower than all others, and ends the line early."
	if len(few) > 0 {
		f.Note += fmt.Sprintf(" Left out, with fewer than %d ok answers: %s.", fewestAnswers, strings.Join(few, ", "))
	}
	for _, at := range frames() {
		f.Panels = append(f.Panels, panel{Class: at.Class, Template: "percentiles", Drawing: drawTails(at, tails)})
	}
	return f
}

// fewestAnswers is how many ok answers an operation has at least to be drawn.
const fewestAnswers = 20

// opTails are the distributions of an operation.
type opTails struct {
	op    string
	tails []tail
}

// tail is one distribution, of microseconds, of an operation of which some were never answered.
type tail struct {
	name       string
	style      int
	h          *stats.Histogram // nil: none
	unanswered int64
}

func tailOf(record *results.Record, op results.OpResult, latency string, style int) tail {
	return tail{latency, style, record.Distribution("us", op.Op+"."+latency), op.Unanswered()}
}

func (t tail) answers() int64 {
	if t.h == nil {
		return 0
	}
	return t.h.Count()
}

// reached is the share of the operations that were answered: the line ends there.
func (t tail) reached() float64 {
	return float64(t.answers()) / float64(t.answers()+t.unanswered)
}

// quantile returns the milliseconds within which a share q of the operations was answered: NaN where fewer were, or where
// too few answers tell.
func (t tail) quantile(q float64) float64 {
	if t.answers() < int64(stats.SamplesForQuantile(q)) || q > t.reached() {
		return math.NaN()
	}
	return t.h.Quantile(q/t.reached()) / 1000
}

func (o opTails) rows() [][]string {
	var rows [][]string
	for _, t := range o.tails {
		row := []string{o.op + ", " + t.name, count(t.answers())}
		for _, q := range []float64{.5, .9, .95, .99, .999, .9999} {
			row = append(row, number(t.quantile(q)))
		}
		rows = append(rows, append(row, number(float64(t.slowest())/1000)))
	}
	return rows
}

func (t tail) slowest() int64 {
	if t.h == nil {
		return 0
	}
	return t.h.Max()
}

// nines turns a share into how many nines it has: 0 for none, 1 for .9, 2 for .99.
func nines(share float64) float64 { return -math.Log10(1 - share) }

// tailGrid holds a small plot for every operation, all on the same axes.
type tailGrid struct {
	frame
	Height float64
	Plots  []tailPlot
}

type tailPlot struct {
	Name, Text               string
	Left, Right, Top, Bottom float64
	X, Y                     []tick
	Lines                    []stroke // told by enough answers
	Faint                    []stroke // not so
}

// drawTails deals the operations out over columns.
func drawTails(f frame, ops []opTails) tailGrid {
	const heading, tall, below, gap, labels = 24, 112, 34, 18, 48
	columns, of := 3, " answers"
	if f.Class == "narrow" {
		columns, of = 2, ""
	}
	x, y := tailAxes(ops)
	width := (f.Width - labels - gap*float64(columns-1) - 10) / float64(columns)
	g := tailGrid{frame: f}
	for i, op := range ops {
		left := round(labels + float64(i%columns)*(width+gap))
		top := float64(i/columns)*(heading+tall+below) + heading
		p := tailPlot{Name: op.op, Text: count(op.tails[0].answers()) + of, Left: left, Right: round(left + width), Top: top, Bottom: top + tall}
		x.left, x.right, y.left, y.right = p.Left, p.Right, p.Bottom, p.Top
		p.draw(op, x, y, i%columns == 0)
		g.Plots = append(g.Plots, p)
		g.Height = p.Bottom + below - 8
	}
	return g
}

// tailAxes spans all lines: from the median's nines to those of the largest number of answers, and in powers of ten from
// the fastest half of the fastest operation to the slowest answer of all.
func tailAxes(ops []opTails) (x, y axis) {
	x, y = axis{low: 0, high: 2}, axis{low: math.Inf(1), high: 0, log: true}
	for _, op := range ops {
		for _, t := range op.tails {
			if t.answers() == 0 {
				continue
			}
			x.high = math.Max(x.high, math.Ceil(math.Log10(float64(t.answers()))-1e-9))
			y.low = math.Min(y.low, math.Max(1, t.h.Quantile(.25))/1000)
			y.high = math.Max(y.high, float64(t.slowest())/1000)
		}
	}
	y.low = math.Pow(10, math.Floor(math.Log10(y.low)))
	y.high = math.Max(y.low*10, math.Pow(10, math.Ceil(math.Log10(y.high)-1e-9)))
	return x, y
}

func (p *tailPlot) draw(op opTails, x, y axis, labelled bool) {
	p.X = nineTicks(x)
	for _, t := range powerTicks(y) {
		if !labelled {
			t.Label = ""
		}
		p.Y = append(p.Y, t)
	}
	for _, t := range op.tails {
		told, faint := t.paths(x, y)
		p.Lines, p.Faint = append(p.Lines, stroke{t.style, told}), append(p.Faint, stroke{t.style, faint})
	}
}

// nineTicks are 0, 90%, 99% and so on; where there is little room the last are left out.
func nineTicks(x axis) []tick {
	labels := []string{"0", "90%", "99%", "99.9%", "99.99%", "99.999%", "99.9999%"}
	var out []tick
	for n := 0; float64(n) <= x.high && n < len(labels); n++ {
		out = append(out, tick{x.at(float64(n)), labels[n]})
	}
	if last := &out[len(out)-1]; last.At+tickLetter*float64(len(last.Label))/2 > x.right+12 {
		last.Label = "" // it would run into the next plot
	}
	return spaced(out)
}

// tailStep is the least distance between two points of a line, in pixels.
const tailStep = 1.5

// paths returns the line as far as enough answers tell it, and what is beyond.
func (t tail) paths(x, y axis) (told, faint string) {
	if t.answers() == 0 {
		return "", ""
	}
	var lines [2]strings.Builder
	steps := t.h.Cumulative()
	before, last := "", math.Inf(-1)
	for i, s := range steps {
		from := 0. // from this share on a percentile is this step's value
		if i > 0 {
			from = steps[i-1].Share * t.reached()
		}
		at := x.at(nines(from))
		if at-last < tailStep && i < len(steps)-1 {
			continue
		}
		which := 0
		if t.answers() < int64(stats.SamplesForQuantile(from)) {
			which = 1
		}
		point := fmt.Sprintf("%g %g", at, y.at(float64(s.Value)/1000))
		if lines[which].Len() == 0 {
			lines[which].WriteString("M" + cmp.Or(before, point))
		}
		lines[which].WriteString("L" + point)
		before, last = point, at
	}
	return lines[0].String(), lines[1].String()
}
