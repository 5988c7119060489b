package generators

import (
	"math"

	"github.com/portalbench/portalbench/scenarios"
)

// stratum is one combination of the traits on which portal use depends.
type stratum struct {
	woman, over70, over65, highSchool, otherLanguage, lowIncome bool
	race                                                        Race
}

// logOdds adds up the logarithms of the odds ratios that apply to s.
func logOdds(a scenarios.Adoption, s stratum) float64 {
	sum := 0.0
	for _, r := range []struct {
		applies bool
		odds    float64
	}{
		{s.woman, a.Women}, {s.over70, a.Age70AndOver}, {s.race == Black, a.Black}, {s.race == Hispanic, a.Hispanic},
		{s.highSchool, a.HighSchool}, {s.otherLanguage, a.OtherLanguage}, {s.lowIncome, a.LowIncome},
	} {
		if r.applies {
			sum += math.Log(r.odds)
		}
	}
	return sum
}

// weighted is a stratum with its share of the population.
type weighted struct {
	stratum
	share float64
}

// allStrata lists every combination of traits with its share. Traits are drawn independently of each other.
func allStrata(s scenarios.Strata) []weighted {
	list := []weighted{{share: 1}}
	split := func(p float64, set func(*stratum)) {
		var out []weighted
		for _, w := range list {
			with := w
			set(&with.stratum)
			with.share *= p
			w.share *= 1 - p
			out = append(out, with, w)
		}
		list = out
	}
	split(s.Women, func(x *stratum) { x.woman = true })
	split(s.HighSchool, func(x *stratum) { x.highSchool = true })
	split(s.OtherLanguage, func(x *stratum) { x.otherLanguage = true })
	split(s.LowIncome, func(x *stratum) { x.lowIncome = true })
	return overAges(s, overRaces(s, list))
}

func overRaces(s scenarios.Strata, list []weighted) []weighted {
	var out []weighted
	for race, p := range raceShares(s) {
		for _, w := range list {
			w.race = Race(race)
			w.share *= p
			out = append(out, w)
		}
	}
	return out
}

func overAges(s scenarios.Strata, list []weighted) []weighted {
	young, half := 1-s.Age65To74-s.Age75AndOver, s.Age65To74/2 // ages are uniform within a band: half are 70 to 74
	var out []weighted
	for _, w := range list {
		a, b, c := w, w, w
		a.share *= young
		b.over65, b.share = true, b.share*half
		c.over65, c.over70, c.share = true, true, c.share*(half+s.Age75AndOver)
		out = append(out, a, b, c)
	}
	return out
}

// intercept solves for the log-odds that, added to each stratum's, make the population's share of portal users p.
func intercept(a scenarios.Adoption, strata []weighted, p float64) float64 {
	low, high := -60.0, 60.0
	for range 100 {
		mid := (low + high) / 2
		mean := 0.0
		for _, w := range strata {
			mean += w.share * logistic(mid+logOdds(a, w.stratum))
		}
		if mean < p {
			low = mid
		} else {
			high = mid
		}
	}
	return (low + high) / 2
}

func logistic(x float64) float64 { return 1 / (1 + math.Exp(-x)) }
