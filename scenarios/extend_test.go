package scenarios

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// write puts files into a directory of the test's own and returns it.
func write(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		require.NoError(t, os.MkdirAll(filepath.Dir(filepath.Join(dir, name)), 0o700))
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600))
	}
	return dir
}

func TestExtendingMergesFieldsAndReplacesLists(t *testing.T) {
	dir := write(t, map[string]string{
		"base.yaml":      "scenario: base\nlanguage: 1\nextends: cardiopulmonary\nstaff:\n  rn: {fte: 3}\nhorizon: {days: 100}\n",
		"sub/child.yaml": "scenario: child\nlanguage: 1\nextends: ../base.yaml\nstaff:\n  rn: {inbox: [\"mon 09:00-10:00\"]}\nhorizon: {warm_up_days: 7}\n",
	})
	s, err := Load(filepath.Join(dir, "sub", "child.yaml"), nil)
	require.NoError(t, err)
	require.Equal(t, "child", s.Name)
	require.Equal(t, Horizon{100, 7, 28}, s.Horizon, "from the middle, from the child, from the built-in scenario")
	rn := s.Staff["rn"]
	require.Equal(t, 3.0, rn.FTE)
	require.Equal(t, []Window{{0, 0, 540, 600}}, rn.Inbox, "a list replaces")
	require.Equal(t, []Window{{0, 4, 480, 1020}}, rn.Hours)
	require.Len(t, s.Staff, 7)
	require.Empty(t, s.Extends, "resolved")
}

func TestExtendingInACircle(t *testing.T) {
	dir := write(t, map[string]string{
		"a.yaml": "scenario: a\nlanguage: 1\nextends: b.yaml\n",
		"b.yaml": "scenario: b\nlanguage: 1\nextends: ./a.yaml\n",
	})
	_, err := Load(filepath.Join(dir, "a.yaml"), nil)
	require.ErrorContains(t, err, "b.yaml:3:10: the files extend one another in a circle")
}

func TestExtendingTooOften(t *testing.T) {
	chainOf := func(n int) string {
		files := map[string]string{"0.yaml": "scenario: x\nlanguage: 1\nextends: smoke\n"} // 1 beyond the built-in two
		for i := 1; i <= n; i++ {
			files[fmt.Sprintf("%d.yaml", i)] = fmt.Sprintf("scenario: x\nlanguage: 1\nextends: %d.yaml\n", i-1)
		}
		return filepath.Join(write(t, files), fmt.Sprintf("%d.yaml", n))
	}
	_, err := Load(chainOf(6), nil) // 6 -> 5 -> 4 -> 3 -> 2 -> 1 -> 0 -> smoke -> cardiopulmonary: eight arrows
	require.NoError(t, err)
	_, err = Load(chainOf(7), nil)
	require.ErrorContains(t, err, "more than 8 files extend one another")
}

func TestPolicyFilesAreFoundBesideTheScenario(t *testing.T) {
	dir := write(t, map[string]string{
		"clinic.yaml":        "scenario: clinic\nlanguage: 1\nextends: smoke\npolicies: [physician-first, policies/mine.yaml]\n",
		"policies/mine.yaml": "policy: mine\nlanguage: 1\nextends: nurse-first\nroute: {closed_without_physician: .3}\n",
		"bad.yaml":           "scenario: bad\nlanguage: 1\nextends: smoke\npolicies: [policies/bad.yaml]\n",
		"policies/bad.yaml":  "policy: bad\nlanguage: 1\nextends: nurse-first\nroute: {frst: rn}\n",
	})
	s, err := Load(filepath.Join(dir, "clinic.yaml"), nil)
	require.NoError(t, err)
	p, err := LoadPolicy(s.Policies[1], nil)
	require.NoError(t, err)
	require.Equal(t, .3, p.Route.ClosedWithoutPhysician)
	require.Equal(t, "rn", p.Route.First)

	_, err = Load(filepath.Join(dir, "bad.yaml"), nil)
	require.ErrorContains(t, err, "bad.yaml:4:12: policy ")
	require.ErrorContains(t, err, `bad.yaml:4:9: unknown field "route.frst"`)
	require.ErrorContains(t, err, `did you mean "first"?`)
}

func TestChildChoosesHowFalseAlarmsAreGiven(t *testing.T) {
	dir := write(t, map[string]string{
		"p.yaml": "policy: p\nlanguage: 1\nextends: urgency-first\nclassify: {specificity: .989}\n",
		"q.yaml": "policy: q\nlanguage: 1\nextends: p.yaml\nclassify: {precision: .29, prevalence: .035}\n",
	})
	p, err := LoadPolicy(filepath.Join(dir, "p.yaml"), nil)
	require.NoError(t, err)
	require.Equal(t, Classify{By: "keywords", Sensitivity: .15, Specificity: .989}, p.Classify)
	q, err := LoadPolicy(filepath.Join(dir, "q.yaml"), nil)
	require.NoError(t, err)
	require.Equal(t, Classify{By: "keywords", Sensitivity: .15, Precision: .29, Prevalence: .035}, q.Classify)
}

// Whoever makes another choice than the file it extends leaves behind what went with that one.
func TestChoicesTakeTheirCompanionsWithThem(t *testing.T) {
	const head = "policy: p\nlanguage: 1\nextends: "
	tests := []struct {
		name, text string
		set        []Override
		got        func(*Policy) any
		want       any
	}{
		{"another classifier", head + "ai-triage\nclassify: {by: patient}\n", nil, func(p *Policy) any { return p.Classify }, Classify{By: "patient"}},
		{"the same classifier", head + "urgency-first\nclassify: {by: keywords, sensitivity: .2}\n", nil, func(p *Policy) any { return p.Classify },
			Classify{By: "keywords", Sensitivity: .2, Precision: .29, Prevalence: .035}},
		{"another first", head + "team-pool\nroute: {first: rn}\n", nil, func(p *Policy) any { return p.Route.Team }, []string(nil)},
		{"another session", head + "batched\nwork: {sessions: continuous}\n", nil, func(p *Policy) any { return p.Work }, Work{Sessions: "continuous"}},
		{"another draft", head + "ai-drafts\ndraft: {by: template, staff_saves_seconds: 5}\n", nil, func(p *Policy) any { return p.Draft }, Draft{By: "template", StaffSaves: 5}},
		{"by a flag", head + "batched\n", []Override{{"work.sessions", "scenario"}}, func(p *Policy) any { return p.Work }, Work{Sessions: "scenario"}},
		{"two flags, whatever their order", head + "physician-first\n", []Override{{"work.times_a_day", "3"}, {"work.sessions", "batched"}},
			func(p *Policy) any { return p.Work }, Work{Sessions: "batched", TimesADay: 3}},
		{"two flags for a classifier", head + "urgency-first\n", []Override{{"classify.sensitivity", ".6"}, {"classify.specificity", ".9"}, {"classify.by", "model"}},
			func(p *Policy) any { return p.Classify }, Classify{By: "model", Sensitivity: .6, Specificity: .9}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			dir := write(t, map[string]string{"p.yaml": tt.text})
			p, err := LoadPolicy(filepath.Join(dir, "p.yaml"), tt.set)
			require.NoError(t, err)
			require.Equal(t, tt.want, tt.got(p.Policy))
		})
	}
}
