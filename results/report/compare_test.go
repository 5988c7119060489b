package report

import (
	"bytes"
	"encoding/csv"
	"encoding/xml"
	"errors"
	"html"
	"io"
	"math"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/portalbench/portalbench/results"
	"github.com/portalbench/portalbench/results/stats"
)

// comparedSimulations are runs of one policy each; the second takes a tenth as long, and its replications hang together
// with those of the first.
func comparedSimulations(change func(second *results.Run)) []Side {
	var sides []Side
	for i, name := range []string{"physician-first", "nurse-first"} {
		s := sampleSimulation(samplePolicy(name, 1-.9*float64(i), 1))
		s.Policies[0].Replications = 3
		run := sampleRun(s, nil)
		if i == 1 && change != nil {
			change(run)
		}
		record := sampleRecord(run)
		record.Dir = "runs/" + name
		side := Side{Record: record}
		for r, hours := range []float64{10, 20, 30} {
			if i == 1 {
				hours -= 4 + float64(r) // paired: -4, -5, -6
			}
			side.Replications = append(side.Replications, results.Replication{Policy: name, Number: r, Measures: []results.Measure{
				{Name: "first_response_hours", Statistic: "median", Value: num(hours)}}})
		}
		sides = append(sides, side)
	}
	return sides
}

// comparedLoads are runs of two portals, the second of which takes ten times as long for what both did 1,000 times.
func comparedLoads(change func(second *results.Run)) []Side {
	var sides []Side
	for i, dir := range []string{"runs/before", "runs/after"} {
		l := judged(sampleLoad(), false, "all.errors<=1%")
		run := sampleRun(nil, l)
		of := map[string]*stats.Histogram{}
		for k := range l.Ops {
			op := &l.Ops[k]
			if op.Offered == 0 {
				continue
			}
			h := stats.NewHistogram(3_600_000_000, 3)
			for v := int64(1); v <= 1000; v++ {
				h.Record(v * int64(math.Pow10(i)) * 100)
			}
			of[op.Op+".response"] = h
			op.ResponseMS = results.Latency{P50: num(50 * math.Pow10(i)), P95: num(95 * math.Pow10(i)), P99: num(99 * math.Pow10(i))}
		}
		if i == 1 && change != nil {
			change(run)
		}
		sides = append(sides, Side{Record: &results.Record{Dir: dir, Run: run, Histograms: []results.Histograms{{Unit: "us", Of: of}}}})
	}
	return sides
}

func comparing(t *testing.T, sides []Side) *Comparison {
	t.Helper()
	c, err := NewComparison(sides)
	require.NoError(t, err)
	return c
}

func comparedText(t *testing.T, sides []Side) string {
	t.Helper()
	var b strings.Builder
	require.NoError(t, comparing(t, sides).Text(&b, Table))
	return b.String()
}

// -5 on average, standard deviation 1, so ± t(2, .975) 1/√3 = 4.3027/1.7321 = 2.484
func TestDifferencesBetweenRunsArePaired(t *testing.T) {
	text := comparedText(t, comparedSimulations(nil))
	require.Regexp(t, `first response, median h +−5.00 \(−7.48 to −2.52\)`, text)
	require.Regexp(t, `B: nurse-first,\n +less A: physician-first,\n +paired\n`, text)
	require.Contains(t, text, "Paired: ")
	require.NotContains(t, text, "Two-sample: ")
}

// With other people the replications do not belong together: 20 ± and 15 ± have variances 100 and 81, so that the
// half-width is t(3.956, .975) sqrt(100/3 + 81/3) = 2.790 x 7.767 = 21.67
func TestDifferencesBetweenRunsOfOtherPeopleAreNot(t *testing.T) {
	for name, change := range map[string]func(*results.Run){
		"seed":     func(r *results.Run) { r.Seed = 2 },
		"number":   func(r *results.Run) { r.Simulate.Policies[0].Replications = 4 },
		"warm-up":  func(r *results.Run) { r.Simulate.Policies[0].WarmUpDays = 35 },
		"horizon":  func(r *results.Run) { r.Simulate.HorizonDays = 28 },
		"version":  func(r *results.Run) { r.Version = "v0.2.0" },
		"scenario": func(r *results.Run) { r.Scenario = "other" },
	} {
		text := comparedText(t, comparedSimulations(change))
		require.Regexp(t, `first response, median h +−5\.0 \(−26\.7 to \+16\.7\)`, text, name)
		require.Contains(t, text, "Two-sample: ", name)
		require.NotContains(t, text, "Paired: ", name)
	}
}

// Policies of one name in two runs are told apart, and each is compared with its namesake; one that the first run does
// not have, with its first.
func TestPoliciesOfOneNameAreToldApart(t *testing.T) {
	sides := comparedSimulations(nil)
	both := sampleSimulation(samplePolicy("physician-first", 1, 1), samplePolicy("batched", 1, 1))
	sides[1].Record = sampleRecord(sampleRun(both, nil))
	c := comparing(t, sides)
	var names []string
	for _, k := range c.contrasts() {
		names = append(names, k.name(nil))
	}
	require.Equal(t, []string{"B: physician-first, less A: physician-first, two-sample", "B: batched, less A: physician-first, two-sample"}, names)
	text := comparedText(t, sides)
	require.Contains(t, text, "A: physician-first")
	require.Contains(t, text, "B: physician-first")
}

func TestPoliciesWithoutANumber(t *testing.T) {
	never := comparedSimulations(func(r *results.Run) {
		m := &r.Simulate.Policies[0].Measures[1]
		m.Value, m.NotReached = num(math.NaN()), 5
	})
	require.Regexp(t, `first response, median h +not reached`, comparedText(t, never))
	grows := comparedSimulations(func(r *results.Run) { r.Simulate.Policies[0].Unstable = new(true) })
	text := comparedText(t, grows)
	require.Regexp(t, `first response, median h +18\.2 \(17\.9–18\.5\) +unstable`, text)
	require.Regexp(t, `first response, median h +unstable`, text)
}

// Of 1,000 answers 0.1 ms apart, ranks 464 and 536 bound the median with at least 97.5%, and 469 and 532 with 95%; the
// other portal's are ten times as long. Histograms round up within a thousandth.
func TestRatiosOfResponses(t *testing.T) {
	c := comparing(t, comparedLoads(nil))
	median := comparedPercentiles()[0]
	own := c.Sides[0].response("send", median, confidence)
	require.InDelta(t, 50, own.Value, 1e-9)
	require.InDelta(t, 46.9, own.Low, .1)
	require.InDelta(t, 53.2, own.High, .1)
	r := c.Sides[0].ratio(c.Sides[1], "send", median)
	require.InDelta(t, 10, r.Value, 1e-9)
	require.InDelta(t, 464.5/53.55, r.Low, .05)
	require.InDelta(t, 535.5/46.45, r.High, .05)
	require.Equal(t, missing, ratioText(c.Sides[0].ratio(c.Sides[1], "reopen", median)))
	text := strings.Join(strings.Fields(comparedText(t, comparedLoads(nil))), " ")
	require.Regexp(t, `send, B +×10\.0 \(8\.7–11\.5\)`, text)
	require.Contains(t, text, "cannot show a difference")
	require.Contains(t, text, "portalbench gate ab")
}

// Operations that were never answered are slower than all others: with 100 of them among 1,100 the upper bound of the
// 95th percentile is one of those, and so there is none.
func TestUnansweredOperationsWidenIntervals(t *testing.T) {
	c := comparing(t, comparedLoads(func(r *results.Run) {
		for i := range r.Load.Ops {
			if op := &r.Load.Ops[i]; op.Op == "send" {
				op.Offered, op.Sent, op.Outcomes = 1100, 1100, map[string]int64{"ok": 1000, "timeout": 100}
			}
		}
	}))
	late := c.Sides[1].response("send", comparedPercentiles()[1], confidence)
	require.True(t, math.IsNaN(late.High))
	require.Regexp(t, `send +0.00 \(of 611\) +9\.09 \(of 1,100\)`, comparedText(t, c.Sides))
}

func TestRunsThatAreHardToCompareSayWhy(t *testing.T) {
	c := comparing(t, comparedLoads(func(r *results.Run) { r.Load.At, r.Portal, r.Load.Portal = "tue-08:00", "fhir", "fhir" }))
	require.Equal(t, []string{"window: mon-08:00 for 120 s, warm-up 15 s in before, tue-08:00 for 120 s, warm-up 15 s in after"}, c.Apart())
	var b strings.Builder
	require.NoError(t, c.HTML(&b))
	require.Contains(t, b.String(), "Hard to compare.")
	require.Contains(t, comparedText(t, c.Sides), "window !")

	require.Contains(t, comparedText(t, comparedLoads(nil)), "Nothing: the runs were asked for the same")
	_, err := NewComparison([]Side{comparedLoads(nil)[0], comparedSimulations(nil)[0]})
	require.ErrorContains(t, err, "neither a simulation nor a load in common")
}

func TestFoldersOfOneNameAreToldApart(t *testing.T) {
	sides := comparedLoads(nil)
	sides[0].Record.Dir, sides[1].Record.Dir = "old/day", "new/day"
	require.Equal(t, "A: old/day, B: new/day", comparing(t, sides).title())
}

func TestComparisonIsOneSelfContainedPage(t *testing.T) {
	many := comparedSimulations(nil)
	many[1].Record = sampleRecord(sampleRun(sweep("1", "2", "3", "4", "5"), nil)) // more policies than line styles
	one := comparedLoads(nil)
	one[1].Record.Histograms = nil
	for name, sides := range map[string][]Side{"simulations": comparedSimulations(nil), "loads": comparedLoads(nil), "many": many,
		"no distributions": one, "no replications": {{Record: comparedSimulations(nil)[0].Record}, comparedSimulations(nil)[1]}} {
		var b strings.Builder
		require.NoError(t, comparing(t, sides).HTML(&b), name)
		page := b.String()
		ids := map[string]bool{}
		for _, a := range wellFormed(t, page) {
			require.NotContains(t, []string{"src", "srcset", "onload", "onclick"}, a.Name.Local, name)
			require.False(t, a.Name.Local == "href" && !strings.HasPrefix(a.Value, "#"), "%s: it links to %s", name, a.Value)
			if a.Name.Local == "id" {
				require.False(t, ids[a.Value], "%s: two elements have the id %s", name, a.Value)
				ids[a.Value] = true
			}
		}
		for _, bad := range []string{"NaN", "Inf", "ZgotmplZ", "@import", "url("} {
			require.NotContains(t, page, bad, name)
		}
		require.True(t, IsReport([]byte(page)), name)
		require.Less(t, len(page), 1<<19, name)
	}
	require.True(t, IsReport([]byte(samplePage(t))[:HeadBytes]), "also of a run alone")
	require.False(t, IsReport([]byte("<!DOCTYPE html><title>my thesis</title>")))
}

func TestFiguresStandAlone(t *testing.T) {
	figures := append(comparing(t, comparedSimulations(nil)).Figures(), comparing(t, comparedLoads(nil)).Figures()...)
	var names []string
	for _, f := range figures {
		names = append(names, f.Name)
		svg, err := f.SVG()
		require.NoError(t, err)
		requireXML(t, svg)
		text := string(svg)
		require.True(t, strings.HasPrefix(text, `<svg xmlns="http://www.w3.org/2000/svg" width="`), f.Name)
		for _, bad := range []string{"var(", "@media", "NaN", "Inf", "href", "url("} {
			require.NotContains(t, text, bad, f.Name)
		}
		for _, line := range f.Legend {
			require.Contains(t, text, ">"+line.Name+"</text>", f.Name)
		}
		require.Equal(t, 2, strings.Count(text, ">"+html.EscapeString(f.Note[:30])), "its note is told and seen")
		require.Regexp(t, `\.line\.s1\{stroke:#b3470b`, text, "in light colours")
		require.NotEmpty(t, regexp.MustCompile(`<path class="line s1" d="M[0-9. ]+H`).FindString(text), "the second run has a line")

		table, err := f.CSV()
		require.NoError(t, err)
		rows, err := csv.NewReader(bytes.NewReader(table)).ReadAll()
		require.NoError(t, err)
		require.Greater(t, len(rows), 2, f.Name)
	}
	require.Equal(t, []string{"first-response-compared", "response-percentiles-compared", "operation-percentiles-compared"}, names)
	_, err := Figure{Name: "numbers only", Numbers: figures[0].Numbers}.SVG()
	require.ErrorIs(t, err, ErrNotDrawn)
	_, err = Figure{Name: "nothing"}.CSV()
	require.ErrorContains(t, err, "nothing")
}

func requireXML(t *testing.T, text []byte) {
	t.Helper()
	d := xml.NewDecoder(bytes.NewReader(text))
	for {
		if _, err := d.Token(); errors.Is(err, io.EOF) {
			return
		} else {
			require.NoError(t, err)
		}
	}
}

func TestNumbersForPrograms(t *testing.T) {
	rows := plainRows(sheet{Header: []string{"policy", "inbox,\nmin", "n"}, Rows: [][]string{
		{"a (first)", "1,234.5 (1,200.0–1,300.0)", "1,234,567"}, {"b", "−0.50 (−1.20 to +0.20)*", missing}, {"c", notReached, "×1.50"}}})
	require.Equal(t, [][]string{{"policy", "inbox, min", "inbox, min, low", "inbox, min, high", "n"},
		{"a (first)", "1234.5", "1200.0", "1300.0", "1234567"}, {"b", "-0.50", "-1.20", "0.20", ""}, {"c", "inf", "", "", "1.50"}}, rows)
}

func TestStandaloneStyle(t *testing.T) {
	css := `/* a { fill: red } */ :root { --a: #123; --long-name: 2px; } @media print { :root { --a: #fff; } .line { fill: x; } }
.line.s0, td, .grid:hover { stroke: var(--a); stroke-width: var(--long-name); margin: 0 } .other { fill: red; } svg text { display: block; font-size: 3px; }`
	got := standaloneStyle(css, `<path class="line s0"/><text/>`)
	require.Equal(t, "\n.line.s0{stroke:#123;stroke-width:2px}\nsvg text{font-size:3px}\n", got)
}

// What is shown somewhere within what a template shows is found.
func TestEveryFigureIsFound(t *testing.T) {
	type chapter struct {
		Title   string
		Figures []Figure
		Single  *Figure
		Any     any
		hidden  Figure
	}
	got := figuresIn([]chapter{{Figures: []Figure{{Name: "a"}}, Single: &Figure{Name: "b"}, Any: chapter{Single: &Figure{Name: "c"}}, hidden: Figure{Name: "d"}}}, nil)
	var names []string
	for _, f := range got {
		names = append(names, f.Name)
	}
	require.Equal(t, []string{"a", "b", "c"}, names)
}
