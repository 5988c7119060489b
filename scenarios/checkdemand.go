package scenarios

import (
	"fmt"
	"time"
)

// triggers checks that events of care do not account for more threads than there are.
func (c checker) triggers(s *Scenario) {
	d, w := &s.Demand, s.Population.Writing.ThreadsPerPatientYear
	if w == 0 || s.Population.PortalActive == 0 {
		return
	}
	threads, t := w/s.Population.PortalActive, &d.Triggers
	results, changes := t.ResultsViewed*t.AfterResult, t.MedicationChanges*t.AfterMedication
	rest := t.Visits*t.AfterVisit + t.Surgeries*t.AfterSurgery
	const path = "demand.triggers."
	if sum := results + changes + rest; sum > threads+1e-9 {
		c.fail(fmt.Sprintf("the triggers lead to %.3g threads a portal user and year, and there are only %.3g", sum, threads),
			"lower a rate or a share of the triggers, or raise population.writing.threads_per_patient_year",
			path+"results_viewed_per_year", path+"visits_per_year", path+"surgeries_per_year", path+"medication_changes_per_year",
			"population.writing.threads_per_patient_year")
		return
	}
	c.categoryLeft(path+"results_viewed_per_year", "result", results, threads*d.Categories.share(Result))
	c.categoryLeft(path+"medication_changes_per_year", "medication", changes, threads*d.Categories.share(Medication))
}

// categoryLeft reports a trigger that leads to more threads than its category has.
func (c checker) categoryLeft(path, category string, after, all float64) {
	if after > all+1e-9 {
		c.fail(fmt.Sprintf("%s leads to %.3g threads a portal user and year, and only %.3g are about the category %s", path, after, all, category),
			"lower it, or give the category more weight", path, "demand.categories."+category)
	}
}

// share returns which part of all threads is in a category.
func (c CategoryShares) share(of Category) float64 {
	all := 0.0
	for _, w := range c.Weights() {
		all += w
	}
	return c.Weights()[of] / all
}

// rhythm checks the weights of the hours, where they are given.
func (c checker) rhythm(d *Demand) {
	sum := 0.0
	for _, w := range d.ByHour {
		if w < 0 {
			c.fail(fmt.Sprintf("demand.by_hour has the weight %v", w), "weights are 0 or more", "demand.by_hour")
			return
		}
		sum += w
	}
	if len(d.ByHour) > 0 && sum == 0 {
		c.fail("demand.by_hour has no weight above 0", "give at least one hour a weight", "demand.by_hour")
	}
}

// conversation checks patience, and that a message can lead to no more than one thing.
func (c checker) conversation(s *Scenario) {
	p := &s.Threads.Patience
	c.share("threads.patience.nudge and phone", p.Nudge+p.Phone, "threads.patience.nudge", "threads.patience.phone")
	needs := "threads.specialty_needs."
	c.share("the shares of threads.specialty_needs", s.Threads.SpecialtyNeeds.Sum(), needs+"specialist", needs+"physician", needs+"rn", needs+"ma")
	if p.Median > 0 && p.FeltUrgent == 0 {
		c.fail("threads.patience.felt_urgent is zero", "write how long those wait who feel it to be urgent, such as 4h", "threads.patience.felt_urgent")
	}
	if p.Median == 0 && p.FeltUrgent > 0 {
		c.fail("threads.patience.median is zero and felt_urgent is not", "write both, or set both to 0s for families that wait for ever",
			"threads.patience.median", "threads.patience.felt_urgent")
	}
	if f := s.Threads.FollowUp + s.Demand.HoldingBack.FollowUp; f > 1 {
		c.fail(fmt.Sprintf("threads.follow_up and demand.holding_back.follow_up add up to %.3g", f), "a chance cannot exceed 1: lower one",
			"demand.holding_back.follow_up", "threads.follow_up")
	}
	if s.Demand.Channel.ExpectedWait <= 0 {
		c.fail("demand.channel.expected_wait is zero", "write the wait that patients expect at first, such as 48h", "demand.channel.expected_wait")
	}
}

// interruptions checks that there is a time for what is interrupted, and for how long.
func (c checker) interruptions(path string, i Interruptions) {
	path += ".interruptions"
	some := i.Every > 0 || i.WhenEmpty
	if some && i.For == 0 {
		c.fail(path+" have no length", "write for: the mean time away, such as 5m", path+".for", path+".every", path+".when_empty")
	}
	if i.For > 0 && !some {
		c.fail(path+" have a length and nothing says when they come", "write every: the mean time between two, or when_empty: true", path+".for")
	}
	if time.Duration(i.Every) > 0 && time.Duration(i.Every) < time.Second || time.Duration(i.For) > 0 && time.Duration(i.For) < time.Second {
		c.fail(path+" are shorter than a second", "write 1s or more", path+".every", path+".for")
	}
}
