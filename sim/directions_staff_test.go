package sim

import (
	"math"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/portalbench/portalbench/scenarios"
	"github.com/portalbench/portalbench/sim/des"
)

// physicians changes those of primary care.
func physicians(x *setup, change func(g *scenarios.Staff)) { setStaff(x.Scenario, "physician", change) }

// steady makes every message take 2.3 minutes.
func steady(x *setup) { x.Handling.LogSD = 0 }

const steadyTime = 138 * des.Second

// Who is away every second week works half of the days, and patients wait longer. The year is too long for the weeks to
// fall evenly into these four; somebody is away.
func TestLeave(t *testing.T) {
	off := run(t, unchanged)
	on := run(t, func(x *setup) { physicians(x, func(g *scenarios.Staff) { g.LeaveDays = 130 }) })
	require.EqualValues(t, 4*20, off.work[scenarios.Physician].days)
	require.Less(t, on.work[scenarios.Physician].days, off.work[scenarios.Physician].days)
	require.Zero(t, on.work[scenarios.Physician].days%5, "whole weeks")
	require.Greater(t, on.response(), off.response()+12)
	for _, e := range on.events {
		if e.Kind == SessionBegan {
			k := on.clinic.people.StaffKey(int(e.Staff)).Sub(drawLeave)
			require.False(t, on.clinic.arm.calendars[e.Staff].onLeave(int(e.At/des.Week), k))
		}
	}
}

// 50 holidays a year are one in nearly every week. Nobody works on them.
func TestHolidays(t *testing.T) {
	off := run(t, unchanged)
	on := run(t, func(x *setup) { x.Network.Holidays = 50 })
	closed := 0
	for d := range 28 {
		closed += int(when(on.plan.clinic.isOff(des.Time(d) * des.Day)))
	}
	require.Greater(t, closed, 2)
	require.EqualValues(t, 4*(20-closed), on.work[scenarios.Physician].days)
	require.Greater(t, on.response(), off.response())
	for _, e := range on.events {
		require.False(t, e.Kind == SessionBegan && on.plan.clinic.isOff(e.At))
	}
}

// While physicians are away a coverer takes everything, one on call what is called urgent, and otherwise it waits. What
// is covered is answered by somebody else.
func TestCover(t *testing.T) {
	by := func(cover string) *outcome {
		return run(t, func(x *setup) {
			physicians(x, func(g *scenarios.Staff) { g.LeaveDays = 130 })
			x.Demand.Urgency.HighRisk = .3
			x.policy.Cover = scenarios.Cover{By: cover, Physicians: 4}
		})
	}
	slowest := func(o *outcome, p part) float64 {
		return o.Tally.response.Of(p).Histogram().Quantile(.9)
	}
	none, call, all := by("none"), by("on_call"), by("coverer")
	require.Less(t, all.response(), call.response())
	require.Less(t, call.response(), none.response())
	require.Less(t, slowest(call, partLabel+1), slowest(none, partLabel+1), "called urgent")
	require.Less(t, slowest(all, partLabel), slowest(call, partLabel), "not called urgent")
	require.Equal(t, none.answered(), none.sum(countByAddressee))
	require.Less(t, call.sum(countByAddressee), call.answered())
	require.Less(t, all.sum(countByAddressee), call.sum(countByAddressee))
	require.Zero(t, none.number(Moved))
}

// A coverer also does the background work of who is away; one on call does not. At the end of the week nothing is left
// then that has come on its first days.
func TestCoverersDoBackgroundWork(t *testing.T) {
	left := func(cover string) (n int) {
		x := setup{Scenario: small(t)}
		physicians(&x, func(g *scenarios.Staff) { g.LeaveDays, g.Background.Results = 130, 5 })
		p, err := NewPlan(x.Scenario)
		require.NoError(t, err)
		c := prepared(p, scenarios.Policy{Cover: scenarios.Cover{By: cover, Physicians: 4}}, 11, 0, routing{}, p.end)
		for now := des.Week; now < p.end; now += des.Week {
			c.Advance(now, nil)
			for s := range c.staff {
				n += int(when(c.staff[s].stream.at < now-4*des.Day))
			}
		}
		return n
	}
	require.Greater(t, left("none"), 2)
	require.Equal(t, left("none"), left("on_call"))
	require.Zero(t, left("coverer"))
}

// 40 prescriptions for 8 hours scheduled are 45 a day of 9 hours, of a minute each, Poisson: 4 x 20 x 45 in four weeks.
// Nobody writes less for them, and threads wait longer.
func TestBackgroundWork(t *testing.T) {
	off := run(t, unchanged)
	on := run(t, func(x *setup) {
		x.Handling.Background.LogSD = 0
		physicians(x, func(g *scenarios.Staff) { g.Background.Prescriptions = 40 })
	})
	items := on.work[scenarios.Physician].items.onDay
	require.Equal(t, des.Time(on.within(ItemTaken))*des.Minute, items)
	require.InDelta(t, 4*20*45, items.Minutes(), 5*math.Sqrt(4*20*45))
	require.Zero(t, off.work[scenarios.Physician].items.onDay)
	require.Greater(t, on.response(), off.response())
	const minutes = "inbox_minutes_per_workday{role=physician} mean"
	require.InDelta(t, off.mean(minutes)+items.Minutes()/80, on.mean(minutes), .2, "as many threads but for the last hour")
}

// Background work is given per hour scheduled: five weeks of leave in 52.18 take a tenth of it away.
func TestBackgroundWorkIsLessWithLeave(t *testing.T) {
	gap := func(days int) float64 {
		o := run(t, func(x *setup) {
			physicians(x, func(g *scenarios.Staff) { g.Background.Prescriptions, g.LeaveDays = 40, days })
		})
		return o.clinic.staff[0].stream.gap
	}
	require.InEpsilon(t, gap(0)/(1-5/(365.25/7)), gap(25), 1e-12)
}

// Without a spread all need the same time; with one everybody has a time of their own.
func TestSomeAreSlower(t *testing.T) {
	times := func(sd float64) (all map[des.Time]bool, each map[int32]map[des.Time]bool) {
		o := run(t, func(x *setup) { steady(x); x.Handling.BetweenLogSD = sd })
		all, each = map[des.Time]bool{}, map[int32]map[des.Time]bool{}
		for _, e := range o.events {
			switch e.Kind {
			case Opened:
				if each[e.Staff] == nil {
					each[e.Staff] = map[des.Time]bool{}
				}
			case Replied:
				took := o.took(e)
				all[took], each[e.Staff][took] = true, true
			}
		}
		return all, each
	}
	all, _ := times(0)
	require.Equal(t, map[des.Time]bool{steadyTime: true}, all)
	all, each := times(.5)
	require.Len(t, all, 4+2)
	for _, own := range each {
		require.Len(t, own, 1)
	}
}

// took returns how long the work that an event ends has taken.
func (o *outcome) took(end Event) des.Time {
	began := unset
	for i := range o.events {
		e := &o.events[i]
		if e.At > end.At {
			break
		}
		if e.Kind == Opened && e.Thread == end.Thread {
			began = e.At
		}
	}
	return end.At - began
}

// Every message takes 2.3 minutes, and each turn to the inbox half a minute more, or 40 seconds if the policy adds ten.
func TestSwitchingCosts(t *testing.T) {
	for seconds, change := range map[des.Time]func(x *setup){
		0:  unchanged,
		30: func(x *setup) { x.Handling.SwitchSeconds = 30 },
		40: func(x *setup) { x.Handling.SwitchSeconds, x.policy.Work.SwitchSeconds = 30, 10 },
	} {
		o := run(t, func(x *setup) { steady(x); change(x) })
		for _, r := range []scenarios.Role{scenarios.Physician, scenarios.Specialist} {
			w := &o.work[r]
			require.Positive(t, w.switches)
			require.Equal(t, des.Time(w.handled)*steadyTime+des.Time(w.switches)*seconds*des.Second, w.threads.onDay)
		}
	}
}

// Messages about symptoms take twice as long, and no others.
func TestCategoriesTakeTheirTime(t *testing.T) {
	o := run(t, func(x *setup) { steady(x); x.Handling.Category.Symptom = 2 })
	contents := o.contents()
	for k, a := range o.firstAnswers() {
		factor := 1 + des.Time(when(contents[k].Category == scenarios.Symptom))
		require.Equal(t, factor*steadyTime, a.took)
	}
}

// However the day's two hours are cut, they stay two hours; in the more pieces they come the shorter is the wait.
func TestSessionsMoveTheSameTime(t *testing.T) {
	cut := func(w scenarios.Work) *outcome { return run(t, func(x *setup) { x.policy.Work = w }) }
	usual := cut(scenarios.Work{})
	day := usual.work[scenarios.Physician].open / 80
	require.Equal(t, 2*des.Hour, day)
	last := des.Never
	for _, c := range []struct {
		work     scenarios.Work
		sessions int
	}{
		{scenarios.Work{Sessions: "batched", TimesADay: 1}, 1},
		{scenarios.Work{Sessions: "batched", TimesADay: 4}, 4},
		{scenarios.Work{Sessions: "continuous"}, 18}, // every half hour of nine
	} {
		o := cut(c.work)
		require.Equal(t, usual.work[scenarios.Physician].open, o.work[scenarios.Physician].open)
		require.Equal(t, usual.work[scenarios.RN].open, o.work[scenarios.RN].open, "physicians' inboxes only")
		began := 0
		for _, e := range o.events {
			if e.Kind == SessionBegan && o.plan.roster[e.Staff].Role == scenarios.Physician {
				began += int(when(o.clinic.observed(e.At)))
			}
		}
		require.Equal(t, 80*c.sessions, began)
		wait := des.Time(o.response() * float64(des.Hour))
		require.Less(t, wait, last, "%+v", c.work)
		last = wait
	}
}

// However late sessions begin, they end within the scheduled hours and before the next may begin.
func TestLateSessionsEndInTime(t *testing.T) {
	for _, w := range []scenarios.Work{{Sessions: "continuous"}, {Sessions: "batched", TimesADay: 1},
		{Sessions: "batched", TimesADay: 12}} {
		o := run(t, func(x *setup) {
			physicians(x, func(g *scenarios.Staff) { g.StartSpread = scenarios.Duration(30 * time.Minute) })
			x.policy.Work = w
		})
		cal := &o.clinic.arm.calendars[0]
		for i, sh := range cal.shifts {
			require.Equal(t, sh.end-sh.start, cal.inSpan(sh.start+cal.spread, sh.end+cal.spread), "%+v", w)
			require.True(t, i == 0 || cal.shifts[i-1].end+cal.spread <= sh.start, "%+v", w)
		}
	}
}

// Two protected slots of 20 minutes come on top of the inbox time. What is done in them is paid.
func TestProtectedSlots(t *testing.T) {
	off := run(t, unchanged)
	on := run(t, func(x *setup) { x.policy.Work.Protected = scenarios.Duration(20 * time.Minute) })
	was, is := &off.work[scenarios.Physician], &on.work[scenarios.Physician]
	require.Equal(t, was.open+80*2*20*des.Minute, is.open)
	require.Equal(t, was.threads.onDay, was.unpaid)
	require.Less(t, is.unpaid, was.unpaid)
	require.Less(t, on.response(), off.response())
	require.InDelta(t, was.threads.onDay.Minutes(), is.threads.onDay.Minutes(), 30, "the same work, but for the last day")
}

// Interruptions of half an hour every ten minutes leave a quarter of the time, and who goes whenever nothing waits
// finds later what comes meanwhile.
func TestInterruptions(t *testing.T) {
	interrupted := func(i scenarios.Interruptions) *outcome {
		return run(t, func(x *setup) { physicians(x, func(g *scenarios.Staff) { g.Interruptions = i }) })
	}
	off := interrupted(scenarios.Interruptions{})
	const half = scenarios.Duration(30 * time.Minute)
	often := interrupted(scenarios.Interruptions{Every: half / 3, For: half})
	empty := interrupted(scenarios.Interruptions{For: half, WhenEmpty: true})
	require.Greater(t, often.response(), off.response()+1)
	require.Greater(t, empty.response(), off.response())
	was, is := off.work[scenarios.Physician].open, often.work[scenarios.Physician].open
	require.Equal(t, was, is, "sessions stay what they are")
}

// Messages of half an hour outlast sessions of 20 minutes. Where they are finished, work goes on after the session;
// where they are put down, none does, and the answer is later.
func TestTheEndOfASession(t *testing.T) {
	end := func(how string) *outcome {
		return run(t, func(x *setup) {
			x.Handling.Minutes.Physician, x.Population.Writing.ThreadsPerPatientYear = 30, .5
			physicians(x, func(g *scenarios.Staff) {
				g.ShiftEnd = how
				g.Inbox = nil
				for _, w := range []string{"mon-fri 09:00-09:20", "mon-fri 12:00-12:20", "mon-fri 15:00-15:20"} {
					g.Inbox = append(g.Inbox, window(t, w))
				}
			})
		})
	}
	finish, resume := end("finish"), end("resume")
	w := &finish.work[scenarios.Physician]
	require.Greater(t, w.threads.onDay, w.used)
	w = &resume.work[scenarios.Physician]
	require.Equal(t, w.used, w.threads.onDay)
	require.LessOrEqual(t, w.used, w.open)
	require.Greater(t, resume.response(), finish.response())
	require.Equal(t, finish.number(Sent), resume.number(Sent))
}
