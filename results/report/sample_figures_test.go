package report

import (
	"fmt"
	"math"

	"github.com/portalbench/portalbench/results"
	"github.com/portalbench/portalbench/results/stats"
)

// logNormal spreads 2,000 observations about a median, in minutes.
func logNormal(median, spread float64, never int64) *stats.Histogram {
	h := stats.NewHistogram(40320, 2)
	for k := range 2000 {
		z := math.Erfinv(2*(float64(k)+.5)/2000-1) * math.Sqrt2
		h.Record(int64(median * math.Exp(z*spread)))
	}
	h.NotReached(never)
	return h
}

// fullRecord adds to sampleRecord all that the analyst's figures are made from.
func fullRecord(run *results.Run) *results.Record {
	r := sampleRecord(run)
	of := r.Histograms[0].Of
	for i, p := range run.Simulate.Policies {
		for _, role := range roles(run.Simulate) {
			if m, found := (outcome{name: "inbox_minutes_per_workday", where: results.Where{"role": role}, statistic: "mean"}).find(p); found {
				of[results.SpanTag(p.Name, p.Set, "inbox_minutes_of_a_workday", results.Where{"role": role})] = logNormal(float64(m.Value)*.9, .5, 0)
			}
		}
		for _, felt := range sentAs() {
			where := results.Where{"actual_urgency": "urgent", "felt_urgency": felt}
			of[results.SpanTag(p.Name, p.Set, "first_read", where)] = logNormal(200+60*float64(i), 1.5, 300)
			of[results.SpanTag(p.Name, p.Set, "first_clinical_read", where)] = logNormal(300+60*float64(i), 1.5, 310)
		}
		r.Week = append(r.Week, sampleWeek(p, 1+.2*float64(i))...)
		r.Threads = append(r.Threads, sampleThread(p, "median", 1+float64(i))...)
		r.Threads = append(r.Threads, sampleThread(p, "worst", 9+3*float64(i))...)
	}
	return r
}

// sampleWeek has most threads in the morning of working days; they wait over the weekend.
func sampleWeek(p results.PolicyResult, scale float64) (hours []results.WeekHour) {
	for h := range hoursAWeek {
		day, hour := h/24, float64(h%24)
		begun := 12 * math.Exp(-(hour-10)*(hour-10)/18)
		waiting := 40 + 10*math.Sin(hour/24*2*math.Pi)
		if day > 4 {
			begun, waiting = begun/3, waiting+30
		}
		hours = append(hours, results.WeekHour{Policy: p.Name, Set: p.Set, Hour: h, Begun: num(begun), Waiting: num(waiting * scale)})
	}
	return hours
}

// sampleThread is sent on a Friday evening; slow stretches all its waits.
func sampleThread(p results.PolicyResult, story string, slow float64) []results.ThreadStep {
	step := func(hours float64, clock, event, who, inbox string) results.ThreadStep {
		return results.ThreadStep{Story: story, Policy: p.Name, Set: p.Set, Hours: num(hours * slow), Clock: clock, Event: event, Who: who, Inbox: inbox}
	}
	return []results.ThreadStep{step(0, "fri 18:40", "sent", "", "rn pool"), step(2.1, "fri 20:46", "opened", "rn", "rn pool"),
		step(2.2, "fri 20:52", "handed_on", "rn", "physician"), step(2.3, "fri 20:58", "opened", "physician", "physician"),
		step(2.3, "fri 20:58", "put_aside", "physician", "physician"), step(5, "fri 23:40", "nudged", "", "physician"),
		step(14, "sat 08:40", "opened", "physician", "physician"), step(14.05, "sat 08:43", "replied", "physician", "physician"),
		step(15, "sat 09:40", "seen", "", ""), step(16, "sat 10:40", "taken_to_emergency", "", "")}
}

// wideUncertainty varies parameters with names of every length.
func wideUncertainty(policies []results.PolicyResult) *results.Uncertainty {
	u := &results.Uncertainty{Quantity: results.PrimaryQuantities()[0], Draws: 120, Replications: 2, HorizonDays: 84, WarmUpDays: 28,
		Parameters: []results.Uncertain{
			{Path: "threads.patience", Unit: "h", Value: 16, Low: 8, High: 32, Range: "declared"},
			{Path: "demand.writing.threads_per_patient_year", Value: 1.6, Low: 1.2, High: 2.1, Range: "evidence", IDs: []string{"VOL-04"}},
			{Path: "route.closed_without_physician", Policy: "nurse-first+ai-triage+ai-drafts+refill-protocol, urgency-first", Value: .43, Low: .3, High: .6, Range: "evidence"},
		}}
	for i, p := range policies {
		t := results.Tornado{Policy: p.Name, Low: 4, Median: 5.3, High: 7.7, Below: .2, Explained: .83}
		if i > 0 {
			t.Baseline = policies[0].Name
			u.Flips = append(u.Flips, results.ParameterFlip{Policy: p.Name, Baseline: t.Baseline, Parameter: i % 3, Found: true, At: 12, Low: 10, High: num(math.NaN()), Rising: true})
		}
		for j := range u.Parameters {
			t.Bars = append(t.Bars, results.Influence{Parameter: j, Coefficient: num(.8 - .3*float64(j)), CoefficientLow: num(.7 - .3*float64(j)), CoefficientHigh: num(.9 - .3*float64(j)),
				Bottom: num(4.4 + .3*float64(j)), Top: num(6.9 - .4*float64(j)), Swing: num(2.5 - .7*float64(j)), SwingLow: num(2 - .7*float64(j)), SwingHigh: num(3 - .7*float64(j))})
		}
		u.Tornados = append(u.Tornados, t)
	}
	return u
}

// sampleTargets are those of every run.
func sampleTargets() []results.AnswerTarget {
	return []results.AnswerTarget{{Urgency: "routine", BusinessDays: 1, LeastHours: 24, MostHours: 96}, {Urgency: "urgent", LeastHours: 4, MostHours: 4}}
}

// longNames gives policies names as long as those of every lever together, in a sweep of a field with a long path.
func longNames(n int) *results.Simulate {
	var policies []results.PolicyResult
	for i := range n {
		p := samplePolicy(fmt.Sprintf("nurse-first+ai-triage+ai-drafts+refill-protocol+cross-cover-%d", i+1), 1+.2*float64(i), 1/(1+.1*float64(i)))
		p.Set = map[string]string{"staff.physician.evening_habit": fmt.Sprint(i), "horizon.days": "28"}
		policies = append(policies, p)
	}
	s := sampleSimulation(policies...)
	for i := range s.Differences {
		for _, p := range policies {
			if p.Name == s.Differences[i].Policy {
				s.Differences[i].Set = p.Set
			}
		}
	}
	s.Targets = append(sampleTargets(), results.AnswerTarget{BusinessDays: 3, LeastHours: 72, MostHours: 144, Policies: []string{policies[0].Name}})
	s.Uncertainty = wideUncertainty(policies)
	return s
}
