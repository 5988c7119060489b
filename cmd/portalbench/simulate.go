package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/portalbench/portalbench/results"
	"github.com/portalbench/portalbench/results/report"
	"github.com/portalbench/portalbench/scenarios"
)

// defaultScenario is what commands work on when none is named.
const defaultScenario = "cardiopulmonary"

// simulateFlags are those of `simulate`.
type simulateFlags struct {
	common
	profiling
	policies     []string
	baseline     string
	replications int
	precision    string
	atMost       int
	measure      string
	by           string
	primary      []string
	choose       string
	zone         string
	set          []string
	uncertainty  bool
	draws        int
	portalDelay  []string
}

// defaultAtMost is how many replications there are at most where their number is not fixed.
const defaultAtMost = 1000

func newSimulateCommand() *cobra.Command {
	f := &simulateFlags{}
	cmd := &cobra.Command{
		Use:   "simulate [SCENARIO]",
		Short: "Simulate triage policies in virtual time",
		Long: "Simulate what becomes of the messages and of the people who answer them, in virtual time, under one or\n" +
			"several triage policies with the same people and the same draws.\n\n" +
			"A quantity is a measure, of a part of the threads or staff, in a statistic, such as\n" +
			"first_response_hours{actual_urgency=urgent}.p90. Part and statistic may be left out: clocks are then given by\n" +
			"their median, and measures of staff are about physicians.",
		Example: "  portalbench simulate smoke --policy physician-first,nurse-first --replications 5\n" +
			"  portalbench simulate smoke --policy physician-first,nurse-first --precision 10%",
		Args: atMostOne("scenario"),
		RunE: func(cmd *cobra.Command, args []string) error { return f.run(cmd, scenarioArg(args)) },
	}
	f.common.register(cmd)
	f.profiling.register(cmd)
	f.register(cmd.Flags())
	return cmd
}

func (f *simulateFlags) register(flags *pflag.FlagSet) {
	flags.StringSliceVar(&f.policies, "policy", nil, "policies to compare: built-in names or files (default: the scenario's)")
	flags.StringVar(&f.baseline, "baseline", "", "policy that differences are against (default: the first)")
	flags.IntVar(&f.replications, "replications", 0, "how often to simulate with other people (default 30, fewer with many care networks)")
	flags.StringVar(&f.precision, "precision", "", "replicate until the 95% intervals of --measure are within this `share` of the level, such as 5%")
	flags.IntVar(&f.atMost, "at-most", defaultAtMost, "replications at which --precision and --select give up")
	flags.StringVar(&f.measure, "measure", "", "`quantity` to stop on, and whose measure to show in place of the default table (default: first_response_hours)")
	flags.StringVar(&f.by, "by", "", "show outcomes, or --measure, by `key`: "+strings.Join(results.PartKeys(), ", "))
	flags.StringArrayVar(&f.primary, "primary", nil, "`quantity` whose differences are adjusted for the number of comparisons; at most 3 (default: median first response, median first clinical read of urgent threads, physician inbox minutes)")
	flags.StringVar(&f.choose, "select", "", "replicate until the best policy by this `quantity` is found, with probability .95")
	flags.StringVar(&f.zone, "zone", "", "with --select: the smallest difference that matters, in the unit of the quantity")
	flags.StringArrayVar(&f.set, "set", nil, "`path=value`: override a field of the scenario or policies; a list sweeps")
	flags.StringSliceVar(&f.portalDelay, "portal-delay", nil, "`time` the portal takes to answer staff, such as 800ms, or a run folder whose load measured it; a list sweeps (default: it answers at once)")
	flags.BoolVar(&f.uncertainty, "uncertainty", false, "also draw parameters from their ranges: which matter, and where the ranking of policies flips")
	flags.IntVar(&f.draws, "draws", 0, "with --uncertainty: how many (default 60, or twice the number of parameters if that is more)")
}

// atMostOne accepts one argument or none.
func atMostOne(what string) cobra.PositionalArgs {
	return func(_ *cobra.Command, args []string) error {
		if len(args) > 1 {
			return usageError(fmt.Errorf("%d arguments where at most one %s was expected: %q", len(args), what, args))
		}
		return nil
	}
}

func scenarioArg(args []string) string {
	if len(args) == 0 {
		return defaultScenario
	}
	return args[0]
}

// grid reads --set flags: every combination of their values, in order.
func grid(flags []string) ([][]scenarios.Override, error) {
	var sets []scenarios.Set
	for _, text := range flags {
		set, err := scenarios.ParseSet(text)
		if err != nil {
			return nil, usageError(err)
		}
		sets = append(sets, set)
	}
	return scenarios.Grid(sets), nil
}

func (f *simulateFlags) run(cmd *cobra.Command, scenario string) error {
	x, err := f.check(cmd)
	if err != nil {
		return err
	}
	portals, err := slowPortals(f.portalDelay)
	if err != nil {
		return err
	}
	studies, err := f.studies(scenario, portals)
	if err != nil {
		return err
	}
	if f.uncertainty && len(studies) > 1 {
		return usageError(errors.New("--uncertainty varies the parameters itself: give --set one value for each path, and --portal-delay one"))
	}
	x.declared.Count = len(x.declared.Primary) * comparisons(len(studies), len(studies[0].policies))
	r := &record{kind: "simulate", started: time.Now(), study: studies[0], runID: newRunID(), seed: f.seed}
	if err := r.begin(f.out); err != nil {
		return err
	}
	stop, err := f.start("simulate")
	if err != nil {
		r.abandon()
		return err
	}
	failed := f.simulateAll(cmd, x, studies, r)
	if err := stop(); err != nil {
		say(cmd.ErrOrStderr(), "%v", err)
	}
	return f.finish(cmd, r, failed)
}

// comparisons returns how many comparisons with a baseline there are: of every policy but one with each of the sets, or of
// a single policy with all sets but the first.
func comparisons(sets, policies int) int {
	if policies == 1 {
		return sets - 1
	}
	return sets * (policies - 1)
}

// finish shows and keeps what there is.
func (f *simulateFlags) finish(cmd *cobra.Command, r *record, failed error) error {
	if r.simulate == nil {
		return r.nothing(cmd.Context(), cmd.ErrOrStderr(), failed)
	}
	r.partial = failed != nil
	r.simulate.Incomplete = r.partial
	for _, p := range r.simulate.Precision {
		if !p.Reached {
			say(cmd.ErrOrStderr(), "the precision asked for is not reached: %s", unmet(p))
		}
	}
	err := errors.Join(f.show(cmd.OutOrStdout(), r.simulate), r.finish(cmd.ErrOrStderr()))
	say(cmd.ErrOrStderr(), "%.3g s, patient_years_per_cpu_second %.0f", float64(r.simulate.WallSeconds), float64(r.simulate.PatientYearsPerCPUSecond))
	if failed != nil && cmd.Context().Err() != nil {
		failed = fmt.Errorf("interrupted: what is shown are the %d replications that were complete", r.simulate.Replications)
	}
	return errors.Join(err, failed)
}

// check reads what the flags say of the experiment.
func (f *simulateFlags) check(cmd *cobra.Command) (x experiment, err error) {
	if len(f.portalDelay) == 0 && cmd.Flags().Changed("portal-delay") {
		return x, usageError(errors.New("--portal-delay is empty: write a time, such as 800ms, or name a run folder"))
	}
	if slices.Contains(f.policies, "") || len(f.policies) == 0 && cmd.Flags().Changed("policy") {
		return x, usageError(errors.New("--policy is empty: name a built-in policy or a file"))
	}
	if err := f.checkBy(cmd); err != nil {
		return x, err
	}
	if x.rule, err = f.stopping(cmd); err != nil {
		return x, err
	}
	if x.declared.Primary, err = parsePrimary(f.primary); err != nil {
		return x, err
	}
	if f.draws != 0 && (f.draws < fewestDraws || !f.uncertainty) {
		return x, usageError(fmt.Errorf("--draws %d: use %d or more, with --uncertainty", f.draws, fewestDraws))
	}
	x.common = &f.common
	return x, f.common.check()
}

// checkBy reports what --by cannot show.
func (f *simulateFlags) checkBy(cmd *cobra.Command) error {
	if !cmd.Flags().Changed("by") {
		return nil
	}
	if err := results.ParsePartKey(f.by); err != nil {
		return usageError(fmt.Errorf("--by: %w", err))
	}
	if strings.Contains(f.measure, "{") {
		return usageError(fmt.Errorf("--by %s shows every part of that key: give --measure without a part in braces", f.by))
	}
	if q, err := results.ParseQuantity(f.measure); f.measure != "" && err == nil && q.Where != nil {
		return usageError(fmt.Errorf("--by %s: %s is given by role of the staff only: leave --by out", f.by, q.Measure))
	}
	return nil
}

// stopping reads how often to replicate.
func (f *simulateFlags) stopping(cmd *cobra.Command) (rule stopping, err error) {
	rule = stopping{fixed: f.replications, atMost: f.atMost, of: results.PrimaryQuantities()[0]}
	if f.measure != "" {
		if rule.of, err = results.ParseQuantity(f.measure); err != nil {
			return rule, usageError(fmt.Errorf("--measure: %w", err))
		}
	}
	fixed := cmd.Flags().Changed("replications")
	switch {
	case fixed && f.replications < 1:
		return rule, usageError(fmt.Errorf("--replications %d: use a positive number", f.replications))
	case fixed && f.precision != "":
		return rule, usageError(errors.New("--replications fixes what --precision is to find out: use one of the two"))
	case f.atMost < pilot:
		return rule, usageError(fmt.Errorf("--at-most %d: use %d or more, as fewer do not show how tight an interval is", f.atMost, pilot))
	case cmd.Flags().Changed("at-most") && (fixed || f.precision == "" && f.choose == ""):
		return rule, usageError(errors.New("--at-most: it belongs to --precision and --select, without --replications"))
	}
	if rule.precision, err = parsePrecision(f.precision); err != nil {
		return rule, err
	}
	rule.selection, err = parseSelection(f.choose, f.zone)
	return rule, err
}

// parsePrecision reads a share of a level in percent; empty is none.
func parsePrecision(text string) (float64, error) {
	if text == "" {
		return 0, nil
	}
	number, percent := strings.CutSuffix(text, "%")
	v, err := strconv.ParseFloat(number, 64)
	if err != nil || !percent || !(v > 0 && v < 100) {
		return 0, usageError(fmt.Errorf("--precision %q: write it in percent, between 0%% and 100%%, such as 5%%", text))
	}
	return v / 100, nil
}

// mostPrimary is how many primary measures there may be: with more, none of them is primary.
const mostPrimary = 3

// parsePrimary reads the primary measures, or returns the usual ones.
func parsePrimary(texts []string) ([]results.Quantity, error) {
	if len(texts) == 0 {
		return results.PrimaryQuantities(), nil
	}
	if len(texts) > mostPrimary {
		return nil, usageError(fmt.Errorf("--primary is given %d times: declare at most %d primary measures", len(texts), mostPrimary))
	}
	var list []results.Quantity
	for _, text := range texts {
		q, err := results.ParseQuantity(text)
		if err != nil {
			return nil, usageError(fmt.Errorf("--primary: %w", err))
		}
		if slices.ContainsFunc(list, func(o results.Quantity) bool { return o.Key() == q.Key() }) {
			return nil, usageError(fmt.Errorf("--primary: %s is given twice", q.Key()))
		}
		list = append(list, q)
	}
	return list, nil
}

// studies loads the scenario once for every combination of the --set lists, and puts each behind every portal.
func (f *simulateFlags) studies(scenario string, portals []*slowPortal) ([]*study, error) {
	sets, err := grid(f.set)
	if err != nil {
		return nil, err
	}
	var list []*study
	for _, set := range sets {
		s, err := openStudy(scenario, f.policies, f.baseline, set)
		if err != nil {
			return nil, err
		}
		for _, p := range portals {
			list = append(list, s.behind(p))
		}
	}
	return list, nil
}

// simulateAll runs an experiment with each of the studies, one after the other, and puts their results together.
func (f *simulateFlags) simulateAll(cmd *cobra.Command, x experiment, studies []*study, r *record) error {
	bar := newProgress(cmd.ErrOrStderr(), f.quiet)
	defer bar.stop()
	for i, s := range studies {
		e := x
		e.study, e.tell = s, bar.set
		if e.rule.fixed == 0 && e.rule.precision == 0 && e.rule.selection == nil {
			e.rule.fixed = s.replications()
		}
		phase := "simulating"
		if len(studies) > 1 {
			phase = fmt.Sprintf("simulating %d of %d", i+1, len(studies))
		}
		bar.start(phase, max(e.rule.fixed, pilot)*s.plan.Networks())
		err := inPhase(cmd.Context(), "simulate", "simulate", e.run)
		bar.stop()
		if e.done() > 0 && (err == nil || cmd.Context().Err() != nil) {
			r.take(&e)
		}
		if err == nil {
			err = r.told.follow(cmd.Context(), &e)
		}
		if err != nil {
			return err
		}
	}
	if !f.uncertainty {
		return nil
	}
	return f.vary(cmd.Context(), bar, x.rule.of, r)
}

func (f *simulateFlags) show(w io.Writer, out *results.Simulate) error {
	if f.format == "json" {
		return writeJSON(w, out)
	}
	if f.by != "" {
		return f.showBy(w, out)
	}
	if f.measure != "" {
		q, err := results.ParseQuantity(f.measure)
		if err != nil {
			return err
		}
		if !strings.Contains(f.measure, "{") {
			q.Where = nil // all parts of it
		}
		return usageError(report.Measure(w, report.Format(f.format), out, q))
	}
	return report.Simulation(w, report.Format(f.format), out)
}

// showBy shows parts of the threads and patients, of one measure if one was named.
func (f *simulateFlags) showBy(w io.Writer, out *results.Simulate) error {
	if f.measure == "" {
		return report.By(w, report.Format(f.format), out, f.by, nil)
	}
	q, err := results.ParseQuantity(f.measure)
	if err != nil {
		return err
	}
	return usageError(report.By(w, report.Format(f.format), out, f.by, &q))
}

func writeJSON(w io.Writer, v any) error {
	enc := json.NewEncoder(w)
	enc.SetIndent("", "  ")
	return enc.Encode(v)
}
