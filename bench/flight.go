package bench

import (
	"context"
	"errors"
	"runtime/pprof"
	"strings"
	"time"

	"github.com/portalbench/portalbench/results"
	"github.com/portalbench/portalbench/sim"
)

// flight is one operation on its way: from being due to its answer. Whoever holds the engine's
// lock owns it, save between its sending and its answer, when it belongs to the goroutine that carries it out. Moments count from the start
// of the replay.
type flight struct {
	op       *sim.Op
	person   *person
	thread   *thread    // nil when it is about none
	counted  bool       // due after the warm-up
	blockers int        // operations it waits for
	next     [2]*flight // those that wait for it: the next of its session and the next of its thread

	intended, ready, sent, done time.Duration
	resolved                    time.Duration // when looking for a lost write ended; 0: there was none

	call    Call
	subject subjectLine
	search  []*Account // lists to look through for the item or its version, where they are not known
	out     bool       // it was sent
	answer  Answer
	found   Listed // what the search for the item brought
	meter   meter
	cause   *Cause // why it was skipped
}

// turn is the order of the operations of one session, or of one thread. It keeps none that has ended: operations come
// and go by the million.
type turn struct {
	last *flight       // the operation released last, nil once it has ended
	free time.Duration // when the last one ended
}

// join puts f behind the operation released last. place tells sessions from threads.
func (t *turn) join(f *flight, place int) {
	if t.last == nil {
		f.ready = max(f.ready, t.free)
	} else {
		t.last.next[place] = f
		f.blockers++
	}
	t.last = f
}

// leave notes that f has ended.
func (t *turn) leave(f *flight) {
	t.free = max(t.free, f.done, f.resolved)
	if t.last == f {
		t.last = nil
	}
}

// response is what the portal and this program took: lag and service.
func (f *flight) response() time.Duration { return f.done - f.ready }

// isStaff reports whether somebody of the clinic does it.
func (f *flight) isStaff() bool { return f.op.Actor.Kind == sim.ActorStaff }

// carryOut sends an operation, waits for its answer and enters it. What people write is made
// before the operation counts as sent, so that making it is this program's lag and not the portal's service.
func (e *engine) carryOut(f *flight) {
	pprof.SetGoroutineLabels(e.labels[f.op.Kind])
	write(&f.call, f.op, f.subject, e.start.Add(f.intended))
	f.meter.tap = e.keep.tap(f, e.start)
	ctx, cancel := context.WithTimeout(withMeter(e.calls, &f.meter), e.timeout)
	defer cancel()
	f.sent = e.now()
	answer, err := e.attempt(ctx, f)
	f.done = e.now()
	if err != nil {
		answer = Answer{Outcome: Classify(f.op.Kind, err, f.meter.written.Load()), Detail: spoken(err)}
	}
	f.answer = answer
	if unresolved(f.op.Kind, &f.answer) {
		e.resolve(f)
		f.resolved = e.now()
	}
	f.answer.count(&f.meter)
}

// count replaces what the adapter says of its requests by what the client saw, if they went through the client.
func (a *Answer) count(m *meter) {
	if n := m.requests.Load(); n > 0 {
		a.Requests, a.BytesIn, a.BytesOut = int(n), m.bytesIn.Load(), m.bytesOut.Load()
	}
}

// attempt signs in or does the operation, with a fresh token and the item's id and version where they are missing.
func (e *engine) attempt(ctx context.Context, f *flight) (Answer, error) {
	if f.op.Kind == results.OpAuth {
		return Answer{}, e.portal.SignIn(ctx, f.person.open())
	}
	if err := f.person.refresh(ctx, e.portal); err != nil {
		f.meter.written.Store(false)
		return Answer{}, err
	}
	if len(f.search) > 0 {
		row, err := searchItem(ctx, e.portal, &f.person.session, f.search, &f.call)
		if refused := (*refusedList)(nil); errors.As(err, &refused) {
			return refused.answer, nil
		}
		if err != nil {
			f.meter.written.Store(false)
			return Answer{}, err
		}
		if row.Item == "" {
			return Answer{Outcome: results.Skipped, Detail: "its item was on none of the pages looked at"}, nil
		}
		f.found, f.call.Item, f.call.Version = row, row.Item, row.Version
	}
	f.meter.written.Store(false) // what was written so far only prepared the operation
	return e.portal.Do(ctx, &f.person.session, &f.call)
}

// open notes that a token is about to be handed out.
func (p *person) open() *Session {
	p.signedAt = time.Now()
	return &p.session
}

// refreshBefore is how long before its expiry a token is renewed.
const refreshBefore = time.Minute

// refresh signs in again when the token is about to expire, within a minute or half its life if that is shorter, and when
// the portal no longer knows who somebody is.
func (p *person) refresh(ctx context.Context, portal Portal) error {
	if p.session.unknown { // a portal has answered 401
		return portal.SignIn(ctx, p.open())
	}
	expires := p.session.Expires
	if expires.IsZero() || p.signedAt.IsZero() {
		return nil
	}
	if p.session.Token == "" { // an earlier try failed
		return portal.SignIn(ctx, p.open())
	}
	margin := min(refreshBefore, expires.Sub(p.signedAt)/2)
	if time.Until(expires) > margin {
		return nil
	}
	return portal.SignIn(ctx, p.open())
}

// searchPages bounds the walk through a list in search of one item.
const searchPages = 10

// refusedList is the error of a search whose list the portal did not give.
type refusedList struct{ answer Answer }

func (r *refusedList) Error() string { return r.Unwrap().Error() }

// Unwrap returns what the portal answered.
func (r *refusedList) Unwrap() error { return answered(r.answer, nil) }

// searchItem looks through lists for the item of a call's thread. It returns an empty row when the item is not on the
// first pages of any.
func searchItem(ctx context.Context, portal Portal, s *Session, lists []*Account, c *Call) (Listed, error) {
	for _, list := range lists {
		row, err := searchList(ctx, portal, s, list, c)
		if err != nil || row.Thread != "" {
			return row, err
		}
	}
	return Listed{}, nil
}

func searchList(ctx context.Context, portal Portal, s *Session, of *Account, c *Call) (Listed, error) {
	page := Call{Kind: results.OpInbox, To: of, Limit: pageSize, Closed: c.Closed}
	for range searchPages {
		a, err := portal.Do(ctx, s, &page)
		if err == nil && a.Outcome != results.OK {
			err = &refusedList{a}
		}
		if err != nil {
			return Listed{}, err
		}
		for _, row := range a.Items {
			if row.Thread == c.Thread && c.Thread != "" || strings.HasSuffix(row.Topic, c.Tag) {
				return row, nil
			}
		}
		if a.Next == "" {
			return Listed{}, nil
		}
		page.Cursor = a.Next
	}
	return Listed{}, nil
}
