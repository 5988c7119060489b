package report

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/portalbench/portalbench/results"
)

// sampleCapacity is a search that found a capacity, with a step that could not be judged.
func sampleCapacity() *results.Capacity {
	step := func(rate, achieved, p95 float64, verdict, because string) results.CapacityStep {
		return results.CapacityStep{AskedPerS: num(rate), OfferedPerS: num(rate), AchievedPerS: num(achieved), Verdict: verdict, Because: because,
			ResponseMS: results.Latency{P50: num(p95 / 4), P95: num(p95), P99: num(1.5 * p95)}, LagMS: results.Latency{P99: num(1.2)}}
	}
	lagged := step(1000, 1000, 80, results.StepInvalid, results.LimitedByGenerator)
	lagged.Why = []string{"the generator lagged by 40.6 ms at the 99th percentile, and 10 ms may be its own"}
	few := step(500, 500, 12, results.Pass, "")
	few.ResponseMS.P99 = num(math.NaN())
	return &results.Capacity{Scenario: "smoke", Policy: "physician-first", Portal: "refportal", Outcome: results.CapacityFound,
		Thresholds: []string{"all.response.p95<500ms", "all.errors<=1%"}, CapacityPerS: 1420, LowPerS: 1350, HighPerS: 1510,
		PassedToPerS: 1414, FailedFromPerS: 1456, AtLeastPerS: 1400, Gate: results.Inconclusive,
		Floor: &results.Floor{OfferedPerS: 500, ResponseP95MS: 1.5, LagP99MS: .9, CPUMicrosPerOp: 80, RateAtCPUBound: 20000},
		Steps: []results.CapacityStep{few, lagged, step(1000, 1000, 31, results.Pass, ""), step(2000, 1020, 1900, results.Fail, "response.p95 1900 ms"),
			step(1414, 1414, 490, results.Pass, ""), step(1456, 1400, 700, results.Fail, "answers too late")},
		Warnings: []string{"the portal ran on this machine and shared its cores with the generator"}}
}

func TestCapacityHeadline(t *testing.T) {
	none := num(math.NaN())
	for _, row := range []struct {
		name   string
		change func(*results.Capacity)
		want   string
	}{
		{"found", func(*results.Capacity) {},
			"Capacity: 1,420/s (95% interval 1,350/s to 1,510/s). The portal passed up to 1,414/s and failed from 1,456/s."},
		{"at least", func(c *results.Capacity) { c.Outcome, c.PassedToPerS = results.CapacityAtLeast, 40 },
			"Capacity: at least 40/s, the highest rate tried, where the portal still passed. This is a lower bound, not a capacity: raise --to to find it."},
		{"below", func(c *results.Capacity) { c.Outcome, c.FailedFromPerS = results.CapacityBelow, 2.5 },
			"Capacity: below 2.5/s, the lowest rate tried, where the portal failed. Lower --from to find it."},
		{"generator", func(c *results.Capacity) { c.Outcome = results.CapacityGenerator },
			"The generator, not the portal, is the limit at 1,456/s: use another machine, or one that does nothing else, and leave --max-in-flight out. The portal passed up to 1,414/s; its capacity is not known."},
		{"generator at once", func(c *results.Capacity) {
			c.Outcome, c.FailedFromPerS, c.PassedToPerS = results.CapacityGenerator, 20, none
		},
			"The generator, not the portal, is the limit at 20/s: use another machine, or one that does nothing else, and leave --max-in-flight out. Nothing is known of the portal."},
		{"limiter", func(c *results.Capacity) { c.Outcome = results.CapacityLimiter },
			"A rate limiter, not the portal, is the limit at 1,456/s: raise it for this machine. The portal passed up to 1,414/s; its capacity is not known."},
		{"unjudged", func(c *results.Capacity) { c.Outcome = results.CapacityUnjudged },
			"Nothing could be judged at 1,456/s. The portal passed up to 1,414/s; its capacity is not known."},
		{"nothing", func(c *results.Capacity) { c.Outcome, c.FailedFromPerS = results.CapacityUnjudged, none }, "No step could be judged."},
		{"interrupted", func(c *results.Capacity) {
			c.Outcome, c.PassedToPerS, c.Incomplete, c.WhyIncomplete = results.CapacityAtLeast, 40, true, "interrupted"
		}, "INCOMPLETE, interrupted. So far: Capacity: at least 40/s, the highest rate tried, where the portal still passed. This is a lower bound, not a capacity: raise --to to find it."},
	} {
		c := sampleCapacity()
		row.change(c)
		require.Equal(t, row.want, CapacityHeadline(c), row.name)
	}
}

// A search that ran out of its budget was not interrupted.
func TestCapacityPageSaysWhyItEndedEarly(t *testing.T) {
	run := sampleRun(nil, nil)
	run.Kind, run.Capacity, run.Incomplete = "capacity", sampleCapacity(), true
	run.Capacity.Incomplete, run.Capacity.WhyIncomplete = true, "the budget is used up"
	page := rendered(t, run)
	require.Contains(t, page, "The search ended early: the budget is used up.")
	require.NotContains(t, page, "The run was interrupted")
}

func TestCapacityPage(t *testing.T) {
	run := sampleRun(nil, nil)
	run.Kind, run.Capacity = "capacity", sampleCapacity()
	page := rendered(t, run)
	wellFormed(t, page)
	for _, part := range []string{"How much the portal bears", "✓ A capacity was found.", "Capacity: 1,420/s (95% interval", "All of these must hold: all.response.p95&lt;500ms, all.errors",
		"The portal passed up to 1,414/s and failed from 1,456/s.", "Steps of the search", "answers too late", "Step 2 could not be judged: the generator lagged"} {
		require.Contains(t, page, part)
	}
	run.Capacity.Outcome = results.CapacityGenerator
	require.Contains(t, rendered(t, run), "The generator, not the portal, is the limit")
	require.NotContains(t, rendered(t, run), "✓ A capacity")
}
