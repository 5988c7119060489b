package sim

import (
	"github.com/portalbench/portalbench/generators"
	"github.com/portalbench/portalbench/scenarios"
	"github.com/portalbench/portalbench/sim/des"
)

// none marks the end of a list and the absence of a thread or person.
const none = -1

// thread is one conversation, from its first message until it is over.
type thread struct {
	content generators.Content
	parts   parts    // of all threads, that it belongs to
	origin  des.Time // the portal accepts the first message

	// Clocks: unset until they are reached.
	firstRead, firstClinicalRead, firstResponse, neededLevelResponse des.Time

	lastAction des.Time // of a human, on either side
	queued     des.Time // when it came to the inbox in which it waits
	timer      des.Time // when its own event is due; events at other times are void
	deadline   des.Time // when the standard wants the answer
	person     int32
	number     int32 // of the network's threads
	next, prev int32 // in the same inbox or tray
	addressee  int32 // the clinician it was written to
	owner      int32 // the clinician whose matter it is
	inbox      int32 // where it waits or waited last
	holder     int32 // who of the staff has it in hand, or had it last
	asker      int32 // who has asked a colleague about it, or none
	session    int32 // of the holder, in which it was put aside
	reader     int32 // who has put it aside or asked a colleague: they need not read it again
	authority  float32
	messages   int16
	fromFamily int16 // of these, the patient's and caregivers'
	touches    int16
	handoffs   int16
	nudged     int16 // by the family, in all
	nudges     int8  // since its last message that was no nudge
	state      state
	class      uint8 // lower ones go first in every inbox
	label      scenarios.Category

	urgent    bool // as the policy classified it
	toPool    bool // written to the team
	shortened bool // held back, or cut by a limit
	billed    bool
	physician bool // a physician has worked on it
	inTray    bool // waits in the holder's tray, not in an inbox
	aside     bool // opened and put aside, once
	asked     bool // a colleague has been asked about the message in hand
	escalated bool
	followUp  bool // the family will write again when it sees the answer
	departed  bool // it ended in a call or a visit, or in the emergency department
	byAddress bool // the first response came from the addressee: the team, if it was written to that
	below     bool // the last answer came from below the level its content needs
}

// state is where a thread stands. It says what the thread's event means.
type state uint8

const (
	planned  state = iota // or free; event: a need that something in the past has led to falls due
	waiting               // in an inbox or tray; event: the family's patience ends
	inHand                // somebody works on it; event: likewise
	answered              // event: the family sees the answer
	quiet                 // it is over when nobody has written for a week
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
func (t *thread) needed(r scenarios.Role) bool { return r.Level() >= t.content.Needs.Level() }

// draw returns the key of draws that are made anew for each message of the family.
func (t *thread) draw(purpose uint64) des.Key {
	return t.content.Key.Sub(purpose).Sub(uint64(t.fromFamily))
}

// Draws under a content's key that depend on the policy or on the past. Those that are made for each message have a
// part of their own for each.
const (
	drawClassify = generators.FirstFreePurpose + iota
	drawService
	drawNoReply
	drawNotResolved
	drawFollowUp
	drawSeen
	drawText
	drawWanted
	drawBilling
	drawBilled
	drawUnsent
	drawEmergency
	drawChannel
	drawFailed
	drawFailedPhone
	drawWrong
	drawWrongOther
	drawToPool
	drawPatience
	drawImpatient
	drawDefer
	drawConsult
	drawColleague
	drawCopy
	drawPhoneReply
	drawDraft
	drawReadingsAsked
	drawReadingsSent
	drawToVisit
	drawCaused
	drawAfterVisit
	drawSpawn
	drawLimit
	drawGiveUp
	drawPortal
)

// mostThreads is how many threads of a care network can be open at once.
const mostThreads = des.MaxEvents - 1<<16

// slab keeps the threads that are not over, and forgets the others.
type slab struct {
	threads []thread
	free    []int32
}

// take returns the slot of a fresh thread: the one that was given back last, or else a new one.
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

// release gives a slot back.
func (s *slab) release(slot int32) { s.free = append(s.free, slot) }
