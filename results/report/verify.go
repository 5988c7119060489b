package report

import (
	"fmt"
	"io"
	"math"

	"github.com/portalbench/portalbench/results"
)

// Verify writes what the operations of a portal were seen to mean: a row for each thing that was checked, and below what
// the portal showed where that was something else.
func Verify(w io.Writer, format Format, v *results.Verify) error {
	heading(w, format, fmt.Sprintf("What the operations of %s at %s mean", v.Portal, v.URL))
	if err := verifyTable(v).render(w, format); err != nil {
		return err
	}
	fmt.Fprintln(w)
	for _, line := range verifyNotes(v) {
		paragraph(w, format, line)
	}
	return nil
}

func verifyTable(v *results.Verify) grid {
	g := grid{words: 4, header: []string{"operation", "portal", "must mean", "verdict"}}
	for _, o := range v.Ops {
		if len(o.Checks) == 0 {
			g.rows = append(g.rows, []string{o.Op, o.Support, "", o.Verdict})
		}
		for i, c := range o.Checks {
			name, support := o.Op, o.Support
			if i > 0 {
				name, support = "", ""
			}
			g.rows = append(g.rows, []string{name, support, c.Meaning, c.Verdict})
		}
	}
	return g
}

// verifyNotes says what was seen instead, why something was not checked, and the sum of it.
func verifyNotes(v *results.Verify) (notes []string) {
	held, all := 0, 0
	for _, o := range v.Ops {
		for _, c := range o.Checks {
			all++
			if c.Verdict == results.Means {
				held++
			} else {
				notes = append(notes, fmt.Sprintf("%s, %s: %s: %s.", o.Op, c.Verdict, c.Meaning, c.Seen))
			}
		}
	}
	sum := fmt.Sprintf("%d of %d meanings hold.", held, all)
	if seen := float64(v.VisibleAfterMS); !math.IsNaN(seen) {
		sum += fmt.Sprintf(" What was written could be seen within %s ms.", number(seen))
	}
	return append(notes, sum)
}
