package sim

import (
	"math"

	"github.com/portalbench/portalbench/results"
	"github.com/portalbench/portalbench/results/stats"
	"github.com/portalbench/portalbench/scenarios"
	"github.com/portalbench/portalbench/sim/des"
)

// clocks are given in this order. Opening a thread claims it, so that the first touch is the first read.
var clocks = [...]struct {
	name string
	clock
}{{"first_read", firstRead}, {"first_clinical_read", firstClinicalRead}, {"first_touch", firstRead},
	{"first_response", firstResponse}, {"needed_level_response", neededLevelResponse}, {"resolution", resolution}}

var scaleNames = [numScales]string{"_hours", "_business_hours"}

// Measures returns every measure of one replication, always in the same order. Their intervals are missing: they
// come from comparing replications.
func (t *Tally) Measures(p *Plan) []results.Measure {
	l := &list{Tally: t, plan: p, measures: make([]results.Measure, 0, manyMeasures)}
	l.everything(whole())
	l.writers()
	l.add("share_of_messages_from_top_5_percent", "share", t.topShare(.05), t.demand[demandMessages].of(whole()), 0)
	for _, u := range []part{urgent, routine} {
		l.where = p.where[partActual+u]
		l.everything([]part{partActual + u})
	}
	for p := partSender; p < numParts; p++ {
		l.part(p)
	}
	l.staff()
	return l.measures
}

// manyMeasures is room for those of one replication; with more staff there may be some more.
const manyMeasures = 2048

// list gathers measures about one part of the threads or staff.
type list struct {
	*Tally
	plan     *Plan
	where    map[string]string
	measures []results.Measure
	minutes  stats.Counter // those of the clock at hand
}

// everything adds all outcomes of the threads of some parts together.
func (l *list) everything(parts []part) {
	for k := range clocks {
		l.clock(k, wall, parts, "mean", "median", "p90", "p95")
	}
	for k := range clocks {
		l.clock(k, business, parts, "mean", "median", "p90", "p95")
	}
	l.outcomes(parts)
}

// part adds what became of a part of the threads: of strata of people and of senders everything, of others the
// outcomes that divide them best.
func (l *list) part(p part) {
	parts := []part{p}
	l.where = l.plan.where[p]
	if p >= toldInFull {
		l.minutes.Take(l.response, p)
		l.quantiles("first_response_hours", "median", "p90")
		l.answers(parts)
		l.flow(parts)
		return
	}
	for k := range clocks {
		l.clock(k, wall, parts, "mean", "median", "p90")
	}
	for k := range clocks {
		l.clock(k, business, parts, "median")
	}
	l.outcomes(parts)
}

func (l *list) outcomes(parts []part) {
	l.answers(parts)
	l.urgency(parts)
	l.flow(parts)
	l.needs(parts)
}

func (l *list) add(name, statistic string, value float64, n, notReached int64) {
	l.measures = append(l.measures, results.Measure{Name: name, Where: l.where, Statistic: statistic,
		Value: results.Number(value), Low: results.Number(math.NaN()), High: results.Number(math.NaN()), N: n,
		NotReached: notReached})
}

// share adds a part of n; missing if n is 0.
func (l *list) share(name string, part, n int64) {
	l.add(name, "share", float64(part)/float64(n), n, 0)
}

// clock adds statistics of a clock, in hours.
func (l *list) clock(k, scale int, parts []part, statistics ...string) {
	s := &l.spans[scale][clocks[k].clock]
	l.minutes.Take(s.minutes, parts...)
	name := clocks[k].name + scaleNames[scale]
	if n := l.minutes.Count(); statistics[0] == "mean" {
		l.add(name, "mean", des.Time(s.restricted.of(parts)).Hours()/float64(n), n, l.minutes.NotReachedCount())
		statistics = statistics[1:]
	}
	l.quantiles(name, statistics...)
}

// quantiles adds quantiles of the clock at hand, in hours.
func (l *list) quantiles(name string, statistics ...string) {
	for _, statistic := range statistics {
		q := .5
		switch statistic {
		case "p90":
			q = .9
		case "p95":
			q = .95
		}
		l.add(name, statistic, l.minutes.Quantile(q)/60, l.minutes.Count(), l.minutes.NotReachedCount())
	}
}

// ofThreads adds shares of the threads of some parts.
func (l *list) ofThreads(parts []part, of int, shares []named) {
	n := l.count[of].of(parts)
	for _, s := range shares {
		l.share(s.name, l.count[s.what].of(parts), n)
	}
}

// named is a count by the name of its measure.
type named struct {
	name string
	what int
}

// answers adds how soon threads were dealt with.
func (l *list) answers(parts []part) {
	l.ofThreads(parts, countThreads, []named{
		{"answered_within_1_business_day", countInOne},
		{"answered_within_2_business_days", countInTwo},
		{"unopened_at_12h", countUnopened12h},
		{"unanswered_at_36h", countUnanswered36h},
		{"sent_outside_clinic_hours", countOutsideHours},
		{"left_unanswered", countLeft},
	})
}

// urgency adds what happens to actually urgent threads, and which of those labelled urgent are not.
func (l *list) urgency(parts []part) {
	if n := l.count[countUrgent].of(parts); n > 0 || l.where == nil {
		l.ofThreads(parts, countUrgent, []named{
			{"urgent_unread_over_1h", countUnreadOver1h},
			{"urgent_unread_over_4h", countUnreadOver4h},
			{"urgent_unread_next_day", countUnreadNextDay},
			{"missed_urgent", countMissed},
		})
		l.add("urgent_exposure_hours", "mean", des.Time(l.exposure.of(parts)).Hours()/float64(n)*1000, n, 0)
	}
	if l.count[countLabelled].of(parts) > 0 || l.where == nil {
		l.ofThreads(parts, countLabelled, []named{{"false_urgent", countFalselyLabelled}})
	}
}

// flow adds how threads went.
func (l *list) flow(parts []part) {
	l.ofThreads(parts, countThreads, []named{
		{"closed_before_physician", countWithoutPhysician},
		{"closed_below_needed_level", countBelow},
		{"answered_by_addressee", countByAddressee},
		{"not_resolved_by_messaging", countUnresolved},
	})
	threads := l.count[countThreads].of(parts)
	for _, m := range []named{{"threads", countThreads}, {"follow_ups", countFollowUps}, {"nudges", countNudges}} {
		sum := l.count[m.what].of(parts)
		l.add(m.name, "count", float64(sum), sum, 0)
	}
	for _, m := range []named{{"handoffs_per_thread", countHandoffs}, {"touches_per_thread", countTouches}, {"messages_per_thread", countMessages}} {
		l.add(m.name, "mean", float64(l.count[m.what].of(parts))/float64(threads), threads, 0)
	}
}

// needs adds what became of needs, and what they led to.
func (l *list) needs(parts []part) {
	all := int64(0)
	for f := range numFates {
		if f != Unfelt {
			all += l.demand[f].of(parts)
		}
	}
	count := func(name string, n int64) { l.add(name, "count", float64(n), n, 0) }
	count("needs", all)
	for _, m := range []named{{"held_back", int(HeldBack)}, {"deterred", int(Deterred)}, {"kept_for_visit", int(Kept)},
		{"failed_sends", int(Failed)}, {"phone_calls", demandCalls}, {"telephone_replies", demandReplies}, {"visits", demandVisits}} {
		count(m.name, l.demand[m.what].of(parts))
	}
	count("emergency_visits", l.demand[Emergency].of(parts)+l.demand[demandEmergencies].of(parts))
	l.perPatient(parts, all)
}

// perPatient adds the same per patient and year, of everybody and of strata of patients, which differ in size.
func (l *list) perPatient(parts []part, needs int64) {
	patients := l.patients.of(parts)
	if l.where == nil {
		patients = int64(l.plan.Patients())
	}
	if patients == 0 {
		return // a part of the threads that is none of the patients
	}
	years := float64(patients) * float64(l.plan.Scenario.Horizon.Days) / 365
	rate := func(name string, n int64) { l.add(name+"_per_patient_year", "mean", float64(n)/years, n, 0) }
	rate("threads", l.count[countThreads].of(parts))
	rate("messages", l.demand[demandMessages].of(parts))
	rate("needs", needs)
	for _, m := range []named{{"needs_held_back", int(HeldBack)}, {"needs_deterred", int(Deterred)}, {"needs_kept_for_visit", int(Kept)},
		{"failed_sends", int(Failed)}, {"phone_calls", demandCalls}, {"visits", demandVisits}} {
		rate(m.name, l.demand[m.what].of(parts))
	}
	rate("emergency_visits", l.demand[Emergency].of(parts)+l.demand[demandEmergencies].of(parts))
}

// writers adds about how many patients there is a thread.
func (l *list) writers() {
	writing := int64(0)
	for _, families := range l.senders[1:] {
		writing += families
	}
	l.share("patients_who_write", writing, int64(l.plan.Patients()))
	threads := l.count[countThreads].of(whole())
	l.add("threads_per_writing_patient", "mean", float64(threads)/float64(writing), writing, 0)
}

// topShare returns which part of the families' messages came from the given top share of those who sent any.
func (t *Tally) topShare(top float64) float64 {
	senders, all := int64(0), int64(0)
	for n, families := range t.senders[1:] {
		senders += families
		all += families * int64(n+1)
	}
	left, sum := int64(math.Round(top*float64(senders))), int64(0)
	for n := len(t.senders) - 1; n > 0 && left > 0; n-- {
		take := min(left, t.senders[n])
		sum += take * int64(n)
		left -= take
	}
	return float64(sum) / float64(all)
}

// staff adds the workload of every role that is on the staff.
func (l *list) staff() {
	for r := scenarios.Role(1); int(r) < scenarios.NumRoles; r++ {
		if l.plan.FTE(r) > 0 {
			l.where = map[string]string{"role": r.String()}
			l.time(r)
			l.load(r)
		}
	}
}

// time adds how long a role works.
func (l *list) time(r scenarios.Role) {
	w := &l.work[r]
	inbox := func(s func(*spent) des.Time) float64 {
		return s(&w.threads).Minutes()*l.plan.Scenario.Handling.InboxShare + s(&w.items).Minutes() + s(&w.waits).Minutes()
	}
	onDay, offDay := inbox(func(s *spent) des.Time { return s.onDay }), inbox(func(s *spent) des.Time { return s.offDay })
	outside := inbox(func(s *spent) des.Time { return s.outside })
	l.perDay("inbox_minutes_per_workday", onDay, w.days)
	l.perDay("handling_minutes_per_workday", w.threads.onDay.Minutes(), w.days)
	l.perDay("background_minutes_per_workday", w.items.onDay.Minutes(), w.days)
	if l.waited {
		l.perDay("portal_wait_minutes_per_workday", w.waits.onDay.Minutes(), w.days)
	}
	l.perDay("outside_hours_minutes_per_workday", outside, w.days)
	l.add("outside_hours_minutes_per_workday", "p90", l.outside[r].Quantile(.9)/10, l.outside[r].Count(), 0)
	if r.IsPhysician() {
		l.perDay("uncompensated_minutes_per_workday", w.unpaid.Minutes(), w.days)
		l.perDay("uncompensated_minutes_per_non_workday", w.unpaidOff.Minutes(), w.offDays)
	}
	l.perDay("inbox_minutes_per_non_workday", offDay, w.offDays)
	l.add("outside_hours_share_of_inbox", "share", (outside+offDay)/(onDay+offDay), w.days, 0)
}

// load adds how much a role has to do.
func (l *list) load(r scenarios.Role) {
	w := &l.work[r]
	l.perDay("messages_per_workday", float64(w.messages), w.teamDays)
	l.add("messages_per_8_hours_scheduled", "mean", float64(w.messages)/(w.teamScheduled.Hours()/8), w.messages, 0)
	l.perDay("touches_per_workday", float64(w.handled), w.days)
	l.perDay("attention_switches_per_workday", float64(w.switches), w.days)
	l.add("utilisation", "share", float64(w.used)/float64(w.open), w.days, 0)
	l.perDay("queue_at_close", float64(w.queued), w.closes)
}

// perDay adds a mean over days.
func (l *list) perDay(name string, sum float64, days int64) {
	l.add(name, "mean", sum/float64(days), days, 0)
}
