package stats

import (
	"fmt"
	"math"
	"slices"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/stat"
)

const (
	sweepSpan  = 2. / 3 // share of the values that a local line is fitted to: the default of lowess
	sweepSteps = 200    // the range is searched in this many steps: a double crossing within one is not seen
)

// Reversal is the value of a parameter at which the ranking of two policies flips.
type Reversal struct {
	Found     bool     // the fitted line crosses zero within the range
	At        Interval // the crossing at the lowest value; a bound is NaN when the interval leaves the range there
	Rising    bool     // the difference goes from negative to positive at it
	Crossings int      // with more than one, the ranking flips back
	Clear     bool     // without a crossing: the line's interval stays clear of zero over the whole range
}

// Flip returns where the difference between two policies changes sign as one parameter takes the given values, in any
// order. differences holds one row per replication, with one difference for each value; a single row, say of random
// draws in which other parameters vary too, is taken as independent points around the line.
//
// The line is local linear (Cleveland, "Robust locally weighted regression and smoothing scatterplots", JASA 74, 1979,
// without the robustness): at x, a straight line fitted by least squares with weights (1 - (distance/h)^3)^3, h being
// the distance to the value at two thirds of them; with three values or fewer, a plain straight line. Isotonic
// regression was refused: it cannot show that a ranking flips back, its steps have no single zero, and the bootstrap
// is inconsistent for estimates of its kind (Sen, Banerjee and Woodroofe, Annals of Statistics 38, 2010).
//
// The interval holds the values around the crossing at which the line is not significantly different from zero,
//
//	|line(x)| <= t(nu, (1+confidence)/2) standard error of line(x)
//
// which for a straight line is Fieller's theorem (1954), and like it may be open. Every replication has a line of its
// own, nu is their number less one and the error that of their mean, so that common random numbers count. For a single
// row with smoother matrix L, nu = n - tr(2L - LL') and the variance is the residual sum of squares over nu; with nu
// below 1 there are no bounds. A curve that bends within h biases the line, and the interval does not know it.
//
// Missing and infinite differences are left out, with their whole row when there are several rows, and so are values
// that are missing or infinite. Nothing is found with fewer than two different values. Rows of another length than
// values are a bug of the caller: it panics.
func Flip(values []float64, differences [][]float64, confidence float64) Reversal {
	s := newSweep(values, differences, confidence)
	if len(s.distinct) < 2 || len(s.rows) == 0 {
		return Reversal{}
	}
	crossings, rising := s.crossings()
	if len(crossings) == 0 {
		return Reversal{Clear: s.clear()}
	}
	at := crossings[0]
	low, high := s.bound(at, -1), s.bound(at, 1)
	return Reversal{
		Found: true, Rising: rising, Crossings: len(crossings),
		At: Interval{s.value(at), s.value(low), s.value(high), len(s.rows) * len(s.at)},
	}
}

// sweep is the differences along one parameter, whose values are scaled to 0 to 1.
type sweep struct {
	least, width float64     // value = least + width x
	at           []float64   // one per column
	distinct     []float64   // ascending
	rows         [][]float64 // [replication][column]
	quantile     float64     // Student's, and
	sigma        float64     // standard deviation around the line: of a single row only, else 0
	confidence   float64
}

func newSweep(values []float64, differences [][]float64, confidence float64) *sweep {
	s := &sweep{confidence: confidence}
	columns := usable(values, differences)
	for _, c := range columns {
		s.at = append(s.at, values[c])
	}
	for _, row := range differences {
		kept := make([]float64, 0, len(columns))
		for _, c := range columns {
			kept = append(kept, row[c])
		}
		if !slices.ContainsFunc(kept, notFinite) {
			s.rows = append(s.rows, kept)
		}
	}
	s.distinct = slices.Compact(slices.Sorted(slices.Values(s.at)))
	if len(s.distinct) < 2 {
		return s
	}
	s.least, s.width = s.distinct[0], s.distinct[len(s.distinct)-1]-s.distinct[0]
	for _, xs := range [][]float64{s.at, s.distinct} {
		for i := range xs {
			xs[i] = (xs[i] - s.least) / s.width
		}
	}
	if len(s.rows) == 1 {
		s.spread()
	}
	return s
}

// usable returns the columns with a finite value and, in a single row, a finite difference.
func usable(values []float64, differences [][]float64) []int {
	for i, row := range differences {
		if len(row) != len(values) {
			panic(fmt.Sprintf("stats: row %d has %d differences for %d values", i, len(row), len(values)))
		}
	}
	var columns []int
	for c, v := range values {
		if !notFinite(v) && (len(differences) != 1 || !notFinite(differences[0][c])) {
			columns = append(columns, c)
		}
	}
	return columns
}

func notFinite(x float64) bool { return math.IsNaN(x) || math.IsInf(x, 0) }

func (s *sweep) value(x float64) float64 { return s.least + s.width*x }

// spread estimates sigma from the residuals of the single row.
func (s *sweep) spread() {
	free, squares := float64(len(s.at)), 0.
	for i, x := range s.at {
		weights := s.weights(x)
		residual := s.rows[0][i] - floats.Dot(weights, s.rows[0])
		squares += residual * residual
		free -= 2*weights[i] - floats.Dot(weights, weights)
	}
	s.sigma, s.quantile = math.NaN(), math.NaN()
	if free > 1-1e-9 { // three points and a line leave 1, give or take a rounding error
		s.sigma = math.Sqrt(squares / free)
		s.quantile = studentQuantile(free, (1+s.confidence)/2)
	}
}

// weights returns what each column counts in the line at x: sum of weights x differences is its height.
//
//	w(j) (S2 - d(j) S1) / (S0 S2 - S1^2),  d(j) = at(j) - x,  Sk = sum of w d^k
func (s *sweep) weights(x float64) []float64 {
	h := s.bandwidth(x)
	weights := make([]float64, len(s.at))
	var s0, s1, s2 float64
	for j, at := range s.at {
		d := at - x
		far := math.Abs(d) / h
		near := max(0, 1-far*far*far)
		weights[j] = near * near * near
		s0 += weights[j]
		s1 += weights[j] * d
		s2 += weights[j] * d * d
	}
	for j, at := range s.at {
		weights[j] *= (s2 - (at-x)*s1) / (s0*s2 - s1*s1)
	}
	return weights
}

// bandwidth returns the distance from x beyond which a column has no weight. Four values or more lie within it or at
// it; at most two share a distance, so that at least two have weight, enough for a line.
func (s *sweep) bandwidth(x float64) float64 {
	const fewest = 4
	if len(s.distinct) < fewest {
		return math.Inf(1)
	}
	distances := make([]float64, len(s.distinct))
	for i, at := range s.distinct {
		distances[i] = math.Abs(at - x)
	}
	slices.Sort(distances)
	return distances[max(int(math.Ceil(sweepSpan*float64(len(distances)))), fewest)-1]
}

// line returns the height of the fitted line at x, and half the width of its interval.
func (s *sweep) line(x float64) (height, half float64) {
	weights := s.weights(x)
	if len(s.rows) == 1 {
		return floats.Dot(weights, s.rows[0]), s.quantile * s.sigma * floats.Norm(weights, 2)
	}
	heights := make([]float64, len(s.rows))
	for i, row := range s.rows {
		heights[i] = floats.Dot(weights, row)
	}
	mean, sd := stat.MeanStdDev(heights, nil)
	return mean, halfWidth(sd, len(heights), s.confidence)
}

// crossings returns where the line changes sign, ascending, and whether it rises at the first.
func (s *sweep) crossings() (at []float64, rising bool) {
	height := func(x float64) float64 { y, _ := s.line(x); return y }
	from, before := 0., 0.
	for i := range sweepSteps + 1 {
		x := float64(i) / sweepSteps
		y := height(x)
		if y == 0 {
			continue // it counts when the sign beyond it differs
		}
		if before*y < 0 {
			up := y > 0
			if len(at) == 0 {
				rising = up
			}
			at = append(at, bisect(from, x, func(x float64) bool { return height(x) > 0 == up }))
		}
		from, before = x, y
	}
	return at, rising
}

// apart reports whether the line at x is significantly different from zero.
func (s *sweep) apart(x float64) bool {
	height, half := s.line(x)
	return math.Abs(height) > half
}

// clear reports whether the line is significantly different from zero everywhere.
func (s *sweep) clear() bool {
	for i := range sweepSteps + 1 {
		if !s.apart(float64(i) / sweepSteps) {
			return false
		}
	}
	return true
}

// bound returns the end of the interval around the crossing at x, in direction -1 or 1: NaN when it is not reached
// within the range, or when there is no spread to judge by.
func (s *sweep) bound(x, direction float64) float64 {
	if len(s.rows) == 1 && math.IsNaN(s.sigma) {
		return math.NaN()
	}
	end := (1 + direction) / 2
	inside := x
	for i := 1; inside != end; i++ {
		next := min(max(x+direction*float64(i)/sweepSteps, 0), 1)
		if s.apart(next) {
			return bisect(inside, next, s.apart)
		}
		inside = next
	}
	return math.NaN()
}

// bisect returns the point between from, where beyond is false, and to, where it is true, at which it changes.
func bisect(from, to float64, beyond func(float64) bool) float64 {
	for range 50 { // 2^-50 of the range
		middle := (from + to) / 2
		if beyond(middle) {
			to = middle
		} else {
			from = middle
		}
	}
	return to
}
