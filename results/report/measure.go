package report

import (
	"fmt"
	"io"
	"slices"

	"github.com/portalbench/portalbench/results"
)

// Measure writes one measure of every policy: a row for every part of the threads or staff, and statistic.
func Measure(w io.Writer, format Format, s *results.Simulate, name string) error {
	spec, err := results.ParseMeasure(name)
	if err != nil {
		return err
	}
	var rows []outcome
	for _, p := range s.Policies {
		for _, m := range p.Measures {
			o := measureRow(m, spec.Unit)
			if m.Name == name && !slices.ContainsFunc(rows, func(r outcome) bool { return r.matches(m.Name, m.Where, m.Statistic) }) {
				rows = append(rows, o)
			}
		}
	}
	if len(rows) == 0 {
		return fmt.Errorf("no policy has a value of %s: this version of the model does not produce it", name)
	}
	heading(w, format, Setting(s))
	return compare(w, format, rows, s.Policies, func(o outcome, p results.PolicyResult) string { return o.text(p) })
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
