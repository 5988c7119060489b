package scenarios

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// What the mechanisms of demand cannot do together is told with the field to change.
func TestDemandThatCannotBe(t *testing.T) {
	for set, want := range map[string]string{
		"demand.triggers.visits_per_year=30":                               "the triggers lead to 4.88 threads a portal user and year, and there are only 2.46", // 30 x .15, 1.9 x .105, .05 x 1.57, and .1
		"demand.triggers.results_viewed_per_year=5":                        "only 0.207 are about the category result",                                          // 5 x .105 of 10.6/126.1 x 2.46
		"demand.triggers.medication_changes_per_year=4":                    "only 0.252 are about the category medication",
		"threads.patience.nudge=.8":                                        "threads.patience.nudge and phone add up to 1.1",
		"threads.patience.median=0s":                                       "median is zero and felt_urgent is not",
		"threads.patience.felt_urgent=0s":                                  "felt_urgent is zero",
		"demand.holding_back.follow_up=.7":                                 "add up to 1.15",
		"demand.channel.expected_wait=0s":                                  "expected_wait is zero",
		"demand.by_hour=[0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0]": "no weight above 0",
		"demand.by_hour=[1,2]":                                             "demand.by_hour",
		"staff.rn.interruptions={every: 5m}":                               "have no length",
		"staff.rn.interruptions={for: 5m}":                                 "nothing says when they come",
	} {
		s, err := ParseSet(set)
		require.NoError(t, err)
		_, err = Load("cardiopulmonary", []Override{{s.Path, s.Values[0]}})
		require.ErrorContains(t, err, want, set)
	}
}
