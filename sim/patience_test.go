package sim

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/portalbench/portalbench/scenarios"
	"github.com/portalbench/portalbench/sim/des"
)

// holding is a span in which somebody had a thread in hand, and whether it ended with an answer.
type holding struct {
	from, to des.Time
	answers  bool
}

// leftAt returns when a family whose patience ends at a moment leaves, Never if it is answered first: at the first
// moment from then on at which nobody has the thread in hand. What is taken up at that moment is in hand.
func leftAt(patience des.Time, held []holding) des.Time {
	for _, h := range held {
		switch {
		case h.to <= patience && h.answers:
			return des.Never
		case h.from <= patience && patience < h.to && h.answers:
			return des.Never
		case h.from <= patience && patience < h.to:
			patience = h.to
		}
	}
	return patience
}

func TestLeftAt(t *testing.T) {
	aside, answer := holding{from: 10, to: 20}, holding{from: 20, to: 30, answers: true}
	for _, c := range []struct {
		patience des.Time
		held     []holding
		want     des.Time
	}{
		{5, []holding{aside, answer}, 5},
		{15, []holding{aside}, 20},
		{20, []holding{aside}, 20},
		{15, []holding{aside, answer}, des.Never}, // taken up at once, and answered
		{25, []holding{aside, answer}, des.Never},
		{35, []holding{aside, answer}, des.Never},
	} {
		require.Equal(t, c.want, leftAt(c.patience, c.held), "%+v", c)
	}
}

// Families phone half an hour after they wrote. If somebody has the thread in hand then, which takes some 20 minutes
// and may end in putting it aside, asking or handing it on, they phone as soon as it does.
func TestPatienceThatEndsInHand(t *testing.T) {
	o := run(t, func(x *setup) {
		x.Threads.Patience = patient(.5, 0, 1)
		x.Population.Writing.ThreadsPerPatientYear, x.Handling.Minutes.RN, x.Handling.Minutes.Physician = 20, 20, 20
		x.Handling.Defer, x.Handling.Consult, x.Handling.ConsultMinutes = .5, .5, 20
		x.router = routing{first: scenarios.RN, authority: .4}
		for name := range x.Staff {
			setStaff(x.Scenario, name, func(g *scenarios.Staff) { g.Inbox = g.Hours })
		}
	})
	sent, left, held := map[int32]des.Time{}, map[int32]des.Time{}, map[int32][]holding{}
	for _, e := range o.events {
		switch e.Kind {
		case Sent:
			sent[e.Thread] = e.At
		case Left:
			left[e.Thread] = e.At
		case Opened:
			held[e.Thread] = append(held[e.Thread], holding{from: e.At, to: des.Never})
		case Replied, HandedOn, PutAside, Asked, Advised:
			last := &held[e.Thread][len(held[e.Thread])-1]
			last.to, last.answers = e.At, e.Kind == Replied
		}
	}
	later := 0
	for thread, at := range sent {
		patience := at + des.Hour/2
		want := leftAt(patience, held[thread])
		if want >= o.plan.end {
			require.NotContains(t, left, thread)
			continue
		}
		require.Equal(t, want, left[thread], "thread %d", thread)
		later += int(when(want > patience))
	}
	require.Greater(t, later, 10, "patience ended in hand")
}
