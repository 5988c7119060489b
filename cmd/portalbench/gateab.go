package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/spf13/cobra"

	"github.com/portalbench/portalbench/results"
	"github.com/portalbench/portalbench/results/report"
	"github.com/portalbench/portalbench/results/stats"
)

// pairFlags are those of gates that make pairs of loads: of gate ab, and of gate calibrate, which has one portal.
type pairFlags struct {
	loadFlags
	gateOutputs
	comparing
	kind                          string // of the gate
	gatesFile                     string
	base, candidate               string
	baseAuth, candidateAuth       string
	baseProcess, candidateProcess int
	budget                        time.Duration
	chosen                        []results.Metric // none: the default
	share                         float64          // the margin
	baseWatched, candidateWatched bool             // a process was named by a flag
}

// Lengths of the windows of pairs: short, so that the machine is much the same in both of a pair (assumed).
const (
	pairFor    = 6 * time.Second
	pairWarmUp = 2 * time.Second
)

func newGateABCommand() *cobra.Command {
	f := &pairFlags{kind: results.GatePaired}
	cmd := &cobra.Command{
		Use:   "ab --base X --candidate Y [SCENARIO]",
		Short: "Load two portals in turn, and judge whether one is worse than the other",
		Long: "Load a base and a candidate in turn, in pairs of short windows with the same operations, and judge whether the\n" +
			"candidate is worse by more than a margin. What the machine does to both cancels. After 12, 18 and 24 pairs it\n" +
			"is seen whether that suffices for a verdict.\n\n" +
			"Base and candidate are each an address, http://... or https://..., or a command that starts a portal and\n" +
			"prints its address on its first line, as portal serve does. Commands are run by sh in a process group of\n" +
			"their own, once for the whole gate, with their standard input held open; at the end that is closed, and the\n" +
			"group told to end, and ten seconds later killed.",
		Example: "  portalbench gate ab smoke --base './old portal serve --credentials old.yaml' --base-auth file:old.yaml \\\n" +
			"    --candidate './new portal serve --credentials new.yaml' --candidate-auth file:new.yaml",
		Args: atMostOne("scenario"),
		RunE: func(cmd *cobra.Command, args []string) error { return f.run(cmd, scenarioArg(args)) },
	}
	f.register(cmd)
	flags := cmd.Flags()
	flags.StringVar(&f.candidate, "candidate", "", "`portal` that is judged: its address, or a command that starts it")
	flags.StringVar(&f.baseAuth, "base-auth", "", "`file:FILE` with the credentials for the base (default: --auth)")
	flags.StringVar(&f.candidateAuth, "candidate-auth", "", "`file:FILE` with the credentials for the candidate (default: --auth)")
	flags.IntVar(&f.candidateProcess, "candidate-process", 0, "`PID` of a candidate that runs already on this machine, for its processor time")
	return cmd
}

// register adds the flags that gate ab and gate calibrate have in common.
func (f *pairFlags) register(cmd *cobra.Command) {
	f.gateOutputs.register(cmd)
	f.comparing.register(cmd)
	f.target.registerAccess(cmd)
	f.common.format = "table" // that of the outputs counts
	flags := cmd.Flags()
	flags.StringVar(&f.base, "base", "", "`portal` to compare with: its address, or a command that starts it")
	flags.IntVar(&f.baseProcess, "base-process", 0, "`PID` of a base that runs already on this machine, for its processor time")
	flags.StringVar(&f.gatesFile, "gates", "", "YAML `FILE` with metrics and margin, for those not given by flags")
	flags.DurationVar(&f.budget, "budget", 8*time.Minute, "wall-clock time for everything")
	flags.Uint64Var(&f.seed, "seed", 1, "seed of the first pair; every other has the next")
	flags.IntVar(&f.workers, "workers", 0, "cores to use for preparing (0: all)")
	flags.StringVar(&f.out, "out", "", "folder for what is measured (default runs/<scenario>-<time>)")
	flags.BoolVar(&f.quiet, "quiet", false, "no progress")
	flags.StringVar(&f.at, "at", "", "start of each window, such as mon-08:00 (default: the scenario's)")
	flags.DurationVar(&f.length, "for", pairFor, "how long to measure in each window")
	flags.DurationVar(&f.warmUp, "warm-up", pairWarmUp, "before each window, replayed and not counted")
	flags.StringVar(&f.rate, "rate", "", "operations per second, such as 200/s, reached by more care networks (default: the scenario's)")
	flags.IntVar(&f.networks, "care-networks", 0, "breadth by hand, with --speed, in place of --rate")
	flags.Float64Var(&f.speed, "speed", 0, "clinic time over wall-clock time, with --care-networks")
	flags.StringVar(&f.policy, "policy", "", "policy whose work is replayed: a built-in name or file (default: the scenario's first)")
	flags.StringArrayVar(&f.set, "set", nil, "`path=value`: override a field of the scenario or policy")
	flags.IntVar(&f.maxInFlight, "max-in-flight", 0, "operations under way at most; what is due beyond is counted as capped (0: what the rate needs)")
	flags.DurationVar(&f.timeout, "timeout", 10*time.Second, "of one operation")
	f.window.changed = func(name string) bool { return name == "warm-up" || flags.Changed(name) }
}

// check reads the flags that must hold before anything is done.
func (f *pairFlags) check(cmd *cobra.Command) error {
	if err := errors.Join(f.common.check(), f.gateOutputs.check(), f.window.check(cmd), f.connection.check()); err != nil {
		return usageError(err)
	}
	if f.timeout <= 0 || f.maxInFlight < 0 {
		return usageError(fmt.Errorf("--timeout %s, --max-in-flight %d: use a positive time-out, and 0 or more in flight", f.timeout, f.maxInFlight))
	}
	file, err := readGates(f.gatesFile)
	if err != nil {
		return err
	}
	if f.chosen, f.share, err = f.comparing.settle(file); err != nil {
		return err
	}
	for _, m := range f.chosen {
		if err := m.Comparable(); err != nil {
			return usageError(err)
		}
	}
	f.baseWatched, f.candidateWatched = cmd.Flags().Changed("base-process"), cmd.Flags().Changed("candidate-process")
	return usageError(f.checkBudget())
}

// checkBudget refuses a budget within which the first look cannot be reached, and says what could.
func (f *pairFlags) checkBudget() error {
	if f.length < time.Second {
		return fmt.Errorf("--for %s: use a second or more for a window", f.length)
	}
	windows := time.Duration(2 * stats.FewestPairs())
	if clock := windows * (f.warmUp + f.length); clock > f.budget {
		return fmt.Errorf("--budget %s: %d pairs of windows of %s after %s of warm-up take %s on the clock alone, and fewer decide nothing: %s",
			f.budget, stats.FewestPairs(), f.length, f.warmUp, clock, f.fitting(f.warmUp+pairOverhead))
	}
	return nil
}

// pairOverhead is what preparing and checking a window takes beside its clock, until it is known (assumed).
const pairOverhead = time.Second

// fitting says what budget would do for the first look, or what length of a window, if a window takes more besides.
func (f *pairFlags) fitting(besides time.Duration) string {
	windows := time.Duration(2 * stats.FewestPairs())
	needs := (windows*(f.length+besides)*11/10 + time.Minute - 1).Truncate(time.Minute) // a tenth to spare
	text := fmt.Sprintf("use --budget %s", needs)
	if fits := (f.budget*10/11/windows - besides).Truncate(time.Second / 2); fits >= time.Second {
		text += fmt.Sprintf(", or --for %s", fits)
	}
	return text
}

// sides returns the two portals, checked as far as that can be done before they run. Of a calibration both are the base.
func (f *pairFlags) sides(stderr io.Writer) ([2]*side, error) {
	base := &side{name: results.BaseSide, flag: results.BaseSide, portal: f.base, process: f.baseProcess, watch: f.baseWatched,
		target: f.target, warned: map[string]bool{}, stderr: stderr}
	base.target.auth = cmp.Or(f.baseAuth, f.auth)
	candidate := *base
	candidate.name, candidate.warned = results.CandidateSide, map[string]bool{}
	if f.kind == results.GatePaired {
		candidate.flag, candidate.portal, candidate.process = results.CandidateSide, f.candidate, f.candidateProcess
		candidate.watch, candidate.target.auth = f.candidateWatched, cmp.Or(f.candidateAuth, f.auth)
	}
	for _, s := range []*side{base, &candidate} {
		if err := s.check(); err != nil {
			return [2]*side{}, usageError(err)
		}
	}
	return [2]*side{base, &candidate}, nil
}

func (f *pairFlags) run(cmd *cobra.Command, scenario string) error {
	if err := f.check(cmd); err != nil {
		return err
	}
	sides, err := f.sides(cmd.ErrOrStderr())
	if err != nil {
		return err
	}
	s, err := f.study(scenario)
	if err != nil {
		return err
	}
	r := &record{kind: "gate", started: time.Now(), study: s, runID: newRunID(), seed: f.seed}
	if err := r.begin(f.out); err != nil {
		return err
	}
	job := &pairJob{pairFlags: f, study: s, sides: sides, stderr: cmd.ErrOrStderr(), began: r.started, folder: r.folder,
		pairs: results.Pairs{Kind: f.kind, Margin: f.share, Metrics: f.chosen}}
	failed := job.measure(cmd.Context())
	return f.finish(cmd, r, job, failed)
}

// finish judges, shows and keeps what there is. A gate that did not come to its end keeps its pairs and passes nothing.
func (f *pairFlags) finish(cmd *cobra.Command, r *record, job *pairJob, failed error) error {
	if len(job.pairs.All) == 0 && failed != nil {
		if errors.Is(failed, errBudget) {
			failed = &exitError{exitInvalid, errors.New("the budget was used up before a single pair was complete: raise --budget")}
		}
		return r.nothing(cmd.Context(), job.stderr, failed)
	}
	j := job.judgement(r.folder.Dir(), failed)
	r.judgement, r.partial, r.capabilities = j, failed != nil, job.sides[1].capabilities
	kept := errors.Join(r.writeJudgement(), r.finish(job.stderr))
	verdict := errors.Join(f.deliver(cmd, j), f.showCalibration(cmd, j))
	switch {
	case errors.Is(failed, context.Canceled):
		return errors.Join(&exitError{exitCannot, errors.New("interrupted: the gate is incomplete")}, kept)
	case failed != nil:
		return errors.Join(failed, kept)
	case kept != nil:
		return kept
	}
	return verdict
}

// showCalibration adds to a table what the machine lets a gate see. In JSON it is there already.
func (f *pairFlags) showCalibration(cmd *cobra.Command, j *results.Judgement) error {
	if f.kind != results.GateCalibration || f.gateOutputs.format == "json" {
		return nil
	}
	return report.Calibration(cmd.OutOrStdout(), report.Format(f.gateOutputs.format), j)
}

// writeJudgement keeps what a gate came to, as gate.json.
func (r *record) writeJudgement() error {
	text, err := json.MarshalIndent(r.judgement, "", "  ")
	if err != nil {
		return fmt.Errorf("writing gate.json: %w", err)
	}
	return r.folder.WriteFile("gate.json", append(text, '\n'))
}
