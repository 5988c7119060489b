package report

import (
	"encoding/xml"
	"fmt"
	"math"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"

	"github.com/portalbench/portalbench/results"
)

// sampleJudgement has a gate of every status.
func sampleJudgement() *results.Judgement {
	none := results.Number(math.NaN())
	j := &results.Judgement{Format: 1, Kind: "gate", Runs: []string{"runs/new"}, Warnings: []string{"drift is not cancelled"},
		Gates: []results.Gate{
			{Kind: results.GateAbsolute, Name: "send.response.p95<500ms", Status: results.Pass, Unit: "ms", Base: none, Value: 412.25,
				Low: 401, High: 430, Limit: 500, P: none, Samples: 3012, Smallest: none, Why: "it keeps the limit"},
			{Kind: results.GateAbsolute, Name: "all.errors<=1%", Status: results.Fail, Unit: "share", Base: none, Value: .025,
				Low: .021, High: .029, Limit: .01, P: none, Samples: 9000, Smallest: none, Why: "2.5% is above 1%"},
			{Kind: results.GateBeforeAfter, Name: "all.response.p50", Status: results.Inconclusive, Unit: "ratio", Base: none, Value: 1.03,
				Low: .98, High: 1.09, Limit: 1.05, P: .31, Samples: 10, Smallest: .12, Why: "neither above nor below the margin"},
			{Kind: results.GateAbsolute, Name: "attach.response.p95<1s", Status: results.NoData, Unit: "ms", Base: none, Value: none,
				Low: none, High: none, Limit: 1000, P: none, Smallest: none, Why: "attach was not measured"},
		}}
	j.Settle()
	return j
}

func TestGatesFitATerminalAndSayWhy(t *testing.T) {
	var b strings.Builder
	require.NoError(t, Gates(&b, Table, sampleJudgement()))
	for line := range strings.Lines(b.String()) {
		require.LessOrEqual(t, utf8.RuneCountInString(strings.TrimRight(line, "\n")), maxWidth, line)
	}
	for _, part := range []string{"FAIL: of 4 gates 1 fail, 1 no data, 1 inconclusive, 1 pass\n", "Judged: runs/new\n",
		"PASS", "INCONCLUSIVE", "401 to 430", "2.10 to 2.90", "1.030", "+12.0", "0.3100", // 2.5% of shares in percent; ratios to three decimals
		"\nno data: attach.response.p95<1s: attach was not measured.\n", "\nWarning: drift is not cancelled.\n"} {
		require.Contains(t, b.String(), part)
	}
	require.NotContains(t, b.String(), "pass: send", "a pass needs no reason on a terminal")
}

func TestGatesInMarkdownKeepTheirCells(t *testing.T) {
	j := sampleJudgement()
	j.Gates[0].Name = "a|b"
	var b strings.Builder
	require.NoError(t, Gates(&b, Markdown, j))
	require.Contains(t, b.String(), "`a\\|b`")
	require.Contains(t, b.String(), "**FAIL: of 4 gates")
}

func TestMovedMeasuresAreCut(t *testing.T) {
	j := sampleJudgement()
	for i := range 13 {
		j.Moved = append(j.Moved, results.Moved{Policy: "nurse-first", Measure: fmt.Sprintf("m%02d", i), Statistic: "mean", Base: 2,
			Value: 3, Difference: 1, Low: .5, High: 1.5})
	}
	var b strings.Builder
	require.NoError(t, Gates(&b, Table, j))
	require.Contains(t, b.String(), "m09 mean")
	require.NotContains(t, b.String(), "m10 mean")
	require.Contains(t, b.String(), "And 3 more") // 13 - 10
	require.Contains(t, b.String(), "+1.00 (+0.50 to +1.50)")
}

// readSuites is what a CI system reads: every attribute that testmo's description of the format calls required.
type readSuites struct {
	XMLName xml.Name `xml:"testsuites"`
	Suites  []struct {
		Name     string `xml:"name,attr"`
		Tests    int    `xml:"tests,attr"`
		Failures int    `xml:"failures,attr"`
		Errors   int    `xml:"errors,attr"`
		Skipped  int    `xml:"skipped,attr"`
		Cases    []struct {
			Class    string         `xml:"classname,attr"`
			Name     string         `xml:"name,attr"`
			Failures []junitOutcome `xml:"failure"`
			Errors   []junitOutcome `xml:"error"`
			Skips    []junitOutcome `xml:"skipped"`
		} `xml:"testcase"`
	} `xml:"testsuite"`
}

func readJUnit(t *testing.T, j *results.Judgement) readSuites {
	t.Helper()
	var b strings.Builder
	require.NoError(t, JUnit(&b, j))
	require.True(t, strings.HasPrefix(b.String(), "<?xml"))
	var got readSuites
	strict := xml.NewDecoder(strings.NewReader(b.String()))
	require.NoError(t, strict.Decode(&got))
	return got
}

func TestJUnitHasACaseForEveryGate(t *testing.T) {
	j := sampleJudgement()
	j.Gates[1].Why = "<&>\"\x01]]>" // what XML cannot hold as it is
	got := readJUnit(t, j)
	require.Len(t, got.Suites, 1)
	s := got.Suites[0]
	require.Equal(t, []int{4, 1, 1, 1}, []int{s.Tests, s.Failures, s.Errors, s.Skipped})
	require.Len(t, s.Cases, s.Tests)
	var outcomes [3]int
	for _, c := range s.Cases {
		require.NotEmpty(t, c.Class)
		require.NotEmpty(t, c.Name)
		require.LessOrEqual(t, len(c.Failures)+len(c.Errors)+len(c.Skips), 1, "a case has one outcome")
		outcomes[0], outcomes[1], outcomes[2] = outcomes[0]+len(c.Failures), outcomes[1]+len(c.Errors), outcomes[2]+len(c.Skips)
	}
	require.Equal(t, [3]int{s.Failures, s.Errors, s.Skipped}, outcomes, "the counts are those of the cases")
	require.Equal(t, "fail: all.errors<=1%: measured 2.50 % (2.10 to 2.90)", s.Cases[1].Failures[0].Message)
	require.Contains(t, s.Cases[1].Failures[0].Text, "<&>\"")
}

func TestJUnitOfNothingIsAnError(t *testing.T) {
	got := readJUnit(t, &results.Judgement{Status: results.NoData})
	require.Equal(t, 1, got.Suites[0].Errors)
	require.Len(t, got.Suites[0].Cases, 1)
}

func TestAnnotationsAreFewAndEscaped(t *testing.T) {
	j := sampleJudgement()
	var b strings.Builder
	require.NoError(t, Annotations(&b, j))
	lines := strings.Split(strings.TrimSpace(b.String()), "\n")
	require.Equal(t, []string{
		"::error title=portalbench%3A all.errors<=1%25::fail: all.errors<=1%25: measured 2.50 %25 (2.10 to 2.90)%0A2.5%25 is above 1%25",
		"::error title=portalbench%3A attach.response.p95<1s::no data: attach.response.p95<1s%0Aattach was not measured",
		"::warning title=portalbench%3A all.response.p50::inconclusive: all.response.p50: measured ×1.030 (0.980 to 1.090)%0Aneither above nor below the margin",
	}, lines)

	for range 6 { // 3 + 6 that did not pass: 4 of them, and a line for the other 5
		j.Gates = append(j.Gates, j.Gates[1])
	}
	b.Reset()
	require.NoError(t, Annotations(&b, j))
	lines = strings.Split(strings.TrimSpace(b.String()), "\n")
	require.Len(t, lines, mostAnnotations)
	require.Equal(t, "::error title=portalbench::5 more gates did not pass", lines[4])
}
