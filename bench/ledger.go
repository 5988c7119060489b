package bench

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	"github.com/portalbench/portalbench/generators"
	"github.com/portalbench/portalbench/results"
	"github.com/portalbench/portalbench/sim"
	"github.com/portalbench/portalbench/sim/des"
)

// ledgerLimit is how many messages are looked for; of more, a sample by thread is.
const ledgerLimit = 20_000

// ledger looks, after the clock, for every message the portal acknowledged: once by the patient it is about and by each
// who wrote in its thread, and once by another patient of the run, who must not see it. A thread that does not show all of
// them is looked at again for a while, as portals have been seen to show lists that are a minute old.
type ledger struct {
	*stage
	patients []*person
	names    []sim.Thread
	began    time.Time

	mu       sync.Mutex
	verdicts []verdict     // of the threads, in their order
	silence  time.Time     // since when no thread could be read; zero: the last one could
	last     time.Duration // after so long a thread was whole that had not been at first
}

// verdict is what became of one thread's messages.
type verdict struct {
	results.Ledger
	leaked int64
}

// patience is how many time-outs in a row make the ledger give up what is left: a portal that has gone silent would cost
// one for every thread.
const patience = 2

// check reads every thread with acknowledged messages. A thread that its patient or an author may not read counts as lost.
func (s *stage) check(ctx context.Context, seed uint64) (*results.Ledger, error) {
	l := &ledger{stage: s, names: sample(s.table, seed), began: time.Now()}
	l.verdicts = make([]verdict, len(l.names))
	for _, p := range s.roster.people {
		if p.account.Kind == PatientAccount {
			l.patients = append(l.patients, p)
		}
	}
	if err := s.each(ctx, "ledger", len(l.names), l.look); err != nil {
		return nil, err
	}
	l.lookAgain(ctx)
	return l.sum(), nil
}

// look enters the verdict of the i'th thread.
func (l *ledger) look(ctx context.Context, i int) error {
	v, err := verdict{}, errors.New("given up")
	if !l.givenUp() {
		var t *thread
		if t, err = l.table.peek(l.names[i]); err == nil {
			v, err = l.thread(ctx, t, i)
		}
	}
	if ctx.Err() == nil {
		l.enter(i, v, err)
	}
	return ctx.Err()
}

// enter replaces a verdict. Of a thread that could not be read nothing is said but what a stranger saw.
func (l *ledger) enter(i int, v verdict, err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	before := l.verdicts[i]
	switch {
	case err != nil:
		v = verdict{Ledger: results.Ledger{Unread: int64(l.table.acknowledged(l.names[i]))}}
		if l.silence.IsZero() {
			l.silence = time.Now()
		}
	default:
		l.silence = time.Time{}
		if v.Late = before.Late; before.Lost > v.Lost {
			v.Late += before.Lost - v.Lost
			l.last = time.Since(l.began)
		}
	}
	v.leaked = max(v.leaked, before.leaked) // what a stranger has seen once was shown
	l.verdicts[i] = v
}

// sum adds all threads up.
func (l *ledger) sum() *results.Ledger {
	var sum results.Ledger
	var leaked int64
	for i := range l.verdicts {
		one := &l.verdicts[i]
		sum.Checked += one.Checked
		sum.Found += one.Found
		sum.Lost += one.Lost
		sum.Duplicated += one.Duplicated
		sum.OutOfOrder += one.OutOfOrder
		sum.Unread += one.Unread
		sum.Late += one.Late
		leaked += one.leaked
	}
	sum.LateS = results.Number(l.last.Seconds())
	if len(l.patients) > 1 && !l.oneIdentity() {
		sum.Leaked = &leaked
	}
	return &sum
}

// sample returns the threads to look at: all that have messages, or, when those are too many, so many as hold about
// ledgerLimit messages, drawn by a key of each thread and not by when it was met.
func sample(t *table, seed uint64) []sim.Thread {
	total := 0
	var some []sim.Thread
	for _, name := range t.met {
		if n := t.acknowledged(name); n > 0 {
			some = append(some, name)
			total += n
		}
	}
	if total <= ledgerLimit {
		return some
	}
	share := float64(ledgerLimit) / float64(total)
	return slices.DeleteFunc(some, func(name sim.Thread) bool {
		return !des.NewKey(seed).Sub(uint64(uint32(name.Network))).Sub(uint64(uint32(name.Number))).Chance(share)
	})
}

// thread reads one thread as everybody who must see it, and as an outsider.
func (l *ledger) thread(ctx context.Context, t *thread, i int) (v verdict, err error) {
	var seen [][]Seen
	readers := l.readers(t)
	for _, reader := range readers {
		a, err := l.read(ctx, reader, t)
		if err != nil {
			return v, err
		}
		seen = append(seen, a.Messages)
	}
	v.Ledger = compare(t.authored, t.messages, seen...)
	if outsider := l.outsider(readers, i); outsider != nil {
		b, err := l.read(ctx, outsider, t)
		if err != nil {
			return v, err
		}
		v.leaked = int64(len(b.Messages))
	}
	return v, nil
}

// readers returns those who must see a thread: the patient it is about, and everybody who wrote in it. Where one identity
// serves everybody they would all ask the same, so one does.
func (l *ledger) readers(t *thread) []*person {
	all := []*person{l.roster.byActor[t.subject]}
	if l.portal.Capabilities().OneIdentity {
		return all
	}
	for i := range t.authored {
		if p := l.roster.byActor[t.authored[i].Author]; !slices.Contains(all, p) {
			all = append(all, p)
		}
	}
	return all
}

// givenUp reports whether no thread could be read for so long that the rest need not be asked for.
func (l *ledger) givenUp() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return !l.silence.IsZero() && time.Since(l.silence) >= patience*l.timeout
}

func (l *ledger) read(ctx context.Context, p *person, t *thread) (a Answer, err error) {
	tries := l.tries()
	err = l.as(ctx, tries, p, func(s *Session) error {
		got := l.do(ctx, tries, s, &Call{Kind: results.OpThread, Thread: t.self.id})
		a = got.Answer
		if a.Outcome == results.NotFound || a.Outcome == results.Denied {
			return got.err // an answer to the question whether they may see it
		}
		return got.failure()
	})
	return a, err
}

// tries returns how often a thread is asked for: of a portal that has not given the last one, once.
func (l *ledger) tries() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.silence.IsZero() {
		return mostTries
	}
	return 1
}

// outsider returns a patient whom the i'th thread does not concern, another one for every thread, or nil.
func (l *ledger) outsider(readers []*person, i int) *person {
	if l.oneIdentity() {
		return nil
	}
	for j := range min(len(l.patients), 1+len(readers)) {
		if p := l.patients[(i+j)%len(l.patients)]; !slices.Contains(readers, p) {
			return p
		}
	}
	return nil
}

// compare holds what a thread shows to each of its readers against what was acknowledged. A message is found when every
// reader sees it exactly once, with an id of its own and the text that was written; it is lost when a reader does not see
// it or not as written; and it is out of order when, to a reader, one that was acknowledged before it comes after it. A
// copy under another id is told by its text.
func compare(want []authored, ids []handle, readers ...[]Seen) (l results.Ledger) {
	fates, misplaced := make([]fate, len(want)), make([]bool, len(want))
	for _, got := range readers {
		judge(want, ids, got, fates, misplaced)
	}
	l.Checked = int64(len(want))
	for i := range want {
		switch fates[i] {
		case lost:
			l.Lost++
		case duplicated:
			l.Duplicated++
		default:
			l.Found++
		}
		l.OutOfOrder += count(misplaced[i])
	}
	return l
}

// fate is what became of an acknowledged message. The worst that any reader saw counts.
type fate uint8

const (
	found fate = iota
	duplicated
	lost
)

// judge adds what one reader sees.
func judge(want []authored, ids []handle, got []Seen, fates []fate, misplaced []bool) {
	at := map[string][]int{}
	for i := range got {
		at[got[i].Message] = append(at[got[i].Message], i)
	}
	copies := surplus(want, ids, got)
	furthest := -1
	given := map[string]bool{} // ids that were handed out already
	for i := range want {
		id := ids[want[i].Number].id
		places := at[id]
		switch {
		case len(places) == 0 || given[id] || got[places[0]].Body != generators.Body(want[i].Wording, want[i].Text):
			fates[i] = lost
			continue
		case len(places) > 1 || copies[i]:
			fates[i] = max(fates[i], duplicated)
		}
		misplaced[i] = misplaced[i] || places[0] < furthest
		furthest = max(furthest, places[0])
		given[id] = true
	}
}

// surplus tells which acknowledged messages are there a second time under an id that nobody was given. Texts are made
// again only for threads that show more messages than were acknowledged.
func surplus(want []authored, ids []handle, got []Seen) map[int]bool {
	if len(got) <= len(want) {
		return nil
	}
	ours := map[string]bool{}
	for i := range ids {
		ours[ids[i].id] = true
	}
	foreign := map[string]bool{}
	for i := range got {
		if !ours[got[i].Message] {
			foreign[got[i].Body] = true
		}
	}
	copies := map[int]bool{}
	for i := range want {
		if len(foreign) > 0 && foreign[generators.Body(want[i].Wording, want[i].Text)] {
			copies[i] = true
		}
	}
	return copies
}
