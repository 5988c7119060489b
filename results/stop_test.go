package results

import (
	"math"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestParseStopRule(t *testing.T) {
	for _, row := range []struct {
		text string
		want StopRule
	}{
		{"errors>20% for 30s", StopRule{Metric: "errors", Limit: .2, For: 30 * time.Second}},
		{"capped >= 100% for 1s", StopRule{Metric: "capped", Limit: 1, OrEqual: true, For: time.Second}},
		{"throttled>0% for 1m30s", StopRule{Metric: "throttled", For: 90 * time.Second}},
		{"response.p95>1.5s for 5s", StopRule{Metric: "response.p95", Limit: 1500, For: 5 * time.Second}},
		{"service.p99>=250us  for  10s", StopRule{Metric: "service.p99", Limit: .25, OrEqual: true, For: 10 * time.Second}},
		{" lag.p99 > 10ms for 24h ", StopRule{Metric: "lag.p99", Limit: 10, For: 24 * time.Hour}},
		{"in_flight>500 for 10s", StopRule{Metric: "in_flight", Limit: 500, For: 10 * time.Second}},
	} {
		got, err := ParseStopRule(row.text)
		require.NoError(t, err, row.text)
		row.want.Expression = strings.Join(strings.Fields(row.text), " ")
		require.Equal(t, row.want, got)
	}
}

func TestParseStopRuleMistakes(t *testing.T) {
	for text, says := range map[string]string{
		"":                              "it has no > or >=",
		"errors<20% for 30s":            "it has no > or >=",
		"error>20% for 30s":             "did you mean errors?",
		"response>1s for 30s":           "choose one of errors, throttled, capped, response.p95",
		"errors>20%":                    "add a time, such as for 30s",
		"errors>20% for":                "add a time, such as for 30s",
		"errors>20 for 30s":             `the limit "20" is not a percentage`,
		"errors>120% for 30s":           "is not a percentage from 0% to 100%",
		"errors>NaN% for 30s":           "is not a percentage from 0% to 100%",
		"errors>100% for 30s":           "nothing is above 100%: write errors>=100%",
		"response.p99>20% for 30s":      `the limit "20%" is not a duration`,
		"response.p99>-1s for 30s":      "is not a duration",
		"in_flight>10% for 30s":         "is not a number of operations",
		"in_flight>-1 for 30s":          "is not a number of operations",
		"errors>20% for 500ms":          `the time "500ms" is not a duration in whole seconds`,
		"errors>20% for 1500ms":         "in whole seconds, from 1s to 24h",
		"errors>20% for 25h":            "in whole seconds, from 1s to 24h",
		"errors>20% for 30s for 30s":    `the time "30s for 30s"`,
		"errors>20% or lag.p99>1 for 1": `the limit "20% or lag.p99>1"`,
	} {
		_, err := ParseStopRule(text)
		require.ErrorContains(t, err, says, text)
		require.ErrorContains(t, err, "reading rule", text)
	}
}

func TestAbove(t *testing.T) {
	over, least := StopRule{Limit: .2}, StopRule{Limit: .2, OrEqual: true}
	for _, row := range []struct {
		value       float64
		over, least bool
	}{{.1, false, false}, {.2, false, true}, {.3, true, true}, {math.NaN(), false, false}} {
		require.Equal(t, row.over, over.Above(row.value), "%g", row.value)
		require.Equal(t, row.least, least.Above(row.value), "%g", row.value)
	}
}

func FuzzParseStopRule(f *testing.F) {
	for _, seed := range []string{"errors>20% for 30s", "in_flight>=500 for 1m", "lag.p99>10ms for 5s", ">> for for", "capped>1e-400% for 1s"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		r, err := ParseStopRule(text)
		if err != nil {
			return
		}
		require.Contains(t, StopMetrics(), r.Metric)
		require.True(t, r.Limit >= 0 && !math.IsInf(r.Limit, 0), "%g", r.Limit)
		require.True(t, r.For >= time.Second && r.For <= longestStop)
		require.False(t, r.Above(math.NaN()))
		again, err := ParseStopRule(r.Expression)
		require.NoError(t, err)
		require.Equal(t, r, again)
	})
}

// stopped is a run of 1,000 operations that a rule ended.
func stopped(outcomes map[string]int64) *Load {
	l := &Load{Stopped: "errors>20% for 30s", OfferedPerS: 100, AchievedPerS: 100, Generator: GeneratorHealth{CPUShare: .1}}
	l.Ops = []OpResult{{Op: "all", Offered: 1000, Sent: 1000, Outcomes: outcomes,
		LagMS: Latency{P99: 1}, ResponseMS: Latency{P99: 10}}}
	return l
}

// A stopped run is invalid. Its limits on errors still fail where the portal's own errors are more than they allow, in
// whichever order it is judged; what a limiter or the generator held back is no error of the portal.
func TestStoppedRun(t *testing.T) {
	for _, row := range []struct {
		name     string
		outcomes map[string]int64
		limit    string
		want     string
	}{
		{"30% failed, 1% may", map[string]int64{"ok": 700, "invalid": 250, "timeout": 50}, "all.errors<=1%", Fail},
		{"30% failed, 30% may", map[string]int64{"ok": 700, "invalid": 300}, "all.errors<=30%", Inconclusive},
		{"30% failed, less than 30% may", map[string]int64{"ok": 700, "invalid": 300}, "all.errors<30%", Fail},
		{"all capped or throttled", map[string]int64{"capped": 400, "throttled": 300, "generator": 200, "skipped": 100},
			"all.errors<=1%", Inconclusive},
		{"a time", map[string]int64{"ok": 1000}, "all.response.p99<1ms", Inconclusive},
		{"not measured", map[string]int64{"ok": 1000}, "send.errors<=1%", Inconclusive},
	} {
		limit, err := ParseThreshold(row.limit)
		require.NoError(t, err)
		for _, validateFirst := range []bool{true, false} {
			l := stopped(row.outcomes)
			if validateFirst {
				l.Validate(false)
			}
			l.Check([]ParsedThreshold{limit})
			if !validateFirst {
				l.Validate(false)
			}
			require.Equal(t, RunInvalid, l.Validity, row.name)
			require.Contains(t, l.Why, "the run was stopped early: errors>20% for 30s")
			require.Equal(t, row.want, l.Thresholds[0].Status, row.name)
		}
	}
}

// A rule that ends a run in its warm-up leaves nothing to judge, and both reasons are given.
func TestStoppedBeforeAnythingWasMeasured(t *testing.T) {
	l := &Load{Stopped: "in_flight>500 for 1s", Ops: []OpResult{{Op: "all"}}}
	l.Validate(false)
	require.Equal(t, []string{"the run was stopped early: in_flight>500 for 1s", "nothing was sent"}, l.Why)
	l.Stopped = ""
	l.Validate(false)
	require.Equal(t, []string{"nothing was sent"}, l.Why)
}
