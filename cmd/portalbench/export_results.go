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
	to           string
	replications bool
	out          string
}

func newExportResults() *cobra.Command {
	f := &resultFlags{}
	cmd := &cobra.Command{
		Use:   "results RUN",
		Short: "Write the measures of a simulation, or the operations of a load, from a run folder",
		Long: "Write the measures of a simulation, of all replications together or of each, or the operations that a load kept\n" +
			"with --keep-ops: as CSV or Parquet, and operations as results for vegeta report and vegeta plot too\n" +
			"(docs/interchange.md).",
		Example: "  portalbench export results kept -o results.csv",
		Args:    usageArgs(cobra.ExactArgs(1)),
		RunE:    func(cmd *cobra.Command, args []string) error { return f.run(cmd, args[0]) },
	}
	cmd.Flags().StringVar(&f.to, "to", "csv", "csv, parquet or vegeta; the last is for loads")
	cmd.Flags().BoolVar(&f.replications, "replications", false, "of a simulation: the measures of every replication")
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
	if f.replications {
		return f.writeReplications(cmd, dir)
	}
	if run.Simulate != nil && f.to != "vegeta" {
		return writeOut(cmd, f.out, func(w io.Writer) error {
			if f.to == "parquet" {
				return results.WriteMeasuresParquet(w, run.Simulate)
			}
			return results.WriteMeasures(w, run.Simulate)
		})
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

// writeReplications writes the measures of every replication.
func (f *resultFlags) writeReplications(cmd *cobra.Command, dir string) error {
	if f.to == "vegeta" {
		return usageError(errors.New("--to vegeta is for the operations of a load: leave --replications out"))
	}
	file, err := results.OpenReplications(dir)
	if err != nil {
		return usageError(err)
	}
	defer file.Close()
	return writeOut(cmd, f.out, func(w io.Writer) error {
		if f.to == "csv" {
			_, err := io.Copy(w, file)
			return err
		}
		return results.WriteReplicationsParquet(w, results.ReadReplications(dir))
	})
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
