package sim

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/portalbench/portalbench/scenarios"
	"github.com/portalbench/portalbench/sim/des"
)

// Of nine observed days from a Monday on, Monday and Tuesday come twice in each of two replications, the other days once.
func TestHoursAreMeansOverTheirWeeks(t *testing.T) {
	p := &Plan{from: 2 * des.Week, to: 2*des.Week + 9*des.Day}
	var week, more Week
	var a, b Tally
	a.hours.begun[8], b.hours.begun[8] = 3, 5       // Monday 08-09
	a.hours.waiting[56], b.hours.waiting[56] = 7, 4 // Wednesday 08:00
	week.add(p, &a)
	more.add(p, &b)
	week.join(&more)
	rows := week.Hours("nurse-first", map[string]string{"staff.rn.fte": "2"})
	require.Len(t, rows, 168)
	require.Equal(t, 2., float64(rows[8].Begun), "(3 + 5) / 4")
	require.Equal(t, 5.5, float64(rows[56].Waiting), "(7 + 4) / 2")
	require.Equal(t, 56, rows[56].Hour)
	require.Equal(t, "nurse-first", rows[56].Policy)
	require.Equal(t, "2", rows[56].Set["staff.rn.fte"])
	for _, r := range rows {
		require.False(t, math.IsNaN(float64(r.Begun)), "hour %d", r.Hour)
	}

	var short Week
	short.add(&Plan{from: 0, to: 5 * des.Day}, &a)
	require.Equal(t, 3., float64(short.Hours("x", nil)[8].Begun))
	require.True(t, math.IsNaN(float64(short.Hours("x", nil)[5*24].Begun)), "no Saturday was observed")
}

// The hours add up to the threads, and what waits as Saturday begins is what the story says until then: what came to an inbox
// or was put aside, and was neither opened nor left since.
func TestHoursAddUpToThreads(t *testing.T) {
	o := run(t, func(x *setup) {
		x.Threads.Patience, x.Handling.Defer, x.Handling.Consult = patient(20, .2, .3), .3, .2
		x.Horizon.Days, x.Horizon.CoolDownDays = 7, 35
	})
	begun := int64(0)
	for _, n := range o.hours.begun {
		begun += n
	}
	require.Equal(t, o.all(countThreads), begun)
	waiting := map[int32]bool{}
	for _, e := range o.events {
		if e.At >= 5*des.Day {
			break
		}
		switch e.Kind {
		case Sent, FollowedUp, PutAside, HandedOn, Asked, Advised:
			waiting[e.Thread] = true
		case Opened, Left, TakenToEmergency:
			delete(waiting, e.Thread)
		}
	}
	require.Greater(t, len(waiting), 5)
	require.EqualValues(t, len(waiting), o.hours.waiting[5*24])
}

// Nobody of the small network works at night: what waits at Monday 01:00 waits still at 02:00, with what was sent since.
func TestStockIsTakenBeforeTheHoursEvents(t *testing.T) {
	o := run(t, func(x *setup) { x.Horizon.Days, x.Horizon.CoolDownDays = 7, 35 })
	for hour := 1; hour < 8; hour++ {
		require.Equal(t, o.hours.waiting[hour]+o.hours.begun[hour], o.hours.waiting[hour+1], "hour %d", hour)
	}
	require.Equal(t, int64(0), o.hours.waiting[0], "the inboxes start empty")
}

// A day's minutes are those of all its stretches, and days without work count as none. Two nurses have a workday of 90
// minutes with 30 outside, of threads that are 60% inbox, and one of 10 minutes of calls: 54, 18 and 10 minutes.
func TestWorkdaysAreBookedOnce(t *testing.T) {
	p := testPlan(t, "smoke")
	c := prepared(p, scenarios.Policy{}, 1, 0, poolFirst{.4}, p.end)
	nurse := -1
	for s, m := range p.roster {
		if m.Role == scenarios.RN {
			nurse = s
		}
	}
	day, m := 14*des.Day, &c.staff[nurse]
	none := stint{}
	c.tallyWorkday(nurse, day+9*des.Hour, true, stint{all: des.Hour}, none)
	c.tallyWorkday(nurse, day+20*des.Hour, true, stint{30 * des.Minute, 30 * des.Minute}, none)
	c.tallyWorkday(nurse, day+des.Day, false, stint{all: 8 * des.Minute}, stint{all: 2 * des.Minute})
	m.days = 5
	c.closeWorkdays(nurse)
	w := c.tally.workday[scenarios.RN]
	require.EqualValues(t, 5, w.inbox.Count())
	require.InDelta(t, (54+10+0+0+0)/5., w.inbox.Mean(), 1e-9)
	require.InDelta(t, 18/5., w.outside.Mean(), 1e-9)
	require.EqualValues(t, 54, w.inbox.Max())
}
