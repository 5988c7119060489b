package report

import (
	"fmt"
	"math"
	"strings"
)

// timeChart is what a load did over time: plots above each other on one axis of seconds since the end of the warm-up. It
// is drawn here, and on a screen again by a script, from the same numbers.
type timeChart struct {
	From, To float64   // of the axis
	At       []float64 // moments of the rows
	Every    int       // seconds that a row stands for
	Plots    []timePlot
	Notes    []timeNote
}

// timePlot has one vertical axis, from 0 or of logarithms.
type timePlot struct {
	Title string // with the unit
	Unit  string // as the script writes it behind a value
	Log   bool
	Lines []timeLine
}

// timeLine is one line of a plot: a value for every row.
type timeLine struct {
	Name   string
	Style  int
	Values []bucket
}

// bucket is what a row of a line stands for: several seconds where a load was long. Missing values are NaN.
type bucket struct{ Low, High, Last float64 }

// timeNote marks a moment, or what lies between two.
type timeNote struct {
	From, To float64 // equal: a moment
	Text     string
}

// longestSeries is how many rows a chart over time has at most. There are about as many pixels.
const longestSeries = 600

// bucketed takes the values of several seconds together where there are more than longestSeries, so that no spike is lost:
// the lowest, the highest and the last. It returns how many seconds a row stands for.
func bucketed(values []float64) (rows []bucket, every int) {
	every = max(1, (len(values)+longestSeries-1)/longestSeries)
	for from := 0; from < len(values); from += every {
		rows = append(rows, bucketOf(values[from:min(from+every, len(values))]))
	}
	return rows, every
}

func bucketOf(values []float64) bucket {
	s := bucket{math.NaN(), math.NaN(), math.NaN()}
	for _, v := range values {
		if math.IsNaN(v) {
			continue
		}
		if math.IsNaN(s.Last) {
			s.Low, s.High = v, v
		}
		s.Low, s.High, s.Last = math.Min(s.Low, v), math.Max(s.High, v), v
	}
	return s
}

// everyText says that a long series is shown in parts, or nothing.
func everyText(every int) string {
	if every < 2 {
		return ""
	}
	return fmt.Sprintf(" The load was long: each point stands for %d seconds, the line for the last of them, and the band from the lowest to the highest.", every)
}

// highest returns the largest value of a plot, and lowest the smallest above 0; NaN when there is none.
func (p timePlot) highest() float64 {
	return p.fold(math.Max, func(s bucket) float64 { return s.High })
}
func (p timePlot) lowest() float64 {
	return p.fold(math.Min, func(s bucket) float64 {
		if s.Low > 0 {
			return s.Low
		}
		return math.NaN()
	})
}

func (p timePlot) fold(pick func(a, b float64) float64, of func(bucket) float64) float64 {
	found := math.NaN()
	for _, l := range p.Lines {
		for _, s := range l.Values {
			switch v := of(s); {
			case math.IsNaN(v) || math.IsInf(v, 0):
			case math.IsNaN(found):
				found = v
			default:
				found = pick(found, v)
			}
		}
	}
	return found
}

// measured reports whether a plot has anything to show.
func (p timePlot) measured() bool { return !math.IsNaN(p.highest()) }

// axis returns the vertical axis between two positions, and its ticks.
func (p timePlot) axis(bottom, top float64) (axis, []tick) {
	if !p.Log {
		a := axis{high: niceEnd(nanTo(p.highest(), 1)), left: bottom, right: top}
		return a, linearTicks(a)
	}
	a := axis{low: math.Pow(10, math.Floor(math.Log10(nanTo(p.lowest(), 1)))), left: bottom, right: top, log: true}
	a.high = math.Max(a.low*10, math.Pow(10, math.Ceil(math.Log10(nanTo(p.highest(), 1))-1e-9)))
	return a, powerTicks(a)
}

// drawnChart is a time chart on one frame.
type drawnChart struct {
	frame
	ID, Title, Description string
	Height                 float64
	Left, Right, Bottom    float64
	X                      []tick
	Plots                  []drawnPlot
	Marks                  []drawnNote
}

type drawnPlot struct {
	Title       string
	Top, Bottom float64
	Y           []tick
	Bands       []stroke
	Lines       []stroke
}

// stroke is a path in a line style.
type stroke struct {
	Style int
	Path  string
}

// drawnNote is a moment or a time with its label, which is empty where there is no room.
type drawnNote struct {
	From, To float64
	Text     string
	At       float64 // of the label
	Y        float64
	Anchor   string // class: empty, or end
}

// drawTimes lays the plots out from top to bottom.
func drawTimes(f frame, id, title string, c *timeChart) drawnChart {
	const heading, first, others, between = 26, 130, 84, 18
	d := drawnChart{frame: f, ID: id + "-" + f.Class, Title: title, Left: 52, Right: f.Width - 18}
	x := axis{low: c.From, high: c.To, left: d.Left, right: d.Right}
	rows := 0
	d.Marks, rows = placeNotes(x, c.Notes)
	y := float64(rows * noteLine)
	var names []string
	for i, p := range c.Plots {
		height := others
		if i == 0 {
			height = first
		}
		plot := drawnPlot{Title: p.Title, Top: y + heading, Bottom: y + heading + float64(height)}
		plot.draw(p, x, c.At)
		d.Plots = append(d.Plots, plot)
		names = append(names, p.Title)
		y = plot.Bottom + between
	}
	d.Bottom = y - between
	d.Height = d.Bottom + 26
	d.X = secondTicks(x)
	d.Description = fmt.Sprintf("Over the seconds of the load: %s. The numbers are in the table below.", strings.Join(names, "; "))
	return d
}

// draw adds the lines of p, and where a row stands for several seconds a band from the lowest to the highest.
func (d *drawnPlot) draw(p timePlot, x axis, at []float64) {
	y, ticks := p.axis(d.Bottom, d.Top)
	d.Y = ticks
	for _, l := range p.Lines {
		if band := bandPath(l.Values, at, x, y); band != "" {
			d.Bands = append(d.Bands, stroke{l.Style, band})
		}
		d.Lines = append(d.Lines, stroke{l.Style, linePath(l.Values, at, x, y)})
	}
}

// linePath joins the last values of all rows that follow each other; a single one between missing ones is a short dash.
func linePath(values []bucket, at []float64, x, y axis) string {
	var path strings.Builder
	drawing := false
	for i, s := range values {
		if math.IsNaN(s.Last) {
			drawing = false
			continue
		}
		command := "L"
		if !drawing {
			command = "M"
		}
		fmt.Fprintf(&path, "%s%g %g", command, x.at(at[i]), y.at(s.Last))
		alone := !drawing && (i+1 == len(values) || math.IsNaN(values[i+1].Last))
		if alone {
			path.WriteString("h1.5")
		}
		drawing = true
	}
	return path.String()
}

// bandPath runs along the highest values and back along the lowest; it is empty where every row is one second.
func bandPath(values []bucket, at []float64, x, y axis) string {
	var path strings.Builder
	for from := 0; from < len(values); from++ {
		to := from
		for to < len(values) && !math.IsNaN(values[to].Last) {
			to++
		}
		command, wide := "M", false
		var there, back strings.Builder
		for i := from; i < to; i++ {
			wide = wide || values[i].High > values[i].Low
			fmt.Fprintf(&there, "%s%g %g", command, x.at(at[i]), y.at(values[i].High))
			command = "L"
		}
		for i := to - 1; i >= from; i-- {
			fmt.Fprintf(&back, "L%g %g", x.at(at[i]), y.at(values[i].Low))
		}
		if wide {
			path.WriteString(there.String() + back.String() + "z")
		}
		from = to
	}
	return path.String()
}

const (
	noteLine  = 15  // height of a line of labels
	noteGlyph = 6.6 // width of a letter of a label, about
)

// placeNotes gives every note a line of its own above the plots where it would run into another's label. It returns how
// many lines that takes.
func placeNotes(x axis, notes []timeNote) (marks []drawnNote, rows int) {
	var ends []float64 // of what stands on each line already
	for _, n := range notes {
		m := drawnNote{From: x.at(n.From), To: x.at(n.To), Text: n.Text}
		width := noteGlyph * float64(len([]rune(n.Text)))
		m.At = m.From
		left := m.From
		if m.From+width > x.right {
			m.At, m.Anchor, left = math.Max(m.From, m.To), "end", math.Max(m.From, m.To)-width
		}
		row := 0
		for row < len(ends) && ends[row] > left {
			row++
		}
		if row == len(ends) {
			ends = append(ends, 0)
		}
		if n.Text != "" {
			ends[row] = left + width + 8
			m.Y = float64(row*noteLine + 11)
		}
		marks = append(marks, m)
	}
	for _, end := range ends {
		if end > 0 {
			rows++
		}
	}
	return marks, rows
}
