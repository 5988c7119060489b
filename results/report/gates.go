package report

import (
	"fmt"
	"io"
	"math"
	"strings"

	"github.com/portalbench/portalbench/results"
)

// mostMoved is how many of the measures that moved are shown; JSON has all of them.
const mostMoved = 10

// Gates writes a judgement: the verdict, a row for every gate, why those that did not pass did not, what moved, and
// what must be known to believe it.
func Gates(w io.Writer, format Format, j *results.Judgement) error {
	heading(w, format, GateHeadline(j))
	for _, side := range []struct {
		name string
		dirs []string
	}{{"Judged", j.Runs}, {"Baseline", j.Baseline}} {
		if len(side.dirs) > 0 {
			paragraph(w, format, side.name+": "+strings.Join(side.dirs, ", "))
		}
	}
	if len(j.Gates) > 0 {
		if err := gateTable(j, format).render(w, format); err != nil {
			return err
		}
	}
	if err := movedTable(w, format, j.Moved); err != nil {
		return err
	}
	notes := gateNotes(j, format)
	if len(notes) > 0 {
		fmt.Fprintln(w)
	}
	for _, note := range notes {
		paragraph(w, format, note)
	}
	return nil
}

// GateHeadline says in one sentence how the gates went.
func GateHeadline(j *results.Judgement) string {
	if len(j.Gates) == 0 {
		return "NO DATA: there was nothing to judge"
	}
	var parts []string
	for _, status := range []string{results.Fail, results.NoData, results.Inconclusive, results.Pass} {
		if n := j.Count(status); n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, status))
		}
	}
	return fmt.Sprintf("%s: of %s %s", strings.ToUpper(j.Status), gatesOf(len(j.Gates)), strings.Join(parts, ", "))
}

func gatesOf(n int) string {
	if n == 1 {
		return "1 gate"
	}
	return count(int64(n)) + " gates"
}

// gateNotes are why gates did not pass, and the warnings, a sentence or two each. Gates with one reason share a note.
func gateNotes(j *results.Judgement, format Format) []string {
	var notes []string
	told := map[[2]string]bool{}
	for _, g := range j.Gates {
		because := [2]string{g.Status, g.Why}
		if g.Status == results.Pass || g.Why == "" || told[because] {
			continue
		}
		told[because] = true
		var names []string
		for _, other := range j.Gates {
			if because == [2]string{other.Status, other.Why} {
				names = append(names, literal(format, other.Name))
			}
		}
		notes = append(notes, fmt.Sprintf("%s: %s: %s", g.Status, strings.Join(names, ", "), ended(g.Why)))
	}
	for _, warning := range j.Warnings {
		notes = append(notes, "Warning: "+ended(warning))
	}
	return notes
}

// ended ends a text with one full stop.
func ended(text string) string { return strings.TrimSuffix(text, ".") + "." }

// gateColumn is a column of the table of gates. One that is empty in every row is left out.
type gateColumn struct {
	title string
	cell  func(results.Gate) string
}

// gateTable has a row for every gate. What a limit is stands in its name, so its own column is for comparisons.
func gateTable(j *results.Judgement, format Format) grid {
	g := grid{words: 2, header: []string{"verdict", "gate"}}
	for _, gate := range j.Gates {
		g.rows = append(g.rows, []string{strings.ToUpper(gate.Status), literal(format, gate.Name)})
	}
	for _, c := range gateColumns() {
		g.add(c, j.Gates)
	}
	return g
}

func gateColumns() []gateColumn {
	return []gateColumn{
		{"base", func(g results.Gate) string { return gateValue(g, g.Base) }},
		{"measured", func(g results.Gate) string { return gateValue(g, g.Value) }},
		{"95% interval", gateInterval},
		{"limit", func(g results.Gate) string {
			if g.Kind == results.GateAbsolute {
				return ""
			}
			return gateValue(g, g.Limit)
		}},
		{"samples", func(g results.Gate) string { return count(g.Samples) }},
		{"p", func(g results.Gate) string { return probability(float64(g.P)) }},
		{"sees\nfrom %", func(g results.Gate) string {
			if !finite(float64(g.Smallest)) {
				return ""
			}
			return signed(100*float64(g.Smallest), decimals(100*float64(g.Smallest)))
		}},
	}
}

// add appends a column to g, unless it has nothing to say of any gate.
func (g *grid) add(c gateColumn, gates []results.Gate) {
	cells, said := make([]string, len(gates)), false
	for i, gate := range gates {
		cells[i] = c.cell(gate)
		said = said || cells[i] != "" && cells[i] != missing
	}
	if !said {
		return
	}
	g.header = append(g.header, c.title)
	for i := range g.rows {
		if cells[i] == "" {
			cells[i] = missing
		}
		g.rows[i] = append(g.rows[i], cells[i])
	}
}

func finite(v float64) bool { return !math.IsNaN(v) && !math.IsInf(v, 0) }

// gateScale is what the numbers of a gate are multiplied with to be shown: shares are read in percent.
func gateScale(unit string) float64 {
	if unit == "share" {
		return 100
	}
	return 1
}

// gateValue writes a number of a gate with its unit: 412 ms, 2.50 %, ×1.030.
func gateValue(g results.Gate, n results.Number) string {
	text := gateNumber(g, n)
	switch {
	case text == missing || text == notReached:
		return text
	case g.Unit == "share":
		return text + " %"
	case g.Unit == "ratio":
		return "×" + text
	}
	return strings.TrimSpace(text + " " + shortUnit(g.Unit))
}

// shortUnit is a unit as it stands after a number.
func shortUnit(unit string) string {
	return strings.NewReplacer("business hours", "h", "hours", "h", "minutes", "min", "per thread", "/thread").Replace(unit)
}

// literal writes a name that Markdown must leave as it is.
func literal(format Format, name string) string {
	if format == Markdown {
		return "`" + name + "`"
	}
	return name
}

// counted reports whether a gate counts things.
func counted(unit string) bool { return unit == "messages" || unit == "measures" }

// gateNumber writes a number of a gate; ratios near 1 need a digit more than other numbers.
func gateNumber(g results.Gate, n results.Number) string {
	v := gateScale(g.Unit) * float64(n)
	switch {
	case math.IsNaN(v):
		return missing
	case math.IsInf(v, 0):
		return notReached
	case counted(g.Unit) && v == math.Trunc(v):
		return count(int64(v))
	case g.Unit == "ratio" && math.Abs(v) < 9.995:
		return fixed(v, 3)
	}
	return number(v)
}

func gateInterval(g results.Gate) string {
	low, high := gateNumber(g, g.Low), gateNumber(g, g.High)
	switch {
	case low == missing && high == missing:
		return missing
	case high == missing:
		return "from " + low
	case low == missing:
		return "to " + high
	}
	return low + " to " + high
}

// probability writes the p of a test.
func probability(p float64) string {
	switch {
	case math.IsNaN(p):
		return missing
	case p < .0001:
		return "<0.0001"
	}
	return fixed(p, 4)
}

// movedTable writes the measures that are not what they were, up to a number.
func movedTable(w io.Writer, format Format, moved []results.Moved) error {
	if len(moved) == 0 {
		return nil
	}
	fmt.Fprintln(w)
	heading(w, format, "Measures that moved, the largest change first")
	g := grid{words: 2, header: []string{"policy", "measure", "base", "now", "difference (95% interval)"}}
	for _, m := range moved[:min(mostMoved, len(moved))] {
		d := results.Difference{Value: m.Difference, Low: m.Low, High: m.High}
		g.rows = append(g.rows, []string{results.PolicyText(m.Policy, m.Set),
			results.Measure{Name: m.Measure, Where: m.Where, Statistic: m.Statistic}.Key(),
			number(float64(m.Base)), number(float64(m.Value)), difference(d, 1)})
	}
	if err := g.render(w, format); err != nil {
		return err
	}
	if more := len(moved) - mostMoved; more > 0 {
		paragraph(w, format, fmt.Sprintf("And %s more: --format json lists all.", count(int64(more))))
	}
	return nil
}
