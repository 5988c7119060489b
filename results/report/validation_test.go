package report_test

import (
	"math"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"

	"github.com/portalbench/portalbench/results"
	"github.com/portalbench/portalbench/results/report"
	"github.com/portalbench/portalbench/sim/verify"
)

// aValidation has one result of each sort.
func aValidation() *verify.Validation {
	band := verify.Target{ID: "TD12", Kind: "fit", Policy: "physician-first", Measure: "outside_hours_minutes_per_workday",
		Where: results.Where{"role": "physician"}, Statistic: "mean", Low: 24, High: 36, Source: "30 min (Akbar 2020)"}
	missed := band
	missed.ID, missed.Kind, missed.Measure, missed.Where = "RT01", "target", "unopened_at_12h", nil
	missed.Statistic, missed.Low, missed.High = "share", .04, .13
	return &verify.Validation{Scenario: "smoke", Replications: 20,
		Cases: []verify.Verdict{
			{Name: "mg1-lognormal-rho0.8", Metric: "fraction arriving outside office hours", Expected: .373433584, Got: .3738, HalfWidth: .0037, T: .22, Runs: 20, Holds: true},
			{Name: "mm1-rho0.9", Metric: "P(Wq > t)", At: "t=10", Expected: .331091497, Got: .4, HalfWidth: .002, T: 69, Runs: 20, Why: "the mean is 69.0 standard errors away"},
			{Name: "det-shift-finish", Metric: "mean wait in queue (min)", Expected: 549.583333, Got: 549.583333, Runs: 20, Holds: true},
		},
		Properties: []verify.Property{{Name: "no work begins outside a session", Events: 12345, Broken: 1, First: "batched, day 3: rn 0 takes something up at 17h"}},
		Targets: []verify.Outcome{
			{Target: band, Value: 27.68, From: 26.42, To: 28.93, Verdict: verify.Met},
			{Target: missed, Value: results.Number(math.Inf(1)), From: results.Number(math.NaN()), To: results.Number(math.NaN()),
				Verdict: verify.Missed, Why: "it is never reached"},
		}}
}

func TestValidationTables(t *testing.T) {
	var b strings.Builder
	require.NoError(t, report.Validation(&b, report.Table, aValidation()))
	text := strings.Join(strings.Fields(b.String()), " ")
	for _, want := range []string{
		"Verification: 2 of 3 exact values from queueing theory hold",
		"mg1-lognormal-rho0.8 share arriving out of office hours 0.3734 0.3738 ± 0.0037 0.22 yes",
		"mm1-rho0.9 P(Wq > t), t=10 0.3311 0.4000 ± 0.0020 69.0 NO",
		"det-shift-finish mean wait in queue (min) 549.6 549.6 0.00 yes",
		"mm1-rho0.9, P(Wq > t): the mean is 69.0 standard errors away.",
		"no work begins outside a session 12,345 1",
		"no work begins outside a session is broken: batched, day 3: rn 0 takes something up at 17h.",
		"TD12 outside hours min/workday, physician, mean 24.0–36.0 27.7 (26.4–28.9) met",
		"RT01 unopened at 12h 0.04–0.13 not reached missed",
		"RT01 (physician-first): 30 min (Akbar 2020); missed as it is never reached.",
	} {
		require.Contains(t, text, want)
	}
	for line := range strings.Lines(b.String()) {
		require.LessOrEqual(t, utf8.RuneCountInString(strings.TrimSpace(line)), 100, line)
	}
	require.NotContains(t, text, "Checks", "there are none")
}

func TestValidationMarkdown(t *testing.T) {
	var b strings.Builder
	v := aValidation()
	v.Properties = nil
	require.NoError(t, report.Validation(&b, report.Markdown, v))
	require.Contains(t, b.String(), "**Verification: 2 of 3 exact values from queueing theory hold**\n\n| case")
	require.NotContains(t, b.String(), "Properties")
}
