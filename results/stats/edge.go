package stats

import (
	"cmp"
	"math"
	"slices"
)

// Trial is one attempt at a level of difficulty, such as a load of a certain rate: it succeeded or it did not.
type Trial struct {
	Level  float64 // above 0
	Passed bool
}

// What is believed of an edge before the first trial (all assumed).
const (
	lapse        = .02  // chance that a trial ends against the odds, whatever its level: a hiccup
	sharpest     = .01  // scale of the logistic curve, in log units: from 10% to 90% within 4.5% of the level
	bluntest     = .16  // the same: from 10% to 90% within a factor of 2
	bluntnesses  = 9    // scales tried between them, each √2 times the one before
	reach        = 2.   // the edge lies between the lowest level over this and the highest level times it
	edgeStep     = .004 // between the edges tried, in log units, at most
	logisticSpan = 40.  // past so many scales the curve is flat in floating point
)

// EdgeInterval returns the level at which half of the trials pass, with the central interval that holds it with the
// probability given. The chance of passing is taken to fall with the level x along a logistic curve of its logarithm,
// save for lapses,
//
//	P(pass | x) = l + (1 - 2 l) / (1 + exp((log x - log c) / s)),  l = .02
//
// in which neither the edge c nor the bluntness s is known. All c are held equally likely beforehand by log level,
// and all s by their logarithm; Value is the median of what the trials leave of c, and the bounds are its quantiles.
// This is the estimate of psychophysics' adaptive methods (Watson and Pelli, "QUEST: a Bayesian adaptive psychometric
// method", Perception & Psychophysics 33, 1983; with the slope unknown, Kontsevich and Tyler, "Bayesian adaptive
// estimation of psychometric slope and threshold", Vision Research 39, 1999). It is used here because levels that
// were chosen by earlier outcomes change nothing about it, and because it exists where maximum likelihood does not:
// when everything below some level passed and everything above it failed. What changes from trial to trial in common,
// such as a machine that slows down, it does not know of.
//
// Without at least one trial that passed and one that did not, all are NaN.
func EdgeInterval(trials []Trial, confidence float64) Interval {
	nan := math.NaN()
	levels := byLevel(trials)
	passed, failed := 0., 0.
	for _, l := range levels {
		passed, failed = passed+l.passed, failed+l.failed
	}
	if passed == 0 || failed == 0 {
		return Interval{nan, nan, nan, len(trials)}
	}
	from := levels[0].log - math.Log(reach)
	span := levels[len(levels)-1].log + math.Log(reach) - from
	weights := make([]float64, int(math.Ceil(span/edgeStep)))
	width := span / float64(len(weights))
	for i := range weights {
		weights[i] = evidence(levels, from+(float64(i)+.5)*width)
	}
	at := func(p float64) float64 { return math.Exp(from + width*position(weights, p)) }
	return Interval{at(.5), at((1 - confidence) / 2), at((1 + confidence) / 2), len(trials)}
}

// tried is what came of the trials at one level.
type tried struct{ log, passed, failed float64 }

func (t tried) all() float64 { return t.passed + t.failed }

// relative returns the logarithm of how much less likely n outcomes are where so many are expected than where n are.
func relative(n, expected float64) float64 {
	if n == 0 {
		return 0
	}
	return n * math.Log(expected/n)
}

// byLevel counts trials by level, the lowest first.
func byLevel(trials []Trial) []tried {
	sorted := slices.SortedFunc(slices.Values(trials), func(a, b Trial) int { return cmp.Compare(a.Level, b.Level) })
	var levels []tried
	for _, t := range sorted {
		if n := len(levels); n == 0 || levels[n-1].log != math.Log(t.Level) {
			levels = append(levels, tried{log: math.Log(t.Level)})
		}
		l := &levels[len(levels)-1]
		if t.Passed {
			l.passed++
		} else {
			l.failed++
		}
	}
	return levels
}

// evidence returns the likelihood of an edge, averaged over the bluntnesses, relative to that of the observed shares,
// which none exceeds: so that many trials do not make it too small for a number.
func evidence(levels []tried, logEdge float64) float64 {
	sum := 0.
	for k := range bluntnesses {
		scale := sharpest * math.Pow(bluntest/sharpest, float64(k)/(bluntnesses-1))
		likelihood := 0.
		for _, l := range levels {
			p := passes((l.log - logEdge) / scale)
			likelihood += relative(l.passed, p*l.all()) + relative(l.failed, (1-p)*l.all())
		}
		sum += math.Exp(likelihood)
	}
	return sum
}

// passes returns the chance of passing so many scales above the edge.
func passes(above float64) float64 {
	return lapse + (1-2*lapse)/(1+math.Exp(min(max(above, -logisticSpan), logisticSpan)))
}

// position returns how many of the weights, counted from the first, hold the share p of their sum.
func position(weights []float64, p float64) float64 {
	total := 0.
	for _, w := range weights {
		total += w
	}
	before := 0.
	for i, w := range weights {
		if before+w >= p*total && w > 0 {
			return float64(i) + (p*total-before)/w
		}
		before += w
	}
	return float64(len(weights))
}
