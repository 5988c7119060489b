package sim

import (
	"github.com/portalbench/portalbench/generators"
	"github.com/portalbench/portalbench/results"
	"github.com/portalbench/portalbench/scenarios"
	"github.com/portalbench/portalbench/sim/des"
)

// ActorKind is the kind of account an op is done with or addressed to.
type ActorKind uint8

// The kinds of actors.
const (
	ActorPatient ActorKind = iota // a patient's own account, whoever sits in front of it
	ActorProxy                    // the account of a patient's registered proxy; Index is the patient's
	ActorStaff                    // a member of staff
	ActorPool                     // a shared inbox; it signs in nowhere
)

// Actor names an account or a pool. It is comparable; the zero value is the first patient of the first network.
type Actor struct {
	Network int32 // care network
	Index   int32 // patient, staff member or pool within the network
	Kind    ActorKind
}

// Thread names a thread of the simulation: the number'th of its network since the simulation began.
type Thread struct {
	Network, Number int32
}

// Op is one operation that a person does on the portal.
//
// The fields that matter depend on Kind:
//
//	auth, unread                Actor
//	recipients                  Actor (a patient or proxy)
//	inbox                       Actor, To (whose list: Actor itself or a pool it belongs to)
//	send                        Actor, Thread, Subject, To, Category, Urgent, Files, Wording, Text; Message is 0
//	reply                       Actor, Thread, Message (the new message's number), Wording, Text
//	attach                      Actor, Thread, Message (the message that will carry the file), Text, Bytes
//	thread, claim, close        Actor, Thread
//	read                        Actor, Thread, Message (the one read)
//	route                       Actor, Thread, To
//	label                       Actor, Thread, Category, Urgent
//	reading                     Actor, Subject, Wording (its condition), Text
type Op struct {
	Due      des.Time // when the person means to do it
	Kind     results.OpKind
	Actor    Actor
	To       Actor
	Subject  int32 // patient the thread or reading is about, in Actor's network
	Thread   Thread
	Message  int32 // counted from 0 within the thread
	Category scenarios.Category
	Urgent   bool // send: the sender calls it urgent; label: staff do
	Files    int8 // how many files the message carries, each attached by an op before it
	Bytes    int32
	Wording  generators.Wording
	Text     des.Key // key of the text, file content or reading
}

// Opening is the state of the portal from which a replay starts.
type Opening struct {
	At      des.Time
	Threads []OpenThread // in order of their numbers
}

// OpenThread is a thread that is not over at the Opening.
type OpenThread struct {
	Thread   Thread
	Subject  int32
	Sender   Actor // who began it
	To       Actor // pool or person in whose inbox it waits, or waited last
	Category scenarios.Category
	Urgent   bool
	Messages []OpenMessage
	Item     ItemState
	Holder   Actor // requested: the pool or person in whose inbox it waits; accepted: the person working on it
}

// OpenMessage is a message already in the thread.
type OpenMessage struct {
	Author  Actor
	Wording generators.Wording
	Text    des.Key
	ReadBy  []Actor  // without its author
	Written des.Time // only of a thread of the past
}

// ItemState is the state of a thread's work item.
type ItemState uint8

// The states of a work item.
const (
	ItemRequested ItemState = iota // waits for staff
	ItemAccepted                   // somebody of the staff has claimed it
	ItemCompleted                  // answered or closed; a reply of the patient makes it Requested again
)
