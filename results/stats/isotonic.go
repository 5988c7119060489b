package stats

import "fmt"

// Falling returns the numbers that come nearest to values, by weighted least squares, among all sequences that never
// rise: isotonic regression. For shares of successes, with the tries as weights, it is the maximum likelihood estimate
// of a chance that falls from one level to the next (Ayer, Brunk, Ewing, Reid and Silverman, "An empirical distribution
// function for sampling with incomplete information", Annals of Mathematical Statistics 26, 1955). It pools neighbours
// that rise, to their weighted mean, until none do.
//
// Weights are above 0, one for each value: another number of them is a bug of the caller, and it panics.
func Falling(values, weights []float64) []float64 {
	if len(values) != len(weights) {
		panic(fmt.Sprintf("stats: %d values with %d weights", len(values), len(weights)))
	}
	type block struct {
		mean, weight float64
		size         int
	}
	var blocks []block
	for i, v := range values {
		b := block{v, weights[i], 1}
		for n := len(blocks) - 1; n >= 0 && blocks[n].mean < b.mean; n-- {
			before := blocks[n]
			both := before.weight + b.weight
			b = block{(before.mean*before.weight + b.mean*b.weight) / both, both, before.size + b.size}
			blocks = blocks[:n]
		}
		blocks = append(blocks, b)
	}
	fit := make([]float64, 0, len(values))
	for _, b := range blocks {
		for range b.size {
			fit = append(fit, b.mean)
		}
	}
	return fit
}
