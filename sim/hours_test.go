package sim

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/portalbench/portalbench/scenarios"
	"github.com/portalbench/portalbench/sim/des"
)

const (
	mon = des.Time(iota) * des.Day
	tue
	_
	_
	fri
	sat
	sun
)

func at(day des.Time, hour, minute int) des.Time {
	return day + des.Time(hour)*des.Hour + des.Time(minute)*des.Minute
}

func officeHours(t *testing.T) hours {
	return newHours(scenarios.Network{Hours: window(t, officeWeek)}, 28)
}

func TestBusinessTime(t *testing.T) {
	h := officeHours(t)
	for _, c := range []struct {
		from, to des.Time
		want     des.Time
	}{
		{at(mon, 8, 0), at(mon, 17, 0), 9 * des.Hour},
		{at(mon, 7, 0), at(mon, 8, 30), 30 * des.Minute},
		{at(mon, 16, 0), at(tue, 9, 0), 2 * des.Hour},              // 16-17 and 8-9
		{at(fri, 16, 0), des.Week + at(mon, 9, 0), 2 * des.Hour},   // the weekend does not count
		{at(sat, 3, 0), at(sun, 22, 0), 0},                         // all closed
		{at(mon, 0, 0), 2*des.Week + at(tue, 0, 0), 99 * des.Hour}, // 2 weeks of 45 h and a day of 9 h
	} {
		require.Equal(t, c.want, h.elapsed(c.to)-h.elapsed(c.from), "%v to %v", c.from.Duration(), c.to.Duration())
	}
}

func TestDeadlines(t *testing.T) {
	h := officeHours(t)
	for _, c := range []struct {
		sent des.Time
		days int
		want des.Time
	}{
		{at(mon, 10, 0), 1, at(tue, 17, 0)},
		{at(mon, 3, 0), 1, at(tue, 17, 0)},             // before opening counts for the same day
		{at(mon, 17, 0), 1, at(tue, 17, 0) + des.Day},  // at close: counts for tuesday
		{at(fri, 10, 0), 1, des.Week + at(mon, 17, 0)}, // next business day is monday
		{at(sat, 12, 0), 1, des.Week + at(tue, 17, 0)}, // counts for monday
		{at(mon, 10, 0), 3, at(fri, 17, 0) - des.Day},  // tue, wed, thu
	} {
		require.Equal(t, c.want, h.deadline(c.sent, c.days), "%v", c.sent.Duration())
	}
}

// A part-timer works exactly their share of the days in the long run, and never on a day without a span.
func TestPartTimersWorkTheirShare(t *testing.T) {
	for _, share := range []float64{1, .8, .75, .5, 1. / 3, .1} {
		var span scenarios.Window
		require.NoError(t, span.UnmarshalText([]byte("mon-fri 08:00-17:00")))
		c := calendar{share: share, offset: 3, days: 0b11111}
		worked := 0
		for d := range des.Time(60 * 7) {
			if c.scheduled(d * des.Day) {
				worked++
				require.Less(t, (d * des.Day).DayOfWeek(), 5)
			}
		}
		require.InDelta(t, 300*share, worked, 1, "share %v of 300 workdays", share)
	}
}

func TestTimeInsideTheSpan(t *testing.T) {
	c := calendar{share: 1, days: 1, spans: []shift{{start: at(mon, 8, 0), end: at(mon, 12, 0), own: -1}, {start: at(mon, 13, 0), end: at(mon, 17, 0), own: -1}}}
	for _, x := range []struct{ from, to, want des.Time }{
		{at(mon, 9, 0), at(mon, 9, 10), 10 * des.Minute},
		{at(mon, 16, 55), at(mon, 17, 10), 5 * des.Minute},
		{at(mon, 11, 50), at(mon, 13, 5), 15 * des.Minute}, // over lunch: 10 and 5
		{at(mon, 20, 0), at(mon, 20, 10), 0},
		{at(tue, 9, 0), at(tue, 9, 10), 0}, // not a workday
	} {
		require.Equal(t, x.want, c.inSpan(x.from, x.to))
	}
}

// Threads leave an inbox first come, first served, class 0 before class 1.
func TestInboxOrder(t *testing.T) {
	threads := []thread{{class: 1}, {class: 0}, {class: 1}, {class: 0}}
	b := newInbox()
	for slot := range threads {
		b.push(threads, int32(slot), false)
	}
	require.EqualValues(t, 4, b.waiting)
	var got []int32
	for slot := b.next(); slot != none; slot = b.next() {
		b.remove(threads, slot)
		got = append(got, slot)
	}
	require.Equal(t, []int32{1, 3, 0, 2}, got)
	b.push(threads, 2, false)
	require.EqualValues(t, 2, b.next(), "an emptied inbox works again")
}
