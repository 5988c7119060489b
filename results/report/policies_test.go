package report

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/portalbench/portalbench/results"
)

// A policy whose backlog grows takes no style, and of more policies than there are styles the first are drawn.
func TestFiguresSayWhichPoliciesTheyLeaveOut(t *testing.T) {
	s := &results.Simulate{}
	for i := range 10 {
		s.Policies = append(s.Policies, results.PolicyResult{Name: fmt.Sprint("p", i), Set: map[string]string{"horizon.days": "28"}})
	}
	require.Equal(t, "Drawn are the first 8 of 10 policies with a steady state; the table of main outcomes has all.", notDrawn(s))
	s.Policies[1].Unstable = new(true)
	drawn := drawnPolicies(s)
	require.Len(t, drawn, 8)
	require.Equal(t, "p2", drawn[1].name, "without the override that all have")
	require.Equal(t, 1, drawn[1].style)
	require.Equal(t, "p8", drawn[7].name)
	require.Equal(t, "Not drawn, as the backlog grows and there is no steady state: p1. "+
		"Drawn are the first 8 of 9 policies with a steady state; the table of main outcomes has all.", notDrawn(s))
	s.Policies = s.Policies[2:5]
	require.Empty(t, notDrawn(s))
	for _, p := range drawnPolicies(s) {
		require.Contains(t, legendOf(drawnPolicies(s)), legendEntry{Name: p.name, Style: p.style, Marker: marker(p.style, 24, 8)})
	}
}
