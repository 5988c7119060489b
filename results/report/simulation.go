package report

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/portalbench/portalbench/results"
)

// maxPolicyColumns is how many policies stand side by side; more become rows.
const maxPolicyColumns = 4

// Simulation writes the eight main outcomes of every policy, then the paired differences against the baseline, then
// what was asked of the experiment beyond that.
func Simulation(w io.Writer, format Format, s *results.Simulate) error {
	if err := simulation(w, format, s); err != nil {
		return err
	}
	return Experiment(w, format, s)
}

func simulation(w io.Writer, format Format, s *results.Simulate) error {
	heading(w, format, Setting(s))
	err := compare(w, format, mainOutcomes(), s.Policies, func(o outcome, p results.PolicyResult) string { return o.text(p) })
	if err != nil {
		return err
	}
	fmt.Fprintln(w)
	paragraph(w, format, Staffing(s)+" "+WarmUp(s)+" "+Caveats(s))
	return differences(w, format, s, comparedOutcomes(s))
}

// differences writes a table of paired differences from the baseline, if there are any.
func differences(w io.Writer, format Format, s *results.Simulate, rows []outcome) error {
	if len(s.Differences) == 0 {
		return nil
	}
	fmt.Fprintln(w)
	heading(w, format, "Difference from "+baselineOf(s)+" (shares in percentage points)")
	err := compare(w, format, rows, compared(s), func(o outcome, p results.PolicyResult) string { return o.differenceText(s, p) })
	if err != nil {
		return err
	}
	fmt.Fprintln(w)
	if s.Replications < 2 {
		paragraph(w, format, "One replication: no intervals, and no telling whether a difference is one of chance.")
		return nil
	}
	paragraph(w, format, "An interval that holds 0 shows no difference. "+adjustment(s, rows))
	return nil
}

// WriteSetting writes what was simulated, broken into lines that fit a terminal.
func WriteSetting(w io.Writer, format Format, s *results.Simulate) { heading(w, format, Setting(s)) }

// Setting says what was simulated, with the overrides that all policies have in common.
func Setting(s *results.Simulate) string {
	text := fmt.Sprintf("%s%s: %s patients, %s days, %s", s.Scenario, withSet(common(s.Policies)), count(int64(s.Patients)),
		count(int64(s.HorizonDays)), replications(s))
	if s.Incomplete {
		text += " (INCOMPLETE: interrupted)"
	}
	if s.Replications > 1 {
		text += "; 95% intervals, simulation error only"
	}
	return text
}

// replications says how many there were: of sweeps, the fewest and the most.
func replications(s *results.Simulate) string {
	if most := mostReplications(s); most == 1 {
		return "1 replication"
	}
	return manyReplications(s) + " replications"
}

// manyReplications is their number alone.
func manyReplications(s *results.Simulate) string {
	if most := mostReplications(s); most > s.Replications {
		return count(int64(s.Replications)) + "–" + count(int64(most))
	}
	return count(int64(s.Replications))
}

func mostReplications(s *results.Simulate) int {
	most := s.Replications
	for _, p := range s.Policies {
		most = max(most, p.Replications)
	}
	return most
}

// Caveats says what a reader must not overlook: assumed parameters, and what too short a simulation cannot tell.
func Caveats(s *results.Simulate) string {
	text := fmt.Sprintf("%d parameters are assumed, those of the policies included: portalbench scenario show %s --evidence, portalbench policy show NAME.", len(s.Assumed), s.Scenario)
	if slices.ContainsFunc(s.Policies, func(p results.PolicyResult) bool { return p.Unstable == nil }) {
		text += " Fewer than three weeks were observed: too short to tell whether the backlog grows."
	}
	return text
}

func plural(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return count(int64(n)) + " " + what + "s"
}

// adjustment says which intervals of the differences in rows allow for the number of comparisons.
func adjustment(s *results.Simulate, rows []outcome) string {
	if !slices.ContainsFunc(s.Differences, func(d results.Difference) bool {
		return d.Adjusted && slices.ContainsFunc(rows, func(o outcome) bool { return o.matches(d.Measure, d.Where, d.Statistic) })
	}) {
		return "Intervals are not adjusted for the number of comparisons."
	}
	return fmt.Sprintf("%s: wider, so that all %s of primary outcomes hold together with 95%% confidence (Bonferroni). "+
		"All other intervals are not adjusted for the number of comparisons.", adjusted, plural(s.Comparisons, "difference"))
}

// adjusted marks the intervals that allow for the number of comparisons.
const adjusted = "*"

// compared returns the policies that differences are given for.
func compared(s *results.Simulate) []results.PolicyResult {
	var out []results.PolicyResult
	for _, p := range s.Policies {
		if slices.ContainsFunc(s.Differences, func(d results.Difference) bool { return isOf(d, p, s) }) {
			out = append(out, p)
		}
	}
	return out
}

// compare writes a table of outcomes by policy.
func compare(w io.Writer, format Format, outcomes []outcome, policies []results.PolicyResult, cell func(outcome, results.PolicyResult) string) error {
	return comparison(outcomes, policies, cell).render(w, format)
}

// comparison sets outcomes against policies. A few policies are columns, many are rows, with a column for every
// override that differs between them.
func comparison(outcomes []outcome, policies []results.PolicyResult, cell func(outcome, results.PolicyResult) string) grid {
	paths := varied(policies)
	var g grid
	if len(policies) <= maxPolicyColumns {
		g.header = []string{"outcome"}
		for _, p := range policies {
			g.header = append(g.header, strings.ReplaceAll(nameAmong(p, paths), ", ", "\n"))
		}
		for _, o := range outcomes {
			row := []string{o.label}
			for _, p := range policies {
				row = append(row, cell(o, p))
			}
			g.rows = append(g.rows, row)
		}
		return g
	}
	g.header, g.words = append([]string{"policy"}, paths...), 1+len(paths)
	for _, o := range outcomes {
		g.header = append(g.header, o.short)
	}
	for _, p := range policies {
		row := []string{p.Name}
		for _, path := range paths {
			row = append(row, p.Set[path])
		}
		for _, o := range outcomes {
			row = append(row, cell(o, p))
		}
		g.rows = append(g.rows, row)
	}
	return g
}

// Label names a policy in one line, with its overrides.
func Label(p results.PolicyResult) string { return strings.ReplaceAll(title(p), "\n", ", ") }

// title names a policy with its overrides below.
func title(p results.PolicyResult) string {
	if len(p.Set) == 0 {
		return p.Name
	}
	return p.Name + "\n" + results.WhereText(p.Set)
}

// ResponseTimes writes how long patients wait, by policy and by how urgent their threads really are. The mean stands
// beside the median: where many threads are never answered, no higher quantile is reached.
func ResponseTimes(w io.Writer, format Format, s *results.Simulate) error {
	heading(w, format, "How long patients wait, by actual urgency")
	g := grid{words: 2, header: []string{"policy", "threads", "first response,\nmedian h", "first response,\nmean h (≤ 14 d)",
		"clinician reads,\nmedian h", "answered in 1\nbusiness day, %"}}
	paths := varied(s.Policies)
	for _, p := range s.Policies {
		for _, part := range []map[string]string{urgent(), routine()} {
			row := []string{nameAmong(p, paths), part["actual_urgency"]}
			for _, o := range []outcome{
				{name: "first_response_hours", where: part, statistic: "median", scale: 1},
				{name: "first_response_hours", where: part, statistic: "mean", scale: 1},
				{name: "first_clinical_read_hours", where: part, statistic: "median", scale: 1},
				{name: "answered_within_1_business_day", where: part, statistic: "share", scale: 100},
			} {
				row = append(row, o.text(p))
			}
			g.rows = append(g.rows, row)
		}
	}
	if err := g.render(w, format); err != nil {
		return err
	}
	fmt.Fprintln(w)
	paragraph(w, format, meanText)
	return nil
}

// meanText says what the mean of waits holds.
const meanText = "In the mean a thread that is never answered, or answered later, counts with 14 days."

// StaffMinutes writes what messages cost the staff, by role and policy. Only roles that work in the inbox are shown.
func StaffMinutes(w io.Writer, format Format, s *results.Simulate) error {
	heading(w, format, "Minutes per workday and person, by role")
	g := grid{words: 2, header: []string{"role", "policy", "inbox, all of it", "threads, with chart", "outside hours"}}
	paths := varied(s.Policies)
	for _, role := range roles(s) {
		for _, p := range s.Policies {
			row := []string{roleName(role), nameAmong(p, paths)}
			for _, name := range []string{"inbox_minutes_per_workday", "handling_minutes_per_workday", "outside_hours_minutes_per_workday"} {
				row = append(row, outcome{name: name, where: of(role), statistic: "mean", scale: 1}.text(p))
			}
			g.rows = append(g.rows, row)
		}
	}
	if err := g.render(w, format); err != nil {
		return err
	}
	fmt.Fprintln(w)
	paragraph(w, format, Staffing(s)+" "+Caveats(s))
	return nil
}

// roles returns the roles that spend time in the inbox under some policy, in the order in which they first occur.
func roles(s *results.Simulate) []string {
	var out []string
	for _, p := range s.Policies {
		for _, m := range p.Measures {
			role := m.Where["role"]
			if m.Name == "inbox_minutes_per_workday" && len(m.Where) == 1 && role != "" && m.Value > 0 && !slices.Contains(out, role) {
				out = append(out, role)
			}
		}
	}
	return out
}

// roleName writes a role for people.
func roleName(role string) string {
	switch role {
	case "rn", "ma", "app":
		return strings.ToUpper(role)
	}
	return strings.ReplaceAll(role, "_", " ")
}
