package report

import (
	"math"
	"strings"

	"github.com/portalbench/portalbench/results"
)

// tornadoDrawing shows how far a result follows each parameter, the most influential first.
type tornadoDrawing struct {
	frame
	Height      float64
	Top, Bottom float64
	X           []tick
	Unit        placedText
	Median      float64
	Rows        []tornadoRow
	Description string
}

// tornadoRow is one parameter: from the mean where it is low, an open circle, to the mean where it is high, a full one.
type tornadoRow struct {
	Names     []placedText
	Low, High float64
	Y         float64
}

// tornadoFigures show the level of the baseline and the difference of every other policy.
func tornadoFigures(u *results.Uncertainty) []Figure {
	var figures []Figure
	for i, t := range u.Tornados {
		bars := tornadoBars(t)
		if len(bars) == 0 {
			continue
		}
		fig := Figure{Name: "tornado-" + count(int64(i+1)), Title: tornadoTitle(t) + ": " + quantityWords(u.Quantity), Numbers: []sheet{tornadoSheet(u, t)}}
		order := "Uppermost is what matters most in a rank regression, which need not be the longest bar."
		if !drawable(t.Explained) { // too few draws for one, as the notes say
			order = ""
		}
		fig.Note = joinSentences(tornadoText(u, t), "The line is the median of the draws.", order, strings.Replace(tornadoNotes(u, t), "o: mean", "○: mean", 1))
		for _, f := range frames() {
			fig.Panels = append(fig.Panels, panel{Class: f.Class, Template: "tornado", Drawing: drawTornado(f, u, t, bars)})
		}
		figures = append(figures, fig)
	}
	return figures
}

// tornadoBars are the bars that are drawn: the first that have values.
func tornadoBars(t results.Tornado) []results.Influence {
	var bars []results.Influence
	for _, b := range t.Bars[:min(shownBars, len(t.Bars))] {
		if drawable(b.Bottom) && drawable(b.Top) {
			bars = append(bars, b)
		}
	}
	return bars
}

// drawTornado lays the parameters out from top to bottom, each with its range above its bar.
func drawTornado(f frame, u *results.Uncertainty, t results.Tornado, bars []results.Influence) tornadoDrawing {
	scale, unit := displayed(u)
	fig := tornadoDrawing{frame: f, Top: 4, Description: tornadoTitle(t) + ": mean result where each parameter is low and where it is " +
		"high: the numbers are in the table below"}
	least, most := reach(bars)
	if drawable(t.Median) {
		least, most = math.Min(least, float64(t.Median)), math.Max(most, float64(t.Median))
	}
	room := math.Max((most-least)*.06, 1e-9)
	x := axis{low: scale * (least - room), high: scale * (most + room), left: 12, right: f.Width - 26}
	y := fig.Top
	for _, b := range bars {
		p := u.Parameters[b.Parameter]
		row := tornadoRow{Low: x.at(scale * float64(b.Bottom)), High: x.at(scale * float64(b.Top))}
		row.Names, y = lettered(fitted(p.Name()+", "+parameterRange(p), f.Width, textSize), 0, y+13, 15)
		row.Y = round(y)
		y += 14
		fig.Rows = append(fig.Rows, row)
	}
	fig.Bottom = y
	fig.X = niceTicks(x, 4)
	fig.Unit = placedText{unit, round((x.left + x.right) / 2), y + 36}
	fig.Height = y + 44
	if drawable(t.Median) {
		fig.Median = x.at(scale * float64(t.Median))
	}
	return fig
}

func tornadoSheet(u *results.Uncertainty, t results.Tornado) sheet {
	scale, unit := displayed(u)
	s := sheet{Caption: tornadoTitle(t) + ", in " + unit + ": every parameter", Header: []string{"parameter", "range", "coefficient",
		"low", "high", "mean where low", "mean where high", "swing", "low", "high"}}
	for _, b := range t.Bars {
		p := u.Parameters[b.Parameter]
		row := []string{p.Name(), parameterRange(p)}
		for _, n := range []results.Number{b.Coefficient, b.CoefficientLow, b.CoefficientHigh} {
			row = append(row, number(float64(n)))
		}
		for _, n := range []results.Number{b.Bottom, b.Top, b.Swing, b.SwingLow, b.SwingHigh} {
			row = append(row, number(scale*float64(n)))
		}
		s.Rows = append(s.Rows, row)
	}
	return s
}

// flipSheets say where the ranking of policies turns round.
func flipSheets(u *results.Uncertainty) []sheet {
	if len(u.Flips) == 0 {
		return nil
	}
	t := sheet{Caption: "Where the ranking flips, one parameter at a time, the others as in the scenario",
		Header: []string{"parameter", "policy", "value", "range", "flips at"}}
	for _, f := range u.Flips {
		p := u.Parameters[f.Parameter]
		t.Rows = append(t.Rows, []string{p.Name(), f.Policy, parameterNumber(p.Value) + unitOf(p), parameterRange(p), flipText(f)})
	}
	return []sheet{t}
}
