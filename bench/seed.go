package bench

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/portalbench/portalbench/results"
	"github.com/portalbench/portalbench/sim"
)

// held reports whether a thread's item is, or was before it was completed, in somebody's list. A reply of the patient
// brings a completed one back there.
func held(t *sim.OpenThread) bool {
	return t.Holder.Kind == sim.ActorStaff || t.Holder.Kind == sim.ActorPool
}

// seed brings the portal into the state the window begins with, by the operations that people would have used. Threads
// are seeded side by side, the steps of each in order. It returns the number of messages written.
func (s *stage) seed(ctx context.Context, threads []*sim.OpenThread) (messages int64, err error) {
	seeders := make([]*seeder, len(threads))
	for i, t := range threads {
		th := s.table.thread(t.Thread)
		th.begin(subjectOf(t), t.Messages[0].Wording, t.Messages[0].Text)
		seeders[i] = &seeder{stage: s, from: t, thread: th, in: map[sim.Actor]bool{}}
		messages += int64(len(t.Messages))
	}
	return messages, s.each(ctx, "seed", len(seeders), func(ctx context.Context, i int) error {
		if err := seeders[i].run(ctx); err != nil {
			return fmt.Errorf("seeding thread %d of network %d: %w", threads[i].Thread.Number, threads[i].Thread.Network, err)
		}
		return nil
	})
}

// seeder brings one thread to the state it has in the opening.
type seeder struct {
	*stage
	from   *sim.OpenThread
	thread *thread
	holder sim.Actor          // in whose list the item is
	in     map[sim.Actor]bool // staff and pools that have had the thread
	// resumed says that another process has begun the thread, and may have done any of its steps.
	resumed bool
	doubt   *sim.Op // the latest whose item may have changed although nobody said so
}

// run writes the messages, has them read, and leaves the item where the opening has it.
func (s *seeder) run(ctx context.Context) error {
	s.holder = s.from.To
	s.in[s.holder] = true
	for n := range s.from.Messages {
		m := &s.from.Messages[n]
		if s.thread.message(int32(n)).state != known {
			if err := s.write(ctx, int32(n)); err != nil {
				return err
			}
		}
		for _, reader := range m.ReadBy {
			if err := s.step(ctx, sim.Op{Kind: results.OpRead, Actor: reader, Message: int32(n)}); err != nil {
				return err
			}
		}
	}
	return s.leave(ctx)
}

// write adds the n'th message.
func (s *seeder) write(ctx context.Context, n int32) error {
	m := &s.from.Messages[n]
	op := sim.Op{Kind: results.OpReply, Actor: m.Author, Message: n, Wording: m.Wording, Text: m.Text}
	if n == 0 {
		op.Kind, op.Actor, op.To, op.Subject = results.OpSend, s.from.Sender, s.from.To, s.from.Subject
		op.Category, op.Urgent = s.from.Category, s.from.Urgent
	}
	return s.step(ctx, op)
}

// leave puts the item into its final state.
func (s *seeder) leave(ctx context.Context) error {
	switch s.from.Item {
	case sim.ItemRequested:
		return s.handTo(ctx, s.from.Holder)
	case sim.ItemAccepted:
		return s.step(ctx, sim.Op{Kind: results.OpClaim, Actor: s.from.Holder})
	}
	if held(s.from) {
		if err := s.handTo(ctx, s.from.Holder); err != nil {
			return err
		}
	}
	last, ok := s.hand()
	if !ok {
		return fmt.Errorf("closing it: the run knows nobody who has it in hand")
	}
	return s.step(ctx, sim.Op{Kind: results.OpClose, Actor: last})
}

// step does one operation in a person's name. Staff who have not had the thread are handed it first, as the portal shows
// it to nobody else.
func (s *seeder) step(ctx context.Context, op sim.Op) error {
	op.Thread = s.from.Thread
	if op.Actor.Kind == sim.ActorStaff && op.Kind != results.OpSend && !s.mayUse(op.Actor) {
		if err := s.handTo(ctx, op.Actor); err != nil {
			return err
		}
	}
	return s.do(ctx, &op)
}

func (s *seeder) mayUse(staff sim.Actor) bool {
	if s.in[staff] {
		return true
	}
	for a := range s.in {
		if a.Kind == sim.ActorPool && s.roster.belongs(staff, a) {
			return true
		}
	}
	return false
}

// handTo routes the item to a person or pool.
func (s *seeder) handTo(ctx context.Context, to sim.Actor) error {
	if s.holder == to {
		return nil
	}
	from, ok := s.hand()
	if !ok {
		return fmt.Errorf("nobody of the run can hand it from %s to %s", s.roster.account(s.holder).Login,
			s.roster.account(to).Login)
	}
	if err := s.do(ctx, &sim.Op{Kind: results.OpRoute, Actor: from, Thread: s.from.Thread, To: to}); err != nil {
		return err
	}
	s.holder, s.in[to] = to, true
	return nil
}

// hand returns somebody of the staff in whose hands the thread is.
func (s *seeder) hand() (sim.Actor, bool) {
	if s.holder.Kind == sim.ActorStaff {
		return s.holder, true
	}
	if p := s.roster.memberOf(s.holder); p != nil {
		return p.actor, true
	}
	return sim.Actor{}, false
}

// do carries one operation out and enters its answer. One that may have been done is looked for before it is repeated.
func (s *seeder) do(ctx context.Context, op *sim.Op) error {
	if !s.portal.Capabilities().Can(AccountKind(op.Actor.Kind), op.Kind) {
		return nil // what people cannot do here has not been done before either
	}
	p := s.roster.byActor[op.Actor]
	err := s.as(ctx, mostTries, p, func(session *Session) (err error) {
		insist(ctx, mostTries, func() (again bool) {
			again, err = s.tryOnce(ctx, session, p, op)
			if again {
				s.repeats.note(op.Kind, err)
			}
			return again
		})
		return err
	})
	if err != nil {
		return fmt.Errorf("%s as %s: %w", op.Kind, p.account.Login, err)
	}
	return nil
}

// tryOnce carries one operation out. It fails for good unless it is to be tried again.
func (s *seeder) tryOnce(ctx context.Context, session *Session, p *person, op *sim.Op) (again bool, err error) {
	c := s.roster.call(op, s.thread)
	write(&c, op, subjectLine{s.thread.wording, s.thread.text}, time.Time{})
	if usesItem(op.Kind) && (s.thread.item.state != known || s.thread.stale) {
		row, err := searchItem(ctx, insistent{s.portal, s.stage}, session, p.lists(), &c)
		if err != nil {
			return !hopeless(err), err
		}
		if row.Item == "" && (s.doubt == op || s.resumed) { // routed or closed by a try whose answer was lost, and so off their lists
			s.thread.settle(op, &Answer{}, nil)
			return false, nil
		}
		c.Item, c.Version = row.Item, row.Version
		s.thread.item.learn(row.Item)
	}
	t := s.stage.do(ctx, mostTries, session, &c)
	if (t.failure() == nil || t.doubtful()) && s.look(ctx, session, &c, &t.Answer) {
		s.thread.settle(op, &t.Answer, &Cause{op.Kind, t.Outcome, op.Thread, "the answer brought no id"})
		return false, nil
	}
	if t.failure() == nil {
		return false, errors.New("the answer brought no ids, and nothing was found by looking for it")
	}
	if usesItem(op.Kind) && t.doubtful() {
		s.thread.stale, s.doubt = true, op
		return true, t.failure()
	}
	return t.Status >= http.StatusInternalServerError && !t.again(op.Kind), t.failure()
}

// look reports whether an operation was done and its ids are known. What a portal may have stored without saying so, or
// without saying under which ids, it looks for.
func (s *seeder) look(ctx context.Context, session *Session, c *Call, a *Answer) bool {
	told := a.Outcome == results.OK && !unresolved(c.Kind, a)
	if told || c.Kind != results.OpSend && c.Kind != results.OpReply {
		return told
	}
	var row Listed
	found := false
	_ = s.untilSeen(ctx, time.Now(), func() (bool, error) {
		ctx, cancel := context.WithTimeout(ctx, s.timeout)
		defer cancel()
		row, found = lookFor(ctx, s.portal, session, c, a)
		return found, nil
	})
	if row.Item != "" {
		a.Item, a.Version = row.Item, row.Version
	}
	if found {
		a.Outcome = results.OK
	}
	return found
}
