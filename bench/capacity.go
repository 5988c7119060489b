package bench

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"github.com/portalbench/portalbench/results/stats"
)

// StepVerdict is what one step of a search for capacity came to.
type StepVerdict int

// The verdicts of a step.
const (
	Unjudged StepVerdict = iota // says nothing of the portal, such as when the generator could not keep up
	Passed                      // the portal met the thresholds
	Failed                      // it did not
)

// Bounds of a search.
const (
	climb         = 2. // factor from one rate to the next on the way up
	confirmations = 3  // judged steps on either side of the edge: odd, for a majority (assumed)
	// Judged steps where there is no edge, so that no interval tells how sure the bound is: at a rate that passes half of
	// the time, all five of them agree once in 32 times either way.
	bound     = 5
	wallAfter = 2    // unjudged steps that make a rate one at which nothing can be judged
	finest    = .005 // resolution; steps vary by more than that
	coarsest  = .5
)

// CapacityRange is where to look for a capacity, and how closely. Rates are in operations per second.
type CapacityRange struct {
	From, To   float64
	Resolution float64 // share of the rate by which the last two rates may differ: .05 is 5%
}

// CapacitySearch finds the highest rate at which a portal passes. It is a pure state machine: Next says at which rate
// to make a step, Add takes its verdict. It knows neither portals nor time, and the same verdicts lead to the same
// rates.
//
// It climbs from the lowest rate by doubling until one does not pass, halves the interval between the highest passing
// rate and the next by geometric means until they differ by at most the resolution, and repeats steps at both until
// each has three verdicts, or a rate that is the last one to be had, five. Which rates pass is decided by the isotonic regression of the share of steps that passed
// (see stats.Falling), more than half of them passing: a single hiccup is outvoted once its neighbours contradict it,
// and the search goes back to climbing or halving from there. A rate at which two steps could not be judged, and no
// more than that could, is a wall: the search stays below it.
//
// A CapacitySearch is not safe for concurrent use.
type CapacitySearch struct {
	at     CapacityRange
	levels []*level // by rate
	last   *level
	steps  int
}

// level is a rate and what its steps came to.
type level struct {
	rate                     float64
	passed, failed, unjudged int
}

func (l *level) judged() int { return l.passed + l.failed }
func (l *level) wall() bool  { return l.unjudged >= wallAfter && l.unjudged > l.judged() }

// NewCapacitySearch starts a search. A range that makes no sense is an error.
func NewCapacitySearch(r CapacityRange) (*CapacitySearch, error) {
	switch {
	case !(r.From > 0) || math.IsInf(r.From, 1):
		return nil, fmt.Errorf("searching from %g operations a second: start above 0", r.From)
	case !(r.To > r.From) || math.IsInf(r.To, 1):
		return nil, fmt.Errorf("searching from %g to %g operations a second: the end must be above the start", r.From, r.To)
	case !(r.Resolution >= finest && r.Resolution <= coarsest):
		return nil, fmt.Errorf("searching at a resolution of %g: use %g to %g", r.Resolution, finest, coarsest)
	}
	return &CapacitySearch{at: r}, nil
}

// MostSteps returns how many steps the search makes at most. It is twice what verdicts
// that do not contradict each other take at most, which is
//
//	ceil(log2(to / from)) + 1 to climb, ceil(log2(log 2 / log(1 + resolution))) to halve, 4 to confirm
func (s *CapacitySearch) MostSteps() int {
	up := math.Ceil(math.Log(s.at.To/s.at.From)/math.Log(climb)) + 1
	halve := math.Ceil(math.Log2(math.Log(climb) / math.Log1p(s.at.Resolution)))
	return 2 * int(up+halve+2*(confirmations-1))
}

// Next returns the rate of the next step, and whether there is one.
func (s *CapacitySearch) Next() (rate float64, more bool) {
	if s.steps >= s.MostSteps() {
		return 0, false
	}
	if s.last == nil {
		return s.at.From, true
	}
	if l := s.last; l.judged() == 0 && l.unjudged > 0 && !l.wall() {
		return l.rate, true
	}
	below, above := s.edge()
	switch {
	case above == nil && below.rate < s.at.To:
		return s.up(below.rate), true
	case below != nil && above != nil && above.rate > below.rate*(1+s.at.Resolution):
		return math.Sqrt(below.rate * above.rate), true
	}
	return confirm(below, above)
}

// up returns the next rate of the climb. The last stretch is not made shorter than the resolution.
func (s *CapacitySearch) up(rate float64) float64 {
	next := climb * rate
	if next*(1+s.at.Resolution) >= s.at.To {
		return s.at.To
	}
	return next
}

// confirm returns the side of the edge that has fewer verdicts, if they are too few.
func confirm(sides ...*level) (rate float64, more bool) {
	sides = slices.DeleteFunc(sides, func(l *level) bool { return l == nil || l.wall() })
	fewest := confirmations
	if len(sides) == 1 {
		fewest = bound
	}
	for _, l := range sides {
		if l.judged() < fewest {
			rate, more, fewest = l.rate, true, l.judged()
		}
	}
	return rate, more
}

// Add takes the verdict of a step. The rate is one that Next has given.
func (s *CapacitySearch) Add(rate float64, v StepVerdict) {
	byRate := func(l *level, rate float64) int { return cmp.Compare(l.rate, rate) }
	i, found := slices.BinarySearchFunc(s.levels, rate, byRate)
	if !found {
		s.levels = slices.Insert(s.levels, i, &level{rate: rate})
	}
	s.last = s.levels[i]
	s.steps++
	switch v {
	case Passed:
		s.last.passed++
	case Failed:
		s.last.failed++
	default:
		s.last.unjudged++
	}
}

// edge returns the highest rate that passes and the next one, which does not: each nil if there is none.
func (s *CapacitySearch) edge() (below, above *level) {
	var judged []*level
	var shares, weights []float64
	for _, l := range s.levels {
		if l.judged() > 0 && !l.wall() {
			judged = append(judged, l)
			shares = append(shares, float64(l.passed)/float64(l.judged()))
			weights = append(weights, float64(l.judged()))
		}
	}
	for i, share := range stats.Falling(shares, weights) {
		if share > .5 {
			below = judged[i]
			continue
		}
		above = judged[i]
		break
	}
	for _, l := range s.levels {
		if l.wall() && (below == nil || l.rate > below.rate) && (above == nil || l.rate < above.rate) {
			above = l
		}
	}
	return below, above
}

// CapacityEdge is where a search stands. Rates are 0 where there is none.
type CapacityEdge struct {
	PassedTo   float64 // highest rate at which the portal passed, as did all below by majority
	FailedFrom float64 // the next rate, at which it did not, or at which nothing could be judged
	Wall       bool    // nothing could be judged at FailedFrom
	Settled    bool    // both sides are as close as they should be and have enough verdicts
}

// Edge returns where the search stands.
func (s *CapacitySearch) Edge() CapacityEdge {
	var e CapacityEdge
	below, above := s.edge()
	if below != nil {
		e.PassedTo = below.rate
	}
	if above != nil {
		e.FailedFrom, e.Wall = above.rate, above.wall()
	}
	near := below == nil || above == nil || above.rate <= below.rate*(1+s.at.Resolution)
	_, unsure := confirm(below, above)
	ended := above != nil || below != nil && below.rate >= s.at.To
	e.Settled = ended && near && !unsure
	return e
}
