package des

import (
	"math"
	"math/bits"
	"testing"

	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/stat/distuv"
)

func TestSameKeySameNumber(t *testing.T) {
	a := NewKey(7).Sub(3).Sub(1)
	require.Equal(t, a.Bits(), NewKey(7).Sub(3).Sub(1).Bits())
	require.NotEqual(t, a.Bits(), NewKey(8).Sub(3).Sub(1).Bits())
	require.NotEqual(t, a.Bits(), NewKey(7).Sub(1).Sub(3).Bits(), "the order of the parts matters")
	require.NotEqual(t, NewKey(0), NewKey(1))
}

// Each of 256 cells expects 1,000 of 256,000 draws. Chi-square with 255 degrees of freedom lies within [170, 355]
// with probability 1 - 2e-5 (gonum's quantiles, computed below).
func TestFloatsAreUniform(t *testing.T) {
	chi := distuv.ChiSquared{K: 255}
	low, high := chi.Quantile(1e-5), chi.Quantile(1-1e-5)
	for _, family := range []string{"consecutive", "nested"} {
		var cells [256]float64
		for i := range 256000 {
			k := NewKey(*seed).Sub(uint64(i))
			if family == "nested" {
				k = NewKey(*seed).Sub(uint64(i % 500)).Sub(uint64(i / 500))
			}
			cells[int(k.Float()*256)]++
		}
		got := 0.0
		for _, n := range cells {
			got += (n - 1000) * (n - 1000) / 1000
		}
		require.Greater(t, got, low, family)
		require.Less(t, got, high, family)
	}
}

// A change of one input bit changes each output bit with probability 1/2: 32 bits on average. The mean of n = 64,000
// counts of 64 fair bits has standard error 4/sqrt(n) = 0.016.
func TestNeighbouringKeysDoNotResemble(t *testing.T) {
	n, changed := 0, 0
	for i := range 1000 {
		k := NewKey(uint64(i)).Sub(*seed)
		for b := range 64 {
			changed += bits.OnesCount64(k.Sub(0).Bits() ^ k.Sub(1<<b).Bits())
			n++
		}
	}
	require.InDelta(t, 32, float64(changed)/float64(n), 5*4/math.Sqrt(float64(n)))
}

func TestVariatesHaveTheirMoments(t *testing.T) {
	const n = 200000
	var exp, norm, norm2, logn float64
	for i := range n {
		k := NewKey(*seed).Sub(uint64(i))
		z := k.Sub(1).Norm()
		exp += k.Exp()
		norm += z
		norm2 += z * z
		logn += k.Sub(2).LogNormal(2.3, .529)
	}
	root := math.Sqrt(n)
	require.InDelta(t, 1, exp/n, 5/root)                // sd 1
	require.InDelta(t, 0, norm/n, 5/root)               // sd 1
	require.InDelta(t, 1, norm2/n, 5*math.Sqrt(2)/root) // var of z^2 is 2
	sd := 2.3 * math.Sqrt(math.Exp(.529*.529)-1)        // of a log-normal: mean sqrt(e^(s^2)-1)
	require.InDelta(t, 2.3, logn/n, 5*sd/root)
}

func TestPick(t *testing.T) {
	cumulative := []float64{1, 1, 4} // weights 1, 0, 3
	var got [3]float64
	for i := range 40000 {
		got[NewKey(*seed).Sub(uint64(i)).Pick(cumulative)]++
	}
	require.InDelta(t, 10000, got[0], 5*math.Sqrt(40000*.25*.75))
	require.Zero(t, got[1])
}

func BenchmarkFloat(b *testing.B) {
	k, sum := NewKey(1), 0.0
	for i := uint64(0); b.Loop(); i++ {
		sum += k.Sub(i).Float()
	}
	_ = sum
}

func BenchmarkLogNormal(b *testing.B) {
	k, sum := NewKey(1), 0.0
	for i := uint64(0); b.Loop(); i++ {
		sum += k.Sub(i).LogNormal(2.3, .529)
	}
	_ = sum
}

func BenchmarkNorm(b *testing.B) {
	k, sum := NewKey(1), 0.0
	for i := uint64(0); b.Loop(); i++ {
		sum += k.Sub(i).Norm()
	}
	_ = sum
}

func BenchmarkExp(b *testing.B) {
	k, sum := NewKey(1), 0.0
	for i := uint64(0); b.Loop(); i++ {
		sum += k.Sub(i).Exp()
	}
	_ = sum
}
