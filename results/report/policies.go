package report

import (
	"fmt"

	"github.com/portalbench/portalbench/results"
)

// styledPolicy is a policy with the name and the line style that it has in all figures.
type styledPolicy struct {
	results.PolicyResult
	name  string
	style int
}

// drawnPolicies returns the policies that figures show: those with a steady state, as many as there are line styles. Their
// names leave out the overrides that all policies have.
func drawnPolicies(s *results.Simulate) []styledPolicy {
	var out []styledPolicy
	paths := varied(s.Policies)
	for _, p := range s.Policies {
		if !p.Grows() && len(out) < styles {
			out = append(out, styledPolicy{p, nameAmong(p, paths), len(out)})
		}
	}
	return out
}

// drawnOf returns the drawn policies of which something is shown.
func drawnOf(s *results.Simulate, shown func(styledPolicy) bool) []styledPolicy {
	var out []styledPolicy
	for _, p := range drawnPolicies(s) {
		if shown(p) {
			out = append(out, p)
		}
	}
	return out
}

// notDrawn says which policies figures leave out, and why; empty when they show all.
func notDrawn(s *results.Simulate) string {
	var growing []string
	steady := 0
	paths := varied(s.Policies)
	for _, p := range s.Policies {
		if p.Grows() {
			growing = append(growing, nameAmong(p, paths))
		} else {
			steady++
		}
	}
	text := ""
	if len(growing) > 0 {
		text = "Not drawn, as the backlog grows and there is no steady state: " + list(growing) + "."
	}
	if steady > styles {
		more := fmt.Sprintf("Drawn are the first %d of %d policies with a steady state; the table of main outcomes has all.", styles, steady)
		text = joinSentences(text, more)
	}
	return text
}

// joinSentences sets sentences one after the other; empty ones are left out.
func joinSentences(sentences ...string) string {
	text := ""
	for _, s := range sentences {
		if text != "" && s != "" {
			text += " "
		}
		text += s
	}
	return text
}

// legendOf names the lines of policies.
func legendOf(policies []styledPolicy) []legendEntry {
	var out []legendEntry
	for _, p := range policies {
		out = append(out, legendEntry{Name: p.name, Style: p.style, Marker: marker(p.style, 24, 8)})
	}
	return out
}
