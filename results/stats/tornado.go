package stats

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/stat"
)

// Influence is one bar of a tornado: how an output follows one uncertain parameter while all of them vary.
type Influence struct {
	Parameter   int      // its place in a draw, from 0
	Coefficient Interval // standardized rank regression coefficient, about -1 to 1: positive when they rise together
	Swing       Interval // Top - Bottom, in the unit of the output
	Bottom, Top float64  // mean output in the bottom and in the top fifth of the parameter
}

// Tornado ranks uncertain parameters by their influence on an output, the most influential first. draws holds one
// vector of parameters per draw, as values or as positions in their ranges: only their order matters. outputs holds
// one output per draw, or one difference between two policies. Draws with something missing (NaN) are left out; an
// infinite output is the largest of ranks, and makes the swing infinite.
//
// The ranking is by the absolute standardized rank regression coefficient (Iman and Conover, "The use of the rank
// transform in regression", Technometrics 21, 1979; Saltelli et al., Sensitivity Analysis in Practice, 2004): with R
// the correlations between the ranks of the parameters and r those of each with the rank of the output,
//
//	b = inverse(R) r,  b(j) ± t(n-k-1, (1+confidence)/2) sqrt((1 - r'b) / (n-k-1) inverse(R)(j,j))
//
// The partial rank correlation orders uncorrelated parameters in the same way. It is not used because it measures each
// against the noise the others leave, and so tends to 1 for all of them, however weak, when the output has little.
// The t interval takes ranks for normal values and is approximate. The swing has Welch's t interval, which counts the
// effect of the other parameters as noise. Intervals are not adjusted for the number of parameters.
//
// explained is r'b, the share of the variance of the output's ranks that the regression accounts for. Below .7, the
// usual rule of thumb, some effect is not monotone or not additive, and the order is not to be relied on. A parameter
// that never varies has neither coefficient nor swing (NaN) and comes last. No parameter has a coefficient, and the
// order is by swing, when parameters determine one another, the output is constant, or there are fewer draws than
// parameters and two more. Vectors of different lengths are a bug of the caller: it panics.
func Tornado(draws [][]float64, outputs []float64, confidence float64) (bars []Influence, explained float64) {
	parameters, ys := columnsOf(draws, outputs)
	coefficients, explained := rankRegression(parameters, ys, confidence)
	for j, xs := range parameters {
		bar := Influence{Parameter: j, Coefficient: coefficients[j]}
		bottom, top := outerFifths(xs, ys)
		bar.Bottom, bar.Top = stat.Mean(bottom, nil), stat.Mean(top, nil)
		bar.Swing = welchInterval(bottom, top, confidence)
		bars = append(bars, bar)
	}
	slices.SortStableFunc(bars, func(a, b Influence) int {
		return cmp.Or( // descending; NaN is below every number to cmp
			cmp.Compare(math.Abs(b.Coefficient.Value), math.Abs(a.Coefficient.Value)),
			cmp.Compare(math.Abs(b.Swing.Value), math.Abs(a.Swing.Value)))
	})
	return bars, explained
}

// columnsOf turns complete draws into one column per parameter, beside their outputs.
func columnsOf(draws [][]float64, outputs []float64) (parameters [][]float64, ys []float64) {
	if len(draws) != len(outputs) {
		panic(fmt.Sprintf("stats: %d draws of parameters with %d outputs", len(draws), len(outputs)))
	}
	if len(draws) > 0 {
		parameters = make([][]float64, len(draws[0]))
	}
	for i, draw := range draws {
		if len(draw) != len(parameters) {
			panic(fmt.Sprintf("stats: draw %d has %d parameters, the first has %d", i, len(draw), len(parameters)))
		}
		if math.IsNaN(outputs[i]) || slices.ContainsFunc(draw, math.IsNaN) {
			continue
		}
		for j, x := range draw {
			parameters[j] = append(parameters[j], x)
		}
		ys = append(ys, outputs[i])
	}
	return parameters, ys
}

// rankRegression regresses the rank of ys on the ranks of the parameters that vary, all standardized.
func rankRegression(parameters [][]float64, ys []float64, confidence float64) (bs []Interval, explained float64) {
	nan := math.NaN()
	bs = slices.Repeat([]Interval{{nan, nan, nan, len(ys)}}, len(parameters))
	var varying []int
	for j, xs := range parameters {
		if varies(xs) {
			varying = append(varying, j)
		}
	}
	free := len(ys) - len(varying) - 1
	if len(varying) == 0 || free < 1 || !varies(ys) {
		return bs, nan
	}
	inverse, r, ok := rankCorrelations(parameters, varying, ys)
	if !ok {
		return bs, nan
	}
	var b mat.VecDense
	b.MulVec(inverse, r)
	explained = min(mat.Dot(r, &b), 1) // an exact fit can pass 1 by a rounding error
	t := studentQuantile(float64(free), (1+confidence)/2)
	for i, j := range varying {
		half := t * math.Sqrt((1-explained)/float64(free)*inverse.At(i, i))
		bs[j] = Interval{b.AtVec(i), b.AtVec(i) - half, b.AtVec(i) + half, len(ys)}
	}
	return bs, explained
}

// rankCorrelations returns the inverse of the rank correlations between the varying parameters, and the rank
// correlation of each with ys. It is not ok when some parameters determine others.
func rankCorrelations(
	parameters [][]float64, varying []int, ys []float64,
) (inverse *mat.SymDense, r *mat.VecDense, ok bool) {
	const worstCondition = 1e8 // beyond it half of the 16 digits are lost
	k := len(varying)
	columns := mat.NewDense(len(ys), k+1, nil)
	for i, j := range varying {
		columns.SetCol(i, ranks(parameters[j]))
	}
	columns.SetCol(k, ranks(ys))
	var all mat.SymDense
	stat.CorrelationMatrix(&all, columns, nil)
	between := mat.NewSymDense(k, nil)
	r = mat.NewVecDense(k, nil)
	for i := range k {
		r.SetVec(i, all.At(i, k))
		for j := i; j < k; j++ {
			between.SetSym(i, j, all.At(i, j))
		}
	}
	var factors mat.Cholesky
	if !factors.Factorize(between) || !(factors.Cond() < worstCondition) {
		return nil, nil, false
	}
	inverse = new(mat.SymDense)
	return inverse, r, factors.InverseTo(inverse) == nil
}

// varies reports whether xs holds two different values.
func varies(xs []float64) bool {
	return len(xs) > 0 && slices.Min(xs) < slices.Max(xs)
}

// ranks returns the rank of each value, from 1; equal values share the mean of theirs.
func ranks(xs []float64) []float64 {
	order := make([]int, len(xs))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(xs[a], xs[b]) })
	rank := make([]float64, len(xs))
	for from := 0; from < len(order); {
		to := from + 1
		for to < len(order) && xs[order[to]] == xs[order[from]] {
			to++
		}
		for _, i := range order[from:to] {
			rank[i] = float64(from+1+to) / 2
		}
		from = to
	}
	return rank
}

// outerFifths returns the outputs of the draws in the bottom and in the top fifth of xs. Draws that tie with the last
// of a fifth belong to it, because nothing tells them apart; where that makes the fifths meet, both are empty.
func outerFifths(xs, ys []float64) (bottom, top []float64) {
	if len(xs) == 0 {
		return nil, nil
	}
	sorted := slices.Sorted(slices.Values(xs))
	fifth := max(len(xs)/5, 1)
	low, high := sorted[fifth-1], sorted[len(xs)-fifth]
	if low >= high {
		return nil, nil
	}
	for i, x := range xs {
		if x <= low {
			bottom = append(bottom, ys[i])
		}
		if x >= high {
			top = append(top, ys[i])
		}
	}
	return bottom, top
}

// welchInterval returns the mean of b less that of a, two independent samples, with Welch's interval for unequal
// variances (Biometrika 34, 1947). With va = variance of a / its size, vb likewise,
//
//	mean b - mean a ± t(nu, (1+confidence)/2) sqrt(va + vb),  nu = (va+vb)^2 / (va^2/(na-1) + vb^2/(nb-1))
//
// The bounds are NaN when either has fewer than two values or an infinite one.
func welchInterval(a, b []float64, confidence float64) Interval {
	d := Interval{stat.Mean(b, nil) - stat.Mean(a, nil), math.NaN(), math.NaN(), len(a) + len(b)}
	if len(a) < 2 || len(b) < 2 || math.IsInf(d.Value, 0) || math.IsNaN(d.Value) {
		return d
	}
	na, nb := float64(len(a)), float64(len(b))
	va, vb := stat.Variance(a, nil)/na, stat.Variance(b, nil)/nb
	half := 0.
	if va+vb > 0 {
		nu := (va + vb) * (va + vb) / (va*va/(na-1) + vb*vb/(nb-1))
		half = studentQuantile(nu, (1+confidence)/2) * math.Sqrt(va+vb)
	}
	d.Low, d.High = d.Value-half, d.Value+half
	return d
}
