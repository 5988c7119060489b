// Package verify holds the simulator against what is known without it: closed-form queues, and outcomes that others have
// published. It builds scenarios and reads what the simulator tells of them; it has no queue of its own.
//
// A queue from a textbook is a clinic with almost everything switched off: a pool of nurses is the servers, messages
// are the customers, and a message that is opened is in service until it is answered. Which unit of time a case speaks
// of is ours to choose, and is chosen so that neither the second that the shortest piece of work takes nor the day that
// the longest may take makes a difference.
package verify
