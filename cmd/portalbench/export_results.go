package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/portalbench/portalbench/bench"
	"github.com/portalbench/portalbench/results"
)

// resultFlags are those of `export results`.
type resultFlags struct {
	to  string
	out string
}

func newExportResults() *cobra.Command {
	f := &resultFlags{}
	cmd := &cobra.Command{
		Use:   "results RUN",
		Short: "Write the measures of a simulation, or the operations of a load, from a run folder",
		Long: "Write the measures of a simulation as CSV, or the operations that a load kept with --keep-ops: as CSV, as\n" +
			"Parquet, or as results for vegeta report and vegeta plot (docs/interchange.md).",
		Example: "  portalbench export results kept -o results.csv",
		Args:    usageArgs(cobra.ExactArgs(1)),
		RunE:    func(cmd *cobra.Command, args []string) error { return f.run(cmd, args[0]) },
	}
	cmd.Flags().StringVar(&f.to, "to", "csv", "csv, parquet or vegeta; the last two are for loads")
	outFlag(cmd, &f.out)
	return cmd
}

func (f *resultFlags) run(cmd *cobra.Command, dir string) error {
	if f.to != "csv" && f.to != "parquet" && f.to != "vegeta" {
		return usageError(fmt.Errorf("--to %q: use csv, parquet or vegeta", f.to))
	}
	run, err := results.Open(dir)
	if err != nil {
		return usageError(err)
	}
	if f.to == "csv" && run.Simulate != nil {
		return writeOut(cmd, f.out, func(w io.Writer) error { return results.WriteMeasures(w, run.Simulate) })
	}
	if run.Capacity != nil {
		return usageError(fmt.Errorf("%s holds a search for the capacity: its steps are in steps.csv there already", dir))
	}
	if run.Load == nil {
		return usageError(fmt.Errorf("%s holds no load: --to %s is for loads that ran with --keep-ops", dir, f.to))
	}
	file, err := openKeptFile(dir, opsFile, "--keep-ops")
	if err != nil {
		return err
	}
	defer file.Close()
	err = writeOut(cmd, f.out, func(w io.Writer) error { return f.write(w, run.Load, file) })
	if errors.Is(err, bench.ErrNoOps) {
		return &exitError{exitInvalid, fmt.Errorf("%s: %w", dir, err)}
	}
	return err
}

// openKeptFile opens a file that a load kept, if it did.
func openKeptFile(dir, name, flag string) (*os.File, error) {
	file, err := os.Open(filepath.Join(dir, name))
	if errors.Is(err, fs.ErrNotExist) {
		err = fmt.Errorf("%s has no %s: run the load again with %s", dir, name, flag)
	}
	return file, usageError(err)
}

// write writes the operations of a load in the format asked for.
func (f *resultFlags) write(w io.Writer, l *results.Load, file *os.File) (err error) {
	switch f.to {
	case "parquet":
		err = results.WriteParquet(w, results.ReadOps(file))
	case "vegeta":
		_, err = bench.VegetaResults(w, l.RunID, l.ClockStarted, results.ReadOps(file))
	default:
		_, err = io.Copy(w, file)
	}
	if err != nil {
		return fmt.Errorf("%s: %w", file.Name(), err)
	}
	return nil
}
