package scenarios

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestEdits(t *testing.T) {
	const first = "scenario: a\ntitle: A\nstaff:\n  rn: {fte: 4, inbox: [mon-fri]} # assumed\n  cardiologist: {fte: 1}\n"
	for _, row := range []struct {
		name, other string
		want        []Edit
	}{
		{"itself", first, nil},
		{"another order, remark, title and way to write a number", "scenario: a\ntitle: B\nstaff:\n  cardiologist: {fte: 1}\n  rn:\n    inbox:\n      - mon-fri\n    fte: 4.0 # set\n", nil},
		{"one value", "scenario: a\nstaff:\n  cardiologist: {fte: 1}\n  rn: {fte: 6, inbox: [mon-fri]}\n", []Edit{{"staff.rn.fte", "4", "6"}}},
		{"a role less, a part more, a list", "scenario: a\nstaff:\n  rn: {fte: 4, inbox: [sat]}\nhorizon: {days: 28}\n",
			[]Edit{{"staff.rn.inbox", "[mon-fri]", "[sat]"}, {"staff.cardiologist", "{1}", ""}, {"horizon", "", "{1}"}}},
		{"a value in place of a part", "scenario: a\nstaff: null\n", []Edit{{"staff", "{2}", "null"}}},
	} {
		got, err := Edits([]byte(first), []byte(row.other))
		require.NoError(t, err, row.name)
		require.Equal(t, row.want, got, row.name)
	}
	got, err := Edits([]byte("a: [{x: 1}, {x: 2}]\n"), []byte("a: [{x: 1}, {x: 3}, {x: 4}]\n"))
	require.NoError(t, err)
	require.Equal(t, []Edit{{"a.1.x", "2", "3"}, {"a.2", "", "{1}"}}, got, "items by their place, from 0")
	_, err = Edits([]byte(first), []byte("\tstaff: 1\n"))
	require.ErrorContains(t, err, "no scenario or policy that can be read")
}

// Setting a value moves it within the file as used: only the value differs, and where it is the same nothing does.
func TestEditsOfFilesAsUsed(t *testing.T) {
	used := func(set ...Override) []byte {
		l, err := Load("smoke", set)
		require.NoError(t, err)
		return l.Effective()
	}
	for value, want := range map[string][]Edit{"4": nil, "3": {{"staff.rn.fte", "4", "3"}}} {
		got, err := Edits(used(), used(Override{"staff.rn.fte", value}))
		require.NoError(t, err)
		require.Equal(t, want, got)
	}
}
