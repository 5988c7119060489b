package main

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/portalbench/portalbench/results"
)

// compare puts the runs against the baseline: simulations by their results, loads by their metrics, and runs that hold
// both by both.
func (g *gateJob) compare() error {
	if len(g.base) == 0 {
		return nil
	}
	all := slices.Concat(g.base, g.runs)
	loads := !slices.ContainsFunc(all, func(r *results.Record) bool { return r.Run.Load == nil })
	simulations := !slices.ContainsFunc(all, func(r *results.Record) bool { return r.Run.Simulate == nil })
	switch {
	case !loads && !simulations:
		return usageError(mixedKinds(all))
	case simulations && len(all) == 2:
		if err := g.sameSimulation(); err != nil {
			return err
		}
	case !loads:
		return usageError(errors.New("simulations are compared one with one: name a single run and a single baseline"))
	}
	if !loads {
		return nil
	}
	return g.beforeAfter()
}

// mixedKinds names what each of the runs holds.
func mixedKinds(all []*results.Record) error {
	var held []string
	for _, r := range all {
		what := "a load"
		if r.Run.Load == nil {
			what = "a simulation"
		}
		held = append(held, r.Dir+" holds "+what)
	}
	return fmt.Errorf("these runs are not comparable, not even with --force: %s", strings.Join(held, ", "))
}

// sameSimulation asks for the same results.
func (g *gateJob) sameSimulation() error {
	base, now := g.base[0], g.runs[0]
	for _, r := range []*results.Record{base, now} {
		if r.Run.Incomplete || r.Run.Simulate.Incomplete {
			g.j.Gates = append(g.j.Gates, noData(results.GateSimulation, "same results", r.Dir+" was interrupted: it is incomplete"))
			return nil
		}
	}
	_, differences, err := settingsOf([]*results.Record{base, now}, results.EqualResults)
	if err != nil {
		return err
	}
	if err := g.refuse(differences); err != nil {
		return err
	}
	gate, moved, err := results.SameSimulation(base, now, len(differences) > 0)
	if err != nil {
		return usageError(err)
	}
	g.j.Gates, g.j.Moved = append(g.j.Gates, gate), moved
	return nil
}

// beforeAfter compares loads with earlier ones.
func (g *gateJob) beforeAfter() error {
	all := slices.Concat(g.base, g.runs)
	var loads []*results.Load
	var defects []string
	for _, r := range all {
		loads = append(loads, r.Run.Load)
		defects = append(defects, r.LoadDefects()...)
	}
	metrics := g.metrics
	if len(metrics) == 0 {
		metrics = results.DefaultMetrics(loads...)
	}
	if len(defects) > 0 {
		for _, m := range metrics {
			g.j.Gates = append(g.j.Gates, noData(results.GateBeforeAfter, m.Name, "invalid runs: "+strings.Join(defects, "; ")))
		}
		return nil
	}
	if err := g.together(all[0], all[1:]); err != nil {
		return err
	}
	if err := g.doubt(all); err != nil {
		return err
	}
	gates, warnings := results.BeforeAfter(g.base, g.runs, metrics, g.margin)
	g.j.Gates, g.j.Warnings = append(g.j.Gates, gates...), append(g.j.Warnings, warnings...)
	return nil
}

// doubt warns of what makes a comparison of loads doubtful without ruling it out.
func (g *gateJob) doubt(loads []*results.Record) error {
	settings, _, err := settingsOf(loads, results.EarlierLoads)
	for _, s := range settings {
		if s.Doubt {
			g.warn("the machines differ: %s", s.Line(foldersOf(loads)))
		}
	}
	return err
}

// list says what gates can be put to in the runs.
func (g *gateJob) list() (*results.GateList, error) {
	if len(g.lacking) > 0 {
		return nil, &exitError{exitInvalid, errors.New(strings.Join(g.lacking, "; "))}
	}
	list := &results.GateList{Format: results.Format, Kind: "gate-list", Runs: g.j.Runs, Numbers: []results.Gateable{}, Unmeasured: []string{}}
	if !slices.ContainsFunc(g.runs, func(r *results.Record) bool { return r.Run.Load == nil }) {
		if err := g.together(g.runs[0], g.sound(g.runs[1:])); err != nil {
			return nil, err
		}
		pool, err := results.PoolLoads(g.runs)
		if err != nil {
			return nil, usageError(err)
		}
		numbers, unmeasured := pool.Gateables()
		list.Numbers, list.Unmeasured = append(list.Numbers, numbers...), append(list.Unmeasured, unmeasured...)
	}
	for _, r := range g.runs {
		if r.Run.Simulate != nil && len(g.runs) == 1 {
			list.Numbers = append(list.Numbers, r.Run.Simulate.Gateables()...)
		}
	}
	return list, nil
}
