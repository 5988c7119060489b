package verify

import (
	"context"
	"math"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/portalbench/portalbench/sim"
)

// named returns the cases of some names.
func named(names ...string) (cases []Case) {
	for _, c := range Cases() {
		if slices.Contains(names, c.Name) {
			cases = append(cases, c)
		}
	}
	return cases
}

// quick are cases that take next to no time, even where the race detector looks on.
func quick() []Case {
	if underRace {
		return named("nhpp-hourofweek", "office-hours-delay", "det-shift-finish")
	}
	return named("mm1-vacations-exp", "mm1-onoff-server", "nhpp-hourofweek", "office-hours-delay", "det-shift-finish")
}

// Every exact value comes out, and with it a negative control: against a value that is 5% wrong, in either direction, not
// one of the cases holds.
func TestExactValues(t *testing.T) {
	cases := Cases()
	require.Len(t, cases, 36)
	if underRace || testing.Short() {
		cases = quick()
	}
	models, err := gather(cases)
	require.NoError(t, err)
	require.NoError(t, simulate(t.Context(), models, Options{Seed: 1}))
	for _, m := range models {
		for _, v := range m.verdicts() {
			require.True(t, v.Holds, "%s, %s: %v ± %v, want %v: %s", v.Name, v.Metric, v.Got, v.HalfWidth, v.Expected, v.Why)
		}
		for _, wrong := range []float64{.95, 1.05} {
			other := *m
			other.cases = slices.Clone(m.cases)
			for i := range other.cases {
				other.cases[i].Expected *= wrong
			}
			for _, v := range other.verdicts() {
				require.False(t, v.Holds, "%s, %s holds against %v as well", v.Name, v.Metric, v.Expected)
				require.NotEmpty(t, v.Why)
			}
		}
	}
}

// The controls do not hide a wrong clinic: with nurses who are 1% too slow M/M/1 does not hold.
func TestControlsHideNothing(t *testing.T) {
	if underRace || testing.Short() {
		t.Skip("takes 3 seconds, and many times that under the race detector")
	}
	models, err := gather(named("mm1-rho0.9")[:1])
	require.NoError(t, err)
	m := models[0]
	m.scenario.Handling.Minutes.RN *= 1.01
	m.plan, err = sim.NewPlan(&m.scenario)
	require.NoError(t, err)
	require.NoError(t, simulate(t.Context(), models, Options{Seed: 1}))
	require.False(t, m.verdicts()[0].Holds, "%+v", m.verdicts()[0])
}

// The number of workers leaves no trace in the verdicts; the seed does.
func TestWorkersLeaveNoTrace(t *testing.T) {
	run := func(o Options) []Verdict {
		verdicts, err := Exact(t.Context(), quick(), o)
		require.NoError(t, err)
		return verdicts
	}
	want := run(Options{Seed: 1, Workers: 1})
	require.Equal(t, want, run(Options{Seed: 1, Workers: 3}))
	require.NotEqual(t, want, run(Options{Seed: 2, Workers: 3}))
}

func TestInterruptedVerification(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	_, err := Exact(ctx, quick(), Options{Seed: 1, Progress: func(done, total int) {
		require.LessOrEqual(t, done, total)
		if done == 3 {
			cancel()
		}
	}})
	require.ErrorIs(t, err, context.Canceled)
}

func TestUnknownCases(t *testing.T) {
	_, err := Exact(t.Context(), []Case{{Name: "gg1", Metric: "P(wait)"}}, Options{})
	require.EqualError(t, err, `case gg1: no clinic is known that is the model "gg1"`)
	_, err = Exact(t.Context(), []Case{{Name: "mm1-rho0.9", Metric: "mode of Wq"}}, Options{})
	require.EqualError(t, err, `case mm1-rho0.9: nothing is known to compute "mode of Wq"`)
}

// The hourly rates of Mt/M/infinity leave the same mean in the system at whole hours as the sinusoid: dm/dt = r(t) - mu m
// is solved hour by hour, m(t+1) = m(t) e^-mu + r (1 - e^-mu) / mu, over days until it repeats itself, and compared with
// Eick, Massey and Whitt's lambda/mu + lambda a (mu sin wt - w cos wt) / (mu^2 + w^2). Plain hourly means of the
// sinusoid, 1 + a (cos wh - cos w(h+1)) / w, would be 1% off at 15:00.
func TestHourlyRatesAreExactAtWholeHours(t *testing.T) {
	const mean, depth, mu, w = 4, .8, .5, 2 * math.Pi / 24
	c := named("mt-m-inf")[0]
	q, err := newCaseQueue(c.Name, c.Inputs)
	require.NoError(t, err)
	rates := q.scenario.Demand.ByHour
	sum, plain := 0., make([]float64, 24)
	for h, r := range rates {
		sum += r
		plain[h] = 1 + depth*(math.Cos(w*float64(h))-math.Cos(w*float64(h+1)))/w
	}
	require.InDelta(t, 24, sum, 1e-9, "the mean rate stays")
	got, off := inSystem(rates, mean, mu), inSystem(plain, mean, mu)
	for h := range 24 {
		at := w * float64(h)
		want := mean/mu + mean*depth*(mu*math.Sin(at)-w*math.Cos(at))/(mu*mu+w*w)
		require.InDelta(t, want, got[h], 1e-9, "at %d:00", h)
	}
	require.InDelta(t, c.Expected, got[15], 1e-8)
	require.InDelta(t, .01, math.Abs(off[15]/c.Expected-1), .003)
}

// inSystem returns the mean number in the system at each whole hour of the day.
func inSystem(rates []float64, mean, mu float64) (at [24]float64) {
	m := 0.
	for range 20 {
		for h, r := range rates {
			at[h] = m
			m = m*math.Exp(-mu) + mean*r*(1-math.Exp(-mu))/mu
		}
	}
	return at
}
