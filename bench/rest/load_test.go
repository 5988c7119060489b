package rest

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/portalbench/portalbench/bench"
	"github.com/portalbench/portalbench/results"
	"github.com/portalbench/portalbench/scenarios"
	"github.com/portalbench/portalbench/sim"
	"github.com/portalbench/portalbench/sim/des"
)

// visit is a patient who writes with a file, a nurse who would answer, and the patient who looks.
func visit() []sim.Op {
	me, nurse, pool := sim.Actor{Kind: sim.ActorPatient}, sim.Actor{Kind: sim.ActorStaff}, sim.Actor{Kind: sim.ActorPool}
	var ops []sim.Op
	for i, o := range []struct {
		kind    results.OpKind
		by      sim.Actor
		message int32
	}{{results.OpAuth, me, 0}, {results.OpRecipients, me, 0}, {results.OpAttach, me, 0}, {results.OpSend, me, 0}, {results.OpAuth, nurse, 0},
		{results.OpInbox, nurse, 0}, {results.OpClaim, nurse, 0}, {results.OpRoute, nurse, 0}, {results.OpReply, nurse, 1}, {results.OpRead, me, 1}, {results.OpReply, me, 2},
		{results.OpThread, me, 0}, {results.OpUnread, me, 0}, {results.OpReply, me, 1}} {
		op := sim.Op{Due: des.Time(100 * i), Kind: o.kind, Actor: o.by, To: pool, Message: o.message, Text: des.NewKey(uint64(i))}
		if o.kind == results.OpAttach {
			op.Bytes = 1000
		}
		if o.kind == results.OpSend {
			op.Files = 1
		}
		ops = append(ops, op)
	}
	return ops
}

func replayed(t *testing.T, p *Portal, people []bench.Account) *bench.Result {
	t.Helper()
	pool := sim.Actor{Kind: sim.ActorPool}
	w := bench.Workload{Openings: []sim.Opening{{}}, Ops: visit(), Until: 2 * des.Second, Speed: 4, Describe: func(a sim.Actor) sim.Person {
		if a.Kind == sim.ActorStaff {
			return sim.Person{Role: scenarios.RN, Pools: []sim.Actor{pool}}
		}
		return sim.Person{}
	}}
	r, err := bench.Run(t.Context(), bench.Config{Portal: p, Workload: w, Admin: *p.services[isAdmin].account, People: people, Digest: "d", RunID: "r1",
		Timeout: 5 * time.Second, Lookout: true})
	require.NoError(t, err)
	return r
}

// A portal without a staff side is loaded with what patients do.
func TestLoadsOfOneSide(t *testing.T) {
	v, p := vetsPortal(t)
	r := replayed(t, p, vetsPeople)
	all, _ := r.Load.Op("all")
	require.EqualValues(t, 7, all.Outcomes["ok"], "%+v", r.Examples)
	require.EqualValues(t, 7, all.Offered, "the first reply of the patient answers one that nobody wrote, and is left out with it: %v", all.Outcomes)
	warnings := strings.Join(r.Load.Warnings, "\n")
	require.Contains(t, warnings, "the portal has no ")
	require.Regexp(t, "not everybody has .*inbox.* on this portal", warnings)
	require.Equal(t, &results.Ledger{Checked: 2, Found: 2}, r.Load.Ledger, "nobody else is there to whom it could leak")
	require.Len(t, v.messages, 2)
	require.Len(t, v.messages[0].files, 1)
}

// Staff hand on what patients have written, in their own API.
func TestLoadsOfTwoAPIs(t *testing.T) {
	e := &emr{}
	p := emrPortal(t, e)
	r := replayed(t, p, emrPeople)
	all, _ := r.Load.Op("all")
	require.Equal(t, all.Offered, all.Outcomes["ok"], "%+v %v", r.Examples, r.Load.Warnings)
	route, _ := r.Load.Op("route")
	require.EqualValues(t, 1, route.Outcomes["ok"])
	require.EqualValues(t, 2, r.Load.Ledger.Found)
}
