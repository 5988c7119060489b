package report

import (
	"math"
	"strings"

	"github.com/portalbench/portalbench/results"
	"github.com/portalbench/portalbench/results/stats"
)

// forestDrawing shows what policies change: a panel for every outcome, in its own unit, with a row for every policy.
type forestDrawing struct {
	frame
	Height      float64
	Description string
	Panels      []deltaPanel
}

// forestFigure shows the paired differences from the baseline, if there are any.
func forestFigure(s *results.Simulate) (Figure, bool) {
	policies := drawnOf(s, func(p styledPolicy) bool { return hasDifference(s, p) })
	if len(policies) == 0 {
		return Figure{}, false
	}
	rows := comparedOutcomes(s)
	fig := Figure{Name: "differences", Title: "What each policy changes against " + baselineOf(s), Legend: legendOf(policies),
		Numbers: append([]sheet{differenceSheet(s, rows)}, differenceSheets(s)...)}
	fig.Note = joinSentences("Each policy less the baseline, paired by replication on the same draws, with the 95% interval "+
		"(simulation error only). An interval that holds 0 shows no difference.", sameOverrides(s), adjustment(s, rows), notDrawn(s))
	for _, f := range frames() {
		fig.Panels = append(fig.Panels, panel{Class: f.Class, Template: "forest", Drawing: drawForest(f, s, rows, policies)})
	}
	return fig, true
}

// sameOverrides says which baseline a policy of a sweep is compared with.
func sameOverrides(s *results.Simulate) string {
	if len(varied(s.Policies)) == 0 || s.Differences[0].BaselineSet != nil {
		return ""
	}
	return "Each is compared with the baseline that has the same overrides."
}

func hasDifference(s *results.Simulate, p styledPolicy) bool {
	for _, d := range s.Differences {
		if isOf(d, p.PolicyResult, s) {
			return true
		}
	}
	return false
}

// drawForest lays the panels out in two columns, or in one on a phone.
func drawForest(f frame, s *results.Simulate, rows []outcome, policies []styledPolicy) forestDrawing {
	columns, gap := 2, 36.
	if f.Class == "narrow" {
		columns = 1
	}
	fig := forestDrawing{frame: f, Description: "Differences from the baseline by outcome and policy, with intervals: " +
		"the numbers are in the table below"}
	width := (f.Width - gap*float64(columns-1)) / float64(columns)
	y := 4.
	for i := 0; i < len(rows); i += columns {
		bottom := y
		for column, o := range rows[i:min(i+columns, len(rows))] {
			p := newForestPanel(s, o, policies, float64(column)*(width+gap), width, y)
			fig.Panels = append(fig.Panels, p)
			bottom = math.Max(bottom, p.Bottom)
		}
		y = bottom + 48
	}
	fig.Height = y - 26
	return fig
}

// newForestPanel draws one outcome, its policies one below the other.
func newForestPanel(s *results.Simulate, o outcome, policies []styledPolicy, left, width, y float64) deltaPanel {
	const row, key, margin = 17, 26, 20
	var ends []float64
	starred := false
	for _, p := range policies {
		if d, found := o.against(s, p.PolicyResult); found && drawable(d.Value) {
			ends, starred = append(ends, farEnd(d.Value, d.Low, d.High, o.scale)), starred || d.Adjusted
		}
	}
	far := farthest(ends)
	p := deltaPanel{x: axis{low: -far, high: far, left: left + key, right: round(left + width - margin)}}
	p.Zero = p.x.at(0)
	title := capital(bareLabel(o.label))
	if starred {
		title += " " + adjusted
	}
	p.Titles, y = lettered(fitted(title, width-key-margin, textSize*boldWidth/letterWidth), p.Zero, y+12, 16)
	p.Unit = placedText{differenceUnit(o), p.Zero, y}
	p.Top, p.Bottom = round(y+8), round(y+8+row*float64(len(policies))+6)
	p.X = signedTicks(p.x)
	for i, policy := range policies {
		p.place(s, o, policy, round(p.Top+3+row*(float64(i)+.5)), left+8)
	}
	return p
}

// place draws a policy's difference, or says why there is none, and of whom: beside a mark another would pass for a value.
func (p *deltaPanel) place(s *results.Simulate, o outcome, policy styledPolicy, y, left float64) {
	d, found := o.against(s, policy.PolicyResult)
	m := deltaMark{Style: policy.style, Y: y, Low: p.Zero, High: p.Zero}
	if found && drawable(d.Value) {
		m = p.mark(policy.style, o.scale, d.Value, d.Low, d.High, y)
	} else {
		p.Missing = append(p.Missing, placedText{o.differenceText(s, policy.PolicyResult), p.Zero, y + 4})
		m.Key = marker(policy.style, left, y)
	}
	p.Marks = append(p.Marks, m)
}

// drawable reports whether a number has a place on an axis.
func drawable(n results.Number) bool { return !math.IsNaN(float64(n)) && !math.IsInf(float64(n), 0) }

// bareLabel is the label of an outcome without its unit.
func bareLabel(label string) string {
	for _, unit := range []string{" h", ", %", ", min/workday"} {
		label = strings.TrimSuffix(label, unit)
	}
	return label
}

// differenceUnit says what a difference in an outcome is counted in, and which side is better where one is.
func differenceUnit(o outcome) string {
	text := unitName(o.unit)
	if strings.HasSuffix(o.label, "min/workday") {
		text += " per workday"
	}
	spec, err := results.ParseMeasure(o.name)
	if err != nil {
		return text
	}
	if side, known := betterSide(spec); known {
		text += "; " + side + " is better"
	}
	return text
}

// differenceSheet has a row for every difference, with its bounds in columns of their own.
func differenceSheet(s *results.Simulate, rows []outcome) sheet {
	t := sheet{Caption: "Differences from " + baselineOf(s) + ", shares in percentage points",
		Header: []string{"outcome", "policy", "difference", "low", "high", "adjusted"}}
	paths := varied(s.Policies)
	for _, o := range rows {
		for _, p := range compared(s) {
			row := []string{o.label, nameAmong(p, paths), o.differenceText(s, p), "", "", ""}
			if d, found := o.against(s, p); found && drawable(d.Value) && !p.Grows() {
				value, low, high := o.scale*float64(d.Value), o.scale*float64(d.Low), o.scale*float64(d.High)
				places := decimals(max(math.Abs(value), nanTo(math.Abs(low), 0), nanTo(math.Abs(high), 0)))
				row = []string{o.label, row[1], signed(value, places), boundText(low, places), boundText(high, places), yesNo(d.Adjusted)}
			}
			t.Rows = append(t.Rows, row)
		}
	}
	return t
}

// boundText writes a bound of an interval, which a single replication does not have.
func boundText(v float64, places int) string {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return missing
	}
	return signed(v, places)
}

func yesNo(b bool) string {
	if b {
		return "yes"
	}
	return "no"
}

// betterSide says on which side of 0 a difference is an improvement.
func betterSide(spec results.MeasureSpec) (side string, known bool) {
	better, known := spec.Better()
	if better == stats.LargerIsBetter {
		return "right", known
	}
	return "left", known
}
