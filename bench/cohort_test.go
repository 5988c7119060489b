package bench_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/portalbench/portalbench/bench"
	"github.com/portalbench/portalbench/results"
	"github.com/portalbench/portalbench/sim"
	"github.com/portalbench/portalbench/sim/des"
)

func TestResize(t *testing.T) {
	some := []bench.Cohort{{Network: 1, Patients: []int32{2, 3}}, {Network: 4, Patients: []int32{0}}}
	for patients, want := range map[int][]bench.Cohort{
		1: {{Network: 1, Patients: []int32{2}}},
		3: some,
		5: {{Network: 0, Patients: []int32{0, 1}}, some[0], some[1]},
		// Networks of four: the first is filled, then what is missing of the second.
		8: {{Network: 0, Patients: []int32{0, 1, 2, 3}}, {Network: 1, Patients: []int32{0, 2, 3}}, some[1]},
	} {
		require.Equal(t, want, bench.Resize(some, patients, 4), "%d patients", patients)
	}
	require.Equal(t, []int32{2, 3}, some[0].Patients, "what was given stays as it is")
}

// Whoever is met by a run is there before it.
func TestCohortsAreWhomARunMeets(t *testing.T) {
	w := shift(3)
	w.Ops = []sim.Op{{Kind: results.OpUnread, Actor: patient(1)}, {Kind: results.OpUnread, Actor: patient(2), Due: des.Second}}
	portal := verification(t).Portal
	got, err := w.Cohorts(portal.Capabilities())
	require.NoError(t, err)
	prepared, err := w.Prepare(t.Context(), portal.Capabilities())
	require.NoError(t, err)
	n := 0
	for _, c := range got {
		require.IsIncreasing(t, c.Patients)
		n += len(c.Patients)
	}
	require.Equal(t, 2, n)
	require.Equal(t, prepared.Patients, n)
}
