package main

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strconv"
	"time"

	"github.com/portalbench/portalbench/results"
	"github.com/portalbench/portalbench/results/stats"
	"github.com/portalbench/portalbench/scenarios"
	"github.com/portalbench/portalbench/sim"
)

// pilot is how many replications decide on the warm-up, and are the first stage of a selection. It is the fewest that a
// precision is judged by.
const pilot = stats.FewestReplications

// stopping says when a study has been replicated often enough.
type stopping struct {
	fixed     int     // replications; 0: by precision or selection
	precision float64 // half-width wanted as a share of the level; 0: none
	of        results.Quantity
	selection *selectionRule // nil: none
	atMost    int            // replications, unless fixed
}

// experiment replicates one study. It begins with a pilot, lengthens the warm-up if the pilot's weekly series ask for
// it, and goes on until its rule is met. What it comes to depends on the rule, the seed and the study alone.
type experiment struct {
	*study
	common   *common
	rule     stopping
	declared results.Comparisons
	tell     func(done, of int) // care networks; may be nil

	trials    []sim.Trial
	events    int64
	years     float64 // patient-years simulated, warm-up and cool-down included
	wall, cpu float64 // seconds
	warmUp    warmUp
	selecting *selecting
}

// warmUp is how long the warm-up is, and why.
type warmUp struct {
	by    string // scenario or mser
	asked *int   // days that the weekly series ask for; nil when they do not tell
}

// newExperiment prepares a study for a number of replications, with the usual primary measures.
func newExperiment(s *study, c *common, replications int) *experiment {
	primary := results.PrimaryQuantities()
	return &experiment{study: s, common: c, rule: stopping{fixed: replications},
		declared: results.Comparisons{Primary: primary, Count: len(primary) * (len(s.policies) - 1)}}
}

// run replicates. When ctx is cancelled it returns ctx's error, and what was complete is kept.
func (e *experiment) run(ctx context.Context) error {
	began, cpu := time.Now(), results.ProcessCPU()
	err := e.replicate(ctx)
	e.wall, e.cpu = time.Since(began).Seconds(), (results.ProcessCPU() - cpu).Seconds()
	return err
}

func (e *experiment) replicate(ctx context.Context) error {
	if err := e.settle(ctx); err != nil {
		return err
	}
	if err := e.known(); err != nil {
		return err
	}
	e.selecting = e.rule.selection.begin(e)
	for {
		e.selecting.feed(e.trials)
		n := e.next()
		if n <= e.done() {
			return nil
		}
		if err := e.upTo(ctx, n); err != nil {
			return err
		}
	}
}

// done returns how many replications are complete.
func (e *experiment) done() int {
	if len(e.trials) == 0 {
		return 0
	}
	return len(e.trials[0].Replications)
}

// upTo simulates the replications still missing from the first n.
func (e *experiment) upTo(ctx context.Context, n int) error {
	done, networks := e.done(), e.plan.Networks()
	x := sim.Experiment{Plan: e.plan, Arms: e.arms, First: done, Replications: n - done, Seed: e.common.seed,
		Workers: e.common.workers}
	if e.tell != nil {
		x.Progress = func(k, _ int) { e.tell(done*networks+k, n*networks) }
	}
	more, events, err := x.Run(ctx)
	e.events += events
	e.add(more)
	e.years += e.patientYears() * float64((e.done()-done)*len(e.arms))
	return err
}

func (e *experiment) add(more []sim.Trial) {
	if e.trials == nil {
		e.trials = more
		return
	}
	for i := range more {
		e.trials[i].Add(more[i])
	}
}

// patientYears returns those of one replication of one policy.
func (e *experiment) patientYears() float64 {
	h := e.scenario.Horizon
	return float64(e.plan.Patients()) * float64(h.WarmUpDays+h.Days+h.CoolDownDays) / 365
}

// settle simulates the pilot, and once more with a longer warm-up if its weekly series have not settled in the one that
// the scenario has.
func (e *experiment) settle(ctx context.Context) error {
	n := pilot
	if e.rule.fixed > 0 {
		n = min(n, e.rule.fixed)
	}
	e.warmUp = warmUp{by: "scenario"}
	if err := e.upTo(ctx, n); err != nil {
		return err
	}
	days, ok := warmUpOf(e.trials)
	if !ok {
		return nil
	}
	e.warmUp.asked = &days
	if days <= e.scenario.Horizon.WarmUpDays {
		return nil
	}
	longer, err := e.with(scenarios.Override{Path: warmUpPath, Value: strconv.Itoa(days)})
	if err != nil { // longer than the language allows: the scenario's stands, and what was asked for is told
		return nil
	}
	return e.again(ctx, longer, n)
}

// again begins anew with another study. If it is interrupted before anything is complete, what there was is kept.
func (e *experiment) again(ctx context.Context, s *study, n int) error {
	before := *e
	e.study, e.trials, e.warmUp.by = s, nil, "mser"
	err := e.upTo(ctx, n)
	if e.done() == 0 {
		*e = before
	}
	return err
}

// warmUpOf returns the warm-up, in days, that the weekly series of all policies ask for: those of the backlog and of
// the first response. A policy whose backlog grows has no steady state and is left out.
func warmUpOf(trials []sim.Trial) (days int, ok bool) {
	var series [][][]float64
	for _, t := range trials {
		if t.Unstable == nil || !*t.Unstable {
			series = append(series, t.Weeks.Backlog, t.Weeks.FirstResponse)
		}
	}
	weeks, ok := stats.WarmUpAll(series...)
	return weeks * 7, ok
}

// known reports a quantity that was named and that the model does not give.
func (e *experiment) known() error {
	named := slices.Clone(e.declared.Primary)
	if e.rule.precision > 0 {
		named = append(named, e.rule.of)
	}
	if e.rule.selection != nil {
		named = append(named, e.rule.selection.of)
	}
	for _, q := range named {
		if !slices.ContainsFunc(e.trials[0].Replications[0], q.Is) {
			return usageError(fmt.Errorf("the model gives no %s: portalbench simulate --measure %s shows the parts and statistics it gives", q.Key(), q.Measure))
		}
	}
	return nil
}

// next returns how many replications there should be next: no more than there are when the rule is met.
func (e *experiment) next() int {
	done := e.done()
	if e.rule.fixed > 0 {
		return e.rule.fixed
	}
	more := e.selecting.more()
	if e.rule.precision > 0 {
		more = max(more, e.tightness().more)
	}
	return min(done+min(more, done), max(e.rule.atMost, done)) // an early estimate is rough: no more than twice as many
}

// tightness is how tight the intervals are: that of the widest, as a share of the level.
type tightness struct {
	reached bool
	widest  float64 // NaN when some interval has no value
	of      string
	more    int    // replications it is estimated to take
	why     string // why it cannot be judged, however many there are; empty: it can
}

// tightness judges the level of every policy whose backlog does not grow, relative to itself, and its difference from
// the baseline, relative to the baseline's level.
func (e *experiment) tightness() tightness {
	if names := e.without(e.rule.of); len(names) > 0 {
		return tightness{widest: math.NaN(), of: list(names), why: unreached(e.rule.of, names)}
	}
	all := tightness{reached: true}
	base := e.rule.of.Of(e.trials[0].Replications)
	for i, t := range e.trials {
		if grows(t) {
			continue
		}
		values := e.rule.of.Of(t.Replications)
		level := stats.Precision{HalfWidth: e.rule.precision, Relative: true, Confidence: .95}.Check(values)
		all.join(t.Name, level, e.rule.precision)
		if i > 0 && !grows(e.trials[0]) {
			against := stats.Precision{HalfWidth: e.rule.precision * mean(base), Confidence: .95}.Check(less(values, base))
			all.join(t.Name+" - "+e.trials[0].Name, against, e.rule.precision)
		}
	}
	return all
}

// without names the policies with a steady state under which a quantity has no value: some replication does not reach it,
// or none has it. More replications do not change that.
func (e *experiment) without(q results.Quantity) []string {
	var names []string
	for _, t := range e.trials {
		values := q.Of(t.Replications)
		missing := !slices.ContainsFunc(values, func(v float64) bool { return !math.IsNaN(v) })
		if !grows(t) && (missing || slices.ContainsFunc(values, func(v float64) bool { return math.IsInf(v, 0) })) {
			names = append(names, t.Name)
		}
	}
	return names
}

// unreached says that a quantity has no value under some policies, and what has one.
func unreached(q results.Quantity, policies []string) string {
	text := q.Key() + " has no value under " + list(policies) + ", as too many of the threads never get there, or there are none"
	spec, err := results.ParseMeasure(q.Measure)
	if err == nil && q.Statistic != "mean" && slices.Contains(spec.Statistics, "mean") {
		part := ""
		if len(q.Where) > 0 {
			part = "{" + results.WhereText(q.Where) + "}"
		}
		return text + ": use " + q.Measure + part + ".mean, in which each counts with 14 days at most"
	}
	return text + ": choose another measure"
}

// unmet says why a precision was not reached.
func unmet(p results.Precision) string {
	if p.Why != "" {
		return p.Why
	}
	return "the widest interval is that of " + p.WidestOf
}

func grows(t sim.Trial) bool { return t.Unstable != nil && *t.Unstable }

// join takes in one more interval.
func (a *tightness) join(name string, t stats.Tightness, wanted float64) {
	a.reached = a.reached && t.Satisfied
	a.more = max(a.more, t.More)
	if share := t.HalfWidth / t.Wanted * wanted; a.of == "" || !(share <= a.widest) {
		a.widest, a.of = share, name
	}
}

// mean returns the mean of the values that are not missing.
func mean(values []float64) float64 { return stats.MeanInterval(values, .95).Value }

// less returns a - b.
func less(a, b []float64) []float64 {
	d := make([]float64, len(a))
	for i := range d {
		d[i] = a[i] - b[i]
	}
	return d
}
