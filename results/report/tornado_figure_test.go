package report

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/portalbench/portalbench/results"
)

func TestTornadosAreDrawnFromLowToHigh(t *testing.T) {
	s := threePolicies()
	u := wideUncertainty(s.Policies)
	figures := tornadoFigures(u)
	require.Len(t, figures, 3)
	require.Equal(t, "Level of physician-first: first response, median h", figures[0].Title)
	require.Equal(t, "Difference of nurse-first from physician-first: first response, median h", figures[1].Title)
	require.Contains(t, figures[1].Note, "○: mean in the lowest fifth of the parameter, ●: in the highest.")
	require.Contains(t, figures[1].Note, "Uppermost is what matters most in a rank regression")
	few := *u
	few.Tornados = []results.Tornado{u.Tornados[0]}
	few.Tornados[0].Explained = num(math.NaN())
	require.NotContains(t, tornadoFigures(&few)[0].Note, "Uppermost", "it takes more draws to tell")
	d := figures[0].Panels[0].Drawing.(tornadoDrawing)
	require.Len(t, d.Rows, 3)
	require.Less(t, d.Rows[0].Low, d.Median) // 4.4, 5.3, 6.9
	require.Less(t, d.Median, d.Rows[0].High)
	require.Equal(t, "threads.patience, 8.00–32.0 h", d.Rows[0].Names[0].Text)
	require.Len(t, flipSheets(u)[0].Rows, 2)
	for i := range u.Tornados[0].Bars {
		u.Tornados[0].Bars[i].Top = num(math.NaN())
	}
	require.Len(t, tornadoFigures(u), 2, "one without values is left out")
	u.Flips = nil
	require.Empty(t, flipSheets(u))
}

// A share is shown in percentage points: .044 and .069 are 4.4 and 6.9.
func TestTornadoOfAShare(t *testing.T) {
	u := wideUncertainty(threePolicies().Policies)
	u.Measure, u.Statistic = "answered_within_1_business_day", "share"
	for i := range u.Tornados[0].Bars {
		u.Tornados[0].Bars[i].Bottom /= 100
		u.Tornados[0].Bars[i].Top /= 100
	}
	u.Tornados[0].Median /= 100
	d := drawTornado(frames()[0], u, u.Tornados[0], tornadoBars(u.Tornados[0]))
	require.Equal(t, "percentage points", d.Unit.Text)
	require.Equal(t, []string{"5", "6", "7"}, labels(d.X))
	require.Equal(t, "4.40", tornadoSheet(u, u.Tornados[0]).Rows[0][5])
}
