package bench

import (
	"errors"
	"fmt"
	"slices"

	"github.com/portalbench/portalbench/results"
	"github.com/portalbench/portalbench/scenarios"
	"github.com/portalbench/portalbench/sim"
	"github.com/portalbench/portalbench/sim/des"
)

// secondPass turns the lines of a trace into operations. Numbers of messages that a line does not give follow from the
// lines before it.
type secondPass struct {
	*Trace
	clock   traceClock
	written map[string]int32              // messages of a thread so far
	about   map[string]scenarios.Category // of a thread
}

func (t *Trace) secondPass() *secondPass {
	return &secondPass{Trace: t, clock: newTraceClock(&t.Header), written: map[string]int32{}, about: map[string]scenarios.Category{}}
}

// op reads one operation. Its line was looked at in the first pass.
func (s *secondPass) op(l *traceLine, number int) (sim.Op, error) {
	kind, err := parseOp(l.Op)
	if err != nil {
		return sim.Op{}, err
	}
	at, err := s.clock.at(l, number)
	if err != nil {
		return sim.Op{}, err
	}
	op := sim.Op{Due: s.From() + des.Time(at), Kind: kind, Actor: s.cast.actor(l.Person), Files: l.Files, Bytes: l.Bytes}
	uses := fieldsOf(kind)
	if uses.thread {
		op.Thread = s.plot.threads[l.Thread].id
	}
	if uses.to {
		op.To = s.addressee(kind, l)
	}
	if uses.subject {
		if op.Subject, err = s.subjectIn(l, l.Person, op.Actor.Network); err != nil {
			return op, err
		}
	}
	if uses.label {
		op.Urgent = l.Urgent
		if op.Category, err = categoryOr(l.Category, s.category(l.Thread)); err != nil {
			return op, err
		}
		s.about[l.Thread] = op.Category
	}
	op.Message = s.message(kind, l)
	if uses.text {
		if op.Text, err = s.textOr(l.Text, number, 0); err != nil {
			return op, err
		}
	}
	if uses.wording {
		op.Wording, err = s.wordingOr(l.Wording, op.Actor, s.category(l.Thread), l.Urgent, op.Message)
	}
	return op, err
}

// addressee returns whom an operation is to: where a line does not say, its own person's list, or a pool.
func (s *secondPass) addressee(kind results.OpKind, l *traceLine) sim.Actor {
	switch {
	case l.To != "":
		return s.cast.actor(l.To)
	case kind == results.OpInbox:
		return s.cast.actor(l.Person)
	}
	return s.cast.anyPool()
}

func (s *secondPass) category(thread string) scenarios.Category {
	if c, ok := s.about[thread]; ok {
		return c
	}
	if t := s.plot.threads[thread]; t != nil {
		return t.category
	}
	return scenarios.Symptom
}

// message returns which message an operation writes or speaks of, and counts those that are written.
func (s *secondPass) message(kind results.OpKind, l *traceLine) int32 {
	n, known := s.written[l.Thread]
	if t := s.plot.threads[l.Thread]; t != nil && !known {
		n = t.messages
	}
	switch kind {
	case results.OpSend:
		s.written[l.Thread] = 1
		return 0
	case results.OpReply:
		if l.Message != nil {
			n = *l.Message
		}
		s.written[l.Thread] = n + 1
		return n
	case results.OpAttach, results.OpRead, results.OpFetch:
		if l.Message != nil {
			return *l.Message
		}
		if kind != results.OpAttach {
			n = max(n-1, 0)
		}
		return n
	}
	return 0
}

// mostFile is the size of the largest file that a trace may attach, in bytes.
const mostFile = 64 << 20

// checkOpLine refuses a line that lacks what its operation needs, or says what it does not have.
func checkOpLine(kind results.OpKind, l *traceLine) error {
	uses := fieldsOf(kind)
	writes := kind == results.OpSend || kind == results.OpReply
	switch {
	case l.Person == "":
		return fmt.Errorf("%s without person: say who does it", kind)
	case uses.thread && l.Thread == "":
		return fmt.Errorf("%s without thread: name the thread it is about", kind)
	case kind == results.OpRoute && l.To == "":
		return errors.New("route without to: say where the item goes")
	case kind == results.OpAttach && (l.Bytes <= 0 || l.Bytes > mostFile):
		return fmt.Errorf("attach of %d bytes: give the size of the file in bytes, 1 to %d", l.Bytes, mostFile)
	case l.Message != nil && *l.Message < 0 || l.Files < 0:
		return errors.New("message and files are not below 0")
	}
	for _, f := range []struct {
		name       string
		given, has bool
	}{
		{"thread", l.Thread != "", uses.thread}, {"message", l.Message != nil && *l.Message != 0, uses.message},
		{"to", l.To != "", uses.to}, {"subject", l.Subject != "", uses.subject}, {"category", l.Category != "", uses.label},
		{"urgent", l.Urgent, uses.label}, {"files", l.Files != 0, writes}, {"bytes", l.Bytes != 0, kind == results.OpAttach},
		{"text", l.Text != "", uses.text}, {"wording", l.Wording != nil, uses.wording},
		{"fields of persons", l.Kind != "" || l.ActsFor != "" || l.Name != "" || l.Role != "" || l.Pools != nil, false},
		{"fields of open threads", l.Open != "" || l.Sender != "" || l.Item != "" || l.Holder != "" || l.Messages != nil, false},
	} {
		if f.given && !f.has {
			return fmt.Errorf("%s has no %s: leave it out", kind, f.name)
		}
	}
	return nil
}

// checkOpenLine does the same for a line about an open thread.
func checkOpenLine(l *traceLine) error {
	switch {
	case l.Sender == "" || l.To == "":
		return fmt.Errorf("open thread %q: sender and to are needed", l.Open)
	case len(l.Messages) == 0:
		return fmt.Errorf("open thread %q has no messages: give at least {\"author\":%q}", l.Open, l.Sender)
	case l.Item != "" && !slices.Contains(itemNames[:], l.Item):
		return fmt.Errorf("item %q: use requested, accepted or completed", l.Item)
	case l.AtMS != nil || l.At != "" || l.Thread != "" || l.Person != "":
		return errors.New("an open thread was there before the window: it has no time, thread or person")
	}
	for _, m := range l.Messages {
		if m.Author == "" {
			return fmt.Errorf("open thread %q: a message has no author", l.Open)
		}
	}
	return nil
}
