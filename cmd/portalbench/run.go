package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/spf13/cobra"

	"github.com/portalbench/portalbench/bench"
	"github.com/portalbench/portalbench/results"
	"github.com/portalbench/portalbench/results/report"
)

// runFlags are those of `run`.
type runFlags struct {
	common
	profiling
	feedingBack
	replications int
	set          []string
	url          string
}

// runReplications is how often `run` simulates each policy.
const runReplications = 30

func newRunCommand() *cobra.Command {
	f := &runFlags{}
	cmd := &cobra.Command{
		Use:   "run [SCENARIO]",
		Short: "Tell the whole story on this machine",
		Long: "Simulate the scenario's policies, start the reference portal, seed it, replay the same workload against\n" +
			"it, and write a run folder with report.html. To test your own portal: portalbench load.",
		Example: "  portalbench run smoke --replications 5",
		Args:    atMostOne("scenario"),
		RunE:    func(cmd *cobra.Command, args []string) error { return f.run(cmd, scenarioArg(args)) },
	}
	f.common.register(cmd)
	f.profiling.register(cmd)
	f.feedingBack.register(cmd.Flags())
	cmd.Flags().IntVar(&f.replications, "replications", runReplications, "how often to simulate with other people")
	cmd.Flags().StringArrayVar(&f.set, "set", nil, "`path=value`: override a field of the scenario or policies")
	cmd.Flags().StringVar(&f.url, "url", "", "")
	_ = cmd.Flags().MarkHidden("url") // it is there to be refused with a hint
	return cmd
}

func (f *runFlags) check(cmd *cobra.Command) error {
	if cmd.Flags().Changed("url") {
		return usageError(errors.New("run starts its own portal: to test yours, use portalbench load --url URL --auth file:FILE"))
	}
	if f.replications < 1 {
		return usageError(fmt.Errorf("--replications %d: use 1 or more", f.replications))
	}
	return f.common.check()
}

func (f *runFlags) run(cmd *cobra.Command, scenario string) error {
	if err := f.check(cmd); err != nil {
		return err
	}
	sets, err := grid(f.set)
	if err != nil {
		return err
	}
	if len(sets) > 1 {
		return usageError(errors.New("--set: run takes one value for each path; sweeps are for simulate"))
	}
	s, err := openStudy(scenario, nil, "", sets[0])
	if err != nil {
		return err
	}
	r := &record{kind: "run", started: time.Now(), study: s, runID: newRunID(), seed: f.seed}
	if err := r.begin(f.out); err != nil {
		return err
	}
	stop, err := f.profiling.start(r.runID)
	if err != nil {
		r.abandon()
		return err
	}
	failed := errors.Join(f.work(cmd, r), stop())
	return f.finish(cmd, r, failed)
}

// work simulates and loads. What it has come to is in r, also when it fails.
func (f *runFlags) work(cmd *cobra.Command, r *record) error {
	stderr := cmd.ErrOrStderr()
	bar := newProgress(stderr, f.quiet)
	bar.start("simulating", f.replications*r.study.plan.Networks())
	e := newExperiment(r.study, &f.common, f.replications)
	e.tell = bar.set
	err := inPhase(cmd.Context(), r.runID, "simulate", e.run)
	bar.stop()
	if e.done() > 0 {
		r.take(e)
	}
	if err == nil {
		err = r.told.follow(cmd.Context(), e)
	}
	if err != nil {
		return err
	}
	if r.load, err = f.load(cmd.Context(), r, stderr); err != nil {
		return err
	}
	return f.feedBackOf(cmd.Context(), r.study, &f.common, f.replications, r.load, stderr)
}

// load replays the baseline policy's work against a reference portal of its own.
func (f *runFlags) load(ctx context.Context, r *record, stderr io.Writer) (out *bench.Result, err error) {
	job := &loadJob{study: r.study, common: &f.common, stderr: stderr, runID: r.runID, timeout: 30 * time.Second,
		thresholds: defaultThresholds(), handling: minutesOf(r.simulate, "handling_minutes_per_workday")}
	if err := job.plan(ctx, (&window{changed: func(string) bool { return false }}).goal(r.study.scenario.Replay)); err != nil {
		return nil, err
	}
	defer job.workload.Close()
	portal, err := startChild(stderr)
	if err != nil {
		return nil, err
	}
	job.watch = job.newWatch()
	job.watch.pid, r.watch = portal.pid(), job.watch
	defer func() { err = errors.Join(err, portal.stop()) }()
	job.target = startedHere(portal)
	return job.replay(ctx)
}

// finish shows and keeps what there is. An interrupted run keeps what was measured and says that it is incomplete.
func (f *runFlags) finish(cmd *cobra.Command, r *record, failed error) error {
	if r.simulate == nil {
		return r.nothing(cmd.Context(), cmd.ErrOrStderr(), failed)
	}
	r.partial = failed != nil
	err := errors.Join(f.show(cmd.OutOrStdout(), r.manifest()), r.finish(cmd.ErrOrStderr()))
	switch {
	case failed != nil && cmd.Context().Err() != nil:
		return errors.Join(errors.New("interrupted: the run is incomplete"), err)
	case failed != nil:
		return errors.Join(fmt.Errorf("the run is incomplete: %w", failed), err)
	case err != nil:
		return err
	}
	return verdict(&r.load.Load)
}

// show prints the three tables, or the manifest as JSON.
func (f *runFlags) show(w io.Writer, run *results.Run) error {
	if f.format == "json" {
		return writeJSON(w, run)
	}
	format := report.Format(f.format)
	report.WriteSetting(w, format, run.Simulate)
	fmt.Fprintln(w)
	if err := report.ResponseTimes(w, format, run.Simulate); err != nil {
		return err
	}
	fmt.Fprintln(w)
	if err := report.StaffMinutes(w, format, run.Simulate); err != nil || run.Load == nil {
		return err
	}
	fmt.Fprintln(w)
	return errors.Join(report.Latency(w, format, run.Load), showFeedBack(w, f.format, run.Load))
}
