package bench

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/portalbench/portalbench/generators"
	"github.com/portalbench/portalbench/results"
	"github.com/portalbench/portalbench/scenarios"
	"github.com/portalbench/portalbench/sim"
	"github.com/portalbench/portalbench/sim/des"
)

// steady makes networks of so many operations a second of the clinic's time, evenly spread.
func steady(perSecond float64) func(until des.Time) Networks {
	return func(until des.Time) Networks {
		return func(i int) (o sim.Opening, ops []sim.Op) {
			if perSecond == 0 {
				return o, nil
			}
			gap := float64(des.Second) / perSecond
			for due := 8*float64(des.Hour) + gap*(float64(i%10)+.5)/10; due < float64(until); due += gap {
				ops = append(ops, sim.Op{Due: des.Time(due), Actor: sim.Actor{Network: int32(i)}})
			}
			return o, ops
		}
	}
}

func goal() Goal {
	return Goal{Rate: 300, From: 8 * des.Hour, Window: 4 * time.Hour, For: 20 * time.Second, Patients: 12_000}
}

// Four hours in 20 s would be 720 times as fast as life: 60 is the most. At .025 operations a second, a network causes
// 1.5 a second at 60x, so 300 a second take 200 of them.
func TestPlanByBreadth(t *testing.T) {
	p, w, err := Reach(t.Context(), goal(), steady(.025))
	require.NoError(t, err)
	require.Equal(t, 200, p.Networks)
	require.InEpsilon(t, 60, p.Speed, .001)
	require.InEpsilon(t, 300, p.Offered, .001)
	require.Equal(t, "300/s = 200 networks, 2.4 M patients, Monday 08:00–08:20 at 60x", p.String())
	require.True(t, p.Near())
	require.InDelta(t, 6000, len(w.Ops), 6)
	require.Len(t, w.Openings, 200)
}

func TestPlanSpeedIsBounded(t *testing.T) {
	g := goal()
	g.Window, g.For = 10*time.Minute, 20*time.Minute
	g.Rate = 5
	p, _, err := Reach(t.Context(), g, steady(.025)) // 10 min in 20 min would be slower than life: speed 1; 5 / .025 = 200
	require.NoError(t, err)
	require.Equal(t, 200, p.Networks)
	require.InEpsilon(t, 1, p.Speed, .001)
	g.Window, g.For, g.Rate = 10*time.Minute, time.Minute, 7
	p, _, err = Reach(t.Context(), g, steady(.025)) // speed 10, 7 / .25 = 28
	require.NoError(t, err)
	require.Equal(t, 28, p.Networks)
	require.InEpsilon(t, 10, p.Speed, .01)
}

// 2/s at 1.5/s a network is 1.33 networks: two, at 40x, are too slow rather than too fast.
func TestPlanMakesUpForRounding(t *testing.T) {
	g := goal()
	g.Rate = 2
	p, _, err := Reach(t.Context(), g, steady(.025))
	require.NoError(t, err)
	require.Equal(t, 2, p.Networks)
	require.InEpsilon(t, 40, p.Speed, .02)
	require.True(t, p.Near())
}

// thirds makes networks of .025 operations a second, every third of which asks for recipients.
func thirds(until des.Time) Networks {
	all := steady(.025)(until)
	return func(i int) (sim.Opening, []sim.Op) {
		opening, ops := all(i)
		for k := range ops {
			if ops[k].Kind = results.OpUnread; k%3 == 0 {
				ops[k].Kind = results.OpRecipients
			}
		}
		return opening, ops
	}
}

// Of a portal that cannot do every third operation there are half as many networks again, and what is left out is known.
func TestARateIsOfWhatThePortalCanDo(t *testing.T) {
	g := goal()
	whole, _, err := Reach(t.Context(), g, thirds)
	require.NoError(t, err)
	can := Capabilities{Name: "poor"}
	for k := range can.Ops {
		can.Ops[k] = Native
	}
	can.Ops[results.OpRecipients] = Absent
	g.Can = &can
	p, w, err := Reach(t.Context(), g, thirds)
	require.NoError(t, err)
	require.InEpsilon(t, 1.5, float64(p.Networks)/float64(whole.Networks), .02)
	require.True(t, p.Near(), "%g offered", p.Offered)
	w.Describe = func(sim.Actor) sim.Person { return sim.Person{} }
	s, err := newSurvey(w, can, accountKeys{}, g.WarmUp)
	require.NoError(t, err)
	// 23 minutes of the clinic hold 34 or 35 operations of a network, of which each third is left out, the first included: 12.
	require.Equal(t, []string{"the portal has no recipients: 35% of the workload's operations are left out, and this run says nothing of them"}, s.leftOut(can))
	can.Ops[results.OpSend] = Absent
	_, _, err = Reach(t.Context(), g, thirds)
	require.ErrorContains(t, err, "portal poor has no send")
}

func TestPlanRefuses(t *testing.T) {
	_, _, err := Reach(t.Context(), goal(), steady(0))
	require.ErrorIs(t, err, ErrIdle)
	require.ErrorContains(t, err, "64 care networks from Monday 08:00")
	g := goal()
	g.Rate, g.For = 100_000, time.Hour // 360 million
	_, _, err = Reach(t.Context(), g, steady(1))
	require.ErrorIs(t, err, ErrTooLong)
	require.ErrorContains(t, err, "lower --rate or --for")
	g = goal()
	g.Rate = 0
	_, _, err = Reach(t.Context(), g, steady(1))
	require.ErrorContains(t, err, "above 0")
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, _, err = Reach(ctx, goal(), steady(1))
	require.ErrorIs(t, err, context.Canceled)
}

// The last network is one too many by half of it: 1.5/s of 300/s. The speed makes up for it.
func TestWarmUpIsPlannedToo(t *testing.T) {
	g := goal()
	g.WarmUp, g.Rate = 5*time.Second, 299.25
	p, w, err := Reach(t.Context(), g, steady(.025))
	require.NoError(t, err)
	require.Equal(t, 200, p.Networks)
	require.InEpsilon(t, 60*299.25/300, p.Speed, .005)
	require.Less(t, w.Ops[len(w.Ops)-1].Due, w.Until)
	require.InEpsilon(t, 299.25*25, len(w.Ops), .01)
}

func TestShort(t *testing.T) {
	require.Equal(t, "300", short(300.4, 3))
	require.Equal(t, "12,000", people(12_000))
	require.Equal(t, "1.5", short(1.5, 3))
	require.Equal(t, "59.9", short(59.94, 3))
	require.Equal(t, "1234", short(1234.4, 3))
	require.Equal(t, "0.025", short(.025, 3))
}

// 3 nurse operations that take 2, 4 and 6 s, at 30 such operations a workday: 4 s x 30 = 2 minutes.
func TestStaffWait(t *testing.T) {
	rec := newRecorder(0, time.Second)
	for i := range 3 {
		op := sim.Op{Kind: results.OpInbox, Actor: staff(0)}
		f := &flight{op: &op, person: &person{role: scenarios.RN}, out: true, counted: true,
			done: time.Duration(2*(i+1)) * time.Second}
		rec.finish(f, nil)
	}
	got := rec.staff(&Config{OpsPerWorkday: map[scenarios.Role]float64{scenarios.RN: 30, scenarios.Physician: 5},
		HandlingPerWorkday: map[scenarios.Role]float64{scenarios.RN: 77}})
	require.Equal(t, []results.StaffWait{{Role: "rn", PortalWaitMinutes: 2, HandlingMinutesPerWorkday: 77}}, got)
}

func TestCompare(t *testing.T) {
	want := []authored{{Number: 0}, {Number: 1}, {Number: 2, Text: 7}}
	ids := []handle{{id: "a"}, {id: "b"}, {id: "c"}}
	first, last := generators.Body(generators.Wording{}, 0), generators.Body(generators.Wording{}, 7)
	texts := map[string]string{"a": first, "b": first, "c": last, "x": "of others"}
	seen := func(names string) (s []Seen) {
		for _, n := range strings.Split(names, "") {
			s = append(s, Seen{Message: n, Body: texts[n]})
		}
		return s
	}
	for _, c := range []struct {
		shown string
		want  results.Ledger
	}{
		{"abc", results.Ledger{Checked: 3, Found: 3}},
		{"xabcx", results.Ledger{Checked: 3, Found: 3}}, // others wrote too
		{"ac", results.Ledger{Checked: 3, Found: 2, Lost: 1}},
		{"abbc", results.Ledger{Checked: 3, Found: 2, Duplicated: 1}},
		{"acb", results.Ledger{Checked: 3, Found: 3, OutOfOrder: 1}}, // c, acknowledged last, stands before b
		{"x", results.Ledger{Checked: 3, Lost: 3}},
	} {
		require.Equal(t, c.want, compare(want, ids, seen(c.shown)), c.shown)
	}
	same := []handle{{id: "a"}, {id: "a"}, {id: "c"}}
	require.Equal(t, results.Ledger{Checked: 3, Found: 2, Lost: 1}, compare(want, same, seen("ac")), "one id for two messages")
	blank := []Seen{{Message: "a"}, {Message: "b", Body: first}, {Message: "c", Body: last}}
	require.Equal(t, results.Ledger{Checked: 3, Found: 2, Lost: 1}, compare(want, ids, blank), "a text that vanished")
}

func TestAccounts(t *testing.T) {
	one, two := accountKeys{"d", 1, "run1", []byte("s")}, accountKeys{"d", 1, "run2", []byte("s")}
	require.Regexp(t, `^pt-[0-9a-f]{16}$`, one.login(patient(3)))
	require.Equal(t, one.login(patient(3)), two.login(patient(3)), "patients come back")
	require.NotEqual(t, one.login(staff(3)), two.login(staff(3)), "a work list is new in every run")
	require.NotEqual(t, one.login(pool(3)), two.login(pool(3)))
	require.NotEqual(t, one.login(patient(3)), accountKeys{"d", 2, "run1", nil}.login(patient(3)))
	require.Len(t, one.password("pt-1"), 32)
	require.NotEqual(t, one.password("pt-1"), accountKeys{secret: []byte("t")}.password("pt-1"))
}

// Everybody a run needs is found: the proxy's patient, the nurse's pool, and whom the patient may write to.
func TestRoster(t *testing.T) {
	proxy := sim.Actor{Index: 4, Kind: sim.ActorProxy}
	send := at(0, results.OpSend, proxy)
	send.Subject = 4
	w := workload(1, send, at(1, results.OpInbox, staff(2)))
	found, err := newSurvey(&w, (&desk{}).Capabilities(), accountKeys{runID: "r"}, 0)
	require.NoError(t, err)
	r := found.roster
	require.Len(t, r.people, 4)
	team := []string{r.account(pool(0)).Login}
	require.Equal(t, team, r.account(patient(4)).CareTeam)
	require.Equal(t, team, r.account(proxy).CareTeam)
	require.Equal(t, r.account(patient(4)).Login, r.account(proxy).ActsFor)
	require.Equal(t, team, r.account(staff(2)).Pools)
	require.Empty(t, r.account(pool(0)).Secret)
	require.Equal(t, staff(2), r.memberOf(pool(0)).actor)
}

// A listing that was asked for before the last answer about a thread is older than what is known.
func TestListingsNeverTurnVersionsBack(t *testing.T) {
	th := &thread{version: "2", changed: 5 * time.Second}
	th.seen(&Listed{Version: "1"}, 4*time.Second)
	require.Equal(t, "2", th.version)
	th.seen(&Listed{Version: "3"}, 6*time.Second)
	require.Equal(t, "3", th.version)
	th.turn.last = &flight{}
	th.seen(&Listed{Version: "4"}, 7*time.Second)
	require.Equal(t, "3", th.version, "an operation is under way")
}
