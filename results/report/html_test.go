package report

import (
	"bytes"
	"encoding/xml"
	"errors"
	"flag"
	"io"
	"math"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/portalbench/portalbench/results"
	"github.com/portalbench/portalbench/results/stats"
	"github.com/stretchr/testify/require"
)

var pageFile = flag.String("page", "", "also write the sample report to this file, to look at it")

func rendered(t *testing.T, run *results.Run) string {
	t.Helper()
	return renderedRecord(t, &results.Record{Run: run})
}

func renderedRecord(t *testing.T, record *results.Record) string {
	t.Helper()
	var b bytes.Buffer
	require.NoError(t, HTML(&b, record))
	return b.String()
}

func samplePage(t *testing.T) string {
	s := threePolicies()
	l := judged(sampleLoad(), false, "send.response.p95<500ms", "all.response.p99<30ms", "reopen.response.p50<1s")
	return renderedRecord(t, sampleRecord(sampleRun(s, l)))
}

// scripts finds what stands in the page's script elements.
var scripts = regexp.MustCompile(`(?s)(<script[^>]*>)(.*?)</script>`)

// wellFormed reads the page as XML, which HTML of this kind also is but for its scripts, and returns every attribute.
func wellFormed(t *testing.T, page string) []xml.Attr {
	t.Helper()
	d := xml.NewDecoder(strings.NewReader(scripts.ReplaceAllString(page, "$1</script>")))
	var attributes []xml.Attr
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return attributes
		}
		require.NoError(t, err)
		if e, ok := token.(xml.StartElement); ok {
			attributes = append(attributes, e.Attr...)
			require.NotContains(t, []string{"link", "iframe", "img", "object", "embed"}, e.Name.Local)
		}
	}
}

func TestPageIsOneSelfContainedFile(t *testing.T) {
	page := samplePage(t)
	if *pageFile != "" {
		require.NoError(t, os.WriteFile(*pageFile, []byte(page), 0o644))
	}
	require.Less(t, len(page), 1<<20)
	ids := map[string]bool{}
	for _, a := range wellFormed(t, page) {
		require.NotContains(t, []string{"src", "srcset", "data", "action", "onload", "onclick", "style"}, a.Name.Local)
		if a.Name.Local == "href" {
			require.Regexp(t, "^#.", a.Value)
		}
		require.NotContains(t, a.Value, "://")
		if a.Name.Local == "id" {
			require.False(t, ids[a.Value], "two elements have the id %s", a.Value)
			ids[a.Value] = true
		}
	}
	shown := scripts.ReplaceAllString(page, "")
	for _, m := range regexp.MustCompile(`url\(([^)]*)\)`).FindAllStringSubmatch(shown, -1) {
		require.True(t, ids[strings.TrimPrefix(m[1], "#")], "%s refers to nothing in the page", m[0])
	}
	require.NotContains(t, page, "@import")
	require.NotContains(t, page, "ZgotmplZ")
	require.NotContains(t, shown, "NaN")
	require.NotContains(t, shown, "Inf")
}

func TestPageSaysWhatItRestsOn(t *testing.T) {
	page := samplePage(t)
	for _, part := range []string{"sha256:5d0c71", "simulation error only", "threads.patience_hours", "4 assumed parameters", "28 days, the scenario&#39;s; the weekly series ask for 14 days (MSER). Then 364 days are observed.",
		"20, each with its own population", "linux/amd64", "Valid.", "fail (35.1 ms)", "inconclusive (not measured)", "not adjusted for the number of comparisons"} {
		require.Contains(t, page, part)
	}
}

func TestPageSurvivesEveryCombination(t *testing.T) {
	odd := threePolicies()
	odd.Policies[1].Name = `<script>alert("1")</script>`
	odd.Policies[2].Unstable = new(true)
	one := sampleSimulation(samplePolicy("physician-first", 1, 1))
	many := manyPolicies()
	empty := &results.Simulate{Scenario: "empty", Policies: []results.PolicyResult{{Name: "a"}}}
	nothing := judged(&results.Load{Portal: "fhir", Ops: []results.OpResult{{Op: "all"}}}, false)
	for name, run := range map[string]*results.Run{
		"odd": sampleRun(odd, nil), "one": sampleRun(one, nil), "many": sampleRun(many, judged(sampleLoad(), true)),
		"empty": sampleRun(empty, nothing), "load only": sampleRun(nil, judged(sampleLoad(), false)),
	} {
		record := &results.Record{Run: run}
		if run.Simulate != nil {
			record = sampleRecord(run)
			record.Histograms[0].Of["a/first_response{actual_urgency=urgent}"] = stats.NewHistogram(40320, 2)
		}
		page := renderedRecord(t, record)
		wellFormed(t, page)
		require.NotContains(t, page, "NaN", name)
		require.NotContains(t, page, "Inf", name)
	}
	require.Error(t, HTML(io.Discard, &results.Record{Run: &results.Run{}}))
}

func TestCurveKeepsQuantilesAndWhatWasNeverAnswered(t *testing.T) {
	h := stats.NewHistogram(40320, 2)
	for m := int64(1); m <= 90; m++ {
		h.RecordN(m, 100) // 1 to 90 minutes
	}
	h.NotReached(1000) // a tenth
	c := newCurve("nurse-first", "urgent", h, 60)
	require.InDelta(t, 50./60, c.quantile(.5), 1./60) // rank 5,000 of 10,000, a hundred a minute
	require.InDelta(t, .9, c.Points[len(c.Points)-1].Share, 1e-12)
	require.True(t, math.IsInf(c.quantile(.95), 1))
	require.InDelta(t, .6, c.within(1), .011) // 60 of 100
	require.LessOrEqual(t, len(c.Points), curvePoints+1)
}

func TestAxesAndTicks(t *testing.T) {
	log := axis{low: 1, high: 100, left: 0, right: 200, log: true}
	require.Equal(t, 100., log.at(10))
	require.Equal(t, 0., log.at(.5), "beyond the end counts as the end")
	require.Equal(t, []tick{{0, "1 ms"}, {100, "10 ms"}, {200, "100 ms"}}, decadeTicks(log, "ms"))
	require.Equal(t, []tick{{0, "0.1 ms"}, {100, "1 ms"}}, decadeTicks(axis{low: .1, high: 5, left: 0, right: 169.9, log: true}, "ms"))
	require.Equal(t, []tick{{0, "0"}, {40, "20 min"}, {80, "40 min"}}, roundTicks(axis{high: 55, right: 110}, "min"))
	require.Equal(t, []string{"0", "0.5 h", "1.0 h", "1.5 h", "2.0 h"}, labels(roundTicks(axis{high: 2.1, right: 100}, "h")))
	require.Equal(t, []string{"1 h", "4 h", "1 day"}, labels(timeTicks(axis{low: 1, high: 24, right: 300, log: true})))
	require.Equal(t, []string{"1 h", "1 day"}, labels(timeTicks(axis{low: 1, high: 24, right: 100, log: true})), "4 h would be at 44, too near")
}

func labels(ticks []tick) []string {
	var out []string
	for _, t := range ticks {
		out = append(out, t.Label)
	}
	return out
}

func TestCurvesFindTheirPolicy(t *testing.T) {
	bare, swept, growing := results.PolicyResult{Name: "a"}, results.PolicyResult{Name: "b", Set: map[string]string{"x": "1"}}, results.PolicyResult{Name: "c", Unstable: new(true)}
	untold := results.PolicyResult{Name: "d"}
	policies := []results.PolicyResult{bare, swept, growing, untold}
	record := sampleRecord(&results.Run{Simulate: &results.Simulate{Policies: policies[:3]}})
	record.Run.Simulate.Policies = policies
	var drawn []string
	for _, c := range responseCurves(record) {
		drawn = append(drawn, c.Policy+" "+c.Urgency)
	}
	require.Equal(t, []string{"a routine", "a urgent", "b, x=1 routine", "b, x=1 urgent"}, drawn)
}

func TestDifferencesFindTheirPolicy(t *testing.T) {
	one, two := results.PolicyResult{Name: "b", Set: map[string]string{"x": "1"}}, results.PolicyResult{Name: "b", Set: map[string]string{"x": "2"}}
	alone, both := &results.Simulate{Policies: []results.PolicyResult{one}}, &results.Simulate{Policies: []results.PolicyResult{one, two}}
	require.True(t, isOf(results.Difference{Policy: "b"}, one, alone))
	require.False(t, isOf(results.Difference{Policy: "b"}, one, both), "whose it is cannot be told")
	require.True(t, isOf(results.Difference{Policy: "b", Set: two.Set}, two, both))
	require.False(t, isOf(results.Difference{Policy: "b", Set: two.Set}, one, both))
	require.False(t, isOf(results.Difference{Policy: "a"}, one, alone))
}
