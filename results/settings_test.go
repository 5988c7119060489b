package results

import (
	"errors"
	"math"
	"os"
	"path/filepath"
	"strings"
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
			URL: "http://127.0.0.1:40123", Mailbox: Mailbox{Start: 1000}, Preflight: &Preflight{MailboxThreads: 20}}}
	if change != nil {
		change(run)
	}
	return &Record{Dir: dir, Run: run}
}

// lineEdits compares files line by line, as these have no more to them.
func lineEdits(first, other []byte) ([]Edit, error) {
	if string(first) == string(other) {
		return nil, nil
	}
	if len(first) == 0 {
		return nil, errors.New("it cannot be read")
	}
	x, before, _ := strings.Cut(strings.TrimSpace(string(first)), ": ")
	_, after, _ := strings.Cut(strings.TrimSpace(string(other)), ": ")
	return []Edit{{x, before, after}}, nil
}

// Every aim asks for something else: a row tells what differs, and for which aims runs are then apart.
func TestSettings(t *testing.T) {
	const sides, loads, equal = SideBySide, EarlierLoads, EqualResults
	mailbox := "messages put there before the clock"
	for _, row := range []struct {
		name             string
		scenario, policy string
		change           func(*Run)
		differs          []string
		apart            []Aim // in the first of what differs
	}{
		{name: "the same"},
		{name: "another port, and a window that ended a little later", change: func(r *Run) { r.Load.URL, r.Load.DurationS = "http://127.0.0.1:9", 60.041 }},
		{name: "version", change: func(r *Run) { r.Version = "v2" }, differs: []string{"portalbench"}, apart: []Aim{sides, loads}},
		{name: "scenario", scenario: "fte: 3\n", differs: []string{"scenario"}, apart: []Aim{sides, loads, equal}},
		{name: "digest", change: func(r *Run) { r.Digest = "2e" }, differs: []string{"digest of scenario and policies"}, apart: []Aim{loads, equal}},
		{name: "seed and machine", change: func(r *Run) { r.Seed, r.Machine.CPU = 2, "y" }, differs: []string{"seed", "processor"}, apart: []Aim{equal}},
		{name: "policies simulated", change: func(r *Run) { r.Simulate.Policies[0].Name = "b" }, differs: []string{"policies"}, apart: []Aim{equal}},
		{name: "replications", change: func(r *Run) { r.Simulate.Policies[0].Replications = 9 }, differs: []string{"replications"}, apart: []Aim{equal}},
		{name: "policy replayed", policy: "name: b", differs: []string{"policy replayed"}, apart: []Aim{sides, loads}},
		{name: "rate", change: func(r *Run) { r.Load.AskedPerS = 60 }, differs: []string{"rate asked for"}, apart: []Aim{sides, loads}},
		{name: "as many networks as it took", change: func(r *Run) { r.Load.CareNetworks, r.Load.Speed = 41, 29.5 }, differs: []string{"care networks, speed"}},
		{name: "stages", change: func(r *Run) { r.Load.Stages = "hold 1m" }, differs: []string{"rate asked for"}, apart: []Aim{sides, loads}},
		{name: "by hand", change: func(r *Run) { r.Load.AskedPerS, r.Load.CareNetworks = Number(math.NaN()), 9 },
			differs: []string{"rate asked for", "care networks, speed"}, apart: []Aim{sides, loads}},
		{name: "window", change: func(r *Run) { r.Load.At = "tue-08:00" }, differs: []string{"window"}, apart: []Aim{sides, loads}},
		{name: "warm-up", change: func(r *Run) { r.Load.WarmUpS = 0 }, differs: []string{"window"}, apart: []Aim{sides, loads}},
		{name: "trace", change: func(r *Run) { r.Load.Trace = "t" }, differs: []string{"trace replayed"}, apart: []Aim{sides, loads}},
		{name: "portal", change: func(r *Run) { r.Load.Portal, r.Load.URL = "fhir", "https://fhir.example.org" }, differs: []string{"portal", "portal's host"}, apart: []Aim{loads}},
		{name: "faults of one portal", change: func(r *Run) { r.Load.Portal = "refportal with faults latency=30ms" }, differs: []string{"portal"}},
		{name: "architecture", change: func(r *Run) { r.Machine.GOARCH = "arm64" }, differs: []string{"architecture"}, apart: []Aim{sides, loads}},
		// |1130-1000| = 130 > 10% of 1130, but chance is 3 sqrt(2130) = 138
		{name: "mailbox, by chance", change: func(r *Run) { r.Load.Mailbox.Start = 1130 }, differs: []string{mailbox}},
		// 150 > 3 sqrt(2150) = 139
		{name: "mailbox", change: func(r *Run) { r.Load.Mailbox.Start = 1150 }, differs: []string{mailbox}, apart: []Aim{sides, loads}},
		// of 22 threads 10% are 2.2, and of 21 one is chance
		{name: "list of 22", change: func(r *Run) { r.Load.Preflight = &Preflight{MailboxThreads: 22} }, differs: []string{"threads in a patient's list"}},
		{name: "list of 30", change: func(r *Run) { r.Load.Preflight = &Preflight{MailboxThreads: 30} }, differs: []string{"threads in a patient's list"}, apart: []Aim{sides, loads}},
		{name: "not looked at", change: func(r *Run) { r.Load.Preflight = nil }, differs: []string{"threads in a patient's list"}},
		{name: "only one simulated", change: func(r *Run) { r.Simulate = nil }},
	} {
		t.Run(row.name, func(t *testing.T) {
			first := settingsFolder(t, "fte: 2\n", "name: a", nil)
			second := settingsFolder(t, or(row.scenario, "fte: 2\n"), or(row.policy, "name: a"), row.change)
			var apart []Aim
			for _, aim := range []Aim{SideBySide, EarlierLoads, EqualResults} {
				settings, err := Settings([]*Record{first, second}, aim, lineEdits)
				require.NoError(t, err)
				var differs []string
				for _, s := range settings {
					if s.Differs() {
						differs = append(differs, s.Name)
					}
					require.Equal(t, s.Name == "processor" && s.Differs() && aim == EarlierLoads, s.Doubt, s.Name)
				}
				require.Equal(t, row.differs, differs)
				if lines := Apart(settings, []string{"a", "b"}); len(lines) > 0 {
					apart = append(apart, aim)
					require.Len(t, lines, 1)
					require.Contains(t, lines[0], row.differs[0]+": ")
				}
			}
			require.Equal(t, row.apart, apart)
		})
	}
}

// Every value is told with the first run that has it; of files the values that differ are, by their path.
func TestSettingsTellWhatDiffers(t *testing.T) {
	var runs []*Record
	for i, scenario := range []string{"fte: 2", "fte: 2", "fte: 3"} {
		runs = append(runs, settingsFolder(t, scenario, "", func(r *Run) { r.Load.At = []string{"mon-08:00", "tue-08:00", "tue-08:00"}[i] }))
	}
	settings, err := Settings(runs, SideBySide, lineEdits)
	require.NoError(t, err)
	require.Equal(t, []string{"scenario: fte: 2 in a, 3 in c",
		"window: mon-08:00 for 60 s, warm-up 5 s in a, tue-08:00 for 60 s, warm-up 5 s in b"}, Apart(settings, []string{"a", "b", "c"}))
	require.Equal(t, []string{"smoke", "smoke: fte 3"}, []string{settings[1].Text(1), settings[1].Text(2)})
	require.True(t, settings[1].Same(0, 1))
	require.False(t, settings[1].Same(1, 2))

	s := Setting{Name: "scenario", Values: []string{"x", "y"}, Edits: [][]Edit{nil, {{"scenario", "x", "y"}, {"staff.rn", "{3}", ""}, {"staff.ma", "", "{3}"}, {"a", "1", "2"}, {"b", "1", "2"}}}}
	require.Equal(t, "scenario: scenario: x in A, y in B; staff.rn: only in A; staff.ma: only in B; and 2 more", s.Line([]string{"A", "B"}))
	require.Equal(t, "y: scenario y; staff.rn missing; staff.ma {3}; and 2 more", s.Text(1))
}

func TestSettingsOfUnreadableFolders(t *testing.T) {
	r := settingsFolder(t, "", "", nil)
	_, err := Settings([]*Record{r, settingsFolder(t, "fte: 2", "", nil)}, SideBySide, lineEdits)
	require.ErrorContains(t, err, "it cannot be read")
	require.NoError(t, os.Remove(filepath.Join(r.Dir, "scenario.yaml")))
	settings, err := Settings([]*Record{r}, SideBySide, lineEdits)
	require.NoError(t, err, "of a trace there is none")
	require.Equal(t, "smoke", settings[1].Values[0])
	require.NoError(t, os.Mkdir(filepath.Join(r.Dir, "scenario.yaml"), 0o700))
	_, err = Settings([]*Record{r}, SideBySide, lineEdits)
	require.ErrorContains(t, err, "comparing runs")
}
