package report

import (
	"fmt"
	"math"

	"github.com/portalbench/portalbench/results"
)

// waitingFigure sets the time that people lose waiting for the portal beside the time they work on messages; nil where
// neither was measured.
func waitingFigure(l *results.Load) *Figure {
	var staff []results.StaffWait
	for _, s := range l.Staff {
		if s.PortalWaitMinutes > 0 || s.HandlingMinutesPerWorkday > 0 {
			staff = append(staff, s)
		}
	}
	if len(staff) == 0 {
		return nil
	}
	f := &Figure{Name: "portal-waiting", Title: "Minutes lost waiting for the portal", Areas: true, Legend: []legendEntry{{Name: "handling messages", Style: 0},
		{Name: "waiting for the portal", Style: 1}},
		Note:    "Per workday and person. What staff wait for the portal is added to what their messages take them.",
		Numbers: []sheet{waitSheet(l)}}
	for _, at := range frames() {
		f.Panels = append(f.Panels, panel{Class: at.Class, Template: "failures", Drawing: drawWaiting(at, staff)})
	}
	return f
}

func drawWaiting(f frame, staff []results.StaffWait) stackFigure {
	const row, thick = 40, 12
	fig := stackFigure{frame: f, ID: "portal-waiting-" + f.Class, Title: "Minutes lost waiting for the portal", Left: 4, Right: f.Width - 40, Top: 4,
		Description: "For every role the minutes a workday that handling messages takes, and those of waiting for the portal. The numbers are in the table below."}
	most := 0.
	for _, s := range staff {
		most = max(most, nanTo(float64(s.HandlingMinutesPerWorkday), 0)+nanTo(float64(s.PortalWaitMinutes), 0))
	}
	x := axis{high: niceEnd(most), left: fig.Left, right: fig.Right}
	y := fig.Top
	for _, s := range staff {
		work, wait := nanTo(float64(s.HandlingMinutesPerWorkday), 0), nanTo(float64(s.PortalWaitMinutes), 0)
		r := stackRow{Name: roleName(s.Role), Text: waitingText(s), TextAt: y + 12, Y: y + 18, Height: thick,
			Parts: []stackPart{{x.at(0), x.at(work), 0}}}
		if wait > 0 { // a sliver that can be seen, however short
			r.Parts = append(r.Parts, stackPart{x.at(work), max(x.at(work+wait), x.at(work)+2), 1})
		}
		fig.Rows = append(fig.Rows, r)
		y += row
	}
	fig.Bottom = y
	fig.Height = y + 24
	fig.X = unitTicks(x, " min")
	return fig
}

func waitingText(s results.StaffWait) string {
	if math.IsNaN(float64(s.PortalWaitMinutes)) {
		return number(float64(s.HandlingMinutesPerWorkday)) + " min handling, waiting not known"
	}
	scale, unit := spanUnit(float64(s.PortalWaitMinutes))
	return fmt.Sprintf("%s min handling, %s %s waiting", number(float64(s.HandlingMinutesPerWorkday)), number(scale*float64(s.PortalWaitMinutes)),
		map[string]string{"seconds": "s", "minutes": "min"}[unit])
}

func waitSheet(l *results.Load) sheet {
	t := sheet{Caption: "Lost waiting for the portal, per workday and person", Header: []string{"role", "waiting, s", "handling messages, min", "waiting / handling, %"}}
	for _, s := range l.Staff {
		wait, work := float64(s.PortalWaitMinutes), float64(s.HandlingMinutesPerWorkday)
		share := missing
		if work > 0 {
			share = number(100 * wait / work)
		}
		t.Rows = append(t.Rows, []string{roleName(s.Role), number(60 * wait), number(work), share})
	}
	return t
}
