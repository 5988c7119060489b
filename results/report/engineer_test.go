package report

import (
	"encoding/json"
	"math"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/portalbench/portalbench/results"
)

var nan = math.NaN()

// Every figure of the engineer's part has a drawing for both frames, numbers behind it, and data in its marks.
func TestEngineerFigures(t *testing.T) {
	record := wholeRecord()
	record.Run.Capacity = sampleCapacity()
	var names []string
	for _, s := range engineerSections(record) {
		for _, f := range s.Figures {
			names = append(names, f.Name)
			require.Equal(t, []string{"wide", "narrow"}, []string{f.Panels[0].Class, f.Panels[1].Class}, f.Name)
			require.NotEmpty(t, f.Numbers, f.Name)
			require.NotEmpty(t, f.Numbers[0].Rows, f.Name)
			for _, row := range f.Numbers[0].Rows {
				require.Len(t, row, len(f.Numbers[0].Header), f.Name)
			}
		}
	}
	require.Equal(t, []string{"latency", "percentiles", "throughput", "response-over-time", "portal-process", "failures", "mix", "portal-waiting", "feed-back",
		"capacity-steps"}, names)
	page := renderedRecord(t, record)
	attributes := wellFormed(t, page)
	for _, a := range attributes {
		require.NotContains(t, a.Value, "NaN")
		if a.Name.Local == "d" {
			require.NotEmpty(t, a.Value)
		}
	}
	require.Less(t, len(page), 500_000)
}

// What was not measured has no figure.
func TestEngineerFiguresOfNothing(t *testing.T) {
	record := &results.Record{Run: sampleRun(nil, &results.Load{Portal: "fhir", Ops: []results.OpResult{{Op: "all"}}})}
	for _, s := range engineerSections(record) {
		require.Empty(t, s.Figures, s.ID)
	}
	require.NotContains(t, renderedRecord(t, record), "<script")
	require.Nil(t, capacityFigure(&results.Capacity{}))
	require.Nil(t, feedBackFigure(&results.FeedBack{Unstable: true}))
}

func TestBuckets(t *testing.T) {
	few, every := bucketed([]float64{3, nan, 5})
	require.Equal(t, 1, every)
	require.Equal(t, bucket{3, 3, 3}, few[0])
	require.True(t, math.IsNaN(few[1].Last))

	long := make([]float64, 1201) // 1201/600 rounded up: three seconds a row, 400 rows of three and one of one
	for i := range long {
		long[i] = float64(i % 10)
	}
	long[4] = 99 // a spike of one second
	rows, every := bucketed(long)
	require.Equal(t, 3, every)
	require.Len(t, rows, 401)
	require.Equal(t, bucket{0, 2, 2}, rows[0])
	require.Equal(t, bucket{3, 99, 5}, rows[1])
	require.Equal(t, bucket{0, 0, 0}, rows[400]) // 1200 % 10
	require.Equal(t, bucket{1, 4, 1}, bucketOf([]float64{nan, 4, 1, nan}), "missing seconds count for nothing")
	require.Empty(t, everyText(1))
	require.Contains(t, everyText(3), "each point stands for 3 seconds")
}

func TestStalls(t *testing.T) {
	second := func(at int, done int64, under int) results.SecondRow {
		return results.SecondRow{T: at, Done: done, InFlight: under}
	}
	for name, row := range map[string]struct {
		rows []results.SecondRow
		want []timeNote
	}{
		"none":             {[]results.SecondRow{second(0, 5, 1), second(1, 5, 1)}, nil},
		"nothing to do":    {[]results.SecondRow{second(0, 5, 0), second(1, 0, 0), second(2, 5, 0)}, nil},
		"one":              {[]results.SecondRow{second(0, 5, 2), second(1, 0, 9), second(2, 0, 12), second(3, 14, 0)}, []timeNote{{1, 3, "no answer"}}},
		"two, the longest": {[]results.SecondRow{second(0, 5, 2), second(1, 0, 9), second(2, 1, 12), second(3, 0, 12), second(4, 0, 12)}, []timeNote{{1, 2, ""}, {3, 5, "no answer"}}},
		"began in it":      {[]results.SecondRow{second(0, 5, 0), second(1, 0, 3), second(2, 3, 0)}, nil}, // maybe only its last moments
	} {
		require.Equal(t, row.want, loadSeconds{rows: row.rows}.stalls(), name)
	}
}

func TestMarksOfALoad(t *testing.T) {
	marks := func(change func(*results.Load), seconds int) []timeNote {
		l := &results.Load{DurationS: 20}
		change(l)
		return secondsOf(&results.Record{Run: &results.Run{Load: l}, Seconds: make([]results.SecondRow, seconds)}).marks()
	}
	rows := func(l *results.Load) {}
	require.Empty(t, marks(rows, 20))
	require.Equal(t, []timeNote{{20, 20, "interrupted"}}, marks(func(l *results.Load) { l.Incomplete = true }, 20))
	require.Equal(t, []timeNote{{20, 20, "stopped by a rule"}}, marks(func(l *results.Load) { l.Incomplete, l.Stopped = true, "errors>20% for 3s" }, 20))
	late := secondsOf(&results.Record{Run: &results.Run{Load: &results.Load{DurationS: 20}}, Seconds: []results.SecondRow{{T: 19}, {T: 24}}})
	require.Equal(t, []timeNote{{20, 20, "end of the window"}}, late.marks(), "answers came after it")
	require.Equal(t, 24., late.end())
}

// The line of a percentile ends at the share that was answered, and tells nothing where too few were.
func TestTails(t *testing.T) {
	record := withTails(&results.Record{Run: sampleRun(nil, &results.Load{Ops: []results.OpResult{
		{Op: "send", Offered: 1000, Sent: 1000, Outcomes: map[string]int64{"ok": 900, "timeout": 100}}}})})
	send := tailOf(record, record.Run.Load.Ops[0], "response", 0)
	require.InDelta(t, .9, send.reached(), 1e-12)
	require.InDelta(t, 500, send.quantile(.5), 1) // rank 500 of 1000 is rank 500 of the 900, which took 500 ms
	require.InDelta(t, 900, send.quantile(.9), 1) // the last that was answered
	require.True(t, math.IsNaN(send.quantile(.95)), "more than a twentieth was never answered")
	few := tailOf(withTails(&results.Record{Run: sampleRun(nil, &results.Load{Ops: []results.OpResult{{Op: "send", Offered: 58, Outcomes: map[string]int64{"ok": 58}}}})}),
		results.OpResult{Op: "send"}, "response", 0)
	require.True(t, math.IsNaN(few.quantile(.95)), "59 are needed")
	require.False(t, math.IsNaN(few.quantile(.9)))
	require.InDelta(t, 2, nines(.99), 1e-12)

	told, faint := few.paths(axis{high: 2, right: 200}, axis{low: 1, high: 100, left: 100, log: true})
	require.Regexp(t, `^M0 100L`, told, "the fastest took 1 ms")
	require.Contains(t, faint, "L176.3 11.8", "from 57/58 on, log10 of 58 nines, it is the slowest: 58 ms") // 100 log10(58) = 176.3; 100 - 50 log10(58) = 11.8
	require.Equal(t, "", strings.Trim(regexp.MustCompile(`[ML0-9. ]+`).ReplaceAllString(told+faint, ""), " "))
}

func TestFailures(t *testing.T) {
	op := results.OpResult{Op: "send", Offered: 200, Outcomes: map[string]int64{"ok": 190, "timeout": 8, "conflict": 2}}
	require.Equal(t, "5.00%, 10 of 200: 8 timeout, 2 conflict", failureText(op, true)) // 10/200
	require.Equal(t, "5.00%, 10 of 200", failureText(op, false))
	require.Equal(t, []string{"timeout", "conflict"}, classesOf([]results.OpResult{op}))
	fig := drawFailures(frame{"wide", 760}, []results.OpResult{op}, []string{"timeout", "conflict"})
	// 0 to 5% between 4 and 730: 4% and 5% lie at 4 + 726 x .8 and at 730
	require.Equal(t, []stackPart{{4, 584.8, 0}, {584.8, 730, 1}}, fig.Rows[0].Parts)
	require.Nil(t, failuresFigure(&results.Load{Ops: []results.OpResult{{Op: "all", Offered: 2, Outcomes: map[string]int64{"ok": 2}}, {Op: "send", Offered: 2, Outcomes: map[string]int64{"ok": 2}}}}))
	l := &results.Load{Errors: []results.ErrorExample{{Op: "send", Outcome: "timeout", Count: 8}, {Op: "send", Outcome: "conflict", Status: 409, Count: 2, Example: strings.Repeat("é", 300)}}}
	rows := failureSheets(l, []results.OpResult{op})[0].Rows
	require.Equal(t, []string{"send: timeout", missing, "8", missing}, rows[0])
	require.Equal(t, strings.Repeat("é", 240)+"…", rows[1][3])
	require.Equal(t, [][]string{{"send: timeout", "8"}, {"send: conflict", "2"}}, failureSheets(&results.Load{}, []results.OpResult{op})[0].Rows, "runs of older versions have no examples")
}

func TestMix(t *testing.T) {
	f := mixFigure(&results.Load{Mix: []results.MixRow{{Op: "send", Model: 30, Offered: 30}, {Op: "inbox", Model: 60, Offered: 30}, {Op: "attach", Model: 10}}})
	require.Equal(t, [][]string{{"send", "30", "30.0", "30", "50.0"}, {"inbox", "60", "60.0", "30", "50.0"}, {"attach", "10", "10.0", "0", "0.00"}}, f.Numbers[0].Rows)
	require.Nil(t, mixFigure(&results.Load{Mix: []results.MixRow{{Op: "send"}}}))
}

func TestLedgerInPlainWords(t *testing.T) {
	leaked := int64(1)
	rows := ledgerSheet(&results.Ledger{Checked: 10, Found: 8, Lost: 2, Leaked: &leaked, Late: 3, LateS: 12, Unread: 4}).Rows
	require.Equal(t, []string{"lost: acknowledged, and never there", "2", "✗ must be none"}, rows[2])
	require.Equal(t, []string{"duplicated: there twice", "0", "✓ none"}, rows[3])
	require.Equal(t, []string{"leaked: read by somebody who must not", "1", "✗ must be none"}, rows[5])
	require.Equal(t, []string{"not looked for: their thread could not be read", "4", "? not known"}, rows[6])
	require.Equal(t, "late: there only after 12.0 s", rows[7][0])
	require.Equal(t, missing, ledgerSheet(&results.Ledger{}).Rows[5][1], "nobody could tell")
}

func TestTargetFigure(t *testing.T) {
	record := wholeRecord()
	last := record.Target[len(record.Target)-1]
	last.At += 100e6 // a tenth of a second later
	record.Target = append(record.Target, last)
	f := targetFigure(record)
	require.Equal(t, -5., f.Live.From)
	require.Equal(t, timeNote{0, 0, "end of the warm-up"}, f.Live.Notes[0])
	cpu := f.Live.Plots[0].Lines[0].Values
	require.True(t, math.IsNaN(cpu[0].Last), "since when, nobody knows")
	require.Equal(t, .5, cpu[1].Last)
	require.True(t, math.IsNaN(cpu[len(cpu)-1].Last), "too short to tell")
	record.Target = record.Target[:1]
	require.Nil(t, targetFigure(record))
}

func TestCapacitySteps(t *testing.T) {
	c := sampleCapacity()
	fig := drawSteps(frame{"wide", 760}, c)
	require.Len(t, fig.Plots[0].Marks, len(c.Steps))
	require.Contains(t, capacityFigure(c).Note, "The level line is the limit that the response must keep, 500 ms.")
	require.NotEmpty(t, fig.Plots[1].Guide)
	require.Equal(t, "capacity 1,420/s", fig.EdgeText)
	require.Equal(t, 535.1, fig.Edge) // 48 + 1420/2000 x 686
	require.Less(t, fig.Low, fig.Edge)
	require.Less(t, fig.Edge, fig.High)
	c.Outcome = results.CapacityAtLeast
	require.Zero(t, drawSteps(frame{"wide", 760}, c).Edge, "no edge was found")
	c.Thresholds = []string{"send.response.p95<500ms"}
	require.Zero(t, responseLimit(c), "not a limit on what is shown")
}

// The script gets the numbers that the drawing shows, and says nothing of what is missing.
func TestLiveFigures(t *testing.T) {
	c := &timeChart{To: 2, At: []float64{0, 1, 2}, Every: 1, Plots: []timePlot{{Title: "a", Lines: []timeLine{{"x", 1, []bucket{{1, 1, 1}, {nan, nan, nan}, {.123456, .123456, .123456}}}}}}}
	b, err := json.Marshal(liveOf("rate", c))
	require.NoError(t, err)
	require.JSONEq(t, `{"name":"rate","from":0,"to":2,"every":1,"at":[0,1,2],"notes":[],"plots":[{"title":"a","unit":"","log":false,
		"lines":[{"name":"x","style":1,"last":[1,null,0.1235]}]}]}`, string(b))
	c.Every = 3
	require.Equal(t, results.Number(1), liveOf("rate", c).Plots[0].Lines[0].High[0])
	require.Equal(t, "M0 90h1.5M200 98.8h1.5", linePath(c.Plots[0].Lines[0].Values, c.At, axis{high: 2, right: 200}, axis{high: 10, left: 100})) // 100 - 10 x value
	require.Empty(t, bandPath(c.Plots[0].Lines[0].Values, c.At, axis{high: 2, right: 200}, axis{high: 10, left: 100}), "each is one second")
	require.Equal(t, "M0 70L100 60L100 80L0 90z", bandPath([]bucket{{1, 3, 2}, {2, 4, 3}}, c.At, axis{high: 2, right: 200}, axis{high: 10, left: 100}))
}

func TestTicks(t *testing.T) {
	for v, want := range map[float64]float64{0: 1, nan: 1, .7: .8, 3: 4, 10: 10, 10.1: 20, 2300: 2500, 9.5: 10} {
		require.InDelta(t, want, niceEnd(v), 1e-9, "%v", v)
	}
	require.Equal(t, []tick{{0, "0"}, {50, "2.5%"}, {100, "5%"}}, unitTicks(axis{high: 5, right: 100}, "%"))
	require.Equal(t, []string{"1", "10", "100"}, labels(powerTicks(axis{low: 1, high: 100, right: 90, log: true})))
	require.Equal(t, []string{"1", "2", "5", "10"}, labels(powerTicks(axis{low: 1, high: 10, right: 90, log: true})))
	require.Equal(t, []string{"−5 s", "0 s", "5 s", "10 s"}, labels(secondTicks(axis{low: -5, high: 12, right: 330})))
	require.Equal(t, []string{"0:00", "5:00", "10:00"}, labels(secondTicks(axis{high: 600, right: 250})))
	require.Equal(t, "−1:05", moment(-65, true))
	require.Equal(t, []tick{{0, "0"}, {10, ""}, {40, "10"}}, spaced([]tick{{0, "0"}, {10, "1000"}, {40, "10"}}), "28 wide, and only 10 away")
	require.Equal(t, "0.05", roundNumber(.05))
}

// Labels that would run into each other stand on lines of their own, and none beyond the edge.
func TestNotesArePlaced(t *testing.T) {
	marks, rows := placeNotes(axis{high: 100, left: 0, right: 400}, []timeNote{{0, 0, "end of the warm-up"}, {10, 20, "no answer"}, {30, 40, ""}, {99, 99, "interrupted"}})
	require.Equal(t, 2, rows) // "end of the warm-up" takes 18 x 6.6 pixels, and the stall begins at 40
	require.Equal(t, drawnNote{From: 40, To: 80, Text: "no answer", At: 40, Y: 26}, marks[1])
	require.Equal(t, drawnNote{From: 396, To: 396, Text: "interrupted", At: 396, Y: 11, Anchor: "end"}, marks[3])
}
