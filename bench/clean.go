package bench

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/portalbench/portalbench/results"
)

// Cleaner is a Portal from which what a run has made can be removed again.
type Cleaner interface {
	// Cleans says why nothing can be removed from the portal at hand, or nil: a kind of portal may have an operation for it,
	// and some of its servers not.
	Cleans() error
	// Clean removes some of what was made for a run and nothing else: threads with their messages, items and files, readings,
	// and the accounts that nobody but the run uses. While More is true there is more to remove.
	Clean(ctx context.Context, s *Session, run string) (Removed, Answer, error)
}

// Removed is how many things of each kind were removed.
type Removed struct {
	Threads, Messages, Readings, Accounts int64
	More                                  bool
	Untold                                bool // the portal does not say how many
}

func (r Removed) total() int64 { return r.Threads + r.Messages + r.Readings + r.Accounts }

// Cleaning is the removal of what one run has put on a portal.
type Cleaning struct {
	Portal   Portal
	Admin    Account
	RunID    string
	Timeout  time.Duration // of one portion; 0: 30 s
	Progress func(removed int64)
}

// ErrCannotClean marks portals from which nothing can be removed.
var ErrCannotClean = errors.New("nothing can be removed from the portal")

// Searches may show for so long what is gone already; that often it is looked again, a second apart.
const mostLooksAfterRemoval = 75

// Run removes everything. An error means that something may be left: doing it again is harmless.
func (c Cleaning) Run(ctx context.Context) (sum Removed, err error) {
	cleaner, can := c.Portal.(Cleaner)
	if !can {
		return sum, fmt.Errorf("%w: %s has no operation for it", ErrCannotClean, c.Portal.Capabilities().Name)
	}
	if err := cleaner.Cleans(); err != nil {
		return sum, fmt.Errorf("%w: %w; what run %s wrote has its id in the topic, by which it is found there", ErrCannotClean, err, c.RunID)
	}
	if err := CheckRunID(c.RunID); err != nil {
		return sum, err
	}
	if c.Timeout <= 0 {
		c.Timeout = defaultTimeout
	}
	s := &stage{portal: ownCookies{Portal: c.Portal}, timeout: c.Timeout, workers: 1}
	session := &Session{Account: &c.Admin}
	if err := s.signIn(ctx, mostTries, session); err != nil {
		return sum, unknownAdmin(&c.Admin, err)
	}
	for looks := 0; ; {
		var some Removed
		t := s.attempt(ctx, mostTries, results.OpRead, func(ctx context.Context) (a Answer, err error) {
			some, a, err = cleaner.Clean(ctx, session, c.RunID)
			return a, err
		})
		sum.add(some)
		if c.Progress != nil {
			c.Progress(sum.total())
		}
		if err := t.failure(); err != nil || !some.More {
			return sum, err
		}
		if some.total() > 0 {
			looks = 0
			continue
		}
		if looks++; looks == mostLooksAfterRemoval {
			return sum, errors.New("the portal still lists what it has removed, or what it does not remove")
		}
		select {
		case <-ctx.Done():
			return sum, ctx.Err()
		case <-time.After(time.Second):
		}
	}
}

func (r *Removed) add(some Removed) {
	r.Threads += some.Threads
	r.Messages += some.Messages
	r.Readings += some.Readings
	r.Accounts += some.Accounts
	r.Untold = r.Untold || some.Untold
}
