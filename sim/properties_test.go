package sim

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/portalbench/portalbench/scenarios"
	"github.com/portalbench/portalbench/sim/des"
)

// combination is one way to run a clinic.
type combination struct {
	end, order, work, cover  string
	abandonment, collegially bool
	escalate                 string
}

// String names the combination in reports of failures.
func (k combination) String() string {
	return fmt.Sprintf("%s,%s,%s,%s,abandonment=%t,collegially=%t,escalate=%s", k.end, k.order, k.work, k.cover,
		k.abandonment, k.collegially, k.escalate)
}

// combinations are all of shift end, priority, batching, cover, abandonment, and consulting and deferring: 288; and
// some in which threads that miss a standard move.
func combinations() (all []combination) {
	for i := range 2 * 4 * 3 * 3 * 2 * 2 {
		pick := func(names ...string) string {
			name := names[i%len(names)]
			i /= len(names)
			return name
		}
		all = append(all, combination{end: pick("finish", "resume"),
			order: pick("arrival", "urgency", "deadline", "category"),
			work:  pick("scenario", "batched", "continuous"), cover: pick("none", "on_call", "coverer"),
			abandonment: pick("", "on") == "on", collegially: pick("", "on") == "on"})
	}
	for _, to := range []string{"first", "colleague", "rn"} {
		for _, end := range []string{"finish", "resume"} {
			all = append(all, combination{end, "urgency", "scenario", "coverer", true, true, to})
		}
	}
	return all
}

// busy is a network of 300 patients who keep three physicians, two specialists and two nurses busy with 60 threads a
// year each, with every mechanism on that the combinations leave open. All items of background work take a minute.
func (k combination) busy(t testing.TB) (*scenarios.Scenario, scenarios.Policy) {
	s := small(t)
	s.Horizon = scenarios.Horizon{Days: 14, WarmUpDays: 3, CoolDownDays: 10}
	s.Population.Patients, s.Network.Patients = 300, 300
	s.Population.Writing.ThreadsPerPatientYear, s.Network.Holidays = 60, 20
	s.Demand.Channel.PhoneOdds, s.Demand.Addressing = .1, scenarios.Addressing{Wrong: .1, Pool: .1}
	s.Demand.Urgency.HighRisk = .2
	s.Threads.FollowUp, s.Threads.NoReplyNeeded, s.Threads.PhoneReply = .4, .3, .1
	s.Threads.NotResolved, s.Threads.UnresolvedVisit = .2, 1
	s.Handling.Copy, s.Handling.Background.LogSD = .1, 0
	if k.abandonment {
		s.Threads.Patience = patient(20, .4, .3)
		s.Threads.Patience.LogSD, s.Threads.Patience.Emergency = 1, .2
	}
	if k.collegially {
		s.Handling.Consult, s.Handling.Defer = .2, .2
	}
	k.staff(t, s)
	return s, scenarios.Policy{Name: "test", Order: k.order, Cover: scenarios.Cover{By: k.cover, Physicians: 3},
		Work:     scenarios.Work{Sessions: k.work, TimesADay: 3},
		Standard: scenarios.Standard{BusinessDays: 2, EscalateTo: k.escalate}}
}

func (k combination) staff(t testing.TB, s *scenarios.Scenario) {
	for name := range s.Staff {
		setStaff(s, name, func(g *scenarios.Staff) {
			g.ShiftEnd, g.LeaveDays, g.StartSpread = k.end, 100, scenarios.Duration(10*time.Minute)
			g.Interruptions.Every, g.Interruptions.For = scenarios.Duration(20*time.Minute), scenarios.Duration(10*time.Minute)
			if name == "rn" {
				g.Interruptions = scenarios.Interruptions{For: scenarios.Duration(5 * time.Minute), WhenEmpty: true}
			} else {
				g.Background.Prescriptions = 10
				g.OwnTime = []scenarios.OwnTime{{Share: .5, When: window(t, "mon-thu 20:00-20:30")}}
			}
		})
	}
	setStaff(s, "physician", func(g *scenarios.Staff) { g.FTE, g.People = 2.5, 3 })
}

// noting lets a router decide and keeps what it decided when threads arrived.
type noting struct {
	Router
	decisions map[des.Key]Decision
}

func (n noting) Route(v *View) Decision {
	d := n.Router.Route(v)
	if v.From == scenarios.RoleNone {
		n.decisions[v.Draws] = d
	}
	return d
}

// start prepares a clinic of a combination, with an audit of it.
func (k combination) start(t testing.TB) (*Clinic, *audit) {
	s, policy := k.busy(t)
	p, err := NewPlan(s)
	require.NoError(t, err)
	router := noting{routing{byTeam: scenarios.RN, authority: .4, order: k.order}, map[des.Key]Decision{}}
	if k.abandonment {
		router.Router = routing{first: scenarios.RN, authority: .4, order: k.order}
	}
	c := prepared(p, policy, 3, 0, router, p.end)
	c.trace = &tracer{}
	a := newAudit(c, router.decisions)
	a.unordered = k.escalate != ""
	return c, a
}

// next advances a clinic to its next event, if there is one before the end.
func (c *Clinic) next() bool {
	due := c.queue.Next()
	if len(c.needs) > 0 {
		due = min(due, c.needs[0].At)
	}
	if due >= c.end {
		return false
	}
	c.Advance(due+1, nil)
	return true
}

// Under every combination no message is lost or duplicated, no work begins outside a session or goes on in an
// interruption, nobody does two things at once, threads are taken up in the order of the policy, clocks run forward,
// each opening has one outcome, and the tally has counted what happened.
func TestProperties(t *testing.T) {
	all := combinations()
	require.Len(t, all, 288+6)
	kinds := make([][numEventKinds]int, len(all))
	t.Run("combinations", func(t *testing.T) {
		for i, k := range all {
			t.Run(k.String(), func(t *testing.T) {
				t.Parallel()
				for _, e := range k.hold(t) {
					kinds[i][e.Kind]++
				}
			})
		}
	})
	for kind := range numEventKinds {
		n := 0
		for i := range kinds {
			n += kinds[i][kind]
		}
		require.Positive(t, n, "no %s was put to the test", kind)
	}
}

// hold runs a combination, holds it against the properties and returns what happened.
func (k combination) hold(t *testing.T) []Event {
	c, a := k.start(t)
	for steps := 0; c.next(); steps++ {
		if err := c.lapse(); err != nil {
			require.NoError(t, err, "at %v", c.now.Duration())
		}
		if steps%1000 == 0 {
			require.NotPanics(t, func() { c.places() }, "at %v", c.now.Duration())
		}
	}
	require.NoError(t, a.follow(c.trace.events))
	require.NoError(t, a.settle(c, c.Close()))
	return c.trace.events
}

// lapse returns what a member of staff does that nobody can: work while they are away, after a session that they put
// things down at, or on what is not in their hands.
func (c *Clinic) lapse() error {
	for s := range c.staff {
		m := &c.staff[s]
		at := m.busy && !m.paused
		switch {
		case at && m.away:
			return fmt.Errorf("%d works in an interruption", s)
		case at && m.due > m.until && c.arm.calendars[s].resume:
			return fmt.Errorf("%d means to work beyond the session", s)
		case m.busy && m.thread != none && !c.slab.threads[m.thread].heldBy(s):
			return fmt.Errorf("%d has a thread in hand that is not", s)
		case !m.busy && m.thread != none:
			return fmt.Errorf("%d has a thread in hand and does nothing", s)
		}
	}
	return nil
}

// heldBy reports whether a thread says that somebody has it in hand.
func (t *thread) heldBy(s int) bool { return t.state == inHand && t.holder == int32(s) }

// Every check can fail: a trace in which something is amiss is found out, and so is a clinic in a state that cannot be.
func TestTheAuditFindsWhatIsAmiss(t *testing.T) {
	k := combination{end: "finish", order: "urgency", work: "scenario", cover: "coverer", abandonment: true,
		collegially: true}
	c, a := k.start(t)
	c.Advance(c.end, nil)
	events, tally, decisions := c.trace.events, c.Close(), a.decisions
	require.NoError(t, a.follow(events))
	require.NoError(t, a.settle(c, tally))
	for name, amiss := range doctored(c, events) {
		a := newAudit(c, decisions)
		err := a.follow(amiss.events)
		if err == nil {
			err = a.settle(c, tally)
		}
		require.ErrorContains(t, err, amiss.want, name)
	}
}

// amiss is a trace that cannot be, and what an audit says of it.
type amiss struct {
	events []Event
	want   string
}

// doctored changes one thing in a trace.
func doctored(c *Clinic, events []Event) map[string]amiss {
	settled := c.plan.from + 4*des.Day // what has begun before is not counted
	first := func(kind EventKind) int {
		return slices.IndexFunc(events, func(e Event) bool { return e.Kind == kind && e.At > settled })
	}
	without := func(i int) []Event { return slices.Delete(slices.Clone(events), i, i+1) }
	twice := func(i int) []Event { return slices.Insert(slices.Clone(events), i, events[i]) }
	changed := func(i int, change func(e *Event)) []Event {
		out := slices.Clone(events)
		change(&out[i])
		return out
	}
	opened, taken, replied := first(Opened), first(ItemTaken), first(Replied)
	another := func(e *Event) { e.Staff = (e.Staff + 1) % int32(len(c.staff)) }
	itself := func(e *Event) { e.Inbox = int32(c.arm.inboxes[e.Staff]) }
	elsewhere := func(e *Event) { e.Inbox = (e.Inbox + 1) % int32(len(c.staff)) }
	return map[string]amiss{
		"a message is lost":             {without(first(Sent)), "never began"},
		"a message is doubled":          {twice(first(Sent)), "began before"},
		"a thread is opened twice":      {twice(opened), "in hand"},
		"an outcome is missing":         {without(replied), "in hand"},
		"an outcome comes twice":        {twice(replied), "do not have it in hand"},
		"somebody else answers":         {changed(replied, another), "do not have it in hand"},
		"an opening without session":    {dropSessions(events, events[opened].Staff), "outside a session"},
		"an item without session":       {dropSessions(events, events[taken].Staff), "outside a session"},
		"a session on a Sunday":         {changed(first(SessionBegan), func(e *Event) { e.At += 6 * des.Day }), "calendar"},
		"time runs backwards":           {changed(opened, func(e *Event) { e.At = 0 }), "backwards"},
		"a hand-off to oneself":         {changed(first(Asked), itself), "comes back"},
		"a wrong inbox":                 {changed(first(HandedOn), elsewhere), "waits in inbox"},
		"an answer is seen twice":       {twice(first(Seen)), "is seen"},
		"a thread ends twice":           {twice(first(Over)), "is over"},
		"an end is missing":             {without(first(Over)), "were heard of"},
		"a nudge that is not counted":   {without(first(Nudged)), "the tally says"},
		"a call that is not counted":    {changed(first(Called), func(e *Event) { e.Kind = Closed }), "the tally says"},
		"a wait that is not in its row": {disordered(c, events), "it is the turn of"},
	}
}

// dropSessions leaves out when somebody turned to the inbox.
func dropSessions(events []Event, staff int32) []Event {
	theirs := func(e Event) bool { return e.Kind == SessionBegan && e.Staff == staff }
	return slices.DeleteFunc(slices.Clone(events), theirs)
}

// disordered has two threads of one class change places that were sent to the same inbox while nothing was opened.
func disordered(c *Clinic, events []Event) []Event {
	out := slices.Clone(events)
	last := -1
	for i, e := range out {
		switch {
		case e.Kind == Opened:
			last = -1
		case e.Kind == Sent && last >= 0:
			a, b := &out[last], &out[i]
			if highRisk(c, a.Key) == highRisk(c, b.Key) {
				a.Thread, b.Thread, a.Key, b.Key = b.Thread, a.Thread, b.Key, a.Key
				return out
			}
			last = i
		case e.Kind == Sent:
			last = i
		}
	}
	return nil
}

func highRisk(c *Clinic, k des.Key) bool {
	return c.router.(noting).decisions[k.Sub(drawClassify)].Urgent
}

// So can the checks of the staff's state.
func TestLapsesAreFound(t *testing.T) {
	k := combination{end: "resume", order: "arrival", work: "scenario", cover: "none"}
	c, _ := k.start(t)
	working := func() *member {
		for s := range c.staff {
			if m := &c.staff[s]; m.busy && !m.paused && m.thread != none {
				return m
			}
		}
		return nil
	}
	for working() == nil && c.next() {
	}
	require.NoError(t, c.lapse())
	m := working()
	for want, change := range map[string]func(m *member){
		"interruption":       func(m *member) { m.away = true },
		"beyond the session": func(m *member) { m.due = m.until + 1 },
		"does nothing":       func(m *member) { m.busy = false },
	} {
		kept := *m
		change(m)
		require.ErrorContains(t, c.lapse(), want)
		*m = kept
	}
	held := &c.slab.threads[m.thread]
	held.state = waiting
	require.ErrorContains(t, c.lapse(), "in hand that is not")
	require.Panics(t, func() { c.inbox[held.inbox].waiting++; c.places() })
}
