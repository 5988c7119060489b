package sim

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/portalbench/portalbench/results"
	"github.com/portalbench/portalbench/scenarios"
	"github.com/portalbench/portalbench/sim/des"
)

// poolFirst sends everything to the nurses, who hand on what is not delegable.
type poolFirst struct{ authority float64 }

func (p poolFirst) Route(v *View) Decision {
	if v.From == scenarios.RoleNone {
		return Decision{Pool: scenarios.RN, Urgent: v.HighRisk, Class: uint8(1 - when(v.HighRisk)), Label: v.Label}
	}
	return Decision{Answer: v.From.IsPhysician() || v.Delegable < p.authority}
}

func testPlan(t testing.TB, scenario string, set ...scenarios.Override) *Plan {
	s, err := scenarios.Load(scenario, set)
	require.NoError(t, err)
	p, err := NewPlan(s.Scenario)
	require.NoError(t, err)
	return p
}

func recordedClinic(p *Plan, seed uint64, until des.Time) *Clinic {
	c := prepared(p, scenarios.Policy{}, seed, 0, poolFirst{.4}, until)
	c.record = newRecorder(p, 0)
	return c
}

// Nobody takes up work outside a shift, and every thread that was begun is somewhere: over, or waiting in an inbox or
// tray, or in hand.
func TestNoWorkOutsideShiftsAndNoThreadLost(t *testing.T) {
	p := testPlan(t, "smoke")
	c := recordedClinic(p, 4, 5*des.Week)
	ops := c.Advance(5*des.Week, nil)
	sent, claims, replies := 0, 0, 0
	for _, op := range ops {
		switch op.Kind {
		case results.OpSend:
			sent++
		case results.OpReply:
			replies++
		case results.OpClaim:
			claims++
			require.True(t, inShift(&c.arm.calendars[op.Actor.Index], op.Due), "claimed at %v", op.Due.Duration())
		}
	}
	require.Positive(t, claims)
	require.Positive(t, replies)
	require.EqualValues(t, sent, c.opened)
	live, queued, here := 0, 0, map[string]int{}
	for slot, h := range c.record.history {
		if len(h.messages) == 0 {
			continue
		}
		live++
		th := &c.slab.threads[slot]
		require.EqualValues(t, len(h.messages), th.messages)
		if th.state == waiting {
			queued++
		}
	}
	for _, place := range c.places() {
		here[place]++
	}
	require.Equal(t, queued, here["waits"]+here["aside"])
	require.Equal(t, live, queued+here["is in hand"]+here["is answered"])
}

// inShift reports whether a claim, which is noted up to two seconds after work begins, falls into a shift that takes
// place, as late as it can.
func inShift(c *calendar, t des.Time) bool {
	for _, s := range c.shifts {
		start := t - t%des.Week + s.start
		if start <= t && t < start-s.start+s.end+c.spread+claimAfter && (s.own >= 0 || c.scheduled(t-t%des.Day)) {
			return true
		}
	}
	return false
}

// Every thread's clocks run forward, and the tally counts each observed thread once: as many as needs were written.
func TestClocksAreMonotoneAndThreadsCountOnce(t *testing.T) {
	p := testPlan(t, "smoke")
	p.Scenario.Network.Patients = 3000
	c := prepared(p, scenarios.Policy{}, 9, 0, poolFirst{.4}, p.end)
	for now := des.Time(0); now < p.end; now += 2 * des.Hour {
		c.Advance(now, nil)
		for i := range c.slab.threads {
			requireMonotone(t, &c.slab.threads[i])
		}
	}
	c.Advance(p.end, nil)
	tally := c.Close()
	require.Equal(t, tally.fell(int(Written)), tally.all(countThreads))
	for p := range part(toldInFull) {
		for k := range tally.spans[wall] {
			require.Equal(t, tally.count[countThreads][p], tally.spans[wall][k].minutes.Of(p).Count(), "%v", where(p))
		}
	}
}

func requireMonotone(t *testing.T, th *thread) {
	last := th.origin
	for _, at := range []des.Time{th.firstRead, th.firstResponse} {
		if at != unset {
			require.LessOrEqual(t, last, at)
			last = at
		}
	}
	if th.firstResponse != unset {
		require.NotEqual(t, unset, th.firstRead, "answered unread")
		require.LessOrEqual(t, th.firstResponse, th.lastAction)
	}
	if th.firstClinicalRead != unset {
		require.LessOrEqual(t, th.firstRead, th.firstClinicalRead)
	}
	if th.neededLevelResponse != unset {
		require.LessOrEqual(t, th.firstResponse, th.neededLevelResponse)
	}
}

// A tally merged from two networks says of both what they say apart.
func TestTalliesAddUp(t *testing.T) {
	p := testPlan(t, "smoke")
	p.Scenario.Network.Patients = 3000
	run := func(network int) *Tally {
		c := prepared(p, scenarios.Policy{}, 1, network, poolFirst{.4}, p.end)
		c.Advance(p.end, nil)
		return c.Close()
	}
	a, b, sum := run(0), run(1), run(0)
	sum.Merge(b)
	require.Equal(t, a.count[countThreads][partActual+routine]+b.count[countThreads][partActual+routine], sum.count[countThreads][partActual+routine])
	nurses := func(t *Tally) *work { return &t.work[scenarios.RN] }
	require.Equal(t, nurses(a).used+nurses(b).used, nurses(sum).used)
	require.Equal(t, nurses(a).threads.onDay+nurses(b).threads.onDay, nurses(sum).threads.onDay)
	read := func(t *Tally) int64 {
		return t.spans[wall][firstRead].minutes.Of(partActual + routine).Histogram().Count()
	}
	require.Equal(t, read(a)+read(b), read(sum))
	for f := range numFates {
		require.Equal(t, a.fell(int(f))+b.fell(int(f)), sum.fell(int(f)), "%s", Fate(f))
	}
	require.Equal(t, a.fell(demandCalls)+b.fell(demandCalls), sum.fell(demandCalls))
	require.Equal(t, a.fell(demandMessages)+b.fell(demandMessages), sum.fell(demandMessages))
}

// The share of the top 5% of senders: 100 families send 1 message and 5 send 10 of 150, so the top 5 (5% of 105,
// rounded) sent 50.
func TestTopShare(t *testing.T) {
	tally := &Tally{senders: make([]int64, 20)}
	tally.senders[0], tally.senders[1], tally.senders[10] = 1000, 100, 5
	require.InDelta(t, 50./150, tally.topShare(.05), 1e-12)
}

// BenchmarkClinic simulates a network of 12,000 patients for a year and four weeks on either side.
func BenchmarkClinic(b *testing.B) {
	p := testPlan(b, "cardiopulmonary")
	people := p.model.Draw(1, 0, 0, p.Scenario.Network.Patients)
	needs := people.Needs(0, 0, p.end, nil)
	a := newArm(p, &scenarios.Policy{})
	events := int64(0)
	b.ReportAllocs()
	for b.Loop() {
		c := newClinic(p, a, 0, 0, people, needs, poolFirst{.4}, p.end)
		c.Advance(p.end, nil)
		events += c.Close().events
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(events), "ns/event")
}
