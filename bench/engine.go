package bench

import (
	"context"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/portalbench/portalbench/results"
	"github.com/portalbench/portalbench/sim"
)

// engine replays operations. One goroutine, the scheduler, lets them out when they are due; every operation under way
// has a goroutine of its own, which touches nothing but its flight and the session of its person until the answer is
// there. mu guards everything else.
type engine struct {
	mu       sync.Mutex
	portal   Portal
	work     *Workload
	filter   *filter
	feed     *feed
	total    int64 // operations in all
	roster   *roster
	table    *table
	record   *recorder
	lookout  *lookout // nil: nobody watches
	keep     *keeping
	timeout  time.Duration
	limit    int // operations in flight
	progress func(Progress)

	start    time.Time
	warmUp   time.Duration
	end      time.Duration
	ops      []sim.Op // of the slice under way
	next     int      // of ops, not yet released
	released int64
	open     int       // released and not finished
	inFlight int       // sent and not answered
	runnable []*flight // wait for nothing any more
	hands    hands
	newAlarm func() alarm
	alarm    alarm
	calls    context.Context                 // of all operations; outlives an interruption
	labels   [results.NumOps]context.Context // profile labels, by operation
	abandon  context.CancelFunc

	starved    bool  // operations came later than they were due
	feedError  error // why no more operations came
	watches    []watch
	halted     string // the rule that ended the run, and when; empty: none did
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
	e.lookout.begin(e.calls)
	defer func() { e.lookout.end(ctx, e.incomplete) }()
	e.alarm = e.newAlarm()
	defer e.alarm.stop()
	e.filter = newFilter(e.portal.Capabilities())
	e.feed = startFeed(e.calls, e.work, e.rouse)
	s, more := <-e.feed.slices // the clock starts when the first slice is there
	e.take(s, more)
	e.start = time.Now()
	e.end = e.work.Duration()
	e.deadline = e.end + e.timeout
	e.nextTick = e.warmUp%time.Second + time.Second // so that the series' seconds begin with the end of the warm-up
	defer context.AfterFunc(ctx, e.rouse)()
	e.mu.Lock()
	defer e.mu.Unlock()
	for e.left() {
		e.wake(ctx)
		e.alarm.set(e.untilNext())
		e.mu.Unlock()
		e.alarm.wait()
		e.mu.Lock()
	}
	e.hands.dismiss()
	e.takeStock()
	if e.now() > e.warmUp {
		e.record.series.close(0)
	}
	e.publish(e.now())
}

// wake does what has fallen due.
func (e *engine) wake(ctx context.Context) {
	if ctx.Err() != nil && !e.incomplete {
		e.interrupt()
	}
	now := e.now()
	e.tick(now)
	e.releaseDue(now)
}

// rouse wakes the scheduler at once. Under the lock it cannot come between the scheduler's last look and its setting of
// the alarm.
func (e *engine) rouse() {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.alarm.set(0)
}

// takeStock notes, once, what the window cost this process: waiting for the last answers afterwards costs nothing.
func (e *engine) takeStock() {
	if e.spentAt.IsZero() {
		e.spent, e.spentAt = results.ProcessCPU(), time.Now()
	}
}

// left reports whether anything is yet to fall due or to end.
func (e *engine) left() bool { return e.due() || e.open > 0 }

// untilNext returns how long the scheduler may sleep when no answer comes.
func (e *engine) untilNext() time.Duration {
	if !e.left() {
		return 0
	}
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
	e.table.putAway(now)
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
	e.next, e.feed.done = len(e.ops), true
	e.end = min(e.end, e.now())
	e.record.until = e.end
	e.deadline = e.now() + min(e.timeout, drainAfterInterrupt)
	e.stop(Cause{Outcome: results.Skipped, Detail: "the run was interrupted"})
}

// releaseDue lets every operation that is due join its session and its thread.
func (e *engine) releaseDue(now time.Duration) {
	for e.takeReady(); e.next < len(e.ops); e.takeReady() {
		op := &e.ops[e.next]
		intended := e.work.offset(op.Due)
		if intended > now {
			break
		}
		e.next++
		if op = e.filter.keep(op); op != nil {
			e.release(op, intended)
		}
	}
	e.dispatchAll()
}

func (e *engine) release(op *sim.Op, intended time.Duration) {
	f := &flight{op: op, person: e.roster.byActor[op.Actor], intended: intended, ready: intended}
	f.counted = intended >= e.warmUp
	f.person.turn.join(f, 0)
	if hasThread(op.Kind) {
		f.thread = e.table.thread(op.Thread)
		f.thread.turn.join(f, 1)
	}
	e.released++
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
			f.search = f.person.lists()
		}
		t.expect(f.op)
	}
	e.checkListed(f)
	f.out = true
	e.inFlight++
	if !e.hands.take(f) {
		go e.hand(f)
	}
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
		if c := f.thread.obstacle(f.op); c != nil {
			return e.record.causes.of(*c)
		}
	}
	return nil
}

// checkListed counts claims of items that the person's latest look at their lists did not show. Of lists that did not
// come, nothing can be said.
func (e *engine) checkListed(f *flight) {
	if f.op.Kind != results.OpClaim || !f.counted || f.thread.self.state != known {
		return
	}
	for _, l := range f.person.listings {
		if !l.shown || slices.Contains(l.threads, f.thread.self.id) {
			return
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

// receive takes an answered operation back, on the goroutine that carried it out: to wake the scheduler for it would
// cost more than the answer's entry does. The goroutine, which next reaches, may be given what waited for the answer.
func (e *engine) receive(f *flight, next chan *flight) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.inFlight--
	e.settle(f)
	e.hands.rest(next)
	e.dispatchAll()
	if !e.left() {
		e.alarm.set(0)
	}
}

// settle enters how an operation ended and frees those that waited for it.
func (e *engine) settle(f *flight) {
	cause := f.cause
	if cause == nil && f.answer.Outcome != results.OK {
		cause = e.record.causes.of(Cause{f.op.Kind, f.answer.Outcome, f.op.Thread, f.answer.Detail})
	}
	if t := f.thread; t != nil {
		if f.found.Item != "" {
			t.item.learn(f.found.Item)
			t.version, t.stale = f.found.Version, false
		}
		t.settle(f.op, &f.answer, e.reason(f, cause))
		t.changed = f.done
	}
	if f.op.Kind == results.OpSend && f.answer.Outcome == results.OK && f.thread != nil {
		e.lookout.expect(f.op.To, sending{f.thread.self.id, f.thread.tag, e.start.Add(f.done)})
	}
	e.settleSession(f, cause)
	e.record.finish(f, cause)
	f.person.turn.leave(f)
	if f.thread != nil {
		f.thread.turn.leave(f)
		e.table.rest(f.thread, f.done)
	}
	if f.cause == nil || f.cause != e.record.withdrawn {
		e.keep.op(f)
	}
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
}

// reason returns what descendants are told when an operation did not bring what they need.
func (e *engine) reason(f *flight, cause *Cause) *Cause {
	if cause != nil {
		return cause
	}
	return e.record.causes.of(Cause{f.op.Kind, f.answer.Outcome, f.op.Thread, "the answer brought no id"})
}

// settleSession notes who is signed in and what people saw on their lists.
func (e *engine) settleSession(f *flight, cause *Cause) {
	switch f.op.Kind {
	case results.OpAuth:
		f.person.refused = cause
	case results.OpInbox:
		f.person.look(f.op.To, f.answer.Items, f.answer.Outcome == results.OK)
		for i := range f.answer.Items {
			if t := e.table.listed(&f.answer.Items[i]); t != nil {
				t.seen(&f.answer.Items[i], f.sent)
			}
		}
	}
}

// look replaces what a person last saw on a list.
func (p *person) look(of sim.Actor, rows []Listed, shown bool) {
	i := slices.IndexFunc(p.listings, func(l listing) bool { return l.of == of })
	if i < 0 {
		i = len(p.listings)
		p.listings = append(p.listings, listing{of: of})
	}
	threads := p.listings[i].threads[:0]
	for k := range rows {
		threads = append(threads, strings.Clone(rows[k].Thread)) // not the answer's whole memory
	}
	p.listings[i].threads, p.listings[i].shown = threads, shown
}

// listed finds the thread of a row by the tag at the end of its topic, or nil: it may be another run's, or at rest.
func (t *table) listed(row *Listed) *thread {
	name, ours := untag(t.runID, row.Topic[strings.LastIndexByte(row.Topic, ' ')+1:])
	if !ours {
		return nil
	}
	return t.awake[name]
}

// report tells how far the replay is at the end of a second, and ends it if a rule says so. Of several seconds that are
// over at once, because this program was held up, only the last is told.
func (e *engine) report() {
	if e.now() < e.nextTick+time.Second {
		e.checkStop(e.publish(e.nextTick))
	}
}

// publish tells those who watch how the replay stands.
func (e *engine) publish(at time.Duration) *Snapshot {
	s := e.snapshot(at)
	if e.progress != nil {
		e.progress(Progress{Phase: "replay", Done: e.released - int64(e.open), Total: e.total,
			InFlight: e.inFlight, Elapsed: e.now(), Live: s})
	}
	return s
}
