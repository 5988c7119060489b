package report

import (
	"bytes"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/portalbench/portalbench/results"
	"github.com/portalbench/portalbench/sim/verify"
)

// wideName is longer than any table has room for, and has wide signs in it.
func wideName(i int) string {
	return fmt.Sprintf("nurse-first+ai-triage+ai-drafts+refill-protocol+看護師優先-of-the-southern-cardiopulmonary-network-%d", i)
}

// widePolicies has eight policies with long names, overrides and large numbers, and differences of all of them.
func widePolicies() *results.Simulate {
	var policies []results.PolicyResult
	for i := range 8 {
		p := samplePolicy(wideName(i), 1+float64(i)/9, 1)
		p.Set = map[string]string{"staff.rn.fte": fmt.Sprint(i), "handling.background.prescriptions.sd_minutes": "1234567.5"}
		p.PatientsPerRNFTE = num(1234567 + float64(i))
		for k := range p.Measures {
			if m := &p.Measures[k]; m.Statistic != "share" {
				m.Value, m.Low, m.High = 1e6*m.Value, 1e6*m.Low, 1e6*m.High
			}
		}
		for _, stratum := range []string{"white", "black"} {
			p.Measures = append(p.Measures, level("first_response_hours", map[string]string{"race": stratum}, "median", 1234567))
		}
		policies = append(policies, p)
	}
	s := sampleSimulation(policies...)
	s.Patients, s.CareNetworks, s.Replications = 1e9, 1e6, 100000
	s.Scenario = wideName(9)
	return s
}

// widestUncertainty is about parameters of a policy with a long name.
func widestUncertainty() *results.Uncertainty {
	u := sampleUncertainty()
	for i := range u.Parameters {
		u.Parameters[i].Path = "route.by_category.medication_side_effect.closed_without_physician.of_the_southern_network." + fmt.Sprint(i)
		u.Parameters[i].Policy = wideName(i)
		u.Parameters[i].Value, u.Parameters[i].Low, u.Parameters[i].High = 1234567, 123456, 12345678
	}
	for i := range u.Tornados {
		u.Tornados[i].Policy, u.Tornados[i].Low, u.Tornados[i].Median, u.Tornados[i].High = wideName(i), -1234567, 1234567, 12345678
	}
	for i := range u.Flips {
		u.Flips[i].Policy, u.Flips[i].Baseline = wideName(1), wideName(2)
	}
	return u
}

// wideLoad has large numbers, long limits and long warnings.
func wideLoad() *results.Load {
	l := judged(sampleLoad(), true, "send.response.p95<500ms", "all.errors<=1%")
	l.Scenario, l.Policy, l.Portal = wideName(1), wideName(2), "refportal with faults latency=5ms..40ms:thread,inbox, errors=2%:send,reply"
	for i := range l.Ops {
		op := &l.Ops[i]
		op.Offered, op.Outcomes = 123456789012, map[string]int64{"ok": 123456780000, "timeout": 9012}
		op.ResponseMS, op.ServiceMS, op.LagMS, op.WaitMS = sampleLatency(123456), sampleLatency(123456), sampleLatency(123456), sampleLatency(123456)
	}
	l.Warnings = []string{strings.Repeat("a warning that goes on and on, ", 12)}
	return l
}

func wideCapacity() *results.Capacity {
	c := sampleCapacity()
	c.Portal, c.Scenario, c.Policy = strings.Repeat("portal ", 20), wideName(1), wideName(2)
	for i := range c.Steps {
		s := &c.Steps[i]
		s.OfferedPerS, s.AchievedPerS, s.ResponseMS, s.LagMS = 1234567, 1234567, sampleLatency(1234567), sampleLatency(1234567)
		s.Because = "the response.p95 of send is 1,234,567 ms and that is too much for this step of the search"
	}
	return c
}

func wideVerify() *results.Verify {
	long := strings.Repeat("what it must mean to those who read it, ", 4)
	return &results.Verify{Portal: wideName(1), URL: "https://portal.example.org/" + strings.Repeat("a", 40), Ops: []results.VerifiedOp{
		{Op: "recipients", Support: "composed", Verdict: results.MeansNot, Checks: []results.VerifiedCheck{{Meaning: long, Verdict: results.MeansNot, Seen: long}}},
		{Op: "provision", Support: "absent", Verdict: results.NotThere}}}
}

func wideValidation() *verify.Validation {
	long := strings.Repeat("no work begins outside of a session of its owner ", 4)
	o := verify.Outcome{Target: verify.Target{ID: "TD12-of-a-clinic", Kind: "fit", Policy: wideName(1), Measure: "outside_hours_minutes_per_workday",
		Where: results.Where{"role": "physician", "conditions": "2+", "education": "beyond_high_school"}, Statistic: "mean", Low: 1234567, High: 2234567, Source: long},
		Value: 1934567, From: 1834567, To: 2034567, Verdict: verify.Met}
	return &verify.Validation{Scenario: wideName(1), Replications: 20, Properties: []verify.Property{{Name: long, Events: 1e15, Broken: 1e12, First: long}},
		Targets: []verify.Outcome{o}, Cases: []verify.Verdict{{Name: "mg1-lognormal-rho0.8-with-a-long-name-indeed", Metric: "share of expected volume from top 10% by rate",
			At: "periodic steady state", Expected: 123456789, Got: 123456789, HalfWidth: 1234567, T: .2, Runs: 20, Holds: true}}}
}

func wideFiling() *results.Filing {
	return &results.Filing{Scenario: wideName(1), Portal: wideName(2), URL: "https://portal.example.org", People: 1e12, Threads: 1e12, Messages: 1e12,
		Check: results.Ledger{Checked: 1e12, Found: 1e12}, Seconds: 1e6, Warnings: []string{strings.Repeat("so many ", 40)}}
}

func wideJudgement() *results.Judgement {
	j := sampleJudgement()
	for i := range j.Gates {
		g := &j.Gates[i]
		g.Name, g.Value, g.Low, g.High, g.Limit, g.Samples = "inbox_minutes_per_workday{actual_urgency=urgent;role=physician}.mean<=123456", 1234567, 1134567, 1334567, 1234567, 1e12
		g.Why = strings.Repeat("for a reason that takes long to tell ", 5)
	}
	j.Runs = []string{strings.Repeat("runs/", 10), strings.Repeat("runs/", 10)}
	return j
}

// wideComparison has as many runs as stand side by side.
func wideComparison(t *testing.T) *Comparison {
	t.Helper()
	var sides []Side
	for i := range MostSides {
		run := sampleRun(widePolicies(), wideLoad())
		run.Portal, run.Version = run.Load.Portal, fmt.Sprintf("v0.1.%d-0.20261129024242-0123456789ab+dirty", i)
		record := sampleRecord(run)
		record.Dir = fmt.Sprintf("runs/%s/%d", wideName(i), i)
		sides = append(sides, Side{Record: record, Replications: []results.Replication{}})
	}
	c, err := NewComparison(sides)
	require.NoError(t, err)
	return c
}

// tableWriters are all writers of terminal tables of this package, given more than fits.
func tableWriters(t *testing.T) map[string]func(io.Writer, Format) error {
	s := widePolicies()
	few := *s
	few.Policies = s.Policies[:4]
	slow := slowDay()
	for i := range slow.Effects {
		e := &slow.Effects[i]
		e.AtOnce, e.AsMeasured, e.Difference, e.Low, e.High = 1234567, 2234567, 1e6, 9e5, 11e5
	}
	race := results.Quantity{Measure: "first_response_hours", Statistic: "median"}
	return map[string]func(io.Writer, Format) error{
		"Simulation":      func(w io.Writer, f Format) error { return Simulation(w, f, s) },
		"Simulation, few": func(w io.Writer, f Format) error { return Simulation(w, f, &few) },
		"WriteSetting":    func(w io.Writer, f Format) error { WriteSetting(w, f, s); return nil },
		"ResponseTimes":   func(w io.Writer, f Format) error { return ResponseTimes(w, f, s) },
		"StaffMinutes":    func(w io.Writer, f Format) error { return StaffMinutes(w, f, s) },
		"Measure": func(w io.Writer, f Format) error {
			return Measure(w, f, s, results.Quantity{Measure: "first_response_hours"})
		},
		"By":               func(w io.Writer, f Format) error { return By(w, f, s, "race", nil) },
		"By, one quantity": func(w io.Writer, f Format) error { return By(w, f, s, "race", &race) },
		"Experiment":       func(w io.Writer, f Format) error { return Experiment(w, f, experimented()) },
		"Uncertainty":      func(w io.Writer, f Format) error { return Uncertainty(w, f, widestUncertainty()) },
		"Latency":          func(w io.Writer, f Format) error { return Latency(w, f, wideLoad()) },
		"FeedBack":         func(w io.Writer, f Format) error { return FeedBack(w, f, slow) },
		"Capacity":         func(w io.Writer, f Format) error { return Capacity(w, f, wideCapacity()) },
		"Verify":           func(w io.Writer, f Format) error { return Verify(w, f, wideVerify()) },
		"Validation":       func(w io.Writer, f Format) error { return Validation(w, f, wideValidation()) },
		"Filing":           func(w io.Writer, f Format) error { return Filing(w, f, wideFiling()) },
		"Gates":            func(w io.Writer, f Format) error { return Gates(w, f, wideJudgement()) },
		"Comparison":       func(w io.Writer, f Format) error { return wideComparison(t).Text(w, f) },
	}
}

// Whatever is in it, no table is wider than a terminal of 100 columns, in columns and not in bytes or signs; and nothing
// that this package writes holds an escape code.
func TestTablesFitATerminal(t *testing.T) {
	writers := tableWriters(t)
	for _, name := range slices.Sorted(maps.Keys(writers)) {
		var b bytes.Buffer
		require.NoError(t, writers[name](&b, Table), name)
		require.NotEmpty(t, b.String(), name)
		require.NotContains(t, b.String(), "\x1b", name)
		for line := range strings.Lines(b.String()) {
			if wide := Columns(strings.TrimSuffix(line, "\n")); wide > maxWidth {
				t.Errorf("%s: %d columns: %s", name, wide, line)
			}
		}
		b.Reset()
		require.NoError(t, writers[name](&b, Markdown), name)
		require.NotContains(t, b.String(), "\x1b", name)
	}
}
