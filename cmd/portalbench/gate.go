package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/portalbench/portalbench/results"
	"github.com/portalbench/portalbench/results/report"
)

// gateFlags are those of `gate`.
type gateFlags struct {
	gateOutputs
	comparing
	baseline   baselineRuns
	gates      string
	thresholds []string
	benchmark  string
	list       bool
	force      bool
}

func newGateCommand() *cobra.Command {
	f := &gateFlags{}
	cmd := &cobra.Command{
		Use:   "gate RUN... [--baseline RUN...]",
		Short: "Judge runs: pass, fail or inconclusive",
		Long: "Judge run folders: against limits, simulations against an earlier one, loads against earlier ones.\n\n" +
			"Limits are thresholds of loads, such as send.response.p95<500ms, and limits on simulated measures, such\n" +
			"as first_response_hours{actual_urgency=urgent}.median<4h, after a policy and a slash where only one is\n" +
			"meant. Without any, a load is held to those it ran with. Several loads are judged as one.\n\n" +
			"With --baseline, simulations must come to the same results, and five loads or more a side are compared.\n" +
			"All runs named after --baseline are of the baseline.\n\n" +
			"Exit codes: 0 pass, and inconclusive with a warning (4 with --strict); 1 fail; 4 invalid or no data;\n" +
			"2 a name that does not exist, or runs that cannot be compared.",
		Example: "  portalbench gate kept --threshold 'first_response_hours.median<100h'",
		Args:    cobra.ArbitraryArgs, // a name that is no subcommand is a run's
		RunE:    func(cmd *cobra.Command, args []string) error { return f.run(cmd, args) },
	}
	f.gateOutputs.register(cmd)
	f.comparing.register(cmd)
	flags := cmd.Flags()
	f.baseline.flags = flags
	flags.Var(&f.baseline, "baseline", "`run` to compare with; those named after it are of the baseline, too")
	flags.StringVar(&f.gates, "gates", "", "YAML `file` with thresholds, and with margin and metrics of comparisons")
	flags.StringArrayVar(&f.thresholds, "threshold", nil, "`limit`, repeatable; those of the gates file are then left out")
	flags.StringVar(&f.benchmark, "benchmark", "", "`file` to write the runs' latencies to in Go's benchmark format, for benchstat")
	flags.BoolVar(&f.list, "list", false, "print what gates can be put to, with what was measured, and stop")
	flags.BoolVar(&f.force, "force", false, "compare runs that are not comparable; every output says so")
	cmd.AddCommand(newGateABCommand(), newGateCalibrateCommand())
	return cmd
}

// baselineRuns are the runs of --baseline: its values, and the arguments that come after the first of them.
type baselineRuns struct {
	flags *pflag.FlagSet
	runs  []string
	from  int // arguments before the first; those from it on are of the baseline, if there are any before
}

// Set notes a run, and how many arguments came before.
func (b *baselineRuns) Set(run string) error {
	if len(b.runs) == 0 {
		b.from = b.flags.NArg()
	}
	b.runs = append(b.runs, run)
	return nil
}

// Type names the value in the help.
func (b *baselineRuns) Type() string { return "run" }

// String is what the help shows as the default: nothing.
func (b *baselineRuns) String() string { return strings.Join(b.runs, " ") }

// sides deals the arguments out. Where --baseline comes first, the runs to judge come after its value.
func (b *baselineRuns) sides(args []string) (runs, baseline []string) {
	if len(b.runs) == 0 || b.from == 0 {
		return args, b.runs
	}
	return args[:b.from], append(slices.Clone(b.runs), args[b.from:]...)
}

func (f *gateFlags) run(cmd *cobra.Command, args []string) error {
	runs, baseline := f.baseline.sides(args)
	if len(runs) == 0 {
		return usageError(errors.New("no run was named: give the folder of one, such as runs/smoke-20260302-080000"))
	}
	job, err := f.job()
	if err != nil {
		return err
	}
	if err := job.open(runs, baseline); err != nil {
		return err
	}
	if f.list {
		return f.showList(cmd.OutOrStdout(), job)
	}
	j, err := job.judge()
	if err != nil {
		return err
	}
	return errors.Join(f.deliver(cmd, j), f.writeBenchmark(job))
}

// job reads what is asked.
func (f *gateFlags) job() (*gateJob, error) {
	if err := errors.Join(f.gateOutputs.check(), writable("--benchmark", f.benchmark)); err != nil {
		return nil, err
	}
	file, err := readGates(f.gates)
	if err != nil {
		return nil, err
	}
	job := &gateJob{force: f.force}
	if job.limits, err = f.limits(file); err != nil {
		return nil, err
	}
	job.metrics, job.margin, err = f.comparing.settle(file)
	return job, err
}

// limits are those of the command line, or else of the gates file.
func (f *gateFlags) limits(file *gatesFile) (limits []results.Limit, err error) {
	texts := f.thresholds
	if len(texts) == 0 {
		for _, e := range file.Thresholds {
			texts = append(texts, e.Text)
		}
	}
	for _, text := range texts {
		l, err := results.ParseLimit(text)
		if err != nil {
			return nil, usageError(fmt.Errorf("--threshold: %w", err))
		}
		limits = append(limits, l)
	}
	return limits, nil
}

// showList prints what gates can be put to.
func (f *gateFlags) showList(w io.Writer, job *gateJob) error {
	list, err := job.list()
	if err != nil {
		return err
	}
	if f.format == "json" {
		return writeJSON(w, list)
	}
	return report.GateList(w, report.Format(f.format), list)
}

// writeBenchmark writes what was measured for benchstat, which compares it its own way.
func (f *gateFlags) writeBenchmark(job *gateJob) error {
	if f.benchmark == "" {
		return nil
	}
	var text strings.Builder
	if err := report.Benchmark(&text, job.runs); err != nil {
		return &exitError{exitInvalid, fmt.Errorf("--benchmark: %w", err)}
	}
	return intoFile("--benchmark", f.benchmark, os.O_TRUNC, func(w io.Writer) error {
		_, err := io.WriteString(w, text.String())
		return err
	})
}
