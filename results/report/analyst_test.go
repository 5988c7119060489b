package report

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/portalbench/portalbench/results"
	"github.com/portalbench/portalbench/results/stats"
)

// Where every backlog grows there is a sentence and no figure, and without data there is neither.
func TestChaptersAreOfWhatThereIs(t *testing.T) {
	s := threePolicies()
	for i := range s.Policies {
		s.Policies[i].Unstable = new(true)
	}
	record := fullRecord(sampleRun(s, nil))
	list := chapters(record)
	require.Len(t, list, 1)
	require.Equal(t, []string{noSteadyState}, list[0].Texts)
	require.Empty(t, analystFigures(record))
	require.Empty(t, analystFigures(&results.Record{Run: &results.Run{Simulate: &results.Simulate{Policies: []results.PolicyResult{{Name: "a"}}}}}))
	require.Empty(t, analystFigures(&results.Record{Run: &results.Run{}}))
}

func TestAGrowingBaselineIsSaidToCompareWithNothing(t *testing.T) {
	s := threePolicies()
	s.Policies[0].Unstable, s.Differences = new(true), nil
	page := rendered(t, sampleRun(s, nil))
	require.Contains(t, page, "Policies are not compared: under the baseline the backlog grows")
	require.NotContains(t, page, `id="differences"`)
	require.NotContains(t, rendered(t, sampleRun(sampleSimulation(samplePolicy("alone", 1, 1)), nil)), "not compared", "one is nothing to compare")
}

// What --precision and --select came to is on the page, and what --uncertainty did.
func TestPageSaysHowSureTheComparisonIs(t *testing.T) {
	s := threePolicies()
	s.Precision = []results.Precision{{Quantity: results.PrimaryQuantities()[0], Wanted: .05, Reached: true, Widest: .043, WidestOf: "nurse-first", MostAsked: 1000}}
	s.Selection = []results.Selection{{Quantity: results.PrimaryQuantities()[0], Better: "smaller", Zone: .5, Confidence: .95, Decided: true, Winner: "nurse-first",
		Contenders: []results.Contender{{Policy: "nurse-first", Survives: true, Replications: 24}}}}
	s.Uncertainty = wideUncertainty(s.Policies)
	page := renderedRecord(t, fullRecord(sampleRun(s, nil)))
	wellFormed(t, page)
	for _, part := range []string{"How sure the comparison is", "±5.00% reached; the widest interval is ±4.30% of the level (nurse-first)",
		"nurse-first is the best, or within 0.50 hours of it, with probability 0.95", "Where the ranking flips", "(10.0–…) ↑",
		"Parameter uncertainty, which no interval above holds. 120 draws of 3 parameters"} {
		require.Contains(t, page, part)
	}
	require.NotContains(t, rendered(t, sampleRun(threePolicies(), nil)), "How sure the comparison is")
}

// 50 minutes are the median of 1 to 100; a target within fixed hours is one line, one in business days two.
func TestCurvesShowTheirTargets(t *testing.T) {
	h := stats.NewHistogram(40320, 2)
	for m := int64(1); m <= 100; m++ {
		h.Record(m)
	}
	curve := newCurve("a", "urgent", h, 60)
	x := axis{low: 1. / 60, high: 24, left: 44, right: 734, log: true}
	wide := frames()[0]
	p := drawCurves(wide, x, []Curve{curve}, []results.AnswerTarget{{LeastHours: 4, MostHours: 4}})
	require.Equal(t, x.at(4), p.Targets[0].From)
	require.Equal(t, x.at(4), p.Targets[0].To)
	require.Equal(t, "target: 4 h", p.Targets[0].Label.Text)
	require.Equal(t, marker(0, x.at(50./60), p.y(.5)), p.Lines[0].Marker)
	require.Equal(t, 34., p.Top, "14 and a line of 20 for the target")
	for _, c := range []struct {
		target results.AnswerTarget
		want   string
	}{
		{results.AnswerTarget{BusinessDays: 1, LeastHours: 24, MostHours: 96}, "target: 1 business day, 1–4 days"},
		{results.AnswerTarget{BusinessDays: 2, LeastHours: 36, MostHours: 120, Policies: []string{"a"}}, "promised: 2 business days, 1.5–5 days"},
		{results.AnswerTarget{LeastHours: 1.5, MostHours: 1.5}, "target: 1.50 h"},
	} {
		require.Equal(t, c.want, targetLabel(c.target))
	}
	s := &results.Simulate{Targets: append(sampleTargets(), results.AnswerTarget{BusinessDays: 3, LeastHours: 72, MostHours: 144})}
	require.Len(t, targetsOf(s, "routine"), 2, "its own and that of all threads")
	require.Len(t, targetsOf(s, "urgent"), 2)
}

// A distribution of threads that were all never answered has no line, and never panics.
func TestCurveOfNothingReached(t *testing.T) {
	h := stats.NewHistogram(40320, 2)
	h.NotReached(7)
	c := newCurve("a", "urgent", h, 60)
	require.InDelta(t, 1, c.never(), 0)
	p := drawCurves(frames()[1], timeAxis(frames()[1], []Curve{c}, nil), []Curve{c}, nil)
	require.Empty(t, p.Lines[0].Marker)
	require.Regexp(t, `^M44 \S+H314$`, p.Lines[0].Path, "at 0% from one end to the other")
}

// Urgent threads are set apart by how they were sent: the sheet has both readers of both, of every policy.
func TestUnmarkedUrgentThreads(t *testing.T) {
	record := fullRecord(sampleRun(threePolicies(), nil))
	fig, drawn := unmarkedFigure(record)
	require.True(t, drawn)
	require.Len(t, fig.Panels, 4, "two ways to send them, in two widths")
	require.Equal(t, "Urgent, and sent as non-urgent", fig.Panels[0].Title)
	rows := fig.Numbers[0].Rows
	require.Len(t, rows, 3*2*2)
	require.Equal(t, []string{"physician-first", "non-urgent", "anybody"}, rows[0][:3])
	require.Equal(t, "13.0", rows[0][8], "300 of 2,300 are never read")
	_, drawn = unmarkedFigure(sampleRecord(sampleRun(threePolicies(), nil)))
	require.False(t, drawn, "an older run has no such distributions")
}

// The 4 hours are a clinician's, who need not answer in them: their line stands where clinicians read, and on no other curve.
func TestTargetsStandOnTheCurvesThatTheyAreOf(t *testing.T) {
	record := fullRecord(sampleRun(threePolicies(), nil))
	s := record.Run.Simulate
	s.Targets = append(sampleTargets(), results.AnswerTarget{BusinessDays: 3, LeastHours: 72, MostHours: 144, Policies: []string{"nurse-first"}})
	labels := func(fig Figure, drawn bool) map[string][]string {
		require.True(t, drawn)
		of := map[string][]string{}
		for _, p := range fig.Panels {
			of[p.Title] = nil
			for _, target := range p.Drawing.(curvePanel).Targets {
				of[p.Title] = append(of[p.Title], target.Label.Text)
			}
		}
		return of
	}
	require.Equal(t, map[string][]string{"Threads that are actually urgent": {"promised: 3 business days, 3–6 days"},
		"Threads that are actually routine": {"target: 1 business day, 1–4 days", "promised: 3 business days, 3–6 days"}}, labels(responseFigure(record)))
	require.Equal(t, map[string][]string{"": {"target: 4 h"}}, labels(clinicalReadFigure(record)))
	require.Equal(t, map[string][]string{"Urgent, and sent as non-urgent": nil, "Urgent, and sent as urgent": nil}, labels(unmarkedFigure(record)))

	fig, _ := clinicalReadFigure(record)
	require.Contains(t, fig.Note, "Dashed is the target: a clinician within 4 hours.")
	rows := fig.Numbers[0].Rows
	require.Len(t, rows, 3)
	require.Equal(t, "13.4", rows[0][6], "2 x 310 of 2 x 2,310 are never read")
	s.Targets = nil
	fig, drawn := clinicalReadFigure(record)
	require.True(t, drawn)
	require.NotContains(t, fig.Note, "target", "an older run does not know it")
	_, drawn = clinicalReadFigure(sampleRecord(sampleRun(threePolicies(), nil)))
	require.False(t, drawn, "an older run has no such distributions")
}
