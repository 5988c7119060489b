package main

import (
	"context"
	"errors"
	"fmt"
	"math"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/portalbench/portalbench/bench"
	"github.com/portalbench/portalbench/results"
)

// searchedJob is a search whose steps had these verdicts, at whatever rates it asked for.
func searchedJob(t *testing.T, verdicts ...results.CapacityStep) (*capacityJob, *results.Capacity) {
	t.Helper()
	j := &capacityJob{capacityFlags: &capacityFlags{searched: bench.CapacityRange{From: 100, To: 400, Resolution: .5}}}
	var err error
	j.steps, err = bench.NewCapacitySearch(j.searched)
	require.NoError(t, err)
	c := &results.Capacity{}
	for _, s := range verdicts {
		rate, more := j.steps.Next()
		require.True(t, more)
		j.steps.Add(rate, verdictOf(s))
		s.AskedPerS, s.OfferedPerS = results.Number(rate), results.Number(rate)
		c.Steps = append(c.Steps, s)
	}
	c.CapacityPerS, c.LowPerS, c.HighPerS = known(0), known(0), known(0)
	j.conclude(c)
	return j, c
}

func TestConclusion(t *testing.T) {
	pass, fail := results.CapacityStep{Verdict: results.Pass}, results.CapacityStep{Verdict: results.Fail}
	invalid := func(by string) results.CapacityStep {
		return results.CapacityStep{Verdict: results.StepInvalid, Because: by}
	}
	generator, limiter := invalid(results.LimitedByGenerator), invalid(results.LimitedByLimiter)
	nan := math.NaN()
	for _, row := range []struct {
		name      string
		steps     []results.CapacityStep
		outcome   string
		low, high float64 // 0: some number
	}{
		// 100 and 200 pass and 283 fails, then both get two more; 283/200 is within 50%
		{"found", []results.CapacityStep{pass, pass, fail, fail, pass, fail, pass, fail}, results.CapacityFound, 0, 0},
		{"to the end", []results.CapacityStep{pass, pass, pass, pass, pass, pass, pass}, results.CapacityAtLeast, 400, nan},
		{"never", []results.CapacityStep{fail, fail, fail, fail, fail}, results.CapacityBelow, nan, 100},
		{"generator", []results.CapacityStep{pass, generator, generator, pass}, results.CapacityGenerator, 141.42, nan},
		{"limiter", []results.CapacityStep{limiter, limiter}, results.CapacityLimiter, nan, nan},
		{"samples", []results.CapacityStep{invalid("samples"), invalid("samples")}, results.CapacityUnjudged, nan, nan},
		{"nothing yet", []results.CapacityStep{generator}, results.CapacityUnjudged, nan, nan},
		{"one pass", []results.CapacityStep{pass}, results.CapacityAtLeast, 100, nan},
	} {
		t.Run(row.name, func(t *testing.T) {
			_, c := searchedJob(t, row.steps...)
			require.Equal(t, row.outcome, c.Outcome)
			if row.outcome == results.CapacityFound {
				require.Less(t, float64(c.LowPerS), float64(c.CapacityPerS))
				require.Less(t, float64(c.CapacityPerS), float64(c.HighPerS))
				require.Greater(t, float64(c.CapacityPerS), 200.)
				require.Less(t, float64(c.CapacityPerS), 283.)
				return
			}
			require.True(t, math.IsNaN(float64(c.CapacityPerS)), "no number without an edge")
			for got, want := range map[results.Number]float64{c.LowPerS: row.low, c.HighPerS: row.high} {
				if math.IsNaN(want) {
					require.True(t, math.IsNaN(float64(got)))
				} else {
					require.InDelta(t, want, float64(got), .01)
				}
			}
		})
	}
}

func TestCapacityExitCodes(t *testing.T) {
	for _, row := range []struct {
		name   string
		c      results.Capacity
		failed error
		want   int
	}{
		{"found", results.Capacity{Outcome: results.CapacityFound}, nil, exitOK},
		{"at least", results.Capacity{Outcome: results.CapacityAtLeast}, nil, exitOK},
		{"below", results.Capacity{Outcome: results.CapacityBelow}, nil, exitOK},
		{"generator", results.Capacity{Outcome: results.CapacityGenerator}, nil, exitInvalid},
		{"limiter", results.Capacity{Outcome: results.CapacityLimiter}, nil, exitInvalid},
		{"unjudged", results.Capacity{Outcome: results.CapacityUnjudged}, nil, exitInvalid},
		{"gate passed below the generator's limit", results.Capacity{Outcome: results.CapacityGenerator, Gate: results.Pass}, nil, exitOK},
		{"gate failed", results.Capacity{Outcome: results.CapacityFound, Gate: results.Fail}, nil, exitFail},
		{"gate straddled", results.Capacity{Outcome: results.CapacityFound, Gate: results.Inconclusive}, nil, exitInvalid},
		{"budget", results.Capacity{Outcome: results.CapacityFound, Gate: results.Inconclusive}, errBudget, exitInvalid},
		{"interrupted", results.Capacity{Outcome: results.CapacityFound}, context.Canceled, exitCannot},
		{"portal gone", results.Capacity{Outcome: results.CapacityAtLeast}, fmt.Errorf("making a step: %w", errors.New("gone")), exitCannot},
	} {
		err, code := capacityVerdict(&row.c, row.failed), exitOK
		if e := (*exitError)(nil); errors.As(err, &e) {
			code = e.code
		}
		require.Equal(t, row.want, code, row.name)
	}
}

// p95 of all needs 3 x 59 = 177 operations; of send, which are a tenth of all, 1,770; 1% of errors 299.
func TestLengthOfSteps(t *testing.T) {
	all := sampleNeed{samples: 177, share: 1}
	send := sampleNeed{samples: 177, share: .1}
	errs := sampleNeed{samples: 299, share: 1}
	for _, row := range []struct {
		needs []sampleNeed
		rate  float64
		want  time.Duration
	}{
		{[]sampleNeed{all, errs}, 20, 15 * time.Second}, // 299 / 20 = 14.95
		{[]sampleNeed{all, errs}, 10, 30 * time.Second},
		{[]sampleNeed{all, errs}, 1000, 10 * time.Second}, // as asked for
		{[]sampleNeed{send}, 100, 18 * time.Second},       // 1770 / 100 = 17.7
		{nil, 1, 10 * time.Second},
	} {
		j := &capacityJob{capacityFlags: &capacityFlags{stepFor: 10 * time.Second}, samples: row.needs}
		require.Equal(t, row.want, j.length(row.rate))
	}
}

// From 100/s to 400/s, to within 50%. Of portals that never contradict themselves the dearest is one between 200/s and
// 283/s: 100, 200, 400, 283, and two more each at 200 and 283 make 8 steps of 1 s and 1 s of warm-up.
func TestWhatASearchCostsAtMost(t *testing.T) {
	j := &capacityJob{capacityFlags: &capacityFlags{stepFor: time.Second, searched: bench.CapacityRange{From: 100, To: 400, Resolution: .5}}}
	j.warmUp = time.Second
	steps, clock := j.dearest()
	require.Equal(t, 8, steps)
	require.Equal(t, 16*time.Second, clock)
}

// Repeats of a rate have seeds of their own; other rates begin with the one asked for.
func TestRepeatsHaveOtherSeeds(t *testing.T) {
	j := &capacityJob{capacityFlags: &capacityFlags{}, asked: []float64{100, 200, 100}}
	j.seed = 7
	require.EqualValues(t, 9, j.load(100).seed)
	require.EqualValues(t, 8, j.load(200).seed)
	require.EqualValues(t, 7, j.load(300).seed)
	require.EqualValues(t, 7, j.seed)
}

func TestSamplesForThresholds(t *testing.T) {
	for text, want := range map[string]float64{
		"all.response.p95<1s":  177, // 3 x 59
		"send.wait.p99<1s":     897, // 3 x 299
		"all.errors<=1%":       299, // .99^299 < .05
		"all.errors<=10%":      29,
		"all.errors<=0%":       299,
		"all.response.mean<1s": 299,
	} {
		limit, err := results.ParseThreshold(text)
		require.NoError(t, err)
		require.InDelta(t, want, samplesFor(limit), 0, text)
	}
}

// A limit on the errors of one operation leaves the one on all in force; a limit on all replaces it.
func TestLimitOnAllErrorsIsAlwaysSet(t *testing.T) {
	for given, want := range map[string][]string{
		"send.errors<=1%":     {"send.errors<=1%", results.DefaultThreshold},
		"all.response.p95<1s": {"all.response.p95<1s", results.DefaultThreshold},
		"all.errors<=20%":     {"all.errors<=20%"},
	} {
		got, err := limitsOf([]string{given})
		require.NoError(t, err)
		var texts []string
		for _, l := range got {
			texts = append(texts, l.Expression)
		}
		require.Equal(t, want, texts)
	}
}
