package main

import (
	"errors"
	"fmt"
	"math"
	"path/filepath"
	"slices"
	"strings"

	"github.com/portalbench/portalbench/results"
	"github.com/portalbench/portalbench/results/report"
	"github.com/portalbench/portalbench/scenarios"
)

// gateJob is one question put to runs.
type gateJob struct {
	limits  []results.Limit // none: those that loads ran with
	metrics []results.Metric
	margin  float64
	force   bool

	runs, base []*results.Record
	lacking    []string // runs that hold nothing to judge, a sentence each
	j          *results.Judgement
}

// open reads the runs of both sides.
func (g *gateJob) open(runs, baseline []string) error {
	g.j = &results.Judgement{Format: results.Format, Kind: "gate", Runs: []string{}, Baseline: []string{}, Gates: []results.Gate{}, Warnings: []string{}}
	for _, side := range []struct {
		dirs    []string
		records *[]*results.Record
		named   *[]string
	}{{runs, &g.runs, &g.j.Runs}, {baseline, &g.base, &g.j.Baseline}} {
		for _, dir := range side.dirs {
			r, why, err := results.OpenToJudge(dir)
			if err != nil {
				return usageError(err)
			}
			*side.named = append(*side.named, filepath.Clean(dir))
			if why != "" {
				g.lacking = append(g.lacking, why)
				continue
			}
			*side.records = append(*side.records, r)
		}
	}
	return g.once()
}

// once refuses a load that is named twice: it would count twice. A simulation may be held against itself, for what that
// is worth.
func (g *gateJob) once() error {
	seen := map[string]string{}
	for i, r := range slices.Concat(g.runs, g.base) {
		first, again := seen[r.Run.RunID]
		seen[r.Run.RunID] = r.Dir
		switch {
		case !again || r.Run.RunID == "":
		case r.Run.Load != nil || i < len(g.runs):
			return usageError(fmt.Errorf("%s and %s are the same run: name each run once", first, r.Dir))
		default:
			g.warn("%s and %s are the same run, which always agrees with itself", first, r.Dir)
		}
	}
	return nil
}

func (g *gateJob) warn(format string, args ...any) {
	g.j.Warnings = append(g.j.Warnings, fmt.Sprintf(format, args...))
}

// judge puts all gates.
func (g *gateJob) judge() (*results.Judgement, error) {
	if len(g.lacking) > 0 {
		g.nothing(strings.Join(g.lacking, "; "))
		return g.j, nil
	}
	for _, step := range []func() error{g.absolute, g.compare} {
		if err := step(); err != nil {
			return nil, err
		}
	}
	g.j.Settle()
	return g.j, nil
}

// nothing says of every gate that there is no data for it.
func (g *gateJob) nothing(why string) {
	names := []string{}
	for _, l := range g.limits {
		names = append(names, expression(l))
	}
	if len(names) == 0 {
		names = []string{"data"}
	}
	for _, name := range names {
		g.j.Gates = append(g.j.Gates, noData(results.GateAbsolute, name, why))
	}
	g.j.Settle()
}

func expression(l results.Limit) string {
	if l.Measure != nil {
		return l.Measure.Expression
	}
	return l.Threshold.Expression
}

// noData is a gate that cannot be judged.
func noData(kind, name, why string) results.Gate {
	none := results.Number(math.NaN())
	return results.Gate{Kind: kind, Name: name, Status: results.NoData, Base: none, Value: none, Low: none, High: none, Limit: none,
		P: none, Smallest: none, Why: why}
}

// absolute puts limits to the runs: those asked for, or, where nothing is asked at all, those that loads ran with.
func (g *gateJob) absolute() error {
	var thresholds []results.ParsedThreshold
	var measures []*results.MeasureLimit
	for _, l := range g.limits {
		if l.Measure != nil {
			measures = append(measures, l.Measure)
		} else {
			thresholds = append(thresholds, *l.Threshold)
		}
	}
	if len(thresholds) > 0 {
		thresholds = withErrors(thresholds)
	}
	if len(g.limits) == 0 && len(g.base) == 0 {
		var err error
		if thresholds, err = g.own(); err != nil {
			return err
		}
	}
	if err := g.putMeasures(measures); err != nil {
		return err
	}
	return g.putThresholds(thresholds)
}

// own returns the limits that the loads ran with.
func (g *gateJob) own() (limits []results.ParsedThreshold, err error) {
	seen := map[string]bool{}
	for _, r := range g.runs {
		if r.Run.Load == nil {
			return nil, usageError(fmt.Errorf("%s holds a simulation alone, which has no limits of its own: give --threshold, --gates or --baseline; --list shows what they can be put to", r.Dir))
		}
		for _, t := range r.Run.Load.Thresholds {
			parsed, err := results.ParseThreshold(t.Expression)
			if err != nil {
				return nil, usageError(fmt.Errorf("%s: %w", r.Dir, err))
			}
			if !seen[t.Expression] {
				seen[t.Expression] = true
				limits = append(limits, parsed)
			}
		}
	}
	return withErrors(limits), nil
}

// putThresholds judges the loads as one.
func (g *gateJob) putThresholds(thresholds []results.ParsedThreshold) error {
	if len(thresholds) == 0 {
		return nil
	}
	for _, r := range g.runs {
		if r.Run.Load == nil {
			for _, t := range thresholds {
				g.j.Gates = append(g.j.Gates, noData(results.GateAbsolute, t.Expression, r.Dir+" holds no load"))
			}
			return nil
		}
	}
	if err := g.together(g.runs[0], g.sound(g.runs[1:])); err != nil {
		return err
	}
	pool, err := results.PoolLoads(g.runs)
	if err != nil {
		return usageError(err)
	}
	gates, warnings := pool.Gates(thresholds)
	g.j.Gates, g.j.Warnings = append(g.j.Gates, gates...), append(g.j.Warnings, warnings...)
	return nil
}

// sound returns the records whose loads are valid. That others are invalid matters more than what else they are.
func (g *gateJob) sound(records []*results.Record) []*results.Record {
	return slices.DeleteFunc(slices.Clone(records), func(r *results.Record) bool { return len(r.LoadDefects()) > 0 })
}

// together refuses loads that cannot be compared with the first, or only warns by force.
func (g *gateJob) together(first *results.Record, others []*results.Record) error {
	if len(first.LoadDefects()) > 0 || len(others) == 0 {
		return nil
	}
	_, apart, err := settingsOf(append([]*results.Record{first}, others...), results.EarlierLoads)
	if err != nil {
		return err
	}
	return g.refuse(apart)
}

// settingsOf returns what runs were asked for, and in what they are too far apart for an aim.
func settingsOf(runs []*results.Record, aim results.Aim) (settings []results.Setting, apart []string, err error) {
	settings, err = results.Settings(runs, aim, report.DeclaredEdits)
	if err != nil {
		return nil, nil, usageError(err)
	}
	return settings, results.Apart(settings, foldersOf(runs)), nil
}

func foldersOf(runs []*results.Record) (dirs []string) {
	for _, r := range runs {
		dirs = append(dirs, r.Dir)
	}
	return dirs
}

func (g *gateJob) refuse(differences []string) error {
	if len(differences) == 0 {
		return nil
	}
	if !g.force {
		return usageError(fmt.Errorf("these runs are not comparable (--force compares them all the same):\n  %s", strings.Join(differences, "\n  ")))
	}
	for _, d := range differences {
		if text := "forced, though not comparable: " + d; !slices.Contains(g.j.Warnings, text) {
			g.warn("%s", text)
		}
	}
	return nil
}

// putMeasures judges a simulation.
func (g *gateJob) putMeasures(limits []*results.MeasureLimit) error {
	if len(limits) > 0 && len(g.runs) > 1 {
		return usageError(errors.New("limits on measures are put to one simulation: name one run"))
	}
	for _, m := range limits {
		r := g.runs[0]
		if r.Run.Simulate == nil {
			g.j.Gates = append(g.j.Gates, noData(results.GateAbsolute, m.Expression, r.Dir+" holds no simulation"))
			continue
		}
		gates, err := m.Gates(r, partValues())
		if err != nil {
			return usageError(err)
		}
		g.j.Gates = append(g.j.Gates, gates...)
	}
	return nil
}

// partValues are the names by which threads and staff are divided, beside the strata of patients.
func partValues() map[string][]string {
	values := map[string][]string{}
	for _, key := range []string{"actual_urgency", "felt_urgency", "label"} {
		values[key] = []string{"urgent", "routine"}
	}
	for r := scenarios.RoleNone + 1; int(r) < scenarios.NumRoles; r++ {
		values["role"] = append(values["role"], r.String())
	}
	for c := range scenarios.NumCategories {
		values["category"] = append(values["category"], scenarios.Category(c).String())
	}
	return values
}
