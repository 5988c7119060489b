package report

import (
	"fmt"
	"io"
	"math"
	"slices"
	"strings"

	"github.com/portalbench/portalbench/results"
)

// Latency writes a load: latencies by operation, what must be known to believe them, and how long the staff waited.
func Latency(w io.Writer, format Format, l *results.Load) error {
	heading(w, format, loadPlace(l))
	paragraph(w, format, loadRate(l))
	g := grid{header: []string{"operation", "offered", "ok", "other", "response\np50 ms", "response\np95 ms", "response\np99 ms", "service\np99 ms", "lag\np99 ms", "wait\np99 ms"}}
	for _, op := range l.Ops {
		if op.Offered == 0 {
			continue
		}
		ok := op.Outcomes[results.OK.String()]
		row := []string{op.Op, count(op.Offered), count(ok), count(op.Offered - ok)}
		for _, ms := range []results.Number{op.ResponseMS.P50, op.ResponseMS.P95, op.ResponseMS.P99, op.ServiceMS.P99, op.LagMS.P99, op.WaitMS.P99} {
			row = append(row, number(float64(ms)))
		}
		g.rows = append(g.rows, row)
	}
	if err := g.render(w, format); err != nil {
		return err
	}
	if unmeasured(g) {
		all, _ := l.Op("all")
		paragraph(w, format, untold(all.Unanswered() > 0))
	}
	fmt.Fprintln(w)
	for _, line := range Trust(l) {
		paragraph(w, format, line)
	}
	if len(l.Staff) == 0 {
		return nil
	}
	fmt.Fprintln(w)
	return staffWait(w, format, l)
}

// unmeasured reports whether some cell of g is missing.
func unmeasured(g grid) bool {
	return slices.ContainsFunc(g.rows, func(row []string) bool { return slices.Contains(row, missing) })
}

// LoadSetting says in one line what was measured, and where.
func LoadSetting(l *results.Load) string { return loadPlace(l) + ": " + loadRate(l) }

func loadPlace(l *results.Load) string {
	at := ""
	if l.URL != "" {
		at = " at " + l.URL
	}
	return fmt.Sprintf("%s, %s, on %s%s", l.Scenario, l.Policy, l.Portal, at)
}

func loadRate(l *results.Load) string {
	return fmt.Sprintf("%s ops/s offered on average, %s achieved, %s completed, for %s s", number(float64(l.OfferedPerS)),
		number(float64(l.AchievedPerS)), number(float64(l.CompletedPerS)), number(float64(l.DurationS)))
}

// untold explains a percentile that is missing.
func untold(unanswered bool) string {
	text := missing + ": too few operations to tell that percentile"
	if unanswered {
		text += ", or more than it leaves out were never answered"
	}
	return text + "."
}

// Trust returns what must be known to believe a load, a sentence or two each: validity with its reasons, thresholds,
// outcomes that were not ok, ledger, mailbox, dispersion and warnings.
func Trust(l *results.Load) []string {
	sign := verdictSign(results.Pass)
	if l.Validity != results.RunValid {
		sign = verdictSign(results.Fail)
	}
	lines := []string{sign + " " + validity(l)}
	for _, t := range l.Thresholds {
		lines = append(lines, "Threshold "+t.Expression+": "+verdictSign(t.Status)+" "+thresholdText(t)+".")
	}
	lines = append(lines, notes(l)...)
	return lines
}

// verdictSign stands before the word of a verdict, so that it is seen where colour is not.
func verdictSign(status string) string {
	switch status {
	case results.Pass:
		return "✓"
	case results.Fail:
		return "✗"
	}
	return "?"
}

// notes is the part of Trust that is neither verdict nor table.
func notes(l *results.Load) []string {
	var lines []string
	if others := otherOutcomes(l); others != "" {
		lines = append(lines, others)
	}
	if all, _ := l.Op("all"); all.Late > 0 {
		lines = append(lines, fmt.Sprintf("Sent more than %s late by the generator: %s of %s operations.", results.LateAfter, count(all.Late), count(all.Sent)))
	}
	lines = append(lines, ledger(l.Ledger),
		fmt.Sprintf("Mailbox: %s messages before, %s after.", count(l.Mailbox.Start), count(l.Mailbox.End)),
		fmt.Sprintf("Dispersion of sends per 100 ms: %s, as scheduled: %s (1 is Poisson).", number(float64(l.Dispersion)),
			number(float64(l.ScheduledDispersion))))
	if v := l.VisibleAfterMS; v != nil {
		lines = append(lines, fmt.Sprintf("Acknowledged messages were in the recipient's inbox after %s ms on average, %s at most.",
			number(float64(v.Mean)), number(float64(v.Max))))
	}
	if l.Target != nil {
		lines = append(lines, process(l.Target))
	}
	if l.NotListed > 0 {
		lines = append(lines, fmt.Sprintf("Items that an inbox should have listed and did not: %s.", count(l.NotListed)))
	}
	for _, warning := range l.Warnings {
		lines = append(lines, "Warning: "+strings.TrimSuffix(warning, ".")+".")
	}
	return lines
}

func validity(l *results.Load) string {
	text := "Valid."
	if l.Validity != results.RunValid {
		text = "INVALID: " + strings.Join(l.Why, "; ") + "."
	}
	switch {
	case l.Stopped != "":
		text += " Incomplete: a rule stopped the run before its end."
	case l.Incomplete:
		text += " Incomplete."
	}
	return text
}

func thresholdText(t results.Threshold) string {
	value := float64(t.Value)
	shown := number(value) + " ms"
	if strings.Contains(t.Expression, ".errors") {
		shown = number(100*value) + "%"
	}
	switch {
	case t.Status == results.Fail && (math.IsNaN(value) || math.IsInf(value, 0)):
		return t.Status + " (more were never answered)"
	case math.IsNaN(value):
		return t.Status + " (not measured)"
	}
	return t.Status + " (" + shown + ")"
}

// otherOutcomes says how the operations ended that were not ok.
func otherOutcomes(l *results.Load) string {
	all, _ := l.Op("all")
	var parts []string
	for o := range results.NumOutcomes {
		name := results.Outcome(o).String()
		if n := all.Outcomes[name]; n > 0 && results.Outcome(o) != results.OK {
			parts = append(parts, count(n)+" "+name)
		}
	}
	if len(parts) == 0 {
		return ""
	}
	return "Not ok: " + strings.Join(parts, ", ") + "."
}

func ledger(l *results.Ledger) string {
	if l == nil {
		return "Ledger: not checked."
	}
	leaked := "leaks not checked"
	if l.Leaked != nil {
		leaked = count(*l.Leaked) + " leaked"
	}
	text := fmt.Sprintf("Ledger: of %s acknowledged messages %s were found, %s lost, %s duplicated, %s out of order, %s.",
		count(l.Checked), count(l.Found), count(l.Lost), count(l.Duplicated), count(l.OutOfOrder), leaked)
	if l.Unread > 0 {
		text += fmt.Sprintf(" %s more could not be looked for, as their threads could not be read.", count(l.Unread))
	}
	return text
}

// process says what the portal's process took.
func process(t *results.Target) string {
	text := fmt.Sprintf("Portal's process: %s cores used, at most %s; %s MB resident, at most %s; %d threads",
		number(float64(t.CPUCoresMean)), number(float64(t.CPUCoresMax)), number(float64(t.RSSMeanMB)), number(float64(t.RSSMaxMB)),
		t.ThreadsMax)
	if !math.IsNaN(float64(t.CPUMSPerRequest)) {
		text += fmt.Sprintf("; %s ms of processor time a request", number(float64(t.CPUMSPerRequest)))
	}
	return text + "."
}

// staffWait writes how much of each role's workday goes into waiting for the portal.
func staffWait(w io.Writer, format Format, l *results.Load) error {
	heading(w, format, "Lost waiting for the portal, per workday and person")
	g := grid{header: []string{"role", "waiting, s", "handling messages, min", "waiting / handling, %"}}
	for _, s := range l.Staff {
		wait, work := float64(s.PortalWaitMinutes), float64(s.HandlingMinutesPerWorkday)
		share := missing
		if work > 0 {
			share = number(100 * wait / work)
		}
		g.rows = append(g.rows, []string{roleName(s.Role), number(60 * wait), number(work), share})
	}
	return g.render(w, format)
}
