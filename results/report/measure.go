package report

import (
	"fmt"
	"io"
	"slices"

	"github.com/portalbench/portalbench/results"
)

// Measure writes one measure of every policy: a row for every part of the threads or staff, and statistic.
func Measure(w io.Writer, format Format, s *results.Simulate, q results.Quantity) error {
	spec, err := results.ParseMeasure(q.Measure)
	if err != nil {
		return err
	}
	var rows []outcome
	for _, p := range s.Policies {
		for _, m := range p.Measures {
			o := measureRow(m, spec.Unit)
			if m.Name == q.Measure && within(m.Where, q.Where) && !slices.ContainsFunc(rows, func(r outcome) bool { return r.matches(m.Name, m.Where, m.Statistic) }) {
				rows = append(rows, o)
			}
		}
	}
	if len(rows) == 0 {
		return fmt.Errorf("%s has no value for %s: without a part all that it has are shown", q.Measure, results.WhereText(q.Where))
	}
	heading(w, format, Setting(s))
	return compare(w, format, rows, s.Policies, func(o outcome, p results.PolicyResult) string { return o.text(p) })
}

// within reports whether a part is the one asked for, or a part of it.
func within(part, asked results.Where) bool {
	for key, value := range asked {
		if part[key] != value {
			return false
		}
	}
	return true
}

// measureRow names a measure with its unit. Shares are shown in percent.
func measureRow(m results.Measure, unit string) outcome {
	o := outcome{name: m.Name, where: m.Where, statistic: m.Statistic, scale: 1, unit: unit}
	if m.Statistic == "share" {
		o.scale, o.unit = 100, "%"
	}
	part := results.WhereText(m.Where)
	if part == "" {
		part = "all"
	}
	o.label = fmt.Sprintf("%s, %s, %s", part, m.Statistic, o.unit)
	o.short = part + "\n" + m.Statistic + ", " + o.unit
	return o
}
