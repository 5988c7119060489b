package main

import (
	"errors"
	"fmt"
	"time"

	"github.com/portalbench/portalbench/results"
)

// rules reads --stop-when.
func (f *loadFlags) rules() (all []results.StopRule, err error) {
	for _, text := range f.stopWhen {
		r, err := results.ParseStopRule(text)
		if err != nil {
			return nil, fmt.Errorf("--stop-when: %w", err)
		}
		all = append(all, r)
	}
	return all, nil
}

// within refuses rules that can never hold, because the load is over before.
func within(rules []results.StopRule, length time.Duration) error {
	for _, r := range rules {
		if r.For > length {
			return fmt.Errorf("--stop-when %q: the load, warm-up included, lasts only %s", r.Expression, length)
		}
	}
	return nil
}

// checkMetrics refuses an address that other machines could reach by accident.
func (f *loadFlags) checkMetrics() error {
	if f.metrics == "" {
		return nil
	}
	return checkListen("--metrics", f.metrics, f.allowHosts)
}

// stoppedVerdict is that of a load which a rule ended: it may have failed a limit on errors, and passes nothing.
func stoppedVerdict(l *results.Load) error {
	for _, t := range l.Thresholds {
		if t.Status == results.Fail {
			return &exitError{exitFail, fmt.Errorf("the run was stopped (%s) and failed %s", l.Stopped, t.Expression)}
		}
	}
	return &exitError{exitInvalid, errors.New("the run was stopped (" + l.Stopped + "): it shows neither that the portal passes nor that it fails")}
}

// newWatch returns what watches the portal of a planned load, and as yet neither its process nor its profiles.
func (j *loadJob) newWatch() *portalWatch {
	return &portalWatch{warmUp: j.goal.warmUp, measured: j.goal.length}
}

// labels say which load metrics are of.
func (j *loadJob) labels() runLabels {
	from := j.origin()
	return runLabels{j.runID, from.scenario, from.policy, j.target.known().Capabilities().Name}
}
