package report

import (
	"math"

	"github.com/portalbench/portalbench/results"
)

// latencyFigure shows for every operation what the person waited beside what the portal took; nil without ok answers.
func latencyFigure(l *results.Load) *Figure {
	ops := measuredOps(l)
	if len(ops) == 0 {
		return nil
	}
	f := &Figure{Name: "latency", Title: "Latency by operation", Legend: []legendEntry{{Name: "response", Style: 0, Marker: marker(0, 24, 8)}, {Name: "service", Style: 1, Marker: marker(1, 24, 8)}},
		Note: "From the median to the 99th percentile, with a mark at the 95th, on a logarithmic axis. Response is what a person waits, the generator's " +
			"lag included; service is the portal's part.", Numbers: []sheet{latencySheet(l)}}
	for _, at := range frames() {
		f.Panels = append(f.Panels, panel{Class: at.Class, Template: "ranges", Drawing: drawLatency(at, ops)})
	}
	return f
}

// rangeFigure shows latencies: for every operation what the person waited beside what the portal took.
type rangeFigure struct {
	frame
	ID          string
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
type quantileRange struct {
	Y, P50, P95, P99 float64
	Mark             string
}

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
	fig := rangeFigure{frame: f, ID: "latency-" + f.Class, Left: 22, Right: f.Width - 36, Top: 6}
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
			Response: rangeOf(op.ResponseMS, x, y+24, 0), Service: rangeOf(op.ServiceMS, x, y+36, 1)})
		y += row
	}
	fig.Bottom = y
	fig.Height = y + 28
	fig.X = spaced(decadeTicks(x, "ms"))
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

func rangeOf(l results.Latency, x axis, y float64, style int) quantileRange {
	p50 := nanTo(float64(l.P50), x.low)
	p95 := nanTo(float64(l.P95), p50)
	return quantileRange{y, x.at(p50), x.at(p95), x.at(nanTo(float64(l.P99), p95)), marker(style, x.at(p95), y)}
}

func latencySheet(l *results.Load) sheet {
	t := sheet{Caption: "Latency by operation, ms", Header: []string{"operation", "offered", "ok", "other", "response p50", "response p95", "response p99",
		"service p50", "service p95", "service p99", "lag p99"}}
	for _, op := range l.Ops {
		if op.Offered == 0 {
			continue
		}
		ok := op.Outcomes[results.OK.String()]
		row := []string{op.Op, count(op.Offered), count(ok), count(op.Offered - ok)}
		for _, ms := range []results.Number{op.ResponseMS.P50, op.ResponseMS.P95, op.ResponseMS.P99, op.ServiceMS.P50,
			op.ServiceMS.P95, op.ServiceMS.P99, op.LagMS.P99} {
			row = append(row, number(float64(ms)))
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}
