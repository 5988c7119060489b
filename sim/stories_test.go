package sim

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/portalbench/portalbench/scenarios"
	"github.com/portalbench/portalbench/sim/des"
)

// storied is a small network of which one thread in ten is actually urgent, and an arm that sends all to physicians.
func storied(t *testing.T, change func(*scenarios.Scenario)) (*Plan, Arm) {
	s := small(t)
	s.Demand.Urgency.Actual = .1
	change(s)
	p, err := NewPlan(s)
	require.NoError(t, err)
	return p, routedBy("physicians", scenarios.Policy{Order: "arrival"}, routing{})
}

func routedBy(name string, policy scenarios.Policy, r Router) Arm {
	return Arm{Name: name, Policy: &policy, Router: func() Router { return r }}
}

// waits returns how long each urgent thread waits for a clinician to read it, in the order in which they begin.
func waits(p *Plan, a Arm, seed uint64) (list []urgentThread) {
	at := map[des.Key]int{}
	Watch(p, a, seed, 0, 0, nil, func(e *Event) {
		if e.Kind == Sent && e.Urgent && p.from <= e.At && e.At < p.to {
			at[e.Key] = len(list)
			list = append(list, urgentThread{need: e.Key, sent: e.At, waited: des.Never})
		}
		i, known := at[e.Key]
		if known && e.Kind == Opened && list[i].waited == des.Never && p.roster[e.Staff].Role != scenarios.MA {
			list[i].waited = e.At - list[i].sent
		}
	})
	return list
}

// Half of the urgent threads wait no longer than the median story, and none longer than the worst.
func TestStoriesAreTheMedianAndTheWorst(t *testing.T) {
	p, a := storied(t, func(*scenarios.Scenario) {})
	stories, err := Stories(t.Context(), p, a, 3)
	require.NoError(t, err)
	require.Len(t, stories, 2)
	all := waits(p, a, 3)
	require.Greater(t, len(all), 40)
	find := func(s Story) (int, urgentThread) {
		for i, u := range all {
			if u.need == s.Need {
				return i, u
			}
		}
		require.Fail(t, "the story is of no urgent thread")
		return 0, urgentThread{}
	}
	_, median := find(stories[0])
	first, worst := find(stories[1])
	require.Equal(t, []string{"median", "worst"}, []string{stories[0].Name, stories[1].Name})
	below, above := 0, 0
	for i, u := range all {
		below += int(when(u.waited <= median.waited))
		above += int(when(u.waited >= median.waited))
		require.LessOrEqual(t, u.waited, worst.waited)
		require.False(t, u.waited == worst.waited && i < first, "an earlier one waits as long")
	}
	require.GreaterOrEqual(t, 2*below, len(all))
	require.GreaterOrEqual(t, 2*above, len(all))
	require.Greater(t, worst.waited, median.waited)
}

// A thread that no clinician ever reads is worse than all others: here families wait about three hours and then phone.
func TestNeverReadIsWorst(t *testing.T) {
	p, a := storied(t, func(s *scenarios.Scenario) { s.Threads.Patience = patient(3, 0, 1) })
	stories, err := Stories(t.Context(), p, a, 3)
	require.NoError(t, err)
	all := waits(p, a, 3)
	for _, u := range all {
		if u.waited == des.Never {
			require.Equal(t, u.need, stories[1].Need, "the first that is never read")
			return
		}
	}
	require.Fail(t, "all were read")
}

// A story is the same need at the same moment under every arm, and told to the end of its thread; nothing else is told.
func TestStoriesAreFollowedUnderEveryArm(t *testing.T) {
	p, physicians := storied(t, func(*scenarios.Scenario) {})
	stories, err := Stories(t.Context(), p, physicians, 3)
	require.NoError(t, err)
	arms := []Arm{physicians, routedBy("nurses", scenarios.Policy{Order: "arrival"}, routing{first: scenarios.RN, authority: .4}),
		routedBy("phone", scenarios.Policy{Order: "arrival", Billing: scenarios.Billing{Demand: 1e-9, PhonesInstead: 1}}, routing{})}
	told, err := Follow(t.Context(), p, arms, 3, stories, 2)
	require.NoError(t, err)
	for i, s := range stories {
		for a, events := range [][]Event{told[0][i], told[1][i], told[2][i]} {
			require.NotEmpty(t, events, arms[a].Name)
			require.Equal(t, NeedFell, events[0].Kind)
			require.Equal(t, told[0][i][0].At, events[0].At)
			for _, e := range events {
				require.Equal(t, s.Need, e.Key)
				require.True(t, e.Urgent)
			}
		}
		require.Equal(t, Sent, told[0][i][1].Kind)
		require.EqualValues(t, len(p.roster), told[1][i][1].Inbox, "the nurses' pool")
		require.Equal(t, Over, told[1][i][len(told[1][i])-1].Kind)
		require.Len(t, told[2][i], 1, "who is billed writes nothing")
		require.Equal(t, Phoned, told[2][i][0].Fate)
	}
	alone, err := Follow(t.Context(), p, arms[1:2], 3, stories[1:], 1)
	require.NoError(t, err)
	require.Equal(t, told[1][1], alone[0][0], "whatever else is followed beside it")
}

func TestStoriesOfNobody(t *testing.T) {
	p, a := storied(t, func(s *scenarios.Scenario) { s.Demand.Urgency.Actual = 0 })
	stories, err := Stories(t.Context(), p, a, 3)
	require.NoError(t, err)
	require.Empty(t, stories)
	told, err := Follow(t.Context(), p, []Arm{a}, 3, []Story{{Name: "worst", Network: 7}}, 0)
	require.NoError(t, err)
	require.Empty(t, told[0][0], "of a network that is not there")
	stopped, cancel := context.WithCancel(t.Context())
	cancel()
	_, err = Stories(stopped, p, a, 3)
	require.ErrorIs(t, err, context.Canceled)
	_, err = Follow(stopped, p, []Arm{a}, 3, []Story{{Name: "worst"}}, 0)
	require.ErrorIs(t, err, context.Canceled)
}
