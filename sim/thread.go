package sim

import (
	"github.com/portalbench/portalbench/generators"
	"github.com/portalbench/portalbench/scenarios"
	"github.com/portalbench/portalbench/sim/des"
)

// none marks the end of a list and the absence of a thread.
const none = -1

// thread is one conversation, from its first message until it is over.
type thread struct {
	content generators.Content
	origin  des.Time // the portal accepts the first message

	// Clocks: unset until they are reached.
	firstRead, firstClinicalRead, firstTouch, firstResponse, neededLevelResponse des.Time

	lastAction des.Time // of a human, on either side
	person     int32
	number     int32 // of the network's threads
	next       int32 // in the same inbox
	addressee  int32 // the clinician it was written to
	inbox      int32 // where it waits or waited last
	holder     int32 // who of the staff has it in hand, or had it last
	messages   int16
	fromFamily int16 // of these, the patient's and caregivers'
	touches    int16
	handoffs   int16
	state      state
	class      uint8 // 0 goes before 1 in every inbox
	urgent     bool  // as the policy classified it
	physician  bool  // a physician has worked on it
	followUp   bool  // the family will write again when it sees the answer
	departed   bool  // it ended in a call or a visit
	byAddress  bool  // the first response came from the addressee
	below      bool  // the last answer came from below the level its content needs
}

// state is where a thread stands. It says what the thread's event means.
type state uint8

const (
	waiting  state = iota // in an inbox
	inHand                // somebody works on it
	answered              // event: the family sees the answer
	quiet                 // event: nobody has written for a week, it is over
)

// unset is a clock that has not been reached.
const unset des.Time = -1

// resolutionSpan is how long a thread must be quiet to count as resolved.
const resolutionSpan = 7 * des.Day

// text returns the key of the text of a thread's message.
func (t *thread) text(message int16) des.Key {
	return t.content.Key.Sub(drawText).Sub(uint64(message))
}

// needed reports whether a role is at or above the level the thread's content needs.
func (t *thread) needed(r scenarios.Role) bool {
	switch {
	case !t.content.NeedsPhysician:
		return true
	case t.content.Specialty:
		return r == scenarios.Specialist
	}
	return r.IsPhysician()
}

// Draws under a content's key that depend on the policy. Those with a generation or a touch have a part of their own
// for each.
const (
	drawClassify = generators.FirstFreePurpose + iota
	drawService
	drawNoReply
	drawNotResolved
	drawFollowUp
	drawSeen
	drawText
)

// mostThreads is how many threads of a care network can be open at once; NewPlan sees to it that there are not more.
const mostThreads = des.MaxEvents - 1<<16

// slab keeps the threads that are not over, and forgets the others.
type slab struct {
	threads []thread
	free    []int32
}

// take returns the slot of a fresh thread.
func (s *slab) take() int32 {
	if n := len(s.free); n > 0 {
		slot := s.free[n-1]
		s.free = s.free[:n-1]
		return slot
	}
	if len(s.threads) == mostThreads {
		panic("sim: more threads are open in one care network than can be told apart")
	}
	s.threads = append(s.threads, thread{})
	return int32(len(s.threads) - 1)
}

// inbox is where threads wait: first come, first served, within two classes.
type inbox struct {
	first, last [2]int32
	waiting     int32
}

func newInbox() inbox { return inbox{first: [2]int32{none, none}, last: [2]int32{none, none}} }

// push puts a thread at the end of its class.
func (b *inbox) push(threads []thread, slot int32) {
	class := threads[slot].class
	threads[slot].next = none
	if b.last[class] == none {
		b.first[class] = slot
	} else {
		threads[b.last[class]].next = slot
	}
	b.last[class] = slot
	b.waiting++
}

// pop takes the thread whose turn it is, or none.
func (b *inbox) pop(threads []thread) int32 {
	for class := range b.first {
		slot := b.first[class]
		if slot == none {
			continue
		}
		b.first[class] = threads[slot].next
		if b.first[class] == none {
			b.last[class] = none
		}
		b.waiting--
		return slot
	}
	return none
}
