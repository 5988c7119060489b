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

// adoption holds the logarithms of the odds ratios of using the portal.
type adoption struct {
	woman, over70, highSchool, otherLanguage, lowIncome float64
	race                                                [4]float64
}

func newAdoption(a scenarios.Adoption) adoption {
	return adoption{woman: math.Log(a.Women), over70: math.Log(a.Age70AndOver), highSchool: math.Log(a.HighSchool),
		otherLanguage: math.Log(a.OtherLanguage), lowIncome: math.Log(a.LowIncome),
		race: [4]float64{Black: math.Log(a.Black), Hispanic: math.Log(a.Hispanic)}}
}

// logOdds adds up what applies to s.
func (a *adoption) logOdds(s stratum) float64 {
	return a.race[s.race] + ifSo(s.woman, a.woman) + ifSo(s.over70, a.over70) + ifSo(s.highSchool, a.highSchool) +
		ifSo(s.otherLanguage, a.otherLanguage) + ifSo(s.lowIncome, a.lowIncome)
}

func ifSo(applies bool, x float64) float64 {
	if applies {
		return x
	}
	return 0
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
func intercept(a *adoption, strata []weighted, p float64) float64 {
	low, high := -60.0, 60.0
	for range 100 {
		mid := (low + high) / 2
		mean := 0.0
		for _, w := range strata {
			mean += w.share * logistic(mid+a.logOdds(w.stratum))
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
