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

// rangeFigure shows latencies: for every operation what the person waited beside what the portal took.
type rangeFigure struct {
	frame
	Height      float64
	Left, Right float64
	Top, Bottom float64
	X           []tick
	Ops         []opRange
}

// opRange is an operation's row.
type opRange struct {
	Name, Text        string
	TextAt            float64
	Response, Service quantileRange
}

// quantileRange is a line from p50 to p99 with a mark at p95.
type quantileRange struct{ Y, P50, P95, P99 float64 }

// measuredOps returns the operations with ok answers.
func measuredOps(l *results.Load) []results.OpResult {
	var ops []results.OpResult
	for _, op := range l.Ops {
		if op.Outcomes[results.OK.String()] > 0 && op.ResponseMS.P50 > 0 {
			ops = append(ops, op)
		}
	}
	return ops
}

// drawLatency lays the operations out from top to bottom on a common logarithmic axis of milliseconds.
func drawLatency(f frame, ops []results.OpResult) rangeFigure {
	const row = 46
	fig := rangeFigure{frame: f, Left: 14, Right: f.Width - 30, Top: 6}
	low, high := math.Inf(1), 0.
	for _, op := range ops {
		for _, v := range []results.Number{op.ResponseMS.P50, op.ServiceMS.P50, op.ResponseMS.P95, op.ServiceMS.P95, op.ResponseMS.P99, op.ServiceMS.P99} {
			if v > 0 {
				low, high = math.Min(low, float64(v)), math.Max(high, float64(v))
			}
		}
	}
	x := axis{low: math.Pow(10, math.Floor(math.Log10(low))), high: math.Pow(10, math.Ceil(math.Log10(high*1.0001))),
		left: fig.Left, right: fig.Right, log: true}
	y := fig.Top
	for _, op := range ops {
		fig.Ops = append(fig.Ops, opRange{Name: op.Op, TextAt: y + 13,
			Text:     rangeText(op),
			Response: rangeOf(op.ResponseMS, x, y+24), Service: rangeOf(op.ServiceMS, x, y+35)})
		y += row
	}
	fig.Bottom = y
	fig.Height = y + 28
	fig.X = decadeTicks(x, "ms")
	return fig
}

// rangeText says what the mark stands for: the 95th percentile, or the median where too few operations tell no more.
func rangeText(op results.OpResult) string {
	response, service, what := op.ResponseMS.P95, op.ServiceMS.P95, "p95 "
	if math.IsNaN(float64(response)) {
		response, service, what = op.ResponseMS.P50, op.ServiceMS.P50, "median only: "
	}
	return what + number(float64(response)) + " ms, service " + number(float64(service)) + " ms"
}

func rangeOf(l results.Latency, x axis, y float64) quantileRange {
	p50 := nanTo(float64(l.P50), x.low)
	p95 := nanTo(float64(l.P95), p50)
	return quantileRange{y, x.at(p50), x.at(p95), x.at(nanTo(float64(l.P99), p95))}
}
