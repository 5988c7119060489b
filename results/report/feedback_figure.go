package report

import (
	"fmt"
	"math"

	"github.com/portalbench/portalbench/results"
)

// feedBackFigure shows what a portal as slow as measured changes against one that answers at once, each outcome as a share
// of what it is there; nil where nothing was fed back.
func feedBackFigure(f *results.FeedBack) *Figure {
	var rows []effectShare
	for _, e := range f.Effects {
		if s, told := shareOf(e); told {
			rows = append(rows, s)
		}
	}
	if len(rows) == 0 {
		return nil
	}
	fig := &Figure{Name: "feed-back", Title: "What the portal's slowness changes", Note: "In per cent of the value behind a portal that answers at once, with the " +
		"95% interval; a line that crosses 0 shows no difference. " + feedBackNote(f),
		Numbers: []sheet{onPage("What the portal's slowness changes", effectsOf(f)), onPage("Waiting for the portal, per workday and person", portalWaits(f))}}
	for _, at := range frames() {
		fig.Panels = append(fig.Panels, panel{Class: at.Class, Template: "effects", Drawing: drawEffects(at, rows)})
	}
	return fig
}

// effectShare is a difference and its interval, in per cent.
type effectShare struct {
	name             string
	value, low, high float64
	shown            bool
}

func shareOf(e results.Effect) (effectShare, bool) {
	once := float64(e.AtOnce)
	if !(once > 0) || math.IsInf(once, 0) || math.IsNaN(float64(e.Difference)) || math.IsInf(float64(e.Difference), 0) {
		return effectShare{}, false
	}
	value := 100 * float64(e.Difference) / once
	return effectShare{outcomeOf(e.Quantity).label, value, nanTo(100*float64(e.Low)/once, value), nanTo(100*float64(e.High)/once, value), e.Shown}, true
}

// forest has a line with a mark for every row, on both sides of 0.
type forest struct {
	frame
	Height, Left, Right, Top, Bottom, Zero float64
	X                                      []tick
	Rows                                   []forestRow
}

type forestRow struct {
	Name, Text     string
	TextAt         float64
	Y, Low, High   float64
	Style          int
	Marker, Anchor string
}

func drawEffects(f frame, effects []effectShare) forest {
	const row = 40
	fig := forest{frame: f, Left: 20, Right: f.Width - 26, Top: 4}
	far := 0.
	for _, e := range effects {
		far = math.Max(far, math.Max(math.Abs(e.low), math.Abs(e.high)))
	}
	far = niceEnd(math.Max(far, .01))
	x := axis{low: -far, high: far, left: fig.Left, right: fig.Right}
	y := fig.Top
	for _, e := range effects {
		style := 5
		if e.shown {
			style = 0
		}
		fig.Rows = append(fig.Rows, forestRow{Name: e.name, Text: fmt.Sprintf("%s%%", signed(e.value, 2)), TextAt: y + 12, Y: y + 25,
			Low: x.at(e.low), High: x.at(e.high), Style: style, Marker: marker(style, x.at(e.value), y+25)})
		y += row
	}
	fig.Zero, fig.Bottom = x.at(0), y
	fig.Height = y + 24
	for _, v := range []float64{-far, 0, far} {
		label := "0"
		if v != 0 {
			label = map[bool]string{true: "+", false: "−"}[v > 0] + roundNumber(math.Abs(v)) + "%"
		}
		fig.X = append(fig.X, tick{x.at(v), label})
	}
	return fig
}
