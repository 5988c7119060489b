package main

import (
	"context"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/portalbench/portalbench/results/report"
	"github.com/portalbench/portalbench/scenarios"
)

// What commands print without results/report fits a terminal too, and where there is no terminal nothing holds an escape
// code.
func TestWhatCommandsPrintFitsATerminal(t *testing.T) {
	lines := []string{"policy list", "scenario list", "portal profile list", "load smoke --plan", "version",
		"simulate smoke --replications 2 --out " + t.TempDir() + "/run", "report " + t.TempDir()}
	for _, name := range scenarios.ScenarioNames() {
		lines = append(lines, "scenario show "+name+" --evidence", "scenario check "+name)
	}
	for _, name := range scenarios.PolicyNames() {
		lines = append(lines, "policy show "+name+" --evidence")
	}
	for _, line := range lines {
		var stdout, stderr strings.Builder
		run(context.Background(), strings.Fields(line), strings.NewReader(""), &stdout, &stderr)
		require.NotContains(t, stdout.String()+stderr.String(), "\x1b", line)
		for got := range strings.Lines(stdout.String()) {
			require.LessOrEqual(t, report.Columns(strings.TrimSuffix(got, "\n")), lineWidth, "%s: %s", line, got)
		}
	}
}
