package report

import (
	"cmp"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/portalbench/portalbench/results"
)

// Measure writes one measure of every policy: of everything, by actual urgency or by role, and in every statistic, then
// the paired differences from the baseline. Of
// other parts of the threads it writes the one that q names. Rows that no policy reached are left out, and counted.
func Measure(w io.Writer, format Format, s *results.Simulate, q results.Quantity) error {
	spec, err := results.ParseMeasure(q.Measure)
	if err != nil {
		return err
	}
	all := measureRows(s, q, spec.Unit)
	if allGrow(s) {
		heading(w, format, Setting(s))
		paragraph(w, format, noSteadyState)
		return nil
	}
	if len(all) == 0 {
		return fmt.Errorf("%s has no value for %s: without a part it is shown of everything, and with --by KEY of the parts "+
			"of that key", q.Measure, results.WhereText(q.Where))
	}
	rows, never := reached(all, s.Policies)
	heading(w, format, Setting(s))
	paragraph(w, format, q.Measure+": "+spec.Definition)
	if err := compare(w, format, rows, s.Policies, shownText); err != nil {
		return err
	}
	fmt.Fprintln(w)
	paragraph(w, format, Staffing(s))
	if err := differences(w, format, s, withDifferences(s, rows)); err != nil {
		return err
	}
	if note := leftOut(never, keysToShow(s, q)); note != "" {
		paragraph(w, format, note)
	}
	return nil
}

// withDifferences keeps the rows that some policy's difference from the baseline is given for.
func withDifferences(s *results.Simulate, rows []outcome) []outcome {
	return slices.DeleteFunc(slices.Clone(rows), func(o outcome) bool {
		return !slices.ContainsFunc(s.Differences, func(d results.Difference) bool { return o.matches(d.Measure, d.Where, d.Statistic) })
	})
}

// measureRows collects the rows of a measure, the whole first.
func measureRows(s *results.Simulate, q results.Quantity, unit string) (rows []outcome) {
	seen := map[string]bool{}
	for _, p := range s.Policies {
		for _, m := range p.Measures {
			if m.Name != q.Measure || !within(m.Where, q.Where) || q.Where == nil && !shownUnasked(m.Where) {
				continue
			}
			if key := m.Key(); !seen[key] {
				seen[key] = true
				rows = append(rows, measureRow(m, unit))
			}
		}
	}
	slices.SortStableFunc(rows, func(a, b outcome) int { return cmp.Compare(len(a.where), len(b.where)) })
	return rows
}

// shownUnasked reports whether a part is shown without having been asked for.
func shownUnasked(part results.Where) bool {
	for key := range part {
		if key != "actual_urgency" && key != "role" {
			return false
		}
	}
	return true
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

// reached separates the rows that some policy reached. When there is none, all are kept: they are what there is to say.
func reached(all []outcome, policies []results.PolicyResult) (rows, never []outcome) {
	for _, o := range all {
		if slices.ContainsFunc(policies, func(p results.PolicyResult) bool {
			text := shownText(o, p)
			return text != notReached && text != unstable
		}) {
			rows = append(rows, o)
		} else {
			never = append(never, o)
		}
	}
	if len(rows) == 0 {
		return all, nil
	}
	return rows, never
}

// shownText writes an outcome, or that too few threads are behind it.
func shownText(o outcome, p results.PolicyResult) string {
	m, found := o.find(p)
	if found && m.Suppressed() && !p.Grows() {
		return fewThreads
	}
	return measured(p, m, found, o.scale)
}

// keysToShow returns the keys of --by that a measure is given by and that are not shown, when no part was asked for.
func keysToShow(s *results.Simulate, q results.Quantity) []string {
	if q.Where != nil {
		return nil
	}
	return slices.DeleteFunc(keysOf(s, q.Measure), func(key string) bool { return shownUnasked(results.Where{key: ""}) })
}

// leftOut says which rows are not shown, and how to see other parts.
func leftOut(never []outcome, keys []string) string {
	var text []string
	if len(never) > 0 {
		statistics := map[string]bool{}
		for _, o := range never {
			statistics[o.statistic] = true
		}
		text = append(text, fmt.Sprintf("%s (%s) left out: not reached under any policy.", plural(len(never), "row"),
			strings.Join(slices.Sorted(maps.Keys(statistics)), ", ")))
	}
	if len(keys) > 0 {
		text = append(text, fmt.Sprintf("--by KEY shows the strata and other parts: %s.", strings.Join(keys, ", ")))
	}
	return strings.Join(text, " ")
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
