package bench

import (
	"context"
	"fmt"
	"io"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/portalbench/portalbench/results"
	"github.com/portalbench/portalbench/scenarios"
	"github.com/portalbench/portalbench/sim"
	"github.com/portalbench/portalbench/sim/des"
)

// desk is a model of a portal in memory: every operation takes as long as the test says, on the clock of the test's
// bubble. It keeps what real portals cannot tell: who was served when, and whether anybody was served twice at once.
type desk struct {
	takes func(login string, c *Call) time.Duration               // nil: nothing
	fault func(login string, c *Call) (answer *Answer, err error) // nil, or nil and nil: no fault
	life  time.Duration                                           // of tokens; 0: for ever

	mu      sync.Mutex
	inUse   map[*Session]bool
	clash   int // two operations of one session at once
	served  []served
	threads []*deskThread
	signIns int
}

type served struct {
	login string
	call  Call
	at    time.Time
}

type deskThread struct {
	topic    string
	version  int
	closed   bool
	messages []Seen
}

func (d *desk) Capabilities() Capabilities {
	c := Capabilities{Name: "desk"}
	for k := range c.Ops {
		c.Ops[k] = Native
	}
	return c
}

func (d *desk) SignIn(ctx context.Context, s *Session) error {
	d.mu.Lock()
	d.signIns++
	d.mu.Unlock()
	a, err := d.Do(ctx, s, &Call{Kind: results.OpAuth})
	if err != nil {
		return err
	}
	if a.Outcome != results.OK {
		return &Refusal{Outcome: a.Outcome, Status: a.Status, Detail: a.Detail}
	}
	s.Token = "token"
	if d.life > 0 {
		s.Expires = time.Now().Add(d.life)
	}
	return nil
}

func (d *desk) Do(ctx context.Context, s *Session, c *Call) (Answer, error) {
	d.enter(s, c)
	defer d.leave(s)
	login := s.Account.Login
	if d.takes != nil {
		select {
		case <-time.After(d.takes(login, c)):
		case <-ctx.Done():
			return Answer{}, ctx.Err()
		}
	}
	if d.fault != nil {
		if a, err := d.fault(login, c); a != nil || err != nil {
			if err == io.EOF { // it happened, and the answer was lost
				d.answer(s, c)
			}
			if a == nil {
				a = &Answer{}
			}
			return *a, err
		}
	}
	return d.answer(s, c), nil
}

func (d *desk) enter(s *Session, c *Call) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.inUse == nil {
		d.inUse = map[*Session]bool{}
	}
	if d.inUse[s] {
		d.clash++
	}
	d.inUse[s] = true
	d.served = append(d.served, served{s.Account.Login, *c, time.Now()})
}

func (d *desk) leave(s *Session) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.inUse[s] = false
}

func (d *desk) answer(s *Session, c *Call) Answer {
	d.mu.Lock()
	defer d.mu.Unlock()
	a := Answer{Requests: 1}
	switch c.Kind {
	case results.OpProvision:
		for _, acc := range c.Accounts {
			acc.ID = "id-" + acc.Login
		}
		return a
	case results.OpSend:
		d.threads = append(d.threads, &deskThread{topic: c.Topic})
		c.Thread = fmt.Sprint("T", len(d.threads)-1)
	case results.OpInbox:
		for i, t := range d.threads {
			if !t.closed {
				a.Items = append(a.Items, Listed{Thread: fmt.Sprint("T", i), Item: fmt.Sprint("I", i), Version: fmt.Sprint(t.version),
					Topic: t.topic})
			}
		}
		return a
	}
	if c.Thread == "" {
		return a
	}
	d.about(&a, s, c)
	return a
}

// about answers an operation about one thread.
func (d *desk) about(a *Answer, s *Session, c *Call) {
	var i int
	fmt.Sscanf(c.Thread, "T%d", &i)
	t := d.threads[i]
	switch c.Kind {
	case results.OpSend, results.OpReply:
		a.Message = fmt.Sprintf("M%d.%d", i, len(t.messages))
		t.messages = append(t.messages, Seen{Message: a.Message, Sender: s.Account.Login, Body: c.Body})
	case results.OpThread:
		a.Messages = append(a.Messages, t.messages...)
		return
	case results.OpClaim, results.OpRoute, results.OpLabel, results.OpClose, results.OpReopen:
		if c.Version != fmt.Sprint(t.version) {
			a.Outcome = results.Conflict
			return
		}
		t.version++
		t.closed = c.Kind == results.OpClose
	}
	a.Thread, a.Item, a.Version = c.Thread, fmt.Sprint("I", i), fmt.Sprint(t.version)
}

// kinds returns what was served after the preparation, in order.
func (d *desk) kinds() string {
	var all []string
	for _, s := range d.served {
		all = append(all, s.call.Kind.String())
	}
	return strings.Join(all, " ")
}

func patient(i int32) sim.Actor { return sim.Actor{Index: i, Kind: sim.ActorPatient} }
func staff(i int32) sim.Actor   { return sim.Actor{Index: i, Kind: sim.ActorStaff} }
func pool(i int32) sim.Actor    { return sim.Actor{Index: i, Kind: sim.ActorPool} }

// describe gives everybody a name, and staff the pool with number 0.
func describe(a sim.Actor) sim.Person {
	p := sim.Person{Name: fmt.Sprintf("Somebody %d", a.Index)}
	if a.Kind == sim.ActorStaff {
		p.Role, p.Pools = scenarios.RN, []sim.Actor{pool(0)}
	}
	return p
}

// workload replays ops of network 0, for so many seconds, at the clinic's own speed.
func workload(seconds int, ops ...sim.Op) Workload {
	return Workload{Openings: []sim.Opening{{}}, Ops: ops, Until: des.Time(seconds) * des.Second, Speed: 1, Describe: describe}
}

// at returns an operation about thread 0 that is due so many milliseconds after the start.
func at(ms int, kind results.OpKind, by sim.Actor) sim.Op {
	return sim.Op{Due: des.Time(ms), Kind: kind, Actor: by, To: pool(0), Text: des.NewKey(uint64(ms))}
}

func config(p Portal, w Workload) Config {
	return Config{Portal: p, Workload: w, Admin: Account{Kind: AdminAccount, Login: "admin", Secret: "secret"}, Digest: "d",
		RunID: "run1", SkipLedger: true}
}

func mustRun(t *testing.T, cfg Config) *Result {
	t.Helper()
	r, err := Run(t.Context(), cfg)
	require.NoError(t, err)
	return r
}

func rowOf(t *testing.T, r *Result, op string) results.OpResult {
	t.Helper()
	row, ok := r.Load.Op(op)
	require.True(t, ok)
	return row
}
