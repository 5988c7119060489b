package sim

import (
	"github.com/portalbench/portalbench/results"
	"github.com/portalbench/portalbench/results/stats"
)

// Distribution is one of those of a trial: of all its replications together.
type Distribution struct {
	Measure string
	Where   results.Where
	Minutes *stats.Histogram
}

// distributions returns those of a tally, in the same order for every tally of a plan.
func (t *Tally) distributions() []Distribution {
	var list []Distribution
	add := func(measure string, h *stats.Histogram, where results.Where) {
		list = append(list, Distribution{measure, where, h})
	}
	for u, urgency := range Urgencies() {
		add("first_response", t.spans[wall][firstResponse].minutes.Of(partActual+part(u)).Histogram(),
			results.Where{"actual_urgency": urgency})
	}
	for read, measure := range [numReads]string{readByAnybody: "first_read", readByClinician: "first_clinical_read"} {
		for felt, urgency := range Urgencies() {
			add(measure, t.unheard[read][felt], results.Where{"actual_urgency": Urgencies()[urgent], "felt_urgency": urgency})
		}
	}
	for _, r := range t.roles() {
		where := results.Where{"role": r.String()}
		add("inbox_minutes_of_a_workday", t.workday[r].inbox, where)
		add("outside_hours_minutes_of_a_workday", t.workday[r].outside, where)
	}
	return list
}

// merged adds the distributions of more replications to those of some, which may be none.
func merged(some, more []Distribution) []Distribution {
	if some == nil {
		return more
	}
	for i := range more {
		some[i].Minutes.Merge(more[i].Minutes)
	}
	return some
}
