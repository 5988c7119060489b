package results

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/portalbench/portalbench/results/stats"
)

func TestParseQuantity(t *testing.T) {
	for text, want := range map[string]string{
		"first_response_hours":                                 "first_response_hours median",
		"first_response_hours.p90":                             "first_response_hours p90",
		"first_response_hours{actual_urgency=urgent}":          "first_response_hours{actual_urgency=urgent} median",
		"first_response_hours{sex=women;age=65+}.mean":         "first_response_hours{age=65+;sex=women} mean",
		"answered_within_1_business_day":                       "answered_within_1_business_day share",
		"inbox_minutes_per_workday":                            "inbox_minutes_per_workday{role=physician} mean",
		"outside_hours_minutes_per_workday{role=rn}.p90":       "outside_hours_minutes_per_workday{role=rn} p90",
		"queue_at_close":                                       "queue_at_close{role=physician} mean",
		"urgent_exposure_hours":                                "urgent_exposure_hours mean",
		"needs":                                                "needs count",
		"first_response_hours{trigger=result}":                 "first_response_hours{trigger=result} median",
		"answered_within_1_business_day{felt_urgency=routine}": "answered_within_1_business_day{felt_urgency=routine} share",
	} {
		q, err := ParseQuantity(text)
		require.NoError(t, err, text)
		require.Equal(t, want, q.Key(), text)
	}
	for text, part := range map[string]string{
		"":                                   "unknown measure",
		"first_respons_hours":                "did you mean first_response_hours?",
		"first_response_hours.p91":           "use mean, median, p90, p95",
		"first_response_hours{sex=women":     "the brace is not closed",
		"first_response_hours{women}":        `"women" is no part`,
		"first_response_hours{sex=}":         "is no part",
		"first_response_hours{sexe=women}":   "did you mean sex?",
		"inbox_minutes_per_workday{}.median": "is no part",
	} {
		_, err := ParseQuantity(text)
		require.ErrorContains(t, err, part, text)
	}
}

func TestQuantityOfReplications(t *testing.T) {
	q, err := ParseQuantity("inbox_minutes_per_workday{role=rn}")
	require.NoError(t, err)
	got := q.Of([][]Measure{{inbox(1, 1)}, {response(5, 0)}, {response(5, 0), inbox(3, 1)}})
	require.Equal(t, 1., got[0])
	require.True(t, math.IsNaN(got[1]))
	require.Equal(t, 3., got[2])
}

// The primary quantities are ones that can be asked for, and all have a good direction.
func TestPrimaryQuantitiesExist(t *testing.T) {
	require.Len(t, PrimaryQuantities(), 3)
	for _, q := range PrimaryQuantities() {
		spec, err := ParseMeasure(q.Measure)
		require.NoError(t, err)
		require.Contains(t, spec.Statistics, q.Statistic)
		better, ok := spec.Better()
		require.True(t, ok && better == stats.SmallerIsBetter)
	}
	answered, _ := ParseMeasure("answered_within_1_business_day")
	better, ok := answered.Better()
	require.True(t, ok && better == stats.LargerIsBetter)
	threads, _ := ParseMeasure("threads")
	_, ok = threads.Better()
	require.False(t, ok)
}

// With six comparisons each interval is one of 1 - .05/6 = .99167. Of 1, 2 and 3 the mean is 2 and the half-width
// t(2, .995833) / sqrt(3) = 10.886 / 1.7321 = 6.285, in place of 2.484.
func TestPrimaryDifferencesAreAdjusted(t *testing.T) {
	base := [][]Measure{{inbox(10, 1), response(5, 0)}, {inbox(100, 1), response(5, 0)}, {inbox(1000, 1), response(5, 0)}}
	other := [][]Measure{{inbox(11, 1), response(6, 0)}, {inbox(102, 1), response(7, 0)}, {inbox(1003, 1), response(8, 0)}}
	declared := Comparisons{Primary: []Quantity{{"inbox_minutes_per_workday", Where{"role": "rn"}, "mean"}}, Count: 6}
	got := Differences("b", "a", base, other, declared, nil)
	require.Len(t, got, 2)
	require.True(t, got[0].Adjusted)
	require.InDelta(t, 2-6.285, float64(got[0].Low), .001)
	require.InDelta(t, 2+6.285, float64(got[0].High), .001)
	require.False(t, got[1].Adjusted)
	require.InDelta(t, 2-2.4842, float64(got[1].Low), 1e-4)
	declared.Count = 0
	require.False(t, Differences("b", "a", base, other, declared, nil)[0].Adjusted)
}
