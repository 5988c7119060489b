package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"

	"github.com/spf13/cobra"

	"github.com/portalbench/portalbench/results"
	"github.com/portalbench/portalbench/results/report"
)

// gateOutputs are where a judgement goes: the flags that all commands which judge have in common.
type gateOutputs struct {
	format      string
	junit       string
	markdown    string
	annotations bool
	strict      bool
}

func (o *gateOutputs) register(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.StringVar(&o.format, "format", "table", "table, json or markdown")
	flags.StringVar(&o.junit, "junit", "", "`file` to write as JUnit XML: inconclusive gates are skipped, those without data errors")
	flags.StringVar(&o.markdown, "markdown", "", "`file` to append a Markdown summary to, such as $GITHUB_STEP_SUMMARY")
	flags.BoolVar(&o.annotations, "annotations", false, "write at most five annotations of GitHub Actions to standard error; there that is the default")
	flags.BoolVar(&o.strict, "strict", false, "exit code 4 where a gate is inconclusive")
}

// check refuses outputs that cannot be written, before anything long is done.
func (o *gateOutputs) check() error {
	if !slices.Contains([]string{"table", "json", "markdown"}, o.format) {
		return usageError(fmt.Errorf("--format %q: use table, json or markdown", o.format))
	}
	for _, file := range []struct{ flag, path string }{{"--junit", o.junit}, {"--markdown", o.markdown}} {
		if err := writable(file.flag, file.path); err != nil {
			return err
		}
	}
	return nil
}

// writable reports a file whose folder is not there, or that is a folder itself. An empty path is no file.
func writable(flag, path string) error {
	if path == "" {
		return nil
	}
	if info, err := os.Stat(filepath.Dir(path)); err != nil || !info.IsDir() {
		return usageError(fmt.Errorf("%s %s: there is no folder %s: make it first", flag, path, filepath.Dir(path)))
	}
	if info, err := os.Stat(path); err == nil && info.IsDir() {
		return usageError(fmt.Errorf("%s %s: it is a folder: name a file", flag, path))
	}
	return nil
}

// deliver writes a judgement everywhere it is asked for, and returns the error that its verdict is: nil for a pass, and
// for what is inconclusive unless --strict is given.
func (o *gateOutputs) deliver(cmd *cobra.Command, j *results.Judgement) error {
	if j.Status == "" {
		j.Settle()
	}
	stderr := cmd.ErrOrStderr()
	verdict := gateVerdict(j, o.strict)
	written := errors.Join(o.show(cmd.OutOrStdout(), j), o.writeFiles(j), o.annotate(stderr, j))
	if verdict == nil && j.Status == results.Inconclusive {
		say(stderr, "warning: %s", openGates(j))
	}
	return errors.Join(verdict, written) // the verdict first: its exit code counts
}

func (o *gateOutputs) show(w io.Writer, j *results.Judgement) error {
	if o.format == "json" {
		return writeJSON(w, j)
	}
	return report.Gates(w, report.Format(o.format), j)
}

// writeFiles appends the summary, which other steps may have begun, and replaces the JUnit file.
func (o *gateOutputs) writeFiles(j *results.Judgement) error {
	return errors.Join(
		intoFile("--markdown", o.markdown, os.O_APPEND, func(w io.Writer) error { return report.Gates(w, report.Markdown, j) }),
		intoFile("--junit", o.junit, os.O_TRUNC, func(w io.Writer) error { return report.JUnit(w, j) }))
}

// intoFile writes a file, which is made if need be; an empty path is none.
func intoFile(flag, path string, how int, write func(io.Writer) error) error {
	if path == "" {
		return nil
	}
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|how, 0o644)
	if err != nil {
		return fmt.Errorf("%s: %w", flag, err)
	}
	if err := errors.Join(write(file), file.Close()); err != nil {
		return fmt.Errorf("%s %s: %w", flag, path, err)
	}
	return nil
}

// annotate writes annotations to stderr: GitHub reads them there as well, and stdout stays what it is.
func (o *gateOutputs) annotate(stderr io.Writer, j *results.Judgement) error {
	if !o.annotations && os.Getenv("GITHUB_ACTIONS") != "true" {
		return nil
	}
	return report.Annotations(stderr, j)
}

// gateVerdict is the exit code of a judgement, as an error.
func gateVerdict(j *results.Judgement, strict bool) error {
	all := len(j.Gates)
	switch {
	case j.Status == results.Pass:
		return nil
	case j.Status == results.Fail:
		return &exitError{exitFail, fmt.Errorf("%d of %d gates failed", j.Count(results.Fail), all)}
	case j.Status == results.Inconclusive && strict:
		return &exitError{exitInvalid, errors.New(openGates(j))}
	case j.Status == results.Inconclusive:
		return nil
	case all == 0:
		return &exitError{exitInvalid, errors.New("there was nothing to judge: that is no pass")}
	}
	return &exitError{exitInvalid, fmt.Errorf("%d of %d gates have no data: that is no pass", j.Count(results.NoData), all)}
}

func openGates(j *results.Judgement) string {
	return fmt.Sprintf("%d of %d gates are inconclusive: they show neither a pass nor a fail", j.Count(results.Inconclusive), len(j.Gates))
}
