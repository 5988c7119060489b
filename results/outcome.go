package results

import "fmt"

// Outcome is how one operation ended.
type Outcome uint8

// The outcomes. The last three are the load generator's own: the portal is not to blame for them.
const (
	OK        Outcome = iota // the portal did what was asked
	Partial                  // some of what was asked
	Conflict                 // somebody else had changed the item: refused
	Throttled                // refused by a rate limit
	Denied                   // not allowed
	Invalid                  // the portal found the request wrong, or failed (4xx not named here, and 5xx)
	NotFound                 // no such thing
	Pending                  // accepted, not yet done
	Timeout                  // no answer within the time-out
	Transport                // the connection failed before an answer
	Unknown                  // the connection ended after a write was sent: it may or may not have happened
	Capped                   // not sent: the in-flight limit was reached
	Skipped                  // not sent: an operation it depends on had failed
	Generator                // not sent: this machine ran out of sockets or files
	numOutcomes
)

var outcomeNames = [numOutcomes]string{"ok", "partial", "conflict", "throttled", "denied", "invalid", "notfound",
	"pending", "timeout", "transport", "unknown", "capped", "skipped", "generator"}

// NumOutcomes is how many outcomes there are.
const NumOutcomes = int(numOutcomes)

// String returns the outcome's name in run files.
func (o Outcome) String() string {
	if o < numOutcomes {
		return outcomeNames[o]
	}
	return fmt.Sprintf("outcome(%d)", uint8(o))
}
