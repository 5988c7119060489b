package bench

import (
	"context"
	"time"

	"github.com/portalbench/portalbench/results"
)

// unresolved reports whether an operation may have made something whose id did not come back.
func unresolved(kind results.OpKind, a *Answer) bool {
	maybe := a.Outcome == results.Unknown || a.Outcome == results.OK || a.Outcome == results.Pending
	switch kind {
	case results.OpSend:
		return maybe && (a.Thread == "" || a.Message == "")
	case results.OpReply:
		return maybe && a.Message == ""
	}
	return false
}

// Looking for a write whose answer was lost.
const (
	lookTries = 3
	lookPause = 200 * time.Millisecond
)

// resolve looks for what an operation may have written, so that what follows need not be skipped. How the operation
// ended stays as it was.
func (e *engine) resolve(f *flight) {
	ctx, cancel := context.WithTimeout(withMeter(e.calls, &f.meter), e.timeout)
	defer cancel()
	f.found, _ = lookFor(ctx, e.portal, &f.person.session, &f.call, &f.answer)
}

// lookFor looks for a thread by its tag, or for a message by its text, a few times, and enters their ids in the answer.
// For a thread it returns its row of the list, too. It reports whether it found what it looked for.
func lookFor(ctx context.Context, portal Portal, s *Session, c *Call, a *Answer) (row Listed, found bool) {
	for try := range lookTries {
		if try > 0 {
			select {
			case <-ctx.Done():
				return row, false
			case <-time.After(lookPause):
			}
		}
		if row, found = look(ctx, portal, s, c, a); found {
			return row, true
		}
	}
	return row, false
}

func look(ctx context.Context, portal Portal, s *Session, c *Call, a *Answer) (row Listed, found bool) {
	in := c.Thread
	if c.Kind == results.OpSend {
		var err error
		if row, err = searchList(ctx, portal, s, s.Account, c); err != nil || row.Thread == "" {
			return row, false
		}
		in = row.Thread
	}
	seen, err := portal.Do(ctx, s, &Call{Kind: results.OpThread, Thread: in})
	if err != nil || seen.Outcome != results.OK {
		return row, false
	}
	for i := len(seen.Messages) - 1; i >= 0; i-- {
		if seen.Messages[i].Body == c.Body {
			a.Thread, a.Message = in, seen.Messages[i].Message
			return row, true
		}
	}
	return row, false
}
