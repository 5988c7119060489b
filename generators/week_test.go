package generators

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/portalbench/portalbench/scenarios"
	"github.com/portalbench/portalbench/sim/des"
)

// A whole number of weeks after a moment is that moment of a later week, and nobody acts in hours in which nobody
// writes: from Monday 10:00, half of Monday's share later is 14:30 if people write from 08:00 to 17:00 on workdays only
// (each day is a fifth of the week's rhythm, and 4.5 of its 9 hours a tenth).
func TestAfterFollowsTheRhythm(t *testing.T) {
	w := newWeek(scenarios.Demand{Week: scenarios.Week{Office: 1, Weekdays: 1}})
	p := &People{model: &Model{week: w}}
	monday := 3*des.Week + 10*des.Hour
	require.InDelta(t, float64(monday+2*des.Week), float64(p.After(monday, 2)), 2)
	require.InDelta(t, float64(3*des.Week+14*des.Hour+30*des.Minute), float64(p.After(monday, .1)), 2)
	friday := 3*des.Week + 4*des.Day + 16*des.Hour
	require.InDelta(t, float64(4*des.Week+9*des.Hour), float64(p.After(friday, 2./45)), 2) // one hour more, and one on Monday
	require.Equal(t, monday, p.After(monday, 0))
}
