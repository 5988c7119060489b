package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
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
	watchFlags
	policy      string
	set         []string
	maxInFlight int
	timeout     time.Duration
	thresholds  []string
	stopWhen    []string
	metrics     string
	planOnly    bool
	keep        keepFlags
	trace       string
}

func newLoadCommand() *cobra.Command {
	f := &loadFlags{}
	cmd := &cobra.Command{
		Use:   "load [SCENARIO]",
		Short: "Replay a scenario's workload against a live portal",
		Long: "Replay what people do in a scenario against a live portal, when they would do it, and measure how the\n" +
			"portal keeps up. Without --url a reference portal is started in a process of its own. With --trace a file\n" +
			"of operations is replayed in place of a scenario: one kept from an earlier load, or a log of your own portal.\n\n" +
			"Rules of --stop-when are METRIC > LIMIT for TIME, or >=. They hold when every second of the time, in\n" +
			"whole seconds, was above the limit. Metrics: errors, throttled, capped (shares of what ended in the\n" +
			"second, such as 20%), response.p95, response.p99, service.p99, lag.p99 (such as 500ms), in_flight (a\n" +
			"number). What is under way is waited for; the run ends with exit code 1 if a threshold on errors\n" +
			"failed, and with 4 otherwise.",
		Example: "  portalbench load smoke --rate 20/s --for 2s --warm-up 1s",
		Args:    atMostOne("scenario"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if f.trace != "" {
				return f.runTrace(cmd, args)
			}
			return f.run(cmd, scenarioArg(args))
		},
	}
	f.common.register(cmd)
	f.profiling.register(cmd)
	f.target.register(cmd)
	f.window.register(cmd)
	f.watchFlags.register(cmd)
	flags := cmd.Flags()
	f.feedingBack.register(flags)
	flags.IntVar(&f.replications, "replications", 0, "with --feed-back: how often to simulate (default as in simulate)")
	flags.StringVar(&f.policy, "policy", "", "policy whose work is replayed: a built-in name or file (default: the scenario's first)")
	flags.StringArrayVar(&f.set, "set", nil, "`path=value`: override a field of the scenario or policy")
	flags.IntVar(&f.maxInFlight, "max-in-flight", 0, "operations under way at most; what is due beyond is counted as capped (0: what the rate needs)")
	flags.DurationVar(&f.timeout, "timeout", 30*time.Second, "of one operation")
	flags.StringArrayVar(&f.thresholds, "threshold", nil, "`limit` such as send.response.p95<500ms, repeatable; all.errors<=1% unless one is on all.errors")
	flags.StringArrayVar(&f.stopWhen, "stop-when", nil, "`rule` that ends the load early, such as 'errors>20% for 30s', repeatable")
	flags.StringVar(&f.metrics, "metrics", "", "`HOST:PORT` where Prometheus finds the run while it lasts, under /metrics")
	flags.StringVar(&f.trace, "trace", "", "replay the operations in `FILE` at their own moments; --speed 2: twice as fast")
	f.keep.register(cmd)
	flags.BoolVar(&f.planOnly, "plan", false, "print what would be prepared and replayed, and stop")
	return cmd
}

func (f *loadFlags) run(cmd *cobra.Command, scenario string) error {
	limits, err := f.check(cmd)
	if err != nil {
		return err
	}
	rules, err := f.rules()
	if err != nil {
		return usageError(err)
	}
	s, err := f.study(scenario)
	if err != nil {
		return err
	}
	job := &loadJob{study: s, common: &f.common, stderr: cmd.ErrOrStderr(), timeout: f.timeout,
		maxInFlight: f.maxInFlight, target: f.target, thresholds: limits, stopWhen: rules, runID: newRunID()}
	ctx := cmd.Context()
	goal := f.window.goal(s.scenario.Replay)
	if err := within(rules, goal.warmUp+goal.length); err != nil {
		return usageError(err)
	}
	if f.keep.trace && goal.stages != nil {
		return usageError(errors.New("--keep-trace: a trace goes at one speed, and --stages change it: leave one of them out"))
	}
	if f.planOnly {
		job.unasked = true
		if err := job.plan(ctx, goal); err != nil {
			return err
		}
		defer job.workload.Close()
		return job.printPlan(ctx, cmd.OutOrStdout())
	}
	return f.replay(cmd, job, func() error { return job.plan(ctx, goal) })
}

// replay drives the portal with what is planned, and keeps what comes of it.
func (f *loadFlags) replay(cmd *cobra.Command, job *loadJob, plan func() error) (err error) {
	ctx, from := cmd.Context(), job.origin()
	r := &record{kind: "load", started: time.Now(), study: job.study, runID: job.runID, seed: from.seed, traced: job.traced}
	if err := r.begin(f.out); err != nil {
		return err
	}
	if err := plan(); err != nil {
		return r.nothing(ctx, job.stderr, err)
	}
	defer job.workload.Close()
	job.watch = job.newWatch()
	job.watch.pprof, job.watch.allow = f.watchFlags.profiles, f.allowHosts
	job.watch.pid, job.watch.asked = f.process, f.process != 0
	r.watch = job.watch
	if r.kept, err = job.openKept(f.keep, r.folder); err != nil {
		r.abandon()
		return err
	}
	job.kept = r.kept
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
		return r.nothing(ctx, job.stderr, err)
	}
	failed := f.feedBackOf(ctx, job.study, &f.common, f.replications, r.load, job.stderr)
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
	if err := errors.Join(f.common.check(), f.target.check(cmd), f.keep.check(), f.checkWindow(cmd),
		f.watchFlags.check(cmd, &f.target), f.checkMetrics()); err != nil {
		return nil, usageError(err)
	}
	if f.timeout <= 0 || f.maxInFlight < 0 {
		return nil, usageError(fmt.Errorf("--timeout %s, --max-in-flight %d: use a positive time-out, and 0 or more in flight", f.timeout, f.maxInFlight))
	}
	if cmd.Flags().Changed("replications") && (f.replications < 1 || !f.feedBack) {
		return nil, usageError(fmt.Errorf("--replications %d: use 1 or more, with --feed-back", f.replications))
	}
	return limitsOf(f.thresholds)
}

// limitsOf reads limits, and adds one on all errors unless there is one.
func limitsOf(thresholds []string) ([]results.ParsedThreshold, error) {
	var limits []results.ParsedThreshold
	for _, text := range thresholds {
		t, err := results.ParseThreshold(text)
		if err != nil {
			return nil, usageError(fmt.Errorf("--threshold: %w", err))
		}
		limits = append(limits, t)
	}
	return withErrors(limits), nil
}

// withErrors adds a limit on all errors unless there is one: a limit on one operation says nothing of the others, and
// percentiles nothing of what was refused.
func withErrors(limits []results.ParsedThreshold) []results.ParsedThreshold {
	ofAll := func(t results.ParsedThreshold) bool { return t.Metric == "errors" && t.Op == "all" }
	if slices.ContainsFunc(limits, ofAll) {
		return limits
	}
	return append(limits, defaultThresholds()...)
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
	job.target = f.target
	if f.url == "" {
		portal, err := startChild(job.stderr)
		if err != nil {
			return nil, err
		}
		defer portal.stop()
		job.watch.pid = portal.pid()
		job.target = startedHere(portal)
		job.target.connection = f.connection
	}
	if f.metrics != "" {
		var err error
		if job.metrics, err = serveMetrics(f.metrics, job.labels(), job.stderr); err != nil {
			return nil, err
		}
		defer job.metrics.stop()
	}
	return job.replay(ctx)
}

func (f *loadFlags) show(w io.Writer, l *results.Load) error {
	if f.format == "json" {
		return writeJSON(w, l)
	}
	return errors.Join(report.Latency(w, report.Format(f.format), l), showFeedBack(w, f.format, l))
}

// verdict turns a load's result into the exit code: an invalid or stopped run is neither pass nor fail, unless the portal
// did what no better run could excuse: it broke messages, or failed at more than the run's limits allow.
func verdict(l *results.Load) error {
	failed, open := judged(l.Thresholds)
	g := l.Ledger
	switch {
	case l.Incomplete && l.Stopped == "":
		return &exitError{exitCannot, errors.New("interrupted: the run is incomplete")}
	case g.Broken() > 0:
		return &exitError{exitFail, fmt.Errorf("the portal lost %d, duplicated %d, misplaced %d and leaked %d of %d acknowledged messages", g.Lost, g.Duplicated, g.OutOfOrder, g.Leaks(), g.Checked)}
	case l.Stopped != "":
		return stoppedVerdict(l)
	case l.Validity != "valid" && failed > 0:
		return &exitError{exitFail, fmt.Errorf("%d of %d thresholds failed: the run is invalid, but no better one could have met them", failed, len(l.Thresholds))}
	case l.Validity != "valid":
		return &exitError{exitInvalid, errors.New("the run is invalid: it shows neither that the portal passes nor that it fails")}
	case failed > 0:
		return &exitError{exitFail, fmt.Errorf("%d of %d thresholds failed", failed, len(l.Thresholds))}
	case g != nil && g.Unread > 0:
		return &exitError{exitInvalid, fmt.Errorf("%d acknowledged messages could not be looked for, because their threads could not be read", g.Unread)}
	case open > 0:
		return &exitError{exitInvalid, fmt.Errorf("%d of %d thresholds could not be judged: nothing was measured for them", open, len(l.Thresholds))}
	}
	return nil
}

// judged counts the thresholds that failed, and those that say nothing.
func judged(thresholds []results.Threshold) (failed, open int) {
	for _, t := range thresholds {
		switch t.Status {
		case results.Fail:
			failed++
		case results.Inconclusive:
			open++
		}
	}
	return failed, open
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
