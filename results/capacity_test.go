package results

import (
	"math"
	"os"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestCapacityGate(t *testing.T) {
	nan := math.NaN()
	for _, row := range []struct {
		name       string
		low, high  float64
		incomplete bool
		want       string
	}{
		{"above", 100, 120, false, Pass},
		{"just above", 90, 120, false, Pass},
		{"straddles", 89, 91, false, Inconclusive},
		{"just below", 80, 90, false, Inconclusive}, // 90 is in the interval
		{"below", 70, 89, false, Fail},
		{"lower bound above", 95, nan, false, Pass},
		{"lower bound below", 80, nan, false, Inconclusive},
		{"upper bound below", nan, 20, false, Fail},
		{"nothing known", nan, nan, false, Inconclusive},
		{"above and incomplete", 100, 120, true, Inconclusive},
		{"below and incomplete", 70, 80, true, Inconclusive},
	} {
		c := &Capacity{LowPerS: Number(row.low), HighPerS: Number(row.high), Incomplete: row.incomplete}
		if !math.IsNaN(row.low) && !math.IsNaN(row.high) {
			c.Outcome = CapacityFound
		}
		c.Steps = []CapacityStep{{AskedPerS: 95, Verdict: Pass}, {AskedPerS: 80, Verdict: Pass}, {AskedPerS: 20, Verdict: Fail}}
		c.Judge(90)
		require.Equal(t, row.want, c.Gate, row.name)
		require.Equal(t, Number(90), c.AtLeastPerS)
	}
}

// The portal failed at the very rate that is asked for.
func TestFailedAtTheRateAskedFor(t *testing.T) {
	c := &Capacity{Outcome: CapacityBelow, LowPerS: Number(math.NaN()), HighPerS: 90,
		Steps: []CapacityStep{{AskedPerS: 90, Verdict: Fail}}}
	c.Judge(90)
	require.Equal(t, Fail, c.Gate)
}

// Steps at a bound that contradict each other decide nothing: there is no interval to say how sure it is.
func TestContradictedBoundsDecideNothing(t *testing.T) {
	nan := Number(math.NaN())
	for outcome, c := range map[string]*Capacity{
		CapacityAtLeast: {LowPerS: 95, HighPerS: nan, Steps: []CapacityStep{{AskedPerS: 95, Verdict: Pass}, {AskedPerS: 95, Verdict: Fail}}},
		CapacityBelow:   {LowPerS: nan, HighPerS: 80, Steps: []CapacityStep{{AskedPerS: 80, Verdict: Fail}, {AskedPerS: 80, Verdict: Pass}}},
	} {
		c.Outcome = outcome
		c.Judge(90)
		require.Equal(t, Inconclusive, c.Gate, outcome)
	}
}

// 30% of 2 cores at 1,000/s: .3 x 2 / 1000 = 600 µs an operation; 80% of the cores would be in use at 1000 x .8 / .3.
func TestFloor(t *testing.T) {
	l := sound()
	l.Generator.GOMAXPROCS = 2
	l.Validate(false)
	f := NewFloor(l)
	require.InDelta(t, 600, float64(f.CPUMicrosPerOp), 1e-9)
	require.InDelta(t, 2666.67, float64(f.RateAtCPUBound), .01)
	require.Equal(t, Number(2), f.LagP99MS)
	require.Equal(t, Number(80), f.ResponseP95MS)
	require.Empty(t, f.Why)
}

func step(t *testing.T) CapacityStep {
	t.Helper()
	l := sound()
	l.RunID, l.Seed, l.DurationS = "r1", 7, 10
	l.Validate(false)
	l.Check(parsed(t, "all.response.p95<50ms"))
	return NewCapacityStep(l, 1000)
}

func TestWriteSteps(t *testing.T) {
	f := created(t)
	require.NoError(t, f.WriteSteps([]CapacityStep{step(t)}))
	got, err := os.ReadFile(f.Path("steps.csv"))
	require.NoError(t, err)
	require.Equal(t, `step,run_id,seed,asked_per_s,offered_per_s,achieved_per_s,duration_s,offered,response_p50_ms,response_p95_ms,response_p99_ms,lag_p99_ms,errors,cpu_share,verdict,because
1,r1,7,1000,1000,1000,10,100000,15,80,150,2,0,0.3,fail,response.p95 80 ms
`, string(got))
}

func TestCapacitySurvivesARoundTrip(t *testing.T) {
	run := finished()
	run.Kind, run.Simulate, run.Load = "capacity", nil, nil
	run.Capacity = &Capacity{Format: Format, Kind: "capacity", Outcome: CapacityFound, CapacityPerS: 900, LowPerS: 880, HighPerS: 930,
		Thresholds: []string{"all.response.p95<50ms"}, Steps: []CapacityStep{step(t)}, Warnings: []string{}, Floor: &Floor{OfferedPerS: 20, Why: []string{}}}
	f := created(t)
	require.NoError(t, f.WriteRun(run))
	got, err := Open(f.Dir())
	require.NoError(t, err)
	require.Equal(t, run, got)
}

func TestBriefThreshold(t *testing.T) {
	for text, want := range map[string]string{"all.response.p95<1s": "response.p95", "all.errors<=1%": "errors", "send.response.p99<1s": "send.p99",
		"send.service.max<1s": "send.service.max", "send.errors<1%": "send.errors", "all.wait.mean<1s": "wait.mean"} {
		require.Equal(t, want, parsed(t, text)[0].brief(), text)
	}
}
