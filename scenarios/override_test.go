package scenarios

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestParseSet(t *testing.T) {
	tests := []struct {
		text, path string
		values     []string
	}{
		{"staff.rn.fte=1,2,3", "staff.rn.fte", []string{"1", "2", "3"}},
		{" a.b = x ", "a.b", []string{"x"}},
		{"a=b=c", "a", []string{"b=c"}},
		{"policies=[a,b],[c]", "policies", []string{"[a,b]", "[c]"}},
		{`title="a, b",'c, d'`, "title", []string{`"a, b"`, `'c, d'`}},
		{"x={a: 1, b: [2, 3]}", "x", []string{"{a: 1, b: [2, 3]}"}},
	}
	for _, tt := range tests {
		got, err := ParseSet(tt.text)
		require.NoError(t, err, tt.text)
		require.Equal(t, Set{tt.path, tt.values}, got)
	}
	for _, text := range []string{"", "a", "=1", "a=", "a=1,,2", "a=1,"} {
		_, err := ParseSet(text)
		require.ErrorContains(t, err, "--set "+text, text)
	}
}

func TestGrid(t *testing.T) {
	require.Equal(t, [][]Override{nil}, Grid(nil), "no flags: one run without overrides")
	got := Grid([]Set{{"a", []string{"1", "2"}}, {"b", []string{"x", "y", "z"}}})
	require.Len(t, got, 6) // 2 x 3
	require.Equal(t, []Override{{"a", "1"}, {"b", "x"}}, got[0])
	require.Equal(t, []Override{{"a", "1"}, {"b", "y"}}, got[1])
	require.Equal(t, []Override{{"a", "2"}, {"b", "z"}}, got[5])
}

func TestOverridesReachScenarioAndPolicy(t *testing.T) {
	set := []Override{{"staff.rn.fte", "2.5"}, {"classify.specificity", ".9"}, {"staff.physician.own_time.1.share", "0"},
		{"staff.rn.inbox", "[mon-fri 09:00-10:00]"}, {"replay.for", "30s"}, {"policies", "[urgency-first]"}}
	s, err := Load("smoke", set)
	require.NoError(t, err)
	require.Equal(t, 2.5, s.Staff["rn"].FTE)
	usual, err := Load("smoke", nil)
	require.NoError(t, err)
	require.Equal(t, usual.Staff["physician"].OwnTime[0], s.Staff["physician"].OwnTime[0], "the other item stays")
	require.Zero(t, s.Staff["physician"].OwnTime[1].Share)
	require.Equal(t, []Window{{0, 4, 540, 600}}, s.Staff["rn"].Inbox)
	require.Equal(t, "30s", s.Replay.For.String())
	require.Equal(t, []string{"urgency-first"}, s.Policies)

	p, err := LoadPolicy("urgency-first", set)
	require.NoError(t, err)
	require.Equal(t, Classify{By: "keywords", Sensitivity: .15, Specificity: .9}, p.Classify, "specificity takes precision's place")
}

func TestWrongOverrides(t *testing.T) {
	tests := []struct{ path, value, want string }{
		{"population.patients", "0", "--set population.patients: population.patients is out of range: 0\n  it must be at least 1 and at most 100000000 (patients of all care networks together)"},
		{"population.patents", "1", "--set population.patents: there is no such field\n  did you mean population.patients?"},
		{"rn.fte", "1", "did you mean staff.cardiologist.fte, staff.front_desk.fte, staff.ma.fte, staff.pharmacist.fte, staff.physician.fte?"},
		{"clasify.by", "none", "did you mean classify.by, cover.by, draft.by, refill.by?"},
		{"scenario", "x", "--set scenario: there is no such field"},
		{"title", "x", "--set title: there is no such field"},
		{"language", "1", "--set language: there is no such field"},
		{"a..b", "1", "--set a..b: there is no such field"},
		{"staff.nurse.fte", "1", "--set staff.nurse.fte: there is no staff group \"nurse\"\n  the groups are physician, rn, cardiologist, pulmonologist, ma, front_desk, pharmacist"},
		{"staff.physician.own_time.2.share", "1", "own_time has no item 2\n  it has 2, counted from 0"},
		{"staff.rn.own_time.0.share", "1", "own_time has no item 0: there is none at all\n  write the list into a file"},
		{"staff.rn.hours", "always", "--set staff.rn.hours: staff.rn.hours is the text \"always\""},
		{"population", "5", "--set population: population is the number 5"},
		{"population.portal_active", "a: b", "--set population.portal_active: cannot be read as YAML"},
		{"demand.week.office", ".9", "--set demand.week.office: the shares of office and evening add up to 1.07"},
	}
	for _, tt := range tests {
		_, err := Load("smoke", []Override{{tt.path, tt.value}})
		require.ErrorContains(t, err, tt.want, tt.path)
	}
}

func TestWrongLeverIsToldOnce(t *testing.T) {
	set := []Override{{"route.first", "nurse"}}
	const want = "--set route.first: route.first cannot be nurse\n  choose addressee or rn or ma or app or pharmacist or front_desk or team " +
		"(who opens a new thread. addressee: the clinician it was written to; a role: its pool opens every thread and hands on what it " +
		"may not close; team: the pool of the roles in team)"
	_, err := LoadPolicy("nurse-first", set)
	require.EqualError(t, err, want)
	_, err = Load("smoke", set) // three policies, one flag
	require.EqualError(t, err, want)
	_, err = LoadPolicy("nurse-first", []Override{{"route.rules.1.closes", ".4"}})
	require.EqualError(t, err, "--set route.rules.1.closes: route.rules has no item 1: there is none at all\n"+
		"  --set is for every policy of the command: name only policies that have it")
	_, err = LoadPolicy("nurse-first", []Override{{"staff.rn.ftee", "1"}})
	require.ErrorContains(t, err, "--set staff.rn.ftee: there is no such field", "no misspelt flag goes unnoticed")
}
