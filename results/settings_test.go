package results

import (
	"math"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// settingsFolder is a run with the scenario and policy that its folder holds.
func settingsFolder(t *testing.T, scenario, policy string, change func(*Run)) *Record {
	t.Helper()
	dir := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(dir, "scenario.yaml"), []byte(scenario), 0o600))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "policy.yaml"), []byte(policy), 0o600))
	run := &Run{Version: "v1", Scenario: "smoke", Digest: "sha256:0123456789abcdef", Seed: 1, Machine: Machine{GOOS: "linux", GOARCH: "amd64", CPU: "x", Cores: 2, GOMAXPROCS: 2},
		Simulate: &Simulate{Replications: 5, HorizonDays: 28, WarmUpDays: 7, Policies: []PolicyResult{{Name: "a"}}},
		Load: &Load{Policy: "a", AskedPerS: 50, DurationS: 60.004, WarmUpS: 5, At: "mon-08:00", Speed: 60, CareNetworks: 8, Portal: "refportal",
			URL: "http://127.0.0.1:40123", Mailbox: Mailbox{Start: 1000}}}
	if change != nil {
		change(run)
	}
	return &Record{Dir: dir, Run: run}
}

func TestSettings(t *testing.T) {
	for _, row := range []struct {
		name             string
		scenario, policy string
		change           func(*Run)
		differs, apart   []string
	}{
		{name: "the same"},
		{name: "another port, and a window that ended a little later", change: func(r *Run) { r.Load.URL, r.Load.DurationS = "http://127.0.0.1:9", 60.041 }},
		{name: "version", change: func(r *Run) { r.Version = "v2" }, differs: []string{"portalbench"}, apart: []string{"portalbench"}},
		{name: "scenario", scenario: "fte: 3\n", differs: []string{"scenario"}, apart: []string{"scenario"}},
		{name: "seed and machine", change: func(r *Run) { r.Seed, r.Machine.CPU = 2, "y" }, differs: []string{"seed", "processor"}},
		{name: "policies simulated", change: func(r *Run) { r.Simulate.Policies[0].Name = "b" }, differs: []string{"policies"}},
		{name: "policy replayed", policy: "b", differs: []string{"policy replayed"}, apart: []string{"policy replayed"}},
		{name: "rate", change: func(r *Run) { r.Load.AskedPerS = 60 }, differs: []string{"rate asked for"}, apart: []string{"rate asked for"}},
		{name: "stages", change: func(r *Run) { r.Load.Stages = "hold 1m" }, differs: []string{"rate asked for"}, apart: []string{"rate asked for"}},
		{name: "by hand", change: func(r *Run) { r.Load.AskedPerS, r.Load.CareNetworks = Number(math.NaN()), 9 },
			differs: []string{"rate asked for", "care networks, speed"}, apart: []string{"rate asked for"}},
		{name: "window", change: func(r *Run) { r.Load.At = "tue-08:00" }, differs: []string{"window"}, apart: []string{"window"}},
		{name: "portal", change: func(r *Run) { r.Load.Portal, r.Load.URL = "fhir", "https://fhir.example.org" }, differs: []string{"portal", "portal's host"}},
		{name: "architecture", change: func(r *Run) { r.Machine.GOARCH = "arm64" }, differs: []string{"architecture"}, apart: []string{"architecture"}},
		// |1130-1000| = 130 > 10% of 1130, but chance is 3 sqrt(2130) = 138
		{name: "mailbox, by chance", change: func(r *Run) { r.Load.Mailbox.Start = 1130 }, differs: []string{"messages put there before the clock"}},
		// 150 > 3 sqrt(2150) = 139
		{name: "mailbox", change: func(r *Run) { r.Load.Mailbox.Start = 1150 }, differs: []string{"messages put there before the clock"}, apart: []string{"messages put there before the clock"}},
		{name: "only one simulated", change: func(r *Run) { r.Simulate = nil }},
	} {
		t.Run(row.name, func(t *testing.T) {
			first := settingsFolder(t, "fte: 2\n", "a", nil)
			second := settingsFolder(t, or(row.scenario, "fte: 2\n"), or(row.policy, "a"), row.change)
			settings, err := Settings([]*Record{first, second})
			require.NoError(t, err)
			var differs, apart []string
			for _, s := range settings {
				if s.Differs() {
					differs = append(differs, s.Name)
				}
				if s.Apart {
					apart = append(apart, s.Name)
				}
			}
			require.Equal(t, row.differs, differs)
			require.Equal(t, row.apart, apart)
		})
	}
}

func or(text, instead string) string {
	if text == "" {
		return instead
	}
	return text
}

func TestSettingsOfUnreadableFolders(t *testing.T) {
	r := settingsFolder(t, "", "", nil)
	require.NoError(t, os.Remove(filepath.Join(r.Dir, "scenario.yaml")))
	settings, err := Settings([]*Record{r})
	require.NoError(t, err, "of a trace there is none")
	require.Equal(t, "smoke", settings[1].Values[0])
	require.NoError(t, os.Mkdir(filepath.Join(r.Dir, "scenario.yaml"), 0o700))
	_, err = Settings([]*Record{r})
	require.ErrorContains(t, err, "comparing runs")
}

func TestScenarioChange(t *testing.T) {
	a := settingsFolder(t, "scenario: x\nfte: 2 # assumed\n", "", nil)
	require.Equal(t, `"fte: 2" against "fte: 3" in line 2 of scenario.yaml`, ScenarioChange(a, settingsFolder(t, "scenario: x\nfte: 3 # set\n", "", nil)))
	require.Equal(t, `"fte: 2" against nothing in line 2 of scenario.yaml`, ScenarioChange(a, settingsFolder(t, "scenario: x", "", nil)))
	require.Empty(t, ScenarioChange(a, settingsFolder(t, "scenario: x\nfte: 2 # set\n", "", nil)), "where it comes from changes nothing")
	require.Empty(t, ScenarioChange(a, &Record{Dir: t.TempDir()}))
}
