package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"time"

	"github.com/portalbench/portalbench/results"
	"github.com/portalbench/portalbench/scenarios"
	"github.com/portalbench/portalbench/sim"
	"github.com/portalbench/portalbench/sim/triage"
)

// study is a scenario with the policies to compare, loaded and compiled.
type study struct {
	scenario *scenarios.Loaded
	policies []*scenarios.LoadedPolicy // the baseline first
	set      []scenarios.Override
	plan     *sim.Plan
}

// openStudy loads a scenario and its policies, or those named in their place. All its errors are the user's to mend.
func openStudy(scenario string, policies []string, baseline string, set []scenarios.Override) (*study, error) {
	s := &study{set: set}
	var err error
	if s.scenario, err = scenarios.Load(scenario, set); err != nil {
		return nil, usageError(err)
	}
	names, err := baselineFirst(policies, s.scenario.Policies, baseline)
	if err != nil {
		return nil, usageError(err)
	}
	for _, name := range names {
		p, err := scenarios.LoadPolicy(name, set)
		if err != nil {
			return nil, usageError(err)
		}
		if err := scenarios.Check(s.scenario.Scenario, p.Policy); err != nil {
			return nil, usageError(err)
		}
		s.policies = append(s.policies, p)
	}
	s.plan, err = sim.NewPlan(s.scenario.Scenario)
	return s, usageError(err)
}

// baselineFirst orders the policies asked for, or else the scenario's, with the baseline first.
func baselineFirst(asked, declared []string, baseline string) ([]string, error) {
	names := slices.Clone(asked)
	if len(names) == 0 {
		names = slices.Clone(declared)
	}
	for i, name := range names {
		if slices.Contains(names[:i], name) {
			return nil, fmt.Errorf("--policy: %q is named twice: name each policy once", name)
		}
	}
	if baseline == "" {
		return names, nil
	}
	i := slices.Index(names, baseline)
	if i < 0 {
		return nil, fmt.Errorf("--baseline %q: not among the policies %v: add it to --policy", baseline, names)
	}
	return append([]string{baseline}, slices.Delete(names, i, i+1)...), nil
}

// digest identifies the scenario and the policies as used.
func (s *study) digest() string {
	h := sha256.New()
	h.Write([]byte(s.scenario.Digest()))
	for _, p := range s.policies {
		h.Write([]byte(p.Digest()))
	}
	return hex.EncodeToString(h.Sum(nil)[:8])
}

// assumed lists the parameters without a published source, of the scenario and then of each policy.
func (s *study) assumed() []string {
	list := slices.Clone(s.scenario.Assumed())
	for _, p := range s.policies {
		for _, path := range p.Assumed() {
			list = append(list, p.Name+": "+path)
		}
	}
	return list
}

// arms compiles the policies.
func (s *study) arms() []sim.Arm {
	var arms []sim.Arm
	for _, p := range s.policies {
		arms = append(arms, sim.Arm{Name: p.Name, Router: func() sim.Router { return triage.Compile(p.Policy) }})
	}
	return arms
}

// replications is how many replications are run where the user does not say: 30, or fewer where each has many care
// networks, but at least 5.
func (s *study) replications() int {
	return max(5, (30+s.plan.Networks()-1)/s.plan.Networks())
}

// simulate runs the experiment. When ctx is cancelled it returns what was complete, and ctx's error.
func (s *study) simulate(ctx context.Context, c *common, replications int, tell func(done, of int)) (*results.Simulate, []sim.Trial, error) {
	began, cpu := time.Now(), results.ProcessCPU()
	e := sim.Experiment{Plan: s.plan, Arms: s.arms(), Replications: replications, Seed: c.seed, Workers: c.workers, Progress: tell}
	trials, events, err := e.Run(ctx)
	out := s.summary(trials)
	out.Seed, out.Events, out.Workers = c.seed, events, e.Cores()
	out.Incomplete = err != nil
	out.WallSeconds = results.Number(time.Since(began).Seconds())
	out.CPUSeconds = results.Number((results.ProcessCPU() - cpu).Seconds())
	h := s.scenario.Horizon
	years := float64(s.plan.Patients()) * float64(h.WarmUpDays+h.Days+h.CoolDownDays) / 365 * float64(out.Replications*len(trials))
	out.PatientYearsPerCPUSecond = results.Number(years) / out.CPUSeconds
	out.EventsPerCPUSecond = results.Number(events) / out.CPUSeconds
	out.EventsPerPatientYear = results.Number(float64(events) / years)
	return out, trials, err
}

// summary describes the study and sums the trials up.
func (s *study) summary(trials []sim.Trial) *results.Simulate {
	out := &results.Simulate{
		Format: results.Format, Kind: "simulate", Scenario: s.scenario.Name, Digest: s.digest(),
		Replications: len(trials[0].Replications), Patients: s.plan.Patients(), CareNetworks: s.plan.Networks(),
		PatientsPerPhysicianFTE: results.Number(s.scenario.PatientsPerFTE(scenarios.Physician)),
		PatientsPerRNFTE:        results.Number(s.scenario.PatientsPerFTE(scenarios.RN)),
		HorizonDays:             s.scenario.Horizon.Days, WarmUpDays: s.scenario.Horizon.WarmUpDays, Assumed: s.assumed(),
		Differences: []results.Difference{},
	}
	for i, t := range trials {
		p := results.PolicyResult{Name: t.Name, Set: s.overrides(), Unstable: t.Unstable, Measures: []results.Measure{}}
		if !p.Grows() {
			p.Measures = results.Summarize(t.Replications)
		}
		out.Policies = append(out.Policies, p)
		if i > 0 && !p.Grows() && !out.Policies[0].Grows() {
			out.Differences = append(out.Differences, s.differences(trials[0], t, p)...)
		}
	}
	return out
}

// differences compares a trial with the baseline, where the policy's measures are shown.
func (s *study) differences(base, t sim.Trial, p results.PolicyResult) []results.Difference {
	hidden := map[string]bool{}
	for _, m := range p.Measures {
		hidden[m.Key()] = m.Suppressed()
	}
	list := results.Differences(t.Name, base.Name, base.Replications, t.Replications, func(m results.Measure) bool { return !hidden[m.Key()] })
	for i := range list {
		list[i].Set = s.overrides()
	}
	return list
}

func (s *study) overrides() map[string]string {
	set := map[string]string{}
	for _, o := range s.set {
		set[o.Path] = o.Value
	}
	return set
}
