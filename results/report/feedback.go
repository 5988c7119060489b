package report

import (
	"fmt"
	"io"
	"math"
	"slices"
	"strings"

	"github.com/portalbench/portalbench/results"
)

// FeedBack writes what the latencies of a load do to the clinic: who waits how long, what changes, and both in a
// sentence.
func FeedBack(w io.Writer, format Format, f *results.FeedBack) error {
	heading(w, format, "What these latencies do to the clinic, simulated with a portal as slow as measured")
	if f.Why == "" && !f.Unstable {
		for _, g := range []grid{portalWaits(f), effectsOf(f)} {
			if err := g.render(w, format); err != nil {
				return err
			}
			fmt.Fprintln(w)
		}
	}
	paragraph(w, format, FeedBackSentence(f))
	if note := feedBackNote(f); note != "" {
		paragraph(w, format, note)
	}
	return nil
}

// FeedBackSentence says in plain words what comes of the latencies.
func FeedBackSentence(f *results.FeedBack) string {
	switch {
	case f.Why != "":
		return "Nothing is fed back: " + strings.TrimSuffix(f.Why, ".") + "."
	case f.Unstable:
		return "At these latencies the backlog grows from week to week: there is no steady state, and no number for it. Behind a portal that answers at once it does not grow."
	}
	text := ""
	if i := slices.IndexFunc(f.Waits, func(w results.PortalWait) bool { return w.Role == "physician" }); i >= 0 {
		wait := float64(f.Waits[i].Simulated)
		scale, unit := spanUnit(wait)
		text = fmt.Sprintf("At these latencies a physician waits %s %s a workday for the portal, and ", number(scale*wait), unit)
	}
	evening, _ := f.Effect(results.FedBackQuantities()[4])
	return text + eveningText(evening)
}

// eveningText says what comes of the latencies after hours.
func eveningText(e results.Effect) string {
	scale, unit := spanUnit(float64(e.Difference))
	d, low, high := scale*float64(e.Difference), scale*float64(e.Low), scale*float64(e.High)
	p := decimals(d)
	switch {
	case math.IsNaN(d) || math.IsInf(d, 0):
		return "what that does to work after hours is not known."
	case math.IsNaN(low):
		return fmt.Sprintf("what that does to work after hours cannot be told from one replication (%s %s).", signed(d, p), unit)
	case !e.Shown:
		return fmt.Sprintf("no difference in work after hours is shown (%s to %s %s).", signed(low, p), signed(high, p), unit)
	case d < 0:
		return fmt.Sprintf("%s %s less are worked after hours (%s–%s).", fixed(-d, p), unit, fixed(-high, p), fixed(-low, p))
	}
	return fmt.Sprintf("%s %s of work after hours come from it (%s–%s).", fixed(d, p), unit, fixed(low, p), fixed(high, p))
}

// spanUnit returns the unit in which a number of minutes reads best, and what it is multiplied by for that.
func spanUnit(minutes float64) (scale float64, unit string) {
	if math.Abs(minutes) < .1 {
		return 60, "seconds"
	}
	return 1, "minutes"
}

// onPage returns a table for the page, where headings need no line breaks.
func onPage(caption string, g grid) sheet {
	for i, h := range g.header {
		g.header[i] = strings.ReplaceAll(h, "\n", " ")
	}
	return sheetOf(caption, g)
}

// portalWaits sets the waiting a load measured beside the simulated.
func portalWaits(f *results.FeedBack) grid {
	g := grid{header: []string{"role", "waiting for the portal,\nmeasured, s per workday", "simulated,\ns per workday"}}
	for _, w := range f.Waits {
		g.rows = append(g.rows, []string{roleName(w.Role), number(60 * float64(w.Measured)),
			interval(60*float64(w.Simulated), 60*float64(w.Low), 60*float64(w.High))})
	}
	return g
}

// effectsOf sets every outcome without and with the portal's slowness side by side.
func effectsOf(f *results.FeedBack) grid {
	g := grid{header: []string{"outcome", "answers\nat once", "as slow as\nmeasured", "difference", "shown"}}
	for _, e := range f.Effects {
		o := outcomeOf(e.Quantity)
		shown := "no"
		if e.Shown {
			shown = "yes"
		}
		d := results.Difference{Value: e.Difference, Low: e.Low, High: e.High}
		g.rows = append(g.rows, []string{o.label, number(o.scale * float64(e.AtOnce)), number(o.scale * float64(e.AsMeasured)),
			difference(d, o.scale), shown})
	}
	return g
}

// outcomeOf returns how a quantity is shown among the main outcomes.
func outcomeOf(q results.Quantity) outcome {
	for _, o := range mainOutcomes() {
		if o.matches(q.Measure, q.Where, q.Statistic) {
			return o
		}
	}
	return outcome{label: q.Key(), scale: 1}
}

// feedBackNote says what the comparison rests on.
func feedBackNote(f *results.FeedBack) string {
	if f.Replications == 0 {
		return ""
	}
	note := fmt.Sprintf("Paired over %s of %d days on the same people, needs and draws; 95%% intervals, each by itself, simulation error only. Every answer takes at all hours what it took in the load.",
		plural(f.Replications, "replication"), f.HorizonDays)
	var borrowed []string
	for _, op := range f.Operations {
		if op.From != op.Op {
			borrowed = append(borrowed, op.Op)
		}
	}
	if len(borrowed) > 0 {
		note += fmt.Sprintf(" Measured fewer than %d times and given the latencies of all operations: %s.", results.FewestAnswers(), strings.Join(borrowed, ", "))
	}
	return note
}
