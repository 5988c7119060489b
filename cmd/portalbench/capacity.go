package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/portalbench/portalbench/bench"
	"github.com/portalbench/portalbench/results"
	"github.com/portalbench/portalbench/results/report"
)

// capacityFlags are those of `capacity`: those of a load, save its rate and length, which the search decides.
type capacityFlags struct {
	loadFlags
	from, to, resolution, atLeast string
	stepFor, budget               time.Duration
	noFloor                       bool

	searched bench.CapacityRange
	wanted   float64 // --at-least, in operations per second; 0 without
}

// capacityThreshold is what a portal must meet, besides the limit on errors, when nothing else is asked of it.
const capacityThreshold = "all.response.p95<500ms"

func newCapacityCommand() *cobra.Command {
	f := &capacityFlags{}
	cmd := &cobra.Command{
		Use:   "capacity [SCENARIO]",
		Short: "Find the highest rate at which a portal meets its thresholds",
		Long: "Find the highest rate at which a portal meets its thresholds, with an interval, by loads of different\n" +
			"rates: up by doubling until one fails, then by halves, then the edge again. Without --url every step has\n" +
			"a fresh reference portal in a process of its own. Where the generator gives out before the portal, the\n" +
			"result says so and names no capacity.",
		Example: "  portalbench capacity smoke --from 100/s --to 150/s --step-for 2s --warm-up 1s --no-floor --budget 20s",
		Args:    atMostOne("scenario"),
		RunE:    func(cmd *cobra.Command, args []string) error { return f.run(cmd, scenarioArg(args)) },
	}
	f.common.register(cmd)
	f.profiling.register(cmd)
	f.target.register(cmd)
	flags := cmd.Flags()
	flags.StringVar(&f.from, "from", "20/s", "lowest rate, in operations per second, where the search begins")
	flags.StringVar(&f.to, "to", "5000/s", "highest rate, where it ends if the portal still passes")
	flags.StringVar(&f.resolution, "resolution", "5%", "how close the rates on either side of the edge must be")
	flags.StringVar(&f.atLeast, "at-least", "", "`rate` that the capacity must reach: exit 1 when it does not, 4 when that is not clear")
	flags.DurationVar(&f.stepFor, "step-for", 10*time.Second, "how long to measure each step at least; longer where the thresholds need more samples")
	flags.DurationVar(&f.warmUp, "warm-up", 5*time.Second, "before each step, replayed and not counted")
	flags.DurationVar(&f.budget, "budget", 20*time.Minute, "wall-clock time for everything; what is known by then is the result, marked incomplete")
	flags.BoolVar(&f.noFloor, "no-floor", false, "do not measure the generator's own cost first")
	flags.StringVar(&f.at, "at", "", "start of each step's window, such as mon-08:00 (default: the scenario's)")
	flags.StringVar(&f.policy, "policy", "", "policy whose work is replayed: a built-in name or file (default: the scenario's first)")
	flags.StringArrayVar(&f.set, "set", nil, "`path=value`: override a field of the scenario or policy")
	flags.IntVar(&f.maxInFlight, "max-in-flight", 0, "operations under way at most; what is due beyond is counted as capped (0: what the rate needs)")
	flags.DurationVar(&f.timeout, "timeout", 30*time.Second, "of one operation")
	flags.StringArrayVar(&f.thresholds, "threshold", []string{capacityThreshold}, "`limit` such as send.response.p95<500ms, repeatable; all.errors<=1% unless one is on all.errors")
	f.window.changed = func(name string) bool { return name == "warm-up" } // its default here is not the scenario's
	return cmd
}

// check reads the flags that must hold before anything is done.
func (f *capacityFlags) check(cmd *cobra.Command) ([]results.ParsedThreshold, error) {
	limits, err := f.loadFlags.check(cmd)
	if err != nil {
		return nil, err
	}
	for _, t := range limits {
		if t.Metric == "lag" {
			return nil, usageError(fmt.Errorf("--threshold %q: the lag is the generator's own and says nothing of the portal: limit response, service, wait or schedule", t.Expression))
		}
	}
	return limits, usageError(errors.Join(f.checkRange(), f.checkTimes()))
}

func (f *capacityFlags) checkRange() (err error) {
	if f.searched.From, err = parseRate("from", f.from); err != nil {
		return err
	}
	if f.searched.To, err = parseRate("to", f.to); err != nil {
		return err
	}
	digits, isPercent := strings.CutSuffix(f.resolution, "%")
	share, err := strconv.ParseFloat(digits, 64)
	if f.searched.Resolution = share / 100; err != nil || !isPercent || !(share >= .5 && share <= 50) {
		return fmt.Errorf("--resolution %q: write it in percent, from 0.5%% to 50%%, such as 5%%", f.resolution)
	}
	if f.searched.To <= f.searched.From {
		return fmt.Errorf("--from %s --to %s: the second must be higher", f.from, f.to)
	}
	if f.atLeast == "" {
		return nil
	}
	if f.wanted, err = parseRate("at-least", f.atLeast); err == nil && (f.wanted < f.searched.From || f.wanted > f.searched.To) {
		err = fmt.Errorf("--at-least %s: it must lie within --from %s and --to %s", f.atLeast, f.from, f.to)
	}
	return err
}

func (f *capacityFlags) checkTimes() error {
	if f.stepFor < time.Second || f.budget < f.stepFor+f.warmUp {
		return fmt.Errorf("--step-for %s --budget %s: use a second or more for a step, and a budget for several", f.stepFor, f.budget)
	}
	return nil
}

func (f *capacityFlags) run(cmd *cobra.Command, scenario string) error {
	limits, err := f.check(cmd)
	if err != nil {
		return err
	}
	s, err := f.study(scenario)
	if err != nil {
		return err
	}
	r := &record{kind: "capacity", started: time.Now(), study: s, runID: newRunID(), seed: f.seed}
	if err := r.begin(f.out); err != nil {
		return err
	}
	stop, err := f.profiling.start(r.runID)
	if err != nil {
		r.abandon()
		return err
	}
	job := &capacityJob{capacityFlags: f, warned: map[string]bool{}, study: s, limits: limits, folder: r.folder, stderr: cmd.ErrOrStderr(),
		began: r.started}
	failed := job.search(cmd.Context())
	if err := stop(); err != nil {
		say(job.stderr, "%v", err)
	}
	return f.finish(cmd, r, job, failed)
}

// finish shows and keeps what there is. A search that ended early keeps its steps and says that it is incomplete.
func (f *capacityFlags) finish(cmd *cobra.Command, r *record, job *capacityJob, failed error) error {
	if len(job.loads) == 0 {
		if errors.Is(failed, errBudget) {
			r.abandon()
			return &exitError{exitInvalid, fmt.Errorf("not a single step was complete: %w", failed)}
		}
		return r.nothing(cmd.Context(), job.stderr, failed)
	}
	c := job.result(r.runID, failed)
	r.capacity, r.capabilities = c, job.capabilities
	if err := errors.Join(f.show(cmd.OutOrStdout(), c), r.finish(job.stderr)); err != nil {
		return err
	}
	return capacityVerdict(c, failed)
}

func (f *capacityFlags) show(w io.Writer, c *results.Capacity) error {
	if f.format == "json" {
		return writeJSON(w, c)
	}
	return report.Capacity(w, report.Format(f.format), c)
}

// capacityVerdict turns what a search found into the exit code. Failed is why it ended early, if it did.
func capacityVerdict(c *results.Capacity, failed error) error {
	switch {
	case errors.Is(failed, errBudget):
		return &exitError{exitInvalid, fmt.Errorf("the search is incomplete: %w", failed)}
	case errors.Is(failed, context.Canceled):
		return &exitError{exitCannot, errors.New("interrupted: the search is incomplete")}
	case failed != nil:
		return &exitError{exitCannot, fmt.Errorf("the search is incomplete: %w", failed)}
	case c.Gate == results.Fail:
		return &exitError{exitFail, fmt.Errorf("the capacity is below %g/s", float64(c.AtLeastPerS))}
	case c.Gate == results.Inconclusive:
		return &exitError{exitInvalid, fmt.Errorf("it is not clear whether the capacity is at least %g/s", float64(c.AtLeastPerS))}
	case c.Gate == results.Pass:
		return nil
	}
	switch c.Outcome {
	case results.CapacityFound, results.CapacityAtLeast, results.CapacityBelow:
		return nil
	}
	return &exitError{exitInvalid, errors.New("no capacity was found: something other than the portal was the limit")}
}
