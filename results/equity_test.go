package results

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
)

// waited is a median wait of a stratum, of n threads.
func waited(key, stratum string, hours float64, n int64) Measure {
	return Measure{Name: "first_response_hours", Where: Where{key: stratum}, Statistic: "median", Value: Number(hours),
		N: n}
}

// Three replications in which women wait 1, 2 and 3 hours longer than men: mean 2, s 1, half-width 4.3027/sqrt(3) =
// 2.4842. That all wait longer in some replications than in others does not matter: the differences are paired.
func TestStratumDifferencesArePaired(t *testing.T) {
	got := StratumDifferences("nurse-first", [][]Measure{
		{waited("sex", "men", 10, 100), waited("sex", "women", 11, 90)},
		{waited("sex", "men", 50, 80), waited("sex", "women", 52, 100)},
		{waited("sex", "women", 33, 100), waited("sex", "men", 30, 80)},
	})
	require.Len(t, got, 1)
	d := got[0]
	require.Equal(t, []string{"nurse-first", "first_response_hours", "sex=women", "men", "median"},
		[]string{d.Policy, d.Measure, WhereText(d.Where), d.Reference, d.Statistic})
	require.InDelta(t, 2, float64(d.Value), 1e-12)
	require.InDelta(t, 2-2.4842, float64(d.Low), 1e-4)
	require.InDelta(t, 2+2.4842, float64(d.High), 1e-4)
}

func TestStratumDifferencesLeaveOut(t *testing.T) {
	never := math.Inf(1)
	men := func(hours float64, n int64) Measure { return waited("sex", "men", hours, n) }
	women := func(hours float64, n int64) Measure { return waited("sex", "women", hours, n) }
	old := women(1, 90)
	old.Where["age"] = "65+"
	menCount, womenCount := men(1, 90), women(2, 90)
	menCount.Statistic, womenCount.Statistic = "count", "count"
	for name, c := range map[string]struct {
		replications [][]Measure
		want         int
	}{
		"none":                   {nil, 0},
		"compared":               {[][]Measure{{men(1, 50), women(2, 50)}}, 1},
		"25 + 24 threads":        {[][]Measure{{men(1, 90), women(2, 25)}, {men(1, 90), women(2, 24)}}, 0},
		"25 + 25 threads":        {[][]Measure{{men(1, 90), women(2, 25)}, {men(1, 90), women(2, 25)}}, 1},
		"few in the reference":   {[][]Measure{{men(1, 49), women(2, 90)}}, 0},
		"no reference":           {[][]Measure{{women(2, 90)}}, 0},
		"never together":         {[][]Measure{{women(2, 90)}, {men(2, 90)}}, 0},
		"not reached":            {[][]Measure{{men(1, 90), women(never, 90)}, {men(1, 90), women(2, 90)}}, 0},
		"not reached, alone":     {[][]Measure{{women(never, 90)}, {men(1, 90), women(2, 90)}}, 0},
		"reference not reached":  {[][]Measure{{men(never, 90), women(1, 90)}}, 0},
		"no stratum of patients": {[][]Measure{{waited("category", "renewal", 1, 90), waited("category", "form", 2, 90)}}, 0},
		"everything":             {[][]Measure{{{Name: "first_response_hours", Statistic: "median", Value: 1, N: 90}}}, 0},
		"two traits at once":     {[][]Measure{{men(1, 90), old}}, 0},
		"counts":                 {[][]Measure{{menCount, womenCount}}, 0},
		"two against the first":  {[][]Measure{{waited("age", "18-49", 1, 90), waited("age", "50-64", 2, 90), waited("age", "65+", 2, 90)}}, 2},
		"of different traits":    {[][]Measure{{waited("age", "18-49", 1, 90), women(2, 90)}}, 0},
	} {
		require.Len(t, StratumDifferences("a", c.replications), c.want, name)
	}
}

// A replication in which a stratum has no thread tells nothing of it, and is left out of its pairs: (3-1 + 6-2)/2 = 3.
func TestStratumDifferencesOfPairsThatAreThere(t *testing.T) {
	got := StratumDifferences("a", [][]Measure{
		{waited("race", "white", 1, 90), waited("race", "asian", 3, 30)},
		{waited("race", "white", 9, 90)},
		{waited("race", "white", 2, 90), waited("race", "asian", 6, 30)},
	})
	require.Len(t, got, 1)
	require.InDelta(t, 3, float64(got[0].Value), 1e-12)
}

// With a single replication there is a difference and no interval.
func TestStratumDifferenceOfOneReplication(t *testing.T) {
	got := StratumDifferences("a", [][]Measure{{waited("sex", "men", 1, 90), waited("sex", "women", 3, 90)}})[0]
	require.InDelta(t, 2, float64(got.Value), 1e-12)
	require.True(t, math.IsNaN(float64(got.Low)) && math.IsNaN(float64(got.High)))
}

func TestPartKeys(t *testing.T) {
	for _, trait := range Traits() {
		require.Contains(t, PartKeys(), trait.Key)
		found, ok := TraitOf(trait.Key)
		require.True(t, ok)
		require.Equal(t, trait, found)
	}
	require.NoError(t, ParsePartKey("category"))
	_, ok := TraitOf("category")
	require.False(t, ok)
	require.ErrorContains(t, ParsePartKey("rase"), "did you mean race? choose one of actual_urgency, felt_urgency")
	require.ErrorContains(t, ParsePartKey("role"), "given by role as they are")
}

func BenchmarkStratumDifferences(b *testing.B) {
	var replications [][]Measure
	for range 30 {
		var measures []Measure
		for _, trait := range Traits() {
			for _, stratum := range trait.Strata {
				for k := range 65 {
					measures = append(measures, waited(trait.Key, stratum, float64(k), 90))
					measures[len(measures)-1].Name = fmt.Sprint("measure_", k)
				}
			}
		}
		replications = append(replications, slices.Clip(measures))
	}
	for b.Loop() {
		StratumDifferences("a", replications)
	}
}
