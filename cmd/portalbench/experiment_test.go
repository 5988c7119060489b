package main

import (
	"context"
	"fmt"
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/portalbench/portalbench/results"
	"github.com/portalbench/portalbench/results/stats"
	"github.com/portalbench/portalbench/scenarios"
	"github.com/portalbench/portalbench/sim"
)

func smokeStudy(t *testing.T, policies ...string) *study {
	t.Helper()
	s, err := openStudy("smoke", policies, "", nil)
	require.NoError(t, err)
	return s
}

// Twenty replications at once and five with fifteen more are the same twenty.
func TestContinuedExperimentIsTheSame(t *testing.T) {
	s := smokeStudy(t, "physician-first", "nurse-first")
	after := func(steps ...int) *experiment {
		e := newExperiment(s, &common{seed: 3}, 20)
		for _, n := range steps {
			require.NoError(t, e.upTo(context.Background(), n))
		}
		return e
	}
	once, twice := after(20), after(5, 20)
	require.Equal(t, 20, once.done())
	require.Equal(t, 20, twice.done())
	require.Equal(t, once.events, twice.events)
	require.Equal(t, once.years, twice.years)
	for i := range once.trials {
		require.True(t, fmt.Sprint(once.trials[i].Replications) == fmt.Sprint(twice.trials[i].Replications), "as texts: missing values are equal")
		require.Equal(t, once.trials[i].Weeks, twice.trials[i].Weeks)
		require.Equal(t, once.trials[i].Backlog, twice.trials[i].Backlog)
		require.Equal(t, once.trials[i].Unstable, twice.trials[i].Unstable)
		require.Equal(t, once.trials[i].FirstResponse[0].Cumulative(), twice.trials[i].FirstResponse[0].Cumulative())
	}
}

// trialOf makes a trial whose replications have one quantity, and a backlog of some shape over twenty weeks.
func trialOf(name string, backlog func(week int) float64, values ...float64) sim.Trial {
	t := sim.Trial{Name: name}
	q := results.PrimaryQuantities()[0]
	for range values {
		var weeks []float64
		for w := range 20 {
			weeks = append(weeks, backlog(w))
		}
		t.Weeks.Backlog = append(t.Weeks.Backlog, weeks)
		t.Weeks.FirstResponse = append(t.Weeks.FirstResponse, weeks)
	}
	for _, v := range values {
		t.Replications = append(t.Replications, []results.Measure{{Name: q.Measure, Statistic: q.Statistic, Value: results.Number(v)}})
	}
	return t
}

// filling is a backlog that is empty for some weeks and then 10, give or take 1.
func filling(weeks int) func(int) float64 {
	return func(w int) float64 {
		if w < weeks {
			return 0
		}
		return 10 + float64(w%2)
	}
}

// The cut is one for all policies, the largest; a policy whose backlog grows asks for none.
func TestWarmUpIsTheLongestThatAnyPolicyNeeds(t *testing.T) {
	growing := trialOf("c", func(w int) float64 { return float64(w) }, 1, 2)
	growing.Unstable = new(true)
	days, ok := warmUpOf([]sim.Trial{trialOf("a", filling(2), 1, 2), trialOf("b", filling(5), 1, 2), growing})
	require.True(t, ok)
	require.Equal(t, 5*7, days)
	growing.Unstable = new(false)
	_, ok = warmUpOf([]sim.Trial{trialOf("a", filling(2), 1, 2), growing})
	require.False(t, ok, "a series that rises all along has no steady state")
}

// Twenty values of 9 and 11 have a mean of 10 and s of 1.026: the half-width is 2.093 x 1.026 / sqrt(20) = .480, 4.8%
// of the level. The differences from 1, 2, 1, 2... alike are 8 and 9, or so: theirs is .240, 16% of the level 1.5.
func TestPrecisionIsOfLevelsAndOfDifferences(t *testing.T) {
	var tight, base []float64
	for i := range 20 {
		tight, base = append(tight, 9+2*float64(i%2)), append(base, 1+float64(i%2))
	}
	e := &experiment{rule: stopping{precision: .05, of: results.PrimaryQuantities()[0], atMost: 1000}}
	e.trials = []sim.Trial{trialOf("a", filling(0), tight...)}
	got := e.tightness()
	require.True(t, got.reached)
	require.InDelta(t, .048, got.widest, 1e-3)
	require.Equal(t, "a", got.of)
	require.Equal(t, 20, e.next(), "enough")

	e.trials = []sim.Trial{trialOf("base", filling(0), base...), trialOf("a", filling(0), tight...)}
	got = e.tightness()
	require.False(t, got.reached)
	require.InDelta(t, .16, got.widest, 1e-3)
	require.Equal(t, "base", got.of, "its own level is as loose, and comes first")
	require.Equal(t, 40, e.next(), "no more than twice as many at once")
	e.rule.atMost = 30
	require.Equal(t, 30, e.next())
}

// A value that was never reached has no interval, however many replications there are.
func TestPrecisionOfWhatIsNotReached(t *testing.T) {
	values := make([]float64, 20)
	values[3] = math.Inf(1)
	e := &experiment{rule: stopping{precision: .05, of: results.PrimaryQuantities()[0], atMost: 1000}}
	e.trials = []sim.Trial{trialOf("a", filling(0), values...)}
	got := e.tightness()
	require.False(t, got.reached)
	require.True(t, math.IsNaN(got.widest))
	require.Equal(t, "a", got.of)
}

// Two policies 1 apart in every replication: after the first stage nothing is left to tell.
func TestSelectionUsesTheReplicationsItNeeds(t *testing.T) {
	var a, b []float64
	for i := range 20 {
		a, b = append(a, float64(i)), append(b, float64(i)+1)
	}
	growing := trialOf("c", filling(0), a...)
	growing.Unstable = new(true)
	rule := &selectionRule{of: results.PrimaryQuantities()[0], better: stats.SmallerIsBetter, zone: .5}
	e := &experiment{study: &study{}, trials: []sim.Trial{trialOf("b", filling(0), b...), growing, trialOf("a", filling(0), a...)}}
	s := rule.begin(e)
	s.feed(e.trials)
	got := s.outcome()
	require.True(t, got.Decided)
	require.Equal(t, "a", got.Winner)
	require.Equal(t, []results.Contender{{Policy: "b", Replications: 20}, {Policy: "c"}, {Policy: "a", Survives: true, Replications: 20}}, got.Contenders)
	require.Zero(t, s.more())
	require.Zero(t, (*selecting)(nil).more(), "nothing to select")
}

// Three primary measures, two policies beside the baseline, two sets: twelve intervals hold together.
func TestComparisonsAreCounted(t *testing.T) {
	e := newExperiment(smokeStudy(t, "physician-first", "nurse-first", "urgency-first"), &common{}, 5)
	require.Equal(t, 6, e.declared.Count)
	require.Len(t, e.declared.Primary, 3)
}

// The vocabulary and the simulator agree on measures and statistics.
func TestEveryMeasureIsInTheVocabulary(t *testing.T) {
	e := newExperiment(smokeStudy(t, "physician-first"), &common{seed: 1}, 1)
	require.NoError(t, e.run(context.Background()))
	given, keys := map[string]map[string]bool{}, map[string]bool{}
	for _, m := range e.trials[0].Replications[0] {
		if given[m.Name] == nil {
			given[m.Name] = map[string]bool{}
		}
		given[m.Name][m.Statistic] = true
		for k := range m.Where {
			keys[k] = true
		}
	}
	for _, s := range results.Measures() {
		for _, statistic := range s.Statistics {
			require.True(t, given[s.Name][statistic], "%s %s", s.Name, statistic)
		}
		require.Len(t, given[s.Name], len(s.Statistics), s.Name)
		delete(given, s.Name)
	}
	require.Empty(t, given)
	for k := range keys {
		require.Contains(t, results.WhereKeys(), k)
	}
	require.Len(t, keys, len(results.WhereKeys()))
}

// A longer warm-up begins anew, is told, and is no override of the user's. Interrupted before anything is complete, it
// leaves what there was.
func TestLongerWarmUpBeginsAnew(t *testing.T) {
	e := newExperiment(smokeStudy(t, "physician-first"), &common{seed: 1, workers: 1}, 2)
	require.NoError(t, e.settle(context.Background()))
	require.Equal(t, "scenario", e.warmUp.by)
	require.Nil(t, e.warmUp.asked, "six weeks do not tell")
	longer, err := e.with(scenarios.Override{Path: warmUpPath, Value: "21"})
	require.NoError(t, err)

	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	require.Error(t, e.again(ctx, longer, 2))
	require.Equal(t, 2, e.done())
	require.Equal(t, 14, e.summary().WarmUpDays)

	require.NoError(t, e.again(context.Background(), longer, 2))
	require.Equal(t, 2, e.done())
	got := e.summary()
	require.Equal(t, 21, got.WarmUpDays)
	require.Equal(t, "mser", got.WarmUpBy)
	require.Equal(t, 28, got.HorizonDays)
	require.Empty(t, got.Policies[0].Set)
	require.Len(t, e.trials[0].Weeks.Backlog[0], 7, "three weeks and four")
	require.Len(t, e.trials[0].Backlog[0], 4)
}
