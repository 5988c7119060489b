package triage_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/portalbench/portalbench/results/stats"
	"github.com/portalbench/portalbench/scenarios"
	"github.com/portalbench/portalbench/sim"
)

// demonstration is a scenario of the library, simulated until the inboxes have filled and for eight weeks more, with all
// the policies of a claim on the same draws.
type demonstration struct {
	t      *testing.T
	trials []sim.Trial // the baseline first
}

func demonstrate(t *testing.T, scenario string, set []scenarios.Override, policies ...string) demonstration {
	t.Helper()
	set = append(set, scenarios.Override{Path: "horizon", Value: "{days: 56, warm_up_days: 56, cool_down_days: 14}"})
	loaded, err := scenarios.Load(scenario, set)
	require.NoError(t, err)
	var arms []sim.Arm
	for _, name := range policies {
		arms = append(arms, policy(t, name))
	}
	return demonstration{t, simulate(t, loaded.Scenario, 8, 0, arms...)}
}

// difference returns what a policy makes of a measure less what the baseline does, paired by replication. The interval
// has 99.9% confidence: a sign that it shows is clear, and not that of this seed.
func (d demonstration) difference(policy int, name, statistic string, where map[string]string) stats.Interval {
	d.t.Helper()
	return stats.PairedInterval(values(d.t, d.trials[0], name, statistic, where),
		values(d.t, d.trials[policy], name, statistic, where), .999)
}

// With three quarters of a nurse for 12,000 patients the pool answers later than the physicians would have; with four
// nurses, sooner.
func TestNurseFirstTurnsRoundWhereNursesAreScarce(t *testing.T) {
	answered := func(fte string) stats.Interval {
		d := demonstrate(t, "nurse-bottleneck", []scenarios.Override{{Path: "staff.rn.fte", Value: fte}},
			"physician-first", "nurse-first")
		return d.difference(1, "answered_within_1_business_day", "share", nil)
	}
	require.Negative(t, answered(".75").High)
	require.Positive(t, answered("4").Low)
}

// Labels change the order within a session, a staffed pool how soon there is one. One message in ten is urgent, which is
// many more than in the scenario, so that eight weeks tell.
func TestPoolHelpsUrgentMessagesMoreThanLabels(t *testing.T) {
	d := demonstrate(t, "rarely-read-inbox", []scenarios.Override{{Path: "demand.urgency.actual", Value: ".1"},
		{Path: "demand.urgency.high_risk", Value: ".1"}}, "physician-first", "ai-triage", "nurse-first")
	labels := d.difference(1, "urgent_unread_over_4h", "share", nil)
	pool := d.difference(2, "urgent_unread_over_4h", "share", nil)
	require.Negative(t, labels.High)
	require.Less(t, pool.High, labels.Low)
}

// With one reply in five made from a draft, a minute saved by it is 12 s a reply; half a minute of reading costs 30 s.
// Drafts save work or cost it by the sign of the difference, and neither way move the wait by half an hour.
func TestDraftsCostWhatTheyDoNotSave(t *testing.T) {
	d := demonstrate(t, "drafted-replies", nil, "physician-first", "drafts-that-save", "drafts-that-cost")
	physician := map[string]string{"role": "physician"}
	require.Negative(t, d.difference(1, "handling_minutes_per_workday", "mean", physician).High)
	require.Positive(t, d.difference(2, "handling_minutes_per_workday", "mean", physician).Low)
	for i := 1; i <= 2; i++ {
		wait := d.difference(i, "first_response_hours", "median", nil)
		require.InDelta(t, 0, wait.Value, .5)
	}
}
