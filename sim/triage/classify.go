package triage

import (
	"slices"

	"github.com/portalbench/portalbench/scenarios"
	"github.com/portalbench/portalbench/sim"
)

// The classifier's own draws, under the key it is shown.
const (
	drawFound    = 0 // whether high-risk wording is found, or mistaken
	drawCategory = 1 // whether the category is right
	drawOther    = 2 // which it is when it is not
)

// classifier says which threads are called urgent.
type classifier struct {
	by       string
	accuracy accuracy
}

// accuracy is how well high-risk wording is told from other.
type accuracy struct {
	sensitivity float64 // share of the high-risk messages found
	falseAlarms float64 // share of the others taken for them
}

func newClassifier(c scenarios.Classify) classifier {
	return classifier{c.By, accuracy{c.Sensitivity, c.FalseAlarms()}}
}

// finds draws whether a message is called urgent. One draw serves both shares, so that a more sensitive classifier
// finds all that a less sensitive one does.
func (a accuracy) finds(v *sim.View) bool {
	p := a.falseAlarms
	if v.HighRisk {
		p = a.sensitivity
	}
	return v.Draws.Sub(drawFound).Chance(p)
}

// urgent says whether a message is called urgent.
func (r *router) urgent(m *message) bool {
	switch r.classify.by {
	case "patient":
		return m.view.Felt
	case "keywords", "model":
		return r.policy.strata.of(&r.strata, m, r.classify.accuracy).finds(m.view)
	}
	return false
}

// category returns what a message is taken to be about: what the sender picked or, where a classifier says so, what it
// is, with a chance of its accuracy, and otherwise any other category, all alike (assumed).
func (p *policy) category(v *sim.View) scenarios.Category {
	if p.accuracy == 0 {
		return v.Label
	}
	if v.Draws.Sub(drawCategory).Chance(p.accuracy) {
		return v.Category
	}
	other := scenarios.Category(v.Draws.Sub(drawOther).IntN(scenarios.NumCategories - 1))
	if other >= v.Category {
		other++
	}
	return other
}

// strata are the accuracies that hold for some of the messages only.
type strata struct {
	when       []condition
	accuracies []accuracy
	used       []fact
}

func compileStrata(c scenarios.Classify, names []fact, problems *scenarios.Problems) (s strata) {
	names = slices.DeleteFunc(slices.Clone(names),
		func(f fact) bool { return f.name == "urgent" }) // it is what they help to find out
	for _, stratum := range c.Strata {
		when, err := compile(stratum.When, names, &s.used)
		*problems = append(*problems, err...)
		s.when = append(s.when, when)
		s.accuracies = append(s.accuracies, accuracy{stratum.Sensitivity, 1 - stratum.Specificity})
	}
	return s
}

// of returns the accuracy for a message: that of the first expression that holds, or the usual one.
func (s *strata) of(on *machine, m *message, usual accuracy) accuracy {
	if len(s.when) == 0 {
		return usual
	}
	on.load(m)
	for i := range s.when {
		if on.holds(&s.when[i]) {
			return s.accuracies[i]
		}
	}
	return usual
}
