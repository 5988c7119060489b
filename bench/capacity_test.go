package bench

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/portalbench/portalbench/results/stats"
)

// searched lets a search run to its end against a portal that judges rates, and returns its steps.
func searched(t *testing.T, r CapacityRange, judge func(rate float64) StepVerdict) (*CapacitySearch, []stats.Trial) {
	t.Helper()
	s, err := NewCapacitySearch(r)
	require.NoError(t, err)
	var trials []stats.Trial
	for rate, more := s.Next(); more; rate, more = s.Next() {
		require.LessOrEqual(t, rate, r.To)
		require.GreaterOrEqual(t, rate, r.From)
		v := judge(rate)
		s.Add(rate, v)
		if v != Unjudged {
			trials = append(trials, stats.Trial{Level: rate, Passed: v == Passed})
		}
		require.LessOrEqual(t, s.steps, s.MostSteps())
	}
	return s, trials
}

// sharp is a portal that passes up to its capacity, always.
func sharp(capacity float64) func(float64) StepVerdict {
	return func(rate float64) StepVerdict {
		if rate <= capacity {
			return Passed
		}
		return Failed
	}
}

// scripted takes the verdicts from a list, such as "pf?", and remembers the rates, rounded.
func scripted(list string, rates *[]string) func(float64) StepVerdict {
	return func(rate float64) StepVerdict {
		*rates = append(*rates, fmt.Sprintf("%.0f", rate))
		v := map[byte]StepVerdict{'p': Passed, 'f': Failed, '?': Unjudged}[list[0]]
		list = list[1:]
		return v
	}
}

func TestCapacitySearchStepByStep(t *testing.T) {
	r := CapacityRange{From: 100, To: 1000, Resolution: .2}
	for _, row := range []struct {
		name, verdicts string
		rates          []string
		want           CapacityEdge
	}{
		// Climb to 400; √(200 x 400) = 283 passes, √(283 x 400) = 336 = 283 x 1.19 does not; then both get two more.
		{"plain", "ppf" + "pf" + "pfpf", []string{"100", "200", "400", "283", "336", "283", "336", "283", "336"},
			CapacityEdge{PassedTo: 282.84, FailedFrom: 336.36, Settled: true}},
		// 800 x 1.2 is below 1000, so the climb goes there last; a top that passes is confirmed and is all there is.
		{"never fails", "ppppp" + "pppp", []string{"100", "200", "400", "800", "1000", "1000", "1000", "1000", "1000"},
			CapacityEdge{PassedTo: 1000, Settled: true}},
		{"fails at once", "fffff", []string{"100", "100", "100", "100", "100"}, CapacityEdge{FailedFrom: 100, Settled: true}},
		// 1 of 2 is no majority, 2 of 3 is: the first failure at 100 was a hiccup.
		{"fails first", "fpp" + "f" + "ff" + "fff", []string{"100", "100", "100", "200", "141", "119", "119", "119"},
			CapacityEdge{PassedTo: 100, FailedFrom: 118.92, Settled: true}},
		// The failure at 200 is outvoted when the portal passes there twice, and the climb goes on.
		{"hiccup", "pf" + "pp" + "ppp" + "p" + "f" + "fff" + "ff",
			[]string{"100", "200", "141", "168", "168", "200", "168", "200", "400", "283", "238", "238", "238"},
			CapacityEdge{PassedTo: 200, FailedFrom: 237.84, Settled: true}},
		// Nothing can be judged at 400, nor at 336: below it the portal passes.
		{"wall", "pp??" + "p" + "??" + "pppp", []string{"100", "200", "400", "400", "283", "336", "336", "283", "283", "283", "283"},
			CapacityEdge{PassedTo: 282.84, FailedFrom: 336.36, Wall: true, Settled: true}},
		// One step that could not be judged is repeated and forgotten.
		{"wall once", "p?f" + "ff" + "pfpf", []string{"100", "200", "200", "141", "119", "100", "119", "100", "119"},
			CapacityEdge{PassedTo: 100, FailedFrom: 118.92, Settled: true}},
		{"wall at once", "??", []string{"100", "100"}, CapacityEdge{FailedFrom: 100, Wall: true, Settled: true}},
	} {
		t.Run(row.name, func(t *testing.T) {
			var rates []string
			s, _ := searched(t, r, scripted(row.verdicts, &rates))
			require.Equal(t, row.rates, rates)
			got := s.Edge()
			require.InDelta(t, row.want.PassedTo, got.PassedTo, .01)
			require.InDelta(t, row.want.FailedFrom, got.FailedFrom, .01)
			require.Equal(t, row.want.Wall, got.Wall)
			require.Equal(t, row.want.Settled, got.Settled)
		})
	}
}

// Of a portal without noise the edge holds the capacity within the resolution, in half of the most steps.
func TestCapacitySearchWithoutNoise(t *testing.T) {
	r := CapacityRange{From: 10, To: 5000, Resolution: .05}
	for capacity := 11.; capacity < 5000; capacity *= 1.07 {
		s, trials := searched(t, r, sharp(capacity))
		e := s.Edge()
		require.True(t, e.Settled)
		require.LessOrEqual(t, e.PassedTo, capacity)
		require.Greater(t, e.FailedFrom, capacity)
		require.LessOrEqual(t, e.FailedFrom/e.PassedTo, 1.05)
		require.LessOrEqual(t, 2*s.steps, s.MostSteps())
		got := stats.EdgeInterval(trials, .95)
		require.Less(t, got.Low, capacity)
		require.Greater(t, got.High, capacity)
		require.Less(t, got.High/got.Low, 1.3)
	}
}

// The estimate covers the capacity of noisy portals, as often as it says, or nearly, and at a bounded cost.
func TestCapacitySearchCovers(t *testing.T) {
	const searches = 200
	r := CapacityRange{From: 10, To: 5000, Resolution: .05}
	for _, row := range []struct{ scale, lapse float64 }{{.005, 0}, {.02, 0}, {.02, .02}, {.05, 0}, {.1, .02}} {
		t.Run(fmt.Sprintf("scale %g lapse %g", row.scale, row.lapse), func(t *testing.T) {
			chance := rand.New(rand.NewPCG(1, math.Float64bits(row.scale+row.lapse)))
			covered, steps := 0, 0
			var widths []float64
			for range searches {
				capacity := 40 * math.Pow(40, chance.Float64()) // 40/s to 1,600/s
				s, trials := searched(t, r, func(rate float64) StepVerdict {
					p := 1 / (1 + math.Exp(min(math.Log(rate/capacity)/row.scale, 300)))
					if chance.Float64() < row.lapse+(1-2*row.lapse)*p {
						return Passed
					}
					return Failed
				})
				got := stats.EdgeInterval(trials, .95)
				if got.Low <= capacity && capacity <= got.High {
					covered++
				}
				steps += s.steps
				widths = append(widths, got.High/got.Low)
			}
			slices.Sort(widths)
			t.Logf("covered %d of %d; %.1f steps; interval x%.2f (median)", covered, searches, float64(steps)/searches, widths[searches/2])
			require.GreaterOrEqual(t, covered, searches*90/100)
			require.Less(t, float64(steps)/searches, 25.)
		})
	}
}

// A portal that is an M/M/1 queue of 200 services a second answers within t with probability 1 - exp(-(200 - rate)
// t): its 95th percentile is below 50 ms up to a rate of 200 - ln(20)/.05 = 140.1/s. Steps of 20 s measure the
// percentile; the interval covers that rate.
func TestCapacitySearchOfAQueue(t *testing.T) {
	const searches, service, limit = 200, 200., .05
	truth := service - math.Log(20)/limit
	chance := rand.New(rand.NewPCG(3, 3))
	covered := 0
	for range searches {
		_, trials := searched(t, CapacityRange{From: 20, To: 2000, Resolution: .05}, func(rate float64) StepVerdict {
			if queueP95(chance, rate, service, 20) < limit {
				return Passed
			}
			return Failed
		})
		if got := stats.EdgeInterval(trials, .95); got.Low <= truth && truth <= got.High {
			covered++
		}
	}
	t.Logf("covered %d of %d", covered, searches)
	require.GreaterOrEqual(t, covered, searches*90/100)
}

// queueP95 simulates an M/M/1 queue for so many seconds by Lindley's recursion and returns the 95th percentile of its
// response times, in seconds.
func queueP95(chance *rand.Rand, rate, service, seconds float64) float64 {
	var responses []float64
	wait := 0.
	for now := chance.ExpFloat64() / rate; now < seconds; {
		took := wait + chance.ExpFloat64()/service
		responses = append(responses, took)
		gap := chance.ExpFloat64() / rate
		now += gap
		wait = max(took-gap, 0)
	}
	slices.Sort(responses)
	return responses[len(responses)*95/100]
}

// A generator that gives out below the portal's capacity never leads to a capacity.
func TestCapacitySearchStopsAtAWall(t *testing.T) {
	for wall := 15.; wall < 2000; wall *= 1.3 {
		portal := sharp(2000)
		s, trials := searched(t, CapacityRange{From: 10, To: 5000, Resolution: .05}, func(rate float64) StepVerdict {
			if rate > wall {
				return Unjudged
			}
			return portal(rate)
		})
		e := s.Edge()
		require.True(t, e.Wall && e.Settled)
		require.LessOrEqual(t, e.PassedTo, wall)
		require.Greater(t, e.FailedFrom, wall)
		require.True(t, math.IsNaN(stats.EdgeInterval(trials, .95).Value))
	}
}

func TestCapacitySearchIsBounded(t *testing.T) {
	chance := rand.New(rand.NewPCG(5, 5))
	for range 300 {
		s, _ := searched(t, CapacityRange{From: 10, To: 5000, Resolution: .01}, func(float64) StepVerdict {
			return StepVerdict(chance.IntN(3))
		})
		require.LessOrEqual(t, s.steps, s.MostSteps())
	}
}

func TestCapacityRangeMistakes(t *testing.T) {
	for _, r := range []CapacityRange{{0, 10, .05}, {10, 10, .05}, {10, 5, .05}, {1, 10, 0}, {1, 10, .6},
		{math.NaN(), 10, .05}, {1, math.Inf(1), .05}, {1, 10, math.NaN()}} {
		_, err := NewCapacitySearch(r)
		require.Error(t, err, "%v", r)
	}
}
