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
	"github.com/portalbench/portalbench/scenarios"
)

// loadFlags are those of `load`.
type loadFlags struct {
	common
	profiling
	target
	window
	feedingBack
	replications int
	policy       string
	set          []string
	maxInFlight  int
	timeout      time.Duration
	thresholds   []string
	planOnly     bool
}

func newLoadCommand() *cobra.Command {
	f := &loadFlags{}
	cmd := &cobra.Command{
		Use:   "load [SCENARIO]",
		Short: "Replay a scenario's workload against a live portal",
		Long: "Replay what people do in a scenario against a live portal, when they would do it, and measure how the\n" +
			"portal keeps up. Without --url a reference portal is started in a process of its own.",
		Example: "  portalbench load smoke --rate 20/s --for 2s --warm-up 1s",
		Args:    atMostOne("scenario"),
		RunE:    func(cmd *cobra.Command, args []string) error { return f.run(cmd, scenarioArg(args)) },
	}
	f.common.register(cmd)
	f.profiling.register(cmd)
	f.target.register(cmd)
	f.window.register(cmd)
	flags := cmd.Flags()
	f.feedingBack.register(flags)
	flags.IntVar(&f.replications, "replications", 0, "with --feed-back: how often to simulate (default as in simulate)")
	flags.StringVar(&f.policy, "policy", "", "policy whose work is replayed: a built-in name or file (default: the scenario's first)")
	flags.StringArrayVar(&f.set, "set", nil, "`path=value`: override a field of the scenario or policy")
	flags.IntVar(&f.maxInFlight, "max-in-flight", 0, "operations under way at most; what is due beyond is counted as capped (0: what the rate needs)")
	flags.DurationVar(&f.timeout, "timeout", 30*time.Second, "of one operation")
	flags.StringArrayVar(&f.thresholds, "threshold", nil, "`limit` such as send.response.p95<500ms, repeatable; all.errors<=1% unless one is on errors")
	flags.BoolVar(&f.planOnly, "plan", false, "print what would be replayed, and stop")
	return cmd
}

func (f *loadFlags) run(cmd *cobra.Command, scenario string) error {
	limits, err := f.check(cmd)
	if err != nil {
		return err
	}
	s, err := f.study(scenario)
	if err != nil {
		return err
	}
	job := &loadJob{study: s, common: &f.common, stderr: cmd.ErrOrStderr(), timeout: f.timeout,
		maxInFlight: f.maxInFlight, thresholds: limits, runID: newRunID()}
	ctx := cmd.Context()
	if err := job.plan(ctx, f.window.goal(s.scenario.Replay)); err != nil || f.planOnly {
		return errors.Join(err, job.printPlan(cmd.OutOrStdout()))
	}
	r := &record{kind: "load", started: time.Now(), study: s, runID: job.runID, seed: f.seed}
	if err := r.begin(f.out); err != nil {
		return err
	}
	stop, err := f.profiling.start(job.runID)
	if err != nil {
		r.abandon()
		return err
	}
	r.load, err = f.drive(ctx, job)
	if failed := stop(); failed != nil {
		say(job.stderr, "%v", failed)
	}
	if err != nil {
		r.abandon()
		return interrupted(ctx, err)
	}
	failed := f.feedBackOf(ctx, s, &f.common, f.replications, r.load, job.stderr)
	r.partial = failed != nil
	if err := errors.Join(f.show(cmd.OutOrStdout(), &r.load.Load), r.finish(job.stderr), failed); err != nil {
		return err
	}
	return verdict(&r.load.Load)
}

// interrupted puts an interruption into words; other errors stay as they are.
func interrupted(ctx context.Context, err error) error {
	if err != nil && ctx.Err() != nil {
		return errors.New("interrupted before there was anything to show")
	}
	return err
}

// check reads the flags that must hold before anything is done.
func (f *loadFlags) check(cmd *cobra.Command) ([]results.ParsedThreshold, error) {
	if err := errors.Join(f.common.check(), f.target.check(cmd), f.window.check(cmd)); err != nil {
		return nil, usageError(err)
	}
	if f.timeout <= 0 || f.maxInFlight < 0 {
		return nil, usageError(fmt.Errorf("--timeout %s, --max-in-flight %d: use a positive time-out, and 0 or more in flight", f.timeout, f.maxInFlight))
	}
	if cmd.Flags().Changed("replications") && (f.replications < 1 || !f.feedBack) {
		return nil, usageError(fmt.Errorf("--replications %d: use 1 or more, with --feed-back", f.replications))
	}
	var limits []results.ParsedThreshold
	errorLimit := false
	for _, text := range f.thresholds {
		t, err := results.ParseThreshold(text)
		if err != nil {
			return nil, usageError(fmt.Errorf("--threshold: %w", err))
		}
		limits = append(limits, t)
		errorLimit = errorLimit || t.Metric == "errors"
	}
	if !errorLimit { // percentiles are those of ok answers: they say nothing of failures
		limits = append(limits, defaultThresholds()...)
	}
	return limits, nil
}

// defaultThresholds allow 1% of the operations to fail.
func defaultThresholds() []results.ParsedThreshold {
	t, err := results.ParseThreshold(results.DefaultThreshold)
	if err != nil {
		panic(err)
	}
	return []results.ParsedThreshold{t}
}

// study loads the scenario and the one policy whose work is replayed.
func (f *loadFlags) study(scenario string) (*study, error) {
	sets, err := grid(f.set)
	if err != nil {
		return nil, err
	}
	if len(sets) > 1 {
		return nil, usageError(errors.New("--set: a load takes one value for each path; sweeps are for simulate"))
	}
	var policies []string
	if f.policy != "" {
		policies = []string{f.policy}
	}
	s, err := openStudy(scenario, policies, "", sets[0])
	if err == nil {
		s.policies = s.policies[:1]
	}
	return s, err
}

// drive connects to the portal, or starts one, and replays.
func (f *loadFlags) drive(ctx context.Context, job *loadJob) (*bench.Result, error) {
	url, auth := f.url, f.auth
	if url == "" {
		portal, err := startChild(job.stderr)
		if err != nil {
			return nil, err
		}
		defer portal.stop()
		url, auth = portal.url, "file:"+portal.credentials
	}
	admin, err := readAdmin(auth)
	if err != nil {
		return nil, err
	}
	return job.replay(ctx, url, f.allowHosts, admin)
}

func (f *loadFlags) show(w io.Writer, l *results.Load) error {
	if f.format == "json" {
		return writeJSON(w, l)
	}
	return errors.Join(report.Latency(w, report.Format(f.format), l), showFeedBack(w, f.format, l))
}

// verdict turns a load's result into the exit code: an invalid run is neither pass nor fail.
func verdict(l *results.Load) error {
	if l.Incomplete {
		return &exitError{exitCannot, errors.New("interrupted: the run is incomplete")}
	}
	if l.Validity != "valid" {
		return &exitError{exitInvalid, errors.New("the run is invalid: it shows neither that the portal passes nor that it fails")}
	}
	if g := l.Ledger; g != nil && g.Lost+g.Duplicated+g.OutOfOrder+leaked(g) > 0 {
		return &exitError{exitFail, fmt.Errorf("the portal lost %d, duplicated %d, misplaced %d and leaked %d of %d acknowledged messages", g.Lost, g.Duplicated, g.OutOfOrder, leaked(g), g.Checked)}
	}
	if g := l.Ledger; g != nil && g.Unread > 0 {
		return &exitError{exitInvalid, fmt.Errorf("%d acknowledged messages could not be looked for, because their threads could not be read", g.Unread)}
	}
	failed, open := 0, 0
	for _, t := range l.Thresholds {
		switch t.Status {
		case "fail":
			failed++
		case "inconclusive":
			open++
		}
	}
	switch {
	case failed > 0:
		return &exitError{exitFail, fmt.Errorf("%d of %d thresholds failed", failed, len(l.Thresholds))}
	case open > 0:
		return &exitError{exitInvalid, fmt.Errorf("%d of %d thresholds could not be judged: nothing was measured for them", open, len(l.Thresholds))}
	}
	return nil
}

func leaked(g *results.Ledger) int64 {
	if g.Leaked == nil {
		return 0
	}
	return *g.Leaked
}

// minutesOf picks a workload measure of the first policy, by role.
func minutesOf(sim *results.Simulate, name string) map[scenarios.Role]float64 {
	out := map[scenarios.Role]float64{}
	for _, m := range sim.Policies[0].Measures {
		if role, ok := scenarios.ParseRole(m.Where["role"]); ok && m.Name == name {
			out[role] = float64(m.Value)
		}
	}
	return out
}
