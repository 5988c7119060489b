package bench_test

import (
	"context"
	"net"
	"net/http"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/portalbench/portalbench/bench"
	"github.com/portalbench/portalbench/bench/refportal"
	"github.com/portalbench/portalbench/results"
	"github.com/portalbench/portalbench/scenarios"
	"github.com/portalbench/portalbench/sim"
	"github.com/portalbench/portalbench/sim/des"
)

// ward is a reference portal with faults, served over connections in memory, so that a test's bubble keeps its time. The
// whole preparation of a run takes no time there: the first request and the clock of the replay begin together.
type ward struct {
	server *refportal.Server // nil: noop
	faulty *refportal.Faulty
	config bench.Config
}

// pipes is a listener for connections in memory.
type pipes struct {
	accepted chan net.Conn
	closed   chan struct{}
}

func (p *pipes) Accept() (net.Conn, error) {
	select {
	case c := <-p.accepted:
		return c, nil
	case <-p.closed:
		return nil, net.ErrClosed
	}
}

func (p *pipes) Close() error   { close(p.closed); return nil }
func (p *pipes) Addr() net.Addr { return &net.TCPAddr{} }

func (p *pipes) dial() (net.Conn, error) {
	near, far := net.Pipe()
	select {
	case p.accepted <- far:
		return near, nil
	case <-p.closed:
		return nil, net.ErrClosed
	}
}

func faults(t testing.TB, specs ...string) []refportal.Fault {
	t.Helper()
	var all []refportal.Fault
	for _, text := range specs {
		f, err := refportal.ParseFault(text)
		require.NoError(t, err)
		all = append(all, f)
	}
	return all
}

// openWard starts a portal that stores.
func openWard(t *testing.T, w bench.Workload, specs ...string) *ward {
	t.Helper()
	store := "sqlite:" + filepath.Join(t.TempDir(), "portal.db")
	server, err := refportal.New(refportal.Config{Store: store, Clock: time.Now, AdminSecret: secret})
	require.NoError(t, err)
	faulty, err := server.WithFaults(faults(t, specs...), 1)
	require.NoError(t, err)
	x := serveWard(t, faulty, w)
	x.server = server
	t.Cleanup(func() { require.NoError(t, server.Close()) })
	return x
}

// openNoopWard starts one that keeps nothing.
func openNoopWard(t *testing.T, w bench.Workload, seed uint64, specs ...string) *ward {
	t.Helper()
	faulty, err := refportal.NewFaulty(refportal.NewNoop(time.Now), faults(t, specs...), seed, time.Now)
	require.NoError(t, err)
	x := serveWard(t, faulty, w)
	x.config.SkipLedger = true
	return x
}

func serveWard(t *testing.T, faulty *refportal.Faulty, w bench.Workload) *ward {
	ln := &pipes{make(chan net.Conn), make(chan struct{})}
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- refportal.Serve(ctx, ln, http.Handler(faulty)) }()
	client := bench.NewClientOver(ln.dial)
	t.Cleanup(func() {
		client.CloseIdle()
		faulty.Close()
		stop()
		<-ended
	})
	portal := refportal.NewPortal(client.HTTP, "http://portal.test")
	_, err := portal.Stores(t.Context())
	require.NoError(t, err)
	limit, err := results.ParseThreshold(results.DefaultThreshold)
	require.NoError(t, err)
	return &ward{faulty: faulty, config: bench.Config{Portal: portal, Client: client, Workload: w, RunID: "run1",
		Digest: "d", Timeout: 5 * time.Second, Thresholds: []results.ParsedThreshold{limit},
		Admin: bench.Account{Kind: bench.AdminAccount, Login: refportal.AdminLogin, Secret: secret}}}
}

func (w *ward) run(t *testing.T) *bench.Result {
	t.Helper()
	r, err := bench.Run(t.Context(), w.config)
	require.NoError(t, err)
	return r
}

func row(t *testing.T, r *bench.Result, op string) results.OpResult {
	t.Helper()
	found, ok := r.Load.Op(op)
	require.True(t, ok)
	return found
}

func patient(i int32) sim.Actor { return sim.Actor{Index: i, Kind: sim.ActorPatient} }
func nurse(i int32) sim.Actor   { return sim.Actor{Index: i, Kind: sim.ActorStaff} }

var triagePool = sim.Actor{Kind: sim.ActorPool}

// at returns an operation that is due so many milliseconds after the start, about the thread of patient i.
func at(ms int, kind results.OpKind, by sim.Actor, i int32) sim.Op {
	return sim.Op{Due: des.Time(ms), Kind: kind, Actor: by, To: triagePool, Subject: i, Thread: sim.Thread{Number: i},
		Text: des.NewKey(uint64(ms) + uint64(i)<<32)}
}

// shift is a workload of so many seconds, in which staff belong to the pool.
func shift(seconds int, ops ...sim.Op) bench.Workload {
	slices.SortStableFunc(ops, func(a, b sim.Op) int { return int(a.Due - b.Due) })
	return bench.Workload{Openings: []sim.Opening{{}}, Ops: ops, Until: des.Time(seconds) * des.Second, Speed: 1,
		Describe: func(a sim.Actor) sim.Person {
			p := sim.Person{Name: "Somebody"}
			if a.Kind == sim.ActorStaff {
				p.Role, p.Pools = scenarios.RN, []sim.Actor{triagePool}
			}
			return p
		}}
}

// consultation is what becomes of a message of patient i that falls due at ms: 12 operations, of which 2 are messages.
func consultation(ms int, i int32) []sim.Op {
	who := nurse(i)
	ops := []sim.Op{
		at(ms, results.OpAuth, patient(i), i), at(ms+10, results.OpSend, patient(i), i),
		at(ms+20, results.OpAuth, who, i), at(ms+30, results.OpInbox, who, i), at(ms+40, results.OpClaim, who, i),
		at(ms+50, results.OpThread, who, i), at(ms+60, results.OpRead, who, i), at(ms+70, results.OpLabel, who, i),
		at(ms+80, results.OpReply, who, i), at(ms+90, results.OpClose, who, i),
		at(ms+100, results.OpThread, patient(i), i), at(ms+110, results.OpRead, patient(i), i),
	}
	ops[8].Message, ops[11].Message = 1, 1
	return ops
}

// runOf is run for what is to go wrong.
func runOf(w *ward) (*bench.Result, error) { return bench.Run(context.Background(), w.config) }
