package bench

import (
	"errors"
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

// steady counts operations of networks that each cause so many a second of the clinic's time.
func steady(perSecond float64) Count {
	return func(networks int, from, until des.Time) (int, error) {
		return int(float64(networks) * perSecond * float64(until-from) / float64(des.Second)), nil
	}
}

func goal() Goal {
	return Goal{Rate: 300, From: 8 * des.Hour, Window: 4 * time.Hour, For: 20 * time.Second, Patients: 12_000}
}

// Four hours in 20 s would be 720 times as fast as life: 60 is the most. At .025 operations a second, a network causes
// 1.5 a second at 60x, so 300 a second take 200 of them.
func TestPlanByBreadth(t *testing.T) {
	p, err := PlanRate(goal(), steady(.025))
	require.NoError(t, err)
	require.Equal(t, 200, p.Networks)
	require.InDelta(t, 60, p.Speed, 1e-9)
	require.InDelta(t, 300, p.Offered, 1e-9)
	require.Equal(t, "300/s = 200 networks, 2.4 M patients, Monday 08:00–08:20 at 60x", p.String())
	require.True(t, p.Near())
}

func TestPlanSpeedIsBounded(t *testing.T) {
	g := goal()
	g.Window, g.For = 10*time.Minute, 20*time.Minute
	g.Rate = 50
	p, err := PlanRate(g, steady(.025)) // 10 min in 20 min would be slower than life: speed 1; 50 / .025 = 2,000
	require.NoError(t, err)
	require.Equal(t, 2000, p.Networks)
	require.InDelta(t, 1, p.Speed, 1e-9)
	g.Window, g.For, g.Rate = 10*time.Minute, time.Minute, 7
	p, err = PlanRate(g, steady(.025)) // speed 10, 7 / .25 = 28
	require.NoError(t, err)
	require.Equal(t, 28, p.Networks)
	require.InDelta(t, 10, p.Speed, 1e-9)
}

// 2/s at 1.5/s a network is 1.33 networks: one, at 80x, makes up for the rounding.
func TestPlanMakesUpForRounding(t *testing.T) {
	g := goal()
	g.Rate = 2
	p, err := PlanRate(g, steady(.025))
	require.NoError(t, err)
	require.Equal(t, 1, p.Networks)
	require.InDelta(t, 80, p.Speed, 1e-9)
	require.True(t, strings.HasPrefix(p.String(), "2/s = 1 network, 12,000 patients, "), p.String())
}

func TestPlanRefuses(t *testing.T) {
	g := goal()
	g.Rate, g.For, g.WarmUp = 1000, 30*time.Minute, time.Minute
	_, err := PlanRate(g, steady(1)) // 1,000/s for 31 min: 1,860,000; 1000/1.86 = 537/s, or 1,000 s less the warm-up
	require.ErrorContains(t, err, "lower --rate to 537/s or --for to 15m40s")
	_, err = PlanRate(goal(), steady(0))
	require.ErrorContains(t, err, "do nothing from Monday 08:00")
	g = goal()
	g.Rate = 0
	_, err = PlanRate(g, steady(1))
	require.ErrorContains(t, err, "above 0")
	broken := errors.New("broken")
	_, err = PlanRate(goal(), func(int, des.Time, des.Time) (int, error) { return 0, broken })
	require.ErrorIs(t, err, broken)
}

// The networks cause 10% more than the pilot promised: 330/s at 60x. The first speed within .5% of the rate is taken.
func TestTrim(t *testing.T) {
	g := goal()
	g.WarmUp = 5 * time.Second
	p, err := PlanRate(g, steady(.025))
	require.NoError(t, err)
	var ops []sim.Op
	for due := float64(p.From); due < float64(p.Until()); due += 60_000. / 330 {
		ops = append(ops, sim.Op{Due: des.Time(due)})
	}
	trimmed, kept, err := p.Trim(ops)
	require.NoError(t, err)
	require.True(t, trimmed.Near())
	require.InEpsilon(t, 60/1.1, trimmed.Speed, .02)
	require.InEpsilon(t, 300, trimmed.Offered, .006)
	require.Less(t, kept[len(kept)-1].Due, trimmed.Exactly())
	require.InEpsilon(t, 300*25, len(kept), .01)
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
	want := []authored{{number: 0}, {number: 1}, {number: 2, text: 7}}
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
	require.Len(t, one.password("pt-1"), 64)
	require.NotEqual(t, one.password("pt-1"), accountKeys{secret: []byte("t")}.password("pt-1"))
}

// Everybody a run needs is found: the proxy's patient, the nurse's pool, and whom the patient may write to.
func TestRoster(t *testing.T) {
	proxy := sim.Actor{Index: 4, Kind: sim.ActorProxy}
	send := at(0, results.OpSend, proxy)
	send.Subject = 4
	w := workload(1, send, at(1, results.OpInbox, staff(2)))
	r := newRoster(&w, w.Ops, nil, accountKeys{runID: "r"})
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
	th.last = &flight{}
	th.seen(&Listed{Version: "4"}, 7*time.Second)
	require.Equal(t, "3", th.version, "an operation is under way")
}
