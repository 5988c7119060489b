package bench

import (
	"cmp"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/portalbench/portalbench/results"
	"github.com/portalbench/portalbench/sim"
	"github.com/portalbench/portalbench/sim/des"
)

// What comes back from disk is what was put there, slice by slice in the order of the whole.
func TestSpoolKeepsEverythingInOrder(t *testing.T) {
	const networks, each = 30, 12_000 // more than is collected before writing
	until := des.Hour
	s, err := NewSpool(des.Minute, until, 7*des.Minute)
	require.NoError(t, err)
	defer func() { require.NoError(t, s.Close()) }()
	r := rand.New(rand.NewPCG(1, 2))
	var all []sim.Op
	for n := range int32(networks) {
		ops := make([]sim.Op, each)
		for i := range ops {
			ops[i] = sim.Op{Due: des.Minute + des.Time(r.Int64N(int64(until-des.Minute))), Kind: results.OpSend,
				Actor: sim.Actor{Network: n, Index: int32(i), Kind: sim.ActorStaff}, Message: int32(i), Text: des.NewKey(r.Uint64()),
				Urgent: i%2 == 0, Bytes: -1}
		}
		slices.SortStableFunc(ops, func(a, b sim.Op) int { return cmp.Compare(a.Due, b.Due) })
		require.NoError(t, s.Add(ops))
		all = append(all, ops...)
	}
	slices.SortStableFunc(all, byDue)
	var got []sim.Op
	for i := range s.Slices() {
		ops, err := s.Slice(i)
		require.NoError(t, err)
		got = append(got, ops...)
	}
	require.True(t, slices.Equal(all, got))
	require.Equal(t, len(all), s.before(until))
	exact := before(all, 30*des.Minute)
	require.InEpsilon(t, exact, s.before(30*des.Minute), .01)
}
