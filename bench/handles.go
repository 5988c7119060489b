package bench

import (
	"time"

	"github.com/portalbench/portalbench/generators"
	"github.com/portalbench/portalbench/results"
	"github.com/portalbench/portalbench/sim"
	"github.com/portalbench/portalbench/sim/des"
)

// handleState says what is known of a thing that the simulation speaks of: a thread, a message, an item or a file. None
// stays in doubt: what an operation may have made before its connection ended is looked for before its answer is
// entered, and found or failed then.
type handleState uint8

const (
	absent  handleState = iota // nothing has made it
	pending                    // what makes it has been sent
	known                      // the portal's id for it is known
	failed                     // what makes it did not happen
)

// handle is the portal's id for a thing of the simulation.
type handle struct {
	id    string
	state handleState
	cause *Cause // of failed
}

func (h *handle) learn(id string)   { *h = handle{id: id, state: known} }
func (h *handle) fail(cause *Cause) { *h = handle{state: failed, cause: cause} }

// thread is everything known of one thread. During the replay only the scheduler uses it.
type thread struct {
	name    sim.Thread
	subject sim.Actor
	tag     string
	wording generators.Wording // of its first message, for the topic
	text    des.Key

	self     handle
	item     handle
	version  string // of the item
	stale    bool   // the version may have moved without our knowing
	messages []handle
	files    map[int32][]handle // by the message that carries them
	authored []authored         // what was acknowledged, in order, for the ledger

	turn    turn
	changed time.Duration // when the last answer about it came
	closed  bool          // by staff, and not written in since
	queued  bool          // to be put away
}

// authored is an acknowledged message.
type authored struct {
	Number  int32
	Author  sim.Actor
	Wording generators.Wording
	Text    des.Key
}

// message returns the handle of the n'th message, counted from 0.
func (t *thread) message(n int32) *handle {
	for int(n) >= len(t.messages) {
		t.messages = append(t.messages, handle{})
	}
	return &t.messages[n]
}

// file adds a place for another file of the n'th message.
func (t *thread) file(n int32, h handle) {
	if t.files == nil {
		t.files = map[int32][]handle{}
	}
	t.files[n] = append(t.files[n], h)
}

// begin notes what the first message of a thread says.
func (t *thread) begin(subject sim.Actor, w generators.Wording, text des.Key) {
	t.subject, t.wording, t.text = subject, w, text
}

// obstacle returns why an operation cannot be sent: the root of a handle it needs and that failed, or nil.
func (t *thread) obstacle(op *sim.Op) *Cause {
	switch op.Kind {
	case results.OpSend:
		return t.missingFile(op)
	case results.OpReply:
		if c := t.unusable(&t.self, op); c != nil {
			return c
		}
		if c := t.unusable(t.message(max(op.Message-1, 0)), op); c != nil {
			return c
		}
		return t.missingFile(op)
	case results.OpRead:
		if c := t.unusable(&t.self, op); c != nil {
			return c
		}
		return t.unusable(t.message(op.Message), op)
	case results.OpThread, results.OpClaim, results.OpRoute, results.OpLabel, results.OpClose, results.OpReopen:
		return t.unusable(&t.self, op)
	case results.OpFetch:
		if t.self.state == failed {
			return t.self.cause
		}
		return t.missingFile(op)
	}
	return nil
}

func (t *thread) unusable(h *handle, op *sim.Op) *Cause {
	switch h.state {
	case known:
		return nil
	case failed:
		return h.cause
	}
	return &Cause{op.Kind, results.Skipped, t.name, "nothing before it made what it needs"}
}

// missingFile looks whether every file the message carries is stored.
func (t *thread) missingFile(op *sim.Op) *Cause {
	files := t.files[op.Message]
	for i := range files {
		if c := t.unusable(&files[i], op); c != nil {
			return c
		}
	}
	if len(files) < int(op.Files) {
		return t.unusable(&handle{}, op)
	}
	return nil
}

// expect marks what an operation that goes out will make.
func (t *thread) expect(op *sim.Op) {
	switch op.Kind {
	case results.OpSend:
		t.self.state, t.item.state = pending, pending
		t.message(0).state = pending
	case results.OpReply:
		t.message(op.Message).state = pending
	}
}

// settle enters an answer. cause is what descendants are told when the answer does not bring what they need. An item
// that has no id yet, or a version that may have moved, is looked up before it is used.
func (t *thread) settle(op *sim.Op, a *Answer, cause *Cause) {
	accepted := a.Outcome == results.OK || a.Outcome == results.Partial || a.Outcome == results.Pending
	stands := accepted || a.Outcome == results.Unknown // if it has an id, it was looked for and seen
	switch op.Kind {
	case results.OpSend:
		settleHandle(&t.self, a.Thread, cause)
		settleHandle(t.message(0), a.Message, cause)
		if a.Item != "" {
			t.item.learn(a.Item)
		}
		t.note(op, stands)
	case results.OpReply:
		settleHandle(t.message(op.Message), a.Message, cause)
		t.note(op, stands)
		t.closed = false
	case results.OpAttach:
		h := handle{}
		settleHandle(&h, a.Ref, cause)
		t.file(op.Message, h)
	case results.OpClaim, results.OpRoute, results.OpLabel, results.OpClose, results.OpReopen:
		t.closed = op.Kind == results.OpClose && accepted
		t.stale = t.stale || !accepted && a.Version == "" && mayHaveHappened(a.Outcome)
	}
	if a.Version != "" {
		t.version, t.stale = a.Version, false
	}
}

// mayHaveHappened reports whether an operation that ended so may have changed the item, or found it changed.
func mayHaveHappened(o results.Outcome) bool {
	switch o {
	case results.Conflict, results.Timeout, results.Unknown, results.Transport:
		return true
	}
	return false
}

func settleHandle(h *handle, id string, cause *Cause) {
	if id != "" {
		h.learn(id)
		return
	}
	h.fail(cause)
}

// note remembers a message for the ledger that was acknowledged, or whose answer was lost and that was seen afterwards.
func (t *thread) note(op *sim.Op, stands bool) {
	if stands && t.message(op.Message).state == known {
		t.authored = append(t.authored, authored{op.Message, op.Actor, op.Wording, op.Text})
	}
}

// seen enters the versions of a listing that was asked for at a moment of the replay. A thread about which an answer
// came later, or is under way, keeps what it has: the listing may be older.
func (t *thread) seen(row *Listed, asked time.Duration) {
	if t.turn.last != nil || t.changed >= asked {
		return
	}
	if row.Item != "" {
		t.item.learn(row.Item)
	}
	if row.Version != "" {
		t.version, t.stale = row.Version, false
	}
}
