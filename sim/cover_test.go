package sim

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/portalbench/portalbench/scenarios"
	"github.com/portalbench/portalbench/sim/des"
)

// Everything is put aside once, by four physicians of whom somebody is often on leave. With a coverer nothing is left
// in the tray of who is away, and with one on call nothing that is called urgent; otherwise trays wait. Who covers
// answers what they are given when they come to it: nothing is put aside twice.
func TestTraysAreHandedOver(t *testing.T) {
	for _, c := range []struct {
		by            string
		urgent, other bool // wait in trays of people on leave
	}{{"none", true, true}, {"on_call", false, true}, {"coverer", false, false}} {
		t.Run(c.by, func(t *testing.T) {
			x := setup{Scenario: small(t)}
			x.Handling.Defer, x.Demand.Urgency.HighRisk = 1, .3
			physicians(&x, func(g *scenarios.Staff) { g.LeaveDays = 130 })
			p, err := NewPlan(x.Scenario)
			require.NoError(t, err)
			cover := scenarios.Cover{By: c.by, Physicians: 4}
			k := prepared(p, scenarios.Policy{Cover: cover}, 11, 0, routing{}, p.end)
			k.trace = &tracer{}
			urgent, other := 0, 0
			for day := des.Day; day < p.end; day += des.Day {
				k.Advance(day, nil)
				u, o := k.inTraysOfAbsent()
				urgent, other = urgent+u, other+o
			}
			require.Equal(t, c.urgent, urgent > 0)
			require.Equal(t, c.other, other > 0)
			keeper, aside := map[int32]int32{}, map[int32]bool{}
			for _, e := range k.trace.events {
				switch e.Kind {
				case PutAside:
					require.False(t, aside[e.Thread])
					keeper[e.Thread], aside[e.Thread] = e.Staff, true
				case Moved:
					keeper[e.Thread] = e.Inbox
				case Replied:
					require.True(t, aside[e.Thread])
					require.Equal(t, keeper[e.Thread], e.Staff)
				}
			}
		})
	}
}

// inTraysOfAbsent counts the threads that wait in the trays of staff on leave who have a colleague at work.
func (c *Clinic) inTraysOfAbsent() (urgent, other int) {
	week, working := int((c.now-1)/des.Week), 0
	for s := range 4 {
		working += int(when(!c.leave(s, week)))
	}
	for s := range 4 {
		if working == 0 || !c.leave(s, week) {
			continue
		}
		for _, slot := range c.staff[s].tray.appendTo(nil, c.slab.threads) {
			if c.slab.threads[slot].urgent {
				urgent++
			} else {
				other++
			}
		}
	}
	return urgent, other
}

// What is handed over keeps the order in which it would have been opened: what goes first in every inbox, then the
// tray, then the rest.
func TestHandOverKeepsTheOrder(t *testing.T) {
	x := setup{Scenario: small(t)}
	p, err := NewPlan(x.Scenario)
	require.NoError(t, err)
	c := prepared(p, scenarios.Policy{Cover: scenarios.Cover{By: "coverer", Physicians: 4}}, 11, 0, routing{}, p.end)
	c.needs = nil
	wait := func(class uint8, aside bool) int32 {
		slot := c.slab.take()
		c.slab.threads[slot] = thread{person: 0, class: class, state: waiting, timer: unset, inbox: 1, holder: 1}
		if aside {
			c.lay(1, slot)
		} else {
			c.put(slot, 1)
		}
		return slot
	}
	second, aside, first, third := wait(1, false), wait(1, true), wait(0, false), wait(2, false)
	require.Equal(t, []int32{first, aside, second, third}, c.waitingFor(1))
	c.handOver(1, 2)
	require.Empty(t, c.waitingFor(1))
	require.Equal(t, []int32{first, aside, second, third}, c.waitingFor(2))
	require.False(t, c.slab.threads[aside].inTray)
}
