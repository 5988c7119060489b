package report

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/portalbench/portalbench/results"
)

// fewThreads stands for a part too small to be shown.
const fewThreads = "fewer than 50"

// equityOutcomes are what parts of the threads and patients are compared by where nobody names a measure.
func equityOutcomes() []outcome {
	share := func(label, name string) outcome {
		return outcome{label: label + ", %", name: name, statistic: "share", scale: 100, unit: "points"}
	}
	return []outcome{
		medianResponse(),
		answeredInADay(),
		share("urgent: unread over 4 h", "urgent_unread_over_4h"),
		share("not resolved by messaging", "not_resolved_by_messaging"),
		share("left unanswered", "left_unanswered"),
		{label: "messages per patient and year", name: "messages_per_patient_year", statistic: "mean", scale: 1,
			unit: "messages"},
	}
}

func medianResponse() outcome {
	return outcome{label: "first response, median h", name: "first_response_hours", statistic: "median", scale: 1,
		unit: "h"}
}

func answeredInADay() outcome {
	return outcome{label: "answered in 1 business day, %", name: "answered_within_1_business_day", statistic: "share",
		scale: 100, unit: "points"}
}

// By writes outcomes by the values of one key of Where, such as race, for every policy, and the differences from the
// reference stratum where the key has one. Without a quantity it writes the usual outcomes.
func By(w io.Writer, format Format, s *results.Simulate, key string, of *results.Quantity) error {
	outcomes := equityOutcomes()
	if of != nil {
		o, err := quantityRow(*of)
		if err != nil {
			return err
		}
		outcomes = []outcome{o}
	}
	if allGrow(s) {
		heading(w, format, Setting(s))
		paragraph(w, format, noSteadyState)
		return nil
	}
	b := division(s, key)
	given := slices.DeleteFunc(slices.Clone(outcomes), func(o outcome) bool { return !b.gives(o) })
	if len(given) == 0 {
		return fmt.Errorf("%s is not given by %s%s", outcomes[0].name, key, givenBy(s, outcomes[0].name))
	}
	heading(w, format, Setting(s))
	paragraph(w, format, Staffing(s))
	return b.write(w, format, given, outcomes)
}

// noSteadyState stands for a table in which every number would be "unstable".
const noSteadyState = "The backlog grows under every policy: there is no steady state and no number for it."

// allGrow reports whether no policy has a steady state.
func allGrow(s *results.Simulate) bool {
	return !slices.ContainsFunc(s.Policies, func(p results.PolicyResult) bool { return !p.Grows() })
}

// quantityRow shows a quantity of parts.
func quantityRow(q results.Quantity) (outcome, error) {
	spec, err := results.ParseMeasure(q.Measure)
	if err != nil {
		return outcome{}, err
	}
	o := outcome{name: q.Measure, statistic: q.Statistic, scale: 1, unit: spec.Unit}
	o.label = q.Measure + ", " + q.Statistic + ", " + spec.Unit
	if q.Statistic == "share" {
		o.scale, o.unit, o.label = 100, "points", q.Measure+", %"
	}
	return o, nil
}

// parts is how one key of Where divides the threads and patients of a simulation.
type parts struct {
	*results.Simulate
	key         string
	values      []string
	reference   string // empty: nobody is compared
	differences map[string]results.StratumDifference
}

// division finds the parts of a key: all strata of a trait, also those that nobody belongs to, or else those that
// occur.
func division(s *results.Simulate, key string) parts {
	b := parts{Simulate: s, key: key}
	if trait, ok := results.TraitOf(key); ok {
		b.values, b.reference = trait.Strata, trait.Reference()
		b.differences = map[string]results.StratumDifference{}
		for _, d := range s.Strata {
			if value, ok := d.Where[key]; ok {
				b.differences[differenceKey(d.Policy, d.Set, d.Measure, d.Statistic, value)] = d
			}
		}
		return b
	}
	for _, p := range s.Policies {
		for _, m := range p.Measures {
			if value, ok := m.Where[key]; ok && len(m.Where) == 1 && !slices.Contains(b.values, value) {
				b.values = append(b.values, value)
			}
		}
	}
	return b
}

func differenceKey(policy string, set map[string]string, measure, statistic, stratum string) string {
	return strings.Join([]string{policy, results.WhereText(set), measure, statistic, stratum}, "\x00")
}

// of returns an outcome of one part.
func (b parts) of(o outcome, value string) outcome {
	o.where = map[string]string{b.key: value}
	return o
}

// gives reports whether any policy has the outcome for any part.
func (b parts) gives(o outcome) bool {
	return slices.ContainsFunc(b.Policies, func(p results.PolicyResult) bool {
		return slices.ContainsFunc(b.values, func(value string) bool {
			_, found := b.of(o, value).find(p)
			return found
		})
	})
}

// level writes an outcome of one part under a policy.
func (b parts) level(o outcome, value string, p results.PolicyResult) string {
	m, found := b.of(o, value).find(p)
	if !p.Grows() && (found && m.Suppressed() || !found && b.key != "actual_urgency") {
		return fewThreads
	}
	return measured(p, m, found, o.scale)
}

// against writes how a stratum differs from the reference.
func (b parts) against(o outcome, value string, p results.PolicyResult) string {
	if d, found := b.difference(o, value, p); found && !p.Grows() {
		return difference(results.Difference{Value: d.Value, Low: d.Low, High: d.High}, o.scale)
	}
	why := missing
	for _, stratum := range []string{b.reference, value} {
		if text := b.level(o, stratum, p); text == fewThreads || text == notReached || text == unstable {
			why = text
		}
	}
	return why
}

func (b parts) difference(o outcome, value string, p results.PolicyResult) (results.StratumDifference, bool) {
	d, found := b.differences[differenceKey(p.Name, p.Set, o.name, o.statistic, value)]
	return d, found
}

// compares reports whether there is a difference in an outcome at all: counts are not compared.
func (b parts) compares(o outcome) bool {
	return b.reference != "" && o.statistic != "count" && o.statistic != "cv"
}

// write writes a table for every outcome that is given of those asked for, and how to read them.
func (b parts) write(w io.Writer, format Format, given, asked []outcome) error {
	few := false
	for _, o := range given {
		if format == Table {
			fmt.Fprintln(w)
		}
		heading(w, format, o.label)
		g := b.table(o)
		if err := g.render(w, format); err != nil {
			return err
		}
		if format == Markdown {
			fmt.Fprintln(w)
		}
		few = few || slices.ContainsFunc(g.rows, func(row []string) bool { return slices.Contains(row, fewThreads) })
	}
	text := b.explained(slices.ContainsFunc(given, b.compares), few, slices.DeleteFunc(slices.Clone(asked), b.gives))
	if text == "" {
		return nil
	}
	if format == Table {
		fmt.Fprintln(w)
	}
	paragraph(w, format, text)
	return nil
}

// givenBy names the keys that a measure is given by.
func givenBy(s *results.Simulate, measure string) string {
	if keys := keysOf(s, measure); len(keys) > 0 {
		return ", but by " + strings.Join(keys, ", ")
	}
	return " or any other key: leave --by out"
}

// keysOf returns the keys of the parts that a measure is given for.
func keysOf(s *results.Simulate, measure string) []string {
	given := map[string]bool{}
	for _, p := range s.Policies {
		for _, m := range p.Measures {
			for key := range m.Where {
				given[key] = given[key] || m.Name == measure
			}
		}
	}
	return slices.DeleteFunc(results.PartKeys(), func(key string) bool { return !given[key] })
}

// table sets the parts, and below them their differences, against the policies.
func (b parts) table(o outcome) grid {
	var rows []outcome
	cells := map[string]func(results.PolicyResult) string{}
	row := func(label, short string, cell func(results.PolicyResult) string) {
		rows, cells[label] = append(rows, outcome{label: label, short: short}), cell
	}
	for _, value := range b.values {
		label := value
		if value == b.reference {
			label += " (reference)"
		}
		row(label, strings.Replace(label, " ", "\n", 1), func(p results.PolicyResult) string { return b.level(o, value, p) })
	}
	for _, value := range b.values {
		if b.compares(o) && value != b.reference {
			against := func(p results.PolicyResult) string { return b.against(o, value, p) }
			row(value+" against "+b.reference, value+"\nagainst "+b.reference, against)
		}
	}
	g := comparison(rows, b.Policies, func(o outcome, p results.PolicyResult) string { return cells[o.label](p) })
	if len(b.Policies) <= maxPolicyColumns {
		g.header[0] = b.key
	}
	return g
}

// explained says how to read the tables, and what is not in them.
func (b parts) explained(differences, few bool, not []outcome) string {
	var text []string
	if differences {
		text = append(text, "A against B is A minus B under the same policy, paired by replication, shares in percentage "+
			"points; an interval that holds 0 shows no difference.", unadjusted)
	}
	if few {
		text = append(text, "With fewer than 50 threads (or messages, or urgent threads, where the outcome is about these) "+
			"nothing is shown.")
	}
	if len(not) > 0 {
		var names []string
		for _, o := range not {
			names = append(names, o.label)
		}
		text = append(text, fmt.Sprintf("Not given by %s: %s.", b.key, strings.Join(names, "; ")))
	}
	return strings.Join(text, " ")
}

// unadjusted says what differences between strata do not allow for.
const unadjusted = "Strata differ in other traits as well, such as age and conditions, for which nothing is adjusted, " +
	"nor for the number of comparisons."
