package stats

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
)

func oneColumn(xs []float64) [][]float64 {
	draws := make([][]float64, len(xs))
	for i, x := range xs {
		draws[i] = []float64{x}
	}
	return draws
}

func TestRanksShareTies(t *testing.T) {
	require.Equal(t, []float64{4.5, 1, 2.5, 2.5, 4.5, 6}, ranks([]float64{7, -1, 3, 3, 7, math.Inf(1)}))
	require.Empty(t, ranks(nil))
}

// With one parameter the coefficient is Spearman's rank correlation. The data are the textbook's ten people, IQ and
// hours of television a week: the squared rank differences add up to 194, so rho = 1 - 6 x 194 / (10 x 99) = -29/165.
func TestOneParameterIsSpearman(t *testing.T) {
	iq := []float64{106, 100, 86, 101, 99, 103, 97, 113, 112, 110}
	hours := []float64{7, 27, 2, 50, 28, 29, 20, 12, 6, 17}
	bars, explained := Tornado(oneColumn(iq), hours, .95)
	require.Len(t, bars, 1)
	got := bars[0]
	require.InDelta(t, -29./165, got.Coefficient.Value, 1e-12)
	require.InDelta(t, 29.*29/165/165, explained, 1e-12)
	// sqrt((1 - .03089) / 8) = .34805, x t(8, .975) 2.30600 = .80261
	require.InDelta(t, -29./165-.80261, got.Coefficient.Low, 1e-4)
	require.InDelta(t, -29./165+.80261, got.Coefficient.High, 1e-4)
	// A fifth is two people: IQ 86 and 97 watch 2 and 20 hours, 112 and 113 watch 6 and 12.
	require.Equal(t, 11., got.Bottom)
	require.Equal(t, 9., got.Top)
	require.Equal(t, -2., got.Swing.Value)
	require.Equal(t, 4, got.Swing.N)
}

// With two parameters b(1) = (r(1) - r(2) rho) / (1 - rho^2), in every textbook.
func TestTwoCorrelatedParameters(t *testing.T) {
	// Ranks already. Squared differences: first and second 2, first and output 4, second and output 8; of six,
	// r = 1 - 6 d / (6 x 35): rho = 1 - 2/35 = 33/35, r(1) = 31/35, r(2) = 27/35.
	first := []float64{1, 2, 3, 4, 5, 6}
	second := []float64{2, 1, 3, 4, 5, 6}
	output := []float64{1, 3, 2, 4, 6, 5}
	draws := make([][]float64, 6)
	for i := range draws {
		draws[i] = []float64{second[i], first[i]}
	}
	bars, explained := Tornado(draws, output, .95)
	rho, r1, r2 := 33./35, 31./35, 27./35
	b1, b2 := (r1-r2*rho)/(1-rho*rho), (r2-r1*rho)/(1-rho*rho)
	require.Equal(t, 1, bars[0].Parameter)
	require.InDelta(t, b1, bars[0].Coefficient.Value, 1e-9)
	require.InDelta(t, b2, bars[1].Coefficient.Value, 1e-9)
	require.InDelta(t, b1*r1+b2*r2, explained, 1e-9)
	// t(3, .975) 3.18245 x sqrt((1 - explained) / 3 / (1 - rho^2))
	half := 3.18245 * math.Sqrt((1-explained)/3/(1-rho*rho))
	require.InDelta(t, b1+half, bars[0].Coefficient.High, 1e-4)
	require.InDelta(t, b2-half, bars[1].Coefficient.Low, 1e-4)
}

// Hours of extra sleep under two drugs, ten people each (Student, "The probable error of a mean", Biometrika 6, 1908):
// Welch's test in R 4 gives a difference of 1.58 with the 95% interval -0.2054832 to 3.3654832, at 17.776 degrees.
func TestSwingIsWelchsInterval(t *testing.T) {
	first := []float64{.7, -1.6, -.2, -1.2, -.1, 3.4, 3.7, .8, 0, 2}
	second := []float64{1.9, .8, 1.1, .1, -.1, 4.4, 5.5, 1.6, 4.6, 3.4}
	var xs, ys []float64
	for i, y := range first { // the bottom fifth of 50 draws, then 30 between, then the top fifth
		xs, ys = append(xs, float64(i)), append(ys, y)
	}
	for i := range 30 {
		xs, ys = append(xs, float64(10+i)), append(ys, 1)
	}
	for i, y := range second {
		xs, ys = append(xs, float64(40+i)), append(ys, y)
	}
	bars, _ := Tornado(oneColumn(xs), ys, .95)
	require.InDelta(t, .75, bars[0].Bottom, 1e-9)
	require.InDelta(t, 2.33, bars[0].Top, 1e-9)
	require.InDelta(t, 1.58, bars[0].Swing.Value, 1e-9)
	require.InDelta(t, -.2054832, bars[0].Swing.Low, 1e-6)
	require.InDelta(t, 3.3654832, bars[0].Swing.High, 1e-6)
	require.Equal(t, 20, bars[0].Swing.N)
}

func TestTornadoOrdersByInfluence(t *testing.T) {
	draw := rand.New(rand.NewPCG(11, 12))
	const n = 400
	draws, outputs := make([][]float64, n), make([]float64, n)
	for i := range draws {
		draws[i] = []float64{draw.Float64(), draw.Float64(), 3, draw.Float64()}
		outputs[i] = math.Exp(draws[i][0] - 3*draws[i][3]) // monotone, not linear; parameter 1 has no part in it
	}
	bars, explained := Tornado(draws, outputs, .95)
	var order []int
	for _, bar := range bars {
		order = append(order, bar.Parameter)
	}
	require.Equal(t, []int{3, 0, 1, 2}, order)
	require.Negative(t, bars[0].Coefficient.High)
	require.Negative(t, bars[0].Swing.High)
	require.Positive(t, bars[1].Coefficient.Low)
	require.Less(t, bars[2].Coefficient.Low, 0.)
	require.Greater(t, bars[2].Coefficient.High, 0.)
	require.True(t, math.IsNaN(bars[3].Coefficient.Value) && math.IsNaN(bars[3].Swing.Value), "it never varies")
	require.Greater(t, explained, .9)

	// Only the order of a parameter's values counts, and what is incomplete is left out.
	for i := range draws {
		draws[i] = []float64{math.Log(draws[i][0]), draws[i][1], 3, 1e6 * draws[i][3]}
	}
	draws = append(draws, []float64{math.NaN(), 0, 0, 0}, []float64{0, 0, 0, 0})
	again, _ := Tornado(draws, append(outputs, 5, math.NaN()), .95)
	require.Equal(t, bars[:3], again[:3])
}

func TestTornadoWithoutCoefficients(t *testing.T) {
	nan, inf := math.NaN(), math.Inf(1)
	same := func(a, b []float64) [][]float64 {
		draws := oneColumn(a)
		for i := range draws {
			draws[i] = append(draws[i], b[i])
		}
		return draws
	}
	up := []float64{1, 2, 3, 4, 5}
	for _, row := range []struct {
		name    string
		draws   [][]float64
		outputs []float64
		swings  []float64 // in the order of the bars
	}{
		{"one parameter is the other in other units", same(up, []float64{2, 4, 6, 8, 10}), up, []float64{4, 4}},
		{"three draws for two parameters", same(up[:3], []float64{2, 1, 3}), up[:3], []float64{2, 1}}, // 3 - 1, 3 - 2
		{"three draws, the second swings further", same([]float64{2, 1, 3}, up[:3]), up[:3], []float64{2, 1}},
		{"constant output", same(up, []float64{3, 1, 2, 5, 4}), []float64{7, 7, 7, 7, 7}, []float64{0, 0}},
		{"no draw is complete", [][]float64{{nan}, {nan}}, []float64{1, 2}, []float64{nan}},
		{"no draw", nil, nil, nil},
		{"never reached, always", oneColumn(up), []float64{inf, inf, inf, inf, inf}, []float64{nan}},
	} {
		bars, explained := Tornado(row.draws, row.outputs, .95)
		require.True(t, math.IsNaN(explained), row.name)
		require.Len(t, bars, len(row.swings), row.name)
		for i, want := range row.swings {
			require.True(t, math.IsNaN(bars[i].Coefficient.Value), row.name)
			if math.IsNaN(want) {
				require.True(t, math.IsNaN(bars[i].Swing.Value), row.name)
			} else {
				require.Equal(t, want, bars[i].Swing.Value, row.name)
			}
		}
	}
	require.Panics(t, func() { Tornado(oneColumn(up), up[:2], .95) })
	require.Panics(t, func() { Tornado([][]float64{{1}, {1, 2}}, up[:2], .95) })
}

func TestInfiniteOutputsRankHighest(t *testing.T) {
	// Output ranks 1 2 3 4.5 4.5 against 1 2 3 4 5: rho = 9.5 / sqrt(10 x 9.5) = .974679
	bars, _ := Tornado(oneColumn([]float64{1, 2, 3, 4, 5}), []float64{1, 2, 3, math.Inf(1), math.Inf(1)}, .95)
	require.InDelta(t, .974679, bars[0].Coefficient.Value, 1e-6)
	require.True(t, math.IsInf(bars[0].Swing.Value, 1) && math.IsNaN(bars[0].Swing.Low))
}

func TestOuterFifths(t *testing.T) {
	ys := []float64{10, 20, 30, 40, 50, 60, 70, 80, 90, 100}
	for _, row := range []struct {
		name        string
		xs          []float64
		bottom, top []float64
	}{
		{"two of ten", []float64{0, 1, 2, 3, 4, 5, 6, 7, 8, 9}, []float64{10, 20}, []float64{90, 100}},
		{"a tie for the second", []float64{0, 1, 1, 3, 4, 5, 6, 7, 8, 9}, []float64{10, 20, 30}, []float64{90, 100}},
		{"a switch", []float64{0, 0, 0, 0, 0, 0, 1, 1, 1, 1}, ys[:6], ys[6:]},
		{"on in one draw only: the fifths meet", []float64{0, 0, 0, 0, 0, 0, 0, 0, 0, 1}, nil, nil},
	} {
		bottom, top := outerFifths(row.xs, ys)
		require.Equal(t, row.bottom, bottom, row.name)
		require.Equal(t, row.top, top, row.name)
	}
}
