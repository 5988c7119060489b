package stats

import (
	"math"

	"gonum.org/v1/gonum/stat"
)

// fewestWeeks is the shortest series in which a warm-up is looked for (assumed): with fewer than five weeks in the
// half that is always kept, two weeks that happen to be alike decide the cut.
const fewestWeeks = 10

// WarmUp returns how many weeks to drop from the beginning of every replication, because they still show the empty
// clinic the simulation starts from. series holds one value per week for each replication; the unit does not matter.
//
// The rule is MSER on the series averaged over the replications (White, "An effective truncation heuristic for bias
// reduction in simulation output", Simulation 69(6), 1997): of n weeks drop the first d that minimise the marginal
// standard error of the mean of the rest, squared,
//
//	MSER(d) = sum over i = d+1..n of (Y(i) - mean(d))^2 / (n - d)^2
//
// for d from 0 to n/2, and the fewest weeks when several d do. Weeks are not batched, as they are in MSER-5: a week
// is a batch already. A minimum at n/2 itself is the beginning of a cut that lies further on, so that no steady state
// has been shown (Hoad, Robinson and Davies, "Automating warm-up length estimation", Journal of the Operational
// Research Society 61, 2010): ok is then false, and so it is for a series that grows all along, for fewer than ten
// weeks, and for a week that is infinite.
//
// Replications of different length are cut to the shortest, because weeks averaged over fewer replications vary more.
// Empty ones are left out. A missing value (NaN) is left out of its week's mean, a week without any of both sums.
func WarmUp(series [][]float64) (weeks int, ok bool) {
	ys := weeklyMeans(series)
	half := len(ys) / 2
	if len(ys) < fewestWeeks || len(present(ys[half:])) < fewestWeeks/2 {
		return 0, false
	}
	for _, y := range ys {
		if math.IsInf(y, 0) {
			return 0, false
		}
	}
	weeks = leastMarginalError(ys, half)
	if weeks == half {
		return 0, false
	}
	return weeks, true
}

// WarmUpAll returns one cut for all policies, the largest that any of them needs, so that they are compared over the
// same weeks. When a policy shows no steady state, or there is no policy, ok is false.
func WarmUpAll(policies ...[][]float64) (weeks int, ok bool) {
	for _, series := range policies {
		needed, steady := WarmUp(series)
		if !steady {
			return 0, false
		}
		weeks = max(weeks, needed)
	}
	return weeks, len(policies) > 0
}

// weeklyMeans averages over the replications, week by week: NaN where every replication is missing.
func weeklyMeans(series [][]float64) []float64 {
	weeks := math.MaxInt
	var used [][]float64
	for _, replication := range series {
		if len(replication) > 0 {
			used = append(used, replication)
			weeks = min(weeks, len(replication))
		}
	}
	if len(used) == 0 {
		return nil
	}
	means := make([]float64, weeks)
	week := make([]float64, len(used))
	for i := range means {
		for j, replication := range used {
			week[j] = replication[i]
		}
		means[i] = stat.Mean(present(week), nil)
	}
	return means
}

// leastMarginalError returns the smallest d, from 0 to last, that minimises MSER(d). It adds the weeks from the end,
// by Welford's update, as deviations from the last one: a constant stretch then has a sum of exactly 0, and no
// rounding error chooses among equal cuts.
func leastMarginalError(ys []float64, last int) int {
	best, least := last, math.Inf(1)
	var n, mean, squares float64
	origin := math.NaN()
	for d := len(ys) - 1; d >= 0; d-- {
		if math.IsNaN(origin) {
			origin = ys[d]
		}
		if !math.IsNaN(ys[d]) {
			y := ys[d] - origin
			n++
			before := y - mean
			mean += before / n
			squares += before * (y - mean)
		}
		if mser := squares / (n * n); d <= last && mser <= least {
			best, least = d, mser
		}
	}
	return best
}
