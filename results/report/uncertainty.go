package report

import (
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/portalbench/portalbench/results"
)

// shownBars is how many parameters of a tornado are printed; the others are in run.json.
const shownBars = 12

// barWidth is how many characters the bars of a tornado take.
const barWidth = 30

// Uncertainty writes a tornado for the level of the baseline and for every difference from it, and where the rankings
// flip.
func Uncertainty(w io.Writer, format Format, u *results.Uncertainty) error {
	heading(w, format, fmt.Sprintf("Parameter uncertainty of %s, not simulation error", u.Key()))
	paragraph(w, format, uncertaintyText(u))
	for _, t := range u.Tornados {
		fmt.Fprintln(w)
		heading(w, format, tornadoTitle(t))
		paragraph(w, format, tornadoText(u, t))
		if err := tornadoGrid(u, t).render(w, format); err != nil {
			return err
		}
		if notes := tornadoNotes(u, t); notes != "" {
			paragraph(w, format, notes)
		}
	}
	return flips(w, format, u)
}

// uncertaintyText says what was done.
func uncertaintyText(u *results.Uncertainty) string {
	declared := 0
	for _, p := range u.Parameters {
		if p.Range == "declared" {
			declared++
		}
	}
	text := fmt.Sprintf("%s of %s from their ranges (Latin hypercube), each simulated %s over %s with the same people and "+
		"chance. The ranges of %s are those of their sources; of %s, assumed or without a range, they are declared: half to "+
		"twice the value, or the odds of a share.", plural(u.Draws, "draw"), plural(len(u.Parameters), "parameter"),
		times(u.Replications), plural(u.HorizonDays, "day"), count(int64(len(u.Parameters)-declared)), count(int64(declared)))
	if u.Redrawn > 0 {
		text += fmt.Sprintf(" In %s some values were drawn anew, as the language refuses the first ones together.", plural(u.Redrawn, "draw"))
	}
	if u.Clipped > 0 {
		text += fmt.Sprintf(" The ranges of %s were cut where the language ends.", plural(u.Clipped, "parameter"))
	}
	return text + " Waits of more than 14 days count as 14 days."
}

func times(n int) string {
	if n == 1 {
		return "once"
	}
	return fmt.Sprintf("%d times", n)
}

func tornadoTitle(t results.Tornado) string {
	if t.Baseline == "" {
		return "Level of " + t.Policy
	}
	return "Difference of " + t.Policy + " from " + t.Baseline
}

// tornadoText says how far the draws are apart.
func tornadoText(u *results.Uncertainty, t results.Tornado) string {
	scale, unit := displayed(u)
	text := fmt.Sprintf("In %s: median of the draws %s, 90%% of them between %s and %s", unit, number(scale*float64(t.Median)),
		number(scale*float64(t.Low)), number(scale*float64(t.High)))
	if t.Baseline != "" {
		text += fmt.Sprintf("; below 0 in %s%%", number(100*float64(t.Below)))
	}
	return text + "."
}

// displayed returns how the quantity is shown.
func displayed(u *results.Uncertainty) (scale float64, unit string) {
	if u.Statistic == "share" {
		return 100, "percentage points"
	}
	spec, err := results.ParseMeasure(u.Measure)
	if err != nil {
		return 1, ""
	}
	return 1, spec.Unit
}

// tornadoGrid draws the bars: from the mean in the lowest fifth of the parameter to the mean in its highest.
func tornadoGrid(u *results.Uncertainty, t results.Tornado) grid {
	bars := t.Bars[:min(shownBars, len(t.Bars))]
	scale, _ := displayed(u)
	least, most := reach(bars)
	g := grid{header: []string{"parameter", "range", "coefficient", barAxis(scale*least, scale*most)}}
	for _, b := range bars {
		p := u.Parameters[b.Parameter]
		g.rows = append(g.rows, []string{parameterName(p, 34), parameterRange(p),
			number(float64(b.Coefficient)), swingBar(float64(b.Bottom), float64(b.Top), least, most)})
	}
	return g
}

// reach returns the least and the most of what the bars show.
func reach(bars []results.Influence) (least, most float64) {
	least, most = math.Inf(1), math.Inf(-1)
	for _, b := range bars {
		for _, v := range []float64{float64(b.Bottom), float64(b.Top)} {
			if !math.IsNaN(v) && !math.IsInf(v, 0) {
				least, most = min(least, v), max(most, v)
			}
		}
	}
	return least, most
}

// barAxis writes the ends of the bars' axis.
func barAxis(least, most float64) string {
	left, right := number(least), number(most)
	return left + strings.Repeat(" ", max(1, barWidth-len([]rune(left))-len([]rune(right)))) + right
}

// swingBar draws a line from the value with the parameter low, o, to that with it high, ●.
func swingBar(low, high, least, most float64) string {
	at := func(v float64) int { return int(math.Round((v - least) / (most - least) * (barWidth - 1))) }
	if math.IsNaN(low) || math.IsNaN(high) || !(most > least) {
		return strings.Repeat(" ", barWidth)
	}
	cells := slices.Repeat([]rune{'·'}, barWidth)
	from, to := at(low), at(high)
	for i := min(from, to); i <= max(from, to); i++ {
		cells[i] = '━'
	}
	cells[from], cells[to] = 'o', '●'
	return string(cells)
}

// parameterName names a parameter in lines of so many characters: that of policies on a line below theirs, where one is
// too short for both.
func parameterName(p results.Uncertain, most int) string {
	whose := strings.TrimSuffix(p.Name(), p.Path)
	if utf8.RuneCountInString(p.Name()) <= most || whose == "" {
		return shortened(p.Name(), most)
	}
	return foldName(strings.TrimRight(whose, " "), most) + "\n  " + shortened(p.Path, most-2)
}

// shortened leaves out the beginning of a path that is too long, in front of a dot or else of a word: the end tells
// parameters apart. The last word stays whole.
func shortened(path string, most int) string {
	short := path
	for _, sign := range []string{".", "_"} {
		for utf8.RuneCountInString(short) > most {
			_, rest, found := strings.Cut(strings.TrimPrefix(strings.TrimPrefix(short, "…"), sign), sign)
			if !found {
				break
			}
			if short = "…" + rest; sign == "." {
				short = "…." + rest
			}
		}
	}
	return short
}

func parameterRange(p results.Uncertain) string {
	return parameterNumber(p.Low) + "–" + parameterNumber(p.High) + unitOf(p)
}

// parameterNumber writes a value of a parameter. Many are small shares: those keep two digits.
func parameterNumber(n results.Number) string {
	v := float64(n)
	if math.Abs(v) < .095 && v != 0 {
		return strings.Replace(strconv.FormatFloat(v, 'g', 2, 64), "-", "−", 1)
	}
	return number(v)
}

func unitOf(p results.Uncertain) string {
	if p.Unit == "" {
		return ""
	}
	return " " + p.Unit
}

// tornadoNotes says how the bars are to be read, and what to doubt.
func tornadoNotes(u *results.Uncertainty, t results.Tornado) string {
	notes := []string{"o: mean in the lowest fifth of the parameter, ●: in the highest."}
	explained := fmt.Sprintf("The rank regression explains %s%% of the variance.", number(100*float64(t.Explained)))
	switch e := float64(t.Explained); {
	case math.IsNaN(e):
		notes = append(notes, fmt.Sprintf("%s are too few for a rank regression on %s: the order is by the bars, and mostly chance. "+
			"Leave --draws out.", plural(u.Draws, "draw"), plural(len(u.Parameters), "parameter")))
	case e < .7:
		notes = append(notes, explained+" That is little: the order is not to be relied on.")
	default:
		notes = append(notes, explained)
	}
	if t.Growing > 0 {
		notes = append(notes, fmt.Sprintf("In %s the backlog grows, and the value depends on how long was simulated.", plural(t.Growing, "draw")))
	}
	if more := len(t.Bars) - shownBars; more > 0 {
		notes = append(notes, fmt.Sprintf("%s with less influence are not shown.", plural(more, "parameter")))
	}
	return strings.Join(notes, " ")
}

// flips writes where the ranking of each policy and the baseline turns round.
func flips(w io.Writer, format Format, u *results.Uncertainty) error {
	if len(u.Flips) == 0 {
		return nil
	}
	fmt.Fprintln(w)
	heading(w, format, "Where the ranking flips, one parameter at a time, the others as in the scenario")
	g := grid{words: 2, header: []string{"policy", "parameter", "value", "range", "flips at"}}
	for _, f := range u.Flips {
		p := u.Parameters[f.Parameter]
		g.rows = append(g.rows, []string{f.Policy, parameterName(p, 34), parameterNumber(p.Value) + unitOf(p), parameterRange(p), flipText(f)})
	}
	if err := g.render(w, format); err != nil {
		return err
	}
	paragraph(w, format, flipsText(u))
	return nil
}

// flipsText says how to read where the ranking flips.
func flipsText(u *results.Uncertainty) string {
	return fmt.Sprintf("↑: below the flip the policy's %s is lower than that of %s, above it higher; ↓: the other way round. No flip in "+
		"the range: the two are apart over all of it. No flip shown: they are not apart everywhere. …: the interval "+
		"goes on beyond the range. Simulated over %s, as the draws were.",
		u.Key(), u.Flips[0].Baseline, plural(u.HorizonDays, "day"))
}

// flipInterval writes the bounds that lie within the range.
func flipInterval(low, high float64) string {
	switch noLow, noHigh := math.IsNaN(low), math.IsNaN(high); {
	case noLow && noHigh:
		return ""
	case noLow:
		return " (…–" + parameterNumber(results.Number(high)) + ")"
	case noHigh:
		return " (" + parameterNumber(results.Number(low)) + "–…)"
	}
	return " (" + parameterNumber(results.Number(low)) + "–" + parameterNumber(results.Number(high)) + ")"
}

func flipText(f results.ParameterFlip) string {
	switch {
	case !f.Found && f.Clear:
		return "no flip in the range"
	case !f.Found:
		return "no flip shown"
	}
	direction := " ↓"
	if f.Rising {
		direction = " ↑"
	}
	text := parameterNumber(f.At) + flipInterval(float64(f.Low), float64(f.High)) + direction
	if f.Crossings > 1 {
		text += ", and back"
	}
	return text
}
