package stats

import (
	"math"

	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/stat"
)

// Estimate is a mean with the standard error behind its interval.
type Estimate struct {
	Value         float64
	StandardError float64
	HalfWidth     float64 // of the interval
}

// Mean returns the mean of xs with half the width of its Student t interval of a confidence. There must be two values at
// least, none of them missing.
func Mean(xs []float64, confidence float64) Estimate {
	mean, sd := stat.MeanStdDev(xs, nil)
	return Estimate{mean, sd / math.Sqrt(float64(len(xs))), halfWidth(sd, len(xs), confidence)}
}

// ControlledMean estimates the mean of ys with the help of controls: numbers that are observed together with each of
// them, go up and down with it, and have mean 0. It is the intercept of the linear regression of y on the controls,
//
//	y = mean + b1 x1 + b2 x2 + ... + error,
//
// with Student's t at n - 1 - k degrees of freedom for k controls, which is exact where all of them are normal
// (Lavenberg and Welch, Management Science 27(3), 1981). It is as much sharper than Mean as the controls explain of the
// variance, and wrong when their means are not 0: test that too, with Mean.
//
// controls[i] has a value for each of ys; another number of values is a bug of the caller, and it panics. There must be
// three more observations than controls. Controls of which one tells nothing beyond the others help no more than none.
func ControlledMean(ys []float64, controls [][]float64, confidence float64) Estimate {
	n, k := len(ys), len(controls)
	x := mat.NewDense(n, 1+k, nil)
	for i := range n {
		x.Set(i, 0, 1)
	}
	for c, values := range controls {
		x.SetCol(1+c, values)
	}
	var square, inverse mat.Dense
	square.Mul(x.T(), x)
	if err := inverse.Inverse(&square); err != nil {
		return Mean(ys, confidence)
	}
	y := mat.NewVecDense(n, ys)
	var product, b, fitted mat.VecDense
	product.MulVec(x.T(), y)
	b.MulVec(&inverse, &product)
	fitted.MulVec(x, &b)
	fitted.SubVec(y, &fitted)
	freedom := float64(n - 1 - k)
	variance := mat.Dot(&fitted, &fitted) / freedom * inverse.At(0, 0)
	e := Estimate{Value: b.AtVec(0), StandardError: math.Sqrt(variance)}
	e.HalfWidth = studentQuantile(freedom, (1+confidence)/2) * e.StandardError
	return e
}
