package report

import (
	"fmt"
	"math"
	"strings"

	"github.com/portalbench/portalbench/results"
)

// capacityFigure shows every step of a search: what was achieved of what was offered, and how long answers took, with the
// edge that was found. It is nil without steps.
func capacityFigure(c *results.Capacity) *Figure {
	if len(c.Steps) == 0 {
		return nil
	}
	f := &Figure{Name: "capacity-steps", Title: "Achieved, and response p95, by what was offered", Numbers: []sheet{capacitySheet(c)},
		Note: "A mark for every step of the search. On the slanting line everything that was offered was also achieved."}
	if limit := responseLimit(c); limit > 0 {
		f.Note += " The level line is the limit that the response must keep, " + roundNumber(limit) + " ms."
	}
	for _, v := range []struct {
		name, verdict string
		style         int
	}{{"passed", results.Pass, stepPassed}, {"failed", results.Fail, stepFailed}, {"could not be judged", results.StepInvalid, stepInvalid}} {
		for _, s := range c.Steps {
			if s.Verdict == v.verdict {
				f.Legend = append(f.Legend, legendEntry{Name: v.name, Style: v.style, Marker: marker(v.style, 24, 8)})
				break
			}
		}
	}
	if c.Outcome == results.CapacityFound {
		f.Note += " The line down is the capacity, and shaded is its 95% interval."
	}
	for _, at := range frames() {
		f.Panels = append(f.Panels, panel{Class: at.Class, Template: "steps", Drawing: drawSteps(at, c)})
	}
	return f
}

// The styles of steps.
const (
	stepPassed  = 2
	stepFailed  = 6
	stepInvalid = 5
)

// stepFigure has two plots above each other, over the offered rate.
type stepFigure struct {
	frame
	Height, Left, Right, Top, Bottom float64
	X                                []tick
	Plots                            []stepPlot
	Low, High, Edge                  float64 // positions; all 0 where no edge was found
	EdgeText                         string
	Anchor                           string // of the edge's text
	Description                      string
}

type stepPlot struct {
	Title       string
	Top, Bottom float64
	Y           []tick
	Guide       string // path: achieved as offered, or the limit
	Marks       []stroke
}

func drawSteps(f frame, c *results.Capacity) stepFigure {
	fig := stepFigure{frame: f, Left: 48, Right: f.Width - 26, Top: 40, Description: fmt.Sprintf("%d steps of the search, by the rate that was offered: "+
		"the rate achieved, and the 95th percentile of the response. The numbers are in the table below.", len(c.Steps))}
	most, slowest, fastest := 0., 0., math.Inf(1)
	for _, s := range c.Steps {
		most = math.Max(most, math.Max(float64(s.OfferedPerS), nanTo(float64(s.AchievedPerS), 0)))
		if p := float64(s.ResponseMS.P95); p > 0 && !math.IsInf(p, 0) {
			slowest, fastest = math.Max(slowest, p), math.Min(fastest, p)
		}
	}
	x := axis{high: niceEnd(most), left: fig.Left, right: fig.Right}
	rate := axis{high: x.high, left: 200, right: fig.Top}
	achieved := stepPlot{Title: "Achieved, operations a second", Top: rate.right, Bottom: rate.left, Y: linearTicks(rate),
		Guide: fmt.Sprintf("M%g %gL%g %g", x.left, rate.left, x.right, rate.right)}
	for _, s := range c.Steps {
		achieved.place(s, x.at(float64(s.OfferedPerS)), rate, float64(s.AchievedPerS))
	}
	fig.Plots = []stepPlot{achieved}
	fig.Bottom = achieved.Bottom
	if slowest > 0 {
		fig.Plots = append(fig.Plots, responseSteps(c, x, fastest, slowest, achieved.Bottom+44))
		fig.Bottom = fig.Plots[1].Bottom
	}
	fig.Height = fig.Bottom + 42
	for _, t := range fourSteps(x) {
		fig.X = append(fig.X, tick{t.At, t.Label + "/s"})
	}
	fig.edge(c, x)
	return fig
}

// place adds a step's mark, if it was measured.
func (p *stepPlot) place(s results.CapacityStep, at float64, y axis, value float64) {
	if math.IsNaN(value) || math.IsInf(value, 0) {
		return
	}
	style := map[string]int{results.Pass: stepPassed, results.Fail: stepFailed}[s.Verdict]
	if style == 0 {
		style = stepInvalid
	}
	p.Marks = append(p.Marks, stroke{style, marker(style, at, y.at(value))})
}

// responseSteps is the plot of the 95th percentiles, with the limit on it where there is one.
func responseSteps(c *results.Capacity, x axis, fastest, slowest, top float64) stepPlot {
	limit := responseLimit(c)
	if limit > 0 {
		fastest, slowest = math.Min(fastest, limit), math.Max(slowest, limit)
	}
	y := axis{low: math.Pow(10, math.Floor(math.Log10(fastest))), left: top + 130, right: top, log: true}
	y.high = math.Max(10*y.low, math.Pow(10, math.Ceil(math.Log10(slowest)-1e-9)))
	p := stepPlot{Title: "Response p95, ms, logarithmic", Top: y.right, Bottom: y.left, Y: powerTicks(y)}
	if limit > 0 {
		p.Guide = fmt.Sprintf("M%g %gH%g", x.left, y.at(limit), x.right)
	}
	for _, s := range c.Steps {
		p.place(s, x.at(float64(s.OfferedPerS)), y, float64(s.ResponseMS.P95))
	}
	return p
}

// responseLimit returns the limit on the 95th percentile of all responses in ms, 0 without one.
func responseLimit(c *results.Capacity) float64 {
	for _, text := range c.Thresholds {
		if t, err := results.ParseThreshold(text); err == nil && t.Op == "all" && t.Metric == "response" && t.Statistic == "p95" {
			return t.Limit
		}
	}
	return 0
}

// edge marks the capacity and its interval.
func (fig *stepFigure) edge(c *results.Capacity, x axis) {
	if c.Outcome != results.CapacityFound {
		return
	}
	fig.Edge, fig.Low, fig.High = x.at(float64(c.CapacityPerS)), x.at(nanTo(float64(c.LowPerS), float64(c.CapacityPerS))),
		x.at(nanTo(float64(c.HighPerS), float64(c.CapacityPerS)))
	fig.EdgeText = "capacity " + perSecond(c.CapacityPerS)
	if fig.Edge > fig.Right-110 {
		fig.Anchor = "end"
	}
}

// fourSteps divides an axis from 0 into four, or into two where it is short.
func fourSteps(a axis) []tick {
	steps := 4.
	if a.right-a.left < 400 {
		steps = 2
	}
	var out []tick
	for i := 0.; i <= steps; i++ {
		out = append(out, tick{a.at(a.high * i / steps), roundNumber(a.high * i / steps)})
	}
	return out
}

func capacitySheet(c *results.Capacity) sheet {
	g := capacitySteps(c)
	t := sheet{Caption: "Steps of the search", Rows: g.rows, Words: true}
	for _, title := range g.header {
		t.Header = append(t.Header, strings.ReplaceAll(title, "\n", " "))
	}
	return t
}
