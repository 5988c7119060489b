package report

import (
	"bytes"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"
)

func TestNamesAreBrokenBetweenWords(t *testing.T) {
	for _, c := range []struct {
		text  string
		width int
		want  string
	}{
		{"nurse-first", 11, "nurse-first"},
		{"nurse-first+ai-triage+ai-drafts", 25, "nurse-first+ai-triage+|ai-drafts"}, // 22 characters and 9
		{"nurse-first+ai-triage", 20, "nurse-first+|ai-triage"},                     // rather than after ai-, the 15th
		{"staff.physician.fte", 16, "staff.physician.|fte"},
		{"handling.prescriptions.sd", 12, "handling.|prescriptions.|sd"}, // prescriptions. has 14
		{"prescriptions", 12, "prescriptions"},
		{"30 runs; 95% intervals, simulation", 24, "30 runs; 95% intervals,|simulation"}, // the comma is the 23rd
		{"30 runs; 95% intervals, simulation", 23, "30 runs; 95% intervals,|simulation"}, // and the last that fits
		{"answered in 1\nbusiness day, %", 34, "answered in 1|business day, %"},
		{strings.Repeat("x", 30), 12, "xxxxxxxxxxxx|xxxxxxxxxxxxxxxxxx"}, // 18 are less than twice 12
		{"", 12, ""},
	} {
		require.Equal(t, c.want, strings.ReplaceAll(foldName(c.text, c.width), "\n", "|"), c.text)
	}
}

// However long the names, a table is no wider than a terminal, and no text is lost.
func TestTablesFitWhateverTheirNames(t *testing.T) {
	long := strings.Repeat("nurse-first+", 20) + "last"
	for _, g := range []grid{
		{header: []string{"policy", "a", "b"}, rows: [][]string{{long, "1", "2"}}},
		{header: []string{"policy", long, long}, rows: [][]string{{"x", "1", "2"}}},
		{words: 4, header: []string{"policy", "threads.patience.median", long, "d", "e"}, rows: [][]string{{long, "4", long, "1", "2"}}},
		{words: 2, header: []string{"policy", "threads", strings.Repeat("x", 60), strings.Repeat("y", 60)}, rows: [][]string{{long, "urgent", "1", "2"}}},
	} {
		var b bytes.Buffer
		require.NoError(t, g.render(&b, Table))
		for line := range strings.Lines(b.String()) {
			require.LessOrEqual(t, utf8.RuneCountInString(strings.TrimSuffix(line, "\n")), maxWidth, line)
		}
		kept := 0
		for _, row := range append([][]string{g.header}, g.rows...) {
			kept += strings.Count(strings.Join(row, ""), "nurse")
		}
		require.GreaterOrEqual(t, strings.Count(b.String(), "nurse"), kept)
	}
}

// Columns of 22 with their space beside names of 22: (100 - 22) / 22 is 3 and a half. Four are dealt out as two and two.
func TestColumnsAreDealtOutEvenly(t *testing.T) {
	for _, c := range []struct {
		columns int
		want    []int
	}{{1, []int{1}}, {3, []int{3}}, {4, []int{2, 2}}, {5, []int{3, 2}}, {7, []int{3, 3, 1}}, {8, []int{3, 3, 2}}} {
		g := grid{header: []string{"policy"}, rows: [][]string{{strings.Repeat("p", 20)}}}
		for range c.columns {
			g.header, g.rows[0] = append(g.header, "x"), append(g.rows[0], strings.Repeat("v", 20))
		}
		var got []int
		for _, part := range g.split() {
			got = append(got, len(part.header)-1)
		}
		require.Equal(t, c.want, got)
	}
	require.Len(t, grid{header: []string{"policy"}}.split(), 1)
}
