package scenarios

import (
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
)

// sourced is what scenarios and policies have in common.
type sourced interface {
	Sources() []Source
	Effective() []byte
	Digest() string
}

func builtIns(t *testing.T) map[string]sourced {
	all := map[string]sourced{}
	for _, name := range ScenarioNames() {
		s, err := Load(name, nil)
		require.NoError(t, err)
		all[name] = s
	}
	for _, name := range PolicyNames() {
		p, err := LoadPolicy(name, nil)
		require.NoError(t, err)
		all[name] = p
	}
	return all
}

func TestEveryBuiltInValueNamesItsSource(t *testing.T) {
	for name, d := range builtIns(t) {
		require.NotEmpty(t, d.Sources())
		for _, s := range d.Sources() {
			require.True(t, s.Assumed != (len(s.IDs) > 0), "%s: %s has neither evidence nor the word assumed, or both", name, s.Path)
			for _, id := range s.IDs {
				_, ok := LookUpEvidence(id)
				require.True(t, ok, "%s: %s cites %s, which is not in the evidence tables", name, s.Path, id)
			}
		}
	}
}

func TestSourcesCoverEveryQuantity(t *testing.T) {
	s, err := Load("cardiopulmonary", nil)
	require.NoError(t, err)
	byPath := map[string]Source{}
	for _, source := range s.Sources() {
		byPath[source.Path] = source
	}
	require.Equal(t, Source{Path: "population.writing.threads_per_patient_year", Value: "1.6", IDs: []string{"VOL-04"}},
		byPath["population.writing.threads_per_patient_year"])
	require.Equal(t, Source{Path: "population.strata.women", Value: ".51", Assumed: true, Note: "about the share among US adults"},
		byPath["population.strata.women"])
	require.Equal(t, []string{"CON-07", "CON-08"}, byPath["demand.categories.result"].IDs)
	require.Equal(t, "[mon-fri 08:00-09:00, mon-fri 11:30-12:00, mon-fri 13:00-14:00, mon-fri 15:45-16:45]", byPath["staff.rn.inbox"].Value)
	require.Contains(t, byPath, "staff.physician.own_time.1.when")
	require.Contains(t, byPath, "replay.at")
	for _, text := range []string{"scenario", "language", "title", "policies", "staff.rn.role", "staff.rn.clinic"} {
		require.NotContains(t, byPath, text, "a name or a choice is no quantity")
	}
	require.Equal(t, "horizon.days", s.Sources()[0].Path, "in the order of the language")
	require.Contains(t, s.Assumed(), "population.strata.women")
	require.NotContains(t, s.Assumed(), "population.writing.threads_per_patient_year")
}

func TestSourcesOfUsers(t *testing.T) {
	file := filepath.Join(t.TempDir(), "clinic.yaml")
	text := head + "population:\n  portal_active: .6\n  offered: .2 # our own count\nhandling:\n  log_sd: .6 # HT05\nnetwork: {patients: 12000}\n"
	require.NoError(t, os.WriteFile(file, []byte(text), 0o600))
	s, err := Load(file, []Override{{"population.registered", ".1"}})
	require.NoError(t, err)
	got := map[string]Source{}
	for _, source := range s.Sources() {
		got[source.Path] = source
	}
	require.Equal(t, Source{Path: "population.portal_active", Value: ".6", Note: "set in " + file}, got["population.portal_active"])
	require.Equal(t, Source{Path: "population.offered", Value: ".2", Note: "our own count"}, got["population.offered"])
	require.Equal(t, Source{Path: "population.registered", Value: ".1", Note: "set by --set"}, got["population.registered"])
	require.Equal(t, Source{Path: "handling.log_sd", Value: ".6", IDs: []string{"HT05"}}, got["handling.log_sd"])
	require.Equal(t, Source{Path: "network.patients", Value: "12000", Note: "set in " + file}, got["network.patients"])
	require.Equal(t, Source{Path: "handling.read_share", Value: ".4", Assumed: true}, got["handling.read_share"], "inherited")
}

func TestParseSource(t *testing.T) {
	tests := []struct {
		comment string
		want    Source
	}{
		{"VOL-04", Source{IDs: []string{"VOL-04"}}},
		{"HT01, HT06", Source{IDs: []string{"HT01", "HT06"}}},
		{"CON-07,CON-08: the sum", Source{IDs: []string{"CON-07", "CON-08"}, Note: "the sum"}},
		{"assumed", Source{Assumed: true}},
		{"assumed: a guess: ours", Source{Assumed: true, Note: "a guess: ours"}},
		{"set by --set", Source{Note: "set by --set"}},
		{"HT01 and more", Source{Note: "HT01 and more"}},
		{"", Source{}},
	}
	for _, tt := range tests {
		require.Equal(t, tt.want, parseSource(tt.comment), tt.comment)
	}
}

func TestEvidence(t *testing.T) {
	rows := EvidenceTable()
	require.Greater(t, len(rows), 200)
	ids := make([]string, len(rows))
	for i, e := range rows {
		ids[i] = e.ID
		require.True(t, evidenceID(e.ID), e.ID)
		require.NotEmpty(t, e.Citation, e.ID)
	}
	slices.Sort(ids)
	require.Len(t, slices.Compact(ids), len(rows), "no id twice")
	e, ok := LookUpEvidence("VOL-04")
	require.True(t, ok)
	require.Equal(t, "1.6", e.Value)
	require.Equal(t, "threads", e.Unit)
	_, ok = LookUpEvidence("VOL-99")
	require.False(t, ok)
	_, err := parseEvidence([]byte("id,quantity\nA,b\n"))
	require.Error(t, err, "fourteen columns")
}

func TestEffectiveLoadsUnchanged(t *testing.T) {
	dir := t.TempDir()
	for name, d := range builtIns(t) {
		file := filepath.Join(dir, name+".yaml")
		require.NoError(t, os.WriteFile(file, d.Effective(), 0o600))
		var again sourced
		var err error
		if slices.Contains(ScenarioNames(), name) {
			again, err = Load(file, nil)
		} else {
			again, err = LoadPolicy(file, nil)
		}
		require.NoError(t, err, name)
		require.Equal(t, string(d.Effective()), string(again.Effective()))
		require.Equal(t, d.Sources(), again.Sources())
		require.Equal(t, d.Digest(), again.Digest())
	}
}

func TestEffectiveKeepsOverridesAndTheirSource(t *testing.T) {
	s, err := Load("smoke", []Override{{"population.patients", "24000"}, {"staff.rn.own_time", "[{share: .1, when: sat 08:00-09:00}]"}})
	require.NoError(t, err)
	text := string(s.Effective())
	require.Contains(t, text, "\n  patients: 24000 # set by --set\n")
	again, err := LoadText("again.yaml", s.Effective(), nil)
	require.NoError(t, err)
	require.Equal(t, s.Scenario, again.Scenario)
	require.Equal(t, s.Digest(), again.Digest())
	require.Equal(t, s.Sources(), again.Sources())
}

func TestDigestIsOfValuesOnly(t *testing.T) {
	load := func(set ...Override) string {
		s, err := Load("cardiopulmonary", set)
		require.NoError(t, err)
		return s.Digest()
	}
	require.Len(t, load(), 16)
	require.Equal(t, load(), load(Override{"population.portal_active", "0.650"}), "another way to write .65")
	require.Equal(t, load(), load(Override{"policies", "[nurse-first]"}))
	named, err := LoadText("x.yaml", []byte("scenario: cardiopulmonary\nlanguage: 1\nextends: cardiopulmonary\ntitle: another\n"), nil)
	require.NoError(t, err)
	require.Equal(t, load(), named.Digest(), "the title says nothing about the clinic")
	require.NotEqual(t, load(), load(Override{"population.portal_active", ".66"}))
	require.NotEqual(t, load(), load(Override{"staff.rn.start_spread", "4m"}))
}
