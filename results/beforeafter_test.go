package results

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
)

// side is as many loads as there are medians, without errors.
func side(name string, medians ...float64) (records []*Record) {
	for i, ms := range medians {
		l := sound()
		l.Ops[0].ResponseMS.P50 = Number(ms)
		records = append(records, recordOf(fmt.Sprintf("%s%d", name, i), l, nil))
	}
	return records
}

func metricsOf(t *testing.T, names ...string) (list []Metric) {
	t.Helper()
	for _, name := range names {
		m, err := ParseMetric(name)
		require.NoError(t, err)
		list = append(list, m)
	}
	return list
}

func TestBeforeAfter(t *testing.T) {
	before := []float64{100, 101, 99, 100, 102}
	for _, row := range []struct {
		name   string
		after  []float64
		margin float64
		status string
		p      float64 // NaN: none decided
	}{
		// All five above all five times 1.05 (107.1): the rarest of 252 splits.
		{"worse by a fifth", []float64{120, 121, 119, 122, 120}, .05, Fail, 1. / 252},
		// All five below all five times 1.05 (103.95).
		{"the same", []float64{100, 101, 99, 101, 102}, .05, Pass, 1. / 252},
		{"better by half", []float64{50, 51, 49, 50, 52}, .05, Pass, 1. / 252},
		{"worse by the margin", []float64{105, 106, 104, 105, 107}, .05, Inconclusive, .5},
		{"a wider margin", []float64{120, 121, 119, 122, 120}, .5, Pass, 1. / 252},
		{"noise", []float64{60, 180, 90, 130, 110}, .05, Inconclusive, .5},
		{"four", []float64{300, 300, 300, 300}, .05, Inconclusive, math.NaN()},
		{"one", []float64{300}, .05, Inconclusive, math.NaN()},
	} {
		gates, warnings := BeforeAfter(side("b", before...), side("a", row.after...), metricsOf(t, "all.response.p50"), row.margin)
		require.Len(t, gates, 1)
		g := gates[0]
		require.Equal(t, row.status, g.Status, "%s: %s", row.name, g.Why)
		require.Equal(t, math.IsNaN(row.p), math.IsNaN(float64(g.P)), row.name)
		if row.p < .1 {
			require.InDelta(t, row.p, float64(g.P), 1e-12, row.name)
		}
		require.EqualValues(t, 5+len(row.after), g.Samples, row.name)
		require.InDelta(t, 1+row.margin, float64(g.Limit), 1e-12, row.name)
		require.Equal(t, []string{Drift}, warnings, row.name)
	}
}

// The ratio is that of geometric means, and the interval holds it; what would have been seen is beyond the margin.
func TestBeforeAfterSaysHowMuch(t *testing.T) {
	gates, _ := BeforeAfter(side("b", 100, 102, 98, 101, 99), side("a", 110, 112, 108, 111, 109), metricsOf(t, "all.response.p50"), .05)
	g := gates[0]
	ratio := math.Pow(110*112*108*111*109./(100*102*98*101*99.), .2)
	require.InEpsilon(t, ratio, float64(g.Value), 1e-9)
	require.Less(t, float64(g.Low), ratio)
	require.Greater(t, float64(g.High), ratio)
	require.Contains(t, g.Why, "geometric mean 100 ms before, 110 ms after")

	// Smallest is the effect from which the same noise would have failed: shifted to it the gate is on the edge.
	for _, beyond := range []struct {
		factor float64
		status string
	}{{1.0001, Fail}, {.9999, Inconclusive}} {
		shift := (1 + float64(g.Smallest)) / ratio * beyond.factor
		var after []float64
		for _, x := range []float64{110, 112, 108, 111, 109} {
			after = append(after, x*shift)
		}
		again, _ := BeforeAfter(side("b", 100, 102, 98, 101, 99), side("a", after...), metricsOf(t, "all.response.p50"), .05)
		require.Equal(t, beyond.status, again[0].Status, "%g", beyond.factor)
	}
}

func TestBeforeAfterOfErrors(t *testing.T) {
	failing := func(name string, failed int64) []*Record {
		records := side(name, 100, 101, 99, 100, 102)
		for _, r := range records {
			r.Run.Load.Ops[0].Outcomes = map[string]int64{"ok": 100000 - failed, "invalid": failed}
		}
		return records
	}
	for _, row := range []struct {
		before, after int64
		status        string
	}{
		{0, 0, Pass}, // alike to the last: the difference is 0, below log 1.05 in every split
		{0, 2000, Fail},
		{2000, 2000, Pass},
		{2000, 2200, Fail},
		{2200, 2000, Pass},
	} {
		gates, _ := BeforeAfter(failing("b", row.before), failing("a", row.after), metricsOf(t, "all.errors"), .05)
		require.Equal(t, row.status, gates[0].Status, "%d, then %d: %s", row.before, row.after, gates[0].Why)
	}
}

func TestBeforeAfterOfWhatWasNotMeasured(t *testing.T) {
	for metric, why := range map[string]string{
		"reply.response.p95":        "b0 has no reply.response.p95; a0 has no reply.response.p95; ",
		"target.cpu_ms_per_request": "b0 has no target.cpu_ms_per_request",
		"all.response.p90":          "in b0 all.response.p90 is 0, of which there is no ratio",
	} {
		gates, _ := BeforeAfter(side("b", 1, 2, 3, 4, 5), side("a", 1, 2, 3, 4, 5), metricsOf(t, metric), .05)
		require.Equal(t, NoData, gates[0].Status, metric)
		require.Contains(t, gates[0].Why, why, metric)
	}
}

// With m metrics each fails at .05/m, so that all together raise a false alarm in at most 5% of the comparisons: 400
// comparisons of three metrics that are exactly at the margin, 5 against 5. Expected at most .05, standard error .011.
func TestBeforeAfterSharesItsFalseAlarms(t *testing.T) {
	draws := rand.New(rand.NewPCG(9, 0))
	metrics := metricsOf(t, "all.response.mean", "all.response.p50", "all.response.p95")
	noisy := func(name string, factor float64) []*Record {
		records := side(name, 1, 1, 1, 1, 1)
		for _, r := range records {
			of := &r.Run.Load.Ops[0].ResponseMS
			for _, n := range []*Number{&of.Mean, &of.P50, &of.P95} {
				*n = Number(factor * math.Exp(.2*draws.NormFloat64()))
			}
		}
		return records
	}
	const trials = 400
	alarms := 0
	for range trials {
		gates, _ := BeforeAfter(noisy("b", 100), noisy("a", 105), metrics, .05)
		for _, g := range gates {
			if g.Status == Fail {
				alarms++
				break
			}
		}
	}
	require.LessOrEqual(t, float64(alarms)/trials, .05+3*.011)
	require.Positive(t, alarms, "a test that never fails tests nothing")
}
