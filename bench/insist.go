package bench

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"syscall"
	"time"

	"github.com/portalbench/portalbench/results"
)

// What comes before and after the clock is not measured, so a portal that is out of order for a moment, or throttles,
// may be asked again, after pauses of 0.1 to 1.6 s. On the clock nothing is.
const (
	mostTries  = 6
	firstPause = 100 * time.Millisecond
)

// try is what came of one try: the answer, with an outcome in any case, and the error if there was no answer.
type try struct {
	Answer
	err error
}

// failure returns why the operation was not done, or nil.
func (t try) failure() error { return answered(t.Answer, t.err) }

// doubtful reports whether the operation may have been done although nobody said so.
func (t try) doubtful() bool {
	return t.Outcome == results.Unknown || t.Status >= http.StatusInternalServerError
}

// hopeless reports whether trying again would only cost time: nobody listens, or nobody answered in time.
func hopeless(err error) bool { return errors.Is(err, syscall.ECONNREFUSED) || timedOut(err) }

// again reports whether an operation of a kind can be tried again: nothing was done, or doing it twice is doing it once.
func (t try) again(kind results.OpKind) bool {
	switch {
	case hopeless(t.err):
		return false
	case t.Outcome == results.Throttled, t.Outcome == results.Transport:
		return true
	case t.doubtful():
		return !writes(kind) || kind == results.OpProvision || kind == results.OpRead || kind == results.OpAttach
	}
	return false
}

// insist calls f until it is satisfied, or has been called often enough.
func insist(ctx context.Context, tries int, f func() (again bool)) {
	for pause := firstPause; f() && tries > 1; pause *= 2 {
		tries--
		select {
		case <-ctx.Done():
			return
		case <-time.After(pause):
		}
	}
}

// untilSeen looks until it has seen what it looks for, or until what was there at a moment can no longer be hidden by
// answers that are old.
func (s *stage) untilSeen(ctx context.Context, since time.Time, look func() (seen bool, err error)) error {
	for wait := firstAgain; ; wait = min(2*wait, mostAgain) {
		left := s.stale - time.Since(since)
		seen, err := look()
		if seen || err != nil || left <= 0 {
			return err
		}
		if pause(ctx, min(wait, left)); ctx.Err() != nil {
			return ctx.Err()
		}
	}
}

// insistent is a portal that is asked again by those who only look something up.
type insistent struct {
	Portal
	stage *stage
}

// Do carries out an operation in as many tries as it may have.
func (i insistent) Do(ctx context.Context, s *Session, c *Call) (Answer, error) {
	t := i.stage.do(ctx, mostTries, s, c)
	return t.Answer, t.err
}

// repeats counts what had to be tried again. It is safe for concurrent use.
type repeats struct {
	mu    sync.Mutex
	count int64
	first string // what happened then
}

func (r *repeats) note(kind results.OpKind, why error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.count++; r.count == 1 {
		r.first = kind.String() + ": " + harmless(spoken(why))
	}
}

// warning says what was tried again.
func (r *repeats) warning() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.count == 0 {
		return nil
	}
	return []string{fmt.Sprintf("before and after the clock %d operations had to be tried again, the first of them %s", r.count, r.first)}
}
