package results

import (
	"fmt"
	"math"

	"github.com/portalbench/portalbench/results/stats"
)

// FewestRuns is how many runs a comparison of before and after needs on each side. Five against five have 252 splits, of
// which the rarest has a p of .004: enough for three metrics at .05 in all.
const FewestRuns = 5

// alarms is how often a comparison may fail although nothing is worse than the margin, over all metrics; and how often
// one metric may pass although it is.
const alarms = .05

// Drift is the warning that goes with every comparison of before and after.
const Drift = "the two sides ran at different times: a change of the machine in between is not told from one of the portal; portalbench gate ab takes turns"

// BeforeAfter compares loads with earlier ones, a gate for each metric, by an exact permutation test on its logarithm. It
// fails where the ratio is shown to be above 1 + margin at .05 over the number of metrics, passes where it is shown to be
// below at .05, and is inconclusive otherwise, as it is with fewer than FewestRuns on a side. All records must hold valid
// loads that can be compared.
func BeforeAfter(before, after []*Record, metrics []Metric, margin float64) (gates []Gate, warnings []string) {
	for _, m := range metrics {
		g, p := beforeAfter(before, after, m, margin, alarms/float64(len(metrics)))
		gates = append(gates, g)
		if p != nil && !p.Exact {
			warnings = append(warnings, fmt.Sprintf("%s: p is that of %d random splits, as there are too many to look at all", m.Name, p.Splits))
		}
	}
	return gates, append(warnings, Drift)
}

func beforeAfter(before, after []*Record, m Metric, margin, level float64) (Gate, *stats.Permutation) {
	none := Number(math.NaN())
	g := Gate{Kind: GateBeforeAfter, Name: m.Name, Unit: "ratio", Base: none, Value: none, Low: none, High: none, Limit: Number(1 + margin),
		P: none, Samples: int64(len(before) + len(after)), Smallest: none, Status: NoData}
	x, why := m.logs(before)
	y, whyAfter := m.logs(after)
	if why += whyAfter; why != "" {
		g.Why = why
		return g, nil
	}
	p := stats.NewPermutation(x, y)
	i, limit := p.Interval(confidence), math.Log1p(margin)
	g.Value, g.Low, g.High = Number(math.Exp(i.Value)), Number(math.Exp(i.Low)), Number(math.Exp(i.High))
	levels := fmt.Sprintf("geometric mean %s before, %s after", m.level(x), m.level(y))
	if few := min(len(x), len(y)); few < FewestRuns {
		g.Status = Inconclusive
		g.Why = fmt.Sprintf("%s; %d runs before and %d after show nothing: at least %d a side are needed", levels, len(x), len(y), FewestRuns)
		return g, p
	}
	g.Smallest = Number(math.Expm1(limit + p.Difference - p.Detectable(level)))
	above, below := p.Above(limit), p.Below(limit)
	switch {
	case above <= level:
		g.Status, g.P, g.Why = Fail, Number(above), fmt.Sprintf("%s: worse by more than %s", levels, percent(margin))
	case below <= alarms:
		g.Status, g.P, g.Why = Pass, Number(below), fmt.Sprintf("%s: not worse by as much as %s", levels, percent(margin))
	default:
		g.Status, g.P = Inconclusive, Number(above)
		g.Why = fmt.Sprintf("%s: neither shown to be worse by more than %s nor shown not to be; such runs show what is worse by %s or more",
			levels, percent(margin), percent(math.Round(1000*float64(g.Smallest))/1000))
	}
	return g, p
}

// logs returns the metric's logarithm in every record, or why one has none.
func (m Metric) logs(records []*Record) (logs []float64, why string) {
	for _, r := range records {
		v := m.Log(r.Run.Load)
		switch {
		case math.IsNaN(v):
			return nil, fmt.Sprintf("%s has no %s; ", r.Dir, m.Name)
		case math.IsInf(v, 1):
			return nil, fmt.Sprintf("in %s more operations than %s leaves out were never answered; ", r.Dir, m.Name)
		case math.IsInf(v, -1):
			return nil, fmt.Sprintf("in %s %s is 0, of which there is no ratio; ", r.Dir, m.Name)
		}
		logs = append(logs, v)
	}
	return logs, ""
}

// level writes the geometric mean of a metric in its unit.
func (m Metric) level(logs []float64) string {
	v := math.Exp(stats.MeanInterval(logs, confidence).Value)
	if m.Unit() == "share" {
		return percent(v)
	}
	return brief(v) + " " + m.Unit()
}
