package report

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/portalbench/portalbench/results"
)

// frontierOf has policies a, b, c ... with minutes and hours; infinite hours are never reached.
func frontierOf(pairs ...[2]float64) *results.Simulate {
	s := &results.Simulate{}
	for i, pair := range pairs {
		wait := level("first_response_hours", urgent(), "p90", pair[1])
		if math.IsInf(pair[1], 1) {
			wait = results.Measure{Name: wait.Name, Where: wait.Where, Statistic: "p90", Value: num(math.NaN()), Low: num(math.NaN()), High: num(math.NaN()), N: 100, NotReached: 20}
		}
		s.Policies = append(s.Policies, results.PolicyResult{Name: string(rune('a' + i)), Measures: []results.Measure{
			level("inbox_minutes_per_workday", of("physician"), "mean", pair[0]), wait, level("first_response_hours", urgent(), "median", 5+float64(i))}})
	}
	return s
}

// a is beaten by b in both; b and c each win one; d wastes what b has in minutes; e is never reached, and b beats it.
func TestFrontierKnowsWhoIsDominated(t *testing.T) {
	never := math.Inf(1)
	s := frontierOf([2]float64{60, 40}, [2]float64{50, 30}, [2]float64{70, 10}, [2]float64{55, 30}, [2]float64{52, never}, [2]float64{40, never})
	fig, drawn := frontierFigure(s)
	require.True(t, drawn)
	var legend []string
	for _, e := range fig.Legend {
		legend = append(legend, e.Name)
		require.Equal(t, e.Style == dominatedStyle, e.Name != "b" && e.Name != "c" && e.Name != "f", e.Name)
	}
	require.Equal(t, []string{"a: dominated by b", "b", "c", "d: dominated by b", "e: dominated by b", "f"}, legend)
	require.Contains(t, fig.Note, "stand at the right edge")
	d := fig.Panels[0].Drawing.(frontierDrawing)
	require.Equal(t, d.Right-neverStrip, d.Edge)
	require.Equal(t, notReached, d.Never.Text)
	require.Equal(t, 1, countOf(d.Frontier, 'L'), "c and b are joined; f is never reached")
	require.Equal(t, marker(5, d.Right-neverStrip/4, pointHeight(s, d, 40)), d.Points[5].Marker)
	require.Equal(t, marker(4, d.Right-neverStrip*3/4, pointHeight(s, d, 52)), d.Points[2].Marker, "beside it; a, d and e are beaten, and drawn first")
	require.Equal(t, notReached, fig.Numbers[0].Rows[4][4])
}

// Under other overrides the clinic is another: its policies are neither better nor joined.
func TestFrontierHoldsEachClinicApart(t *testing.T) {
	s := frontierOf([2]float64{60, 40}, [2]float64{50, 30}, [2]float64{65, 20})
	s.Policies[1].Set = map[string]string{"staff.rn.fte": "9"}
	fig, drawn := frontierFigure(s)
	require.True(t, drawn)
	require.Contains(t, fig.Note, "Policies compete with those that have the same overrides only.")
	d := fig.Panels[0].Drawing.(frontierDrawing)
	for _, p := range d.Points {
		require.NotEqual(t, dominatedStyle, p.Style)
	}
	require.Equal(t, 1, countOf(d.Frontier, 'L'), "a and c are joined")
}

func countOf(text string, letter rune) (n int) {
	for _, r := range text {
		if r == letter {
			n++
		}
	}
	return n
}

// pointHeight is where so many minutes lie in a drawing.
func pointHeight(s *results.Simulate, d frontierDrawing, minutes float64) float64 {
	y := axis{left: d.Bottom, right: d.Top}
	y.low, y.high = spanOf(tradeOffs(s, urgentWait(drawnPolicies(s))), func(p tradeOff) results.Measure { return p.minutes })
	return y.at(minutes)
}

// Where no policy reaches the 90th percentile the median stands for the wait, and the note says so.
func TestFrontierFallsBackToTheMedian(t *testing.T) {
	never := math.Inf(1)
	fig, drawn := frontierFigure(frontierOf([2]float64{60, never}, [2]float64{50, never}))
	require.True(t, drawn)
	require.Contains(t, fig.Note, "The wait is the median: the 90th percentile is reached under no policy")
	require.Equal(t, "6.00", fig.Numbers[0].Rows[1][4], "the median of b, which is dominated: a waits 5 h and takes more")
	require.Zero(t, fig.Panels[0].Drawing.(frontierDrawing).Edge)
	require.Empty(t, fig.Legend[0].Name[1:], "neither is dominated")
	require.Empty(t, fig.Legend[1].Name[1:])
}

func TestFrontierNeedsTwoPolicies(t *testing.T) {
	_, drawn := frontierFigure(frontierOf([2]float64{60, 40}))
	require.False(t, drawn)
	_, drawn = frontierFigure(&results.Simulate{Policies: []results.PolicyResult{{Name: "a"}, {Name: "b"}}})
	require.False(t, drawn)
}

func TestNiceTicks(t *testing.T) {
	require.Equal(t, []tick{{0, "70"}, {50, "75"}, {100, "80"}}, niceTicks(axis{low: 70, high: 80, right: 100}, 4))
	require.Equal(t, []string{"0.02", "0.04"}, labels(niceTicks(axis{low: .011, high: .055, right: 100}, 3)))
	require.Equal(t, []string{"−2", "0", "2"}, labels(niceTicks(axis{low: -3, high: 3.9, right: 100}, 4)))
}
