package main

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/portalbench/portalbench/results"
)

// The strata that are compared are those that the simulator names, and the simulator gives measures of no others.
func TestStrataAreThoseOfTheSimulator(t *testing.T) {
	e := newExperiment(smokeStudy(t, "physician-first"), &common{seed: 1}, 5)
	require.NoError(t, e.upTo(context.Background(), 5))
	seen := map[string]map[string]bool{}
	for _, measures := range e.trials[0].Replications {
		for _, m := range measures {
			for key, value := range m.Where {
				if seen[key] == nil {
					seen[key] = map[string]bool{}
				}
				seen[key][value] = true
			}
		}
	}
	for _, trait := range results.Traits() {
		require.True(t, seen[trait.Key][trait.Reference()], trait.Key)
		for value := range seen[trait.Key] {
			require.Contains(t, trait.Strata, value, trait.Key)
		}
		require.Greater(t, len(seen[trait.Key]), 1, trait.Key)
	}
	for key := range seen {
		require.Contains(t, results.WhereKeys(), key)
	}
}

// Differences between strata are given for every policy with a steady state and every set, and belong to both.
func TestStrataOfEverySetAreJoined(t *testing.T) {
	summary := func(set string, growing bool) *results.Simulate {
		overrides, err := grid([]string{"staff.rn.fte=" + set})
		require.NoError(t, err)
		s, err := openStudy("smoke", []string{"physician-first", "nurse-first"}, "", overrides[0])
		require.NoError(t, err)
		e := newExperiment(s, &common{seed: 1}, 2)
		require.NoError(t, e.upTo(context.Background(), 2))
		e.trials[1].Unstable = new(growing)
		return e.summary()
	}
	all := joined(summary("2", false), summary("4", true))
	count := map[[2]string]int{}
	for _, d := range all.Strata {
		count[[2]string{d.Policy, d.Set["staff.rn.fte"]}]++
		require.NotEqual(t, "count", d.Statistic)
	}
	require.Len(t, count, 3, "two policies with 2 nurses, and the one that does not grow with 4")
	for of, n := range count {
		require.Greater(t, n, 100, "%v", of)
	}
	require.Zero(t, count[[2]string{"nurse-first", "4"}])
}

// A policy that is swept by itself is compared with itself under the first overrides, paired by replication.
func TestSweepOfOnePolicyIsCompared(t *testing.T) {
	r := &record{}
	for _, set := range []string{"1", "2", "4"} {
		overrides, err := grid([]string{"staff.rn.fte=" + set})
		require.NoError(t, err)
		s, err := openStudy("smoke", []string{"nurse-first"}, "", overrides[0])
		require.NoError(t, err)
		e := newExperiment(s, &common{seed: 1}, 3)
		require.NoError(t, e.upTo(context.Background(), 3))
		r.take(e)
	}
	var sets []string
	for _, d := range r.simulate.Differences {
		require.Equal(t, map[string]string{"staff.rn.fte": "1"}, d.BaselineSet)
		if d.Measure == "inbox_minutes_per_workday" && d.Where["role"] == "rn" {
			sets = append(sets, d.Set["staff.rn.fte"])
			require.Negative(t, float64(d.Value), "more nurses have less to do each")
		}
	}
	require.Equal(t, []string{"2", "4"}, sets)
	require.Equal(t, 2, comparisons(3, 1))
	require.Equal(t, 6, comparisons(3, 3))
}
