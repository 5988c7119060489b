package report

import (
	"fmt"
	"io"
	"math"
	"strings"

	"github.com/portalbench/portalbench/results"
)

// WarmUp says how many days were left out at the beginning, and why so many.
func WarmUp(s *results.Simulate) string {
	text := fmt.Sprintf("Warm-up: %s", plural(s.WarmUpDays, "day"))
	asked := 0
	known := true
	for _, p := range s.Policies {
		if p.WarmUpAsked == nil {
			known = false
		} else {
			asked = max(asked, *p.WarmUpAsked)
		}
	}
	switch {
	case s.WarmUpBy == "mser":
		return text + ", longer than the scenario's, as the weekly series ask for (MSER)."
	case !known:
		return text + ", the scenario's; the weekly series do not tell whether that is enough."
	case asked > s.WarmUpDays:
		return fmt.Sprintf("%s, the scenario's; the weekly series ask for %s (MSER), which is more than can be had.", text, plural(asked, "day"))
	}
	return fmt.Sprintf("%s, the scenario's; the weekly series ask for %s (MSER).", text, plural(asked, "day"))
}

// Experiment writes what --precision, --select and --uncertainty came to.
func Experiment(w io.Writer, format Format, s *results.Simulate) error {
	if len(s.Precision)+len(s.Selection) > 0 {
		fmt.Fprintln(w)
	}
	for _, p := range s.Precision {
		paragraph(w, format, precisionText(p))
	}
	for _, c := range s.Selection {
		paragraph(w, format, selectionText(c))
	}
	if s.Uncertainty == nil {
		return nil
	}
	fmt.Fprintln(w)
	return Uncertainty(w, format, s.Uncertainty)
}

// withSet writes the overrides that a result is about, if there are any.
func withSet(set map[string]string) string {
	if len(set) == 0 {
		return ""
	}
	return " with " + results.WhereText(set)
}

func precisionText(p results.Precision) string {
	what := fmt.Sprintf("%s%s", p.Key(), withSet(p.Set))
	if p.Why != "" {
		return fmt.Sprintf("Precision of %s: NOT REACHED: %s.", what, p.Why)
	}
	widest := fmt.Sprintf("the widest interval is ±%s%% of the level (%s)", number(100*float64(p.Widest)), p.WidestOf)
	if math.IsNaN(float64(p.Widest)) {
		widest = "of " + p.WidestOf + " there is no interval, as it was not reached or the backlog grows"
	}
	if p.Reached {
		return fmt.Sprintf("Precision of %s: ±%s%% reached; %s.", what, number(100*float64(p.Wanted)), widest)
	}
	return fmt.Sprintf("Precision of %s: ±%s%% NOT REACHED (--at-most %s); %s.", what, number(100*float64(p.Wanted)),
		plural(p.MostAsked, "replication"), widest)
}

func selectionText(c results.Selection) string {
	head := fmt.Sprintf("Selection by %s%s, %s is better, differences below %s do not matter", c.Key(), withSet(c.Set), c.Better,
		zoneText(c))
	var used, left []string
	for _, p := range c.Contenders {
		used = append(used, fmt.Sprintf("%s %d", p.Policy, p.Replications))
		if p.Survives {
			left = append(left, p.Policy)
		}
	}
	ran := " Replications used: " + strings.Join(used, ", ") + "."
	switch {
	case c.Decided:
		return fmt.Sprintf("%s: %s is the best, or within %s of it, with probability %g (Kim-Nelson, common random numbers).%s", head,
			c.Winner, zoneText(c), float64(c.Confidence), ran)
	case c.Why != "":
		return head + ": UNDECIDED: " + c.Why + "." + ran
	case c.MostNeeded > 0:
		return fmt.Sprintf("%s: UNDECIDED between %s; it takes at most %s.%s", head, list(left), plural(c.MostNeeded, "replication"), ran)
	}
	return head + ": UNDECIDED between " + list(left) + "." + ran
}

// zoneText writes an indifference zone in the unit of the measure.
func zoneText(c results.Selection) string {
	if c.Statistic == "share" {
		return number(100*float64(c.Zone)) + " percentage points"
	}
	spec, err := results.ParseMeasure(c.Measure)
	if err != nil {
		return number(float64(c.Zone))
	}
	return number(float64(c.Zone)) + " " + spec.Unit
}
