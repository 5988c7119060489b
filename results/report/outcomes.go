package report

import (
	"maps"
	"math"
	"slices"
	"strings"

	"github.com/portalbench/portalbench/results"
)

// outcome is a row of a table: a measure, of which part, in which statistic.
type outcome struct {
	label     string // for people, with the unit
	short     string // as a heading, in two lines
	name      string
	where     map[string]string
	statistic string
	scale     float64 // what a value is multiplied by for display
	unit      string  // of a difference
}

func urgent() map[string]string        { return map[string]string{"actual_urgency": "urgent"} }
func routine() map[string]string       { return map[string]string{"actual_urgency": "routine"} }
func of(role string) map[string]string { return map[string]string{"role": role} }

// mainOutcomes are the eight rows that a comparison of policies shows first.
func mainOutcomes() []outcome {
	return []outcome{
		{"answered in 1 business day, %", "answered in 1\nbusiness day, %", "answered_within_1_business_day", nil, "share", 100, "points"},
		{"first response, median h", "first response,\nmedian h", "first_response_hours", nil, "median", 1, "h"},
		{"urgent: clinician reads, median h", "urgent: clinician\nreads, median h", "first_clinical_read_hours", urgent(), "median", 1, "h"},
		{"urgent: unread over 4 h, %", "urgent: unread\nover 4 h, %", "urgent_unread_over_4h", nil, "share", 100, "points"},
		{"physician inbox, min/workday", "physician inbox,\nmin/workday", "inbox_minutes_per_workday", of("physician"), "mean", 1, "min"},
		{"physician after hours, min/workday", "physician after\nhours, min/workday", "outside_hours_minutes_per_workday", of("physician"), "mean", 1, "min"},
		{"closed before physician, %", "closed before\nphysician, %", "closed_before_physician", nil, "share", 100, "points"},
		{"not resolved by messaging, %", "not resolved by\nmessaging, %", "not_resolved_by_messaging", nil, "share", 100, "points"},
	}
}

// matches reports whether a measure is the one o shows.
func (o outcome) matches(name string, where map[string]string, statistic string) bool {
	return o.name == name && o.statistic == statistic && maps.Equal(o.where, where)
}

// find returns o's measure of a policy.
func (o outcome) find(p results.PolicyResult) (results.Measure, bool) {
	for _, m := range p.Measures {
		if o.matches(m.Name, m.Where, m.Statistic) {
			return m, true
		}
	}
	return results.Measure{}, false
}

// text writes o's measure of a policy.
func (o outcome) text(p results.PolicyResult) string {
	m, found := o.find(p)
	return measured(p, m, found, o.scale)
}

// against returns o's difference between a policy and its baseline.
func (o outcome) against(s *results.Simulate, p results.PolicyResult) (results.Difference, bool) {
	for _, d := range s.Differences {
		if o.matches(d.Measure, d.Where, d.Statistic) && isOf(d, p, s) {
			return d, true
		}
	}
	return results.Difference{}, false
}

// isOf reports whether d is a difference of p. A difference that does not say its overrides belongs to the only policy
// of its name; among several of that name it cannot be told whose it is.
func isOf(d results.Difference, p results.PolicyResult, s *results.Simulate) bool {
	if d.Policy != p.Name {
		return false
	}
	if d.Set != nil {
		return maps.Equal(d.Set, p.Set)
	}
	namesakes := 0
	for _, other := range s.Policies {
		if other.Name == p.Name {
			namesakes++
		}
	}
	return namesakes == 1
}

// differenceText writes o's difference between a policy and its baseline.
func (o outcome) differenceText(s *results.Simulate, p results.PolicyResult) string {
	d, found := o.against(s, p)
	m, _ := o.find(p)
	switch {
	case p.Grows():
		return unstable
	case m.NeverReached():
		return notReached
	case !found:
		return missing
	}
	if d.Adjusted {
		return difference(d, o.scale) + adjusted
	}
	return difference(d, o.scale)
}

// comparedOutcomes are the main outcomes, the inbox minutes of the roles that a policy takes work from or gives it to,
// and the primary outcomes that are not among them.
func comparedOutcomes(s *results.Simulate) []outcome {
	rows := append(mainOutcomes(), shiftedWork(s)...)
	for _, q := range s.Primary {
		if slices.ContainsFunc(rows, func(o outcome) bool { return o.matches(q.Measure, q.Where, q.Statistic) }) {
			continue
		}
		if spec, err := results.ParseMeasure(q.Measure); err == nil {
			o := measureRow(results.Measure{Name: q.Measure, Where: q.Where, Statistic: q.Statistic}, spec.Unit)
			o.label, o.short = q.Measure+": "+o.label, q.Measure+"\n"+strings.ReplaceAll(o.short, "\n", ", ")
			rows = append(rows, o)
		}
	}
	return rows
}

// shiftedWork are the inbox minutes of every role but physicians whose work some policy changes: what physicians are
// spared comes to somebody.
func shiftedWork(s *results.Simulate) (rows []outcome) {
	for _, role := range roles(s) {
		name := roleName(role)
		o := outcome{name + " inbox, min/workday", name + " inbox,\nmin/workday", "inbox_minutes_per_workday", of(role), "mean", 1, "min"}
		changed := func(p results.PolicyResult) bool {
			d, found := o.against(s, p)
			return found && math.Abs(float64(d.Value)) >= visible
		}
		if role != "physician" && slices.ContainsFunc(s.Policies, changed) {
			rows = append(rows, o)
		}
	}
	return rows
}
