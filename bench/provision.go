package bench

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"github.com/portalbench/portalbench/results"
)

// stage does what comes before and after the clock: accounts, sign-ins, seeding and the ledger. Nothing of it is
// measured. Work is spread over a few goroutines; a session is used by one of them at a time.
type stage struct {
	portal   Portal
	roster   *roster
	table    *table
	timeout  time.Duration // of one operation
	workers  int
	signIns  rate.Limit // a second, before the clock
	progress func(Progress)
	repeats  repeats
	notices  *notices      // what answers tell beside their content; nil: not noted
	shared   bool          // several people have the same account
	stale    time.Duration // for so long what is there is looked for where it may be, before it is made again; 0: looking a few times will do
}

// oneIdentity reports whether nothing can be said of who may see what.
func (s *stage) oneIdentity() bool { return s.shared || s.portal.Capabilities().OneIdentity }

// batch is how many accounts one provisioning operation makes, unless the portal takes fewer.
const batch = 500

// provision makes every account known to the portal: pools first, as staff belong to them, then staff, whom patients may
// write to, then patients, for whom proxies act.
func (s *stage) provision(ctx context.Context, admin *Account) error {
	session := &Session{Account: admin}
	if err := s.signIn(ctx, mostTries, session); err != nil {
		return unknownAdmin(admin, err)
	}
	defer s.roster.forgetNames()
	done := 0
	for _, kind := range []AccountKind{PoolAccount, StaffAccount, PatientAccount, ProxyAccount} {
		for some := range slices.Chunk(s.roster.of(kind), cmp.Or(s.portal.Capabilities().AccountsAtOnce, batch)) {
			t := s.do(ctx, mostTries, session, &Call{Kind: results.OpProvision, Accounts: some})
			if err := t.failure(); err != nil {
				return fmt.Errorf("provisioning %d accounts: %w", len(some), err)
			}
			done += len(some)
			s.report("provision", done, len(s.roster.people))
		}
	}
	return nil
}

// unknownAdmin is the error of an administrator who was not let in, with what may be wrong.
func unknownAdmin(admin *Account, err error) error {
	hint := ""
	switch outcome := Classify(results.OpAuth, err, false); {
	case outcome == results.Denied && admin.Login == unnamed && admin.Secret == "":
		hint = " (no login and secret are given for them: name a file with both by --auth)"
	case outcome == results.Denied:
		hint = " (does the credential belong to this portal?)"
	case outcome == results.NotFound:
		hint = " (nothing is there: are the path of --url and that of the request right?)"
	}
	return fmt.Errorf("signing in as administrator %s: %w%s", admin.Login, err, hint)
}

// signInEarly opens the sessions of those who are in the middle of one when the window begins: their first operation is
// not a sign-in.
func (s *stage) signInEarly(ctx context.Context, early []*person) error {
	pace := rate.NewLimiter(s.signIns, 1)
	return s.each(ctx, "sign in", len(early), func(ctx context.Context, i int) error {
		if err := pace.Wait(ctx); err != nil {
			return err
		}
		return s.as(ctx, mostTries, early[i], func(*Session) error { return nil })
	})
}

// as lets f use a person's session, signed in, while nobody else does.
func (s *stage) as(ctx context.Context, tries int, p *person, f func(*Session) error) error {
	p.using.Lock()
	defer p.using.Unlock()
	if err := s.admitted(ctx, tries, p); err != nil {
		return err
	}
	err := f(&p.session)
	for p.session.unknown { // the portal has forgotten them, and so did nothing; ends after mostRenewals
		if err := s.admitted(ctx, tries, p); err != nil {
			return err
		}
		err = f(&p.session)
	}
	return err
}

// admitted signs a person in unless they are.
func (s *stage) admitted(ctx context.Context, tries int, p *person) error {
	expired := !p.session.Expires.IsZero() && time.Until(p.session.Expires) < refreshBefore/2
	if p.signedAt.IsZero() || p.refused != nil || expired || p.session.unknown {
		if err := s.signIn(ctx, tries, p.open()); err != nil {
			p.signedAt = time.Time{}
			return fmt.Errorf("signing in as %s: %w", p.account.Login, err)
		}
		p.refused = nil
	}
	return nil
}

// signIn signs somebody in, in so many tries at most.
func (s *stage) signIn(ctx context.Context, tries int, session *Session) error {
	return s.attempt(ctx, tries, results.OpAuth, func(ctx context.Context) (Answer, error) {
		err := s.portal.SignIn(ctx, session)
		if refusal := (*Refusal)(nil); errors.As(err, &refusal) {
			return Answer{Outcome: refusal.Outcome, Status: refusal.Status}, err
		}
		return Answer{}, err
	}).err
}

// do carries out an operation, in so many tries at most.
func (s *stage) do(ctx context.Context, tries int, session *Session, c *Call) try {
	return s.attempt(ctx, tries, c.Kind, func(ctx context.Context) (Answer, error) { return s.portal.Do(ctx, session, c) })
}

func (s *stage) attempt(ctx context.Context, tries int, kind results.OpKind, f func(context.Context) (Answer, error)) (t try) {
	insist(ctx, tries, func() bool {
		t = s.once(ctx, kind, f)
		if ctx.Err() != nil || !t.again(kind) {
			return false
		}
		s.repeats.note(kind, t.failure())
		return true
	})
	return t
}

func (s *stage) once(ctx context.Context, kind results.OpKind, f func(context.Context) (Answer, error)) (t try) {
	m := meter{notices: s.notices}
	ctx, cancel := context.WithTimeout(withMeter(ctx, &m), s.timeout)
	defer cancel()
	if t.Answer, t.err = f(ctx); t.err != nil && t.Status == 0 {
		t.Outcome = Classify(kind, t.err, m.written.Load())
	}
	return t
}

// answered turns an answer that is not ok into an error.
func answered(a Answer, err error) error {
	if err == nil && a.Outcome == results.OK {
		return nil
	}
	return &notDone{Answer: a, err: err}
}

// notDone is the error of an operation that was not done. Its outcome says how it ended in any case.
type notDone struct {
	Answer
	err error // if there was no answer
}

func (n *notDone) Error() string {
	if n.err != nil {
		return masked(spoken(n.err))
	}
	return fmt.Sprintf("portal answered %s (status %d): %s", n.Outcome, n.Status, harmless(n.Detail))
}

func (n *notDone) Unwrap() error { return n.err }

// each calls f for 0 to n-1 on the stage's workers and returns the first error, after which no more are begun.
func (s *stage) each(ctx context.Context, phase string, n int, f func(context.Context, int) error) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var mu sync.Mutex
	next, done := 0, 0
	take := func() (int, bool) {
		mu.Lock()
		defer mu.Unlock()
		next++
		return next - 1, next <= n && ctx.Err() == nil
	}
	var workers sync.WaitGroup
	for range min(s.workers, n) {
		workers.Go(func() {
			for i, ok := take(); ok; i, ok = take() {
				if err := f(ctx, i); err != nil {
					cancel(err)
					return
				}
				mu.Lock()
				done++
				s.report(phase, done, n)
				mu.Unlock()
			}
		})
	}
	workers.Wait()
	return context.Cause(ctx)
}

func (s *stage) report(phase string, done, total int) {
	if s.progress != nil {
		s.progress(Progress{Phase: phase, Done: int64(done), Total: int64(total)})
	}
}
