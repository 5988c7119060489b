package sim

import (
	"maps"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/portalbench/portalbench/scenarios"
)

// Whatever is counted, the parts of each way to divide threads, needs or patients add up to the whole.
func TestPartsAddUp(t *testing.T) {
	o := run(t, func(x *setup) {
		crowd(x)
		x.router = routing{first: scenarios.RN, authority: .4}
		x.Threads.FollowUp, x.Threads.Patience = .4, patient(10, .4, .3)
		x.Threads.Patience.Emergency = .3
		x.Demand.Urgency.FeltOtherwise, x.Demand.Urgency.Actual, x.Demand.Urgency.HighRisk = .3, .1, .3
	})
	divisions := map[string][]part{}
	for p := range part(numParts) {
		for key := range where(p) {
			divisions[key] = append(divisions[key], p)
		}
	}
	require.Len(t, divisions, 13)
	for _, key := range slices.Sorted(maps.Keys(divisions)) {
		parts := divisions[key]
		for i := range o.count {
			require.Equal(t, o.count[i].of(whole()), o.count[i].of(parts), "count %d by %s", i, key)
		}
		require.Equal(t, o.Tally.response.Of(whole()...), o.Tally.response.Of(parts...), "first response by %s", key)
		for k := range o.spans[wall] {
			if parts[0] >= toldInFull {
				break
			}
			require.Equal(t, o.spans[wall][k].restricted.of(whole()), o.spans[wall][k].restricted.of(parts), "clock %d by %s", k, key)
			require.Equal(t, o.spans[wall][k].minutes.Of(whole()...), o.spans[wall][k].minutes.Of(parts...), "clock %d by %s", k, key)
		}
		require.Equal(t, o.exposure.of(whole()), o.exposure.of(parts), "exposure by %s", key)
		if key == "label" {
			continue // needs that are not written have none
		}
		for i := range o.demand {
			require.Equal(t, o.demand[i].of(whole()), o.demand[i].of(parts), "demand %d by %s", i, key)
		}
		if partSex <= parts[0] && parts[0] < toldInFull {
			require.EqualValues(t, o.clinic.people.Len(), o.patients.of(parts), "patients by %s", key)
		}
	}
	for i := range o.count {
		require.Positive(t, o.count[i].of(whole()), "count %d", i)
	}
}

// No two parts have the same name, and what is divided by people comes last.
func TestPartsHaveNames(t *testing.T) {
	seen := map[string]bool{}
	for p := range part(numParts) {
		for key, value := range where(p) {
			require.False(t, seen[key+value], "%s=%s", key, value)
			seen[key+value] = true
		}
	}
}
