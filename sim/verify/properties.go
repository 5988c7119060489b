package verify

import (
	"context"
	"fmt"
	"slices"

	"github.com/portalbench/portalbench/scenarios"
	"github.com/portalbench/portalbench/sim"
	"github.com/portalbench/portalbench/sim/des"
)

// Property is something that must hold in every run, under every policy.
type Property struct {
	Name   string `json:"name"`
	Events int64  `json:"events"` // that it was looked at in
	Broken int64  `json:"broken"` // how often it did not hold
	First  string `json:"first"`  // where it first did not; empty where it always held
}

// Holds reports whether the property was looked at and never broken.
func (p *Property) Holds() bool { return p.Events > 0 && p.Broken == 0 }

// The properties.
const (
	inTime = iota
	noneLost
	oneStepAfterAnother
	inSessions
	firstComeFirstServed
	numProperties
)

func propertyNames() [numProperties]string {
	return [numProperties]string{
		inTime:               "events come in the order of time",
		noneLost:             "every need that is written becomes one thread, which ends at most once",
		oneStepAfterAnother:  "a thread is opened only while it waits, and answered only by who opened it last",
		inSessions:           "no work begins outside a session",
		firstComeFirstServed: "threads in an inbox are opened in the order in which they came",
	}
}

// Properties watches one care network of the scenario for a few weeks under each policy, with work in hand that is
// finished at the end of a session and with work that is put down, and checks every event. Sessions are made to begin
// on time, so that they are known; those that a policy rearranges are not looked at, nor is the order of inboxes that a
// policy wants in another.
func Properties(ctx context.Context, s *scenarios.Scenario, policies []string, o Options) ([]Property, error) {
	list := make([]Property, numProperties)
	for i, name := range propertyNames() {
		list[i].Name = name
	}
	for i, name := range policies {
		for k, end := range []string{"finish", "resume"} {
			if ctx.Err() != nil {
				return nil, ctx.Err()
			}
			if err := watchPolicy(strict(s, end), name, o.Seed, list); err != nil {
				return nil, fmt.Errorf("watching policy %s: %w", name, err)
			}
			if o.Progress != nil {
				o.Progress(2*i+k+1, 2*len(policies))
			}
		}
	}
	return list, nil
}

// strict is a scenario of one care network and a few weeks in which sessions begin on time.
func strict(s *scenarios.Scenario, shiftEnd string) *scenarios.Scenario {
	out := *s
	out.Population.Patients = out.Network.Patients
	out.Horizon = scenarios.Horizon{Days: 21, WarmUpDays: 7, CoolDownDays: coolDown}
	out.Staff = map[string]scenarios.Staff{}
	for name, g := range s.Staff {
		g.StartSpread, g.ShiftEnd = 0, shiftEnd
		out.Staff[name] = g
	}
	return &out
}

func watchPolicy(s *scenarios.Scenario, policy string, seed uint64, list []Property) error {
	arm, err := newArm(s, policy)
	if err != nil {
		return err
	}
	plan, err := sim.NewPlan(s)
	if err != nil {
		return err
	}
	w := &watchman{scenario: s, plan: plan, policy: arm.Policy, list: list, inboxes: map[int32][]int32{}}
	sim.Watch(plan, arm, seed, 0, 0, nil, w.see)
	w.check(noneLost, des.Time(0), w.written == int64(len(w.threads)), "%d needs were written and %d threads sent", w.written, len(w.threads))
	return nil
}

// watchman follows every thread of a care network.
type watchman struct {
	scenario *scenarios.Scenario
	plan     *sim.Plan
	policy   *scenarios.Policy
	list     []Property
	now      des.Time
	written  int64
	threads  []watched         // by number
	inboxes  map[int32][]int32 // threads that wait in each, in the order in which they came
}

// watched is where a thread stands.
type watched struct {
	inbox  int32 // it waits there, or nobody knows
	holder int32 // has opened it
	state  watchedState
}

type watchedState uint8

const (
	waits watchedState = iota
	laidAside
	open
	withFamily
	gone
)

// check books that a property was looked at.
func (w *watchman) check(property int, at des.Time, holds bool, format string, args ...any) {
	p := &w.list[property]
	p.Events++
	if holds {
		return
	}
	p.Broken++
	if p.First == "" {
		p.First = fmt.Sprintf("%s, day %d: ", w.policy.Name, at/des.Day) + fmt.Sprintf(format, args...)
	}
}

func (w *watchman) see(e *sim.Event) {
	w.check(inTime, e.At, e.At >= w.now, "%s at %d comes after %d", e.Kind, e.At, w.now)
	w.now = e.At
	switch e.Kind {
	case sim.NeedFell:
		if e.Fate == sim.Written {
			w.written++
		}
	case sim.SessionBegan:
	case sim.ItemTaken:
		w.checkSession(e)
	case sim.Sent:
		w.check(noneLost, e.At, int(e.Thread) == len(w.threads), "thread %d follows %d others", e.Thread, len(w.threads))
		w.threads = append(w.threads, watched{})
		if int(e.Thread) < len(w.threads) {
			w.queue(e)
		}
	default:
		if e.Thread >= 0 && int(e.Thread) < len(w.threads) {
			w.thread(e, &w.threads[e.Thread])
		}
	}
}

// thread follows what happens to one.
func (w *watchman) thread(e *sim.Event, t *watched) {
	w.check(noneLost, e.At, t.state != gone, "thread %d is over and is %s all the same", e.Thread, e.Kind)
	switch e.Kind {
	case sim.Opened:
		w.opened(e, t)
	case sim.HandedOn, sim.Asked, sim.Advised:
		w.finished(e, t)
		w.queue(e)
	case sim.Replied, sim.Called, sim.Closed:
		w.finished(e, t)
		t.state = withFamily
	case sim.PutAside:
		w.finished(e, t)
		t.state = laidAside
	case sim.Moved:
		w.leave(t, e.Thread)
		w.queue(e)
	case sim.FollowedUp:
		w.check(oneStepAfterAnother, e.At, t.state == withFamily, "thread %d goes on without an answer", e.Thread)
		w.queue(e)
	case sim.Left, sim.TakenToEmergency:
		w.leave(t, e.Thread)
	case sim.Over:
		t.state = gone
	}
}

// opened checks who opens a thread, and when, and whether it is its turn.
func (w *watchman) opened(e *sim.Event, t *watched) {
	w.checkSession(e)
	w.check(oneStepAfterAnother, e.At, t.state == waits || t.state == laidAside && t.holder == e.Staff,
		"thread %d is opened while it does not wait", e.Thread)
	if line := w.inboxes[t.inbox]; t.state == waits && w.policy.Order == "arrival" && len(w.policy.Route.Rules) == 0 &&
		w.policy.Standard.BusinessDays == 0 && len(line) > 0 {
		w.check(firstComeFirstServed, e.At, line[0] == e.Thread, "thread %d is opened before thread %d", e.Thread, line[0])
	}
	w.leave(t, e.Thread)
	t.state, t.holder = open, e.Staff
}

func (w *watchman) finished(e *sim.Event, t *watched) {
	w.check(oneStepAfterAnother, e.At, t.state == open && t.holder == e.Staff, "thread %d is %s by somebody who has not opened it", e.Thread, e.Kind)
}

// queue has a thread wait in the inbox that an event names.
func (w *watchman) queue(e *sim.Event) {
	t := &w.threads[e.Thread]
	t.state, t.inbox = waits, e.Inbox
	w.inboxes[e.Inbox] = append(w.inboxes[e.Inbox], e.Thread)
}

// leave takes a thread out of the inbox in which it waits.
func (w *watchman) leave(t *watched, thread int32) {
	if t.state != waits {
		return
	}
	line := w.inboxes[t.inbox]
	if i := slices.Index(line, thread); i >= 0 {
		w.inboxes[t.inbox] = slices.Delete(line, i, i+1)
	}
}

// checkSession checks that somebody who takes something up is in a session: that of a window of their group, on that
// day of the week. Policies rearrange the sessions of physicians only.
func (w *watchman) checkSession(e *sim.Event) {
	m := w.plan.Roster()[e.Staff]
	if work := w.policy.Work; m.Role.IsPhysician() && (work.Sessions != "" && work.Sessions != "scenario" || work.Protected > 0) {
		return
	}
	g := w.scenario.Staff[m.Group]
	windows := slices.Clone(g.Inbox)
	for _, own := range g.OwnTime {
		windows = append(windows, own.When)
	}
	clock := e.At % des.Day
	within := slices.ContainsFunc(windows, func(v scenarios.Window) bool {
		return v.On(e.At.DayOfWeek()) && des.Time(v.Start)*des.Minute <= clock && clock < des.Time(v.End)*des.Minute
	})
	w.check(inSessions, e.At, within, "%s %d takes something up at %s", m.Group, m.Number, clock.Duration())
}
