package report

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/portalbench/portalbench/results"
	"github.com/portalbench/portalbench/results/stats"
)

// confidence is that of every interval that is computed here.
const confidence = .95

// loaded compares loads: nil where not every run holds one.
func (c *Comparison) loaded() *comparedPart {
	if !results.Loaded(c.records()) {
		return nil
	}
	p := &comparedPart{ID: "portal", Title: "How the portals held up"}
	for i, s := range c.Sides {
		l := s.Record.Run.Load
		p.Verdicts = append(p.Verdicts, comparedVerdict{letter(i), l.Validity == results.RunValid, validity(l)})
	}
	p.Tables = append(p.Tables, c.throughput())
	if t := c.thresholds(); len(t.grid.rows) > 0 {
		p.Tables = append(p.Tables, t)
	}
	p.Tables = append(p.Tables, c.errors(), c.responses(), c.ratios())
	p.Figures = c.tailFigures()
	return p
}

// lettered begins a table with a column for each run.
func (c *Comparison) lettered(first string) grid {
	g := grid{header: []string{first}}
	for i := range c.Sides {
		g.header = append(g.header, letter(i))
	}
	return g
}

func (c *Comparison) throughput() comparedTable {
	g := c.lettered("of the load")
	for _, row := range []struct {
		name string
		of   func(*results.Load) string
	}{
		{"offered, operations/s", func(l *results.Load) string { return number(float64(l.OfferedPerS)) }},
		{"achieved, operations/s", func(l *results.Load) string { return number(float64(l.AchievedPerS)) }},
		{"completed, operations/s", func(l *results.Load) string { return number(float64(l.CompletedPerS)) }},
		{"requests/s", func(l *results.Load) string { return number(float64(l.RequestsPerS)) }},
		{"not ok, %", func(l *results.Load) string { return errorShare(l, "all") }},
		{"messages lost, doubled, misplaced or leaked", func(l *results.Load) string {
			if l.Ledger == nil {
				return missing
			}
			return count(l.Ledger.Broken())
		}},
		{"generator's lag, p99 ms", func(l *results.Load) string {
			all, _ := l.Op("all")
			return number(float64(all.LagMS.P99))
		}},
		{"generator's CPU, % of its cores", func(l *results.Load) string { return number(100 * float64(l.Generator.CPUShare)) }},
		{"portal's process, cores used", func(l *results.Load) string {
			if l.Target == nil {
				return missing
			}
			return number(float64(l.Target.CPUCoresMean))
		}},
	} {
		cells := []string{row.name}
		for _, s := range c.Sides {
			cells = append(cells, row.of(s.Record.Run.Load))
		}
		g.rows = append(g.rows, cells)
	}
	return comparedTable{Caption: "Throughput", grid: g}
}

// errorShare writes the share of an operation's offered ones that did not end ok, in percent.
func errorShare(l *results.Load, op string) string {
	row, found := l.Op(op)
	if !found || row.Offered == 0 {
		return missing
	}
	return number(100 * notOK(row))
}

// thresholds says how every run stood to the limits that any of them had.
func (c *Comparison) thresholds() comparedTable {
	g := c.lettered("threshold")
	var all []string
	for _, s := range c.Sides {
		for _, t := range s.Record.Run.Load.Thresholds {
			if !slices.Contains(all, t.Expression) {
				all = append(all, t.Expression)
			}
		}
	}
	for _, expression := range all {
		row := []string{expression}
		for _, s := range c.Sides {
			cell := missing
			for _, t := range s.Record.Run.Load.Thresholds {
				if t.Expression == expression {
					cell = verdictSign(t.Status) + " " + thresholdText(t)
				}
			}
			row = append(row, cell)
		}
		g.rows = append(g.rows, row)
	}
	return comparedTable{Caption: "Thresholds", grid: g}
}

// percentile is one that responses are compared by.
type percentile struct {
	name string
	q    float64
	of   func(results.Latency) results.Number
}

func comparedPercentiles() []percentile {
	return []percentile{
		{"p50", .5, func(l results.Latency) results.Number { return l.P50 }},
		{"p95", .95, func(l results.Latency) results.Number { return l.P95 }},
		{"p99", .99, func(l results.Latency) results.Number { return l.P99 }},
	}
}

// operations names those that any of the runs offered.
func (c *Comparison) operations() []string {
	var ops []string
	for _, s := range c.Sides {
		for _, op := range s.Record.Run.Load.Ops {
			if op.Offered > 0 && !slices.Contains(ops, op.Op) {
				ops = append(ops, op.Op)
			}
		}
	}
	return ops
}

// response returns a percentile of an operation's response in milliseconds, with the interval between two of its own
// observations. There is none without the run's distributions, or where too few operations tell.
func (s Side) response(op string, p percentile, confidence float64) stats.Interval {
	row, _ := s.Record.Run.Load.Op(op)
	i := stats.Interval{Value: float64(p.of(row.ResponseMS)), Low: math.NaN(), High: math.NaN()}
	h := s.Record.Distribution("us", op+".response")
	if h == nil || math.IsNaN(i.Value) || row.Offered == 0 {
		return i
	}
	waited := h.Clone()
	waited.NotReached(row.Unanswered()) // nobody waits longer
	bounds := waited.QuantileInterval(p.q, confidence)
	i.Low, i.High = bounds.Low/1000, bounds.High/1000
	if math.IsInf(i.High, 0) {
		i.High = math.NaN()
	}
	return i
}

// errors sets out how much of each operation did not end ok.
func (c *Comparison) errors() comparedTable {
	g := c.lettered("operation")
	for _, op := range c.operations() {
		cells := []string{op}
		for _, s := range c.Sides {
			row, _ := s.Record.Run.Load.Op(op)
			cells = append(cells, errorShare(s.Record.Run.Load, op)+" (of "+count(row.Offered)+")")
		}
		g.rows = append(g.rows, cells)
	}
	return comparedTable{Caption: "Not ok, % (of operations offered)", grid: g}
}

func (c *Comparison) responses() comparedTable {
	g := grid{header: []string{"operation, run"}}
	for _, p := range comparedPercentiles() {
		g.header = append(g.header, p.name+", ms")
	}
	for _, op := range c.operations() {
		for i, s := range c.Sides {
			cells := []string{op + ", " + letter(i)}
			for _, p := range comparedPercentiles() {
				r := s.response(op, p, confidence)
				cells = append(cells, interval(r.Value, r.Low, r.High))
			}
			g.rows = append(g.rows, cells)
		}
	}
	note := "Intervals are 95%, between two of the run's own answers, as if operations did not hang together: what another run " +
		"would have measured may lie outside."
	if unmeasured(g) {
		note += " " + untold(true)
	}
	return comparedTable{Caption: "Response by operation", Note: note, grid: g}
}

func (c *Comparison) ratios() comparedTable {
	g := grid{header: []string{"operation, run"}}
	for _, p := range comparedPercentiles() {
		g.header = append(g.header, p.name+", times\nthat of "+letter(0))
	}
	for _, op := range c.operations() {
		for i, s := range c.Sides[1:] {
			cells := []string{op + ", " + letter(i+1)}
			for _, p := range comparedPercentiles() {
				cells = append(cells, ratioText(c.Sides[0].ratio(s, op, p)))
			}
			g.rows = append(g.rows, cells)
		}
	}
	return comparedTable{Caption: "Response against run " + letter(0), grid: g, Note: "An interval here holds what chance did within " +
		"the runs, and not how the machine and its neighbours changed from one run to the next: drift is not cancelled, so that one " +
		"run a side cannot show a difference between portals. portalbench gate ab can, from runs in pairs."}
}

// ratio returns how many times as long another run's response takes. Both percentiles lie in their own intervals of
// 97.5% at once with at least 95% (Bonferroni), whatever their dependence, and then the ratio lies between
//
//	low / s.high and high / s.low
func (s Side) ratio(other Side, op string, p percentile) stats.Interval {
	each := stats.AdjustedConfidence(confidence, 2)
	a, b := s.response(op, p, each), other.response(op, p, each)
	if !(a.Value > 0) || !(b.Value > 0) {
		return stats.Interval{Value: math.NaN(), Low: math.NaN(), High: math.NaN()}
	}
	return stats.Interval{Value: b.Value / a.Value, Low: b.Low / a.High, High: b.High / a.Low}
}

func ratioText(r stats.Interval) string {
	if r.Low == 0 || math.IsInf(r.High, 0) {
		r.Low = math.NaN()
	}
	text := interval(r.Value, r.Low, r.High)
	if text != missing {
		text = "×" + text
	}
	return text
}

// loadName names a run with the portal it loaded.
func (c *Comparison) loadName(side int) string {
	return fmt.Sprintf("%s: %s, %s", letter(side), c.folder(side), strings.TrimSpace(c.Sides[side].Record.Run.Load.Portal))
}
