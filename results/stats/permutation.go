package stats

import (
	"math"
	"math/rand/v2"
	"slices"

	"gonum.org/v1/gonum/stat"
	"gonum.org/v1/gonum/stat/combin"
)

// MostSplits is how many ways to deal the observations out are all looked at; of more, RandomSplits are drawn. Ten runs
// against ten have 184,756.
const (
	MostSplits   = 400_000
	RandomSplits = 200_000
)

// splitSeed makes the drawn splits, and so every p, the same each time.
const splitSeed = 0x706f7274616c

// Permutation compares the means of two independent samples by Fisher's permutation test: were they alike but for a
// shift, then every split of all observations into two groups of these sizes would have been as likely as the one seen.
// It asks nothing of their distribution. Make it with NewPermutation.
//
// For a shift d, take it off the second sample; the p of "the second is above the first by more than d" is the share
// of splits whose difference of means is at least that seen:
//
//	p(d) = #{splits S: T(S, d) >= D - d} / #{splits},  T(S, d) = mean of S less mean of the rest
//
// (Edgington and Onghena, Randomization Tests, 4th edition 2007, chapter 5.) Where a split takes a observations of the
// second sample's n, the rest has n - a, and T(S, d) falls by d (a/n - (n-a)/m) = d w. So the split counts from the shift
//
//	d(S) = (D - T(S, 0)) / (1 - w)
//
// on, and with these sorted, p of any shift is looked up and the bounds of intervals are read off.
type Permutation struct {
	Difference float64 // D: mean of the second sample less mean of the first
	Splits     int     // looked at, the one seen included
	Exact      bool    // these are all there are; otherwise they were drawn

	from    []float64 // d(S) of all splits but the one seen, ascending
	rounded float64   // differences up to this are none
}

// NewPermutation compares two samples, of at least one observation each. Observations must be finite.
func NewPermutation(first, second []float64) *Permutation {
	all := slices.Concat(second, first)
	p := &Permutation{Difference: stat.Mean(second, nil) - stat.Mean(first, nil)}
	widest := 0.
	for _, x := range all {
		widest = max(widest, math.Abs(x))
	}
	p.rounded = 1e-12 * max(widest, math.SmallestNonzeroFloat64)
	splits := splitsOf(len(all), len(second))
	p.Exact = splits <= MostSplits
	if p.Exact {
		p.every(all, len(second))
	} else {
		p.some(all, len(second))
	}
	p.Splits = len(p.from) + 1
	slices.Sort(p.from)
	return p
}

// splitsOf returns in how many ways n of all observations can be chosen, or more than MostSplits where they are more.
func splitsOf(all, n int) float64 {
	return math.Round(math.Exp(combin.LogGeneralizedBinomial(float64(all), float64(n))))
}

// every looks at all splits. The first that the generator gives is the one seen.
func (p *Permutation) every(all []float64, n int) {
	chosen := make([]int, n)
	for next := combin.NewCombinationGenerator(len(all), n); next.Next(); {
		next.Combination(chosen)
		if chosen[n-1] != n-1 {
			p.add(all, chosen)
		}
	}
}

// some draws splits, each as likely as any other; that seen may be among them and counts as one of them then.
func (p *Permutation) some(all []float64, n int) {
	draws := rand.New(rand.NewPCG(splitSeed, uint64(len(all))<<32|uint64(n)))
	order := make([]int, len(all))
	for i := range order {
		order[i] = i
	}
	for range RandomSplits {
		for i := range n { // the first n of a shuffle
			k := i + draws.IntN(len(all)-i)
			order[i], order[k] = order[k], order[i]
		}
		p.add(all, order[:n])
	}
}

// add notes from which shift on a split counts. The second sample's observations are the first n of all.
func (p *Permutation) add(all []float64, chosen []int) {
	n, m := float64(len(chosen)), float64(len(all)-len(chosen))
	var sum, total, own float64
	for _, x := range all {
		total += x
	}
	for _, i := range chosen {
		sum += all[i]
		if i < len(chosen) {
			own++
		}
	}
	t := sum/n - (total-sum)/m
	w := own/n - (n-own)/m
	from := math.Inf(-1) // a split that is the one seen counts at every shift
	if w < 1 {
		from = (p.Difference - t) / (1 - w)
	}
	p.from = append(p.from, from)
}

// Above returns the one-sided p of the claim that the second sample lies above the first by more than shift.
func (p *Permutation) Above(shift float64) float64 {
	return float64(1+p.upTo(shift+p.rounded)) / float64(p.Splits)
}

// Below returns the one-sided p of the claim that it does not lie above it by as much as shift.
func (p *Permutation) Below(shift float64) float64 {
	below := p.upTo(math.Nextafter(shift-p.rounded, math.Inf(-1)))
	return float64(1+p.again()+len(p.from)-below) / float64(p.Splits)
}

// again counts the drawn splits that are the one seen. They count at every shift, on both sides.
func (p *Permutation) again() int { return p.upTo(math.Inf(-1)) }

// upTo counts the splits that count at a shift.
func (p *Permutation) upTo(shift float64) int {
	at, _ := slices.BinarySearchFunc(p.from, shift, func(from, shift float64) int {
		if from <= shift {
			return -1
		}
		return 1
	})
	return at
}

// Interval returns the difference with all shifts that neither one-sided test rejects: an interval of the confidence
// given. Bounds that so few splits cannot give are NaN.
func (p *Permutation) Interval(confidence float64) Interval {
	alpha := (1 - confidence) / 2
	low, high := p.Detectable(alpha), math.NaN()
	if k := p.rejecting(alpha) - p.again(); k >= 0 {
		high = p.from[len(p.from)-1-k]
	}
	return Interval{p.Difference, low, high, p.Splits}
}

// Detectable returns the largest shift above which the second sample is shown to lie at a one-sided level alpha: the
// difference less what chance could have made. It is NaN where there are too few splits to show anything.
func (p *Permutation) Detectable(alpha float64) float64 {
	k := p.rejecting(alpha)
	if k < 0 {
		return math.NaN()
	}
	return p.from[k]
}

// rejecting returns how many splits beside the one seen may count when p is to be at most alpha, or -1 where even none
// are too many.
func (p *Permutation) rejecting(alpha float64) int {
	k := int(math.Floor(alpha*float64(p.Splits)*(1+1e-12))) - 1
	return min(k, len(p.from)-1)
}
