package bench

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/portalbench/portalbench/results"
	"github.com/portalbench/portalbench/scenarios"
	"github.com/portalbench/portalbench/sim"
)

// Verification tries what the operations of a portal mean, with a few accounts and threads of its own. It touches nothing
// else that is there.
type Verification struct {
	Portal Portal
	Admin  Account
	URL    string
	RunID  string        // makes accounts and tags those of this verification alone
	Within time.Duration // how long something written may take to be seen
	// Patience is how long the first message is looked for that was not seen in time, so that it can be said how old what the
	// portal shows is. 0: not at all.
	Patience time.Duration
	// Timeout is that of one operation.
	Timeout time.Duration
	People  []Account // on the portal already, to be used in place of new ones
}

// Run tries every operation that the portal says it has. An error means that nothing could be tried: the portal could not
// be reached, or did not let the administrator in.
func (v Verification) Run(ctx context.Context) (*results.Verify, error) {
	t := newTrial(v)
	if err := t.admit(ctx); err != nil {
		return nil, err
	}
	t.all(ctx)
	return t.report, ctx.Err()
}

// all tries everything.
func (t *trial) all(ctx context.Context) {
	t.over = func() bool { return ctx.Err() != nil }
	t.threads(ctx)
	t.people(ctx)
	t.files(ctx)
	t.work(ctx)
	t.pages(ctx)
	t.report.Conclude()
}

// trial is a verification under way.
type trial struct {
	Verification
	stage  *stage
	caps   Capabilities
	report *results.Verify
	// lenient says that what fails because the portal is out of order says nothing of its meaning, and over whether the time
	// for all of it is.
	lenient  bool
	over     func() bool
	pageCap  pageCaps
	stale    time.Duration // how old what the portal shows can be, if that is more than Within; 0: it is not
	signIns  time.Duration // all of them together
	signedIn int

	ann, ben         *person // patients
	pia              *person // writes for ann
	nora, otto       *person // nurses of the pool
	pool             *person
	holder           *person // who has the item in hand
	sent             Answer  // the thread that pia starts for ann
	body             string
	tag, topic, file string
}

func newTrial(v Verification) *trial {
	t := &trial{Verification: v, caps: v.Portal.Capabilities(), tag: "verify-" + v.RunID,
		report: &results.Verify{Format: 1, Kind: "verify", Portal: v.Portal.Capabilities().Name, URL: v.URL, RunID: v.RunID,
			VisibleAfterMS: results.Number(math.NaN())}}
	t.topic, t.body = "Verification "+t.tag, "Is everything written here seen by whom it is for?"
	for k := range results.NumOps {
		t.report.Ops = append(t.report.Ops, results.VerifiedOp{Op: results.OpKind(k).String(), Support: t.caps.Ops[k].String(),
			Checks: []results.VerifiedCheck{}})
	}
	t.cast()
	return t
}

// cast makes the people of the verification, under names that no other run has.
func (t *trial) cast() {
	keys := accountKeys{digest: t.tag, runID: t.RunID, secret: []byte(t.Admin.Secret)}
	r := newRoster(keys)
	add := func(kind sim.ActorKind, index int32, name string) *person {
		p := &person{actor: sim.Actor{Kind: kind, Index: index}}
		p.account = Account{Kind: AccountKind(kind), Login: loginPrefixes[kind] + "-" + name + "-" + t.RunID, Display: "Verification " + name, Run: t.RunID}
		p.session.Account = &p.account
		if kind != sim.ActorPool {
			p.account.Secret = keys.password(p.account.Login)
		}
		r.byActor[p.actor], r.people = p, append(r.people, p)
		return p
	}
	t.pool = add(sim.ActorPool, 0, "pool")
	t.nora, t.otto = add(sim.ActorStaff, 0, "nora"), add(sim.ActorStaff, 1, "otto")
	t.holder = t.nora
	t.ann, t.ben = add(sim.ActorPatient, 0, "ann"), add(sim.ActorPatient, 1, "ben")
	t.pia = t.ann // where nobody writes for others
	if len(t.People) == 0 || slices.ContainsFunc(t.People, func(a Account) bool { return a.Kind == ProxyAccount }) {
		t.pia = add(sim.ActorProxy, 0, "pia")
		t.pia.account.ActsFor = t.ann.account.Login
	}
	for _, p := range []*person{t.nora, t.otto} {
		p.role = t.usualRole()
		p.account.Role = p.role.String()
		p.join(t.pool)
	}
	for _, p := range []*person{t.ann, t.ben, t.pia} {
		p.account.CareTeam = []string{t.pool.account.Login, t.nora.account.Login}
	}
	t.stage = &stage{portal: ownCookies{t.Portal, &t.pageCap}, roster: r, timeout: t.Timeout, workers: 1}
}

// usualRole is that of a nurse, or the role of most staff who are there already.
func (t *trial) usualRole() scenarios.Role {
	best, count := scenarios.RN, map[scenarios.Role]int{}
	for _, a := range t.People {
		if role, known := scenarios.ParseRole(a.Role); known {
			if count[role]++; count[role] > count[best] {
				best = role
			}
		}
	}
	return best
}

// admit sees that everybody has an account, and signs them in.
func (t *trial) admit(ctx context.Context) error {
	if _, err := t.stage.settleIn(ctx, &t.Admin, t.People, false); err != nil {
		return err
	}
	for _, p := range []*person{t.ann, t.ben, t.pia, t.nora, t.otto} {
		start := time.Now()
		if err := t.stage.as(ctx, mostTries, p, func(*Session) error { return nil }); err != nil {
			return err
		}
		t.signIns, t.signedIn = t.signIns+time.Since(start), t.signedIn+1
	}
	return nil
}

// can reports whether the portal says it has an operation.
func (t *trial) can(kind results.OpKind) bool { return t.caps.Ops[kind] != Absent }

// check enters whether an operation means something. Of an operation that the portal does not have nothing is entered.
func (t *trial) check(kind results.OpKind, meaning string, err error) {
	c := results.VerifiedCheck{Meaning: meaning, Verdict: results.Means}
	old := (*staleError)(nil)
	switch {
	case errors.Is(err, errOneSided):
		c.Verdict, c.Seen = results.NotChecked, err.Error()
	case err != nil && (t.over() || t.lenient && flaky(err)):
		c.Verdict, c.Seen = results.NotChecked, notTried+harmless(spoken(err))
	case errors.As(err, &old) && (t.lenient || !old.first):
		c.Verdict, c.Seen = results.NotChecked, err.Error()
	case err != nil:
		c.Verdict, c.Seen = results.MeansNot, harmless(spoken(err))
	}
	t.enter(kind, c)
}

// skip enters that something could not be checked.
func (t *trial) skip(kind results.OpKind, meaning, why string) {
	t.enter(kind, results.VerifiedCheck{Meaning: meaning, Verdict: results.NotChecked, Seen: why})
}

func (t *trial) enter(kind results.OpKind, c results.VerifiedCheck) {
	if t.can(kind) {
		t.report.Ops[kind].Checks = append(t.report.Ops[kind].Checks, c)
	}
}

// do carries out an operation in a person's name. It is tried again where that is harmless.
func (t *trial) do(ctx context.Context, p *person, c Call) (Answer, error) {
	c.Tag, c.Run = t.tag, t.RunID
	if err := t.may(p, c.Kind); err != nil {
		return Answer{}, err
	}
	done := t.stage.do(ctx, mostTries, &p.session, &c)
	return done.Answer, done.failure()
}

// errOneSided marks what cannot be tried as the portal does not let somebody do it.
var errOneSided = errors.New("the portal does not have it")

var sideOf = [...]string{PatientAccount: "patients", ProxyAccount: "proxies", StaffAccount: "staff", PoolAccount: "pools", AdminAccount: "administrators"}

// may says why somebody cannot do an operation on this portal, or nil.
func (t *trial) may(p *person, kind results.OpKind) error {
	if t.caps.Can(p.account.Kind, kind) {
		return nil
	}
	return fmt.Errorf("%s by %s: %w", kind, sideOf[p.account.Kind], errOneSided)
}

// soon calls f until it is satisfied or the time for it is over, and returns its last error. It notes how long that took. Of
// a portal that is known to show what was there a while ago, nothing is waited for.
func (t *trial) soon(ctx context.Context, f func() error) error {
	if t.stale > 0 {
		if f() == nil {
			return nil
		}
		return &staleError{age: t.stale}
	}
	return t.until(ctx, t.Within, firstPause, f)
}

// until calls f until it is satisfied or some time is over.
func (t *trial) until(ctx context.Context, limit, gap time.Duration, f func() error) error {
	start := time.Now()
	for {
		err := f()
		since := time.Since(start)
		if err == nil {
			t.report.VisibleAfterMS = results.Number(math.Max(float64(since)/1e6, zeroIfNaN(t.report.VisibleAfterMS)))
			return nil
		}
		if errors.Is(err, errOneSided) {
			return err
		}
		if since >= limit || ctx.Err() != nil {
			return fmt.Errorf("%w, for %s", err, since.Round(time.Millisecond))
		}
		pause(ctx, min(gap, max(limit-since, time.Millisecond)))
	}
}

// first is soon for what is looked for first. If it is not there in time it is looked for longer, and how long it took is
// how old what the portal shows can be.
func (t *trial) first(ctx context.Context, f func() error) error {
	start := time.Now()
	err := t.soon(ctx, f)
	if err == nil || t.Patience <= t.Within {
		return err
	}
	if t.until(ctx, t.Patience-t.Within, time.Second, f) != nil {
		return err
	}
	t.stale = time.Since(start)
	t.report.VisibleAfterMS = results.Number(float64(t.stale) / 1e6)
	return &staleError{age: t.stale, first: true}
}

// staleError says that something was not seen, or not in time, on a portal that shows what was there a while ago.
type staleError struct {
	age   time.Duration
	first bool // it was waited for
}

func (s *staleError) Error() string {
	if s.first {
		return fmt.Sprintf("it was there only after %.3g s", s.age.Seconds())
	}
	return fmt.Sprintf("what the portal shows can be %.3g s old, and this was not waited for", s.age.Seconds())
}

func zeroIfNaN(n results.Number) float64 {
	if math.IsNaN(float64(n)) {
		return 0
	}
	return float64(n)
}
