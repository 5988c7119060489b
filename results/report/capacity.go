package report

import (
	"fmt"
	"io"
	"math"
	"slices"
	"strings"

	"github.com/portalbench/portalbench/results"
)

// Capacity writes a search for capacity: its steps, what it found, and what must be known to believe it.
func Capacity(w io.Writer, format Format, c *results.Capacity) error {
	heading(w, format, capacityPlace(c))
	paragraph(w, format, allMustHold(c))
	if err := capacitySteps(c).render(w, format); err != nil {
		return err
	}
	fmt.Fprintln(w)
	for _, line := range append([]string{CapacityHeadline(c)}, capacityNotes(c)...) {
		paragraph(w, format, line)
	}
	return nil
}

func capacityPlace(c *results.Capacity) string {
	where := "a fresh one for every step"
	if c.URL != "" {
		where = "at " + c.URL
	}
	return fmt.Sprintf("Capacity of %s, %s: %s, %s", c.Portal, where, c.Scenario, c.Policy)
}

func allMustHold(c *results.Capacity) string {
	return "All of these must hold: " + strings.Join(c.Thresholds, ", ") + "."
}

// capacitySteps is the table of the steps, in the order in which they were made.
func capacitySteps(c *results.Capacity) grid {
	g := grid{words: 2, header: []string{"step", "verdict", "offered\n/s", "achieved\n/s", "response\np50 ms",
		"p95 ms", "p99 ms", "lag\np99 ms", "errors\n%", "because"}}
	for i, s := range c.Steps {
		row := []string{fmt.Sprint(i + 1), s.Verdict}
		for _, n := range []results.Number{s.OfferedPerS, s.AchievedPerS, s.ResponseMS.P50, s.ResponseMS.P95,
			s.ResponseMS.P99, s.LagMS.P99, 100 * s.Errors} {
			row = append(row, number(float64(n)))
		}
		g.rows = append(g.rows, append(row, s.Because))
	}
	return g
}

// CapacityHeadline says in a sentence or two what a search found.
func CapacityHeadline(c *results.Capacity) string {
	text := capacityFinding(c)
	if c.Incomplete {
		text = "INCOMPLETE, " + c.WhyIncomplete + ". So far: " + text
	}
	return text
}

func capacityFinding(c *results.Capacity) string {
	at := perSecond(c.FailedFromPerS)
	switch c.Outcome {
	case results.CapacityFound:
		return fmt.Sprintf("Capacity: %s (95%% interval %s to %s). The portal passed up to %s and failed from %s.",
			perSecond(c.CapacityPerS), perSecond(c.LowPerS), perSecond(c.HighPerS), perSecond(c.PassedToPerS), at)
	case results.CapacityAtLeast:
		return fmt.Sprintf("Capacity: at least %s, the highest rate tried, where the portal still passed. This is a lower bound, not a capacity: raise --to to find it.",
			perSecond(c.PassedToPerS))
	case results.CapacityBelow:
		return fmt.Sprintf("Capacity: below %s, the lowest rate tried, where the portal failed. Lower --from to find it.", at)
	case results.CapacityGenerator:
		return fmt.Sprintf("The generator, not the portal, is the limit at %s: use another machine, or one that does nothing else, and leave --max-in-flight out. %s",
			at, passedBelow(c))
	case results.CapacityLimiter:
		return fmt.Sprintf("A rate limiter, not the portal, is the limit at %s: raise it for this machine. %s", at, passedBelow(c))
	}
	if math.IsNaN(float64(c.FailedFromPerS)) {
		return "No step could be judged."
	}
	return fmt.Sprintf("Nothing could be judged at %s. %s", at, passedBelow(c))
}

// passedBelow says what is known of the portal where it was not the limit.
func passedBelow(c *results.Capacity) string {
	if math.IsNaN(float64(c.PassedToPerS)) {
		return "Nothing is known of the portal."
	}
	return fmt.Sprintf("The portal passed up to %s; its capacity is not known.", perSecond(c.PassedToPerS))
}

// perSecond writes a rate without zeros that say nothing.
func perSecond(n results.Number) string {
	text := number(float64(n))
	if strings.Contains(text, ".") {
		text = strings.TrimRight(strings.TrimRight(text, "0"), ".")
	}
	return text + "/s"
}

// capacityNotes are the gate, the floor, why steps could not be judged, and warnings, a sentence or two each.
func capacityNotes(c *results.Capacity) []string {
	var lines []string
	if c.Gate != "" {
		lines = append(lines, fmt.Sprintf("At least %s: %s.", perSecond(c.AtLeastPerS), c.Gate))
	}
	lines = append(lines, floor(c.Floor))
	for i, s := range c.Steps {
		if s.Verdict == results.StepInvalid && len(s.Why) > 0 {
			lines = append(lines, fmt.Sprintf("Step %d could not be judged: %s.", i+1, strings.Join(s.Why, "; ")))
		}
	}
	if slices.ContainsFunc(c.Steps, func(s results.CapacityStep) bool { return math.IsNaN(float64(s.ResponseMS.P99)) }) {
		lines = append(lines, untold(true))
	}
	for _, warning := range c.Warnings {
		lines = append(lines, "Warning: "+strings.TrimSuffix(warning, ".")+".")
	}
	return lines
}

// floor says what of the figures is the generator's own.
func floor(f *results.Floor) string {
	if f == nil {
		return "Floor of the generator: not measured."
	}
	text := fmt.Sprintf("Floor of the generator, at %s on a portal that does nothing: response p95 %s ms, lag p99 %s ms, %s µs of CPU per operation",
		perSecond(f.OfferedPerS), number(float64(f.ResponseP95MS)), number(float64(f.LagP99MS)), number(float64(f.CPUMicrosPerOp)))
	if !math.IsNaN(float64(f.RateAtCPUBound)) {
		text += fmt.Sprintf(", which would fill this machine at about %s, or later, as what idling costs is in it", perSecond(f.RateAtCPUBound))
	}
	if len(f.Why) > 0 {
		text += " (not to be believed: " + strings.Join(f.Why, "; ") + ")"
	}
	return text + "."
}
