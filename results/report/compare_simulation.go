package report

import (
	"maps"
	"math"
	"slices"
	"strings"

	"github.com/portalbench/portalbench/results"
	"github.com/portalbench/portalbench/results/stats"
)

// simulated compares simulations: nil where not every run holds one.
func (c *Comparison) simulated() *comparedPart {
	if !results.Simulated(c.records()) {
		return nil
	}
	p := &comparedPart{ID: "policies", Title: "What the policies do"}
	var all []results.PolicyResult
	for _, of := range c.policies() {
		all = append(all, of.named)
	}
	rows := c.outcomes()
	levels := comparison(rows, all, func(o outcome, p results.PolicyResult) string { return o.text(p) })
	p.Tables = append(p.Tables, comparedTable{Caption: "Main outcomes with 95% intervals", grid: levels,
		Note: "Intervals hold simulation error only: not doubt about the parameters."})
	if t := c.differences(rows); len(t.grid.rows) > 0 {
		p.Tables = append(p.Tables, t)
	}
	p.Figures = c.waitFigures()
	return p
}

// comparedPolicy is a policy of one of the runs.
type comparedPolicy struct {
	side  int
	own   results.PolicyResult
	named results.PolicyResult // with the run's letter in its name, as runs may have policies of one name
}

// policies returns those of all runs, in order.
func (c *Comparison) policies() []comparedPolicy {
	var all []comparedPolicy
	for i, s := range c.Sides {
		for _, p := range s.Record.Run.Simulate.Policies {
			named := p
			named.Name = letter(i) + ": " + p.Name
			all = append(all, comparedPolicy{i, p, named})
		}
	}
	return all
}

// outcomes are the main ones, and the inbox minutes of every role but physicians: what one is spared comes to another.
func (c *Comparison) outcomes() []outcome {
	rows := mainOutcomes()
	var seen []string
	for _, s := range c.Sides {
		for _, role := range roles(s.Record.Run.Simulate) {
			if role == "physician" || slices.Contains(seen, role) {
				continue
			}
			seen = append(seen, role)
			name := roleName(role)
			rows = append(rows, outcome{name + " inbox, min/workday", name + " inbox,\nmin/workday", "inbox_minutes_per_workday", of(role), "mean", 1, "min"})
		}
	}
	return rows
}

// ComparedMeasures reports whether a comparison needs the replications of a measure.
func ComparedMeasures(name string) bool {
	return name == "inbox_minutes_per_workday" || slices.ContainsFunc(mainOutcomes(), func(o outcome) bool { return o.name == name })
}

// contrast is a policy of a later run against one of the first.
type contrast struct {
	policy, base comparedPolicy
	paired       bool
}

// contrasts compares every policy of the later runs with the first run's policy of that name and with those overrides,
// or with its first policy where it has none of that name.
func (c *Comparison) contrasts() []contrast {
	var all []contrast
	policies := c.policies()
	for _, p := range policies {
		if p.side == 0 {
			continue
		}
		base := policies[0]
		for _, first := range policies {
			if first.side == 0 && first.own.Name == p.own.Name && maps.Equal(first.own.Set, p.own.Set) {
				base = first
			}
		}
		all = append(all, contrast{p, base, c.paired(base, p)})
	}
	return all
}

// paired reports whether two policies met the same people with the same needs in the same days, so that replications
// with one number belong together.
func (c *Comparison) paired(a, b comparedPolicy) bool {
	first, second := c.Sides[a.side].Record.Run, c.Sides[b.side].Record.Run
	s, t := first.Simulate, second.Simulate
	return !c.scenarioApart(a.side, b.side) && first.Version == second.Version && first.Seed == second.Seed &&
		a.own.Replications == b.own.Replications && s.HorizonDays == t.HorizonDays && a.own.WarmUpDays == b.own.WarmUpDays
}

// scenarioApart reports whether two runs had different scenarios.
func (c *Comparison) scenarioApart(a, b int) bool {
	return slices.ContainsFunc(c.Settings, func(s results.Setting) bool { return s.Name == "scenario" && !s.Same(a, b) })
}

// values returns what a policy's replications came to, in their order.
func (c *Comparison) values(p comparedPolicy, o outcome) []float64 {
	var list [][]results.Measure
	for _, r := range c.Sides[p.side].Replications {
		if r.Policy == p.own.Name && maps.Equal(r.Set, p.own.Set) {
			list = append(list, r.Measures)
		}
	}
	return results.Quantity{Measure: o.name, Where: o.where, Statistic: o.statistic}.Of(list)
}

// difference returns how far a policy is from the one it is compared with.
func (c *Comparison) difference(k contrast, o outcome) stats.Interval {
	a, b := c.values(k.base, o), c.values(k.policy, o)
	if k.paired && len(a) == len(b) {
		return stats.PairedInterval(a, b, confidence)
	}
	return stats.DifferenceInterval(a, b, confidence)
}

func (c *Comparison) differenceText(k contrast, o outcome) string {
	m, _ := o.find(k.policy.own)
	from, _ := o.find(k.base.own)
	switch {
	case k.policy.own.Grows() || k.base.own.Grows():
		return unstable
	case m.NeverReached() || from.NeverReached():
		return notReached
	}
	i := c.difference(k, o)
	return difference(results.Difference{Value: results.Number(i.Value), Low: results.Number(i.Low), High: results.Number(i.High)}, o.scale)
}

// differences is the table of contrasts. A few of them are columns, many are rows.
func (c *Comparison) differences(rows []outcome) comparedTable {
	contrasts := c.contrasts()
	if slices.ContainsFunc(c.Sides, func(s Side) bool { return s.Replications == nil }) {
		return comparedTable{}
	}
	t := comparedTable{Caption: "Differences between the runs, with 95% intervals; shares in percentage points", Note: differenceNote(contrasts)}
	paths := c.variedPaths()
	if len(contrasts) <= maxPolicyColumns {
		t.grid.header = []string{"outcome"}
		for _, k := range contrasts {
			t.grid.header = append(t.grid.header, strings.ReplaceAll(k.name(paths), ", ", ",\n"))
		}
		for _, o := range rows {
			cells := []string{o.label}
			for _, k := range contrasts {
				cells = append(cells, c.differenceText(k, o))
			}
			t.grid.rows = append(t.grid.rows, cells)
		}
		return t
	}
	t.grid.header = []string{"difference"}
	for _, o := range rows {
		t.grid.header = append(t.grid.header, o.short)
	}
	for _, k := range contrasts {
		cells := []string{k.name(paths)}
		for _, o := range rows {
			cells = append(cells, c.differenceText(k, o))
		}
		t.grid.rows = append(t.grid.rows, cells)
	}
	return t
}

// variedPaths are those of the overrides that differ between policies of all runs.
func (c *Comparison) variedPaths() []string {
	var all []results.PolicyResult
	for _, p := range c.policies() {
		all = append(all, p.own)
	}
	return varied(all)
}

// name says what is taken from what, and how.
func (k contrast) name(paths []string) string {
	how := "two-sample"
	if k.paired {
		how = "paired"
	}
	return nameAmong(k.policy.named, paths) + ", less " + nameAmong(k.base.named, paths) + ", " + how
}

// differenceNote says how the intervals came about.
func differenceNote(contrasts []contrast) string {
	var parts []string
	if slices.ContainsFunc(contrasts, func(k contrast) bool { return k.paired }) {
		parts = append(parts, "Paired: both had the same scenario, version, seed, days and number of replications, so the same people with "+
			"the same needs, and are compared replication by replication.")
	}
	if slices.ContainsFunc(contrasts, func(k contrast) bool { return !k.paired }) {
		parts = append(parts, "Two-sample: they differ in scenario, version, seed, days or number of replications, so that replications do not "+
			"belong together, and are compared as independent samples (Welch), which takes more of them to show the same difference.")
	}
	return strings.Join(append(parts, "An interval that holds 0 shows no difference. Intervals are not adjusted for the number of comparisons."), " ")
}

// waitShares are the times that the numbers behind the curves are given for.
func waitShares() []struct {
	name  string
	hours float64
} {
	return []struct {
		name  string
		hours float64
	}{{"1 h", 1}, {"4 h", 4}, {"8 h", 8}, {"1 day", 24}, {"2 days", 48}, {"3 days", 72}, {"1 week", 168}}
}

// waitSheet gives the shares of threads that had a first response by then, in percent.
func comparedWaits(waits []comparedWait) sheet {
	t := sheet{Caption: "Threads with a first response within, %", Header: []string{"run and policy", "threads"}}
	for _, at := range waitShares() {
		t.Header = append(t.Header, at.name)
	}
	t.Header = append(t.Header, "never")
	for _, w := range waits {
		row := []string{w.name, w.urgency}
		for _, at := range waitShares() {
			row = append(row, number(100*w.within(at.hours)))
		}
		t.Rows = append(t.Rows, append(row, number(100*math.Max(0, 1-w.steps[len(w.steps)-1].Share))))
	}
	return t
}
