package sim

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/portalbench/portalbench/generators"
	"github.com/portalbench/portalbench/scenarios"
	"github.com/portalbench/portalbench/sim/des"
)

const everyHour = "mon-sun 00:00-24:00"

// A thread that nobody answers counts as 14 days in means: 336 hours, and the clinic's open hours in them, which are
// two weeks of 5 x 9 hours whenever it was written. It is not resolved by messaging either, though no draw says so.
func TestNeverAnswered(t *testing.T) {
	s := nursesOnly(t, 1, 100, everyHour, "mon 00:00-00:01")
	s.Network.Hours = window(t, "mon-fri 08:00-17:00")
	p, err := NewPlan(s)
	require.NoError(t, err)
	people := p.model.Draw(5, 0, 0, 1000)
	c := newClinic(p, newArm(p, &scenarios.Policy{}), 0, 0, people, people.Needs(0, des.Hour, 6*des.Day, nil), poolOnly{}, 6*des.Day) // before Monday
	c.Advance(6*des.Day, nil)
	tally := c.Close()
	threads := tally.all(countThreads)
	require.Greater(t, threads, int64(400))
	for name, want := range map[string]float64{"first_read_hours": 14 * 24, "first_response_hours": 14 * 24,
		"first_response_business_hours": 90, "resolution_business_hours": 90} {
		m := measure(t, tally, p, name+" mean")
		require.InDelta(t, want, float64(m.Value), 1e-9, name)
		require.Equal(t, threads, m.NotReached, name)
	}
	require.Equal(t, 1., float64(measure(t, tally, p, "not_resolved_by_messaging share").Value))
}

// What comes late is cut as what never comes. Written on a Monday at 10:00: read after one day (9 open hours), answered
// after 15 days (99 open hours: cut at 90), at the needed level after 20 (cut).
func TestMeansAreCutAtFourteenDays(t *testing.T) {
	s := nursesOnly(t, 1, 0, everyHour, everyHour)
	s.Network.Hours = window(t, "mon-fri 08:00-17:00")
	c, _ := pooled(t, s)
	origin := at(mon, 10, 0)
	th := &thread{origin: origin, firstRead: origin + des.Day, firstClinicalRead: origin + des.Day,
		firstResponse: origin + 15*des.Day, neededLevelResponse: origin + 20*des.Day, lastAction: origin + 15*des.Day}
	th.parts = c.partsOf(0, &th.content)
	c.count(th, true)
	for k, want := range map[clock][2]des.Time{firstRead: {des.Day, 9 * des.Hour}, firstResponse: {14 * des.Day, 90 * des.Hour},
		neededLevelResponse: {14 * des.Day, 90 * des.Hour}, resolution: {14 * des.Day, 90 * des.Hour}} {
		require.EqualValues(t, want[wall], c.tally.spans[wall][k].restricted[partActual+routine], "clock %d", k)
		require.EqualValues(t, want[business], c.tally.spans[business][k].restricted[partActual+routine], "clock %d", k)
		require.Zero(t, c.tally.spans[wall][k].minutes.Of(partActual+routine).Histogram().NotReachedCount(), "late is not never")
	}
}

// With nurses who are always there everything is answered. If it all ends in a call or a visit, nothing is resolved; if
// nothing does, and nobody writes again, each thread is resolved by its only answer.
func TestWhatEndsInAVisitIsNotResolved(t *testing.T) {
	for _, c := range []struct{ share, missing float64 }{{0, 0}, {1, 1}} {
		s := nursesOnly(t, 2, 100, everyHour, everyHour)
		s.Threads.NotResolved = c.share
		clinic, _ := pooled(t, s)
		clinic.Advance(clinic.plan.end, nil)
		tally := clinic.Close()
		answered := measure(t, tally, clinic.plan, "first_response_hours mean")
		resolved := measure(t, tally, clinic.plan, "resolution_hours mean")
		require.Greater(t, answered.N, int64(600))
		require.Zero(t, answered.NotReached)
		require.EqualValues(t, c.missing*float64(answered.N), resolved.NotReached)
		require.Equal(t, c.share, float64(measure(t, tally, clinic.plan, "not_resolved_by_messaging share").Value))
		if c.share == 0 {
			require.InDelta(t, float64(answered.Value), float64(resolved.Value), 1e-9)
		} else {
			require.EqualValues(t, 14*24, resolved.Value)
		}
	}
}

// One physician, Monday to Friday 08-17. Monday 10:00-10:10 is inside, Monday 20:00-20:20 outside, and Sunday
// 19:00-19:30 is no workday: outside are 20 + 30 of 60 minutes. The Sunday is not in the minutes of the five workdays,
// which have 10 + 20, and of all minutes a share of .6 is spent in the inbox.
func TestOutsideHoursIncludeDaysOff(t *testing.T) {
	s := nursesOnly(t, 1, 0, "mon-fri 08:00-17:00", "mon-fri 09:00-10:00")
	s.Handling.InboxShare = .6
	p, err := NewPlan(s)
	require.NoError(t, err)
	c := newClinic(p, newArm(p, &scenarios.Policy{}), 0, 0, p.model.Draw(1, 0, 0, 1000), []generators.Need{}, poolOnly{}, p.end)
	c.Advance(p.to, nil)
	require.Equal(t, scenarios.Physician, p.roster[0].Role)
	slot := c.slab.take()
	c.slab.threads[slot].state = planned // nothing that Close would count
	for from, took := range map[des.Time]des.Time{at(mon, 10, 0): 10, at(mon, 20, 0): 20, at(sun, 19, 0): 30} {
		c.staff[0].thread = slot
		c.tallyWork(0, from, from+took*des.Minute)
	}
	c.staff[0].thread = none
	c.Advance(p.end, nil)
	tally := c.Close()
	for key, want := range map[string]float64{
		"outside_hours_share_of_inbox{role=physician} share":         50. / 60,
		"outside_hours_minutes_per_workday{role=physician} mean":     .6 * 20 / 5,
		"inbox_minutes_per_workday{role=physician} mean":             .6 * 30 / 5,
		"handling_minutes_per_workday{role=physician} mean":          30. / 5,
		"inbox_minutes_per_non_workday{role=physician} mean":         .6 * 30 / 2, // Saturday and Sunday
		"uncompensated_minutes_per_workday{role=physician} mean":     30. / 5,
		"uncompensated_minutes_per_non_workday{role=physician} mean": 30. / 2,
	} {
		require.InDelta(t, want, float64(measure(t, tally, p, key).Value), 1e-9, key)
	}
}

// Nobody looks before Sunday night, so at the close of each business day everything written so far is in the one pool,
// however many nurses share it: the mean is over 5 closes, not over 5 closes of 4 nurses. A clinic that closes at 24:00
// takes stock of the day that ends, not of the one that begins.
func TestStockAtClose(t *testing.T) {
	for hours, closes := range map[string]des.Time{"mon-fri 08:00-17:00": 17 * des.Hour, "mon-fri 08:00-24:00": des.Day} {
		s := nursesOnly(t, 4, 50, "mon-sun 00:00-24:00", "sun 23:00-24:00")
		s.Network.Hours = window(t, hours)
		c, needs := pooled(t, s)
		c.Advance(c.plan.end, nil)
		tally, sum, friday := c.Close(), int64(0), int64(0)
		for d := range des.Time(5) {
			friday = 0
			for _, n := range needs {
				if n.At < d*des.Day+closes {
					friday++
				}
			}
			sum += friday
		}
		got := measure(t, tally, c.plan, "queue_at_close{role=rn} mean")
		require.EqualValues(t, 5, got.N, hours)
		require.InDelta(t, float64(sum)/5, float64(got.Value), 1e-9, hours)
		require.Equal(t, []float64{float64(friday)}, tally.Backlog(c.plan), "%s: the week's last close", hours)
		require.EqualValues(t, 4*7, tally.work[scenarios.RN].days, "%s: all seven days are workdays of four nurses", hours)
		require.Zero(t, tally.work[scenarios.RN].offDays, hours)
	}
}

// A pool with too little time works all of it and no more: what a nurse finishes after the session is not time in it.
// Threads of 30 minutes on average outlast a session of 20.
func TestUtilisationIsAtMostOne(t *testing.T) {
	s := nursesOnly(t, 2, 400, "mon-fri 08:00-17:00", "mon-fri 09:00-09:20")
	s.Handling.Minutes.RN = 30 // work that outlasts a session may go on in the next, ten minutes later
	rn := s.Staff["rn"]
	rn.Inbox = append(rn.Inbox, window(t, "mon-fri 09:30-09:50"))
	s.Staff["rn"] = rn
	c, _ := pooled(t, s)
	c.Advance(c.plan.end, nil)
	tally := c.Close()
	require.InDelta(t, 1, float64(measure(t, tally, c.plan, "utilisation{role=rn} share").Value), 1e-9)
	w := tally.work[scenarios.RN]
	require.EqualValues(t, 2*5*40*des.Minute, w.open, "two nurses, five days, twice twenty minutes")
	require.Greater(t, w.threads.onDay, w.open, "they finish what they have begun")
}
