package report

import (
	"fmt"

	"github.com/portalbench/portalbench/results"
)

// verdict is an answer that stands before all numbers.
type verdict struct {
	State  string // good, bad or open
	Title  string // beginning with its sign, so that colour is never alone
	Text   string
	Points []string
}

// The states of a verdict.
const (
	stateGood = "good"
	stateBad  = "bad"
	stateOpen = "open" // neither
)

// verdicts are the answers of a load or of a search for capacity. A simulation has headlines in their place.
func verdicts(run *results.Run) []verdict {
	var all []verdict
	if run.Load != nil {
		all = append(all, loadVerdict(run.Load))
	}
	if run.Capacity != nil {
		all = append(all, capacityVerdict(run.Capacity))
	}
	return all
}

// loadVerdict asks, in this order: did the portal break what no portal may, does the load count, do the thresholds hold?
func loadVerdict(l *results.Load) verdict {
	v := loadValidity(l)
	if broken := l.Ledger.Broken(); broken > 0 {
		v.State, v.Title = stateBad, "✗ Messages were not kept as they must be"
		v.Points = append([]string{ledger(l.Ledger)}, v.Points...)
	}
	return v
}

// loadValidity judges a load by its validity and its thresholds.
func loadValidity(l *results.Load) verdict {
	if l.Validity != results.RunValid {
		return verdict{stateBad, "✗ Invalid: these numbers must not be used to judge the portal", "What was wrong with the load:", l.Why}
	}
	failed, open := thresholdsOf(l, results.Fail), thresholdsOf(l, results.Inconclusive)
	held := len(l.Thresholds) - len(failed) - len(open)
	switch {
	case len(failed) > 0:
		return verdict{stateBad, fmt.Sprintf("✗ Fail: %s not met", ofThresholds(len(failed), len(l.Thresholds))),
			"The load itself is valid: the generator kept up.", append(failed, open...)}
	case len(open) > 0:
		return verdict{stateOpen, fmt.Sprintf("? Open: %s not judged", ofThresholds(len(open), len(l.Thresholds))),
			"The load itself is valid: the generator kept up.", open}
	case held > 0:
		return verdict{stateGood, fmt.Sprintf("✓ Pass: %s met", ofThresholds(held, held)), "The load is valid: the generator kept up.", nil}
	}
	return verdict{stateGood, "✓ Valid: the generator kept up", "No threshold was set, so that there is nothing to pass or to fail.", nil}
}

// thresholdsOf returns the thresholds of one status, with what was measured.
func thresholdsOf(l *results.Load, status string) []string {
	var list []string
	for _, t := range l.Thresholds {
		if t.Status == status {
			list = append(list, t.Expression+": "+thresholdText(t))
		}
	}
	return list
}

// ofThresholds counts thresholds in words: the threshold, both thresholds, all 3 thresholds, 1 of 3 thresholds.
func ofThresholds(n, all int) string {
	switch {
	case all == 1:
		return "the threshold"
	case n == all && all == 2:
		return "both thresholds"
	case n == all:
		return fmt.Sprintf("all %d thresholds", all)
	}
	return fmt.Sprintf("%d of %d thresholds", n, all)
}

// capacityVerdict says how a search ended; its text says what was found.
func capacityVerdict(c *results.Capacity) verdict {
	v := verdict{State: stateOpen, Title: "? No capacity was found", Text: CapacityHeadline(c)}
	switch {
	case c.Gate == results.Fail:
		v.State, v.Title = stateBad, "✗ Fail: the portal does not bear "+perSecond(c.AtLeastPerS)
	case c.Incomplete:
		v.Title = "? The search was not finished"
	case c.Outcome == results.CapacityFound:
		v.State, v.Title = stateGood, "✓ A capacity was found"
	case c.Outcome == results.CapacityAtLeast:
		v.State, v.Title = stateGood, "✓ The portal passed at every rate that was tried"
	case c.Outcome == results.CapacityBelow:
		v.State, v.Title = stateBad, "✗ The portal failed at the lowest rate that was tried"
	}
	return v
}
