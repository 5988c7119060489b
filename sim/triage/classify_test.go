package triage_test

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/portalbench/portalbench/scenarios"
	"github.com/portalbench/portalbench/sim"
	"github.com/portalbench/portalbench/sim/des"
)

const threads = 40_000

// requireShare holds a share of independent threads against its chance p: within 4.5 standard errors, sqrt(p (1-p) / n),
// which happens by chance about once in 150,000 times.
func requireShare(t *testing.T, p float64, hits, n int) {
	t.Helper()
	got := float64(hits) / float64(n)
	require.InDelta(t, p, got, 4.5*math.Sqrt(p*(1-p)/float64(n))+1e-12)
}

// The shares that a classifier calls urgent are those it was given, and one that finds more finds all that the other does.
func TestSensitivityAndSpecificity(t *testing.T) {
	model := compiled(t, "classify: {by: model, sensitivity: .63, specificity: .95}\n")
	// s v (1-p) / (p (1-v)) = .3 x .1 x .6 / (.4 x .9) = .05: as many false alarms as with the specificity of .95
	words := compiled(t, "classify: {by: keywords, sensitivity: .3, precision: .4, prevalence: .1}\n")
	found, fewer, alarms, same := 0, 0, 0, 0
	for i := range threads {
		v := sim.View{HighRisk: true, Draws: des.NewKey(uint64(i))}
		m, w := model.Route(&v).Urgent, words.Route(&v).Urgent
		require.True(t, m || !w, "what the worse one finds the better one finds")
		found, fewer = found+count(m), fewer+count(w)
		v.HighRisk = false
		alarms, same = alarms+count(model.Route(&v).Urgent), same+count(words.Route(&v).Urgent)
	}
	requireShare(t, .63, found, threads)
	requireShare(t, .3, fewer, threads)
	requireShare(t, .05, alarms, threads)
	require.InDelta(t, alarms, same, 1)
}

func count(yes bool) int {
	if yes {
		return 1
	}
	return 0
}

// Nobody or the sender says what is urgent.
func TestClassifiedByNobodyOrTheSender(t *testing.T) {
	for _, tt := range []struct {
		policy         string
		felt, highRisk bool
		want           bool
	}{
		{"classify: {by: none}\n", true, true, false},
		{"classify: {by: patient}\n", true, false, true},
		{"classify: {by: patient}\n", false, true, false},
	} {
		require.Equal(t, tt.want, compiled(t, tt.policy).Route(&sim.View{Felt: tt.felt, HighRisk: tt.highRisk}).Urgent)
	}
}

// The category is the sender's, or the right one with a chance of the accuracy and otherwise any of the nine others.
func TestCategoryAccuracy(t *testing.T) {
	r := compiled(t, "classify: {by: none, category_accuracy: .81}\n")
	var seen [scenarios.NumCategories]int
	for i := range threads {
		v := sim.View{Category: scenarios.Result, Label: scenarios.Form, Draws: des.NewKey(uint64(i))}
		seen[r.Route(&v).Label]++
	}
	for c, n := range seen {
		p := .19 / 9
		if scenarios.Category(c) == scenarios.Result {
			p = .81
		}
		requireShare(t, p, n, threads)
	}
	v := sim.View{Category: scenarios.Result, Label: scenarios.Form}
	require.Equal(t, scenarios.Form, compiled(t, "").Route(&v).Label)
}

// The first expression that holds says how well the classifier does.
func TestStrata(t *testing.T) {
	r := compiled(t, `classify:
  by: model
  sensitivity: 1
  specificity: 1
  strata:
    - {when: language == 'other', sensitivity: .4, specificity: .9}
    - {when: language == 'other' or age >= 65, sensitivity: .7, specificity: .8}
`)
	all := people(t, 2000)
	var found, alarms, n [3]int
	for i := range threads {
		patient := int32(i % all.Len())
		stratum := 0
		switch {
		case all.OtherLanguage(patient):
			stratum = 1
		case all.Age(patient) >= 65:
			stratum = 2
		}
		v := sim.View{HighRisk: true, Draws: des.NewKey(uint64(i)), Patient: patient, People: all}
		found[stratum] += count(r.Route(&v).Urgent)
		v.HighRisk = false
		alarms[stratum] += count(r.Route(&v).Urgent)
		n[stratum]++
	}
	for i, p := range []struct{ sensitivity, alarms float64 }{{1, 0}, {.4, .1}, {.7, .2}} {
		require.Greater(t, n[i], 1000)
		requireShare(t, p.sensitivity, found[i], n[i])
		requireShare(t, p.alarms, alarms[i], n[i])
	}
}
