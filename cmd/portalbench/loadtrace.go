package main

import (
	"cmp"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/spf13/cobra"

	"github.com/portalbench/portalbench/bench"
)

// notWithTrace are the flags that say what a trace says itself.
func notWithTrace() []string {
	return []string{"rate", "care-networks", "at", "for", "policy", "set", "seed", "stages", "feed-back"}
}

// checkWindow checks the flags that say what is replayed.
func (f *loadFlags) checkWindow(cmd *cobra.Command) error {
	if f.trace != "" {
		return f.checkTrace(cmd)
	}
	if cmd.Flags().Changed("trace") {
		return errors.New("--trace names no file")
	}
	return f.window.check(cmd)
}

// checkTrace checks the flags of a load that replays a trace.
func (f *loadFlags) checkTrace(cmd *cobra.Command) error {
	for _, name := range notWithTrace() {
		if cmd.Flags().Changed(name) {
			return fmt.Errorf("--%s and --trace: the trace says what is done, by whom and when: leave one of them out", name)
		}
	}
	if f.window.warmUp < 0 {
		return fmt.Errorf("--warm-up %s: use 0 or more", f.window.warmUp)
	}
	if cmd.Flags().Changed("speed") && !(f.window.speed > 0 && f.window.speed <= fastestByHand) {
		return fmt.Errorf("--speed %g: with --trace it says how much faster than the trace to go, such as 2", f.window.speed)
	}
	return nil
}

// runTrace replays a trace.
func (f *loadFlags) runTrace(cmd *cobra.Command, args []string) error {
	if len(args) > 0 {
		return usageError(fmt.Errorf("scenario %s and --trace: the trace says what is done: leave one of them out", args[0]))
	}
	limits, err := f.check(cmd)
	if err != nil {
		return err
	}
	rules, err := f.rules()
	if err != nil {
		return usageError(err)
	}
	job := &loadJob{common: &f.common, stderr: cmd.ErrOrStderr(), timeout: f.timeout, maxInFlight: f.maxInFlight,
		target: f.target, thresholds: limits, stopWhen: rules, runID: newRunID()}
	if err := job.readTrace(f.trace, cmp.Or(f.window.speed, 1)); err != nil {
		return usageError(err)
	}
	if cmd.Flags().Changed("warm-up") {
		job.goal.warmUp = f.window.warmUp
	}
	if job.goal.warmUp >= job.workload.Duration() {
		return usageError(fmt.Errorf("--warm-up %s leaves nothing of the trace's %s to measure: lower it, or --speed", job.goal.warmUp, job.workload.Duration()))
	}
	job.goal.length = job.workload.Duration() - job.goal.warmUp
	if err := within(rules, job.workload.Duration()); err != nil {
		return usageError(err)
	}
	if f.planOnly {
		return job.printPlan(cmd.Context(), cmd.OutOrStdout())
	}
	return f.replay(cmd, job, func() error { return nil }) // it is planned already
}

// readTrace makes a trace the job's workload.
func (j *loadJob) readTrace(name string, faster float64) error {
	file, err := os.Open(name)
	if err != nil {
		return fmt.Errorf("--trace: %w", err)
	}
	defer file.Close()
	trace, err := bench.ReadTrace(file)
	if err != nil {
		return fmt.Errorf("reading trace %s: %w", name, err)
	}
	workload, err := trace.Workload(faster)
	if err != nil {
		return fmt.Errorf("reading trace %s: %w", name, err)
	}
	j.workload = &workload
	j.traced = originOf(name, trace)
	j.goal.warmUp = trace.WarmUp(faster)
	j.goal.networks = len(j.workload.Openings) // no rate was asked for
	return nil
}

// originOf says what a trace is of. What it does not say follows from its name and content.
func originOf(name string, t *bench.Trace) *origin {
	h := &t.Header
	o := &origin{scenario: h.Scenario, policy: cmp.Or(h.Policy, "as recorded"), digest: h.Digest,
		people: cmp.Or(h.ScenarioDigest, h.Digest), seed: h.Seed, at: h.At, trace: name}
	if o.scenario == "" {
		o.scenario = strings.TrimSuffix(filepath.Base(name), filepath.Ext(name))
	}
	if start, ok := t.Start(); ok && o.at == "" {
		o.at = strings.ToLower(start.Format("Mon-15:04"))
	}
	return o
}

// fileName makes a name fit for a folder.
func fileName(name string) string {
	return strings.Trim(regexp.MustCompile(`[^A-Za-z0-9._+-]+`).ReplaceAllString(name, "-"), ".-")
}
