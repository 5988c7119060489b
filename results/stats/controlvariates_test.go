package stats_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/portalbench/portalbench/results/stats"
)

// By hand: xs 1, 2, 3, 4 have mean 2.5 and Sxx = 5; ys 2, 3, 5, 6 have mean 4 and Syy = 10; Sxy = 7, so b = 1.4 and the
// residual sum of squares is 10 - 1.4 x 7 = .2, s^2 = .1. Where the control's mean is known to be 2, y's is
// 4 - 1.4 x .5 = 3.3, with a standard error of sqrt(.1 (1/4 + .25/5)) = .17321 and, at 2 degrees of freedom, a
// half-width of 4.30265 times that.
func TestControlledMeanIsTheIntercept(t *testing.T) {
	off, ys := []float64{-1, 0, 1, 2}, []float64{2, 3, 5, 6} // off is xs less 2
	got := stats.ControlledMean(ys, [][]float64{off}, .95)
	require.InDelta(t, 3.3, got.Value, 1e-12)
	require.InDelta(t, .1732050808, got.StandardError, 1e-9)
	require.InDelta(t, .7452414, got.HalfWidth, 1e-5)
}

// What two controls explain without rest is known without doubt: y = 5 + 2 x1 - 3 x2.
func TestControlledMeanWithTwoControls(t *testing.T) {
	x1, x2 := []float64{1, -2, 0, 3, -1, 2}, []float64{2, 1, -1, 0, 1, -3}
	ys := make([]float64, len(x1))
	for i := range ys {
		ys[i] = 5 + 2*x1[i] - 3*x2[i]
	}
	got := stats.ControlledMean(ys, [][]float64{x1, x2}, .95)
	require.InDelta(t, 5, got.Value, 1e-9)
	require.InDelta(t, 0, got.HalfWidth, 1e-6)
}

// A control that never varies cannot be told from the intercept; without controls it is the plain mean.
func TestControlledMeanWithoutUse(t *testing.T) {
	ys := []float64{2, 3, 5, 6}
	want := stats.Mean(ys, .95)
	require.Equal(t, want, stats.ControlledMean(ys, [][]float64{{0, 0, 0, 0}}, .95))
	plain := stats.ControlledMean(ys, nil, .95)
	require.InDelta(t, want.Value, plain.Value, 1e-12)
	require.InDelta(t, want.HalfWidth, plain.HalfWidth, 1e-12)
	require.Panics(t, func() { stats.ControlledMean(ys, [][]float64{{1, 2, 3}}, .95) })
}

// Mean says what MeanInterval says.
func TestMean(t *testing.T) {
	ys := []float64{2, 3, 5, 6}
	got, want := stats.Mean(ys, .95), stats.MeanInterval(ys, .95)
	require.Equal(t, want.Value, got.Value)
	require.InDelta(t, (want.High-want.Low)/2, got.HalfWidth, 1e-12)
	require.InDelta(t, .9128709, got.StandardError, 1e-7) // sqrt(10/3) / 2
}
