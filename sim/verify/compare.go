package verify

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/portalbench/portalbench/results"
	"github.com/portalbench/portalbench/results/stats"
	"github.com/portalbench/portalbench/scenarios"
	"github.com/portalbench/portalbench/sim"
	"github.com/portalbench/portalbench/sim/triage"
)

// The verdicts on targets.
const (
	Met       = "met"       // the 95% interval lies inside the band
	Missed    = "missed"    // outside, or there is no steady state
	Undecided = "undecided" // across an edge, or there is no interval
)

// FewestReplications is how many replications a comparison with targets needs.
const FewestReplications = 20

// Outcome is what the simulation gave for a target.
type Outcome struct {
	Target
	Value   results.Number `json:"value"`
	From    results.Number `json:"low"` // of the 95% interval over replications: simulation error only
	To      results.Number `json:"high"`
	Verdict string         `json:"verdict"`
	Why     string         `json:"why"` // the verdict is not a matter of the interval; empty otherwise
}

// Comparison is a scenario and the targets it is held against.
type Comparison struct {
	targets []Target
	plan    *sim.Plan
	arms    []sim.Arm
}

// NewComparison loads the policies that targets name. All its errors are the user's to mend.
func NewComparison(s *scenarios.Scenario, targets []Target) (*Comparison, error) {
	c := &Comparison{targets: targets}
	var problems scenarios.Problems
	for _, t := range targets {
		if slices.ContainsFunc(c.arms, func(a sim.Arm) bool { return a.Name == t.Policy }) {
			continue
		}
		arm, err := newArm(s, t.Policy)
		if err != nil {
			what, hint, _ := strings.Cut(err.Error(), ": ")
			problems = append(problems, scenarios.Problem{At: t.at, What: what, Hint: hint})
		}
		c.arms = append(c.arms, arm)
	}
	if len(problems) > 0 {
		return nil, problems
	}
	var err error
	c.plan, err = sim.NewPlan(s)
	return c, err
}

func newArm(s *scenarios.Scenario, policy string) (sim.Arm, error) {
	p, err := scenarios.LoadPolicy(policy, nil)
	if err != nil {
		return sim.Arm{Name: policy}, err
	}
	if err := scenarios.Check(s, p.Policy); err != nil {
		return sim.Arm{Name: policy}, err
	}
	routers, err := triage.Routers(p.Policy)
	return sim.Arm{Name: policy, Policy: p.Policy, Router: routers}, err
}

// Steps returns how many steps Progress counts for a number of replications.
func (c *Comparison) Steps(replications int) int { return replications * c.plan.Networks() }

// Run simulates every policy and compares the outcomes with their bands. When ctx is cancelled it returns ctx's error.
// An outcome that the simulation does not give is the user's to mend: the error is scenarios.Problems.
func (c *Comparison) Run(ctx context.Context, replications int, o Options) ([]Outcome, error) {
	e := sim.Experiment{Plan: c.plan, Arms: c.arms, Replications: replications, Seed: o.Seed, Workers: o.Workers, Progress: o.Progress}
	trials, _, err := e.Run(ctx)
	if err != nil {
		return nil, err
	}
	var outcomes []Outcome
	var problems scenarios.Problems
	for _, t := range c.targets {
		i := slices.IndexFunc(trials, func(trial sim.Trial) bool { return trial.Name == t.Policy })
		out, err := compare(t, &trials[i])
		var p scenarios.Problem
		if errors.As(err, &p) {
			problems = append(problems, p)
		}
		outcomes = append(outcomes, out)
	}
	if len(problems) > 0 {
		return nil, problems
	}
	return outcomes, nil
}

// compare holds a trial against a target.
func compare(t Target, trial *sim.Trial) (Outcome, error) {
	var values []float64
	found := false
	for _, measures := range trial.Replications {
		m, ok := find(measures, t)
		found = found || ok
		values = append(values, m)
	}
	if !found {
		return Outcome{Target: t}, absent(t, trial.Replications[0])
	}
	i := stats.MeanInterval(values, .95)
	out := Outcome{Target: t, Value: results.Number(i.Value), From: results.Number(i.Low), To: results.Number(i.High)}
	out.Verdict, out.Why = out.judge(trial.Unstable != nil && *trial.Unstable)
	return out, nil
}

// judge decides on a target by its interval.
func (o *Outcome) judge(grows bool) (verdict, why string) {
	switch {
	case grows:
		return Missed, "the backlog grows from week to week: there is no steady state"
	case math.IsInf(float64(o.Value), 1):
		return Missed, "it is never reached"
	case math.IsNaN(float64(o.From)):
		return Undecided, "there is no interval"
	case o.From >= o.Low && o.To <= o.High:
		return Met, ""
	case o.From > o.High || o.To < o.Low:
		return Missed, ""
	}
	return Undecided, ""
}

// find returns a target's measure in one replication, NaN if it is not there.
func find(measures []results.Measure, t Target) (value float64, ok bool) {
	for _, m := range measures {
		if m.Name == t.Measure && m.Statistic == t.Statistic && results.WhereText(m.Where) == results.WhereText(t.Where) {
			return float64(m.Value), true
		}
	}
	return math.NaN(), false
}

// absent says of what the simulation gives the measure.
func absent(t Target, measures []results.Measure) error {
	var given []string
	for _, m := range measures {
		text := strings.TrimSpace(results.WhereText(m.Where) + " " + m.Statistic)
		if m.Name == t.Measure && !slices.Contains(given, text) {
			given = append(given, text)
		}
	}
	what := fmt.Sprintf("%s is not simulated for %s", t.Measure, strings.TrimSpace(results.WhereText(t.Where)+" "+t.Statistic))
	return scenarios.Problem{At: t.at, What: what, Hint: "it is given for: " + strings.Join(given, "; ")}
}
