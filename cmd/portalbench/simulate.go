package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"github.com/portalbench/portalbench/results"
	"github.com/portalbench/portalbench/results/report"
	"github.com/portalbench/portalbench/scenarios"
	"github.com/portalbench/portalbench/sim"
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
	measure      string
	set          []string
}

func newSimulateCommand() *cobra.Command {
	f := &simulateFlags{}
	cmd := &cobra.Command{
		Use:   "simulate [SCENARIO]",
		Short: "Simulate triage policies in virtual time",
		Long: "Simulate what becomes of the messages and of the people who answer them, in virtual time, under one or\n" +
			"several triage policies with the same people and the same draws.",
		Example: "  portalbench simulate smoke --policy physician-first,nurse-first --replications 5",
		Args:    atMostOne("scenario"),
		RunE:    func(cmd *cobra.Command, args []string) error { return f.run(cmd, scenarioArg(args)) },
	}
	f.common.register(cmd)
	f.profiling.register(cmd)
	cmd.Flags().StringSliceVar(&f.policies, "policy", nil, "policies to compare: built-in names or files (default: the scenario's)")
	cmd.Flags().StringVar(&f.baseline, "baseline", "", "policy that differences are against (default: the first)")
	cmd.Flags().IntVar(&f.replications, "replications", 0, "how often to simulate with other people (default 30, fewer with many care networks)")
	cmd.Flags().StringVar(&f.measure, "measure", "", "show this measure in place of the default table")
	cmd.Flags().StringArrayVar(&f.set, "set", nil, "`path=value`: override a field of the scenario or policies; a list sweeps")
	return cmd
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
	if err := f.check(cmd); err != nil {
		return err
	}
	studies, err := f.studies(scenario)
	if err != nil {
		return err
	}
	r := &record{kind: "simulate", started: time.Now(), study: studies[0], runID: newRunID(), seed: f.seed}
	if err := r.begin(f.out); err != nil {
		return err
	}
	stop, err := f.start("simulate")
	if err != nil {
		r.abandon()
		return err
	}
	var failed error
	r.simulate, r.trials, failed = f.simulateAll(cmd, studies)
	if err := stop(); err != nil {
		say(cmd.ErrOrStderr(), "%v", err)
	}
	if r.simulate == nil || r.simulate.Replications == 0 {
		r.abandon()
		return interrupted(cmd.Context(), failed)
	}
	r.partial = failed != nil
	err = errors.Join(f.show(cmd.OutOrStdout(), r.simulate), r.finish(cmd.ErrOrStderr()))
	say(cmd.ErrOrStderr(), "%.3g s, patient_years_per_cpu_second %.0f", float64(r.simulate.WallSeconds), float64(r.simulate.PatientYearsPerCPUSecond))
	if failed != nil {
		failed = fmt.Errorf("interrupted: what is shown are the %d replications that were complete", r.simulate.Replications)
	}
	return errors.Join(err, failed)
}

func (f *simulateFlags) check(cmd *cobra.Command) error {
	if f.replications < 1 && cmd.Flags().Changed("replications") {
		return usageError(fmt.Errorf("--replications %d: use a positive number", f.replications))
	}
	if slices.Contains(f.policies, "") || len(f.policies) == 0 && cmd.Flags().Changed("policy") {
		return usageError(errors.New("--policy is empty: name a built-in policy or a file"))
	}
	if f.measure != "" {
		if _, err := results.ParseMeasure(f.measure); err != nil {
			return usageError(fmt.Errorf("--measure: %w", err))
		}
	}
	return f.common.check()
}

// studies loads the scenario once for every combination of the --set lists.
func (f *simulateFlags) studies(scenario string) ([]*study, error) {
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
		list = append(list, s)
	}
	return list, nil
}

// simulateAll runs the studies one after the other and puts their results together.
func (f *simulateFlags) simulateAll(cmd *cobra.Command, studies []*study) (all *results.Simulate, trials []sim.Trial, err error) {
	bar := newProgress(cmd.ErrOrStderr(), f.quiet)
	defer bar.stop()
	for _, s := range studies {
		n := f.replications
		if n == 0 {
			n = s.replications()
		}
		bar.start("simulating", n*s.plan.Networks())
		var out *results.Simulate
		var more []sim.Trial
		err = inPhase(cmd.Context(), "simulate", "simulate", func(ctx context.Context) error {
			out, more, err = s.simulate(ctx, &f.common, n, bar.set)
			return err
		})
		bar.stop()
		all, trials = joined(all, out), append(trials, more...)
		if err != nil {
			break
		}
	}
	return all, trials, err
}

// joined adds the results of another combination of overrides.
func joined(all, more *results.Simulate) *results.Simulate {
	if all == nil {
		return more
	}
	years := all.PatientYearsPerCPUSecond*all.CPUSeconds + more.PatientYearsPerCPUSecond*more.CPUSeconds
	all.Policies = append(all.Policies, more.Policies...)
	all.Differences = append(all.Differences, more.Differences...)
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
	return all
}

// same returns a number on which two results agree, and a missing one otherwise.
func same(a, b results.Number) results.Number {
	if a != b {
		return results.Number(math.NaN())
	}
	return a
}

func (f *simulateFlags) show(w io.Writer, out *results.Simulate) error {
	if f.format == "json" {
		return writeJSON(w, out)
	}
	if f.measure != "" {
		return report.Measure(w, report.Format(f.format), out, f.measure)
	}
	return report.Simulation(w, report.Format(f.format), out)
}

func writeJSON(w io.Writer, v any) error {
	enc := json.NewEncoder(w)
	enc.SetIndent("", "  ")
	return enc.Encode(v)
}
