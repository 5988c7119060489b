package report

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/portalbench/portalbench/results"
)

// headline is what a policy comes down to.
type headline struct {
	Policy string
	Text   string
}

// headlines returns a sentence or two for every policy: levels for the baseline, differences for the others.
func headlines(s *results.Simulate) []headline {
	against := compared(s)
	var out []headline
	for _, p := range s.Policies {
		h := headline{Policy: Label(p)}
		switch {
		case p.Grows():
			h.Text = "The backlog grows from week to week, so there is no steady state and no number for it."
		case slices.ContainsFunc(against, func(o results.PolicyResult) bool { return Label(o) == h.Policy }):
			h.Text = changed(s, p)
		case len(s.Differences) > 0 && s.Differences[0].Baseline == p.Name:
			h.Text = "The baseline. " + levels(p)
		default:
			h.Text = levels(p)
		}
		out = append(out, h)
	}
	return out
}

// levels says what a policy gives by itself.
func levels(p results.PolicyResult) string {
	var parts []string
	for _, o := range []struct {
		say string
		outcome
	}{
		{"Half of the threads get a first response within %s hours.", outcome{name: "first_response_hours", statistic: "median", scale: 1}},
		{"By the close of the next business day %s per cent of them are answered.", outcome{name: "answered_within_1_business_day", statistic: "share", scale: 100}},
		{"Of the actually urgent threads %s per cent are not read by a clinician within 4 hours.", outcome{name: "urgent_unread_over_4h", statistic: "share", scale: 100}},
		{"A physician spends %s minutes per workday in the inbox.", outcome{name: "inbox_minutes_per_workday", where: of("physician"), statistic: "mean", scale: 1}},
	} {
		if m, found := o.find(p); found && !m.NeverReached() && !math.IsNaN(float64(m.Value)) {
			parts = append(parts, strings.Replace(o.say, "%s", o.text(p), 1))
		}
	}
	if len(parts) == 0 {
		return "Its main outcomes were not measured."
	}
	return strings.Join(parts, " ")
}

// effect is how a difference in an outcome is put into words.
type effect struct {
	outcome
	subject    string
	less, more string
}

func effects() []effect {
	return []effect{
		{outcome{name: "first_response_hours", statistic: "median", scale: 1, unit: "h"}, "the median first response", "comes %s sooner", "comes %s later"},
		{outcome{name: "answered_within_1_business_day", statistic: "share", scale: 100, unit: "points"}, "the share answered within a business day", "falls by %s", "rises by %s"},
		{outcome{name: "first_clinical_read_hours", where: urgent(), statistic: "median", scale: 1, unit: "h"}, "the median urgent thread", "is read by a clinician %s sooner", "is read by a clinician %s later"},
		{outcome{name: "inbox_minutes_per_workday", where: of("physician"), statistic: "mean", scale: 1, unit: "min"}, "a physician's inbox day", "is %s shorter", "is %s longer"},
		{outcome{name: "inbox_minutes_per_workday", where: of("rn"), statistic: "mean", scale: 1, unit: "min"}, "a nurse's inbox day", "is %s shorter", "is %s longer"},
	}
}

// visible is the smallest difference, in the unit of display, that is put into words: less is printed as 0.00.
const visible = .005

// changed says what a policy changes against the baseline, for what no difference is shown, and what never happens.
func changed(s *results.Simulate, p results.PolicyResult) string {
	var shown, equal, never []string
	for _, e := range effects() {
		if m, found := e.find(p); found && m.NeverReached() {
			never = append(never, e.subject)
			continue
		}
		d, found := e.against(s, p)
		value := float64(d.Value)
		if !found || math.IsNaN(value) || math.IsInf(value, 0) {
			continue
		}
		if d.Low <= 0 && d.High >= 0 || math.Abs(value)*e.scale < visible {
			equal = append(equal, e.subject)
			continue
		}
		say := e.more
		if value < 0 {
			say = e.less
		}
		shown = append(shown, e.subject+" "+fmt.Sprintf(say, e.size(d)))
	}
	var parts []string
	if len(shown) > 0 {
		parts = append(parts, sentence("Against "+baselineOf(s)+", "+list(shown)))
	}
	if len(equal) > 0 {
		parts = append(parts, sentence("No difference shown in "+list(equal)))
	}
	if len(never) > 0 {
		parts = append(parts, sentence("Not reached: "+list(never)))
	}
	if len(parts) == 0 {
		return "No main outcome can be compared with the baseline."
	}
	return strings.Join(parts, " ")
}

// baselineOf names the policy that differences are taken from.
func baselineOf(s *results.Simulate) string {
	d := s.Differences[0]
	if d.BaselineSet == nil {
		return d.Baseline
	}
	return nameAmong(s.Policies[0], varied(s.Policies)) // of one policy's sweep, the first
}

// size writes a difference without its sign: "3.1 h (2.8–3.4)".
func (e effect) size(d results.Difference) string {
	value, low, high := e.scale*float64(d.Value), e.scale*float64(d.Low), e.scale*float64(d.High)
	if value < 0 {
		value, low, high = -value, -high, -low
	}
	p := decimals(value)
	if math.IsNaN(low) || math.IsNaN(high) {
		return fixed(value, p) + " " + e.unit + " (one replication, no interval)"
	}
	return fixed(value, p) + " " + e.unit + " (" + fixed(low, p) + "–" + fixed(high, p) + ")"
}

func sentence(s string) string { return s + "." }

// list joins parts as in a sentence.
func list(parts []string) string {
	if len(parts) < 2 {
		return strings.Join(parts, "")
	}
	return strings.Join(parts[:len(parts)-1], ", ") + " and " + parts[len(parts)-1]
}
