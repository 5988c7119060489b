package report

import (
	"math"
	"slices"
	"strconv"
	"time"

	"github.com/portalbench/portalbench/results"
	"github.com/portalbench/portalbench/results/stats"
)

// The numbers in this file are made up. They have the shape of real ones and stand for nothing.

func num(v float64) results.Number { return results.Number(v) }

func level(name string, where map[string]string, statistic string, v float64) results.Measure {
	return results.Measure{Name: name, Where: where, Statistic: statistic, Value: num(v), Low: num(v * .983), High: num(v * 1.017), N: 1000}
}

// samplePolicy scales waits by wait and physician work by work.
func samplePolicy(name string, wait, work float64) results.PolicyResult {
	p := results.PolicyResult{Name: name, Replications: 20, WarmUpDays: 28, WarmUpBy: "scenario", WarmUpAsked: new(14),
		PatientsPerPhysicianFTE: 1714, PatientsPerRNFTE: 2400, Measures: []results.Measure{
			level("answered_within_1_business_day", nil, "share", .678/math.Sqrt(wait)),
			level("first_response_hours", nil, "median", 18.2*wait),
			level("first_clinical_read_hours", urgent(), "median", 6.4*wait),
			level("urgent_unread_over_4h", nil, "share", .382*wait),
			level("closed_before_physician", nil, "share", math.Min(1, .14/work)),
			level("not_resolved_by_messaging", nil, "share", .241),
		}}
	for _, part := range []map[string]string{urgent(), routine()} {
		p.Measures = append(p.Measures,
			level("first_response_hours", part, "median", 17.9*wait),
			level("first_response_hours", part, "p90", 71*wait),
			level("first_response_hours", part, "mean", 33*wait),
			level("answered_within_1_business_day", part, "share", .672/math.Sqrt(wait)))
	}
	p.Measures = append(p.Measures, level("first_clinical_read_hours", routine(), "median", 8.1*wait))
	for role, minutes := range map[string]float64{"physician": 52.1 * work, "rn": 38 / work, "front_desk": 11.5} {
		p.Measures = append(p.Measures, level("inbox_minutes_per_workday", of(role), "mean", minutes),
			level("handling_minutes_per_workday", of(role), "mean", minutes*1.6),
			level("outside_hours_minutes_per_workday", of(role), "mean", minutes*.27))
	}
	sortByRole(p.Measures)
	return p
}

// sortByRole makes the order of the sample's measures the same every time.
func sortByRole(measures []results.Measure) {
	order := map[string]int{"physician": 1, "rn": 2, "front_desk": 3}
	for i := range measures {
		for j := i; j > 0 && order[measures[j].Where["role"]] < order[measures[j-1].Where["role"]]; j-- {
			measures[j], measures[j-1] = measures[j-1], measures[j]
		}
	}
}

func sampleSimulation(policies ...results.PolicyResult) *results.Simulate {
	s := &results.Simulate{Format: 1, Kind: "simulate", Scenario: "cardiopulmonary", Digest: "sha256:5d0c71", Seed: 1, Replications: 20,
		Patients: 96000, CareNetworks: 8, PatientsPerPhysicianFTE: 1714, PatientsPerRNFTE: 2400, HorizonDays: 364, WarmUpDays: 28,
		WarmUpBy: "scenario", Policies: policies, Primary: results.PrimaryQuantities(), Comparisons: 3 * (len(policies) - 1)}
	for _, p := range policies[1:] {
		for _, o := range mainOutcomes() {
			now, found := o.find(p)
			before, had := o.find(policies[0])
			if !found || !had || p.Grows() {
				continue
			}
			d := float64(now.Value - before.Value)
			half := math.Abs(d)*.12 + math.Abs(float64(before.Value))*.004
			s.Differences = append(s.Differences, results.Difference{Policy: p.Name, Baseline: policies[0].Name, Measure: o.name, Where: o.where,
				Statistic: o.statistic, Value: num(d), Low: num(d - half), High: num(d + half),
				Adjusted: slices.ContainsFunc(s.Primary, func(q results.Quantity) bool { return q.Is(now) })})
		}
	}
	return s
}

func threePolicies() *results.Simulate {
	return sampleSimulation(samplePolicy("physician-first", 1, 1), samplePolicy("nurse-first", .62, .71), samplePolicy("urgency-first", 1.002, 1))
}

// sweep has two policies with each of several numbers of nurses, who share 12,000 patients, and one override in common.
func sweep(fte ...string) *results.Simulate {
	var policies []results.PolicyResult
	for _, n := range fte {
		nurses, _ := strconv.ParseFloat(n, 64)
		for _, name := range []string{"physician-first", "nurse-first+ai-triage+ai-drafts+refill-protocol"} {
			p := samplePolicy(name, 2/nurses, 1)
			p.Set = map[string]string{"staff.rn.fte": n, "horizon.days": "28"}
			p.PatientsPerRNFTE = num(12000 / nurses)
			policies = append(policies, p)
		}
	}
	s := sampleSimulation(policies...)
	for i := range s.Differences { // as simulate writes them
		s.Differences[i].Set = policies[min(1+i/len(mainOutcomes()), len(policies)-1)].Set
	}
	return s
}

func sampleLatency(p50 float64) results.Latency {
	return results.Latency{Mean: num(p50 * 1.4), P50: num(p50), P90: num(p50 * 3), P95: num(p50 * 4.2), P99: num(p50 * 9), P999: num(p50 * 20), Max: num(p50 * 31)}
}

func sampleOp(name string, offered int64, p50 float64) results.OpResult {
	return results.OpResult{Op: name, Offered: offered, Sent: offered, Requests: offered, Outcomes: map[string]int64{"ok": offered},
		ResponseMS: sampleLatency(p50), ServiceMS: sampleLatency(p50 * .93), LagMS: sampleLatency(.05)}
}

func sampleLoad() *results.Load {
	leaked := int64(0)
	l := &results.Load{Format: 1, Kind: "load", Scenario: "cardiopulmonary", Policy: "physician-first", Seed: 1, RunID: "k3v9", Portal: "refportal", URL: "http://127.0.0.1:40123",
		OfferedPerS: 50.2, CompletedPerS: 50.1, AchievedPerS: 50.1, RequestsPerS: 63.4, CareNetworks: 36, Speed: 60, At: "mon-08:00", WarmUpS: 15, DurationS: 120,
		Dispersion: 1.04, Mailbox: results.Mailbox{Start: 12410, End: 14022}, Generator: results.GeneratorHealth{CPUShare: .08, GCPauseMS: 3.1, GOMAXPROCS: 2},
		Ops: []results.OpResult{sampleOp("all", 6024, 3.9), sampleOp("auth", 402, 2.2), {Op: "provision"}, sampleOp("send", 611, 6.3),
			sampleOp("reply", 540, 5.8), sampleOp("inbox", 1803, 3.1), sampleOp("thread", 1514, 2.8), sampleOp("claim", 611, 4.4), sampleOp("close", 543, 4.1)},
		Ledger: &results.Ledger{Checked: 1151, Found: 1151, Leaked: &leaked},
		Staff:  []results.StaffWait{{Role: "physician", PortalWaitMinutes: .31, HandlingMinutesPerWorkday: 83.4}, {Role: "rn", PortalWaitMinutes: .52, HandlingMinutesPerWorkday: 60.8}}}
	l.Ops[0].Outcomes = map[string]int64{"ok": 6015, "conflict": 7, "timeout": 2}
	return l
}

func judged(l *results.Load, starved bool, thresholds ...string) *results.Load {
	l.Validate(starved)
	var limits []results.ParsedThreshold
	for _, text := range thresholds {
		t, err := results.ParseThreshold(text)
		if err != nil {
			panic(err)
		}
		limits = append(limits, t)
	}
	l.Check(limits)
	return l
}

// sampleRecord adds waits that are log-normal about a median, in minutes, with some never answered.
func sampleRecord(run *results.Run) *results.Record {
	of := map[string]*stats.Histogram{}
	for i, p := range run.Simulate.Policies {
		for _, u := range []string{"urgent", "routine"} {
			h := stats.NewHistogram(40320, 2)
			median := 18.2 * 60 * []float64{1, .62, 1.1, .8, .5, 1.4, .9, 2}[i%8]
			if u == "urgent" {
				median *= .6
			}
			for k := range 2000 {
				z := math.Erfinv(2*(float64(k)+.5)/2000-1) * math.Sqrt2
				h.Record(int64(median * math.Exp(z*1.25)))
			}
			h.NotReached(90)
			of[results.SpanTag(p.Name, p.Set, "first_response", results.Where{"actual_urgency": u})] = h
		}
	}
	return &results.Record{Run: run, Histograms: []results.Histograms{{Unit: "min", Of: of}}}
}

func sampleRun(s *results.Simulate, l *results.Load) *results.Run {
	at := time.Date(2026, 3, 2, 8, 0, 0, 0, time.UTC)
	return &results.Run{Format: 1, Kind: "run", Version: "v0.1.0", Started: at, Finished: at.Add(192 * time.Second), Scenario: "cardiopulmonary",
		Digest: "sha256:5d0c71", Seed: 1, RunID: "k3v9", Portal: "refportal", Simulate: s, Load: l,
		Machine: results.Machine{GOOS: "linux", GOARCH: "amd64", CPU: "AMD EPYC", Cores: 2, GOMAXPROCS: 2},
		Assumed: []string{"population.portal_active", "staff.physician.evening_habit", "threads.patience_hours", "handling.chart_share"}}
}
