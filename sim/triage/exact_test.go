package triage_test

import (
	"context"
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/portalbench/portalbench/results"
	"github.com/portalbench/portalbench/results/stats"
	"github.com/portalbench/portalbench/scenarios"
	"github.com/portalbench/portalbench/sim"
	"github.com/portalbench/portalbench/sim/triage"
)

// oneServer turns the clinic into a single queue: one physician who never leaves the inbox, patients who all write at
// the same rate and at all hours alike, and no second message.
func oneServer(t *testing.T, rho float64) *scenarios.Scenario {
	loaded, err := scenarios.Load("cardiopulmonary", nil)
	require.NoError(t, err)
	s := *loaded.Scenario
	plain(&s)
	s.Horizon = scenarios.Horizon{Days: 60, WarmUpDays: 7, CoolDownDays: 1}
	s.Population.Patients, s.Network.Patients = 1000, 1000
	s.Population.PortalActive = 1
	minutesPerYear := 365 * 24 * 60.
	s.Population.Writing = scenarios.Writing{ConditionGradient: 1, NeedsPerThread: 1,
		ThreadsPerPatientYear: rho * minutesPerYear / s.Handling.Minutes.Physician / 1000}
	s.Demand.Week = scenarios.Week{Office: 9. / 24, Evening: 6. / 24, Weekdays: 5. / 7}
	s.Demand.Specialist = 0
	always := []scenarios.Window{{FirstDay: 0, LastDay: 6, Start: 0, End: scenarios.MinutesPerDay}}
	s.Staff = map[string]scenarios.Staff{"physician": {Role: "physician", FTE: 1, People: 1, Hours: always, Inbox: always}}
	return &s
}

// plain switches every optional mechanism off: whoever needs something writes it, once, and is answered in one go.
func plain(s *scenarios.Scenario) {
	s.Network.Holidays = 0
	s.Population.Technology = scenarios.Technology{}
	d, th, h := &s.Demand, &s.Threads, &s.Handling
	d.Triggers, d.HoldingBack, d.Addressing = scenarios.Triggers{}, scenarios.HoldingBack{}, scenarios.Addressing{}
	d.Responsiveness = scenarios.Responsiveness{AtMost: 1}
	d.Channel = scenarios.Channel{FeltUrgentPhone: 1, ExpectedWait: d.Channel.ExpectedWait, AppointmentWait: 20}
	*th = scenarios.Threads{AnswerSeenAfter: th.AnswerSeenAfter, AnswerSeenLogSD: th.AnswerSeenLogSD}
	h.BetweenLogSD, h.Defer, h.SwitchSeconds, h.Consult, h.Copy = 0, 0, 0, 0, 0
}

// firstComeFirstServed routes everything to the addressee.
func firstComeFirstServed(t *testing.T) sim.Arm {
	return arm(t, &scenarios.Policy{Name: "first-come", Route: scenarios.Route{First: "addressee"}, Order: "arrival"})
}

func arm(t *testing.T, p *scenarios.Policy) sim.Arm {
	routers, err := triage.Routers(p)
	require.NoError(t, err)
	return sim.Arm{Name: p.Name, Policy: p, Router: routers}
}

func simulate(t *testing.T, s *scenarios.Scenario, replications, workers int, arms ...sim.Arm) []sim.Trial {
	plan, err := sim.NewPlan(s)
	require.NoError(t, err)
	e := sim.Experiment{Plan: plan, Arms: arms, Replications: replications, Seed: 1, Workers: workers}
	trials, events, err := e.Run(context.Background())
	require.NoError(t, err)
	require.Positive(t, events)
	return trials
}

// values returns a measure of every replication.
func values(t *testing.T, trial sim.Trial, name, statistic string, where map[string]string) []float64 {
	var out []float64
	for _, measures := range trial.Replications {
		for _, m := range measures {
			if m.Name == name && m.Statistic == statistic && results.WhereText(m.Where) == results.WhereText(where) {
				out = append(out, float64(m.Value))
			}
		}
	}
	require.Len(t, out, len(trial.Replications), "%s %s %v", name, statistic, where)
	return out
}

// requireMean holds the mean of independent replications against its exact value: |t| < 4.5, which chance exceeds
// about once in 4,000 times with 19 degrees of freedom, and a half-width of at most 2%, so that the test is sharp.
func requireMean(t *testing.T, want float64, got []float64) {
	t.Helper()
	i := stats.MeanInterval(got, .95)
	half := (i.High - i.Low) / 2
	require.Less(t, half, .02*want, "half-width of %v", i)
	standardError := half / 2.093 // Student's t, 19 degrees of freedom, 97.5%
	require.Less(t, math.Abs(i.Value-want)/standardError, 4.5, "mean %v, want %v", i.Value, want)
}

// The mean wait of a single server with Poisson arrivals is lambda E[S^2] / (2 (1 - rho)) (Pollaczek-Khinchine). With
// log-normal service of mean m and log-sd s, E[S^2] = m^2 e^(s^2) and lambda = rho / m:
// at rho = .7, m = 2.3 min, s = .529: .7 x 2.3 x 1.3229 / (2 x .3) = 3.55 min.
func TestOneServerWaitsAsPollaczekAndKhinchineSay(t *testing.T) {
	const rho = .7
	s := oneServer(t, rho)
	h := s.Handling
	want := rho * h.Minutes.Physician * math.Exp(h.LogSD*h.LogSD) / (2 * (1 - rho))
	trial := simulate(t, s, 20, 0, firstComeFirstServed(t))[0]
	waits := values(t, trial, "first_read_hours", "mean", nil)
	for i := range waits {
		waits[i] *= 60
	}
	requireMean(t, want, waits)
	requireMean(t, rho, values(t, trial, "utilisation", "share", map[string]string{"role": "physician"}))
	requireMean(t, want+h.Minutes.Physician, scaled(values(t, trial, "first_response_hours", "mean", nil), 60))
}

func scaled(xs []float64, by float64) []float64 {
	out := make([]float64, len(xs))
	for i, x := range xs {
		out[i] = x * by
	}
	return out
}

// Of two classes served without interruption, the first waits W0 / (1 - rho1) and the second W0 / ((1 - rho1)(1 - rho))
// (Cobham), where W0 = lambda E[S^2] / 2 and a share p of the threads is in the first: rho1 = p rho.
func TestUrgentFirstWaitsAsCobhamSays(t *testing.T) {
	const rho = .8
	s := oneServer(t, rho)
	s.Demand.Urgency.FeltIfUrgent, s.Demand.Urgency.FeltOtherwise = .3, .3
	urgentFirst := arm(t, &scenarios.Policy{Name: "urgent-first", Classify: scenarios.Classify{By: "patient"},
		Route: scenarios.Route{First: "addressee"}, Order: "urgency"})
	s.Horizon.Days = 150
	w0 := rho * s.Handling.Minutes.Physician * math.Exp(s.Handling.LogSD*s.Handling.LogSD) / 2
	trial := simulate(t, s, 20, 0, urgentFirst)[0]
	first, second := w0/(1-.3*rho), w0/((1-.3*rho)*(1-rho))
	got := scaled(values(t, trial, "first_read_hours", "mean", nil), 60)
	requireMean(t, .3*first+.7*second, got)
}

// A server that is overloaded has a backlog that grows, and is reported so; one that is not, is not.
func TestOverloadIsUnstable(t *testing.T) {
	require.True(t, *simulate(t, oneServer(t, 1.2), 5, 0, firstComeFirstServed(t))[0].Unstable)
	require.False(t, *simulate(t, oneServer(t, .7), 5, 0, firstComeFirstServed(t))[0].Unstable)
	short := oneServer(t, .7)
	short.Horizon.Days = 14
	require.Nil(t, simulate(t, short, 5, 0, firstComeFirstServed(t))[0].Unstable, "two weeks do not tell")
}

// The number of workers leaves no trace in the result; the seed does.
func TestWorkersDoNotMatter(t *testing.T) {
	loaded, err := scenarios.Load("smoke", []scenarios.Override{{Path: "population.patients", Value: "36000"}})
	require.NoError(t, err)
	arms := []sim.Arm{firstComeFirstServed(t), policy(t, "nurse-first"), policy(t, "all-at-once")}
	want := fingerprint(simulate(t, loaded.Scenario, 2, 1, arms...))
	for _, workers := range []int{2, 5} {
		require.True(t, want == fingerprint(simulate(t, loaded.Scenario, 2, workers, arms...)), "%d workers", workers)
	}
	again := *loaded.Scenario
	again.Threads.FollowUp += .01
	require.False(t, want == fingerprint(simulate(t, &again, 2, 1, arms...)), "the fingerprint tells results apart")
}

// fingerprint writes out everything that trials say.
func fingerprint(trials []sim.Trial) string {
	var all strings.Builder
	for _, trial := range trials {
		fmt.Fprintln(&all, trial.Name, trial.Replications, trial.Backlog, trial.Week)
		for _, d := range trial.Distributions {
			fmt.Fprintln(&all, d.Measure, d.Where, d.Minutes.Cumulative(), d.Minutes.Mean(), d.Minutes.NotReachedCount())
		}
	}
	return all.String()
}

func policy(t *testing.T, name string) sim.Arm {
	p, err := scenarios.LoadPolicy(name, nil)
	require.NoError(t, err)
	return arm(t, p.Policy)
}
