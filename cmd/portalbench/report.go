package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/portalbench/portalbench/results"
	"github.com/portalbench/portalbench/results/report"
)

// reportFlags are those of `report`.
type reportFlags struct {
	out    string
	format string
	force  bool
}

// reportFile is what a report is called where nobody says otherwise.
const reportFile = "report.html"

func newReportCommand() *cobra.Command {
	f := &reportFlags{}
	cmd := &cobra.Command{
		Use:   "report RUN...",
		Short: "Make the report of a run again, or set runs side by side",
		Long: "Make the report of a run again from its folder, or set two runs or more side by side: policies against policies,\n" +
			"portal against portal, before against after. The first is what the others are compared with.\n\n" +
			"Runs that differ in what changes their numbers by itself, such as the scenario or the window of a load, are refused\n" +
			"by name of the difference. Whether a portal has become slower is for portalbench gate.",
		Example: "  portalbench report before after -o compared.html",
		Args:    usageArgs(cobra.MinimumNArgs(1)),
		RunE:    f.run,
	}
	cmd.Flags().StringVarP(&f.out, "out", "o", "", "`file` to write to; -: standard output (default: "+reportFile+", and standard output for tables)")
	cmd.Flags().StringVar(&f.format, "format", "html", "html, table or markdown")
	cmd.Flags().BoolVar(&f.force, "force", false, "set runs side by side that are hard to compare; the report says why")
	return cmd
}

func (f *reportFlags) run(cmd *cobra.Command, dirs []string) error {
	if f.format != "html" && f.format != string(report.Table) && f.format != string(report.Markdown) {
		return usageError(fmt.Errorf("--format %q: use html, table or markdown; as JSON every folder has its run.json", f.format))
	}
	if f.out == "" {
		f.out = map[bool]string{true: reportFile, false: "-"}[f.format == "html"]
	}
	write, err := f.writer(dirs)
	if err != nil {
		return err
	}
	if f.out == "-" {
		return write(cmd.OutOrStdout())
	}
	return f.write(cmd.ErrOrStderr(), write)
}

// writer returns what writes the report of one run, or of several.
func (f *reportFlags) writer(dirs []string) (func(io.Writer) error, error) {
	if len(dirs) > 1 {
		c, err := openComparison(dirs, f.force)
		if err != nil {
			return nil, err
		}
		if f.format == "html" {
			return c.HTML, nil
		}
		return func(w io.Writer) error { return c.Text(w, report.Format(f.format)) }, nil
	}
	record, err := results.Read(dirs[0])
	if err != nil {
		return nil, usageError(err)
	}
	if record.Run.Simulate == nil && record.Run.Load == nil && record.Run.Capacity == nil {
		return nil, usageError(fmt.Errorf("run %s came to nothing that a report could show: name a simulation, a load or a search for capacity", dirs[0]))
	}
	if f.format == "html" {
		return func(w io.Writer) error { return report.HTML(w, record) }, nil
	}
	return func(w io.Writer) error { return showRun(w, report.Format(f.format), record.Run) }, nil
}

// openComparison reads run folders and puts them side by side. Runs that are hard to compare are refused unless force says
// otherwise.
func openComparison(dirs []string, force bool) (*report.Comparison, error) {
	if len(dirs) > report.MostSides {
		return nil, usageError(fmt.Errorf("%d runs are too many to stand side by side: name %d at most", len(dirs), report.MostSides))
	}
	var sides []report.Side
	for _, dir := range dirs {
		record, err := results.Read(dir)
		if err != nil {
			return nil, usageError(err)
		}
		side := report.Side{Record: record}
		if record.Run.Simulate != nil {
			if side.Replications, err = results.Replications(dir, report.ComparedMeasures); err != nil {
				return nil, usageError(err)
			}
		}
		sides = append(sides, side)
	}
	c, err := report.NewComparison(sides)
	if err != nil {
		return nil, usageError(err)
	}
	if apart := c.Apart(); len(apart) > 0 && !force {
		return nil, usageError(fmt.Errorf("%s cannot be compared: they differ in %s; --force sets them side by side all the same",
			strings.Join(dirs, ", "), strings.Join(apart, "; in ")))
	}
	return c, nil
}

// write writes a file, and nothing over one that is no report.
func (f *reportFlags) write(stderr io.Writer, write func(io.Writer) error) error {
	if err := f.replaceable(); err != nil {
		return usageError(err)
	}
	folder, err := results.Reopen(filepath.Dir(f.out))
	if err != nil {
		return usageError(fmt.Errorf("--out %s: %w", f.out, err))
	}
	var text bytes.Buffer
	if err := write(&text); err != nil {
		return err
	}
	if err := folder.WriteFile(filepath.Base(f.out), text.Bytes()); err != nil {
		return err
	}
	say(stderr, "report: %s", f.out)
	return nil
}

// replaceable reports why the file must not be written, if it is there already.
func (f *reportFlags) replaceable() error {
	file, err := os.Open(f.out)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("--out: %w", err)
	}
	defer file.Close()
	head, err := io.ReadAll(io.LimitReader(file, report.HeadBytes))
	if err != nil {
		return fmt.Errorf("--out: %w", err)
	}
	if f.format != "html" || !report.IsReport(head) {
		return fmt.Errorf("--out %s: it is there already and is no report: name another file with -o", f.out)
	}
	return nil
}

// showRun writes the tables that a run's command printed.
func showRun(w io.Writer, format report.Format, run *results.Run) error {
	var parts []func() error
	if run.Simulate != nil {
		parts = append(parts, func() error { return report.Simulation(w, format, run.Simulate) })
	}
	if run.Load != nil {
		parts = append(parts, func() error { return report.Latency(w, format, run.Load) })
		if run.Load.FeedBack != nil {
			parts = append(parts, func() error { return report.FeedBack(w, format, run.Load.FeedBack) })
		}
	}
	if run.Capacity != nil {
		parts = append(parts, func() error { return report.Capacity(w, format, run.Capacity) })
	}
	for i, part := range parts {
		if i > 0 {
			fmt.Fprintln(w)
		}
		if err := part(); err != nil {
			return err
		}
	}
	return nil
}
