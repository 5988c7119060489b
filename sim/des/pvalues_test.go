package des

import (
	"math"
	"slices"

	"gonum.org/v1/gonum/stat/distuv"
)

// twoSided turns the probabilities of a statistic at most and at least as large as the one seen into a p-value that
// is small at both ends: cells that agree too well are a fault too.
func twoSided(atMost, atLeast float64) float64 { return min(1, 2*min(atMost, atLeast)) }

func chiSquareP(x, freedom float64) float64 {
	c := distuv.ChiSquared{K: freedom}
	return twoSided(c.CDF(x), c.Survival(x))
}

// cellsP compares counts with what is expected of them.
func cellsP(got []int, want func(cell int) float64) float64 {
	x := 0.0
	for i, n := range got {
		d := float64(n) - want(i)
		x += d * d / want(i)
	}
	return chiSquareP(x, float64(len(got)-1))
}

// evenP compares counts with equal ones.
func evenP(got []int) float64 {
	total := 0
	for _, n := range got {
		total += n
	}
	return cellsP(got, func(int) float64 { return float64(total) / float64(len(got)) })
}

func normalP(z float64) float64 { return math.Erfc(math.Abs(z) / math.Sqrt2) }

// coinsP is the p-value of n heads among tosses of a fair coin, by the normal limit.
func coinsP(n, tosses int) float64 {
	return normalP((float64(n) - float64(tosses)/2) / math.Sqrt(float64(tosses)/4))
}

func poissonP(n int, mean float64) float64 {
	p := distuv.Poisson{Lambda: mean}
	return twoSided(p.CDF(float64(n)), 1-p.CDF(float64(n)-1))
}

// uniformP compares numbers in [0, 1] with the uniform distribution (Kolmogorov-Smirnov). It sorts u. The tail is
// 2 sum (-1)^(j-1) exp(-2 j^2 x^2) at x = (sqrt n + .12 + .11/sqrt n) D (Stephens 1970).
func uniformP(u []float64) float64 {
	slices.Sort(u)
	n, d := float64(len(u)), 0.0
	for i, v := range u {
		d = max(d, float64(i+1)/n-v, v-float64(i)/n)
	}
	x := (math.Sqrt(n) + .12 + .11/math.Sqrt(n)) * d
	if x < .2 { // the sum is 1 to 12 digits and converges slowly
		return 1
	}
	p := 0.0
	for j := 1.; j <= 20; j++ {
		p += 2 * (1 - 2*float64(int(j+1)%2)) * math.Exp(-2*j*j*x*x)
	}
	return max(0, p)
}

// columns counts the ones at each of the 64 places: eight places a byte lane, emptied before a lane can overflow.
func columns(words []uint64) (ones [64]int) {
	const lanes = 0x0101010101010101
	for len(words) > 0 {
		n := min(255, len(words))
		var sums [8]uint64
		for _, w := range words[:n] {
			for b := range sums {
				sums[b] += w >> b & lanes
			}
		}
		for b, s := range sums {
			for lane := range 8 {
				ones[8*lane+b] += int(s >> (8 * lane) & 255)
			}
		}
		words = words[n:]
	}
	return ones
}

// rank returns the rank over GF(2) of the matrix whose rows are the words. It destroys them.
func rank(rows []uint64) int {
	rank := 0
	for bit := uint64(1); bit != 0; bit <<= 1 {
		pivot := slices.IndexFunc(rows[rank:], func(w uint64) bool { return w&bit != 0 })
		if pivot < 0 {
			continue
		}
		rows[rank], rows[rank+pivot] = rows[rank+pivot], rows[rank]
		for i := rank + 1; i < len(rows); i++ {
			rows[i] ^= rows[rank] & -(rows[i] & bit / bit)
		}
		rank++
		if rank == len(rows) {
			break
		}
	}
	return rank
}
