package stats

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// sharedRunner is the noise of a machine that others use as well (assumed), in log units. A job is one stay on one machine;
// drift is a random walk that strays by 3% within sixteen runs.
type sharedRunner struct {
	job, drift, run, spikes, spike float64
	rnd                            *rand.Rand
}

func newSharedRunner(seed uint64) *sharedRunner {
	return &sharedRunner{job: .08, drift: .03 / math.Sqrt(16), run: .04, spikes: .05, spike: .2, rnd: rand.New(rand.NewPCG(seed, 0))}
}

// times returns the logarithms of what runs of one job take, one after the other.
func (s *sharedRunner) times(runs int) []float64 {
	level, times := s.job*s.rnd.NormFloat64(), make([]float64, runs)
	for i := range times {
		level += s.drift * s.rnd.NormFloat64()
		if times[i] = level + s.run*s.rnd.NormFloat64(); s.rnd.Float64() < s.spikes {
			times[i] += s.spike
		}
	}
	return times
}

// pairs returns d of 24 pairs in ABBA order.
func (s *sharedRunner) pairs(effect float64) []float64 {
	times, d := s.times(2*MostPairs()), make([]float64, MostPairs())
	for i := range d {
		first, second := times[2*i], times[2*i+1]
		if d[i] = second - first; i%2 == 1 {
			d[i] = -d[i]
		}
		d[i] += effect
	}
	return d
}

// found returns how often a rule says that the candidate is worse.
func found(gates int, worse func() bool) float64 {
	n := 0
	for range gates {
		if worse() {
			n++
		}
	}
	return float64(n) / float64(gates)
}

func (s *sharedRunner) paired(metrics int, effect float64) func() bool {
	rule := PairRule{Margin: .05, Metrics: metrics}
	return func() bool {
		v, _ := rule.Judge(s.pairs(effect))
		return v == Worse
	}
}

// stored compares one run with the baseline of another job, and allows 10%.
func (s *sharedRunner) stored(effect float64) func() bool {
	return func() bool { return s.times(1)[0]+effect-s.times(1)[0] > math.Log(1.1) }
}

// inTurn makes ten runs of the base and then ten of the candidate, and compares them by Mann and Whitney's U, two-sided at
// .05: of 10 against 10, U is significant at 23 or less of 100, and at 77 or more (printed tables).
func (s *sharedRunner) inTurn(effect float64) func() bool {
	return func() bool {
		times, u := s.times(20), 0
		for _, a := range times[:10] {
			for _, b := range times[10:] {
				if b+effect > a {
					u++
				}
			}
		}
		return u <= 23 || u >= 77
	}
}

// What is claimed of three ways to compare, in docs/gates.md: every share must lie within three standard deviations of a
// binomial of so many gates, sqrt(p (1-p) / n).
func TestFalseAlarmsAndPower(t *testing.T) {
	const gates = 4000
	s := newSharedRunner(3)
	for _, row := range []struct {
		name  string
		want  float64
		worse func() bool
	}{
		{"pairs, false alarms", .003, s.paired(1, 0)},       // .0004 to .0056
		{"pairs, +10%", .98, s.paired(1, math.Log(1.1))},    // .973 to .987
		{"stored baseline, false alarms", .25, s.stored(0)}, // .229 to .271
		{"ten then ten, false alarms", .126, s.inTurn(0)},   // .110 to .142
	} {
		got := found(gates, row.worse)
		t.Logf("%s: %.4f", row.name, got)
		require.InDelta(t, row.want, got, 3*math.Sqrt(row.want*(1-row.want)/gates), row.name)
	}
}

func TestPairRuleBounds(t *testing.T) {
	require.InDelta(t, .01/3/3, PairRule{Margin: .05, Metrics: 3}.Alpha(), 1e-15)
	require.InDelta(t, .01/3, PairRule{Margin: .05}.Alpha(), 1e-15)
	require.InDelta(t, math.Log(1.05), PairRule{Margin: .05}.Limit(), 1e-15)
	require.Equal(t, Undecided, PairFinding{}.Verdict, "nothing is known before it is looked at")
}

// even returns n differences that alternate by ± spread around a centre, of sizes that differ a little.
func even(n int, centre, spread float64) []float64 {
	d := make([]float64, n)
	for i := range d {
		d[i] = centre + spread*(1+float64(i/2)/1e3)*float64(1-i%2*2)
	}
	return d
}

func TestLook(t *testing.T) {
	rule := PairRule{Margin: .05, Metrics: 3} // worse: p < .00111; log(1.05) = .0488
	missing := append(even(11, .2, .01), math.NaN())
	for _, row := range []struct {
		name string
		d    []float64
		want PairVerdict
	}{
		{"nothing", nil, Undecided},
		{"twelve all +22%", even(12, .2, .01), Worse},                         // p = 2^-12 = .0002
		{"eleven of them", even(11, .2, .01), Undecided},                      // too few, though p = .0005
		{"and one missing", missing, Undecided},                               // which does not count
		{"twelve all +4%", even(12, .04, .001), NotWorse},                     // below .0488 in all: p = .0002
		{"twelve all better", even(12, -.3, .01), NotWorse},                   //
		{"all the same", make([]float64, 12), NotWorse},                       // 0 is 12 times below .0488
		{"all at the margin", even(12, .06, .001), Worse},                     // all above: p(d > 0) = .0002, and .06 > .0488
		{"between", even(12, .0487, .02), Undecided},                          // as often above the margin as below
		{"wide", even(24, .2, 1), Undecided},                                  // of 24, twelve are below 0
		{"two the other way", append(even(10, .2, .01), -.3, -.4), Undecided}, // W = 55 of 78, p = .12
		{"never answers", slices.Repeat([]float64{math.Inf(1)}, 12), Worse},   // base answers, candidate does not
		{"real but small", even(24, .03, .001), NotWorse},                     // p(d > 0) = 2^-24, yet below the margin
	} {
		require.Equal(t, row.want, rule.Look(row.d).Verdict, row.name)
		require.Equal(t, row.want == Worse, rule.verdict(row.d) == Worse && len(row.d) >= FewestPairs() && row.name != "and one missing", row.name)
	}
}

// Looks are at 12, 18 and 24: the first that decides ends it, and a change that comes later is not seen.
func TestJudgeStopsAtTheLookThatDecides(t *testing.T) {
	rule := PairRule{Margin: .05, Metrics: 1}
	for _, row := range []struct {
		name  string
		d     []float64
		want  PairVerdict
		pairs int
	}{
		{"eleven", even(11, .3, .01), Undecided, 11},
		{"seventeen, better late", append(even(12, .3, .01), even(5, -1, .01)...), Worse, 12},
		{"at 18", append(even(12, .2, .5), even(6, .9, .01)...), Worse, 18},
		{"at 24", even(24, .2, 1), Undecided, 24},
		{"better", even(24, -.2, .01), NotWorse, 12},
	} {
		got, pairs := rule.Judge(row.d)
		require.Equal(t, row.want, got, row.name)
		require.Equal(t, row.pairs, pairs, row.name)
	}
}

// Worse and not worse exclude each other, whatever the pairs.
func TestVerdictsExcludeEachOther(t *testing.T) {
	rnd := rand.New(rand.NewPCG(5, 6))
	for range 2000 {
		rule := PairRule{Margin: float64(rnd.IntN(3)) * .05, Metrics: 1}
		d := make([]float64, 12)
		for i := range d {
			d[i] = math.Round(rnd.NormFloat64()*5+4*rnd.Float64()) / 50
		}
		f := rule.Look(d)
		require.False(t, f.PWorse < rule.Alpha() && f.Effect.Value > rule.Limit() && f.PBelow < falsePass, "%v", d)
	}
}

// The noise of pairs that differ by ±1%: none is found where there is nothing, and what is found must be above the margin.
func TestNoiseOfAQuietMachine(t *testing.T) {
	rnd := rand.New(rand.NewPCG(7, 8))
	got := PairRule{Margin: .05, Metrics: 1}.Noise(even(24, 0, .01), .8, rnd.IntN)
	require.InDelta(t, .01, got.SD, .001)
	require.Zero(t, got.FalseAlarms)
	require.Equal(t, 1., got.Passes)
	require.Greater(t, got.Smallest, .05, "the margin")
	require.Less(t, got.Smallest, .06, "and not all of the ±1%")
}

// The effect that is called the smallest visible one is found as often as promised in other gates, by its own noise.
func TestSmallestEffectIsFound(t *testing.T) {
	s := newSharedRunner(9)
	rule := PairRule{Margin: .05, Metrics: 3}
	var d []float64
	for range 20 {
		d = append(d, s.pairs(0)...)
	}
	got := rule.Noise(d, .8, s.rnd.IntN)
	power := found(1000, s.paired(3, math.Log1p(got.Smallest)))
	t.Logf("sd %.4f, smallest %.4f, power %.3f", got.SD, got.Smallest, power)
	require.InDelta(t, .8, power, .12) // ±.02 from 400 gates, .013 from 1000, half a point of effect, and 480 pairs
}

func TestNoiseOfNothing(t *testing.T) {
	got := PairRule{}.Noise([]float64{math.NaN()}, .8, rand.New(rand.NewPCG(1, 1)).IntN)
	require.Equal(t, "NaN NaN NaN NaN", strings.Trim(fmt.Sprint(got), "{}"))
	got = PairRule{}.Noise(even(11, 0, 1), .8, rand.New(rand.NewPCG(1, 1)).IntN)
	require.True(t, got.SD > 1 && math.IsNaN(got.FalseAlarms) && math.IsNaN(got.Smallest), "too few pairs to draw from: %+v", got)
	got = PairRule{}.Noise(slices.Repeat([]float64{math.Inf(1)}, 12), .8, rand.New(rand.NewPCG(1, 1)).IntN)
	require.True(t, math.IsNaN(got.Smallest), "nothing answers: %+v", got)
}
