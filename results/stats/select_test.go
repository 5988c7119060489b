package stats

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestBoundaryConstant(t *testing.T) {
	for _, row := range []struct {
		systems, firstStage int
		confidence, want    float64
	}{
		{2, 3, .95, 18},  // eta = ((2 x .05)^(-2/2) - 1) / 2 = (10 - 1) / 2 = 4.5; 2 x 4.5 x 2
		{3, 3, .95, 38},  // eta = ((.05)^-1 - 1) / 2 = 9.5; 2 x 9.5 x 2
		{2, 5, .995, 36}, // eta = ((.01)^(-2/4) - 1) / 2 = 4.5; 2 x 4.5 x 4
		{5, 2, .92, 624}, // eta = ((.04)^(-2/1) - 1) / 2 = 312; 2 x 312 x 1
	} {
		require.InEpsilon(t, row.want, boundaryConstant(row.systems, row.firstStage, row.confidence), 1e-9)
	}
	// By the equation that eta solves, at the published design: k systems, n0 = 10, alpha = .05.
	for _, systems := range []int{2, 5, 10, 100} {
		eta := boundaryConstant(systems, 10, .95) / 18
		require.InEpsilon(t, .05/float64(systems-1), math.Pow(1+2*eta, -4.5)/2, 1e-9)
	}
}

func newSelection(t *testing.T, systems int, rule SelectionRule) *Selection {
	t.Helper()
	s, err := NewSelection(systems, rule)
	require.NoError(t, err)
	return s
}

// Three systems, larger is better, delta = 1, n0 = 3, h2 = 38:
//
//	A - B: 1 2 1, mean 4/3, S2 = 1/3, h2 S2 / delta^2 = 12.67, W(3) = (12.67 - 3) / 6 = 1.61: B stays
//	A - C: 6 7 5, mean 6, S2 = 1, 38, W(3) = (38 - 3) / 6 = 5.83: C is dropped
//	B - C: 5 5 4, mean 14/3, S2 = 1/3, 12.67, W(3) = 1.61: C is dropped
//
// and after a fourth, A - B: mean 5/4, W(4) = (12.67 - 4) / 8 = 1.08: B is dropped.
func TestSelectionByHand(t *testing.T) {
	replications := [][]float64{{10, 9, 4}, {12, 10, 5}, {14, 13, 9}, {11, 10, math.NaN()}}
	for _, direction := range []Direction{LargerIsBetter, SmallerIsBetter} {
		s := newSelection(t, 3, SelectionRule{Better: direction, Confidence: .95, Zone: 1, FirstStage: 3})
		feed := func(i int) Outcome {
			values := append([]float64(nil), replications[i]...)
			if direction == SmallerIsBetter {
				values = scaled(values, -1)
			}
			require.NoError(t, s.Add(values))
			return s.Outcome()
		}
		feed(0)
		require.Equal(t, Outcome{false, -1, []int{0, 1, 2}, []int{2, 2, 2}, 0}, feed(1), "first stage")
		require.Equal(t, Outcome{false, -1, []int{0, 1}, []int{3, 3, 3}, 13}, feed(2), "ceil(12.67) at most")
		want := Outcome{true, 0, []int{0}, []int{4, 4, 3}, 4}
		require.Equal(t, want, feed(3), "a dropped system's value is not read")
		require.Equal(t, want, feed(0), "nothing is read once decided")
	}
}

func TestSelectionStopsAtTheFirstStage(t *testing.T) {
	// A - B: 1 2 3, S2 = 1, 18 x 1 / 3^2 = 2 replications close the boundary, and there are 3.
	rule := SelectionRule{Better: LargerIsBetter, Confidence: .95, Zone: 3, FirstStage: 3}
	s := newSelection(t, 2, rule)
	for _, values := range [][]float64{{1, 0}, {2, 0}, {3, 0}} {
		require.NoError(t, s.Add(values))
	}
	require.Equal(t, Outcome{true, 0, []int{0}, []int{3, 3}, 3}, s.Outcome())

	// Two policies that act alike under common random numbers.
	s = newSelection(t, 2, rule)
	for _, values := range [][]float64{{1, 1}, {2, 2}, {7, 7}} {
		require.NoError(t, s.Add(values))
	}
	require.Equal(t, Outcome{true, 0, []int{0, 1}, []int{3, 3}, 3}, s.Outcome(), "tied: the first of both")
}

// A - B: 2 0 1 has S2 = 1: 18 replications close the boundary at delta = 1. Alternating differences of 1 and -1 after
// it keep the mean below W(r) = (18 - r) / 2r until then.
func TestSelectionDecidesWhenTheBoundaryCloses(t *testing.T) {
	s := newSelection(t, 2, SelectionRule{Better: LargerIsBetter, Confidence: .95, Zone: 1, FirstStage: 3})
	for _, d := range []float64{2, 0, 1} {
		require.NoError(t, s.Add([]float64{d, 0}))
	}
	for n := 4; n <= 16; n++ {
		require.NoError(t, s.Add([]float64{[]float64{-1, 1}[n%2], 0}))
		sum := []float64{2, 3}[n%2] // after an even and an odd number
		if bound := (18 - float64(n)) / 2; sum > bound {
			require.True(t, s.Outcome().Decided, "sum %g over %g", sum, bound)
			require.Equal(t, 13, n, "3 > 2.5; at 11 it was 3 < 3.5, at 12 2 < 3")
			return
		}
		require.False(t, s.Outcome().Decided)
		require.Equal(t, 18, s.Outcome().AtMost)
	}
	t.Fatal("not decided")
}

func TestSelectionRefuses(t *testing.T) {
	good := SelectionRule{Confidence: .95, Zone: 1, FirstStage: 10}
	for _, row := range []struct {
		name    string
		systems int
		change  func(*SelectionRule)
		want    string
	}{
		{"one system", 1, func(*SelectionRule) {}, "name at least two"},
		{"certainty", 2, func(r *SelectionRule) { r.Confidence = 1 }, "choose one between 0.5"},
		{"chance", 4, func(r *SelectionRule) { r.Confidence = .25 }, "choose one between 0.25"},
		{"no probability", 2, func(r *SelectionRule) { r.Confidence = math.NaN() }, "choose one"},
		{"no zone", 2, func(r *SelectionRule) { r.Zone = 0 }, "above 0"},
		{"endless zone", 2, func(r *SelectionRule) { r.Zone = math.Inf(1) }, "smallest difference that matters"},
		{"no first stage", 2, func(r *SelectionRule) { r.FirstStage = 1 }, "at least 2"},
	} {
		rule := good
		row.change(&rule)
		_, err := NewSelection(row.systems, rule)
		require.ErrorContains(t, err, row.want, row.name)
	}
	s := newSelection(t, 2, good)
	require.NoError(t, s.Add([]float64{1, 2}))
	require.ErrorContains(t, s.Add([]float64{1, math.Inf(1)}), "system 1 has the value +Inf in replication 2")
	require.ErrorContains(t, s.Add([]float64{math.NaN(), 1}), "system 0 has the value NaN in replication 2")
	require.Equal(t, []int{1, 1}, s.Outcome().Replications, "it does not count")
	require.Panics(t, func() { _ = s.Add([]float64{1}) })
}

// slippage runs selections among systems of which the last is best by exactly delta = 1 and the others are equal, the
// hardest case the guarantee covers. Values have variance 4, of which a share is common to all systems. It returns how
// many selections were right, and the mean number of replications.
func slippage(t *testing.T, draw *rand.Rand, runs, systems int, confidence, share float64) (right int, mean float64) {
	t.Helper()
	values := make([]float64, systems)
	for range runs {
		s := newSelection(t, systems, SelectionRule{Better: LargerIsBetter, Confidence: confidence, Zone: 1, FirstStage: 10})
		for !s.Outcome().Decided {
			weather := 2 * math.Sqrt(share) * draw.NormFloat64()
			for i := range values {
				values[i] = weather + 2*math.Sqrt(1-share)*draw.NormFloat64()
			}
			values[systems-1]++
			require.NoError(t, s.Add(values))
		}
		outcome := s.Outcome()
		require.LessOrEqual(t, outcome.Replications[outcome.Winner], outcome.AtMost)
		mean += float64(outcome.Replications[outcome.Winner]) / float64(runs)
		if outcome.Winner == systems-1 {
			right++
		}
	}
	return right, mean
}

// Three standard deviations of the share of right selections, were it exactly nominal, are allowed below it:
// 3 sqrt(.95 x .05 / 2000) = .015. With two systems the bound is not loose: some of the errors it allows do occur.
func TestSelectionIsRightAsOftenAsPromised(t *testing.T) {
	const runs = 2000
	for _, row := range []struct {
		systems int
		share   float64
	}{
		{2, 0}, {4, 0}, {4, .75},
	} {
		right, _ := slippage(t, rand.New(rand.NewPCG(7, 8)), runs, row.systems, .95, row.share)
		t.Logf("%d systems, %g of the variance in common: %d of %d right", row.systems, row.share, right, runs)
		require.Greater(t, float64(right)/runs, .95-.015)
		if row.systems == 2 {
			require.Less(t, float64(right)/runs, 1-.05/4)
		}
	}
}

func TestCommonRandomNumbersSaveReplications(t *testing.T) {
	_, independent := slippage(t, rand.New(rand.NewPCG(9, 10)), 200, 4, .95, 0)
	_, correlated := slippage(t, rand.New(rand.NewPCG(9, 10)), 200, 4, .95, .75)
	// The variance of a difference falls to a quarter, and replications with it, down to the 10 of the first stage.
	require.Less(t, correlated, independent/2)
	require.GreaterOrEqual(t, correlated, 10.)
}
