package verify

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/portalbench/portalbench/results"
	"github.com/portalbench/portalbench/scenarios"
)

const targetsHeader = "id,kind,policy,measure,where,statistic,low,high,source\n"

func TestReadTargets(t *testing.T) {
	got, err := ReadTargets("own.csv", strings.NewReader(targetsHeader+
		"A1,target,nurse-first,inbox_minutes_per_workday,role=rn,mean,10,20,\"our log, 2024\"\n"))
	require.NoError(t, err)
	require.Equal(t, []Target{{ID: "A1", Kind: "target", Policy: "nurse-first", Measure: "inbox_minutes_per_workday",
		Where: results.Where{"role": "rn"}, Statistic: "mean", Low: 10, High: 20, Source: "our log, 2024",
		at: scenarios.Pos{File: "own.csv", Line: 2, Column: 1}}}, got)
	require.Len(t, PublishedTargets(), 11)
}

// Every mistake is told with its line and what to do.
func TestReadTargetsMistakes(t *testing.T) {
	const good = "A1,target,nurse-first,unopened_at_12h,,share,.1,.2,ours\n"
	for _, row := range []struct{ name, text, want string }{
		{"empty", "", "f.csv: the file is empty"},
		{"header alone", targetsHeader, "f.csv: there are no targets in it"},
		{"missing column", "id,kind,policy,measure,where,statistic,low,high\n" + good, `f.csv:1:44: column "source" is missing`},
		{"extra column", strings.TrimSpace(targetsHeader) + ",note\n" + good, `f.csv:1:56: unknown column "note"`},
		{"other order", "kind,id,policy,measure,where,statistic,low,high,source\n" + good, `f.csv:1:1: column 1 is "kind"`},
		{"missing field", targetsHeader + good + "A2,target,nurse-first,unopened_at_12h,,share,.1,.2\n", "f.csv:3:1: the row has 8 fields, and must have 9"},
		{"kind", targetsHeader + strings.Replace(good, "target", "targets", 1), "f.csv:2:4: unknown kind \"targets\"\n  did you mean \"target\"?"},
		{"measure", targetsHeader + strings.Replace(good, "unopened_at_12h", "unopend_at_12h", 1),
			"f.csv:2:23: unknown measure \"unopend_at_12h\"\n  did you mean \"unopened_at_12h\"?"},
		{"statistic", targetsHeader + strings.Replace(good, "share", "median", 1),
			"f.csv:2:40: unknown statistic of unopened_at_12h \"median\"\n  choose one of share"},
		{"number", targetsHeader + strings.Replace(good, ".2", "20%", 1), `f.csv:2:49: high "20%" is not a number`},
		{"infinite", targetsHeader + strings.Replace(good, ".2", "inf", 1), `high "inf" is not a number`},
		{"upside down", targetsHeader + strings.Replace(good, ".1,.2", ".2,.1", 1), "f.csv:2:46: the band from .2 to .1 is empty"},
		{"where", targetsHeader + strings.Replace(good, ",,", ",rn,", 1), `f.csv:2:39: "rn" is not key=value`},
		{"twice", targetsHeader + good + good, `f.csv:3:1: id "A1" is that of line 2 too`},
		{"no source", targetsHeader + strings.Replace(good, "ours", "", 1), "f.csv:2:52: source is empty"},
		{"quote", targetsHeader + strings.Replace(good, "ours", `"ours`, 1), "f.csv:"},
	} {
		t.Run(row.name, func(t *testing.T) {
			_, err := ReadTargets("f.csv", strings.NewReader(row.text))
			require.ErrorContains(t, err, row.want)
			require.ErrorAs(t, err, new(scenarios.Problems))
		})
	}
}

// Whatever is read, it is either refused or sound.
func FuzzReadTargets(f *testing.F) {
	f.Add(string(publishedTargets))
	f.Add(targetsHeader)
	f.Add("id,kind\n\"")
	f.Add(targetsHeader + "a,fit,p,threads,role=rn;x=y,count,1,2,s\n,,,,,,,,\n")
	f.Fuzz(func(t *testing.T, text string) {
		targets, err := ReadTargets("f.csv", strings.NewReader(text))
		if err != nil {
			require.NotEmpty(t, err.Error())
			return
		}
		for _, o := range targets {
			require.Contains(t, Kinds(), o.Kind)
			require.LessOrEqual(t, float64(o.Low), float64(o.High))
		}
	})
}

func TestTargetVerdicts(t *testing.T) {
	for _, row := range []struct {
		name     string
		from, to results.Number
		grows    bool
		want     string
	}{
		{"inside", 11, 19, false, Met},
		{"on the edges", 10, 20, false, Met},
		{"below", 5, 9, false, Missed},
		{"above", 21, 22, false, Missed},
		{"across the lower edge", 9, 11, false, Undecided},
		{"wider than the band", 9, 21, false, Undecided},
		{"no steady state", 11, 19, true, Missed},
	} {
		o := Outcome{Target: Target{Low: 10, High: 20}, Value: (row.from + row.to) / 2, From: row.from, To: row.to}
		got, _ := o.judge(row.grows)
		require.Equal(t, row.want, got, row.name)
	}
}

// Targets that no policy or simulation can answer are told by their line.
func TestComparisonMistakes(t *testing.T) {
	s, err := scenarios.Load("smoke", nil)
	require.NoError(t, err)
	target := Target{ID: "A1", Policy: "nurse-frist", Measure: "inbox_minutes_per_workday", Statistic: "p95",
		Where: results.Where{"role": "rn"}, at: scenarios.Pos{File: "f.csv", Line: 2, Column: 1}}
	_, err = NewComparison(s.Scenario, []Target{target})
	require.ErrorContains(t, err, "f.csv:2:1: ")
	require.ErrorContains(t, err, "nurse-first")
	target.Policy = "nurse-first"
	c, err := NewComparison(s.Scenario, []Target{target})
	require.NoError(t, err)
	_, err = c.Run(t.Context(), 2, Options{Seed: 1})
	require.ErrorContains(t, err, "f.csv:2:1: inbox_minutes_per_workday is not simulated for role=rn p95\n  it is given for: ")
	require.ErrorAs(t, err, new(scenarios.Problems))
}
