package report

import (
	"slices"

	"github.com/portalbench/portalbench/results"
)

// readTargets are those by when a clinician should have read urgent threads: within fixed hours. Targets in business days are
// of answers.
func readTargets(s *results.Simulate) []results.AnswerTarget {
	return slices.DeleteFunc(targetsOf(s, "urgent"), func(t results.AnswerTarget) bool { return t.BusinessDays > 0 })
}

// answerTargets are those by when threads of an urgency should have had an answer.
func answerTargets(s *results.Simulate, urgency string) []results.AnswerTarget {
	return slices.DeleteFunc(targetsOf(s, urgency), func(t results.AnswerTarget) bool { return t.BusinessDays == 0 })
}

// clinicianTarget says what the target of urgent threads is; nothing where a run does not know it.
func clinicianTarget(s *results.Simulate) string {
	for _, t := range readTargets(s) {
		return "a clinician within " + shortHours(float64(t.MostHours)) + " hours"
	}
	return ""
}

// clinicalReadFigure shows how long actually urgent threads wait for a clinician who reads them, with the target that they are
// held against. There is none when the run has no distributions of them.
func clinicalReadFigure(record *results.Record) (Figure, bool) {
	s := record.Run.Simulate
	var curves []Curve
	for _, p := range drawnPolicies(s) {
		if c, ok := curveOf(record, p, "first_clinical_read", urgentParts()...); ok {
			c.Urgency = "urgent"
			curves = append(curves, c)
		}
	}
	policies := drawnOf(s, func(p styledPolicy) bool { return hasCurve(curves, p.name) })
	if len(policies) == 0 {
		return Figure{}, false
	}
	fig := Figure{Name: "urgent-clinical-read", Title: "Urgent threads that a clinician has read, by time since they were sent",
		Legend: legendOf(policies), Numbers: []sheet{clinicalReadSheet(curves)}}
	target := ""
	if text := clinicianTarget(s); text != "" {
		target = "Dashed is the target: " + text + "."
	}
	fig.Note = joinSentences("Of all actually urgent threads, whatever their senders take them for.", target, "A line that ends below 100% leaves "+
		"threads that no clinician ever read. Time is on a logarithmic axis, the mark is the median.", notDrawn(s))
	fig.Panels = curvePanels(curves, "urgent", "", "Share of actually urgent threads that a clinician has read, by hours since they were sent, "+
		"a line for each policy", readTargets(s))
	return fig, true
}

// urgentParts are the parts that runs keep of the actually urgent threads.
func urgentParts() []results.Where {
	var parts []results.Where
	for _, felt := range sentAs() {
		parts = append(parts, results.Where{"actual_urgency": "urgent", "felt_urgency": felt})
	}
	return parts
}

func clinicalReadSheet(curves []Curve) sheet {
	t := sheet{Caption: "Actually urgent threads of all replications taken together: time until a clinician reads them",
		Header: []string{"policy", "median, h", "p90, h", "within 1 h, %", "within 4 h, %", "within 1 day, %", "never, %"}}
	for _, c := range curves {
		t.Rows = append(t.Rows, []string{c.Policy, number(c.quantile(.5)), number(c.quantile(.9)), number(100 * c.within(1)),
			number(100 * c.within(4)), number(100 * c.within(24)), number(100 * c.never())})
	}
	return t
}
