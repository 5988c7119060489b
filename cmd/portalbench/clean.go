package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"time"

	"github.com/spf13/cobra"

	"github.com/portalbench/portalbench/bench"
	"github.com/portalbench/portalbench/results"
)

// cleanFlags are those of `portal clean`.
type cleanFlags struct {
	target
	run     string
	timeout time.Duration
	quiet   bool
	format  string
}

func newPortalCleanCommand() *cobra.Command {
	f := &cleanFlags{}
	cmd := &cobra.Command{
		Use:   "clean --run RUN",
		Short: "Remove what a run has put on a portal",
		Long: "Remove what a run has put on a portal: its threads with their messages, items and files, its readings, and the\n" +
			"accounts that were made for it alone. RUN is its run folder, or the run id that every output names. Patients\n" +
			"and proxies of a scenario are there for all its runs, and stay. Nothing that another run or anybody else has\n" +
			"made is touched, and doing it twice is harmless. A portal that a FILE.yaml describes has no operation for it.",
		Example: "  portalbench portal clean --run filled --url $URL --auth file:admin.yaml",
		Args:    usageArgs(cobra.NoArgs),
		RunE:    func(cmd *cobra.Command, _ []string) error { return f.clean(cmd) },
	}
	f.target.register(cmd)
	flags := cmd.Flags()
	flags.Lookup("url").Usage = "address of the portal; needed"
	flags.StringVar(&f.run, "run", "", "run folder or run id whose data is removed")
	flags.DurationVar(&f.timeout, "timeout", 60*time.Second, "of one portion")
	flags.BoolVar(&f.quiet, "quiet", false, "no progress")
	flags.StringVar(&f.format, "format", "table", "table or json")
	for _, notHere := range []string{"sign-ins", "max-connections", "skip-verify", "share-accounts", "people", "no-provision"} {
		_ = flags.MarkHidden(notHere)
	}
	return cmd
}

func (f *cleanFlags) clean(cmd *cobra.Command) error {
	id, err := f.check(cmd)
	if err != nil {
		return usageError(err)
	}
	gone, err := f.remove(cmd.Context(), id, cmd.ErrOrStderr())
	if errors.Is(err, bench.ErrCannotClean) {
		return &exitError{exitCannot, err}
	}
	if err != nil {
		return fmt.Errorf("removing run %s: %w", id, err)
	}
	if f.format == "json" {
		return writeJSON(cmd.OutOrStdout(), results.Cleaned{Format: results.Format, Kind: "clean", RunID: id, URL: f.url, Told: !gone.Untold, Threads: gone.Threads,
			Messages: gone.Messages, Readings: gone.Readings, Accounts: gone.Accounts})
	}
	if gone.Untold {
		_, err = fmt.Fprintf(cmd.OutOrStdout(), "Removed run %s; the portal does not say how much that was.\n", id)
		return err
	}
	_, err = fmt.Fprintf(cmd.OutOrStdout(), "Removed of run %s: %s threads, %s messages, %s readings, %s accounts.\n", id, grouped(gone.Threads),
		grouped(gone.Messages), grouped(gone.Readings), grouped(gone.Accounts))
	return err
}

// check returns the id of the run.
func (f *cleanFlags) check(cmd *cobra.Command) (string, error) {
	switch {
	case f.run == "":
		return "", errors.New("portal clean needs --run with a run folder or a run id")
	case !cmd.Flags().Changed("url"):
		return "", errors.New("portal clean needs --url: the portal from which the run's data is removed")
	case f.format != "table" && f.format != "json":
		return "", fmt.Errorf("--format %q: use table or json", f.format)
	case f.timeout <= 0:
		return "", fmt.Errorf("--timeout %s: use a positive time", f.timeout)
	}
	if err := f.target.check(cmd); err != nil {
		return "", err
	}
	return runIDOf(f.run)
}

// runIDs matches the ids that newRunID makes.
var runIDs = regexp.MustCompile(`^r[0-9a-f]{10}$`)

// runIDOf returns the id of a run that is named by its folder or its id.
func runIDOf(run string) (string, error) {
	info, err := os.Stat(run)
	if err != nil || !info.IsDir() {
		if filepath.Base(run) != run {
			return "", fmt.Errorf("--run %s: there is no such folder", run)
		}
		if !runIDs.MatchString(run) {
			return "", fmt.Errorf("--run %s: there is no such folder, and no run has such an id: every output names its own, such as r0a1b2c3d4e", run)
		}
		return run, nil
	}
	id, err := results.RunIDOf(run)
	if err == nil {
		return id, nil
	}
	journal, failed := os.Open(filepath.Join(run, journalName)) // of a history that was killed
	if failed != nil {
		return "", fmt.Errorf("--run: %w", err)
	}
	defer journal.Close()
	h, failed := bench.ReadFilingHeader(journal)
	if failed != nil {
		return "", fmt.Errorf("--run %s: %w", run, failed)
	}
	return h.RunID, nil
}

func (f *cleanFlags) remove(ctx context.Context, id string, stderr io.Writer) (bench.Removed, error) {
	admin, err := f.administrator()
	if err != nil {
		return bench.Removed{}, err
	}
	client := f.client(0)
	defer client.CloseIdle()
	portal, stores, err := f.open(ctx, client.HTTP, f.timeout, stderr)
	if err != nil {
		return bench.Removed{}, err
	}
	if !stores {
		return bench.Removed{}, usageError(fmt.Errorf("the portal at %s keeps nothing (--noop): there is nothing to remove", f.url))
	}
	bar := newProgress(stderr, f.quiet)
	bar.start("remove", -1)
	defer bar.stop()
	gone, err := bench.Cleaning{Portal: portal, Admin: admin, RunID: id, Timeout: f.timeout, Progress: func(n int64) { bar.set(int(n), -1) }}.Run(ctx)
	if err != nil {
		return gone, interrupted(ctx, err)
	}
	return gone, nil
}
