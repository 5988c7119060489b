package sim

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/portalbench/portalbench/results"
	"github.com/portalbench/portalbench/scenarios"
)

// Whoever has claimed a thread is who passes it on or closes it, also when it was put aside and the family phones, or
// when leave begins: a portal would refuse others.
func TestWhoClaimsCloses(t *testing.T) {
	x := setup{Scenario: small(t)}
	x.Handling.Defer, x.Threads.FollowUp, x.Threads.Patience = .5, .3, patient(6, .2, .3)
	physicians(&x, func(g *scenarios.Staff) { g.LeaveDays = 130 })
	p, err := NewPlan(x.Scenario)
	require.NoError(t, err)
	policy := scenarios.Policy{Cover: scenarios.Cover{By: "coverer", Physicians: 4}}
	c := prepared(p, policy, 11, 0, routing{first: scenarios.RN, authority: .5}, p.end)
	c.record = newRecorder(p, 0)
	ops := c.Advance(p.end, nil)
	slices.SortStableFunc(ops, byDue)
	claimed, held := map[Thread]Actor{}, 0
	for _, op := range ops {
		switch op.Kind {
		case results.OpClaim:
			claimed[op.Thread] = op.Actor
		case results.OpRoute, results.OpClose:
			if by, ok := claimed[op.Thread]; ok {
				require.Equal(t, by, op.Actor, "%v of %v", op.Kind, op.Thread)
				held++
			}
			delete(claimed, op.Thread)
		}
	}
	require.Greater(t, held, 500)
}
