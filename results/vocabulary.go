package results

import "slices"

// MeasureSpec says what a measure of a simulation means. docs/format.md prints the same table.
type MeasureSpec struct {
	Name       string
	Unit       string
	Statistics []string // those it is given in
	Definition string   // one sentence
}

// The statistics measures are given in, by kind of measure.
func clockStatistics() []string    { return []string{"mean", "median", "p90", "p95"} }
func workloadStatistics() []string { return []string{"mean"} }

// Measures returns every measure a simulation can give, in the order of docs/format.md.
func Measures() []MeasureSpec {
	return slices.Concat(clockMeasures(), shareMeasures(), workMeasures(), flowMeasures())
}

// MeasureNames returns the names of all measures, in the order of docs/format.md.
func MeasureNames() []string {
	specs := Measures()
	names := make([]string, len(specs))
	for i, s := range specs {
		names[i] = s.Name
	}
	return names
}

// ParseMeasure finds a measure by its name. The error lists the names and offers the nearest.
func ParseMeasure(name string) (MeasureSpec, error) {
	for _, s := range Measures() {
		if s.Name == name {
			return s, nil
		}
	}
	return MeasureSpec{}, unknownName("measure", name, MeasureNames())
}

// clockMeasures are the times of threads. All start when the portal accepts the thread's first message.
func clockMeasures() []MeasureSpec {
	clocks := []struct{ name, what string }{
		{"first_read", "until somebody of the staff first opens the message"},
		{"first_clinical_read", "until a nurse, a pharmacist or somebody above first opens the message"},
		{"first_touch", "until the thread is first claimed, routed, labelled or answered by a person; opening it claims it"},
		{"first_response", "until the first reply written by a person, or logged call"},
		{"needed_level_response", "until the first response by somebody at or above the level its content needs"},
		{"resolution", "until the last human action that no patient message follows for 7 days; not reached by threads that end in a call, a visit or the emergency department"},
	}
	specs := make([]MeasureSpec, 0, 2*len(clocks))
	for _, c := range clocks {
		specs = append(specs, MeasureSpec{c.name + "_hours", "hours", clockStatistics(), "Time " + c.what + "; the mean is restricted to 14 days."})
	}
	for _, c := range clocks {
		specs = append(specs, MeasureSpec{c.name + "_business_hours", "business hours", clockStatistics(),
			"Clinic hours " + c.what + "; the mean is restricted to the clinic hours of 14 days."})
	}
	return specs
}

// shareMeasures are shares of threads that were, or were not, dealt with in time.
func shareMeasures() []MeasureSpec {
	share := func(name, definition string) MeasureSpec {
		return MeasureSpec{name, "share", []string{"share"}, definition}
	}
	return []MeasureSpec{
		share("answered_within_1_business_day", "Threads with a first response by the close of the next business day."),
		share("answered_within_2_business_days", "Threads with a first response by the close of the second next business day."),
		share("unopened_at_12h", "Threads that nobody of the staff has opened after 12 hours."),
		share("unanswered_at_36h", "Threads without a first response after 36 hours."),
		share("sent_outside_clinic_hours", "Threads begun while the clinic is closed."),
		share("urgent_unread_over_1h", "Actually urgent threads that no clinician has opened after 1 hour."),
		share("urgent_unread_over_4h", "Actually urgent threads that no clinician has opened after 4 hours."),
		share("urgent_unread_next_day", "Actually urgent threads that no clinician has opened by the opening hour of the next calendar day."),
		share("missed_urgent", "Actually urgent threads that no clinician ever opened."),
		{"urgent_exposure_hours", "hours per 1,000 threads", []string{"mean"}, "Hours until a clinician first opens the thread or the family gives up waiting, each cut at 14 days, per 1,000 actually urgent threads."},
		share("false_urgent", "Of the threads labelled urgent, those that are not actually urgent."),
	}
}

// workMeasures are what the messages cost the staff. A workday is a day with a scheduled session.
func workMeasures() []MeasureSpec {
	minutes := func(name, definition string) MeasureSpec {
		return MeasureSpec{name, "minutes", workloadStatistics(), definition}
	}
	share := func(name, definition string) MeasureSpec {
		return MeasureSpec{name, "share", []string{"share"}, definition}
	}
	perThread := func(name, definition string) MeasureSpec {
		return MeasureSpec{name, "per thread", []string{"mean"}, definition}
	}
	return []MeasureSpec{
		minutes("inbox_minutes_per_workday", "A person's minutes in the inbox, per workday: the inbox's share of the work on portal threads, all other inbox work, and waiting for the portal where its delays are given."),
		minutes("handling_minutes_per_workday", "A person's minutes on portal threads, in the inbox and in the chart, per workday, without waiting for the portal."),
		minutes("background_minutes_per_workday", "A person's minutes on other inbox work, per workday: prescriptions, calls, results and colleagues."),
		minutes("portal_wait_minutes_per_workday", "A person's minutes waiting for the portal to answer, per workday, as sessions begin and on threads; given where the portal's delays are."),
		minutes("inbox_minutes_per_non_workday", "A person's minutes in the inbox, per day without a scheduled session."),
		{"outside_hours_minutes_per_workday", "minutes", []string{"mean", "p90"}, "A person's inbox minutes outside the scheduled span of the day, per workday; p90 is over persons, each with the mean of their workdays."},
		share("outside_hours_share_of_inbox", "Share of a role's inbox minutes that fall outside the scheduled span, days without a session included."),
		minutes("uncompensated_minutes_per_workday", "A physician's minutes on portal threads that are neither billed nor in protected slots, per workday, consults and waiting for the portal on them included."),
		minutes("uncompensated_minutes_per_non_workday", "The same on days without a scheduled session, per such day."),
		{"attention_switches_per_workday", "switches", workloadStatistics(), "How often a person turns to the inbox from something else on a workday."},
		{"messages_per_workday", "messages", workloadStatistics(), "Patients' messages that come to the inbox a person works from, nudges and those handed on to it included, per workday of all who share it."},
		{"messages_per_8_hours_scheduled", "messages", workloadStatistics(), "The same, per 8 hours of the scheduled spans of workdays."},
		{"touches_per_workday", "touches", workloadStatistics(), "How often a person works on a portal thread, per workday."},
		share("utilisation", "Share of the time in inbox sessions that is used; overruns are not counted."),
		{"queue_at_close", "threads", workloadStatistics(), "Threads waiting in an inbox at the close of a business day."},
		perThread("handoffs_per_thread", "How often a thread passes from one person or pool to another."),
		perThread("touches_per_thread", "How often somebody of the staff acts on a thread."),
		perThread("messages_per_thread", "Messages in a thread, those of patients and of staff."),
		share("closed_before_physician", "Threads that are answered and over without any physician having acted on them in the inbox, also when a call or visit follows."),
		share("closed_below_needed_level", "Threads whose last answer comes from below the level their content needs."),
		share("answered_by_addressee", "Threads whose first response comes from the person, or the team, that they were written to."),
	}
}

// flowMeasures are how much is written and what happens elsewhere instead.
func flowMeasures() []MeasureSpec {
	count := func(name, unit, definition string) MeasureSpec {
		return MeasureSpec{name, unit, []string{"count"}, definition}
	}
	share := func(name, definition string) MeasureSpec {
		return MeasureSpec{name, "share", []string{"share"}, definition}
	}
	perYear := func(name, unit, what string) MeasureSpec {
		return MeasureSpec{name + "_per_patient_year", unit, []string{"mean"}, what + ", per panel patient and year."}
	}
	return []MeasureSpec{
		count("threads", "threads", "Threads begun in the observed days."),
		perYear("threads", "threads", "Threads begun"),
		perYear("messages", "messages", "Messages written by patients and caregivers"),
		perYear("needs", "needs", "Needs felt"),
		perYear("needs_held_back", "needs", "Needs held back"),
		perYear("needs_deterred", "needs", "Needs deterred by billing"),
		perYear("needs_kept_for_visit", "needs", "Needs kept for the next visit"),
		perYear("failed_sends", "messages", "Messages lost to a technology barrier"),
		perYear("phone_calls", "calls", "Calls of patients"),
		perYear("visits", "visits", "Visits that a thread led to"),
		perYear("emergency_visits", "visits", "Visits to the emergency department"),
		share("patients_who_write", "Panel patients about whom the portal accepts a message in the observed days, by whomever."),
		{"threads_per_writing_patient", "threads", []string{"mean"}, "Threads of each of these."},
		share("share_of_messages_from_top_5_percent", "Messages of patients and caregivers that are about the 5% of writing patients with the most."),
		share("not_resolved_by_messaging", "Threads that messages do not resolve: they end in a call, a visit or the emergency department, or are never answered."),
		share("left_unanswered", "Threads whose family phoned, or went to the emergency department, before anybody had answered."),
		count("follow_ups", "messages", "Messages in which a family wrote again after an answer, on threads begun in the observed days."),
		count("nudges", "messages", "Messages in which a family wrote again without an answer, on threads begun in the observed days."),
		count("needs", "needs", "Needs felt in the observed days, whatever became of them."),
		count("kept_for_visit", "needs", "Needs kept for the next visit in place of a message."),
		count("held_back", "needs", "Needs that the patient kept to themselves, for the physician's sake."),
		count("deterred", "needs", "Needs not written because messages may be billed, nor phoned instead."),
		count("phone_calls", "calls", "Calls of patients instead of, or after, a message."),
		count("telephone_replies", "calls", "Replies of the staff by telephone."),
		count("visits", "visits", "Visits that a thread led to."),
		count("emergency_visits", "visits", "Visits to the emergency department instead of, or after, a message."),
		count("failed_sends", "messages", "Messages lost to a technology barrier before the portal accepted them."),
	}
}
