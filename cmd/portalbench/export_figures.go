package main

import (
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/portalbench/portalbench/results"
	"github.com/portalbench/portalbench/results/report"
)

// figureFlags are those of `export figures`.
type figureFlags struct {
	out   string
	force bool
}

func newExportFigures() *cobra.Command {
	f := &figureFlags{}
	cmd := &cobra.Command{
		Use:   "figures RUN...",
		Short: "Write the figures of a report as SVG and CSV",
		Long: "Write every figure of the report of a run, or of runs side by side, as NAME.svg, which stands alone, and the numbers\n" +
			"behind it as NAME.csv, with as many digits as the report shows.",
		Example: "  portalbench export figures before after -o figures",
		Args:    usageArgs(cobra.MinimumNArgs(1)),
		RunE:    f.run,
	}
	cmd.Flags().StringVarP(&f.out, "out", "o", "", "`folder` to write to, new or empty")
	cmd.Flags().BoolVar(&f.force, "force", false, "set runs side by side that are hard to compare")
	return cmd
}

func (f *figureFlags) run(cmd *cobra.Command, dirs []string) error {
	if f.out == "" {
		return usageError(errors.New("there are several figures: name a folder for them with -o"))
	}
	figures, err := f.figures(dirs)
	if err != nil {
		return err
	}
	if len(figures) == 0 {
		return &exitError{exitInvalid, fmt.Errorf("%s: no figures: too little was measured, or nothing came of it", strings.Join(dirs, ", "))}
	}
	folder, err := results.Create(f.out)
	if err != nil {
		return usageError(err)
	}
	for _, figure := range figures {
		for _, file := range []struct {
			suffix string
			text   func() ([]byte, error)
		}{{".svg", figure.SVG}, {".csv", figure.CSV}} {
			text, err := file.text()
			if errors.Is(err, report.ErrNotDrawn) {
				continue // the numbers are all there is of it
			}
			if err != nil {
				return err
			}
			if err := folder.WriteFile(figure.Name+file.suffix, text); err != nil {
				return err
			}
			fmt.Fprintln(cmd.OutOrStdout(), folder.Path(figure.Name+file.suffix))
		}
	}
	return nil
}

// figures returns those of one run, or of several side by side.
func (f *figureFlags) figures(dirs []string) ([]report.Figure, error) {
	if len(dirs) > 1 {
		c, err := openComparison(dirs, f.force)
		if err != nil {
			return nil, err
		}
		return c.Figures(), nil
	}
	record, err := results.Read(dirs[0])
	if err != nil {
		return nil, usageError(err)
	}
	return report.Figures(record), nil
}
