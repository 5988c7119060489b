package des

import (
	"math"
	"math/bits"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
)

// falseAlarm is the probability that sound draws fail the battery at a seed taken by chance: each trial gets an equal
// part of it, and each p-value an equal part of its trial's (Bonferroni).
const falseAlarm = 1e-4

// draws is how many words of each stream are looked at.
const draws = 1 << 17

// generator is keyed drawing seen from outside, so that a flawed one can take its place.
type generator struct {
	root func(seed uint64) uint64
	sub  func(k, n uint64) uint64
	bits func(k uint64) uint64
}

func keyed() generator {
	return generator{
		root: func(seed uint64) uint64 { return uint64(NewKey(seed)) },
		sub:  func(k, n uint64) uint64 { return uint64(Key(k).Sub(n)) },
		bits: func(k uint64) uint64 { return Key(k).Bits() },
	}
}

// The flaws. Each trial names one that it must find.

// sticky draws take, once in 16, the key of the part before their own.
func sticky() generator {
	g := keyed()
	g.sub = func(k, n uint64) uint64 {
		own := Key(k).Sub(n)
		if own%16 == 0 && n > 0 {
			return uint64(Key(k).Sub(n - 1))
		}
		return uint64(own)
	}
	return g
}

// evenly spread draws are the multiples of the golden ratio.
func evenly() generator {
	return generator{
		root: func(seed uint64) uint64 { return seed * 0x9e3779b97f4a7c15 },
		sub:  func(k, n uint64) uint64 { return k + n*0x9e3779b97f4a7c15 },
		bits: func(k uint64) uint64 { return k },
	}
}

// linear draws shift and add without carry: each bit is a sum modulo 2 of bits of the key.
func linear() generator {
	step := func(x uint64) uint64 {
		for range 8 {
			x ^= x << 13
			x ^= x >> 7
			x ^= x << 17
		}
		return x
	}
	return generator{root: step, sub: func(k, n uint64) uint64 { return step(k ^ n) }, bits: step}
}

// light draws lack, once in 16, half of their ones.
func light() generator {
	g := keyed()
	g.bits = func(k uint64) uint64 {
		w := Key(k).Bits()
		if Key(k).Sub(0)%16 == 0 {
			w &= bits.RotateLeft64(w, 29)
		}
		return w
	}
	return g
}

// under names a part of a part of k.
func (g generator) under(k uint64, parts ...uint64) uint64 {
	for _, n := range parts {
		k = g.sub(k, n)
	}
	return k
}

// Parts as the simulator numbers them: people of a network, purposes of a need, and the purpose of a person that all
// needs stand under.
const (
	people   = 12000
	purposes = 16
	needs    = 7
)

// streams returns words in the orders in which a simulation or a comparison of simulations may ask for them.
func (g generator) streams() [][]uint64 {
	root := g.root(*seed)
	network := g.under(root, 0, 0)
	person := g.under(network, 5, needs, 0)
	orders := []func(i uint64) uint64{
		func(i uint64) uint64 { return g.sub(network, i) },                                            // a counter
		func(i uint64) uint64 { return g.under(network, i%people, needs, 0, i/people, 3) },            // persons
		func(i uint64) uint64 { return g.sub(person, i) },                                             // one's needs
		func(i uint64) uint64 { return g.under(network, i/purposes%people, needs, 0, 1, i%purposes) }, // purposes
		func(i uint64) uint64 { return g.under(root, i, 0, 5, 1) },                                    // replications
		func(i uint64) uint64 { return g.root(*seed<<32 + i) },                                        // seeds
	}
	all := make([][]uint64, len(orders))
	for s, key := range orders {
		all[s] = make([]uint64, draws)
		for i := range all[s] {
			all[s][i] = g.bits(key(uint64(i)))
		}
	}
	return all
}

// trial is one statistical test.
type trial struct {
	name    string
	pvalues func(g generator) []float64
	flaw    func() generator
}

func trials() []trial {
	return []trial{
		{"cells are equally full", bothWays(cells), light},
		{"floats are uniform", bothWays(floats), light},
		{"consecutive draws are uncorrelated", bothWays(lags), sticky},
		{"consecutive pairs fill the square", bothWays(pairs), evenly},
		{"gaps are geometric", bothWays(gaps), evenly},
		{"runs have Knuth's lengths", bothWays(runsUp), sticky},
		{"birthdays are spaced by chance", bothWays(birthdays), evenly},
		{"ones are as many as zeros, and do not persist", asDrawn(places), light},
		{"weights are binomial", asDrawn(weights), light},
		{"matrices have full rank as often as they should", asDrawn(ranks), linear},
		{"keys collide as often as they should", collisions, sticky},
		{"neighbouring keys draw unlike numbers", neighbours, sticky},
		{"one bit of a part changes half of the bits", avalanche, evenly},
	}
}

// asDrawn applies a test to all streams.
func asDrawn(test func(words []uint64) []float64) func(generator) []float64 {
	return func(g generator) (p []float64) {
		for _, words := range g.streams() {
			p = append(p, test(words)...)
		}
		return p
	}
}

// bothWays applies a test to all streams, and again with the bits of each word reversed: the first bits decide in
// Float, but the last ones in a ziggurat.
func bothWays(test func(words []uint64) []float64) func(generator) []float64 {
	return func(g generator) (p []float64) {
		for _, words := range g.streams() {
			p = append(p, test(words)...)
			for i, w := range words {
				words[i] = bits.Reverse64(w)
			}
			p = append(p, test(words)...)
		}
		return p
	}
}

func TestBattery(t *testing.T) {
	all := trials()
	for _, test := range all {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			got := test.pvalues(keyed())
			level := falseAlarm / float64(len(all)) / float64(len(got))
			require.Greater(t, slices.Min(got), level, "seed %d, least of %d", *seed, len(got))
			flawed := test.pvalues(test.flaw())
			require.Less(t, slices.Min(flawed), level, "the test finds no flaw in flawed draws; seed %d", *seed)
		})
	}
}

// cells: 1,024 cells by the first ten bits, each expecting 128 of the draws.
func cells(words []uint64) []float64 {
	got := make([]int, 1024)
	for _, w := range words {
		got[w>>54]++
	}
	return []float64{evenP(got)}
}

func float(w uint64) float64 { return float64(w>>11) * 0x1p-53 }

// floats: Kolmogorov-Smirnov on 16,384 numbers.
func floats(words []uint64) []float64 {
	u := make([]float64, 16384)
	for i := range u {
		u[i] = float(words[i])
	}
	return []float64{uniformP(u)}
}

// lags: the mean of (u - 1/2)(v - 1/2) over n pairs is normal with mean 0 and standard deviation 1/(12 sqrt n).
func lags(words []uint64) (p []float64) {
	u := make([]float64, len(words))
	for i, w := range words {
		u[i] = float(w) - .5
	}
	for _, lag := range []int{1, 2, 3, 4, 5, 6, 7, 8, 15, 16, 17, 32, 64, 256, people} {
		sum := 0.0
		for i, v := range u[lag:] {
			sum += v * u[i]
		}
		p = append(p, normalP(12*sum/math.Sqrt(float64(len(u)-lag))))
	}
	return p
}

// pairs: 32 by 32 cells, each expecting 64 of the pairs (1st, 2nd), (3rd, 4th), ...
func pairs(words []uint64) []float64 {
	got := make([]int, 1024)
	for i := 0; i+1 < len(words); i += 2 {
		got[words[i]>>59<<5|words[i+1]>>59]++
	}
	return []float64{evenP(got)}
}

// gaps: between draws below 1/8 stand j others with probability (7/8)^j/8; 40 and more, (7/8)^40, are one cell.
func gaps(words []uint64) []float64 {
	got := make([]int, 41)
	gap, all := 0, 0
	for _, w := range words {
		gap++
		if w>>61 == 0 {
			got[min(gap-1, 40)]++
			gap, all = 0, all+1
		}
	}
	return []float64{cellsP(got, func(j int) float64 {
		if j == 40 {
			return float64(all) * math.Pow(7./8, 40)
		}
		return float64(all) * math.Pow(7./8, float64(j)) / 8
	})}
}

// runsUp: a rising run has length j with probability 1/j! - 1/(j+1)! when the draw that ended the one before is left
// out (Knuth, The Art of Computer Programming 2, 3.3.2, exercise 14); 6 and more are one cell, 1/6!.
func runsUp(words []uint64) []float64 {
	got := make([]int, 6)
	all, start := 0, 0
	for i := 1; i < len(words); i++ {
		if words[i] > words[i-1] {
			continue
		}
		got[min(i-start, 6)-1]++
		all++
		i++ // words[i] ended it and is left out
		start = i
	}
	factorial := [8]float64{1, 1, 2, 6, 24, 120, 720, math.Inf(1)}
	return []float64{cellsP(got, func(j int) float64 {
		return float64(all) * (1/factorial[j+1] - 1/factorial[j+2])
	})}
}

// birthdays: of 4,096 birthdays in a year of 2^32 days, m^3/4d = 4 spacings equal another (Marsaglia): a Poisson
// number, added over 16 years.
func birthdays(words []uint64) []float64 {
	const m, years = 4096, 16
	equal := 0
	for year := range years {
		days := make([]uint32, m)
		for i := range days {
			days[i] = uint32(words[year*m+i] >> 32)
		}
		slices.Sort(days)
		for i := m - 1; i > 0; i-- {
			days[i] -= days[i-1]
		}
		slices.Sort(days)
		for i := 1; i < m; i++ {
			if days[i] == days[i-1] {
				equal++
			}
		}
	}
	return []float64{poissonP(equal, 4*years)}
}

// places: each of the 64 bits is 1 half of the time, and differs half of the time from the same bit of the next word.
func places(words []uint64) (p []float64) {
	turns := make([]uint64, len(words)-1)
	for i := range turns {
		turns[i] = words[i] ^ words[i+1]
	}
	ones, turned := columns(words), columns(turns)
	for b := range ones {
		p = append(p, coinsP(ones[b], len(words)), coinsP(turned[b], len(turns)))
	}
	return p
}

// weights: a word has j ones with probability C(64,j)/2^64; up to 22 and from 42 on, 1.3% in all, are one cell each.
func weights(words []uint64) []float64 {
	got := make([]int, 21)
	for _, w := range words {
		got[min(max(bits.OnesCount64(w), 22), 42)-22]++
	}
	var want [21]float64
	choose := 0x1p-64 // C(64,j)/2^64
	for j := range 65 {
		want[min(max(j, 22), 42)-22] += choose * float64(len(words))
		choose *= float64(64-j) / float64(j+1)
	}
	return []float64{cellsP(got, func(j int) float64 { return want[j] })}
}

// ranks: a random 64 by 64 matrix over GF(2) has full rank with probability q = prod_{i=1..64} (1 - 2^-i) = .2888, one
// less with 2q and two less with 4q/9 (to 2^-60).
func ranks(words []uint64) []float64 {
	const matrices = 1024
	got := make([]int, 4)
	for i := range matrices {
		got[min(64-rank(words[64*i:64*i+64]), 3)]++
	}
	q := 1.
	for i := 1.; i <= 64; i++ {
		q *= 1 - math.Pow(2, -i)
	}
	want := [4]float64{q, 2 * q, 4 * q / 9, 1 - q - 2*q - 4*q/9}
	return []float64{cellsP(got, func(j int) float64 { return want[j] * matrices })}
}

// collisions: m keys fall into d = 2^26 cells by their first or last bits; m - d (1 - (1-1/d)^m) = 128 of them find
// their cell taken, nearly a Poisson number.
func collisions(g generator) (p []float64) {
	const d = 1 << 26
	root := g.root(*seed)
	families := []func(i uint64) uint64{
		func(i uint64) uint64 { return g.sub(root, i) },
		func(i uint64) uint64 { return g.under(root, i/256, i%256) },
		func(i uint64) uint64 { return g.under(root, i%256, needs, 0, i/256) },
		func(i uint64) uint64 { return g.root(*seed<<32 + i) },
	}
	want := draws + d*math.Expm1(draws*math.Log1p(-1./d))
	for _, key := range families {
		for _, shift := range []int{0, 64 - 26} {
			taken, met := make([]uint64, d/64), 0
			for i := range uint64(draws) {
				cell := key(i) >> shift % d
				met += int(taken[cell/64] >> (cell % 64) & 1)
				taken[cell/64] |= 1 << (cell % 64)
			}
			p = append(p, poissonP(met, want))
		}
	}
	return p
}

// neighbours: the draws of two keys that differ in one part by 1, or in the order of their parts, or of which one is
// a part of the other, fill 32 by 32 cells, each expecting 64 pairs, and are uncorrelated; first and last bits.
func neighbours(g generator) (p []float64) {
	network := g.under(g.root(*seed), 0, 0)
	kinships := []func(i uint64) (a, b uint64){
		func(i uint64) (a, b uint64) {
			return g.under(network, 2*i, needs, 0, 1), g.under(network, 2*i+1, needs, 0, 1)
		},
		func(i uint64) (a, b uint64) {
			k := g.under(network, i, needs)
			return g.under(k, 0, 3), g.under(k, 1, 3)
		},
		func(i uint64) (a, b uint64) { k := g.under(network, i, needs, 0); return g.sub(k, 3), g.sub(k, 4) },
		func(i uint64) (a, b uint64) { k := g.sub(network, i); return k, g.sub(k, 0) },
		func(i uint64) (a, b uint64) { k := g.sub(network, i); return k, g.sub(k, attempt) },
		func(i uint64) (a, b uint64) { return g.under(network, i, i+1), g.under(network, i+1, i) },
		func(i uint64) (a, b uint64) { s := *seed<<32 + 2*i; return g.root(s), g.root(s + 1) },
		func(i uint64) (a, b uint64) {
			s := *seed<<32 + 2*i
			return g.under(g.root(s), 0, 0, 5), g.under(g.root(s+1), 0, 0, 5)
		},
	}
	for _, of := range kinships {
		words := make([]uint64, draws)
		for i := 0; i < draws; i += 2 {
			a, b := of(uint64(i / 2))
			words[i], words[i+1] = g.bits(a), g.bits(b)
		}
		p = append(p, pairs(words)...)
		p = append(p, lags(words)[0])
		for i, w := range words {
			words[i] = bits.Reverse64(w)
		}
		p = append(p, pairs(words)...)
	}
	return p
}

// avalanche: of n pairs of inputs that differ in one bit, n/2 differ in each bit of the result; the squares of the 64
// deviations, each with variance n/4, add to a chi-square for each bit of the input. No input is in two pairs.
func avalanche(g generator) (p []float64) {
	const n = 2048
	k := g.root(*seed)
	functions := []func(i, flip uint64) uint64{
		func(i, flip uint64) uint64 { return g.sub(k, i^flip) },             // a part
		func(i, flip uint64) uint64 { return g.bits(g.sub(k, i^flip)) },     // a draw of a part
		func(i, flip uint64) uint64 { return g.sub(g.sub(k, i)^flip, 3) },   // a key's part
		func(i, flip uint64) uint64 { return g.bits(g.sub(k, i) ^ flip) },   // a key's draw
		func(i, flip uint64) uint64 { return g.root(*seed<<32 ^ i ^ flip) }, // a seed
	}
	for _, f := range functions {
		for b := range 64 {
			changed := make([]uint64, n)
			for i := range changed {
				low := uint64(i) & (1<<b - 1)
				even := (uint64(i)-low)<<1 | low // i with a zero put in at bit b
				changed[i] = f(even, 0) ^ f(even, 1<<b)
			}
			x := 0.0
			for _, ones := range columns(changed) {
				d := float64(ones) - n/2
				x += d * d / (n / 4)
			}
			p = append(p, chiSquareP(x, 64))
		}
	}
	return p
}
