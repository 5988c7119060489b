package report

import (
	"math"

	"github.com/portalbench/portalbench/results"
	"github.com/portalbench/portalbench/results/stats"
)

// staffMinutes is what the inbox takes of a role under a policy, in minutes of a workday.
type staffMinutes struct {
	role              string
	policy            styledPolicy
	mean, low, high   float64 // with its interval
	outside           float64 // of it outside hours; NaN where that was not measured
	days              *stats.Histogram
	p5, p25, p75, p95 float64 // of the workdays of all persons; NaN without days
	median            float64
}

// staffDrawing shows the minutes of every role: a row for every policy, with a box where the workdays are known and a bar
// for the mean where they are not. Beside it stands the share that falls outside hours.
type staffDrawing struct {
	frame
	ID          string
	Height      float64
	Top, Bottom float64
	X           []tick
	Roles       []placedText
	Shares      placedText // heading of the shares
	Rows        []staffRow
	Description string
}

// staffRow is one policy in one role.
type staffRow struct {
	Style  int
	Labels []placedText
	Box    *staffBox
	Bar    *staffBar
	Share  placedText // of the minutes that are outside hours
	From   float64    // where its bar begins
	To     float64    // and ends: equal when there is none
	Whole  float64    // where it would end were it all
	Y      float64
}

// staffBox shows how workdays differ: whiskers at 5 and 95%, the box from 25 to 75%, a mark at the median.
type staffBox struct {
	Low, Left, Middle, Right, High float64
	Marker                         string
}

// staffBar shows a mean with its interval.
type staffBar struct{ From, To, Low, High float64 }

// staffFigure shows what the inbox takes of the staff. There is none when no role spends time in it.
func staffFigure(record *results.Record) (Figure, bool) {
	s := record.Run.Simulate
	all := allStaffMinutes(record)
	if len(all) == 0 {
		return Figure{}, false
	}
	fig := Figure{Name: "staff-minutes", Title: "Minutes in the inbox, per person and workday", Numbers: []sheet{staffSheet(all)}}
	how := "The bar is the mean over all workdays, the thin line its 95% interval (simulation error only): the run does not hold " +
		"how workdays differ."
	if all[0].days != nil {
		how = "Half of all workdays lie in the box, nine in ten between the ends of the line; the mark is the median. Days " +
			"differ by person, by weekday and by chance: this is no interval of the mean."
	}
	fig.Note = joinSentences("Portal threads and all other inbox work, on days with a scheduled session.", how,
		"The hatched bar is the share of inbox minutes outside the person's scheduled hours.", notDrawn(s))
	for _, f := range frames() {
		fig.Panels = append(fig.Panels, panel{Class: f.Class, Template: "staff", Drawing: drawStaff(f, all)})
	}
	return fig, true
}

// allStaffMinutes collects the roles that spend time in the inbox, with every policy that is drawn.
func allStaffMinutes(record *results.Record) []staffMinutes {
	s := record.Run.Simulate
	var out []staffMinutes
	for _, role := range roles(s) {
		for _, p := range drawnPolicies(s) {
			m, found := outcome{name: "inbox_minutes_per_workday", where: of(role), statistic: "mean"}.find(p.PolicyResult)
			if !found || !drawable(m.Value) {
				continue
			}
			one := staffMinutes{role: role, policy: p, mean: float64(m.Value), low: float64(m.Low), high: float64(m.High), outside: math.NaN()}
			out = append(out, one.withOutside().withDays(record))
		}
	}
	return out
}

// withOutside adds the minutes outside hours, which are part of the others.
func (m staffMinutes) withOutside() staffMinutes {
	o := outcome{name: "outside_hours_minutes_per_workday", where: of(m.role), statistic: "mean"}
	if out, found := o.find(m.policy.PolicyResult); found && drawable(out.Value) {
		m.outside = math.Min(float64(out.Value), m.mean)
	}
	return m
}

// withDays adds how workdays differ, where the run holds it.
func (m staffMinutes) withDays(record *results.Record) staffMinutes {
	tag := results.SpanTag(m.policy.Name, m.policy.Set, "inbox_minutes_of_a_workday", results.Where{"role": m.role})
	nan := math.NaN()
	m.p5, m.p25, m.median, m.p75, m.p95 = nan, nan, nan, nan, nan
	if h := record.Distribution("min", tag); h != nil && h.Count() > 0 && h.NotReachedCount() == 0 {
		m.days = h
		m.p5, m.p25, m.median, m.p75, m.p95 = h.Quantile(.05), h.Quantile(.25), h.Quantile(.5), h.Quantile(.75), h.Quantile(.95)
	}
	return m
}

// share returns the part of the minutes that is outside hours, NaN when it is not known.
func (m staffMinutes) share() float64 {
	if m.mean == 0 {
		return math.NaN()
	}
	return m.outside / m.mean
}

// reach returns how many minutes a row shows.
func (m staffMinutes) reach() float64 {
	return max(m.mean, nanTo(m.high, 0), nanTo(m.p95, 0))
}

// The column of the shares outside hours: a bar of full length for all minutes, and its number behind.
const shareBar, shareColumn = 60, 106

// drawStaff lays the rows out from top to bottom, each below the name of its policy.
func drawStaff(f frame, all []staffMinutes) staffDrawing {
	fig := staffDrawing{frame: f, ID: "outside-" + f.Class, Top: 6,
		Description: "Inbox minutes per workday by role and policy, and the share outside hours: the numbers are in the table below"}
	most := 1.
	for _, m := range all {
		most = math.Max(most, m.reach())
	}
	x := axis{high: most * 1.02, left: 8, right: round(f.Width - shareColumn - 16)}
	y := fig.Top
	for i, m := range all {
		if i == 0 || all[i-1].role != m.role {
			fig.Roles = append(fig.Roles, placedText{roleName(m.role), 0, y + 20})
			y += 34
		}
		row, next := newStaffRow(f, m, x, y)
		fig.Rows, y = append(fig.Rows, row), next
	}
	fig.Shares = placedText{"outside hours", f.Width, fig.Top + 20}
	fig.Bottom = y
	fig.Height = fig.Bottom + 26
	fig.X = roundTicks(x, "min")
	return fig
}

// newStaffRow draws a row below y, and returns where the next begins.
func newStaffRow(f frame, m staffMinutes, x axis, y float64) (staffRow, float64) {
	r := staffRow{Style: m.policy.style}
	r.Labels, y = lettered(fitted(m.policy.name, f.Width, textSize), 0, y+10, 15)
	r.Y = round(y)
	if m.days != nil {
		r.Box = &staffBox{x.at(m.p5), x.at(m.p25), x.at(m.median), x.at(m.p75), x.at(m.p95), marker(r.Style, x.at(m.median), r.Y)}
	} else {
		r.Bar = &staffBar{x.at(0), x.at(m.mean), x.at(nanTo(m.low, m.mean)), x.at(nanTo(m.high, m.mean))}
	}
	share := m.share()
	r.From = f.Width - shareColumn
	r.To, r.Whole = round(r.From+shareBar*nanTo(share, 0)), r.From+shareBar
	r.Share = placedText{percentOf(share), f.Width, r.Y + 4}
	return r, r.Y + 20
}

// percentOf writes a share in percent.
func percentOf(share float64) string {
	if math.IsNaN(share) {
		return missing
	}
	return fixed(100*share, 0) + "%"
}

func staffSheet(all []staffMinutes) sheet {
	t := sheet{Caption: "Minutes per workday and person", Header: []string{"role", "policy", "mean, min (95% interval)",
		"outside hours, min", "outside hours, %", "p5, min", "p25, min", "median, min", "p75, min", "p95, min"}}
	for _, m := range all {
		row := []string{roleName(m.role), m.policy.name, interval(m.mean, m.low, m.high), number(m.outside), percentNumber(m.share())}
		for _, q := range []float64{m.p5, m.p25, m.median, m.p75, m.p95} {
			row = append(row, number(q))
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}

func percentNumber(share float64) string { return number(100 * share) }
