package bench

import (
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
	from, until := q.first+some[0], q.first+some[len(some)-1]+1
	doubtful := false
	for _, i := range some {
		doubtful = doubtful || q.Journal.begun(q.first+i)
	}
	if err := q.Journal.begin(from, until); err != nil {
		return err
	}
	if err := q.make(ctx, s, some, doubtful); err != nil {
		return err
	}
	err := q.filed(some[0], some[len(some)-1]+1)
	q.mu.Lock()
	defer q.mu.Unlock()
	q.handed += len(some)
	q.stage.report("file", q.handed, q.handed+len(q.todo))
	return err
}

// make files threads in as many tries as it needs. After a try whose end nobody knows, those that are there are left out.
func (q *filingQueue) make(ctx context.Context, s *Session, some []int, doubtful bool) (err error) {
	for pause, tries := firstPause, mostTries; tries > 0; pause, tries = pause*2, tries-1 {
		if doubtful {
			if some, err = q.missing(ctx, s, some); err != nil || len(some) == 0 {
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
		doubtful = t.doubtful() || t.Outcome == results.Timeout
		select {
		case <-ctx.Done():
		case <-time.After(pause):
		}
	}
	return fmt.Errorf("filing %d threads, %d times: %w", len(some), mostTries, err)
}

// halves files what was too much at once.
func (q *filingQueue) halves(ctx context.Context, s *Session, some []int) error {
	q.limit.halve()
	half := len(some) / 2
	return errors.Join(q.make(ctx, s, some[:half], false), q.make(ctx, s, some[half:], false))
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

// missing returns those threads that are not on the portal, and enters the ids of the others.
func (q *filingQueue) missing(ctx context.Context, s *Session, some []int) (rest []int, err error) {
	var filings []Filing
	for _, i := range some {
		filings = append(filings, q.filing(i))
	}
	var there map[string]Filed
	t := q.attempt(ctx, mostTries, results.OpThread, func(ctx context.Context) (a Answer, err error) {
		there, a, err = q.filler.Filed(ctx, s, filings)
		return a, err
	})
	if err := t.failure(); err != nil {
		return nil, fmt.Errorf("looking for %d threads that may be there: %w", len(some), err)
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
	return rest, nil
}

func (q *filingQueue) know(some []int, what func(n int) Filed) {
	q.mu.Lock()
	defer q.mu.Unlock()
	for n, i := range some {
		q.learn(i, what(n))
	}
}
