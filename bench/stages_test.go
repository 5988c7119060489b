package bench

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/portalbench/portalbench/sim/des"
)

func TestParseStages(t *testing.T) {
	s, err := ParseStages("ramp 10..200/s 5m, hold 10m,sine 50..150/s every 1m 2m, hold 0.5/s 1s")
	require.NoError(t, err)
	require.Equal(t, 17*time.Minute+time.Second, s.Length())
	require.InDelta(t, 200, s.Peak(), 1e-9)
	for _, c := range []struct {
		at   time.Duration
		want float64
	}{
		{-time.Minute, 10}, // the warm-up has the first rate
		{0, 10},
		{150 * time.Second, 105}, // half-way up
		{5 * time.Minute, 200},
		{14 * time.Minute, 200},
		{15 * time.Minute, 100},
		{15*time.Minute + 15*time.Second, 150}, // a quarter of a period
		{15*time.Minute + 45*time.Second, 50},
		{17 * time.Minute, .5},
		{time.Hour, .5},
	} {
		require.InDelta(t, c.want, s.Rate(c.at), 1e-6, "%s", c.at)
	}
}

func TestMistakesInStages(t *testing.T) {
	for text, want := range map[string]string{
		"":                              "no rate and length",
		"ramp":                          "no rate and length",
		"ramp 10..200/s":                `its length "10..200/s"`,
		"ramp 10/s 5m":                  "no two rates",
		"ramp 10..200/h 5m":             `the rate "10/h" is none`,
		"ramp 0..200/s 5m":              `the rate "0/s" is none`,
		"hold 5m":                       "the first stage must have a rate",
		"hold 10/s 5m, hold x 5m":       `stage "hold x 5m"`,
		"hold 10/s 1ms":                 "a second or more",
		"sine 50..150/s 10m":            "it is no stage",
		"sine 150..50/s every 1m 10m":   "do not go up",
		"sine 50..150/s every soon 10m": "its period",
		"step 10/s 5m":                  "it is no stage",
	} {
		_, err := ParseStages(text)
		require.ErrorContains(t, err, want, text)
	}
}

func FuzzParseStages(f *testing.F) {
	f.Add("ramp 10..200/s 5m, hold 10m, sine 50..150/s every 1m 10m")
	f.Fuzz(func(t *testing.T, text string) {
		s, err := ParseStages(text)
		if err != nil {
			return
		}
		require.GreaterOrEqual(t, s.Length(), time.Second)
		require.LessOrEqual(t, s.Rate(s.Length()/2), s.Peak()*1.001+.001)
	})
}

// A ramp from 60/s to 300/s in 20 s, then 300/s: in each second as many operations come as the stages say, to within a
// few, although the networks do the same all the time. In all (60+300)/2 x 20 + 300 x 20 = 9,600, and 2 x 60 before.
func TestStagesBendTheClock(t *testing.T) {
	stages, err := ParseStages("ramp 60..300/s 20s, hold 20s")
	require.NoError(t, err)
	g := goal()
	g.Stages, g.Rate, g.For, g.WarmUp = stages, stages.Peak(), stages.Length(), 2*time.Second
	p, w, err := Reach(t.Context(), g, steady(.025))
	require.NoError(t, err)
	require.Equal(t, 200, p.Networks, "300/s at 60x")
	require.InEpsilon(t, 9720, len(w.Ops), .01)
	require.InEpsilon(t, 240, p.Offered, .01)
	require.Equal(t, 42*time.Second, w.Duration())
	perSecond := make([]int, 42)
	last := time.Duration(0)
	for i := range w.Ops {
		at := w.offset(w.Ops[i].Due)
		require.GreaterOrEqual(t, at, last)
		last = at
		perSecond[at/time.Second]++
	}
	for s, got := range perSecond {
		require.InDelta(t, stages.Rate(time.Duration(s-2)*time.Second+500*time.Millisecond), got, 20, "second %d", s)
	}
	require.Contains(t, p.String(), "at 12–60x")
}

func TestMoment(t *testing.T) {
	clock := []knot{{1000, 0}, {3000, 100 * time.Millisecond}, {3100, 200 * time.Millisecond}}
	for at, want := range map[des.Time]time.Duration{0: 0, 1000: 0, 2000: 50 * time.Millisecond, 3000: 100 * time.Millisecond,
		3050: 150 * time.Millisecond, 9999: 200 * time.Millisecond} {
		require.Equal(t, want, moment(clock, at), "%d", at)
	}
}
