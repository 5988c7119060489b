package report

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/portalbench/portalbench/results"
)

// GateList writes what gates can be put to, with what was measured; of several policies a table each.
func GateList(w io.Writer, format Format, list *results.GateList) error {
	heading(w, format, "What gates can be put to in "+strings.Join(list.Runs, ", "))
	for rest := list.Numbers; len(rest) > 0; {
		n := slices.IndexFunc(rest, func(g results.Gateable) bool { return g.Policy != rest[0].Policy })
		if n < 0 {
			n = len(rest)
		}
		if err := listTable(w, format, rest[:n]); err != nil {
			return err
		}
		rest = rest[n:]
	}
	if slices.ContainsFunc(list.Numbers, func(g results.Gateable) bool { return !g.Limit }) {
		paragraph(w, format, "* for --metric, not for limits.")
	}
	if len(list.Unmeasured) > 0 {
		paragraph(w, format, "Nobody did these, so gates on them have no data: "+strings.Join(list.Unmeasured, ", ")+".")
	}
	return nil
}

// listTable writes the numbers of one policy, or of a load. Names stay whole, so that they can be copied: what all have in
// common stands above.
func listTable(w io.Writer, format Format, numbers []results.Gateable) error {
	of, title := "", ""
	if policy := numbers[0].Policy; policy != "" {
		of, title = policy+"/", "Only under "+policy+": after "+policy+"/. "
	}
	alike := !slices.ContainsFunc(numbers, func(n results.Gateable) bool { return n.Samples != numbers[0].Samples })
	g := grid{header: []string{"name", "measured (95% interval)"}}
	if alike {
		title += "Of " + count(numbers[0].Samples) + " samples each."
	} else {
		g.header = append(g.header, "samples")
	}
	for _, n := range numbers {
		row := []string{literal(format, strings.TrimPrefix(n.Name, of)), listed(n)}
		if !n.Limit {
			row[0] += " *"
		}
		if !alike {
			row = append(row, count(n.Samples))
		}
		g.rows = append(g.rows, row)
	}
	if title != "" {
		paragraph(w, format, title)
	}
	if err := g.render(w, format); err != nil {
		return err
	}
	fmt.Fprintln(w)
	return nil
}

// listed writes a number with its unit, unless that is in its name, and its interval if it has one.
func listed(n results.Gateable) string {
	gate := results.Gate{Unit: n.Unit, Value: n.Value, Low: n.Low, High: n.High}
	if len(shortUnit(n.Unit)) > len("min") && n.Unit != "share" {
		gate.Unit = ""
	}
	text := gateValue(gate, n.Value)
	if between := gateInterval(gate); between != missing {
		text += " (" + between + ")"
	}
	return text
}
