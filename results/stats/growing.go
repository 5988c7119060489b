package stats

import (
	"math"

	"gonum.org/v1/gonum/stat"
)

// growthFloor is the growth, in threads over the whole series, that never counts as an unstable clinic.
const growthFloor = 5

// Growing reports whether a backlog grows instead of settling. series holds one backlog per replication, in threads,
// at equal steps of time (weeks). A line is fitted to each by least squares, and the backlog grows when both hold:
//
//   - the lower end of the 95% interval of the mean slope is above 0;
//   - the line rises, from the first step to the last, by more than a quarter of the mean level plus 5 threads.
//
// The interval is over replications. With a single one it is that of its own slope, which is too narrow because one
// week's backlog resembles the last's: the second condition is there for that, and for clinics where a tiny drift is
// certain and harmless. Series of fewer than three steps are left out; without any, nothing is known.
func Growing(series [][]float64) (grows, known bool) {
	var slopes, rises, levels []float64
	low := math.NaN()
	for _, backlog := range series {
		if len(backlog) < 3 {
			continue
		}
		slope, lower := slopeOf(backlog)
		slopes = append(slopes, slope)
		rises = append(rises, slope*float64(len(backlog)-1))
		levels = append(levels, stat.Mean(backlog, nil))
		low = lower
	}
	if len(slopes) == 0 {
		return false, false
	}
	if len(slopes) > 1 {
		low = MeanInterval(slopes, .95).Low
	}
	return low > 0 && stat.Mean(rises, nil) > stat.Mean(levels, nil)/4+growthFloor, true
}

// slopeOf returns the slope of ys per step, and the lower end of its own 95% interval:
//
//	slope ± t(n-2, .975) sqrt(residual sum of squares / (n-2) / sum of (x - mean x)^2)
func slopeOf(ys []float64) (slope, low float64) {
	xs := make([]float64, len(ys))
	for i := range xs {
		xs[i] = float64(i)
	}
	intercept, slope := stat.LinearRegression(xs, ys, nil, false)
	var residual, spread float64
	mean := stat.Mean(xs, nil)
	for i, x := range xs {
		e := ys[i] - intercept - slope*x
		residual += e * e
		spread += (x - mean) * (x - mean)
	}
	free := float64(len(ys) - 2)
	return slope, slope - studentQuantile(free, .975)*math.Sqrt(residual/free/spread)
}
