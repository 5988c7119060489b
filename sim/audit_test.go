package sim

import (
	"fmt"

	"github.com/portalbench/portalbench/sim/des"
)

// audit follows the events of a clinic and finds what cannot be. It keeps books of its own: of the clinic it knows the
// calendars, who works for which inbox, and what the policy decided on arrival, but not the state.
type audit struct {
	clinic    *Clinic // for its calendars and hours
	decisions map[des.Key]Decision
	unordered bool // threads are moved to the front, so that the order within an inbox is not the policy's
	item      des.Time

	now     des.Time
	arrived int // into any inbox
	threads map[int32]*ledger
	over    map[int32]bool
	staff   []desk
	inboxes [][]*ledger // who waits, as they came
	sums    sums
}

// ledger is what the audit knows of a thread.
type ledger struct {
	number   int32
	state    string
	class    uint8
	deadline des.Time
	came     int // number of its arrival in the inbox, over all inboxes
	inbox    int32
	holder   int32
	session  int // of the holder, in which it was put aside
	since    des.Time
	observed bool
}

// desk is what the audit knows of a member of staff.
type desk struct {
	until   des.Time // end of the session
	session int
	hand    *ledger
	items   des.Time // until when an item keeps them at least
}

// sums are what the tally must come to.
type sums struct{ threads, messages, touches, handoffs, family, calls, replies int64 }

func newAudit(c *Clinic, decisions map[des.Key]Decision) *audit {
	return &audit{clinic: c, decisions: decisions, item: des.Minute, threads: map[int32]*ledger{}, over: map[int32]bool{},
		staff: make([]desk, len(c.staff)), inboxes: make([][]*ledger, len(c.inbox))}
}

// follow books all events. The error tells the first that cannot be.
func (a *audit) follow(events []Event) error {
	for i := range events {
		if err := a.book(&events[i]); err != nil {
			return fmt.Errorf("event %d, %s of thread %d by %d at %v: %w", i, events[i].Kind, events[i].Thread, events[i].Staff,
				events[i].At.Duration(), err)
		}
	}
	return nil
}

func (a *audit) book(e *Event) error {
	if e.At < a.now {
		return fmt.Errorf("time runs backwards")
	}
	a.now = e.At
	switch e.Kind {
	case NeedFell:
		if e.Fate == Phoned && a.clinic.observed(e.At) {
			a.sums.calls++
		}
		return nil
	case SessionBegan:
		return a.begins(e)
	case ItemTaken:
		a.staff[e.Staff].items = e.At + a.item
		return a.works(e, true)
	case Sent:
		return a.sent(e)
	}
	th := a.threads[e.Thread]
	if th == nil {
		return fmt.Errorf("it is over, or never began")
	}
	switch e.Kind {
	case Opened:
		return a.opened(e, th)
	case Replied, Called, Closed, HandedOn, PutAside, Asked, Advised:
		return a.finished(e, th)
	}
	return a.family(e, th)
}

// begins books a session. It must be one of the calendar, on a day on which the member works.
func (a *audit) begins(e *Event) error {
	cal, day := &a.clinic.arm.calendars[e.Staff], e.At-e.At%des.Day
	week := e.At / des.Week
	if cal.onLeave(int(week), a.clinic.people.StaffKey(int(e.Staff)).Sub(drawLeave)) {
		return fmt.Errorf("a session during leave")
	}
	for _, sh := range cal.shifts {
		opens := week*des.Week + sh.start
		if e.At < opens || e.At > opens+cal.spread {
			continue
		}
		if sh.own < 0 && (!cal.scheduled(day) || a.clinic.plan.clinic.isOff(day)) {
			return fmt.Errorf("a session on a day off")
		}
		d := &a.staff[e.Staff]
		d.until, d.session = max(d.until, e.At+sh.end-sh.start), d.session+1
		return nil
	}
	return fmt.Errorf("a session that the calendar does not have")
}

// works holds that somebody takes something up within a session and with nothing else in hand.
func (a *audit) works(e *Event, item bool) error {
	d := &a.staff[e.Staff]
	switch {
	case e.At >= d.until:
		return fmt.Errorf("work begins outside a session")
	case d.hand != nil:
		return fmt.Errorf("they have thread %d in hand", d.hand.number)
	case !item && e.At < d.items:
		return fmt.Errorf("they are busy with an item")
	}
	return nil
}

func (a *audit) sent(e *Event) error {
	if a.threads[e.Thread] != nil || a.over[e.Thread] {
		return fmt.Errorf("it began before")
	}
	d, ok := a.decisions[e.Key.Sub(drawClassify)]
	if !ok {
		return fmt.Errorf("the policy was not asked")
	}
	th := &ledger{number: e.Thread, class: d.Class, deadline: des.Never, observed: a.clinic.observed(e.At)}
	if days := a.clinic.arm.policy.Standard.BusinessDays; days > 0 {
		if a.clinic.arm.byDate && d.Urgent {
			days = 1
		}
		th.deadline = a.clinic.plan.clinic.deadline(e.At, days)
	}
	a.threads[e.Thread] = th
	a.sum(th, &a.sums.threads)
	a.sum(th, &a.sums.messages)
	a.wrote(e)
	a.joins(th, e.Inbox)
	return nil
}

// sum adds one for an observed thread.
func (a *audit) sum(th *ledger, to *int64) { *to += when(th.observed) }

func (a *audit) wrote(e *Event) { a.sums.family += when(a.clinic.observed(e.At)) }

func (a *audit) joins(th *ledger, inbox int32) {
	a.arrived++
	th.state, th.inbox, th.came = "waits", inbox, a.arrived
	a.inboxes[inbox] = append(a.inboxes[inbox], th)
}

func (a *audit) leaves(th *ledger) {
	if th.state != "waits" {
		return
	}
	list := a.inboxes[th.inbox]
	for i := range list {
		if list[i] == th {
			a.inboxes[th.inbox] = append(list[:i], list[i+1:]...)
			return
		}
	}
}

// before says whose turn it is first: lower classes, then what is due earlier where that counts, then what came first.
func (a *audit) before(x, y *ledger) bool {
	switch {
	case x.class != y.class:
		return x.class < y.class
	case a.clinic.arm.byDate && x.deadline != y.deadline:
		return x.deadline < y.deadline
	}
	return x.came < y.came
}

func (a *audit) opened(e *Event, th *ledger) error {
	if err := a.works(e, false); err != nil {
		return err
	}
	d := &a.staff[e.Staff]
	switch th.state {
	case "aside":
		if th.holder != e.Staff || th.session >= d.session {
			return fmt.Errorf("it was put aside by %d in session %d", th.holder, th.session)
		}
	case "waits":
		if int32(a.clinic.arm.inboxes[e.Staff]) != th.inbox || e.Inbox != th.inbox {
			return fmt.Errorf("it waits in inbox %d", th.inbox)
		}
		for _, other := range a.inboxes[th.inbox] {
			if !a.unordered && a.before(other, th) {
				return fmt.Errorf("it is the turn of thread %d", other.number)
			}
		}
	default:
		return fmt.Errorf("it %s", th.state)
	}
	a.leaves(th)
	a.sum(th, &a.sums.touches)
	th.state, th.since, th.holder, d.hand = "is in hand", e.At, e.Staff, th
	return nil
}

// coverWeek numbers the times between two settlements of who covers for whom, at the close of Sunday. Who has opened a
// thread in one may cover, in the next, for the colleague to whom they hand it on, or who has asked.
func (a *audit) coverWeek(t des.Time) des.Time {
	return (t + des.Day - a.clinic.plan.clinic.close) / des.Week
}

// away reports whether somebody is on leave in the week for which cover was last settled.
func (a *audit) away(staff int32, t des.Time) bool {
	k := a.clinic.people.StaffKey(int(staff)).Sub(drawLeave)
	return a.clinic.arm.calendars[staff].onLeave(int(a.coverWeek(t)), k)
}

func (a *audit) finished(e *Event, th *ledger) error {
	d := &a.staff[e.Staff]
	if d.hand != th || th.state != "is in hand" {
		return fmt.Errorf("they do not have it in hand")
	}
	d.hand = nil
	switch e.Kind {
	case HandedOn, Asked, Advised:
		own, sameCover := int32(a.clinic.arm.inboxes[e.Staff]), a.coverWeek(e.At) == a.coverWeek(th.since)
		if e.Inbox == own && sameCover && e.Kind != Advised {
			return fmt.Errorf("it comes back to them")
		}
		a.sum(th, &a.sums.handoffs)
		a.joins(th, e.Inbox)
		return nil
	case PutAside:
		th.state, th.session = "aside", d.session
		return nil
	case Replied:
		a.sum(th, &a.sums.messages)
	case Called:
		a.sums.replies += when(a.clinic.observed(e.At))
	}
	th.state, th.since = "is answered", e.At
	return nil
}

// family books what families do, moves, and ends.
func (a *audit) family(e *Event, th *ledger) error {
	waits := th.state == "waits" || th.state == "aside"
	switch {
	case e.Kind == Moved && (th.state == "waits" || th.state == "aside" && a.away(th.holder, e.At)):
		a.sum(th, &a.sums.handoffs)
		a.leaves(th)
		a.joins(th, e.Inbox)
	case e.Kind == Seen && th.state == "is answered":
		th.state = "is seen"
	case e.Kind == FollowedUp && th.state == "is seen":
		a.sum(th, &a.sums.messages)
		a.wrote(e)
		a.joins(th, e.Inbox)
	case e.Kind == Nudged && waits:
		a.sum(th, &a.sums.messages)
		a.wrote(e)
	case (e.Kind == Left || e.Kind == TakenToEmergency) && waits:
		a.leaves(th)
		a.sums.calls += when(e.Kind == Left && a.clinic.observed(e.At))
		th.state, th.since = "is left", e.At
	case e.Kind == Over && (th.state == "is left" && e.At == th.since ||
		(th.state == "is answered" || th.state == "is seen") && e.At == th.since+resolutionSpan):
		delete(a.threads, e.Thread)
		a.over[e.Thread] = true
	default:
		return fmt.Errorf("it %s since %v", th.state, th.since.Duration())
	}
	return nil
}

// settle holds the books against the clinic at the end: every thread that has begun and is not over is somewhere in it,
// once, in the same state, and the tally has counted what the events say.
func (a *audit) settle(c *Clinic, tally *Tally) error {
	found := map[int32]string{}
	for slot, state := range c.places() {
		if t := &c.slab.threads[slot]; state != "planned" {
			if _, twice := found[t.number]; twice {
				return fmt.Errorf("thread %d is there twice", t.number)
			}
			found[t.number] = state
		}
	}
	if len(found) != len(a.threads) || int(c.opened) != len(a.threads)+len(a.over) {
		return fmt.Errorf("%d threads are there of %d begun, and %d open and %d over were heard of", len(found), c.opened,
			len(a.threads), len(a.over))
	}
	for n, th := range a.threads {
		state := th.state
		if state == "is seen" {
			state = "is answered"
		}
		if found[n] != state {
			return fmt.Errorf("thread %d %q, and the events say it %q", n, found[n], state)
		}
	}
	got := sums{tally.all(countThreads), tally.all(countMessages), tally.all(countTouches), tally.all(countHandoffs),
		tally.fell(demandMessages), tally.fell(demandCalls), tally.fell(demandReplies)}
	if got != a.sums {
		return fmt.Errorf("the tally says %+v, and the events %+v", got, a.sums)
	}
	return nil
}

// places returns where every thread is, by slot. It panics if one is in two places or in none.
func (c *Clinic) places() map[int32]string {
	at := map[int32]string{}
	put := func(slot int32, place string) {
		if at[slot] != "" {
			panic(fmt.Sprintf("slot %d %s and %s", slot, at[slot], place))
		}
		at[slot] = place
	}
	for _, slot := range c.slab.free {
		put(slot, "free")
	}
	for i := range c.inbox {
		n := int32(0)
		for class := range c.inbox[i].classes {
			for slot := c.inbox[i].classes[class].first; slot != none; slot = c.slab.threads[slot].next {
				put(slot, "waits")
				n++
			}
		}
		if n != c.inbox[i].waiting {
			panic(fmt.Sprintf("%d wait in inbox %d, which says %d", n, i, c.inbox[i].waiting))
		}
	}
	for s := range c.staff {
		for slot := c.staff[s].tray.first; slot != none; slot = c.slab.threads[slot].next {
			put(slot, "aside")
		}
		if c.staff[s].busy && c.staff[s].thread != none {
			put(c.staff[s].thread, "is in hand")
		}
	}
	for slot := range c.slab.threads {
		switch c.slab.threads[slot].state {
		case answered, quiet:
			if at[int32(slot)] != "free" {
				put(int32(slot), "is answered")
			}
		case planned:
			if at[int32(slot)] != "free" {
				put(int32(slot), "planned")
			}
		}
		if at[int32(slot)] == "" {
			panic(fmt.Sprintf("slot %d is nowhere", slot))
		}
	}
	for slot, place := range at {
		if place == "free" {
			delete(at, slot)
		}
	}
	return at
}
