package main

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/portalbench/portalbench/results"
	"github.com/portalbench/portalbench/scenarios"
)

// Of every parameter there is one position in each of n equal parts of the range, and the parameters are not in step.
func TestLatinHypercubeFillsEveryMargin(t *testing.T) {
	const n = 40
	draws := latinHypercube(n, 3, 7)
	var orders [][]int
	for j := range 3 {
		var parts []int
		for _, d := range draws {
			require.True(t, d[j] >= 0 && d[j] < 1)
			parts = append(parts, int(d[j]*n))
		}
		orders = append(orders, slices.Clone(parts))
		slices.Sort(parts)
		for i, part := range parts {
			require.Equal(t, i, part)
		}
	}
	require.NotEqual(t, orders[0], orders[1])
	require.Equal(t, draws, latinHypercube(n, 3, 7))
	require.NotEqual(t, draws, latinHypercube(n, 3, 8))
}

func TestRangesOfParameters(t *testing.T) {
	zero, one, ten := 0., 1., 10.
	share, level := bounds{Minimum: &zero, Maximum: &one}, bounds{Minimum: &one, Maximum: &ten}
	for _, c := range []struct {
		source    scenarios.Source
		within    bounds
		low, high float64
		kind      string
		middle    float64
	}{
		// odds 1/4: 1/8 and 1/2, shares 1/9 and 1/3; halfway between the log odds the value itself
		{scenarios.Source{Value: ".2"}, share, 1. / 9, 1. / 3, "declared", .2},
		{scenarios.Source{Value: "4", Assumed: true}, level, 2, 8, "declared", 4},
		{scenarios.Source{Value: "16h"}, bounds{}, 8, 32, "declared", 16},
		// cut at 10; the geometric middle of 4 and 10 is 6.3246
		{scenarios.Source{Value: "8"}, level, 4, 10, "declared", 6.3246},
		// ADO-28: 1.5, from 1.2 to 1.8, whose geometric middle is 1.4697
		{scenarios.Source{Value: "1.5", IDs: []string{"ADO-28"}}, bounds{}, 1.2, 1.8, "evidence", 1.4697},
		// CL01: 81.0 %, 77.8 to 83.6: as shares .778 and .836
		{scenarios.Source{Value: ".81", IDs: []string{"CL01"}}, share, .778, .836, "evidence", .8086},
		// VOL-04 gives no range
		{scenarios.Source{Value: "1.6", IDs: []string{"VOL-04"}}, bounds{}, .8, 3.2, "declared", 1.6},
	} {
		p, ok := newParameter(c.source, c.within)
		require.True(t, ok, c.source.Value)
		require.InDelta(t, c.low, p.low, 1e-9, c.source.Value)
		require.InDelta(t, c.high, p.high, 1e-9, c.source.Value)
		require.Equal(t, c.kind, p.Range, c.source.Value)
		require.InDelta(t, c.middle, p.at(.5), 1e-4, c.source.Value)
		require.InDelta(t, c.low, p.at(0), 1e-9, c.source.Value)
		require.InDelta(t, c.high, p.at(1), 1e-9, c.source.Value)
	}
	for _, text := range []string{"0", "mon-fri 08:00-17:00", "[1, 2]", "0s"} {
		_, ok := newParameter(scenarios.Source{Value: text}, bounds{})
		require.False(t, ok, text)
	}
	_, ok := newParameter(scenarios.Source{Value: "1"}, share)
	require.False(t, ok, "a share of 1 has no odds")
}

func TestParametersAreWrittenAsInFiles(t *testing.T) {
	hours, _ := newParameter(scenarios.Source{Path: "threads.patience.median", Value: "16h"}, bounds{})
	require.Equal(t, scenarios.Override{Path: "threads.patience.median", Value: "36900s"}, hours.override(10.25))
	whole, _ := newParameter(scenarios.Source{Path: "threads.patience.most_nudges", Value: "2"}, bounds{Type: "integer"})
	require.Equal(t, "3", whole.override(whole.at(.8)).Value, "2^(.8 x 2) = 3.03, rounded")
}

// What a clinic decides, what is switched off and what is set do not vary; the levers of policies vary by themselves.
func TestWhatIsUncertain(t *testing.T) {
	s, err := openStudy("smoke", []string{"physician-first", "nurse-first"}, "", []scenarios.Override{{Path: "population.adoption.women", Value: "1.4"}})
	require.NoError(t, err)
	list, err := s.uncertain()
	require.NoError(t, err)
	var names []string
	for _, p := range list {
		names = append(names, p.Name())
		require.Less(t, p.low, p.high, p.Name())
		require.True(t, p.low <= p.value && p.value <= p.high, "%s: %g in %g to %g", p.Name(), p.value, p.low, p.high)
	}
	require.Contains(t, names, "population.writing.threads_per_patient_year")
	require.Contains(t, names, "staff.physician.background.calls")
	require.Contains(t, names, "physician-first: route.closed_without_physician")
	require.Contains(t, names, "nurse-first: route.closed_without_physician")
	for _, not := range []string{"population.adoption.women", "horizon.days", "staff.rn.fte", "network.patients", "handling.switch_seconds",
		"demand.responsiveness.elasticity", "replay.for"} {
		require.NotContains(t, names, not)
	}
}

// A draw in which two policies have values of their own keeps them apart.
func TestDrawsSetEachPolicyByItself(t *testing.T) {
	u, err := newUncertainty(smokeStudy(t, "physician-first", "nurse-first"), &common{seed: 1}, results.PrimaryQuantities()[0], 20)
	require.NoError(t, err)
	var chosen []parameter
	for _, p := range u.parameters {
		if p.Path == "route.closed_without_physician" || p.Path == "threads.follow_up" {
			chosen = append(chosen, p)
		}
	}
	require.Len(t, chosen, 3)
	s, err := u.valued(chosen, []float64{.4, .1, .5})
	require.NoError(t, err)
	require.Equal(t, .4, s.scenario.Threads.FollowUp)
	require.Equal(t, .1, s.arms[0].Policy.Route.ClosedWithoutPhysician)
	require.Equal(t, .5, s.arms[1].Policy.Route.ClosedWithoutPhysician)
	require.Equal(t, 28, s.scenario.Horizon.Days)
	_, err = u.valued(chosen[:1], []float64{4})
	require.Error(t, err, "out of range")
	require.Equal(t, 1, len(u.blamed(err, false)))
	require.Len(t, u.blamed(err, true), len(u.parameters))
}

// What policies have from the same source at the same value is one unknown number, drawn once for all of them.
func TestInheritedLeversAreDrawnOnce(t *testing.T) {
	const path = "route.closed_without_physician"
	u, err := newUncertainty(smokeStudy(t, "physician-first", "nurse-first", "urgency-first"), &common{seed: 1}, results.PrimaryQuantities()[0], 20)
	require.NoError(t, err)
	var names []string
	var chosen []parameter
	for _, p := range u.parameters {
		if p.Path == path {
			names, chosen = append(names, p.Name()), append(chosen, p)
		}
	}
	require.Equal(t, []string{"physician-first, urgency-first: " + path, "nurse-first: " + path}, names)
	s, err := u.valued(chosen, []float64{.15, .5})
	require.NoError(t, err)
	for i, want := range []float64{.15, .5, .15} {
		require.Equal(t, want, s.arms[i].Policy.Route.ClosedWithoutPhysician)
	}
}

// Two policies that differ in nothing but their names do not differ in any draw.
func TestTwinsStayTwinsInEveryDraw(t *testing.T) {
	twin := filepath.Join(t.TempDir(), "twin.yaml")
	require.NoError(t, os.WriteFile(twin, []byte("policy: twin\nlanguage: 1\nextends: e-visit-billing\n"), 0o600))
	u, err := newUncertainty(smokeStudy(t, "e-visit-billing", twin), &common{seed: 1}, results.PrimaryQuantities()[0], 20)
	require.NoError(t, err)
	u.positions = u.positions[:4]
	studies, err := u.studies(context.Background())
	require.NoError(t, err)
	drawn := map[float64]bool{}
	for _, s := range studies {
		a, b := s.arms[0].Policy, s.arms[1].Policy
		require.Equal(t, a.Route, b.Route)
		require.Equal(t, a.Billing, b.Billing)
		drawn[a.Billing.Demand] = true
	}
	require.Len(t, drawn, 4, "and the draws differ")
}

func TestOneUnknownNumberOrTwo(t *testing.T) {
	source := func(path, value, note string, assumed bool, ids ...string) scenarios.Source {
		return scenarios.Source{Path: path, Value: value, Note: note, Assumed: assumed, IDs: ids}
	}
	first := source("refill.covered", ".8", "", false, "RP01")
	for _, c := range []struct {
		name  string
		other scenarios.Source
		want  []string
	}{
		{"inherited", first, []string{"a, b"}},
		{"written otherwise", source("refill.covered", "0.80", "", false, "RP01"), []string{"a, b"}},
		{"another value", source("refill.covered", ".7", "", false, "RP01"), []string{"a", "b"}},
		{"another path", source("refill.closed", ".8", "", false, "RP01"), []string{"a", "b"}},
		{"another source", source("refill.covered", ".8", "", false, "RP02"), []string{"a", "b"}},
		{"assumed", source("refill.covered", ".8", "", true, "RP01"), []string{"a", "b"}},
		{"a user's own", source("refill.covered", ".8", "our count", false, "RP01"), []string{"a", "b"}},
	} {
		var list []parameter
		for i, s := range []scenarios.Source{first, c.other} {
			of, err := uncertainOf([]string{"a", "b"}[i], []scenarios.Source{s}, scenarios.PolicySchema())
			require.NoError(t, err)
			list = together(list, of)
		}
		var got []string
		for _, p := range list {
			got = append(got, p.Policy)
		}
		require.Equal(t, c.want, got, c.name)
	}
	of, err := uncertainOf("", []scenarios.Source{first}, scenarios.PolicySchema())
	require.NoError(t, err)
	ofPolicy, err := uncertainOf("a", []scenarios.Source{first}, scenarios.PolicySchema())
	require.NoError(t, err)
	require.Len(t, together(of, ofPolicy), 2, "the scenario's are never a policy's")
}

func TestLongHorizonsAreCut(t *testing.T) {
	s, err := openStudy("cardiopulmonary", []string{"physician-first"}, "", nil)
	require.NoError(t, err)
	u, err := newUncertainty(s, &common{seed: 1}, results.PrimaryQuantities()[0], 0)
	require.NoError(t, err)
	require.Equal(t, drawDays, u.scenario.Horizon.Days)
	require.Len(t, u.positions, max(usualDraws, 2*len(u.parameters)))
}
