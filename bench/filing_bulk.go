package bench

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"time"

	"github.com/portalbench/portalbench/results"
)

// Bounds of one transaction, in what Filler.Cost counts.
const (
	mostEntries  = 100
	leastEntries = 10
	growBy       = 5 // after a transaction that went well
)

// entryLimit is how much goes into one transaction: less after one that was too large or took too long, and slowly more
// again.
type entryLimit struct {
	mu  sync.Mutex
	now int // 0: mostEntries
}

func (l *entryLimit) get() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.now == 0 {
		l.now = mostEntries
	}
	return l.now
}

func (l *entryLimit) halve() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.now = max(l.now/2, leastEntries)
}

func (l *entryLimit) grow() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.now = min(l.now+growBy, mostEntries)
}

// fill hands threads to a Filler, as many at once as it takes.
func (p *part) fill(ctx context.Context, filler Filler, todo []int) error {
	queue := &filingQueue{part: p, filler: filler, todo: todo}
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var workers sync.WaitGroup
	for range min(p.Workers, len(todo)) {
		workers.Go(func() {
			admin := p.Admin
			session := &Session{Account: &admin}
			err := p.signIn(ctx, mostTries, session)
			for some := queue.take(); err == nil && len(some) > 0 && ctx.Err() == nil; some = queue.take() {
				err = queue.put(ctx, session, some)
			}
			if err != nil {
				cancel(err)
			}
		})
	}
	workers.Wait()
	return context.Cause(ctx)
}

// filingQueue gives out threads in order, in portions of a transaction.
type filingQueue struct {
	*part
	filler Filler
	mu     sync.Mutex
	todo   []int
	handed int
}

func (q *filingQueue) take() []int {
	limit := q.limit.get()
	q.mu.Lock()
	defer q.mu.Unlock()
	n, cost := 0, 0
	for n < len(q.todo) {
		cost += q.filler.Cost(q.filing(q.todo[n]))
		if n > 0 && (cost > limit || q.todo[n] != q.todo[n-1]+1) { // the journal speaks of ranges
			break
		}
		n++
	}
	some := q.todo[:n]
	q.todo = q.todo[n:]
	return some
}

// put files some threads that follow each other. What may be there already is looked for first.
func (q *filingQueue) put(ctx context.Context, s *Session, some []int) error {
	from, until := some[0], some[len(some)-1]+1
	var err error
	if q.filler.Fills() {
		err = q.together(ctx, s, some)
	} else { // it has turned out that it does not
		for i := from; i < until && err == nil; i++ {
			err = q.one(ctx, i)
		}
	}
	if err != nil {
		return err
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	q.handed += len(some)
	q.stage.report("file", q.handed, q.handed+len(q.todo))
	return nil
}

// together files threads by transactions, and has the journal say so.
func (q *filingQueue) together(ctx context.Context, s *Session, some []int) error {
	var doubt time.Time
	for _, i := range some {
		if q.Journal.begun(q.first + i) {
			doubt = q.now
		}
	}
	from, until := some[0], some[len(some)-1]+1
	if err := q.Journal.begin(q.first+from, q.first+until); err != nil {
		return err
	}
	if err := q.make(ctx, s, some, doubt); err != nil {
		return err
	}
	return q.filed(from, until)
}

// make files threads in as many tries as it needs. doubt is the latest moment at which they may have been made although
// nobody said so, zero if there is none: those that are there are left out.
func (q *filingQueue) make(ctx context.Context, s *Session, some []int, doubt time.Time) (err error) {
	for wait, tries := firstPause, mostTries; tries > 0; wait, tries = wait*2, tries-1 {
		if !doubt.IsZero() {
			if some, err = q.missing(ctx, s, some, doubt); err != nil || len(some) == 0 {
				return err
			}
		}
		t := q.try(ctx, s, some)
		err = t.failure()
		switch {
		case err == nil:
			q.limit.grow()
			return nil
		case ctx.Err() != nil:
			return ctx.Err()
		case t.Status == http.StatusRequestEntityTooLarge && len(some) > 1:
			return q.halves(ctx, s, some)
		case !t.again(results.OpRead) && t.Outcome != results.Timeout && t.Outcome != results.Conflict:
			return fmt.Errorf("filing %d threads: %w", len(some), err)
		}
		q.repeats.note(results.OpSend, err)
		q.limit.halve()
		if doubt = (time.Time{}); t.doubtful() || t.Outcome == results.Timeout {
			doubt = time.Now()
			tries -= mostTries / 2 // to find out what became of it takes so long that a moment of disorder is over
		}
		pause(ctx, wait)
	}
	return fmt.Errorf("filing %d threads, again and again: %w", len(some), err)
}

// halves files what was too much at once.
func (q *filingQueue) halves(ctx context.Context, s *Session, some []int) error {
	q.limit.halve()
	half := len(some) / 2
	return errors.Join(q.make(ctx, s, some[:half], time.Time{}), q.make(ctx, s, some[half:], time.Time{}))
}

// try files threads once.
func (q *filingQueue) try(ctx context.Context, s *Session, some []int) try {
	var filings []Filing
	for _, i := range some {
		filings = append(filings, q.filing(i))
	}
	var filed []Filed
	t := q.once(ctx, results.OpSend, func(ctx context.Context) (a Answer, err error) {
		filed, a, err = q.filler.Fill(ctx, s, filings)
		return a, err
	})
	if t.failure() == nil && len(filed) != len(some) {
		t.err = fmt.Errorf("of %d threads %d have ids", len(some), len(filed))
	}
	if t.failure() == nil {
		q.know(some, func(n int) Filed { return filed[n] })
	}
	return t
}

// missing returns those threads that are not on the portal, and enters the ids of the others. That one is not there is
// believed only when it would have been seen.
func (q *filingQueue) missing(ctx context.Context, s *Session, some []int, doubt time.Time) ([]int, error) {
	var partly error
	err := q.untilSeen(ctx, doubt, func() (seen bool, err error) {
		some, partly, err = q.look(ctx, s, some)
		return len(some) == 0, err
	})
	if err = cmp.Or(err, partly); err != nil {
		return nil, fmt.Errorf("looking for %d threads that may be there: %w", len(some), err)
	}
	return some, nil
}

// look returns those threads that are not seen on the portal, and why some of them are seen in part, if they are.
func (q *filingQueue) look(ctx context.Context, s *Session, some []int) (rest []int, partly, err error) {
	var filings []Filing
	for _, i := range some {
		filings = append(filings, q.filing(i))
	}
	var there map[string]Filed
	t := q.attempt(ctx, mostTries, results.OpThread, func(ctx context.Context) (a Answer, err error) {
		there, a, err = q.filler.Filed(ctx, s, filings)
		return a, err
	})
	if partly = t.failure(); partly != nil && t.Outcome != results.Partial {
		return some, nil, partly
	}
	var known []int
	var what []Filed
	for n, i := range some {
		if filed, found := there[filings[n].Tag]; found {
			known, what = append(known, i), append(what, filed)
		} else {
			rest = append(rest, i)
		}
	}
	q.know(known, func(n int) Filed { return what[n] })
	return rest, partly, nil
}

func (q *filingQueue) know(some []int, what func(n int) Filed) {
	q.mu.Lock()
	defer q.mu.Unlock()
	for n, i := range some {
		q.learn(i, what(n))
	}
}
