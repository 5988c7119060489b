package main

import (
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/portalbench/portalbench/results"
	"github.com/portalbench/portalbench/scenarios"
)

// gatesFile is a file that says what is asked of runs: limits, and what comparisons go by.
type gatesFile struct {
	Thresholds []scenarios.Expr `yaml:"thresholds,omitempty" json:"thresholds,omitempty"` // as after --threshold
	Margin     string           `yaml:"margin,omitempty" json:"margin,omitempty"`         // as after --margin
	Metrics    []scenarios.Expr `yaml:"metrics,omitempty" json:"metrics,omitempty"`       // as after --metric
}

// readGates reads a gates file; no name is an empty one. Its errors are the user's to mend and name file and line.
func readGates(name string) (*gatesFile, error) {
	g := &gatesFile{}
	if name == "" {
		return g, nil
	}
	src, err := os.ReadFile(name)
	if err != nil {
		return nil, usageError(fmt.Errorf("--gates: %w", err))
	}
	if err := scenarios.DecodeStrict(name, src, g); err != nil {
		return nil, usageError(err)
	}
	return g, usageError(g.check())
}

// check finds what is wrong with the entries of a gates file.
func (g *gatesFile) check() error {
	var found scenarios.Problems
	for _, e := range g.Thresholds {
		if _, err := results.ParseLimit(e.Text); err != nil {
			found = append(found, e.Problem(1, err.Error(), ""))
		}
	}
	for _, e := range g.Metrics {
		if _, err := results.ParseMetric(e.Text); err != nil {
			found = append(found, e.Problem(1, err.Error(), ""))
		}
	}
	if len(found) > 0 {
		return found
	}
	return nil
}

// comparing are the flags of what runs are compared by; a gates file stands in for those not given.
type comparing struct {
	metrics []string
	margin  string
}

// marginDefault is how much worse the candidate may be, as a share of the base.
const marginDefault = "5%"

func (c *comparing) register(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.StringArrayVar(&c.metrics, "metric", nil, "`name` of what is compared, such as send.response.p95 or target.cpu_ms_per_request; at most 3\n(default all.response.p50, target.cpu_ms_per_request where it was watched, all.errors)")
	flags.StringVar(&c.margin, "margin", "", "how much worse the candidate may be, in percent (default "+marginDefault+")")
}

// settle returns the metrics, none for the default, and the margin as a share.
func (c *comparing) settle(file *gatesFile) (metrics []results.Metric, margin float64, err error) {
	names := c.metrics
	if len(names) == 0 {
		for _, e := range file.Metrics {
			names = append(names, e.Text)
		}
	}
	for _, name := range names {
		m, err := results.ParseMetric(name)
		if err != nil {
			return nil, 0, usageError(fmt.Errorf("--metric: %w", err))
		}
		metrics = append(metrics, m)
	}
	if err := fewMetrics(metrics); err != nil {
		return nil, 0, usageError(err)
	}
	margin, err = c.marginOf(file)
	return metrics, margin, usageError(err)
}

// fewMetrics refuses a metric that is named twice, and more than may decide.
func fewMetrics(metrics []results.Metric) error {
	seen := map[string]bool{}
	for _, m := range metrics {
		if seen[m.Name] {
			return fmt.Errorf("--metric %s is given twice: leave one out", m.Name)
		}
		seen[m.Name] = true
	}
	if len(metrics) > results.MostMetrics {
		return fmt.Errorf("%d metrics: at most %d may decide, as each takes its share of the false alarms: leave some out", len(metrics), results.MostMetrics)
	}
	return nil
}

func (c *comparing) marginOf(file *gatesFile) (float64, error) {
	text, of := c.margin, "--margin"
	if text == "" && file.Margin != "" {
		text, of = file.Margin, "margin of the gates file"
	}
	if text == "" {
		text = marginDefault
	}
	digits, percent := strings.CutSuffix(strings.TrimSpace(text), "%")
	v, err := strconv.ParseFloat(digits, 64)
	if err != nil || !percent || !(v >= 0 && v <= 100) {
		return 0, errors.New(of + " " + strconv.Quote(text) + ": write it in percent, from 0% to 100%, such as 5%")
	}
	return v / 100, nil
}
