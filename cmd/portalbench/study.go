package main

import (
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
	named    string // the scenario, by its user
	scenario *scenarios.Loaded
	asked    []string // the policies as their user names them, the baseline first
	policies []*scenarios.LoadedPolicy
	arms     []sim.Arm // the policies, compiled
	set      []scenarios.Override
	plan     *sim.Plan
	portal   *slowPortal // nil: it answers at once
}

// openStudy loads a scenario and its policies, or those named in their place. All its errors are the user's to mend.
func openStudy(scenario string, policies []string, baseline string, set []scenarios.Override) (*study, error) {
	s := &study{named: scenario, set: set}
	ofScenario := set
	if len(policies) > 0 { // the scenario's own policies do not matter
		ofScenario = slices.DeleteFunc(slices.Clone(set), scenarios.Override.OfPolicy)
	}
	var err error
	if s.scenario, err = scenarios.Load(scenario, ofScenario); err != nil {
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
		if err := s.add(p); err != nil {
			return nil, usageError(err)
		}
	}
	s.asked = names
	s.plan, err = sim.NewPlan(s.scenario.Scenario)
	return s, usageError(err)
}

// add holds a policy against the scenario, compiles it, and puts it after the others.
func (s *study) add(p *scenarios.LoadedPolicy) error {
	if err := scenarios.Check(s.scenario.Scenario, p.Policy); err != nil {
		return err
	}
	arm, err := compile(p)
	if err != nil {
		return err
	}
	arm.Portal = s.portal.delay()
	s.policies, s.arms = append(s.policies, p), append(s.arms, arm)
	return nil
}

// The fields that say how long is simulated.
const warmUpPath, daysPath = "horizon.warm_up_days", "horizon.days"

// with returns the study with further values of the scenario in place of its own. They are ours, not the user's: they do
// not count among the overrides that results are labelled with.
func (s *study) with(values ...scenarios.Override) (*study, error) {
	other := *s
	var err error
	if other.scenario, err = scenarios.Load(s.named, append(slices.Clone(s.set), values...)); err != nil {
		return nil, err
	}
	other.plan, err = sim.NewPlan(other.scenario.Scenario)
	return &other, err
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
	h.Write(s.portal.fingerprint())
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

// compile makes a policy an arm. What an expression has wrong is found here.
func compile(p *scenarios.LoadedPolicy) (sim.Arm, error) {
	routers, err := triage.Routers(p.Policy)
	if err != nil {
		return sim.Arm{}, fmt.Errorf("policy %s: %w", p.Name, err)
	}
	return sim.Arm{Name: p.Name, Policy: p.Policy, Router: routers}, nil
}

// protectedMinutes returns the paid inbox time that a policy gives a physician on a scheduled day, on top of the
// scenario's: a slot in each half of every scheduled span, on the day with most of them.
func (s *study) protectedMinutes(policy string) results.Number {
	i := slices.IndexFunc(s.policies, func(p *scenarios.LoadedPolicy) bool { return p.Name == policy })
	if i < 0 {
		return 0
	}
	slot := time.Duration(s.policies[i].Work.Protected).Minutes()
	return results.Number(2 * float64(s.spansADay()) * slot)
}

// spansADay returns how many scheduled spans a physician has on a day at most. Most have one.
func (s *study) spansADay() int {
	most := 0
	for _, name := range s.scenario.Groups() {
		g := s.scenario.Staff[name]
		if role, _ := scenarios.ParseRole(g.Role); !role.IsPhysician() {
			continue
		}
		for day := range 7 {
			spans := 0
			for _, w := range g.Hours {
				if w.On(day) {
					spans++
				}
			}
			most = max(most, spans)
		}
	}
	return most
}

// replications is how many replications are run where the user does not say: 30, or fewer where each has many care
// networks, but at least 5.
func (s *study) replications() int {
	return max(5, (30+s.plan.Networks()-1)/s.plan.Networks())
}

// overrides returns what the user has set, by path.
func (s *study) overrides() map[string]string {
	set := map[string]string{}
	for _, o := range s.set {
		set[o.Path] = o.Value
	}
	if s.portal != nil {
		set[portalDelayKey] = s.portal.named
	}
	return set
}
