package sim

import (
	"github.com/portalbench/portalbench/generators"
	"github.com/portalbench/portalbench/scenarios"
	"github.com/portalbench/portalbench/sim/des"
)

// Clinic simulates one care network under one policy: a shard. Not safe for concurrent use; clinics of different
// networks share nothing but the Plan.
type Clinic struct {
	plan    *Plan
	network int32
	rep     int
	people  *generators.People
	router  Router

	needs  []generators.Need // those to come, in order of time
	queue  des.Queue         // everything that depends on the past
	slab   slab
	opened int32 // threads so far
	inbox  []inbox
	staff  []member
	now    des.Time
	end    des.Time
	events int64

	tally    *Tally
	record   *recorder // nil unless ops are wanted
	view     View      // what the router is shown; here so that it need not be allocated
	families []int32   // counted messages of each patient's family
}

// member is somebody of the staff at work.
type member struct {
	until  des.Time // end of the shift
	began  des.Time // work on the thread in hand
	away   des.Time // of the work on the thread in hand: what fell between two shifts
	freed  des.Time // the end of the last work
	week   des.Time // of the next shift
	shift  int      // the next shift within the week
	thread int32    // in hand, or none
	day    des.Time // the last day that workday was asked about
	works  bool     // and what it answered
	does   Decision // what will become of it
	silent bool     // it needs no reply
}

// newClinic prepares a network at time 0, to be advanced up to end. needs are those of [0, end), in order.
func newClinic(p *Plan, network, rep int, people *generators.People, needs []generators.Need, r Router, end des.Time) *Clinic {
	c := &Clinic{plan: p, network: int32(network), rep: rep, people: people, needs: needs, router: r, end: end,
		tally: newTally(p), families: make([]int32, people.Len())}
	for range len(p.roster) + len(p.pools) {
		c.inbox = append(c.inbox, newInbox())
	}
	c.staff = make([]member, len(p.roster))
	for s := range c.staff {
		c.staff[s].thread = none
		c.staff[s].shift = -1
		c.staff[s].day = unset
		c.nextShift(s)
	}
	c.queue.Push(p.clinic.close, c.dayClose())
	return c
}

// Events are numbered: the beginning of a member's shift, the end of a member's work on a thread, the close of the
// day, and the event of each thread, whose meaning is the thread's state.
func (c *Clinic) shiftOf(s int) des.Event       { return des.Event(s) }
func (c *Clinic) finishOf(s int) des.Event      { return des.Event(len(c.staff) + s) }
func (c *Clinic) dayClose() des.Event           { return des.Event(2 * len(c.staff)) }
func (c *Clinic) threadOf(slot int32) des.Event { return c.dayClose() + 1 + des.Event(slot) }

// Advance simulates everything before until. If ops are recorded, those that have come up are appended to ops: not
// in order, and some of them up to Lead before the event that made them.
func (c *Clinic) Advance(until des.Time, ops []Op) []Op {
	if c.record != nil {
		c.record.ops = ops
	}
	for {
		due := c.queue.Next()
		if len(c.needs) > 0 && c.needs[0].At <= due {
			due = c.needs[0].At
			if due >= until {
				break
			}
			c.now = due
			need := c.needs[0]
			c.needs = c.needs[1:]
			c.arrive(need)
		} else {
			if due >= until {
				break
			}
			var e des.Event
			c.now, e = c.queue.Pop()
			c.happen(e)
		}
		c.events++
	}
	c.now = until
	if c.record != nil {
		ops = c.record.ops
	}
	return ops
}

func (c *Clinic) happen(e des.Event) {
	staff := des.Event(len(c.staff))
	switch {
	case e < staff:
		c.beginShift(int(e))
	case e < 2*staff:
		c.finish(int(e - staff))
	case e == c.dayClose():
		c.closeDay()
	default:
		c.turn(int32(e - c.dayClose() - 1))
	}
}

// closeDay takes stock when the clinic closes.
func (c *Clinic) closeDay() {
	day := (c.now - 1) - (c.now-1)%des.Day // a clinic that closes at 24:00 closes on the day before
	if c.observed(day) {
		for s := range c.staff {
			w := &c.tally.work[c.plan.roster[s].Role]
			if c.workday(s, day) {
				w.days++
			} else {
				w.offDays++
			}
		}
		if c.plan.clinic.on(day) {
			c.tallyQueues(day)
		}
	}
	c.queue.Push(c.now+des.Day, c.dayClose())
}

// tallyQueues counts what waits at close of a business day; the week's last is the backlog of the week.
func (c *Clinic) tallyQueues(day des.Time) {
	all := int64(0)
	for i := range c.inbox {
		if i < len(c.staff) && c.plan.inboxes[i] != i {
			continue // they work for a pool
		}
		n := int64(c.inbox[i].waiting)
		w := &c.tally.work[c.roleOf(i)]
		w.queued += n
		w.closes++
		all += n
	}
	if day.DayOfWeek() == c.plan.clinic.last {
		c.tally.backlog[(day-c.plan.from)/des.Week] += all
	}
}

// roleOf returns the role that works on an inbox.
func (c *Clinic) roleOf(inbox int) scenarios.Role {
	if inbox < len(c.staff) {
		return c.plan.roster[inbox].Role
	}
	return c.plan.pools[inbox-len(c.staff)]
}

// observed reports whether t lies in the days that are counted.
func (c *Clinic) observed(t des.Time) bool { return c.plan.from <= t && t < c.plan.to }

// Close counts the threads that are not over and returns the tally. The clinic must not be used afterwards.
func (c *Clinic) Close() *Tally {
	free := make(map[int32]bool, len(c.slab.free))
	for _, slot := range c.slab.free {
		free[slot] = true
	}
	for slot := range c.slab.threads {
		if !free[int32(slot)] {
			c.count(&c.slab.threads[slot], false)
		}
	}
	c.tally.events = c.events
	c.tally.countSenders(c.families)
	return c.tally
}
