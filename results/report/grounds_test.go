package report

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/portalbench/portalbench/results"
)

// The intervals of samples are 1.7% of the level to each side.
func TestGroundsOfTheNumbers(t *testing.T) {
	s := threePolicies()
	s.Policies[2].Unstable = new(true)
	s.Policies[1].ProtectedMinutes = 40
	run := sampleRun(s, nil)
	run.Parameters = []results.Parameter{{Path: "threads.patience", Value: "16h", Assumed: true, Note: "a working day"},
		{Path: "route.closed", Policy: "nurse-first", Value: ".43", IDs: []string{"WA02", "WA99"}},
		{Path: "staff.rn.fte", Value: "3", Note: "set on the command line"}}
	run.Citations = map[string]string{"WA02": "Somebody 2020 (J Ex 1:2)"}
	g := groundsOf(run)
	require.Equal(t, []assumedParameter{{"threads.patience", "16h", "a working day"}}, g.Assumed)
	require.Equal(t, [][]string{{"nurse-first: route.closed", ".43", "WA02 Somebody 2020 (J Ex 1:2); WA99"},
		{"staff.rn.fte", "3", "set on the command line"}}, g.Cited.Rows)
	require.Equal(t, []string{"physician-first", "20", "28", "±1.70", "±1.70", "±1.70"}, g.Sheets[0].Rows[0])
	require.Equal(t, unstable, g.Sheets[0].Rows[2][3])
	require.Equal(t, []string{"nurse-first", "1,714", "2,400", "40"}, g.Sheets[1].Rows[1])
	page := rendered(t, run)
	wellFormed(t, page)
	require.Contains(t, page, "1 assumed parameters: no published source was found")
	require.Contains(t, page, "2 parameters with a source")
}

// A run of an older version names its assumed parameters and no more.
func TestGroundsOfAnOlderRun(t *testing.T) {
	g := groundsOf(sampleRun(nil, sampleLoad()))
	require.Len(t, g.Assumed, 4)
	require.Empty(t, g.Assumed[0].Value)
	require.Empty(t, g.Cited.Rows)
	require.Empty(t, g.Sheets)
}
