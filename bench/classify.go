package bench

import (
	"context"
	"errors"
	"fmt"
	"net"
	"slices"
	"syscall"

	"github.com/portalbench/portalbench/results"
)

// Refusal is the error of a SignIn that the portal answered and refused. Do has an Answer for that.
type Refusal struct {
	Outcome results.Outcome // denied, throttled, invalid, ...
	Status  int             // HTTP status
	Detail  string          // for people; without secrets
}

// Error says what the portal answered.
func (r *Refusal) Error() string {
	return fmt.Sprintf("portal answered %s (status %d): %s", r.Outcome, r.Status, harmless(r.Detail))
}

// ErrOverlong marks an answer that is longer than any that makes sense, and is read no further. A write it answers may have
// happened.
var ErrOverlong = errors.New("longer than an answer may be")

// Classify says how an operation ended that returned err instead of an answer. written tells whether a request of the
// operation went out in full: a write that was cut off after that may have happened, and is unknown.
func Classify(kind results.OpKind, err error, written bool) results.Outcome {
	var refusal *Refusal
	switch {
	case err == nil:
		return results.OK
	case errors.As(err, &refusal):
		return refusal.Outcome
	case outOfSockets(err):
		return results.Generator
	case timedOut(err):
		return results.Timeout
	case written && writes(kind):
		return results.Unknown
	case errors.Is(err, ErrOverlong):
		return results.Invalid
	}
	return results.Transport
}

// outOfSockets reports whether this machine, not the portal, could not open a connection.
func outOfSockets(err error) bool {
	var errno syscall.Errno
	return errors.As(err, &errno) && slices.Contains(exhausted(), errno)
}

// timedOut counts a cancelled operation as timed out: only the end of a run cancels, when it has waited long enough.
func timedOut(err error) bool {
	var n net.Error
	return errors.Is(err, context.DeadlineExceeded) || errors.Is(err, context.Canceled) ||
		errors.As(err, &n) && n.Timeout()
}

// writes reports whether an operation changes anything on the portal that could be looked for later.
func writes(kind results.OpKind) bool {
	switch kind {
	case results.OpAuth, results.OpRecipients, results.OpInbox, results.OpThread, results.OpUnread, results.OpFetch,
		results.OpAwait:
		return false
	}
	return true
}
