package stats

import (
	"fmt"
	"math"
	"slices"

	"gonum.org/v1/gonum/stat"
)

// Direction says which values of a measure are good.
type Direction int

// The two directions.
const (
	SmallerIsBetter Direction = iota // waiting, minutes of staff
	LargerIsBetter                   // messages answered
)

// SelectionRule is what must be declared before the first replication of a Selection.
type SelectionRule struct {
	Better     Direction
	Confidence float64 // wanted probability of a correct selection, such as .95: above 1/systems, below 1
	Zone       float64 // the indifference zone, in the unit of the measure: smaller differences are not worth detecting
	FirstStage int     // replications before the first screening, at least 2; below 10 the boundaries are wide
}

// Selection finds the best of several systems (policies, here) by their means, dropping those that are clearly not
// the best as the replications come in. It is the fully sequential procedure KN with c = 1 of Kim and Nelson, "A fully
// sequential procedure for indifference-zone selection in simulation", ACM TOMACS 11(3), 2001, in the form that allows
// common random numbers. With k systems, confidence 1 - alpha, zone delta and n0 replications in the first stage:
//
//	eta    = ((2 alpha / (k-1))^(-2/(n0-1)) - 1) / 2
//	h2     = 2 eta (n0 - 1)
//	S2(il) = sample variance of X(i) - X(l), replication by replication, in the first stage
//	W(il)  = max(0, delta/(2r) (h2 S2(il) / delta^2 - r)) after r replications
//
// System i is dropped when its mean is worse than that of some other remaining system l by more than W(il). If the
// best mean is at least delta better than the next, it is selected with the wanted probability, provided that
// replications are independent and the values of one are jointly normal. The guarantee is for one measure and one zone
// declared beforehand, and it is of the choice alone: for the size of a difference take an interval.
//
// A Selection is not safe for concurrent use. Make it with NewSelection.
type Selection struct {
	rule   SelectionRule
	first  [][]float64 // first stage, [system][replication]
	sums   []float64   // signed so that larger is better
	closes [][]float64 // h2 S2 / delta^2: replications after which W is 0, by pair; nil in the first stage
	remain []int       // systems still in play, ascending
	ran    []int       // replications each system took part in
	n      int
}

// Outcome is where a Selection stands.
type Outcome struct {
	Decided      bool
	Winner       int   // system, from 0; -1 while undecided. Of systems with exactly equal means it is the first
	Survivors    []int // systems not dropped, ascending; several when undecided or exactly tied
	Replications []int // for each system, how many it took part in until it was dropped or the selection ended
	AtMost       int   // replications after which it decides, whatever comes; 0 in the first stage
}

// NewSelection starts a selection among systems, which is at least two. A rule that makes no sense is an error.
func NewSelection(systems int, rule SelectionRule) (*Selection, error) {
	switch {
	case systems < 2:
		return nil, fmt.Errorf("selecting the best of %d: there is nothing to choose; name at least two", systems)
	case !(rule.Confidence > 1/float64(systems) && rule.Confidence < 1):
		return nil, fmt.Errorf("selecting the best of %d: a probability of %g cannot be aimed at; "+
			"choose one between %.3g, which is chance, and 1", systems, rule.Confidence, 1/float64(systems))
	case !(rule.Zone > 0) || math.IsInf(rule.Zone, 1):
		return nil, fmt.Errorf("selecting the best of %d: an indifference zone of %g has no meaning; "+
			"give the smallest difference that matters, above 0", systems, rule.Zone)
	case rule.FirstStage < 2:
		return nil, fmt.Errorf("selecting the best of %d: a first stage of %d replications shows no spread; "+
			"use at least 2, better 10 or more", systems, rule.FirstStage)
	}
	s := &Selection{
		rule: rule, first: make([][]float64, systems), sums: make([]float64, systems), ran: make([]int, systems),
	}
	for i := range systems {
		s.remain = append(s.remain, i)
	}
	return s, nil
}

// Add feeds one replication: the value of every system, in the same order each time, under the same random numbers.
// Values of systems already dropped are not read, and once it is decided nothing is. A remaining system without a
// finite value is an error, and the replication does not count: leaving out what is missing, often because it went
// badly, would bias the choice. A wrong number of values is a bug of the caller, and it panics.
func (s *Selection) Add(values []float64) error {
	if len(values) != len(s.sums) {
		panic(fmt.Sprintf("stats: %d values for a selection among %d systems", len(values), len(s.sums)))
	}
	if s.decided() {
		return nil
	}
	for _, i := range s.remain {
		if math.IsNaN(values[i]) || math.IsInf(values[i], 0) {
			return fmt.Errorf("selecting the best: system %d has the value %g in replication %d; "+
				"choose a measure that every replication has", i, values[i], s.n+1)
		}
	}
	s.n++
	for _, i := range s.remain {
		s.ran[i] = s.n
		s.sums[i] += s.signed(values[i])
		if s.closes == nil {
			s.first[i] = append(s.first[i], values[i])
		}
	}
	if s.n == s.rule.FirstStage {
		s.closes = s.closings()
	}
	if s.closes != nil {
		s.screen()
	}
	return nil
}

// Outcome returns where the selection stands. Its slices are the caller's own.
func (s *Selection) Outcome() Outcome {
	o := Outcome{Winner: -1, Survivors: slices.Clone(s.remain), Replications: slices.Clone(s.ran)}
	if s.closes != nil {
		o.AtMost = int(min(math.Ceil(max(s.lastClosing(), float64(s.n))), math.MaxInt32))
	}
	if s.decided() {
		o.Decided, o.Winner, o.AtMost = true, s.remain[0], s.n
	}
	return o
}

// decided reports whether one system remains, or several that are tied with every boundary closed. KN ends there too:
// one replication past the last closing, W is 0 and the best mean wins.
func (s *Selection) decided() bool {
	return len(s.remain) == 1 || s.closes != nil && float64(s.n) >= s.lastClosing()
}

// screen drops every remaining system that some other excludes. It compares sums, r times the means, with r W(il).
func (s *Selection) screen() {
	var kept []int
	for _, i := range s.remain {
		beaten := slices.ContainsFunc(s.remain, func(l int) bool {
			return s.sums[i] < s.sums[l]-s.rule.Zone/2*max(0, s.closes[i][l]-float64(s.n))
		})
		if !beaten {
			kept = append(kept, i)
		}
	}
	s.remain = kept
}

// closings returns h2 S2(il) / delta^2 for every pair, and lets go of the first stage.
func (s *Selection) closings() [][]float64 {
	systems := len(s.first)
	h2 := boundaryConstant(systems, s.rule.FirstStage, s.rule.Confidence)
	difference := make([]float64, s.rule.FirstStage)
	closes := make([][]float64, systems)
	for i := range closes {
		closes[i] = make([]float64, systems)
		for l := range systems {
			for j := range difference {
				difference[j] = s.first[i][j] - s.first[l][j]
			}
			closes[i][l] = h2 * stat.Variance(difference, nil) / s.rule.Zone / s.rule.Zone
		}
	}
	s.first = nil
	return closes
}

// lastClosing returns the number of replications after which every boundary between remaining systems is closed.
func (s *Selection) lastClosing() float64 {
	last := 0.
	for _, i := range s.remain {
		for _, l := range s.remain {
			last = max(last, s.closes[i][l])
		}
	}
	return last
}

func (s *Selection) signed(value float64) float64 {
	if s.rule.Better == SmallerIsBetter {
		return -value
	}
	return value
}

// boundaryConstant returns h2 = 2 eta (n0 - 1). eta solves (1 + 2 eta)^(-(n0-1)/2) / 2 = alpha / (k-1): each of the k-1
// inferior systems may wrongly drop the best with that probability, which holds whatever the correlation.
func boundaryConstant(systems, firstStage int, confidence float64) float64 {
	free := float64(firstStage - 1)
	eta := (math.Pow(2*(1-confidence)/float64(systems-1), -2/free) - 1) / 2
	return 2 * eta * free
}
