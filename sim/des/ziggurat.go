package des

import "math"

// The ziggurat (Marsaglia and Tsang, Journal of Statistical Software 5(8), 2000): the area under a falling density is
// covered by layers of equal area v, each a rectangle from 0 to its edge, the lowest with the tail beyond r. A point
// of a layer is accepted at once left of the next edge, where the rectangle lies wholly under the density: 98.8% of
// normal and 98.9% of exponential draws. The others compare it with the density, or draw from the tail. The
// distribution is exact, and the number remains a function of the key: further attempts have keys of their own.

// layers is how many layers a density is cut into; the low eight bits of a draw choose one.
const layers = 256

// attempt is the part of a key under which a draw that was not accepted is tried again. Callers number their parts
// from 0 and never reach it.
const attempt = 0xf1357aea2e62a9c5

// layer is one layer of a ziggurat. Densities are not normalised: they are 1 at 0.
type layer struct {
	step  float64 // what one unit of a draw's signed 53 bits is worth: the edge (for the lowest v/f(r)) by 2^52
	inner float64 // the next layer's edge: left of it all points are under the density
	floor float64 // the density at this layer's edge, and
	rise  float64 // how much more it is at the next layer's edge
}

type ziggurat [layers]layer

// The edge r of the lowest layer is where r f(r) + tail(r) = v gives a stack of 256 layers that ends at height 1; a
// test solves it anew.
const (
	normEdge = 3.6541528853610087963519472518
	expEdge  = 7.69711747013104971404462804811
)

var (
	normLayers = newZiggurat(normEdge, math.Sqrt(math.Pi/2)*math.Erfc(normEdge/math.Sqrt2),
		normDensity, func(f float64) float64 { return math.Sqrt(-2 * math.Log(f)) })
	expLayers = newZiggurat(expEdge, math.Exp(-expEdge),
		expDensity, func(f float64) float64 { return -math.Log(f) })
)

func normDensity(x float64) float64 { return math.Exp(-x * x / 2) }
func expDensity(x float64) float64  { return math.Exp(-x) }

// newZiggurat stacks layers from edge r upwards, each of area v = r density(r) + tail. inverse is that of density.
func newZiggurat(r, tail float64, density, inverse func(float64) float64) *ziggurat {
	z, edge, f := new(ziggurat), r, density(r)
	v := r*f + tail
	z[0] = layer{step: v / f * 0x1p-52, inner: r}
	for i := 1; i < layers; i++ {
		above := f + v/edge // the next layer's edge is where the density is v/edge higher
		next := 0.0
		if i < layers-1 {
			next = inverse(above)
		}
		z[i] = layer{step: edge * 0x1p-52, inner: next, floor: f, rise: above - f}
		edge, f = next, above
	}
	return z
}

// Norm returns a standard normal number.
func (k Key) Norm() float64 {
	b := k.Bits()
	l := &normLayers[b%layers]
	x := (float64(int64(b)>>11) + 0.5) * l.step // the sign is the draw's; never 0, and -x as likely as x
	if math.Abs(x) < l.inner {
		return x
	}
	return k.normOutside(x, l)
}

// normOutside decides on x, which lies right of the next layer's edge.
func (k Key) normOutside(x float64, l *layer) float64 {
	k = k.Sub(attempt)
	if l == &normLayers[0] {
		return math.Copysign(k.normTail(), x)
	}
	if l.floor+k.Float()*l.rise < normDensity(x) {
		return x
	}
	return k.Sub(attempt).Norm()
}

// normTail returns a normal number given that it is beyond normEdge = r: r + e1/r where e1 is exponential and
// e1^2/r^2 < 2 e2 (Marsaglia 1964).
func (k Key) normTail() float64 {
	for ; ; k = k.Sub(attempt) {
		beyond := k.Sub(0).Exp() / normEdge
		if beyond*beyond < 2*k.Sub(1).Exp() {
			return normEdge + beyond
		}
	}
}

// Exp returns an exponential number with mean 1.
func (k Key) Exp() float64 {
	b := k.Bits()
	l := &expLayers[b%layers]
	x := (float64(int64(b>>12)) + 0.5) * l.step // never 0
	if x < l.inner {
		return x
	}
	return k.expOutside(x, l)
}

// expOutside decides on x, which lies right of the next layer's edge.
func (k Key) expOutside(x float64, l *layer) float64 {
	k = k.Sub(attempt)
	if l == &expLayers[0] {
		return expEdge + k.Exp() // the exponential has no memory
	}
	if l.floor+k.Float()*l.rise < expDensity(x) {
		return x
	}
	return k.Sub(attempt).Exp()
}
