package des

import "math"

// Gamma returns a gamma number with the given shape, which must be positive, and mean 1 (scale 1/shape); shape 1 is
// exponential. By Marsaglia and Tsang's squeeze ("A simple method for generating gamma variables", 2000), each attempt
// with draws of its own; shapes below 1 by their boost, G(a) = G(a+1) U^(1/a).
func (k Key) Gamma(shape float64) float64 {
	if shape == 1 {
		return k.Exp()
	}
	boost, a := 1.0, shape
	if a < 1 {
		boost, a = math.Pow(k.Sub(0).Float(), 1/a), a+1
	}
	d := a - 1./3
	c := 1 / math.Sqrt(9*d)
	for i := uint64(1); ; i += 2 {
		x := k.Sub(i).Norm()
		v := 1 + c*x
		if v <= 0 {
			continue
		}
		v = v * v * v
		u := 1 - k.Sub(i+1).Float() // in (0, 1]
		if math.Log(u) < x*x/2+d-d*v+d*math.Log(v) {
			return boost * d * v / shape
		}
	}
}
