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
		require.Equal(t, once.trials[i].Week, twice.trials[i].Week)
		require.Len(t, twice.trials[i].Distributions, len(once.trials[i].Distributions))
		for k, d := range once.trials[i].Distributions {
			require.Equal(t, d.Minutes.Cumulative(), twice.trials[i].Distributions[k].Minutes.Cumulative(), "%s %v", d.Measure, d.Where)
		}
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

// What some replication does not reach, or no replication has, has no value however many replications there are: it is
// left at the first twenty, with the policies to blame. What only some replications lack is left out of the mean.
func TestPrecisionOfWhatIsNotReached(t *testing.T) {
	inf, nan := math.Inf(1), math.NaN()
	with := func(v float64, places ...int) []float64 {
		values := make([]float64, 20)
		for i := range values {
			values[i] = 9 + 2*float64(i%2)
		}
		for _, i := range places {
			values[i] = v
		}
		return values
	}
	all := make([]int, 20)
	for i := range all {
		all[i] = i
	}
	const use = ", as too many of the threads never get there, or there are none: use first_response_hours.mean, in which each counts with 14 days at most"
	for _, c := range []struct {
		name    string
		a, b    []float64
		growing bool // b
		of, why string
	}{
		{"both", with(inf, 3), with(inf, all...), false, "a and b", "first_response_hours median has no value under a and b" + use},
		{"the second", with(0), with(inf, 19), false, "b", "first_response_hours median has no value under b" + use},
		{"none has it", with(nan, all...), with(0), false, "a", "first_response_hours median has no value under a" + use},
		{"a growing backlog has no number anyway", with(0), with(inf, 19), true, "", ""},
		{"missing in one", with(nan, 4), with(0), false, "", ""},
	} {
		e := &experiment{rule: stopping{precision: .05, of: results.PrimaryQuantities()[0], atMost: 1000}}
		e.trials = []sim.Trial{trialOf("a", filling(0), c.a...), trialOf("b", filling(0), c.b...)}
		if c.growing {
			e.trials[1].Unstable = new(true)
		}
		got := e.tightness()
		require.Equal(t, c.why, got.why, c.name)
		if c.why == "" {
			continue
		}
		require.False(t, got.reached, c.name)
		require.True(t, math.IsNaN(got.widest), c.name)
		require.Equal(t, c.of, got.of, c.name)
		require.Equal(t, 20, e.next(), c.name)
	}
}

func TestWhatHasNoMeanIsNotAdvised(t *testing.T) {
	q := results.Quantity{Measure: "outside_hours_minutes_per_workday", Where: results.Where{"role": "rn"}, Statistic: "mean"}
	require.Contains(t, unreached(q, []string{"a"}), "under a, as too many of the threads never get there, or there are none: choose another measure")
	urgent := results.Quantity{Measure: "first_response_hours", Where: results.Where{"actual_urgency": "urgent"}, Statistic: "p90"}
	require.Contains(t, unreached(urgent, []string{"a"}), "use first_response_hours{actual_urgency=urgent}.mean, in which")
	require.Equal(t, "the widest interval is that of a", unmet(results.Precision{WidestOf: "a"}))
	require.Equal(t, "no value", unmet(results.Precision{WidestOf: "a", Why: "no value"}))
}

// The procedure stops at the first replication without a value, and says whose it is.
func TestSelectionNamesThePoliciesWithoutAValue(t *testing.T) {
	inf, nan := math.Inf(1), math.NaN()
	for _, c := range []struct {
		a, b float64 // in the third replication
		want string
	}{
		{inf, 1, "first_response_hours median has no value under a, as too many"},
		{1, inf, "has no value under b, as too many"},
		{inf, inf, "has no value under a and b, as too many"},
		{inf, nan, "has no value under a, as too many"},
		{1, nan, "has no value under b in replication 3, where no such thread is: choose a larger part"},
	} {
		rule := &selectionRule{of: results.PrimaryQuantities()[0], better: stats.SmallerIsBetter, zone: .5}
		e := &experiment{study: &study{}, trials: []sim.Trial{trialOf("a", filling(0), 1, 2, c.a, 4), trialOf("b", filling(0), 2, 3, c.b, 4)}}
		s := rule.begin(e)
		s.feed(e.trials)
		require.Contains(t, s.outcome().Why, c.want)
		require.Zero(t, s.more())
	}
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
	slow, err := parseSlowPortal("2s")
	require.NoError(t, err)
	e := newExperiment(smokeStudy(t, "physician-first").behind(slow), &common{seed: 1}, 1)
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

// Two slots of 20 minutes a day; four where the day has two scheduled spans.
func TestProtectedMinutesOfADay(t *testing.T) {
	for hours, want := range map[string]results.Number{"[mon-fri 08:00-17:00]": 40, "[mon-fri 08:00-12:00, fri 13:00-17:00]": 80} {
		set := []scenarios.Override{{Path: "staff.physician.hours", Value: hours}, {Path: "staff.physician.inbox", Value: "[mon-fri 08:00-09:00]"}}
		s, err := openStudy("smoke", []string{"physician-first", "protected-time"}, "", set)
		require.NoError(t, err)
		require.Equal(t, want, s.protectedMinutes("protected-time"))
		require.Zero(t, s.protectedMinutes("physician-first"))
		require.Zero(t, s.protectedMinutes("nobody"))
	}
}
