package report

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/portalbench/portalbench/results"
)

// Every outcome has a panel of its own scale, with 0 in the middle and a row for every policy but the baseline.
func TestForestHasAPanelForEveryOutcome(t *testing.T) {
	s := threePolicies()
	fig, drawn := forestFigure(s)
	require.True(t, drawn)
	require.Equal(t, "What each policy changes against physician-first", fig.Title)
	require.Contains(t, fig.Note, "*: wider, so that all 6 differences of primary outcomes hold together")
	for i, columns := range []float64{2, 1} {
		forest := fig.Panels[i].Drawing.(forestDrawing)
		require.Len(t, forest.Panels, len(mainOutcomes()))
		for _, p := range forest.Panels {
			require.Len(t, p.Marks, 2)
			require.InDelta(t, (p.x.left+p.x.right)/2, p.Zero, .1)
			require.LessOrEqual(t, p.x.right, forest.Width)
			for _, m := range p.Marks {
				require.Empty(t, m.Arrows, "few intervals are shown to their ends")
				require.Empty(t, m.Key, "it would pass for a value")
				require.True(t, p.Top < m.Y && m.Y < p.Bottom)
			}
		}
		require.Equal(t, columns == 2, forest.Panels[0].Top == forest.Panels[1].Top)
	}
}

// Of 18.2 h nurse-first takes 38%, 6.916 h: left of 0, which is better, and the interval is adjusted.
func TestForestPlacesDifferences(t *testing.T) {
	s := threePolicies()
	o := mainOutcomes()[1]
	p := newForestPanel(s, o, drawnPolicies(s)[1:], 0, 340, 0)
	require.Equal(t, "First response, median *", p.Titles[0].Text)
	require.Equal(t, "hours; left is better", p.Unit.Text)
	m := p.Marks[0]
	require.Equal(t, marker(1, p.x.at(-6.916), m.Y), m.Marker)
	d, found := o.against(s, s.Policies[1])
	require.True(t, found)
	require.Equal(t, p.x.at(float64(d.Low)), m.Low)
	require.Equal(t, p.x.at(float64(d.High)), m.High)
	require.Equal(t, "percentage points; right is better", newForestPanel(s, mainOutcomes()[0], drawnPolicies(s)[1:], 0, 340, 0).Unit.Text)
	require.Equal(t, "minutes per workday; left is better", differenceUnit(mainOutcomes()[4]))
	require.Equal(t, "percentage points", differenceUnit(mainOutcomes()[6]), "neither is better by itself")
}

func TestForestSaysWhyAMarkIsMissing(t *testing.T) {
	s := threePolicies()
	o := mainOutcomes()[1]
	for i := range s.Policies[1].Measures {
		if m := &s.Policies[1].Measures[i]; o.matches(m.Name, m.Where, m.Statistic) {
			m.Value, m.NotReached = num(math.Inf(1)), 12
		}
	}
	for i := range s.Differences {
		if d := &s.Differences[i]; d.Policy == "nurse-first" && o.matches(d.Measure, d.Where, d.Statistic) {
			d.Value = num(math.NaN())
		}
	}
	p := newForestPanel(s, o, drawnPolicies(s)[1:], 0, 340, 0)
	require.Len(t, p.Missing, 1)
	require.Equal(t, notReached, p.Missing[0].Text)
	require.Empty(t, p.Marks[0].Marker)
	require.NotEmpty(t, p.Marks[0].Key, "the row still says whose it is")
}

func TestForestNumbersHaveColumnsForBounds(t *testing.T) {
	s := threePolicies()
	rows := differenceSheet(s, mainOutcomes()[1:2]).Rows
	require.Equal(t, []string{"first response, median h", "nurse-first", "−6.92", "−7.82", "−6.01", "yes"}, rows[0]) // ± .12 x 6.916 + .004 x 18.2
	s.Differences[1].Low, s.Differences[1].High = num(math.NaN()), num(math.NaN())
	require.Equal(t, missing, differenceSheet(s, mainOutcomes()[1:2]).Rows[0][3], "one replication has no interval")
	_, drawn := forestFigure(&results.Simulate{Policies: s.Policies})
	require.False(t, drawn)
}

func TestFarthestClipsOnlyAmongMany(t *testing.T) {
	require.InDelta(t, 104, farthest([]float64{1, 100}), 1e-9)
	many := []float64{1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 2, 100}
	require.InDelta(t, 1.04*1.5*1, farthest(many), 1e-9) // the 90th per cent of 12 is the tenth
	require.InDelta(t, 1, farthest(nil), 0)
	require.InDelta(t, 1, farthest([]float64{0, 0}), 0)
}
