package report

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/portalbench/portalbench/results"
)

// experimented has a precision that was reached, one that was not, and selections in every state.
func experimented() *results.Simulate {
	median := results.PrimaryQuantities()[0]
	unread := results.Quantity{Measure: "urgent_unread_over_4h", Statistic: "share"}
	set := map[string]string{"staff.rn.fte": "2"}
	two := []results.Contender{{Policy: "physician-first", Survives: true, Replications: 40}, {Policy: "nurse-first", Survives: true, Replications: 40}}
	return &results.Simulate{
		Precision: []results.Precision{
			{Quantity: median, Wanted: .05, Reached: true, Widest: .0471, WidestOf: "nurse-first", MostAsked: 1000},
			{Quantity: median, Set: set, Wanted: .05, Widest: .0731, WidestOf: "nurse-first - physician-first", MostAsked: 1000},
			{Quantity: median, Wanted: .05, Widest: num(math.NaN()), WidestOf: "batched", MostAsked: 1000},
			{Quantity: median, Wanted: .05, Widest: num(math.NaN()), WidestOf: "batched", MostAsked: 1000,
				Why: "first_response_hours median has no value under batched: choose another measure"},
		},
		Selection: []results.Selection{
			{Quantity: median, Better: "smaller", Zone: .5, Confidence: .95, Decided: true, Winner: "nurse-first", Contenders: []results.Contender{
				{Policy: "physician-first", Replications: 20}, {Policy: "nurse-first", Survives: true, Replications: 34}}, MostNeeded: 34},
			{Quantity: unread, Set: set, Better: "smaller", Zone: .02, Confidence: .95, Contenders: two, MostNeeded: 412},
			{Quantity: unread, Better: "smaller", Zone: .02, Confidence: .95, Contenders: two, Why: "selecting the best of 1: there is nothing to choose"},
		},
	}
}

func sampleUncertainty() *results.Uncertainty {
	u := &results.Uncertainty{Quantity: results.PrimaryQuantities()[0], Draws: 60, Redrawn: 4, Clipped: 1, Replications: 2, HorizonDays: 84,
		Parameters: []results.Uncertain{
			{Path: "threads.patience.median", Unit: "h", Value: 16, Low: 8, High: 32, Range: "declared"},
			{Path: "population.adoption.women", Value: 1.5, Low: 1.2, High: 1.8, Range: "evidence", IDs: []string{"ADO-28"}},
			{Path: "route.closed_without_physician", Policy: "nurse-first", Value: .43, Low: .27, High: .6, Range: "declared"},
		}}
	missingValue := math.NaN()
	bar := func(parameter int, coefficient, bottom, top float64) results.Influence {
		return results.Influence{Parameter: parameter, Coefficient: num(coefficient), Bottom: num(bottom), Top: num(top), Swing: num(top - bottom)}
	}
	u.Tornados = []results.Tornado{
		{Policy: "physician-first", Low: 6, Median: 10, High: 30, Explained: .91, Growing: 2,
			Bars: []results.Influence{bar(0, .8, 8, 20), bar(2, -.4, 12, 9), bar(1, missingValue, math.NaN(), math.NaN())}},
		{Policy: "nurse-first", Baseline: "physician-first", Low: -5, Median: -1, High: 2, Below: .715, Explained: num(math.NaN()),
			Bars: []results.Influence{bar(2, missingValue, -3, 1)}},
	}
	u.Flips = []results.ParameterFlip{
		{Policy: "nurse-first", Baseline: "physician-first", Parameter: 2, Found: true, At: .38, Low: .36, High: num(math.NaN()), Crossings: 1},
		{Policy: "nurse-first", Baseline: "physician-first", Parameter: 0, Clear: true},
		{Policy: "nurse-first", Baseline: "physician-first", Parameter: 1},
		{Policy: "nurse-first", Baseline: "physician-first", Parameter: 1, Found: true, At: 1.4, Low: 1.3, High: 1.5, Crossings: 2},
	}
	return u
}

func TestStaffingSaysWhetherPoliciesAreAlike(t *testing.T) {
	s := threePolicies()
	require.Equal(t, "Patients per full-time equivalent, equal between the policies: 1,714 per physician, 2,400 per RN.", Staffing(s))
	s.Policies[1].PatientsPerRNFTE = 3000
	require.Equal(t, "Patients per full-time equivalent DIFFER: 1,714 per physician, 2,400 per RN with physician-first "+
		"and urgency-first; 1,714 per physician, 3,000 per RN with nurse-first.", Staffing(s))
	s.Policies = s.Policies[:1]
	require.Equal(t, "Patients per full-time equivalent: 1,714 per physician, 2,400 per RN.", Staffing(s))
}

// Protected slots are paid time: policies with them have more staff time than the number of patients shows.
func TestStaffingSaysWhatProtectedTimeAdds(t *testing.T) {
	const equal = "Patients per full-time equivalent, equal between the policies: 1,714 per physician, 2,400 per RN. "
	const differ = "Paid time is NOT equal: protected inbox minutes on top, per physician and day worked: "
	for _, c := range []struct {
		minutes [3]float64
		want    string
	}{
		{[3]float64{0, 40, 0}, equal + differ + "40 with nurse-first."},
		{[3]float64{0, 40, 12.5}, equal + differ + "40 with nurse-first; 12.5 with urgency-first."},
		{[3]float64{0, 40, 40}, equal + differ + "40 with nurse-first and urgency-first."},
		{[3]float64{40, 40, 40}, equal + "Protected inbox minutes, paid on top, per physician and day worked: 40 with every policy."},
	} {
		s := threePolicies()
		for i, minutes := range c.minutes {
			s.Policies[i].ProtectedMinutes = num(minutes)
		}
		require.Equal(t, c.want, Staffing(s))
	}
}

// Of a sweep the settings are named, not every policy with every setting; of many settings the ends.
func TestStaffingOfSweeps(t *testing.T) {
	s := sweep("1", "2")
	require.Equal(t, "Patients per full-time equivalent DIFFER: 1,714 per physician, 12,000 per RN with staff.rn.fte=1; "+
		"1,714 per physician, 6,000 per RN with staff.rn.fte=2.", Staffing(s))
	s.Policies[1].ProtectedMinutes, s.Policies[3].ProtectedMinutes = 40, 40
	require.Contains(t, Staffing(s), "per physician and day worked: 40 with nurse-first+ai-triage+ai-drafts+refill-protocol.")
	s = sweep("1", "2", "3", "4", "5")
	require.Equal(t, "Patients per full-time equivalent DIFFER: 1,714 per physician, 2,400 to 12,000 per RN; run.json has those of each.",
		Staffing(s))
}

func TestWarmUpSaysWhoChoseIt(t *testing.T) {
	s := threePolicies()
	require.Equal(t, "Warm-up: 28 days, the scenario's; the weekly series ask for 14 days (MSER).", WarmUp(s))
	s.Policies[0].WarmUpAsked = new(700)
	require.Equal(t, "Warm-up: 28 days, the scenario's; the weekly series ask for 700 days (MSER), which is more than can be had.", WarmUp(s))
	s.Policies[1].WarmUpAsked = nil
	require.Equal(t, "Warm-up: 28 days, the scenario's; the weekly series do not tell whether that is enough.", WarmUp(s))
	s.WarmUpDays, s.WarmUpBy = 63, "mser"
	require.Equal(t, "Warm-up: 63 days, longer than the scenario's, as the weekly series ask for (MSER).", WarmUp(s))
}

// A bar runs from the value with the parameter low to that with it high; the axis has 30 characters.
func TestSwingBar(t *testing.T) {
	for _, c := range []struct {
		low, high, least, most float64
		want                   string
	}{
		{0, 29, 0, 29, "o━━━━━━━━━━━━━━━━━━━━━━━━━━━━●"},
		{29, 27, 0, 29, "···························●━o"},
		{3, 3, 0, 29, "···●··························"},
		{math.NaN(), 3, 0, 29, "                              "},
		{3, 3, 3, 3, "                              "},
	} {
		require.Equal(t, c.want, swingBar(c.low, c.high, c.least, c.most))
	}
}

func TestLongParameterNamesAreCutBetweenWords(t *testing.T) {
	for _, c := range []struct {
		path string
		most int
		want string
	}{
		{"threads.patience.median", 23, "threads.patience.median"},
		{"threads.patience.median", 22, "….patience.median"}, // 17 characters
		{"threads.patience.median", 16, "….median"},
		{"threads.patience.emergency_if_felt_urgent", 34, "….emergency_if_felt_urgent"}, // with patience it is 35
		{"route.closed_without_physician", 20, "…without_physician"},
		{"route.closed_without_physician", 3, "…physician"}, // the last word stays whole
		{"order", 3, "order"},
	} {
		require.Equal(t, c.want, shortened(c.path, c.most), "%s in %d", c.path, c.most)
	}
	p := results.Uncertain{Policy: "nurse-first", Path: "route.closed_without_physician"}
	require.Equal(t, "nurse-first: route.closed_without_physician", parameterName(p, 43))
	require.Equal(t, "nurse-first:\n  route.closed_without_physician", parameterName(p, 35))
	p.Policy = "physician-first, urgency-first"
	require.Equal(t, "physician-first,\nurgency-first:\n  …without_physician", parameterName(p, 20))
}

func TestSmallParametersKeepTwoDigits(t *testing.T) {
	for v, want := range map[float64]string{.0035: "0.0035", .014: "0.014", -.012: "−0.012", .094: "0.094", .1: "0.10", 0: "0.00", 2: "2.00"} {
		require.Equal(t, want, parameterNumber(num(v)))
	}
	require.Equal(t, "not reached", parameterNumber(num(math.Inf(1))))
}
