package bench

import (
	"context"
	"strings"
	"time"

	"github.com/portalbench/portalbench/results"
	"github.com/portalbench/portalbench/sim"
)

// engine replays operations. One goroutine, the scheduler, owns all its state; every operation that is sent has a
// goroutine of its own, which touches nothing but its flight and the session of its person.
type engine struct {
	portal   Portal
	work     *Workload
	ops      []sim.Op
	roster   *roster
	table    *table
	record   *recorder
	keep     *keeping
	timeout  time.Duration
	limit    int // operations in flight
	progress func(Progress)

	start    time.Time
	warmUp   time.Duration
	end      time.Duration
	next     int       // of ops, not yet released
	open     int       // released and not finished
	inFlight int       // sent and not answered
	runnable []*flight // wait for nothing any more
	answers  chan *flight
	calls    context.Context                 // of all operations; outlives an interruption
	labels   [results.NumOps]context.Context // profile labels, by operation
	abandon  context.CancelFunc

	stopped    *Cause // why nothing more is sent
	incomplete bool
	spent      time.Duration // processor time of this process when the window ended, and when that was
	spentAt    time.Time
	deadline   time.Duration // when whatever still waits is given up
	nextTick   time.Duration
}

// drainAfterInterrupt is how long an interrupted run waits for answers that are under way.
const drainAfterInterrupt = 10 * time.Second

// now returns the moment since the start of the replay.
func (e *engine) now() time.Duration { return time.Since(e.start) }

// replay runs until every operation that is due before the end has ended, at most two time-outs after the end. When ctx
// is cancelled it sends nothing more and waits for what is under way.
func (e *engine) replay(ctx context.Context) {
	e.calls, e.abandon = context.WithCancel(context.WithoutCancel(ctx))
	defer e.abandon()
	e.labels = opLabels(e.calls)
	e.answers = make(chan *flight, e.limit)
	e.start = time.Now()
	e.end = e.work.Duration()
	e.deadline = e.end + e.timeout
	e.nextTick = e.warmUp%time.Second + time.Second // so that the series' seconds begin with the end of the warm-up
	timer := time.NewTimer(0)
	defer timer.Stop()
	interrupted := ctx.Done()
	for e.next < len(e.ops) || e.open > 0 {
		e.releaseDue(e.now())
		timer.Reset(e.untilNext())
		select {
		case f := <-e.answers:
			e.receive(f)
		case <-timer.C:
			e.tick(e.now())
		case <-interrupted:
			interrupted = nil
			e.interrupt()
		}
		e.receiveWaiting()
	}
	e.takeStock()
	if e.now() > e.warmUp {
		e.record.series.close(0)
	}
}

// takeStock notes, once, what the window cost this process: waiting for the last answers afterwards costs nothing.
func (e *engine) takeStock() {
	if e.spentAt.IsZero() {
		e.spent, e.spentAt = results.ProcessCPU(), time.Now()
	}
}

// receiveWaiting takes the answers that have come, without waiting for more.
func (e *engine) receiveWaiting() {
	for {
		select {
		case f := <-e.answers:
			e.receive(f)
		default:
			e.dispatchAll()
			return
		}
	}
}

// untilNext returns how long the scheduler may sleep when no answer comes.
func (e *engine) untilNext() time.Duration {
	at := e.nextTick
	if e.next < len(e.ops) {
		at = min(at, e.work.offset(e.ops[e.next].Due))
	}
	return max(at-e.now(), 0)
}

// tick closes a second of the series and gives up what has waited for too long.
func (e *engine) tick(now time.Duration) {
	for ; e.nextTick <= now; e.nextTick += time.Second {
		if e.nextTick > e.warmUp {
			e.record.series.close(e.inFlight)
		}
		e.report()
	}
	if now >= e.end {
		e.takeStock()
	}
	if now < e.deadline {
		return
	}
	if e.incomplete {
		e.abandon()
	}
	e.stop(Cause{Outcome: results.Skipped, Detail: "the run had ended"})
}

// stop lets nothing more out; what still waits is skipped for cause.
func (e *engine) stop(cause Cause) {
	if e.stopped == nil {
		e.stopped = &cause
	}
}

// interrupt ends the replay early.
func (e *engine) interrupt() {
	e.incomplete = true
	e.next = len(e.ops)
	e.end = min(e.end, e.now())
	e.deadline = e.now() + min(e.timeout, drainAfterInterrupt)
	e.stop(Cause{Outcome: results.Skipped, Detail: "the run was interrupted"})
}

// releaseDue lets every operation that is due join its session and its thread.
func (e *engine) releaseDue(now time.Duration) {
	for e.next < len(e.ops) {
		op := &e.ops[e.next]
		intended := e.work.offset(op.Due)
		if intended > now {
			break
		}
		e.next++
		e.release(op, intended)
	}
	e.dispatchAll()
}

func (e *engine) release(op *sim.Op, intended time.Duration) {
	f := &flight{op: op, person: e.roster.byActor[op.Actor], intended: intended, ready: intended}
	f.counted = intended >= e.warmUp
	f.after(f.person.last, 0)
	f.person.last = f
	if hasThread(op.Kind) {
		f.thread = e.table.thread(op.Thread)
		f.after(f.thread.last, 1)
		f.thread.last = f
	}
	e.open++
	e.record.offer(f)
	if f.blockers == 0 {
		e.runnable = append(e.runnable, f)
	}
}

// dispatchAll sends whatever waits for nothing any more. What cannot be sent ends here and may free others.
func (e *engine) dispatchAll() {
	for i := 0; i < len(e.runnable); i++ {
		e.dispatch(e.runnable[i])
	}
	clear(e.runnable)
	e.runnable = e.runnable[:0]
}

func (e *engine) dispatch(f *flight) {
	if cause := e.obstacle(f); cause != nil {
		f.cause = cause
		e.drop(f, results.Skipped)
		return
	}
	if e.inFlight >= e.limit {
		e.drop(f, results.Capped)
		return
	}
	if f.op.Kind == results.OpSend {
		f.thread.begin(sim.Actor{Network: f.op.Actor.Network, Index: f.op.Subject, Kind: sim.ActorPatient}, f.op.Wording,
			f.op.Text)
	}
	f.call = e.roster.call(f.op, f.thread)
	if t := f.thread; t != nil {
		f.subject = subjectLine{t.wording, t.text}
		if usesItem(f.op.Kind) && (t.item.state != known || t.stale) {
			f.search = e.roster.lists(f.person)
		}
		t.expect(f.op)
	}
	e.checkListed(f)
	f.out = true
	e.inFlight++
	go e.carryOut(f)
}

// obstacle returns why an operation cannot be sent, or nil.
func (e *engine) obstacle(f *flight) *Cause {
	if e.stopped != nil {
		return e.stopped
	}
	if f.op.Kind != results.OpAuth && f.person.refused != nil {
		return f.person.refused
	}
	if f.thread != nil {
		return f.thread.obstacle(f.op)
	}
	return nil
}

// checkListed counts claims of items that the person's latest look at their lists did not show.
func (e *engine) checkListed(f *flight) {
	if f.op.Kind != results.OpClaim || !f.counted || f.thread.self.state != known {
		return
	}
	for _, l := range f.person.listings {
		for i := range l.rows {
			if l.rows[i].Thread == f.thread.self.id {
				return
			}
		}
	}
	e.record.notListed++
}

// drop ends an operation that is not sent.
func (e *engine) drop(f *flight, outcome results.Outcome) {
	f.sent, f.done = f.ready, f.ready
	f.answer.Outcome = outcome
	e.settle(f)
}

// receive takes an answered operation back.
func (e *engine) receive(f *flight) {
	e.inFlight--
	e.settle(f)
}

// settle enters how an operation ended and frees those that waited for it.
func (e *engine) settle(f *flight) {
	cause := f.cause
	if cause == nil && f.answer.Outcome != results.OK {
		cause = &Cause{f.op.Kind, f.answer.Outcome, f.op.Thread, harmless(f.answer.Detail)}
	}
	if t := f.thread; t != nil {
		if f.found.Item != "" {
			t.item.learn(f.found.Item)
			t.version, t.stale = f.found.Version, false
		}
		t.settle(f.op, &f.answer, e.reason(f, cause))
		t.changed = f.done
	}
	e.settleSession(f, cause)
	e.record.finish(f, cause)
	e.keep.op(f)
	f.finished = true
	e.open--
	for i, n := range f.next {
		if n == nil {
			continue
		}
		f.next[i] = nil
		n.ready = max(n.ready, f.done, f.resolved)
		if n.blockers--; n.blockers == 0 {
			e.runnable = append(e.runnable, n)
		}
	}
	f.call, f.answer = Call{}, Answer{} // the session and the thread keep the flight
}

// reason returns what descendants are told when an operation did not bring what they need.
func (e *engine) reason(f *flight, cause *Cause) *Cause {
	if cause != nil {
		return cause
	}
	return &Cause{f.op.Kind, f.answer.Outcome, f.op.Thread, "the answer brought no id"}
}

// settleSession notes who is signed in and what people saw on their lists.
func (e *engine) settleSession(f *flight, cause *Cause) {
	switch f.op.Kind {
	case results.OpAuth:
		f.person.refused = cause
	case results.OpInbox:
		if f.answer.Outcome != results.OK {
			return
		}
		f.person.look(f.op.To, f.answer.Items)
		for i := range f.answer.Items {
			if t := e.table.listed(&f.answer.Items[i]); t != nil {
				t.seen(&f.answer.Items[i], f.sent)
			}
		}
	}
}

// look replaces what a person last saw on a list.
func (p *person) look(of sim.Actor, rows []Listed) {
	for i := range p.listings {
		if p.listings[i].of == of {
			p.listings[i].rows = rows
			return
		}
	}
	p.listings = append(p.listings, listing{of, rows})
}

// listed finds the thread of a row by the tag at the end of its topic, or nil: it may be another run's.
func (t *table) listed(row *Listed) *thread {
	return t.byTag[row.Topic[strings.LastIndexByte(row.Topic, ' ')+1:]]
}

// report tells how far the replay is.
func (e *engine) report() {
	if e.progress != nil {
		e.progress(Progress{Phase: "replay", Done: int64(e.next - e.open), Total: int64(len(e.ops)),
			InFlight: e.inFlight, Elapsed: e.now()})
	}
}
