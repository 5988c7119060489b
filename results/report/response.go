package report

import (
	"strings"

	"github.com/portalbench/portalbench/results"
	"github.com/portalbench/portalbench/results/stats"
)

// responseFigure shows how long it takes to a first response, by actual urgency. There is none when the run has no
// distributions of policies with a steady state.
func responseFigure(record *results.Record) (Figure, bool) {
	s := record.Run.Simulate
	curves := responseCurves(record)
	policies := drawnOf(s, func(p styledPolicy) bool { return hasCurve(curves, p.name) })
	if len(policies) == 0 {
		return Figure{}, false
	}
	fig := Figure{Name: "first-response", Title: "Threads with a first response, by time since they were sent",
		Legend: legendOf(policies), Numbers: []sheet{curveSheet(s, curves)}}
	fig.Note = joinSentences("Those never answered stay in the total, so that a line may end below 100%. Further up and to the "+
		"left is faster; lines may lie on each other. Time is on a logarithmic axis, the mark is the median.", targetsText(s), notDrawn(s))
	for _, urgency := range urgencies() {
		fig.Panels = append(fig.Panels, curvePanels(curves, urgency, "Threads that are actually "+urgency,
			"Share of "+urgency+" threads with a first response by hours since they were sent, a line for each policy",
			answerTargets(s, urgency))...)
	}
	return fig, true
}

func urgencies() []string { return []string{"routine", "urgent"} }

// curvePanels draws the curves of one urgency in every frame; there are none without curves.
func curvePanels(curves []Curve, urgency, title, description string, targets []results.AnswerTarget) []panel {
	var shown []Curve
	for _, c := range curves {
		if c.Urgency == urgency {
			shown = append(shown, c)
		}
	}
	var panels []panel
	for _, f := range frames() {
		if len(shown) == 0 {
			break
		}
		drawing := drawCurves(f, timeAxis(f, curves, targets), shown, targets)
		drawing.Description = description
		panels = append(panels, panel{Class: f.Class, Title: title, Template: "curves", Drawing: drawing})
	}
	return panels
}

func hasCurve(curves []Curve, policy string) bool {
	for _, c := range curves {
		if c.Policy == policy {
			return true
		}
	}
	return false
}

// responseCurves returns the times to first response under the policies that are drawn.
func responseCurves(record *results.Record) []Curve {
	var out []Curve
	for _, p := range drawnPolicies(record.Run.Simulate) {
		for _, urgency := range urgencies() {
			if c, ok := curveOf(record, p, "first_response", results.Where{"actual_urgency": urgency}); ok {
				c.Urgency = urgency
				out = append(out, c)
			}
		}
	}
	return out
}

// curveOf returns the curve of a span of some threads under a policy, of several parts of them taken together; none when the
// run does not have them all.
func curveOf(record *results.Record, p styledPolicy, span string, parts ...results.Where) (Curve, bool) {
	var all *stats.Histogram
	for _, where := range parts {
		h := record.Distribution("min", results.SpanTag(p.Name, p.Set, span, where))
		switch {
		case h == nil || all != nil && !all.SameShape(h):
			return Curve{}, false
		case all == nil:
			all = h
		default:
			all = all.Merged(h)
		}
	}
	if all == nil || all.Count() == 0 {
		return Curve{}, false
	}
	c := newCurve(p.name, "", all, 60)
	c.Style = p.style
	return c, true
}

// targetsText says what the targets of answers are.
func targetsText(s *results.Simulate) string {
	text := ""
	if len(answerTargets(s, "routine")) > 0 {
		text = "Dashed is the target: an answer by the close of the next business day for routine threads, which leaves least time to those " +
			"sent right before close and most to those sent before a weekend."
	}
	for _, t := range s.Targets {
		if len(t.Policies) > 0 {
			text += " An answer within " + plural(t.BusinessDays, "business day") + " is what " + list(t.Policies) + " promises."
		}
	}
	return strings.TrimSpace(text)
}

// curveSheet gives the numbers of the curves. They are of all threads together, the tables' are means over replications:
// of a median that is not the same.
func curveSheet(s *results.Simulate, curves []Curve) sheet {
	t := sheet{Caption: "Time to first response of all threads of all replications taken together, as the curves show it. " +
		"The tables above give the mean of the replications' own medians, which may differ a little.",
		Header: []string{"policy", "threads", "median of all, h", "p90 of all, h", "within 4 h, %", "within 1 day, %", "within 3 days, %",
			"never, %", "in 1 business day, %"}}
	for _, c := range curves {
		row := []string{c.Policy, c.Urgency, number(c.quantile(.5)), number(c.quantile(.9)), number(100 * c.within(4)),
			number(100 * c.within(24)), number(100 * c.within(72)), number(100 * c.never())}
		t.Rows = append(t.Rows, append(row, inADay(s, c)))
	}
	return t
}

// inADay writes the share of a curve's threads that are answered within a business day.
func inADay(s *results.Simulate, c Curve) string {
	o := answeredInADay()
	o.where = results.Where{"actual_urgency": c.Urgency}
	for _, p := range drawnPolicies(s) {
		if p.name == c.Policy {
			return o.text(p.PolicyResult)
		}
	}
	return missing
}
