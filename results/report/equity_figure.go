package report

import (
	"slices"
	"strings"

	"github.com/portalbench/portalbench/results"
)

// equityDrawing shows differences between strata: a block for every trait, a line for every stratum and policy, and a
// panel for every outcome, side by side.
type equityDrawing struct {
	frame
	Height      float64
	Description string
	Traits      []placedText
	Strata      []placedText
	Panels      []deltaPanel
}

// pictured are the outcomes that the report pictures by stratum: how long families wait.
func pictured() []outcome { return []outcome{medianResponse(), answeredInADay()} }

// equityFigures compare strata of patients; there is none when no strata can be compared. A phone has room for one
// outcome at a time.
func equityFigures(s *results.Simulate) []Figure {
	divisions := comparedTraits(s)
	policies := drawnPolicies(s)
	if len(s.Strata) == 0 || len(divisions) == 0 || len(policies) == 0 {
		return nil
	}
	fig := Figure{Name: "equity", Title: "How much longer or shorter each group waits than the reference group",
		Legend: legendOf(policies)}
	fig.Note = joinSentences("Each group of patients, or of those who write for them, less the reference group of its trait "+
		"under the same policy, paired by replication, with the 95% interval (simulation error only). A line that crosses 0 "+
		"shows no difference, and one with an arrow goes on beyond the scale.", unadjusted, notDrawn(s))
	wide, narrow := frames()[0], frames()[1]
	fig.Panels = append(fig.Panels, equityPanel(wide, divisions, policies, pictured()))
	for _, o := range pictured() {
		fig.Panels = append(fig.Panels, equityPanel(narrow, divisions, policies, []outcome{o}))
		fig.Numbers = append(fig.Numbers, equitySheets(s, divisions, o)...)
	}
	return []Figure{fig}
}

func equityPanel(f frame, divisions []parts, policies []styledPolicy, outcomes []outcome) panel {
	return panel{Class: f.Class, Template: "strata", Drawing: drawEquity(f, divisions, policies, outcomes)}
}

// comparedTraits are those by which a pictured outcome is given.
func comparedTraits(s *results.Simulate) []parts {
	var divisions []parts
	for _, t := range results.Traits() {
		b := division(s, t.Key)
		if slices.ContainsFunc(pictured(), b.gives) {
			divisions = append(divisions, b)
		}
	}
	return divisions
}

// drawEquity lays the strata out from top to bottom, all policies of a stratum on lines of their own.
func drawEquity(f frame, divisions []parts, policies []styledPolicy, outcomes []outcome) equityDrawing {
	const labels, between = 118, 34
	fig := equityDrawing{frame: f, Description: "Differences between groups of patients and the reference group " +
		"of their trait, by policy: the numbers are in the tables below"}
	width := (f.Width - labels - 12 - float64(len(outcomes)-1)*between) / float64(len(outcomes))
	for i, o := range outcomes {
		left := round(labels + float64(i)*(width+between))
		fig.Panels = append(fig.Panels, newEquityPanel(o, divisions, policies, left, round(left+width)))
	}
	y := fig.Panels[0].Top
	for _, b := range divisions {
		heading := fitted(b.key+", against "+spoken(b.reference), f.Width, groupSize*boldWidth/letterWidth)
		placed, next := lettered(heading, 0, y+19, 18)
		fig.Traits, y = append(fig.Traits, placed...), next-7
		for _, value := range b.values {
			if value != b.reference {
				y = fig.stratum(b, value, policies, outcomes, y, labels-6)
			}
		}
	}
	for i := range fig.Panels {
		fig.Panels[i].Bottom = y
	}
	fig.Height = y + 24
	return fig
}

// stratum draws a stratum below y under all policies, and returns where the next begins.
func (d *equityDrawing) stratum(b parts, value string, policies []styledPolicy, outcomes []outcome, y, labels float64) float64 {
	const line, spacing, gap = 12, 14, 9
	name := fitted(spoken(value), labels, textSize)
	tall := max(line*float64(len(policies)), spacing*float64(len(name)))
	placed, _ := lettered(name, 0, y+(tall-spacing*float64(len(name)-1))/2+4, spacing)
	d.Strata = append(d.Strata, placed...)
	top := y + (tall-line*float64(len(policies)))/2
	for i, o := range outcomes {
		d.Panels[i].stratum(b, o, value, policies, top, line)
	}
	return y + tall + gap
}

// newEquityPanel scales a panel alike on both sides of no difference.
func newEquityPanel(o outcome, divisions []parts, policies []styledPolicy, left, right float64) deltaPanel {
	far := farthest(strataEnds(o, divisions, policies))
	x := axis{low: -far, high: far, left: left, right: right}
	return deltaPanel{x: x, Zero: x.at(0), X: signedTicks(x), Top: 42,
		Titles: []placedText{{capital(bareLabel(o.label)), x.at(0), 12}},
		Unit:   placedText{"difference, " + unitName(o.unit), x.at(0), 29}}
}

// strataEnds returns how far from 0 each difference between strata reaches.
func strataEnds(o outcome, divisions []parts, policies []styledPolicy) (ends []float64) {
	for _, b := range divisions {
		for _, value := range b.values {
			for _, p := range policies {
				if d, found := b.difference(o, value, p.PolicyResult); found && drawable(d.Value) {
					ends = append(ends, farEnd(d.Value, d.Low, d.High, o.scale))
				}
			}
		}
	}
	return ends
}

// stratum draws a stratum's differences, one below the other, or says why there are none.
func (p *deltaPanel) stratum(b parts, o outcome, value string, policies []styledPolicy, y, line float64) {
	drawn := len(p.Marks)
	for i, policy := range policies {
		if d, found := b.difference(o, value, policy.PolicyResult); found && drawable(d.Value) {
			p.Marks = append(p.Marks, p.mark(policy.style, o.scale, d.Value, d.Low, d.High, round(y+(float64(i)+.5)*line)))
		}
	}
	if len(p.Marks) == drawn && len(policies) > 0 {
		middle := round(y + float64(len(policies))*line/2 + 4)
		p.Missing = append(p.Missing, placedText{b.against(o, value, policies[0].PolicyResult), p.Zero, middle})
	}
}

// equitySheets are the numbers behind the figure, of all policies: levels, and differences from the reference. A table
// holds so many policies as can stand side by side.
func equitySheets(s *results.Simulate, divisions []parts, o outcome) []sheet {
	var levels, differences []sheet
	for policies := range slices.Chunk(s.Policies, maxPolicyColumns) {
		level, difference := equityTables(s, divisions, o, policies)
		levels, differences = append(levels, level), append(differences, difference)
	}
	return append(levels, differences...)
}

func equityTables(s *results.Simulate, divisions []parts, o outcome, policies []results.PolicyResult) (level, against sheet) {
	level = sheet{Caption: capital(o.label), Header: []string{"group"}}
	against = sheet{Caption: capital(o.label) + ": paired differences from the reference", Header: []string{"group"}}
	if o.unit == "points" {
		against.Caption += ", percentage points"
	}
	paths := varied(s.Policies)
	for _, p := range policies {
		level.Header = append(level.Header, nameAmong(p, paths))
	}
	against.Header = level.Header
	for _, b := range divisions {
		for _, value := range b.values {
			name := b.key + ": " + spoken(value)
			levels, differences := []string{name}, []string{name + " against " + spoken(b.reference)}
			for _, p := range policies {
				levels = append(levels, b.level(o, value, p))
				differences = append(differences, b.against(o, value, p))
			}
			level.Rows = append(level.Rows, levels)
			if value != b.reference {
				against.Rows = append(against.Rows, differences)
			}
		}
	}
	return level, against
}

// spoken writes a stratum for people.
func spoken(value string) string { return strings.ReplaceAll(value, "_", " ") }

// capital begins a caption.
func capital(text string) string { return strings.ToUpper(text[:1]) + text[1:] }
