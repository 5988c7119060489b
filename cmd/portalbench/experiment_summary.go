package main

import (
	"math"
	"slices"

	"github.com/portalbench/portalbench/results"
	"github.com/portalbench/portalbench/scenarios"
	"github.com/portalbench/portalbench/sim"
)

// summary describes the study and sums up what is complete.
func (e *experiment) summary() *results.Simulate {
	h := e.scenario.Horizon
	out := &results.Simulate{
		Format: results.Format, Kind: "simulate", Scenario: e.scenario.Name, Digest: e.digest(), Seed: e.common.seed,
		Replications: e.done(), Patients: e.plan.Patients(), CareNetworks: e.plan.Networks(),
		PatientsPerPhysicianFTE: e.patientsPer(scenarios.Physician), PatientsPerRNFTE: e.patientsPer(scenarios.RN),
		HorizonDays: h.Days, WarmUpDays: h.WarmUpDays, WarmUpBy: e.warmUp.by, Assumed: e.assumed(),
		Differences: []results.Difference{}, Primary: e.declared.Primary, Comparisons: e.declared.Count,
		Strata: []results.StratumDifference{}, Precision: []results.Precision{}, Selection: []results.Selection{},
		Targets: e.targets(),
	}
	e.effort(out)
	for i, t := range e.trials {
		p := e.policy(t)
		out.Policies = append(out.Policies, p)
		out.Strata = append(out.Strata, e.strata(t, p)...)
		if i > 0 && !p.Grows() && !out.Policies[0].Grows() {
			out.Differences = append(out.Differences, e.differences(e.trials[0], t, p)...)
		}
	}
	if e.rule.precision > 0 && e.done() > 0 {
		out.Precision = append(out.Precision, e.precision())
	}
	if e.selecting != nil {
		out.Selection = append(out.Selection, e.selecting.outcome())
	}
	return out
}

func (e *experiment) patientsPer(r scenarios.Role) results.Number {
	return results.Number(e.scenario.PatientsPerFTE(r))
}

// effort says what the experiment took.
func (e *experiment) effort(out *results.Simulate) {
	out.Events, out.Workers = e.events, sim.Experiment{Workers: e.common.workers}.Cores()
	out.WallSeconds, out.CPUSeconds = results.Number(e.wall), results.Number(e.cpu)
	out.PatientYearsPerCPUSecond = results.Number(e.years / e.cpu)
	out.EventsPerCPUSecond = results.Number(float64(e.events) / e.cpu)
	out.EventsPerPatientYear = results.Number(float64(e.events) / e.years)
}

// policy sums up one trial. Where the backlog grows there are no steady-state numbers.
func (e *experiment) policy(t sim.Trial) results.PolicyResult {
	p := results.PolicyResult{Name: t.Name, Set: e.overrides(), Unstable: t.Unstable, Measures: []results.Measure{},
		Replications: len(t.Replications), WarmUpDays: e.scenario.Horizon.WarmUpDays, WarmUpBy: e.warmUp.by, WarmUpAsked: e.warmUp.asked,
		PatientsPerPhysicianFTE: e.patientsPer(scenarios.Physician), PatientsPerRNFTE: e.patientsPer(scenarios.RN),
		ProtectedMinutes: e.protectedMinutes(t.Name)}
	if !p.Grows() {
		p.Measures = results.Summarize(t.Replications)
	}
	return p
}

// differences compares a trial with the baseline, where the policy's measures are shown.
func (e *experiment) differences(base, t sim.Trial, p results.PolicyResult) []results.Difference {
	hidden := map[string]bool{}
	for _, m := range p.Measures {
		hidden[m.Key()] = m.Suppressed()
	}
	list := results.Differences(t.Name, base.Name, base.Replications, t.Replications, e.declared,
		func(m results.Measure) bool { return !hidden[m.Key()] })
	for i := range list {
		list[i].Set = e.overrides()
	}
	return list
}

// againstFirst compares the only policy of a sweep with itself under the first overrides.
func (e *experiment) againstFirst(set map[string]string, first sim.Trial, p results.PolicyResult) []results.Difference {
	list := e.differences(first, e.trials[0], p)
	for i := range list {
		list[i].BaselineSet = set
	}
	return list
}

// strata compares the strata of patients under one policy, if it has a steady state.
func (e *experiment) strata(t sim.Trial, p results.PolicyResult) []results.StratumDifference {
	if p.Grows() {
		return nil
	}
	list, set := results.StratumDifferences(t.Name, t.Replications), e.overrides()
	for i := range list {
		list[i].Set = set
	}
	return list
}

func (e *experiment) precision() results.Precision {
	t := e.tightness()
	return results.Precision{Quantity: e.rule.of, Set: e.overrides(), Wanted: results.Number(e.rule.precision), Reached: t.reached,
		Widest: results.Number(t.widest), WidestOf: t.of, MostAsked: e.rule.atMost, Why: t.why}
}

// joined adds the results of another combination of overrides.
func joined(all, more *results.Simulate) *results.Simulate {
	if all == nil {
		return more
	}
	years := all.PatientYearsPerCPUSecond*all.CPUSeconds + more.PatientYearsPerCPUSecond*more.CPUSeconds
	all.Policies = append(all.Policies, more.Policies...)
	all.Differences = append(all.Differences, more.Differences...)
	all.Strata = append(all.Strata, more.Strata...)
	all.Precision = append(all.Precision, more.Precision...)
	all.Selection = append(all.Selection, more.Selection...)
	for _, t := range more.Targets {
		if !slices.ContainsFunc(all.Targets, t.Equal) {
			all.Targets = append(all.Targets, t)
		}
	}
	all.Events += more.Events
	all.CPUSeconds += more.CPUSeconds
	all.WallSeconds += more.WallSeconds
	all.PatientYearsPerCPUSecond = years / all.CPUSeconds
	all.EventsPerCPUSecond = results.Number(all.Events) / all.CPUSeconds
	all.EventsPerPatientYear = results.Number(all.Events) / years
	all.Incomplete = all.Incomplete || more.Incomplete
	all.PatientsPerPhysicianFTE = same(all.PatientsPerPhysicianFTE, more.PatientsPerPhysicianFTE)
	all.PatientsPerRNFTE = same(all.PatientsPerRNFTE, more.PatientsPerRNFTE)
	all.Replications = min(all.Replications, more.Replications)
	if more.WarmUpDays > all.WarmUpDays {
		all.WarmUpDays, all.WarmUpBy = more.WarmUpDays, more.WarmUpBy
	}
	return all
}

// same returns a number on which two results agree, and a missing one otherwise.
func same(a, b results.Number) results.Number {
	if a != b {
		return results.Number(math.NaN())
	}
	return a
}
