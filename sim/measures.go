package sim

import (
	"math"

	"github.com/portalbench/portalbench/results"
	"github.com/portalbench/portalbench/results/stats"
	"github.com/portalbench/portalbench/scenarios"
	"github.com/portalbench/portalbench/sim/des"
)

var clockNames = [numClocks]string{"first_read", "first_clinical_read", "first_touch", "first_response",
	"needed_level_response", "resolution"}

var scaleNames = [numScales]string{"_hours", "_business_hours"}

// Measures returns every measure of one replication, always in the same order. Their intervals are missing: they
// come from comparing replications.
func (t *Tally) Measures(p *Plan) []results.Measure {
	l := &list{}
	both := t.count[routine]
	both.add(&t.count[urgent])
	whole := []struct {
		where map[string]string
		spans [][numScales][numClocks]span
		count counts
	}{
		{nil, t.spans[:], both},
		{map[string]string{"actual_urgency": "urgent"}, t.spans[urgent:], t.count[urgent]},
		{map[string]string{"actual_urgency": "routine"}, t.spans[:urgent], t.count[routine]},
	}
	for _, w := range whole {
		l.where = w.where
		l.clocks(w.spans)
		l.shares(&w.count)
	}
	l.where = nil
	l.urgency(t)
	l.flow(&both)
	l.demand(t, p)
	l.parts(t)
	l.staff(t, p)
	return l.measures
}

// list gathers measures about one part of the threads or staff.
type list struct {
	where    map[string]string
	measures []results.Measure
}

func (l *list) add(name, statistic string, value float64, n, notReached int64) {
	l.measures = append(l.measures, results.Measure{Name: name, Where: l.where, Statistic: statistic,
		Value: results.Number(value), Low: results.Number(math.NaN()), High: results.Number(math.NaN()), N: n,
		NotReached: notReached})
}

// share adds part of n; missing if n is 0.
func (l *list) share(name string, part, n int64) {
	l.add(name, "share", float64(part)/float64(n), n, 0)
}

// clocks adds mean, median, 90% and 95% quantiles of every clock, over the threads of all the spans together.
func (l *list) clocks(spans [][numScales][numClocks]span) {
	for scale, suffix := range scaleNames {
		for k, name := range clockNames {
			sum, restricted := spans[0][scale][k].minutes, spans[0][scale][k].restricted
			for u := 1; u < len(spans); u++ {
				sum = stats.Sum(sum, spans[u][scale][k].minutes)
				restricted += spans[u][scale][k].restricted
			}
			n, missed := sum.Count(), sum.NotReachedCount()
			l.add(name+suffix, "mean", restricted.Hours()/float64(n), n, missed)
			l.add(name+suffix, "median", sum.Quantile(.5)/60, n, missed)
			l.add(name+suffix, "p90", sum.Quantile(.9)/60, n, missed)
			l.add(name+suffix, "p95", sum.Quantile(.95)/60, n, missed)
		}
	}
}

func (l *list) shares(c *counts) {
	l.share("answered_within_1_business_day", c.inOne, c.threads)
	l.share("answered_within_2_business_days", c.inTwo, c.threads)
	l.share("unopened_at_12h", c.unopened12h, c.threads)
	l.share("unanswered_at_36h", c.unanswered36h, c.threads)
	l.share("sent_outside_clinic_hours", c.outsideHours, c.threads)
	l.share("left_unanswered", c.left, c.threads)
}

// urgency adds what happens to actually urgent threads, and which of those labelled urgent are not.
func (l *list) urgency(t *Tally) {
	u := &t.count[urgent]
	l.share("urgent_unread_over_1h", u.unreadOver1h, u.threads)
	l.share("urgent_unread_over_4h", u.unreadOver4h, u.threads)
	l.share("urgent_unread_next_day", u.unreadNextDay, u.threads)
	l.share("missed_urgent", u.missed, u.threads)
	l.add("urgent_exposure_hours", "mean", t.exposure.Hours()/float64(u.threads)*1000, u.threads, 0)
	l.share("false_urgent", t.count[routine].labelledUrgent, t.count[routine].labelledUrgent+u.labelledUrgent)
}

// flow adds how threads went.
func (l *list) flow(c *counts) {
	l.share("closed_before_physician", c.withoutPhysician, c.threads)
	l.share("closed_below_needed_level", c.below, c.threads)
	l.share("answered_by_addressee", c.byAddress, c.threads)
	l.share("not_resolved_by_messaging", c.unresolved, c.threads)
	l.add("follow_ups", "count", float64(c.followUps), c.followUps, 0)
	l.add("nudges", "count", float64(c.nudges), c.nudges, 0)
	for _, m := range []struct {
		name string
		sum  int64
	}{{"handoffs_per_thread", c.handoffs}, {"touches_per_thread", c.touches}, {"messages_per_thread", c.messages}} {
		l.add(m.name, "mean", float64(m.sum)/float64(c.threads), c.threads, 0)
	}
}

func (l *list) demand(t *Tally, p *Plan) {
	threads := t.count[routine].threads + t.count[urgent].threads
	l.add("threads", "count", float64(threads), threads, 0)
	needs := int64(0)
	for f, n := range t.fates {
		if Fate(f) != Unfelt {
			needs += n
		}
	}
	for _, m := range []struct {
		name string
		n    int64
	}{{"needs", needs}, {"held_back", t.fates[HeldBack]}, {"kept_for_visit", t.fates[Kept]}, {"failed_sends", t.fates[Failed]},
		{"phone_calls", t.calls}, {"visits", t.visits}, {"emergency_visits", t.fates[Emergency]}} {
		l.add(m.name, "count", float64(m.n), m.n, 0)
	}
	years := float64(p.Patients()) * float64(p.Scenario.Horizon.Days) / 365
	l.add("messages_per_patient_year", "mean", float64(t.familyMessages)/years, t.familyMessages, 0)
	l.add("share_of_messages_from_top_5_percent", "share", t.topShare(.05), t.familyMessages, 0)
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

// parts adds what became of every part of the threads.
func (l *list) parts(t *Tally) {
	for i := range t.parts {
		p := &t.parts[i]
		minutes := p.minutes
		n := minutes.Count()
		if n == 0 {
			continue
		}
		l.where = where(i)
		l.add("first_response_hours", "median", minutes.Quantile(.5)/60, n, minutes.NotReachedCount())
		l.add("first_response_hours", "p90", minutes.Quantile(.9)/60, n, minutes.NotReachedCount())
		for k, name := range partShareNames {
			l.share(name, p.shares[k], n)
		}
	}
}

// staff adds the workload of every role that is on the staff.
func (l *list) staff(t *Tally, p *Plan) {
	for r := scenarios.Role(1); int(r) < scenarios.NumRoles; r++ {
		w := &t.work[r]
		if p.FTE(r) == 0 {
			continue
		}
		l.where = map[string]string{"role": r.String()}
		inbox := func(s func(*spent) des.Time) float64 {
			return s(&w.threads).Minutes()*p.Scenario.Handling.InboxShare + s(&w.items).Minutes()
		}
		perDay := func(name string, minutes float64) { l.add(name, "mean", minutes/float64(w.days), w.days, 0) }
		onDay, offDay, outside := inbox(func(s *spent) des.Time { return s.onDay }),
			inbox(func(s *spent) des.Time { return s.offDay }), inbox(func(s *spent) des.Time { return s.outside })
		perDay("inbox_minutes_per_workday", onDay)
		perDay("handling_minutes_per_workday", w.threads.onDay.Minutes())
		perDay("background_minutes_per_workday", w.items.onDay.Minutes())
		perDay("outside_hours_minutes_per_workday", outside)
		l.add("outside_hours_minutes_per_workday", "p90", t.outside[r].Quantile(.9)/10, t.outside[r].Count(), 0)
		if r.IsPhysician() {
			perDay("uncompensated_minutes_per_workday", w.unpaid.Minutes())
		}
		perDay("attention_switches_per_workday", float64(w.switches))
		l.add("inbox_minutes_per_non_workday", "mean", offDay/float64(w.offDays), w.offDays, 0)
		l.add("outside_hours_share_of_inbox", "share", (outside+offDay)/(onDay+offDay), w.days, 0)
		l.add("messages_per_workday", "mean", float64(w.handled)/float64(w.days), w.days, 0)
		l.add("utilisation", "share", float64(w.used)/float64(w.open), w.days, 0)
		l.add("queue_at_close", "mean", float64(w.queued)/float64(w.closes), w.closes, 0)
	}
}
