package report

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/portalbench/portalbench/results"
)

// failuresFigure shows how the operations ended that were not ok: a line for every operation, a part of it for every
// class. It is nil where all were ok.
func failuresFigure(l *results.Load) *Figure {
	var ops []results.OpResult
	for _, op := range l.Ops {
		if op.Op != "all" && op.Offered > op.Outcomes[results.OK.String()] {
			ops = append(ops, op)
		}
	}
	if len(ops) == 0 {
		return nil
	}
	f := &Figure{Name: "failures", Title: "Operations that were not ok", Areas: true, Note: "As a share of those offered, by how they ended. A conflict is an item " +
		"that somebody else had taken first, as happens to people.", Numbers: failureSheets(l, ops)}
	classes := classesOf(ops)
	for i, c := range classes {
		f.Legend = append(f.Legend, legendEntry{Name: c, Style: i % styles})
	}
	for _, at := range frames() {
		f.Panels = append(f.Panels, panel{Class: at.Class, Template: "failures", Drawing: drawFailures(at, ops, classes)})
	}
	return f
}

// classesOf returns the outcomes that occur, the most frequent first, without ok.
func classesOf(ops []results.OpResult) []string {
	totals := map[string]int64{}
	var names []string
	for o := range results.NumOutcomes {
		name := results.Outcome(o).String()
		for _, op := range ops {
			totals[name] += op.Outcomes[name]
		}
		if totals[name] > 0 && results.Outcome(o) != results.OK {
			names = append(names, name)
		}
	}
	slices.SortStableFunc(names, func(a, b string) int { return int(totals[b] - totals[a]) })
	return names
}

// stackFigure has a bar of parts for every row, each below its own line of text.
type stackFigure struct {
	frame
	ID, Title, Description string
	Height                 float64
	Left, Right            float64
	Top, Bottom            float64
	X                      []tick
	Rows                   []stackRow
}

type stackRow struct {
	Name, Text string
	TextAt     float64
	Y, Height  float64
	Parts      []stackPart
}

// stackPart is a piece of a bar, between two positions.
type stackPart struct {
	From, To float64
	Style    int
}

func drawFailures(f frame, ops []results.OpResult, classes []string) stackFigure {
	const row, thick = 40, 12
	fig := stackFigure{frame: f, ID: "failures-" + f.Class, Title: "Operations that were not ok", Left: 4, Right: f.Width - 30, Top: 4,
		Description: "For every operation the share that was not ok, by how it ended. The numbers are in the table below."}
	most := 0.
	for _, op := range ops {
		most = max(most, 100*notOK(op))
	}
	x := axis{high: niceEnd(most), left: fig.Left, right: fig.Right}
	y := fig.Top
	for _, op := range ops {
		r := stackRow{Name: op.Op, Text: failureText(op, f.Class == "wide"), TextAt: y + 12, Y: y + 18, Height: thick}
		at := 0.
		for i, c := range classes {
			if n := op.Outcomes[c]; n > 0 {
				to := at + 100*float64(n)/float64(op.Offered)
				r.Parts = append(r.Parts, stackPart{x.at(at), x.at(to), i % styles})
				at = to
			}
		}
		fig.Rows = append(fig.Rows, r)
		y += row
	}
	fig.Bottom = y
	fig.Height = y + 24
	fig.X = unitTicks(x, "%")
	return fig
}

func notOK(op results.OpResult) float64 {
	return float64(op.Offered-op.Outcomes[results.OK.String()]) / float64(op.Offered)
}

// failureText says how many were not ok, and where there is room how they ended.
func failureText(op results.OpResult, classes bool) string {
	text := fmt.Sprintf("%s%%, %s of %s", number(100*notOK(op)), count(op.Offered-op.Outcomes[results.OK.String()]), count(op.Offered))
	if !classes {
		return text
	}
	var parts []string
	for _, c := range classesOf([]results.OpResult{op}) {
		parts = append(parts, count(op.Outcomes[c])+" "+c)
	}
	return text + ": " + strings.Join(parts, ", ")
}

// failureSheets are the ways to fail with the words of the first of each, or without them the counts.
func failureSheets(l *results.Load, ops []results.OpResult) []sheet {
	if len(l.Errors) == 0 {
		t := sheet{Caption: "Operations that were not ok", Header: []string{"operation and outcome", "operations"}}
		for _, op := range ops {
			for _, c := range classesOf([]results.OpResult{op}) {
				t.Rows = append(t.Rows, []string{op.Op + ": " + c, count(op.Outcomes[c])})
			}
		}
		return []sheet{t}
	}
	t := sheet{Caption: "Ways to fail, with what the portal said to the first of each; secrets are left out", Words: true,
		Header: []string{"operation and outcome", "HTTP status", "operations", "example"}}
	for _, e := range l.Errors {
		status := missing
		if e.Status > 0 {
			status = strconv.Itoa(e.Status)
		}
		t.Rows = append(t.Rows, []string{e.Op + ": " + e.Outcome, status, count(e.Count), abridged(e.Example)})
	}
	return []sheet{t}
}

// exampleLetters is how much of an example is shown.
const exampleLetters = 240

func abridged(text string) string {
	if text == "" {
		return missing
	}
	if letters := []rune(text); len(letters) > exampleLetters {
		return string(letters[:exampleLetters]) + "…"
	}
	return text
}
