package report

import (
	"slices"
	"strings"

	"github.com/portalbench/portalbench/scenarios"
)

// mechanism is a part of the model's logic that a scenario can switch off, or a lever that a policy can leave alone.
type mechanism struct {
	Key   string // name of the template with its prose
	Title string
	Text  string // the prose; empty when it is off
	needs []need
}

// need is a parameter without which a mechanism does nothing.
type need struct {
	met  bool
	path string // of the parameter
	at   string // what it is when the need is not met
}

// mechanismGroup is the mechanisms of one stage.
type mechanismGroup struct {
	Title      string
	Mechanisms []mechanism
}

// Off reports whether something the mechanism needs is missing.
func (m mechanism) Off() bool { return m.Why() != "" }

// Why says why a mechanism is off; it is empty when it is not.
func (m mechanism) Why() string {
	for _, n := range m.needs {
		if !n.met {
			return strings.TrimSpace(code(n.path) + " is " + n.at)
		}
	}
	return ""
}

// above is the need of a parameter above 0.
func above(path string, value float64) need { return need{value > 0, path, "0"} }

func scenarioMechanisms(s *scenarios.Scenario) []mechanismGroup {
	return []mechanismGroup{
		{"People", peopleMechanisms(&s.Population)},
		{"Needs", needMechanisms(&s.Demand)},
		{"From need to message", channelMechanisms(s)},
		{"Staff and their time", staffMechanisms(s)},
		{"Work on a message", handlingMechanisms(&s.Handling)},
		{"How threads go on and end", threadMechanisms(s)},
	}
}

func peopleMechanisms(p *scenarios.Population) []mechanism {
	const care = "population.caregivers."
	dementia, others := p.Caregivers.Dementia, p.Caregivers.Others
	barrier := max(p.Technology.BarrierUnder65, p.Technology.BarrierFrom65)
	return []mechanism{
		{Key: "adoption", Title: "Portal use", needs: []need{above("population.portal_active", p.PortalActive)}},
		{Key: "rates", Title: "Individual rates", needs: []need{
			above("population.writing.threads_per_patient_year", p.Writing.ThreadsPerPatientYear)}},
		{Key: "gradient", Title: "Condition gradient", needs: []need{
			{p.Writing.ConditionGradient > 1, "population.writing.condition_gradient", "1"}}},
		{Key: "caregivers", Title: "Caregivers", needs: []need{
			above(care+"dementia.present and others.present", max(dementia.Present, others.Present)),
			above(care+"dementia.writes and others.writes", max(dementia.Writes, others.Writes))}},
		{Key: "technology", Title: "Technology barrier", needs: []need{
			above("population.technology.barrier_under_65 and barrier_from_65", barrier),
			above("population.technology.failed_sends", p.Technology.FailedSends)}},
	}
}

func needMechanisms(d *scenarios.Demand) []mechanism {
	const on = "demand.triggers."
	t := &d.Triggers
	return []mechanism{
		{Key: "background", Title: "Background needs"},
		{Key: "after-result", Title: "Needs after a test result", needs: []need{
			above(on+"results_viewed_per_year", t.ResultsViewed), above(on+"after_result", t.AfterResult)}},
		{Key: "after-visit", Title: "Needs that extend a visit", needs: []need{
			above(on+"visits_per_year", t.Visits), above(on+"after_visit", t.AfterVisit)}},
		{Key: "after-surgery", Title: "Needs after an operation", needs: []need{
			above(on+"surgeries_per_year", t.Surgeries), above(on+"threads_after_surgery", t.AfterSurgery)}},
		{Key: "after-medication", Title: "Needs after a change of medication", needs: []need{
			above(on+"medication_changes_per_year", t.MedicationChanges),
			above(on+"after_medication_change", t.AfterMedication)}},
		{Key: "readings", Title: "Home readings on request", needs: []need{
			above(on+"readings_asked", t.ReadingsAsked), above(on+"readings_sent", t.ReadingsSent)}},
		{Key: "content", Title: "Content"},
		{Key: "urgency", Title: "Urgency", needs: []need{
			above("demand.urgency.actual, high_risk and felt_otherwise",
				max(d.Urgency.Actual, d.Urgency.HighRisk, d.Urgency.FeltOtherwise))}},
		{Key: "specialty", Title: "Specialty threads", needs: []need{above("demand.to_specialist", d.Specialist)}},
		{Key: "attachments", Title: "Attachments", needs: []need{above("demand.attachment", d.Attachment)}},
	}
}

func channelMechanisms(s *scenarios.Scenario) []mechanism {
	c, h, a := &s.Demand.Channel, &s.Demand.HoldingBack, &s.Demand.Addressing
	const on = "demand.channel."
	return []mechanism{
		{Key: "responsiveness", Title: "Responsiveness", needs: []need{
			above("demand.responsiveness.elasticity", s.Demand.Responsiveness.Elasticity)}},
		{Key: "emergency", Title: "Emergency department", needs: []need{above(on+"emergency_if_felt_urgent", c.Emergency)}},
		{Key: "holding-back", Title: "Holding back", needs: []need{above("demand.holding_back.share", h.Share)}},
		{Key: "phone", Title: "Telephone", needs: []need{above(on+"phone_odds", c.PhoneOdds)}},
		{Key: "visit", Title: "Keeping it for the visit", needs: []need{above(on+"visit_odds", c.VisitOdds)}},
		{Key: "wait-feedback", Title: "Expected wait and channel", needs: []need{above(on+"per_day_of_wait", c.PerDayOfWait),
			above(on+"phone_odds and visit_odds", max(c.PhoneOdds, c.VisitOdds))}},
		{Key: "caused", Title: "Visits all the same", needs: []need{above(on+"visits_caused", c.VisitsCaused)}},
		{Key: "to-pool", Title: "Writing to the team", needs: []need{above("demand.addressing.to_pool", a.Pool)}},
		{Key: "wrong-clinician", Title: "Writing to the wrong clinician", needs: []need{
			above("demand.addressing.wrong_clinician", a.Wrong)}},
	}
}

func staffMechanisms(s *scenarios.Scenario) []mechanism {
	var spread, own, leave, interrupted, background float64
	resumes := false
	for _, name := range s.Groups() {
		g := s.Staff[name]
		spread = max(spread, float64(g.StartSpread))
		leave = max(leave, float64(g.LeaveDays))
		interrupted = max(interrupted, float64(g.Interruptions.For), float64(g.Interruptions.Every))
		items := g.Background
		background = max(background, items.Prescriptions, items.Calls, items.Results, items.Colleagues)
		for _, o := range g.OwnTime {
			own = max(own, o.Share)
		}
		resumes = resumes || g.ShiftEnd == "resume"
	}
	none := func(what string, value float64) need {
		return need{value > 0, what, "0 or left out in every staff group"}
	}
	return []mechanism{
		{Key: "sessions", Title: "Sessions"},
		{Key: "start-spread", Title: "Late starts", needs: []need{none("start_spread", spread)}},
		{Key: "shift-end", Title: "End of a session"},
		{Key: "resume", Title: "Putting work down", needs: []need{{resumes, "shift_end", "finish in every staff group"}}},
		{Key: "own-time", Title: "Evenings and weekends", needs: []need{none("own_time", own)}},
		{Key: "leave", Title: "Leave", needs: []need{none("leave_days", leave)}},
		{Key: "holidays", Title: "Holidays", needs: []need{
			above("network.holidays_per_year", float64(s.Network.Holidays))}},
		{Key: "interruptions", Title: "Interruptions", needs: []need{none("interruptions", interrupted)}},
		{Key: "background-work", Title: "Other inbox work", needs: []need{none("background", background)}},
		{Key: "simulated-items", Title: "Messages about calls and copies"},
	}
}

func handlingMechanisms(h *scenarios.Handling) []mechanism {
	return []mechanism{
		{Key: "service", Title: "Handling time"},
		{Key: "between", Title: "Differences between persons", needs: []need{
			above("handling.between_log_sd", h.BetweenLogSD)}},
		{Key: "authority", Title: "Who answers"},
		{Key: "defer", Title: "Opening and putting aside", needs: []need{above("handling.defer", h.Defer)}},
		{Key: "switching", Title: "Turning to the inbox", needs: []need{above("handling.switch_seconds", h.SwitchSeconds)}},
		{Key: "consult", Title: "Asking a colleague", needs: []need{above("handling.consult", h.Consult)}},
		{Key: "copies", Title: "Copies", needs: []need{above("handling.copy", h.Copy)}},
	}
}

func threadMechanisms(s *scenarios.Scenario) []mechanism {
	t := &s.Threads
	return []mechanism{
		{Key: "seen", Title: "Seeing the answer"},
		{Key: "follow-up", Title: "Follow-ups", needs: []need{above("threads.follow_up", t.FollowUp)}},
		{Key: "no-reply", Title: "Closing without a reply", needs: []need{above("threads.follow_up", t.FollowUp),
			above("threads.no_reply_needed", t.NoReplyNeeded)}},
		{Key: "phone-reply", Title: "Reply by telephone", needs: []need{above("threads.phone_reply", t.PhoneReply)}},
		{Key: "not-resolved", Title: "Threads that messages do not resolve", needs: []need{
			above("threads.not_resolved_by_messaging", t.NotResolved)}},
		{Key: "patience", Title: "Patience", needs: []need{{t.Patience.Median > 0, "threads.patience.median", "zero"}}},
		{Key: "nudges", Title: "Nudges", needs: []need{{t.Patience.Median > 0, "threads.patience.median", "zero"},
			above("threads.patience.nudge", t.Patience.Nudge),
			above("threads.patience.most_nudges", float64(t.Patience.MostNudges))}},
		{Key: "giving-up", Title: "Leaving for the telephone or the emergency department", needs: []need{
			{t.Patience.Median > 0, "threads.patience.median", "zero"}, above("threads.patience.phone", t.Patience.Phone)}},
		{Key: "needed-level", Title: "Needed level"},
		{Key: "end", Title: "End of a thread"},
	}
}

// leverMechanisms are the levers, each on where a policy uses it.
func leverMechanisms(policies []*scenarios.LoadedPolicy) []mechanism {
	var list []mechanism
	for _, l := range levers() {
		used := slices.ContainsFunc(policies, func(p *scenarios.LoadedPolicy) bool { return l.used(p.Policy) })
		needs := []need{{used, l.key, "used by none of the policies"}}
		list = append(list, mechanism{Key: l.key, Title: l.title, needs: needs})
	}
	return list
}

// lever is one of those that policies are made of.
type lever struct {
	key, title string
	used       func(p *scenarios.Policy) bool
}

func levers() []lever {
	type policy = scenarios.Policy
	by := func(choice string) bool { return choice != "" && choice != "none" }
	always := func(*policy) bool { return true }
	labels := func(p *policy) bool { return by(p.Classify.By) || p.Classify.CategoryAccuracy > 0 }
	var none policy
	return []lever{
		{"lever-classify", "Classification", labels},
		{"lever-route", "Routing", always},
		{"lever-by-category", "Routing by category", func(p *policy) bool { return len(p.Route.ByCategory) > 0 }},
		{"lever-rules", "Routing by rules", func(p *policy) bool { return len(p.Route.Rules) > 0 }},
		{"lever-order", "Order of work", always},
		{"lever-work", "Sessions and protected time", func(p *policy) bool { return p.Work != none.Work }},
		{"lever-draft", "Drafted replies", func(p *policy) bool { return by(p.Draft.By) }},
		{"lever-refill", "Refill protocol", func(p *policy) bool { return p.Refill != none.Refill }},
		{"lever-cover", "Cover of leave", func(p *policy) bool { return by(p.Cover.By) }},
		{"lever-standard", "Promised response time", func(p *policy) bool { return p.Standard.BusinessDays > 0 }},
		{"lever-billing", "Billing", func(p *policy) bool { return p.Billing != none.Billing }},
		{"lever-training", "Training of patients", func(p *policy) bool { return p.Training != none.Training }},
		{"lever-limits", "Limits on writing", func(p *policy) bool { return p.Limits != none.Limits }},
	}
}
