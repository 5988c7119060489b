package bench_test

import (
	"net/http/httptest"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/portalbench/portalbench/bench"
	"github.com/portalbench/portalbench/bench/refportal"
	"github.com/portalbench/portalbench/results"
	"github.com/portalbench/portalbench/scenarios"
	"github.com/portalbench/portalbench/sim"
	"github.com/portalbench/portalbench/sim/des"
	"github.com/portalbench/portalbench/sim/triage"
)

const secret = "5ecre75ecre75ecre75ecre75ecre75ecre75ecre75ecre75ecre75ecre75ecre"

// replayed makes the workload of some clinics on the Monday morning of the second week.
func replayed(t testing.TB, policy string, networks int, window time.Duration, speed float64) bench.Workload {
	t.Helper()
	scenario, err := scenarios.Load("smoke", nil)
	require.NoError(t, err)
	p, err := scenarios.LoadPolicy(policy, nil)
	require.NoError(t, err)
	plan, err := sim.NewPlan(scenario.Scenario)
	require.NoError(t, err)
	from := des.Week + 8*des.Hour
	until := from + des.FromDuration(window)
	routers, err := triage.Routers(p.Policy)
	require.NoError(t, err)
	replay := sim.NewReplay(plan, sim.Arm{Name: policy, Policy: p.Policy, Router: routers}, 1, from, until)
	_, w, err := bench.ByHand(t.Context(), bench.Goal{From: from, For: time.Duration(float64(window) / speed)}, networks, speed,
		func(des.Time) bench.Networks { return replay.Network })
	require.NoError(t, err)
	w.Describe = replay.Describe
	return *w
}

func reference(t testing.TB) (*bench.Client, bench.Portal, bench.Account) {
	t.Helper()
	server, err := refportal.New(refportal.Config{Clock: time.Now, AdminSecret: secret})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, server.Close()) })
	web := httptest.NewServer(server.Handler())
	t.Cleanup(web.Close)
	client := bench.NewClient(bench.ClientConfig{MaxInFlight: 200})
	t.Cleanup(client.CloseIdle)
	admin := bench.Account{Kind: bench.AdminAccount, Login: refportal.AdminLogin, Secret: secret}
	return client, refportal.NewPortal(client.HTTP, web.URL), admin
}

// Everything that simulated clinics do on a Monday morning, the reference portal can do: no operation ends other than ok,
// whichever the policy, and every message is found again by its patient and by nobody else. Twice on the same portal, as
// the second run must not trip over the first.
func TestReferencePortalCanDoItAll(t *testing.T) {
	client, portal, admin := reference(t)
	for i, policy := range []string{"physician-first", "nurse-first", "urgency-first"} {
		w := replayed(t, policy, 2, time.Hour, 3600) // in one second: nothing of this is measured
		r, err := bench.Run(t.Context(), bench.Config{Portal: portal, Client: client, Admin: admin, Workload: w, Digest: "smoke",
			Seed: 1, RunID: "run" + string(rune('a'+i)), MaxInFlight: 1000})
		require.NoError(t, err)
		all, _ := r.Load.Op("all")
		require.Equal(t, map[string]int64{"ok": all.Offered}, all.Outcomes, "%s: %+v\n%v", policy, r.Examples, r.Load.Warnings)
		require.EqualValues(t, len(w.Ops), all.Offered)
		l := r.Load.Ledger
		require.NotNil(t, l)
		require.Equal(t, r.Load.Mailbox.End, l.Checked)
		none := int64(0)
		require.Equal(t, &results.Ledger{Checked: l.Checked, Found: l.Checked, Leaked: &none}, l)
		t.Logf("%s: %d operations, %d messages seeded, %d in the end, %d not listed", policy, all.Offered, r.Load.Mailbox.Start,
			r.Load.Mailbox.End, r.Load.NotListed)
	}
}
