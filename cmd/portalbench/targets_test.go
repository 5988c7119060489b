package main

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/portalbench/portalbench/scenarios"
)

// A thread sent right before close on a weekday has until the close of the next: 24 h. One sent at close on Friday counts for Monday, and has until the close of Tuesday: four days.
func TestABusinessDayIsHoursThatDependOnTheWeek(t *testing.T) {
	for _, c := range []struct {
		clinic      string
		n           int
		least, most int // minutes
	}{
		{"mon-fri 08:00-17:00", 1, 24 * 60, 4 * 24 * 60},
		{"mon-fri 08:00-17:00", 3, 72 * 60, 6 * 24 * 60}, // Friday at close: Monday and three days
		{"mon-sun 08:00-17:00", 1, 24 * 60, 2 * 24 * 60},
		{"wed 08:00-12:00", 1, 7 * 24 * 60, 14 * 24 * 60},
	} {
		var w scenarios.Window
		require.NoError(t, w.UnmarshalText([]byte(c.clinic)))
		least, most := minutesToClose(w, c.n)
		require.Equal(t, []int{c.least, c.most}, []int{least, most}, c.clinic)
	}
}

func TestTargetsAreThoseOfAllAndThePoliciesPromises(t *testing.T) {
	s, err := openStudy("smoke", []string{"physician-first", "all-at-once"}, "", nil)
	require.NoError(t, err)
	targets := s.targets()
	require.Len(t, targets, 3)
	require.Equal(t, "routine", targets[0].Urgency)
	require.InDelta(t, 4, float64(targets[1].MostHours), 0)
	require.Equal(t, []string{"all-at-once"}, targets[2].Policies)
	require.Equal(t, 3, targets[2].BusinessDays)
}

// Every id that a parameter names is cited, and the parameters that are assumed are those that the run lists as assumed.
func TestParametersSayWhereTheyComeFrom(t *testing.T) {
	s, err := openStudy("cardiopulmonary", nil, "", nil)
	require.NoError(t, err)
	list := s.parameters()
	cited, assumed := citations(list), []string{}
	for _, p := range list {
		for _, id := range p.IDs {
			require.NotEmpty(t, cited[id], "%s of %s", id, p.Path)
		}
		if name := p.Path; p.Assumed {
			if p.Policy != "" {
				name = p.Policy + ": " + name
			}
			assumed = append(assumed, name)
		}
	}
	require.Equal(t, s.assumed(), assumed)
	require.Contains(t, cited["VOL-04"], "Rotenstein")
}
