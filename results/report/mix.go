package report

import (
	"fmt"

	"github.com/portalbench/portalbench/results"
)

// mixFigure sets what was offered to the portal beside what the model has people do; nil where that was not recorded.
func mixFigure(l *results.Load) *Figure {
	var model, offered int64
	for _, r := range l.Mix {
		model, offered = model+r.Model, offered+r.Offered
	}
	if model == 0 || offered == 0 {
		return nil
	}
	f := &Figure{Name: "mix", Title: "The live mix and the model's", Legend: []legendEntry{{Name: "the model", Style: 5, Marker: marker(6, 24, 8)}, {Name: "on the portal", Style: 0, Marker: marker(0, 24, 8)}},
		Note: "Each operation's share of all operations of the measured window. Where the two marks lie apart the portal cannot do an operation, or answers " +
			"on which others wait did not come.",
		Numbers: []sheet{{Caption: "Operations of the measured window", Header: []string{"operation", "the model", "share, %", "on the portal", "share, %"}}}}
	var rows []mixShare
	for _, r := range l.Mix {
		s := mixShare{r.Op, 100 * float64(r.Model) / float64(model), 100 * float64(r.Offered) / float64(offered)}
		rows = append(rows, s)
		f.Numbers[0].Rows = append(f.Numbers[0].Rows, []string{r.Op, count(r.Model), number(s.model), count(r.Offered), number(s.live)})
	}
	for _, at := range frames() {
		f.Panels = append(f.Panels, panel{Class: at.Class, Template: "mix", Drawing: drawMix(at, rows)})
	}
	return f
}

// mixShare is an operation's share of the model's mix and of the live one, in per cent.
type mixShare struct {
	op          string
	model, live float64
}

// pairFigure has two marks on a line for every row.
type pairFigure struct {
	frame
	Height      float64
	Left, Right float64
	Top, Bottom float64
	X           []tick
	Rows        []pairRow
}

type pairRow struct {
	Name, Text          string
	Y, From, To, TextAt float64
	First, Second       string // outlines of the marks
}

func drawMix(f frame, shares []mixShare) pairFigure {
	const row = 26
	fig := pairFigure{frame: f, Left: 96, Right: f.Width - 118, Top: 4}
	most := 0.
	for _, s := range shares {
		most = max(most, s.model, s.live)
	}
	x := axis{high: niceEnd(most), left: fig.Left, right: fig.Right}
	y := fig.Top
	for _, s := range shares {
		at := y + row/2
		fig.Rows = append(fig.Rows, pairRow{Name: s.op, Text: fmt.Sprintf("%s%% / %s%%", number(s.model), number(s.live)), Y: at, TextAt: f.Width,
			From: min(x.at(s.model), x.at(s.live)), To: max(x.at(s.model), x.at(s.live)),
			First: marker(6, x.at(s.model), at), Second: marker(0, x.at(s.live), at)})
		y += row
	}
	fig.Bottom = y
	fig.Height = y + 24
	fig.X = unitTicks(x, "%")
	return fig
}
