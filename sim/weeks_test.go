package sim

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/portalbench/portalbench/sim/des"
)

// Threads count in the week in which they begin: answered after 10 hours and never, which counts as 14 days, in week 0;
// after 20 days, cut at 14, in week 1; in week 2, beyond the series, not at all.
func TestWeeklyFirstResponses(t *testing.T) {
	w := weekly{backlog: []int64{3, 5}, waited: make([]des.Time, 2), begun: make([]int64, 2)}
	for _, th := range []thread{
		{origin: 0, firstResponse: 10 * des.Hour},
		{origin: 6 * des.Day, firstResponse: unset},
		{origin: des.Week, firstResponse: des.Week + 20*des.Day},
		{origin: 2 * des.Week, firstResponse: 2*des.Week + des.Hour},
	} {
		w.book(&th)
	}
	other := weekly{backlog: []int64{1, 0}, waited: []des.Time{2 * des.Hour, 0}, begun: []int64{2, 0}}
	w.merge(&other)
	var got Weeks
	got.add(&Tally{weeks: w})
	got.add(&Tally{weeks: weekly{backlog: []int64{0, 0}, waited: make([]des.Time, 2), begun: make([]int64, 2)}})
	require.Equal(t, [][]float64{{4, 5}, {0, 0}}, got.Backlog)
	require.Equal(t, []float64{(10 + 336 + 2) / 4., 336}, got.FirstResponse[0])
	require.NotEqual(t, got.FirstResponse[1][0], got.FirstResponse[1][0], "missing: nobody wrote")

	var all Weeks
	all.join(got)
	all.join(got)
	require.Len(t, all.Backlog, 4)
	require.Len(t, all.FirstResponse, 4)
}

// The observed part of the backlog begins with the first whole week after the warm-up.
func TestObservedBacklog(t *testing.T) {
	tally := &Tally{weeks: weekly{backlog: []int64{9, 8, 7, 6}}}
	require.Equal(t, []float64{7, 6}, tally.Backlog(&Plan{from: 2 * des.Week}))
	require.Equal(t, []float64{7, 6}, tally.Backlog(&Plan{from: 8 * des.Day}))
	require.Equal(t, []float64{9, 8, 7, 6}, tally.Backlog(&Plan{}))
}
