package des

import (
	"math"
	"sort"
	"testing"

	"github.com/stretchr/testify/require"
)

// level is what the least of n p-values must exceed: sound variates fail one of the tests here at 1 seed in 10,000.
func level(n int) float64 { return falseAlarm / float64(n) }

// The stack must end at density 1: with the edges of the source, and with no other ones.
func TestZigguratsClose(t *testing.T) {
	tail := func(r float64) float64 { return math.Sqrt(math.Pi/2) * math.Erfc(r/math.Sqrt2) }
	root := func(f float64) float64 { return math.Sqrt(-2 * math.Log(f)) }
	top := func(z *ziggurat) float64 { return z[layers-1].floor + z[layers-1].rise }
	require.InDelta(t, 1, top(normLayers), 1e-12)
	require.InDelta(t, 1, top(expLayers), 1e-12)
	require.Greater(t, math.Abs(top(newZiggurat(normEdge+1e-9, tail(normEdge+1e-9), normDensity, root))-1), 1e-10)
	for _, z := range []*ziggurat{normLayers, expLayers} {
		area := z[0].step * 0x1p52 * z[1].floor // v/f(r) by f(r)
		for i := 1; i < layers; i++ {
			require.InDelta(t, area, z[i].step*0x1p52*z[i].rise, 1e-12, "layer %d has the common area", i)
		}
	}
}

func normCDF(x float64) float64 { return math.Erfc(-x/math.Sqrt2) / 2 }
func expCDF(x float64) float64  { return -math.Expm1(-x) }

// variate is a distribution and how it is drawn.
type variate struct {
	name string
	draw func(Key) float64
	cdf  func(float64) float64
	z    *ziggurat
}

func variates() []variate {
	return []variate{{"norm", Key.Norm, normCDF, normLayers}, {"exp", Key.Exp, expCDF, expLayers}}
}

// careless draws from a ziggurat without its topmost layer, and without comparing points right of the next edge with
// the density.
func (z *ziggurat) careless(k Key) float64 {
	b := k.Bits()
	return (float64(int64(b>>12)) + .5) * z[b%(layers-1)].step
}

// layeredP counts four million draws, without their signs, between the edges of the layers and in the tail, and then in
// eighths of the space between their two edges, all spaces together: draws that are not compared with the density are
// too far right in it.
func (v variate) layeredP(draw func(Key) float64) (spaces, eighths float64) {
	const n = 1 << 22
	var edges []float64 // ascending, 0 first
	for i := range v.z {
		edges = append(edges, v.z[layers-1-i].inner)
	}
	got, gotEighths := make([]int, layers), make([]int, 8)
	for i := range uint64(n) {
		x := math.Abs(draw(NewKey(*seed).Sub(i)))
		above := sort.SearchFloat64s(edges, x)
		got[above-1]++
		if above < layers {
			gotEighths[int((x-edges[above-1])/(edges[above]-edges[above-1])*8)]++
		}
	}
	share := func(a, b float64) float64 { return n * (v.cdf(b) - v.cdf(a)) / (1 - v.cdf(0)) }
	want := make([]float64, 8)
	for i, edge := range edges[:layers-1] {
		eighth := (edges[i+1] - edge) / 8
		for e := range want {
			want[e] += share(edge+float64(e)*eighth, edge+float64(e+1)*eighth)
		}
	}
	return cellsP(got, func(c int) float64 { return share(edges[c], append(edges, math.Inf(1))[c+1]) }),
		cellsP(gotEighths, func(e int) float64 { return want[e] })
}

func TestVariatesFillTheirLayers(t *testing.T) {
	for _, v := range variates() {
		t.Run(v.name, func(t *testing.T) {
			t.Parallel()
			spaces, eighths := v.layeredP(v.draw)
			require.Greater(t, min(spaces, eighths), level(4), "seed %d", *seed)
			spaces, eighths = v.layeredP(v.z.careless)
			require.Less(t, max(spaces, eighths), level(4), "both tests find careless draws")
		})
	}
}

// Kolmogorov-Smirnov on 200,000 draws each. The tail of the normal is compared by itself, as only 1 draw in 4,000
// reaches it; r + e/r without Marsaglia's condition is what it must not be.
func TestVariatesFollowTheirDistributions(t *testing.T) {
	const n = 200000
	beyond := func(x float64) float64 { return 1 - math.Erfc(x/math.Sqrt2)/math.Erfc(normEdge/math.Sqrt2) }
	for _, test := range []struct {
		name string
		draw func(Key) float64
		cdf  func(float64) float64
		ok   bool
	}{
		{"norm", Key.Norm, normCDF, true},
		{"exp", Key.Exp, expCDF, true},
		{"log-normal", func(k Key) float64 { return k.LogNormal(2.3, .529) },
			func(x float64) float64 { return normCDF((math.Log(x/2.3) + .529*.529/2) / .529) }, true},
		{"normal tail", Key.normTail, beyond, true},
		{"unconditioned tail", func(k Key) float64 { return normEdge + k.Exp()/normEdge }, beyond, false},
		{"log-normal by its median", func(k Key) float64 { return 2.3 * math.Exp(.529*k.Norm()) },
			func(x float64) float64 { return normCDF((math.Log(x/2.3) + .529*.529/2) / .529) }, false},
	} {
		u := make([]float64, n)
		for i := range u {
			u[i] = test.cdf(test.draw(NewKey(*seed).Sub(uint64(i))))
		}
		require.Equal(t, test.ok, uniformP(u) > level(6), "%s, seed %d", test.name, *seed)
	}
}

// Of 4 million draws, 4e6 erfc(x/sqrt 2) normal and 4e6 e^-x exponential ones are beyond x: Poisson numbers.
func TestTails(t *testing.T) {
	const n = 4000000
	norm := []float64{3, normEdge, 4, 4.5}
	exp := []float64{6, expEdge, 10, 12}
	var normBeyond, expBeyond [4]int
	for i := range uint64(n) {
		k := NewKey(*seed).Sub(i)
		z, e := math.Abs(k.Norm()), k.Exp()
		for j := 0; j < 4 && z > norm[j]; j++ {
			normBeyond[j]++
		}
		for j := 0; j < 4 && e > exp[j]; j++ {
			expBeyond[j]++
		}
	}
	for j := range norm {
		require.Greater(t, poissonP(normBeyond[j], n*math.Erfc(norm[j]/math.Sqrt2)), level(8), "normal beyond %v", norm[j])
		require.Greater(t, poissonP(expBeyond[j], n*math.Exp(-exp[j])), level(8), "exponential beyond %v", exp[j])
	}
}

// Draws from neighbouring keys, and the accepted and refused attempts of one key, must not resemble each other.
func TestVariatesOfNeighboursAreUnrelated(t *testing.T) {
	const n = 1 << 17
	words := make([]uint64, n)
	for _, v := range variates() {
		for i := range words {
			words[i] = uint64(v.cdf(v.draw(NewKey(*seed).Sub(uint64(i))))*0x1p53) << 11
		}
		for _, p := range append(pairs(words), lags(words)...) {
			require.Greater(t, p, level(32), "%s, seed %d", v.name, *seed)
		}
	}
}

func TestExpAgreesWithTheLibrary(t *testing.T) {
	for i := range uint64(200000) {
		x := NewKey(*seed).Sub(i).Norm()
		if i%2 == 0 {
			x *= 150 // now and then outside what the table serves
		}
		want := math.Exp(x)
		if math.IsInf(want, 1) {
			require.Equal(t, want, exp(x))
			continue
		}
		require.InDelta(t, want, exp(x), 3*(math.Nextafter(want, math.Inf(1))-want), "exp(%v)", x) // 2 and 1 ulp
	}
	for x, want := range map[float64]float64{0: 1, math.Inf(-1): 0, math.Inf(1): math.Inf(1)} {
		require.Equal(t, want, exp(x))
	}
	require.True(t, math.IsNaN(exp(math.NaN())))
}
