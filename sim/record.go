package sim

import (
	"github.com/portalbench/portalbench/generators"
	"github.com/portalbench/portalbench/results"
	"github.com/portalbench/portalbench/scenarios"
	"github.com/portalbench/portalbench/sim/des"
)

// recorder keeps what everybody does on the portal. The methods of Clinic whose names begin with record do nothing
// without one.
type recorder struct {
	ops     []Op
	from    des.Time   // nothing due before is noted
	history []past     // of each thread's slot
	claims  []des.Time // of each member of staff: when they claim, or claimed, the thread in hand
}

// Lead is how far before an event its ops may be due: people sign in before they write.
const Lead = 2 * des.Minute

// When people do what, before (families) or after (staff) the event itself. All assumed. Staff who are quick with a
// thread do these things sooner.
const (
	signInBefore     = 75 * des.Second
	lookBefore       = 65 * des.Second
	openBefore       = 60 * des.Second
	markBefore       = 55 * des.Second
	recipientsBefore = 45 * des.Second
	readingBefore    = 20 * des.Second
	attachBefore     = 10 * des.Second
	listAfter        = 1 * des.Second
	claimAfter       = 2 * des.Second
	openAfter        = 3 * des.Second
	markAfter        = 4 * des.Second
	labelAfter       = 6 * des.Second
)

// attachmentBytes is the size of an attached file (assumed).
const attachmentBytes = 32 << 10

// past is what has happened in a thread so far.
type past struct {
	messages []OpenMessage
	labelled des.Time // when staff label it, or labelled it
}

func newRecorder(p *Plan, from des.Time) *recorder {
	return &recorder{from: from, claims: make([]des.Time, len(p.roster))}
}

// note adds an op, unless it is due before what is wanted.
func (c *Clinic) note(due des.Time, kind results.OpKind, op Op) {
	if due < c.record.from {
		return
	}
	op.Due, op.Kind = due, kind
	c.record.ops = append(c.record.ops, op)
}

func (c *Clinic) member(s int) Actor { return Actor{c.network, int32(s), ActorStaff} }

// at returns the person or pool behind an inbox.
func (c *Clinic) at(inbox int32) Actor {
	if int(inbox) < len(c.staff) {
		return c.member(int(inbox))
	}
	return Actor{c.network, inbox - int32(len(c.staff)), ActorPool}
}

// family returns the account on which a thread's family writes.
func (c *Clinic) family(t *thread) Actor {
	if t.content.Sender == scenarios.Proxy {
		return Actor{c.network, t.person, ActorProxy}
	}
	return Actor{c.network, t.person, ActorPatient}
}

// base fills in what all ops on a thread say.
func (c *Clinic) base(t *thread, who Actor) Op {
	return Op{Actor: who, Subject: t.person, Thread: Thread{c.network, t.number}, Category: t.content.Label}
}

// wording says how a message of the family sounds, or of staff if role is not RoleNone.
func (t *thread) wording(role scenarios.Role, followUp bool) generators.Wording {
	k := &t.content
	return generators.Wording{Category: k.Category, Condition: k.Condition, HasCondition: k.HasCondition,
		Sender: k.Sender, Staff: role, HighRisk: k.HighRisk && role == scenarios.RoleNone, Felt: k.Felt, FollowUp: followUp}
}

// recordSend notes the visit in which a family begins a thread.
func (c *Clinic) recordSend(slot, to int32) {
	if c.record == nil {
		return
	}
	t := &c.slab.threads[slot]
	op := c.base(t, c.family(t))
	op.To, op.Urgent, op.Files = c.at(to), t.content.Felt, t.content.Files
	op.Wording, op.Text = t.wording(scenarios.RoleNone, false), t.text(0)
	c.recordSignIn(op.Actor)
	c.note(c.now-recipientsBefore, results.OpRecipients, Op{Actor: op.Actor})
	if t.content.Category == scenarios.HomeReading {
		c.note(c.now-readingBefore, results.OpReading, op)
	}
	if op.Files > 0 {
		file := op
		file.Bytes = attachmentBytes
		c.note(c.now-attachBefore, results.OpAttach, file)
	}
	c.note(c.now, results.OpSend, op)
	for len(c.record.history) <= int(slot) {
		c.record.history = append(c.record.history, past{})
	}
	c.record.history[slot].labelled = des.Never
	c.remember(slot, op)
}

// recordSignIn notes the beginning of a family's visit.
func (c *Clinic) recordSignIn(who Actor) {
	c.note(c.now-signInBefore, results.OpAuth, Op{Actor: who})
	c.note(c.now-lookBefore, results.OpUnread, Op{Actor: who})
}

// remember keeps a message for the Opening.
func (c *Clinic) remember(slot int32, op Op) {
	h := &c.record.history[slot]
	h.messages = append(h.messages, OpenMessage{Author: op.Actor, Wording: op.Wording, Text: op.Text})
}

func (c *Clinic) forget(slot int32) {
	if c.record != nil {
		c.record.history[slot] = past{}
	}
}

// markRead keeps that somebody has read a message.
func (c *Clinic) markRead(slot int32, message int, who Actor) {
	m := &c.record.history[slot].messages[message]
	m.ReadBy = append(m.ReadBy, who)
}

// recordShift notes how a session of staff begins.
func (c *Clinic) recordShift(s int) {
	if c.record == nil {
		return
	}
	who := c.member(s)
	c.note(c.now, results.OpAuth, Op{Actor: who})
	c.note(c.now, results.OpUnread, Op{Actor: who})
	c.recordList(s, c.now)
}

func (c *Clinic) recordList(s int, due des.Time) {
	c.note(due, results.OpInbox, Op{Actor: c.member(s), To: c.at(int32(c.arm.inboxes[s]))})
}

// recordBegin notes how a member of staff takes up a thread.
func (c *Clinic) recordBegin(s int, t *thread, takes des.Time) {
	if c.record == nil {
		return
	}
	soon := func(after des.Time) des.Time { return c.now + min(after, takes*after/(2*labelAfter)) }
	ops := c.opensWith(s, t)
	if ops.has(results.OpInbox) {
		c.recordList(s, soon(listAfter))
	}
	op, slot := c.base(t, c.member(s)), c.staff[s].thread
	c.record.claims[s] = c.now
	if ops.has(results.OpClaim) {
		c.record.claims[s] = soon(claimAfter)
		c.note(soon(claimAfter), results.OpClaim, op)
	}
	c.note(soon(openAfter), results.OpThread, op)
	op.Message = c.newest(slot, ActorStaff)
	c.note(soon(markAfter), results.OpRead, op)
	c.markRead(slot, int(op.Message), op.Actor)
	if ops.has(results.OpLabel) {
		op.Category, op.Urgent = t.content.Category, t.urgent
		c.record.history[slot].labelled = soon(labelAfter)
		c.note(soon(labelAfter), results.OpLabel, op)
	}
}

// newest returns the number of the last message that was not written by a kind of actor.
func (c *Clinic) newest(slot int32, not ActorKind) int32 {
	h := c.record.history[slot].messages
	for i := len(h) - 1; i > 0; i-- {
		if h[i].Author.Kind != not {
			return int32(i)
		}
	}
	return 0
}

// recordFinish notes how a member of staff ends work on a thread. What is put aside stays claimed.
func (c *Clinic) recordFinish(s int, slot int32, t *thread) {
	if c.record == nil {
		return
	}
	m, op := &c.staff[s], c.base(t, c.member(s))
	switch m.does {
	case putAside:
	case handOn, ask, advise:
		op.To = c.at(c.covered(m.to, t.urgent))
		c.note(c.now, results.OpRoute, op)
	case closeIt, phone:
		c.note(c.now, results.OpClose, op)
	default:
		c.recordReply(slot, op, t.wording(c.plan.roster[s].Role, t.messages > 1))
		c.note(c.now, results.OpClose, op)
	}
}

// recordMove notes that somebody of the inbox in which a thread waits passes it on.
func (c *Clinic) recordMove(t *thread, to int32) {
	if c.record == nil {
		return
	}
	op := c.base(t, c.keeper(t))
	op.To = c.at(to)
	c.note(c.now, results.OpRoute, op)
}

// recordLeft notes that a thread whose family phones is closed by somebody who could have taken it up.
func (c *Clinic) recordLeft(t *thread) {
	if c.record == nil {
		return
	}
	c.note(c.now, results.OpClose, c.base(t, c.keeper(t)))
}

// keeper returns who acts on a thread that waits: whoever has put it aside, or the first who works for its inbox.
func (c *Clinic) keeper(t *thread) Actor {
	if members := c.arm.members[t.inbox]; !t.inTray && len(members) > 0 {
		return c.member(members[0])
	}
	return c.member(int(t.holder))
}

func (c *Clinic) recordReply(slot int32, op Op, w generators.Wording) {
	t := &c.slab.threads[slot]
	op.Message = int32(len(c.record.history[slot].messages))
	op.Wording, op.Text = w, t.text(int16(op.Message))
	c.note(c.now, results.OpReply, op)
	c.remember(slot, op)
}

// recordSeen notes the visit in which the family sees an answer.
func (c *Clinic) recordSeen(t *thread, slot int32) {
	if c.record == nil {
		return
	}
	op := c.base(t, c.family(t))
	c.recordSignIn(op.Actor)
	c.note(c.now-openBefore-des.Second, results.OpInbox, Op{Actor: op.Actor, To: op.Actor})
	c.note(c.now-openBefore, results.OpThread, op)
	op.Message = c.newest(slot, op.Actor.Kind)
	c.note(c.now-markBefore, results.OpRead, op)
	c.markRead(slot, int(op.Message), op.Actor)
}

// recordFollowUp notes that the family writes again.
func (c *Clinic) recordFollowUp(t *thread, slot int32) {
	if c.record == nil {
		return
	}
	c.recordReply(slot, c.base(t, c.family(t)), t.wording(scenarios.RoleNone, true))
}
