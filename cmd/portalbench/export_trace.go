package main

import (
	"errors"
	"fmt"
	"io"
	"iter"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/portalbench/portalbench/bench"
)

// traceExport holds the flags of `export trace`.
type traceExport struct {
	loadFlags // of which those that say what is replayed are used
	to        string
	file      string
}

func newExportTrace() *cobra.Command {
	f := &traceExport{}
	cmd := &cobra.Command{
		Use:   "trace [SCENARIO | RUN]",
		Short: "Write a scenario's operations as a trace, or a recorded run for vegeta or k6",
		Long: "Write what people do in a scenario, and when, as a trace for load --trace, without a portal. Or write the\n" +
			"requests of a load that ran with --keep-requests, named by its run folder: as targets for vegeta attack, or\n" +
			"as a script for k6. Credentials are in none of them (docs/interchange.md).",
		Example: "  portalbench export trace smoke --rate 20/s --for 2s -o trace.jsonl",
		Args:    atMostOne("scenario or run folder"),
		RunE:    func(cmd *cobra.Command, args []string) error { return f.run(cmd, args) },
	}
	flags := cmd.Flags()
	flags.StringVar(&f.to, "to", "jsonl", "jsonl: a trace of a scenario; vegeta, k6: the recorded requests of a run")
	f.window.register(cmd)
	flags.StringVar(&f.policy, "policy", "", "policy whose work it is: a built-in name or file (default: the scenario's first)")
	flags.StringArrayVar(&f.set, "set", nil, "`path=value`: override a field of the scenario or policy")
	flags.Uint64Var(&f.seed, "seed", 1, "seed of every random draw")
	flags.StringVarP(&f.file, "out", "o", "-", "`file` to write to, -: standard output; for k6 a folder")
	return cmd
}

func (f *traceExport) run(cmd *cobra.Command, args []string) error {
	switch f.to {
	case "jsonl":
		return f.trace(cmd, scenarioArg(args))
	case "vegeta", "k6":
	default:
		return usageError(fmt.Errorf("--to %q: use jsonl, vegeta or k6", f.to))
	}
	for _, name := range append(notWithTrace(), "speed", "warm-up") {
		if cmd.Flags().Changed(name) {
			return usageError(fmt.Errorf("--%s: a recorded run is exported as it was: leave it out", name))
		}
	}
	if len(args) == 0 {
		return usageError(fmt.Errorf("--to %s: name the run folder of a load that ran with --keep-requests", f.to))
	}
	file, err := openKeptFile(args[0], requestsFile, "--keep-requests")
	if err != nil {
		return err
	}
	defer file.Close()
	head, requests, err := bench.SortedRequests(file)
	if err != nil {
		return usageError(fmt.Errorf("reading %s: %w", file.Name(), err))
	}
	if f.to == "k6" {
		return f.k6(cmd, head, requests)
	}
	return writeOut(cmd, f.file, func(w io.Writer) error {
		e, err := bench.VegetaTargets(w, head, requests)
		return f.exported(cmd, e, err)
	})
}

// trace writes a scenario's operations.
func (f *traceExport) trace(cmd *cobra.Command, scenario string) error {
	if err := f.window.check(cmd); err != nil {
		return usageError(err)
	}
	s, err := f.study(scenario)
	if err != nil {
		return err
	}
	f.quiet = true
	job := &loadJob{study: s, common: &f.common, stderr: cmd.ErrOrStderr()}
	if err := job.plan(cmd.Context(), f.window.goal(s.scenario.Replay)); err != nil {
		return interrupted(cmd.Context(), err)
	}
	if err := writeOut(cmd, f.file, job.writeTrace); err != nil {
		return err
	}
	say(cmd.ErrOrStderr(), "%s", job.planned)
	say(cmd.ErrOrStderr(), "%d operations were written", job.workload.Len())
	return nil
}

// The files of an export for k6.
const (
	k6ScriptFile   = "replay.js"
	k6RequestsFile = "requests.json"
)

// k6 writes the script and its requests into a folder of their own.
func (f *traceExport) k6(cmd *cobra.Command, head bench.RequestsHeader, requests iter.Seq2[bench.Request, error]) error {
	if f.file == "-" {
		return usageError(errors.New("--to k6 writes two files: name a folder for them with -o"))
	}
	if err := os.MkdirAll(f.file, 0o755); err != nil {
		return usageError(fmt.Errorf("--out: %w", err))
	}
	for _, name := range []string{k6ScriptFile, k6RequestsFile} {
		if _, err := os.Lstat(filepath.Join(f.file, name)); err == nil {
			return usageError(fmt.Errorf("--out: %s is there already: name another folder", filepath.Join(f.file, name)))
		}
	}
	if err := os.WriteFile(filepath.Join(f.file, k6ScriptFile), bench.K6Script, 0o644); err != nil {
		return fmt.Errorf("writing the script: %w", err)
	}
	return writeOut(cmd, filepath.Join(f.file, k6RequestsFile), func(w io.Writer) error {
		e, err := bench.K6Requests(w, head, requests)
		return f.exported(cmd, e, err)
	})
}

// exported says what was written, and what could not be.
func (f *traceExport) exported(cmd *cobra.Command, e bench.Exported, err error) error {
	if err != nil {
		return err
	}
	var left []string
	if e.Credentials > 0 {
		left = append(left, fmt.Sprintf("%d whose bodies were credentials, such as sign-ins", e.Credentials))
	}
	if e.Bodies > 0 {
		left = append(left, fmt.Sprintf("%d whose bodies were too large to keep, or streamed", e.Bodies))
	}
	text := fmt.Sprintf("%d requests were written", e.Written)
	if len(left) > 0 {
		text += "; left out: " + strings.Join(left, ", and ")
	}
	say(cmd.ErrOrStderr(), "%s", text)
	return nil
}
