package report

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/portalbench/portalbench/results"
)

// equityPart is the section of the report on how strata of patients differ.
type equityPart struct {
	Note    string
	Legend  []legendEntry
	Figures []equityFigure
	Sheets  []sheet
}

// equityFigure shows differences between strata: a block for every trait, a line for every stratum and policy, and a
// panel for every outcome, side by side.
type equityFigure struct {
	frame
	Height      float64
	Top, Bottom float64
	Description string
	Traits      []placedText
	Strata      []placedText
	Panels      []equityPanel
}

// placedText is a word at a height.
type placedText struct {
	Text string
	At   float64
}

// equityPanel shows one outcome.
type equityPanel struct {
	Title, Unit string
	Zero        float64
	X           []tick
	Marks       []equityMark
	Missing     []placedText // why a stratum has no mark

	x axis
}

// equityMark is one stratum's difference from the reference under one policy.
type equityMark struct {
	Style        int
	Marker       string  // empty where the difference itself lies beyond the panel
	Y, Low, High float64 // positions; the bounds are equal when there is no interval
	Arrows       string  // at the ends that lie beyond the panel
}

// pictured are the outcomes that the report pictures by stratum: how long families wait.
func pictured() []outcome { return []outcome{medianResponse(), answeredInADay()} }

// styledPolicy is a policy with the line style that it has throughout the report.
type styledPolicy struct {
	results.PolicyResult
	style int
}

// comparedPolicies are the first policies with a steady state, as many as can be told apart on a line.
func comparedPolicies(s *results.Simulate) []styledPolicy {
	var out []styledPolicy
	for i, p := range s.Policies {
		if !p.Grows() && len(out) < maxPolicyColumns {
			out = append(out, styledPolicy{p, i % styles})
		}
	}
	return out
}

// equityOf makes the section, or returns nil when no strata can be compared.
func equityOf(s *results.Simulate) *equityPart {
	policies := comparedPolicies(s)
	var divisions []parts
	for _, t := range results.Traits() {
		b := division(s, t.Key)
		if slices.ContainsFunc(pictured(), b.gives) {
			divisions = append(divisions, b)
		}
	}
	if len(s.Strata) == 0 || len(divisions) == 0 {
		return nil
	}
	part := &equityPart{Note: unadjusted}
	for _, p := range policies {
		part.Legend = append(part.Legend, legendEntry{Name: Label(p.PolicyResult), Style: p.style, Marker: marker(p.style, 24, 8)})
	}
	if len(policies) < len(s.Policies) {
		part.Note += fmt.Sprintf(" Shown are %d of %d policies: simulate --by KEY shows all.", len(policies), len(s.Policies))
	}
	wide, narrow := frames()[0], frames()[1]
	part.Figures = append(part.Figures, drawEquity(wide, divisions, policies, pictured()))
	for _, o := range pictured() {
		part.Figures = append(part.Figures, drawEquity(narrow, divisions, policies, []outcome{o}))
		part.Sheets = append(part.Sheets, equitySheets(divisions, policies, o)...)
	}
	return part
}

// drawEquity lays the strata out from top to bottom, all policies of a stratum on lines of their own.
func drawEquity(f frame, divisions []parts, policies []styledPolicy, outcomes []outcome) equityFigure {
	const heading, line, gap, labels, between = 30, 12, 9, 104, 34
	fig := equityFigure{frame: f, Top: 42, Description: "Differences between strata of patients and the reference stratum " +
		"of their trait, by policy: the numbers are in the tables below"}
	width := (f.Width - labels - 12 - float64(len(outcomes)-1)*between) / float64(len(outcomes))
	for i, o := range outcomes {
		left := round(labels + float64(i)*(width+between))
		fig.Panels = append(fig.Panels, newEquityPanel(o, divisions, policies, left, round(left+width)))
	}
	y := fig.Top
	for _, b := range divisions {
		fig.Traits = append(fig.Traits, placedText{b.key + ", against " + spoken(b.reference), y + 19})
		y += heading
		for _, value := range b.values {
			if value == b.reference {
				continue
			}
			tall := float64(len(policies)) * line
			fig.Strata = append(fig.Strata, placedText{spoken(value), y + tall/2 + 4})
			for i, o := range outcomes {
				fig.Panels[i].place(b, o, value, policies, y, line)
			}
			y += tall + gap
		}
	}
	fig.Bottom = y
	fig.Height = fig.Bottom + 24
	return fig
}

// newEquityPanel scales a panel alike on both sides of no difference.
func newEquityPanel(o outcome, divisions []parts, policies []styledPolicy, left, right float64) equityPanel {
	far := farthest(o, divisions, policies)
	x := axis{low: -far, high: far, left: left, right: right}
	unit := o.unit
	switch unit {
	case "h":
		unit = "hours"
	case "points":
		unit = "percentage points"
	}
	name := strings.TrimSuffix(strings.TrimSuffix(o.label, " h"), ", %")
	return equityPanel{Title: capital(name), Unit: "difference, " + unit, Zero: x.at(0), X: signedTicks(x), x: x}
}

// farthest returns how far a panel shows: to the end of the widest interval, or less where a few strata are so small that
// the others would shrink to dots beside their intervals.
func farthest(o outcome, divisions []parts, policies []styledPolicy) float64 {
	var ends []float64
	for _, b := range divisions {
		for _, value := range b.values {
			for _, p := range policies {
				if d, found := b.difference(o, value, p.PolicyResult); found {
					at, low, high := math.Abs(float64(d.Value)), math.Abs(float64(d.Low)), math.Abs(float64(d.High))
					ends = append(ends, o.scale*max(at, nanTo(low, at), nanTo(high, at)))
				}
			}
		}
	}
	if len(ends) == 0 || slices.Max(ends) == 0 {
		return 1 // no difference in anything: any scale does
	}
	slices.Sort(ends)
	most, usual := ends[len(ends)-1], ends[(len(ends)-1)*9/10]
	if usual > 0 {
		most = min(most, 1.5*usual)
	}
	return most * 1.04
}

// place draws a stratum's differences, one below the other, or says why there are none.
func (p *equityPanel) place(b parts, o outcome, value string, policies []styledPolicy, y, line float64) {
	drawn := len(p.Marks)
	for i, policy := range policies {
		d, found := b.difference(o, value, policy.PolicyResult)
		if !found {
			continue
		}
		p.Marks = append(p.Marks, p.mark(policy.style, o.scale, d, round(y+(float64(i)+.5)*line)))
	}
	if len(p.Marks) == drawn && len(policies) > 0 {
		middle := y + float64(len(policies))*line/2 + 4
		p.Missing = append(p.Missing, placedText{b.against(o, value, policies[0].PolicyResult), middle})
	}
}

// mark draws one difference.
func (p *equityPanel) mark(style int, scale float64, d results.StratumDifference, y float64) equityMark {
	at := scale * float64(d.Value)
	low, high := nanTo(scale*float64(d.Low), at), nanTo(scale*float64(d.High), at)
	m := equityMark{Style: style, Y: y, Low: p.x.at(low), High: p.x.at(high)}
	if math.Abs(at) <= p.x.high {
		m.Marker = marker(style, p.x.at(at), y)
	}
	if low < p.x.low {
		m.Arrows += fmt.Sprintf("M%g %gm5 -4l-5 4l5 4", p.x.left, y)
	}
	if high > p.x.high {
		m.Arrows += fmt.Sprintf("M%g %gm-5 -4l5 4l-5 4", p.x.right, y)
	}
	return m
}

// signedTicks are 0 and about two round numbers on each side of it.
func signedTicks(a axis) []tick {
	step := math.Pow(10, math.Floor(math.Log10(a.high/2)))
	for _, m := range []float64{1, 2, 5, 10} {
		if a.high/(m*step) < 3 {
			step *= m
			break
		}
	}
	places := max(0, int(math.Ceil(-math.Log10(step)-1e-9)))
	var out []tick
	for k := -math.Floor(a.high / step); k*step <= a.high; k++ {
		label := "0"
		if k != 0 {
			label = signed(k*step, places)
		}
		out = append(out, tick{a.at(k * step), label})
	}
	return out
}

// equitySheets are the numbers behind the figure: levels, and differences from the reference.
func equitySheets(divisions []parts, policies []styledPolicy, o outcome) []sheet {
	level := sheet{Caption: capital(o.label), Header: []string{"stratum"}}
	against := sheet{Caption: capital(o.label) + ": paired differences from the reference", Header: []string{"stratum"}}
	if o.unit == "points" {
		against.Caption += ", percentage points"
	}
	for _, p := range policies {
		level.Header = append(level.Header, Label(p.PolicyResult))
	}
	against.Header = level.Header
	for _, b := range divisions {
		for _, value := range b.values {
			name := b.key + ": " + spoken(value)
			levels, differences := []string{name}, []string{name + " against " + spoken(b.reference)}
			for _, p := range policies {
				levels = append(levels, b.level(o, value, p.PolicyResult))
				differences = append(differences, b.against(o, value, p.PolicyResult))
			}
			level.Rows = append(level.Rows, levels)
			if value != b.reference {
				against.Rows = append(against.Rows, differences)
			}
		}
	}
	return []sheet{level, against}
}

// spoken writes a stratum for people.
func spoken(value string) string { return strings.ReplaceAll(value, "_", " ") }

// capital begins a caption.
func capital(text string) string { return strings.ToUpper(text[:1]) + text[1:] }
