package results

import "fmt"

// OpKind is one operation of the portal contract: what a person does on a portal, whichever portal it is.
type OpKind uint8

// The operations of the contract. docs/format.md says what each means.
const (
	OpAuth       OpKind = iota // sign in
	OpProvision                // make an account, a pool or a right known to the portal (set-up only)
	OpRecipients               // whom may I write to
	OpSend                     // start a thread
	OpReply                    // add a message to a thread
	OpInbox                    // list a person's or a pool's open threads
	OpThread                   // open a thread and see its messages
	OpClaim                    // take a work item
	OpRoute                    // hand a work item to somebody else or to a pool
	OpLabel                    // set a work item's category and priority
	OpRead                     // mark a message as read
	OpUnread                   // count unread messages
	OpClose                    // close a thread
	OpReopen                   // open a closed thread again
	OpAttach                   // store a file
	OpFetch                    // fetch a file
	OpReading                  // store a home reading
	OpAwait                    // ask whether an asynchronous send went through
	numOps
)

var opNames = [numOps]string{"auth", "provision", "recipients", "send", "reply", "inbox", "thread", "claim", "route",
	"label", "read", "unread", "close", "reopen", "attach", "fetch", "reading", "await"}

// NumOps is how many operations the contract has.
const NumOps = int(numOps)

// String returns the operation's name in the contract.
func (k OpKind) String() string {
	if k < numOps {
		return opNames[k]
	}
	return fmt.Sprintf("op(%d)", uint8(k))
}
