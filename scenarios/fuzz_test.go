package scenarios

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// Whatever the text, loading returns a scenario or an error with a place, and what it accepts it accepts again.
func FuzzLoadText(f *testing.F) {
	for _, name := range []string{"cardiopulmonary", "smoke"} {
		text, err := libraryFiles.ReadFile("library/" + name + ".yaml")
		require.NoError(f, err)
		f.Add(text)
	}
	for _, text := range []string{"", "# x", "a: [", "\t", "a: &a *a", "- - -", "? a\n: b", "{a: {b: {c: ", "extends: smoke",
		"scenario: x\nlanguage: 1\nextends: smoke\nstaff: {rn: 5}\n", "scenario: x\nlanguage: 1\nextends: smoke\npolicies: {a: 1}\n",
		"scenario: x\nlanguage: 1\nextends: smoke\nstaff: {physician: {own_time: [5, {when: x}]}}\n", "a: |\n  x\nb: >-\n  y\n",
		"scenario: x\nlanguage: 1\nextends: smoke\ntitle: 'a # b' # c\n", "<<: *a", "!!binary x", "a: 99999999999999999999"} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		s, err := LoadText("fuzz.yaml", text, nil)
		if err != nil {
			var problems Problems
			require.True(t, errors.As(err, &problems))
			require.NotEmpty(t, problems.Error())
			return
		}
		again, err := LoadText("again.yaml", s.Effective(), nil)
		require.NoError(t, err, "%s", s.Effective())
		require.Equal(t, s.Digest(), again.Digest())
	})
}

func FuzzParseSet(f *testing.F) {
	for _, text := range []string{"staff.rn.fte=1,2", "policies=[a,b]", `title="a,b"`, "a", "=", "route.first=rn", "x=]", "staff.rn.hours.0=mon 08:00-09:00"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		s, err := ParseSet(text)
		if err != nil {
			return
		}
		require.NotEmpty(t, s.Values)
		_, _ = LoadPolicy("nurse-first", []Override{{s.Path, s.Values[0]}}) // must not panic
	})
}

func FuzzWindow(f *testing.F) {
	for _, text := range []string{"mon-fri 08:00-12:00", "sun 19:00-24:00", "mon 24:00-24:00", "fri-mon 1:00-2:00", "mon-08:00", "-", " "} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		var w, again Window
		if w.UnmarshalText([]byte(text)) != nil {
			return
		}
		require.NoError(t, again.UnmarshalText([]byte(w.String())))
		require.Equal(t, w, again)
		require.Positive(t, w.Minutes())
	})
}

func FuzzWeekTime(f *testing.F) {
	for _, text := range []string{"mon-08:00", "sun-23:59", "sun-24:00", "x-1:0", ""} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		var w, again WeekTime
		if w.UnmarshalText([]byte(text)) != nil {
			return
		}
		require.NoError(t, again.UnmarshalText([]byte(w.String())))
		require.Equal(t, w, again)
		require.Less(t, int(w), 7*MinutesPerDay)
	})
}

func FuzzDuration(f *testing.F) {
	for _, text := range []string{"90s", "2h30m", "1.5h", "0", "20m", "-1s", "1ns", "2540400h10m10s"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		var d, again Duration
		if d.UnmarshalText([]byte(text)) != nil {
			return
		}
		require.NoError(t, again.UnmarshalText([]byte(d.String())))
		require.Equal(t, d, again)
	})
}

func FuzzEvidence(f *testing.F) {
	for _, name := range []string{"demand.csv", "supply.csv"} {
		text, err := os.ReadFile(filepath.Join("evidence", name))
		require.NoError(f, err)
		f.Add(text[:2000])
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		rows, err := parseEvidence(text)
		require.False(t, err != nil && rows != nil)
	})
}
