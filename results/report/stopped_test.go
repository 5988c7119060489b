package report

import (
	"math"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/portalbench/portalbench/results"
)

// A load that a rule ended says so wherever it is shown, and does not say that somebody interrupted it.
func TestStoppedLoad(t *testing.T) {
	l := sampleLoad()
	l.Stopped, l.Incomplete = "errors>20% for 30s, 42s after the clock started", true
	l.Validate(false)
	trust := strings.Join(Trust(l), "\n")
	require.Contains(t, trust, "INVALID: the run was stopped early: errors>20% for 30s, 42s after the clock started")
	require.Contains(t, trust, "Incomplete: a rule stopped the run before its end.")
	require.NotContains(t, trust, "interrupted")

	var page strings.Builder
	require.NoError(t, HTML(&page, &results.Record{Run: &results.Run{Scenario: "cardiopulmonary", Incomplete: true, Load: l}}))
	require.Contains(t, page.String(), "A rule stopped the run before its end: errors&gt;20% for 30s, 42s after the clock started.")
	require.NotContains(t, page.String(), "The run was interrupted")
}

func TestPortalProcess(t *testing.T) {
	l := sampleLoad()
	require.NotContains(t, strings.Join(Trust(l), "\n"), "Portal's process", "it was not watched")
	l.Target = &results.Target{CPUCoresMean: .25, CPUCoresMax: 1.5, RSSMeanMB: 36.1, RSSMaxMB: 120, ThreadsMax: 9, CPUMSPerRequest: .62}
	require.Contains(t, Trust(l), "Portal's process: 0.25 cores used, at most 1.50; 36.1 MB resident, at most 120; 9 threads; 0.62 ms of processor time a request.")
	l.Target.CPUMSPerRequest = num(math.NaN())
	require.Contains(t, Trust(l), "Portal's process: 0.25 cores used, at most 1.50; 36.1 MB resident, at most 120; 9 threads.")
}
