package report

import (
	"math"

	"github.com/portalbench/portalbench/results"
)

// barFigure shows staff minutes: a group for every role, a bar for every policy.
type barFigure struct {
	frame
	ID          string
	Height      float64
	Left, Right float64
	Top, Bottom float64
	X           []tick
	Roles       []barRole
}

// barRole is the heading of a group.
type barRole struct {
	Name string
	At   float64
	Bars []bar
}

// bar is one policy's minutes in a role: those within the day, then those outside hours, with the interval of both.
type bar struct {
	Policy, Text      string
	TextAt, Y, Height float64
	From, Split, To   float64 // positions
	Low, High         float64 // of the interval, equal when there is none
	Style             int
}

// staffBar is what a bar shows, in minutes per workday. Outside is NaN where it was not measured.
type staffBar struct {
	role, policy              string
	inbox, low, high, outside float64
	style                     int
}

// staffBars collects the bars of every role that spends time in the inbox, leaving out unstable policies.
func staffBars(s *results.Simulate) []staffBar {
	var bars []staffBar
	for _, role := range roles(s) {
		for i, p := range s.Policies {
			m, found := outcome{name: "inbox_minutes_per_workday", where: of(role), statistic: "mean"}.find(p)
			if !found || p.Grows() || !(m.Value > 0) || math.IsInf(float64(m.Value), 1) {
				continue
			}
			b := staffBar{role, title(p), float64(m.Value), float64(m.Low), float64(m.High), math.NaN(), i % styles}
			if out, found := (outcome{name: "outside_hours_minutes_per_workday", where: of(role), statistic: "mean"}).find(p); found {
				b.outside = math.Min(float64(out.Value), b.inbox)
			}
			bars = append(bars, b)
		}
	}
	return bars
}

// drawBars lays the bars out from top to bottom, each below its own line of text.
func drawBars(f frame, bars []staffBar) barFigure {
	const heading, row, thick = 34, 38, 12
	fig := barFigure{frame: f, ID: "staff-" + f.Class, Left: 4, Right: f.Width - 22, Top: 6}
	longest := 1.
	for _, b := range bars {
		longest = math.Max(longest, math.Max(b.inbox, nanTo(b.high, 0)))
	}
	x := axis{low: 0, high: longest * 1.02, left: fig.Left, right: fig.Right}
	y := fig.Top
	for _, b := range bars {
		if n := len(fig.Roles); n == 0 || fig.Roles[n-1].Name != roleName(b.role) {
			fig.Roles = append(fig.Roles, barRole{Name: roleName(b.role), At: y + 20})
			y += heading
		}
		role := &fig.Roles[len(fig.Roles)-1]
		role.Bars = append(role.Bars, bar{Policy: b.policy, Text: b.text(), TextAt: y + 10, Y: y + 16, Height: thick,
			From: x.at(0), Split: x.at(b.inbox - nanTo(b.outside, 0)), To: x.at(b.inbox),
			Low: x.at(nanTo(b.low, b.inbox)), High: x.at(nanTo(b.high, b.inbox)), Style: b.style})
		y += row
	}
	fig.Bottom = y + 4
	fig.Height = fig.Bottom + 26
	fig.X = roundTicks(x, "min")
	return fig
}

func (b staffBar) text() string {
	t := number(b.inbox) + " min"
	if !math.IsNaN(b.outside) {
		t += ", of which " + number(b.outside) + " outside hours"
	}
	return t
}

// nanTo returns v, or instead when v is missing.
func nanTo(v, instead float64) float64 {
	if math.IsNaN(v) {
		return instead
	}
	return v
}
