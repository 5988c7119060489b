package report

import "github.com/portalbench/portalbench/results"

// The parts of the actually urgent threads: by how urgent their senders think them.
func sentAs() []string { return []string{"routine", "urgent"} }

// unmarkedFigure shows how long actually urgent threads wait for the first person who reads them: those whose sender does
// not think them urgent beside the others. There is none when the run has no distributions of them.
func unmarkedFigure(record *results.Record) (Figure, bool) {
	s := record.Run.Simulate
	curves := unmarkedCurves(record, "first_read")
	policies := drawnOf(s, func(p styledPolicy) bool { return hasCurve(curves, p.name) })
	if len(policies) == 0 {
		return Figure{}, false
	}
	fig := Figure{Name: "urgent-sent-as-non-urgent", Title: "Urgent threads sent as non-urgent: time to the first human eye",
		Legend: legendOf(policies), Numbers: []sheet{unmarkedSheet(record)}}
	fig.Note = joinSentences("Share of the actually urgent threads that anybody of the staff has opened, by time since they were "+
		"sent: first those whose sender takes them for non-urgent, then those whose sender knows better. A line that ends below "+
		"100% leaves threads that nobody ever read. Time is on a logarithmic axis, the mark is the median.", notDrawn(s))
	for _, felt := range sentAs() {
		fig.Panels = append(fig.Panels, curvePanels(curves, felt, sentAsTitle(felt), "Share of actually urgent threads, "+
			"sent as "+feltWord(felt)+", that somebody has read, by hours since they were sent, a line for each policy", nil)...)
	}
	return fig, true
}

func feltWord(felt string) string {
	if felt == "urgent" {
		return "urgent"
	}
	return "non-urgent"
}

func sentAsTitle(felt string) string { return "Urgent, and sent as " + feltWord(felt) }

// unmarkedCurves returns the waits of urgent threads for a reader, by how urgent their senders think them.
func unmarkedCurves(record *results.Record, span string) []Curve {
	var out []Curve
	for _, p := range drawnPolicies(record.Run.Simulate) {
		for _, felt := range sentAs() {
			if c, ok := curveOf(record, p, span, results.Where{"actual_urgency": "urgent", "felt_urgency": felt}); ok {
				c.Urgency = felt
				out = append(out, c)
			}
		}
	}
	return out
}

// unmarkedSheet has the numbers of the curves, and those of the first clinician who reads.
func unmarkedSheet(record *results.Record) sheet {
	t := sheet{Caption: "Actually urgent threads of all replications taken together, by how they were sent",
		Header: []string{"policy", "sent as", "first read by", "median, h", "p90, h", "within 1 h, %", "within 4 h, %",
			"within 1 day, %", "never, %"}}
	for _, reader := range []struct{ span, name string }{{"first_read", "anybody"}, {"first_clinical_read", "a clinician"}} {
		for _, c := range unmarkedCurves(record, reader.span) {
			t.Rows = append(t.Rows, []string{c.Policy, feltWord(c.Urgency), reader.name, number(c.quantile(.5)), number(c.quantile(.9)),
				number(100 * c.within(1)), number(100 * c.within(4)), number(100 * c.within(24)), number(100 * c.never())})
		}
	}
	return t
}
