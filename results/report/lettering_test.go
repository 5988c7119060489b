package report

import (
	"encoding/xml"
	"errors"
	"fmt"
	"html/template"
	"io"
	"math"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"

	"github.com/portalbench/portalbench/results"
)

func TestNamesAreBrokenToFit(t *testing.T) {
	require.Equal(t, []string{"nurse-first"}, fitted("nurse-first", 200, textSize))
	// 78 px are 10 letters of 13 px
	require.Equal(t, []string{"nurse-", "first+", "ai-triage"}, fitted("nurse-first+ai-triage", 78, textSize))
	for _, line := range fitted(strings.Repeat("w", 100), 200, textSize) {
		require.LessOrEqual(t, textWidth(line, textSize), 200.)
	}
	require.Empty(t, fitted("", 200, textSize))
}

// What requireLegible goes by sees texts that lie on each other: "abcd" in 13 px is at most 31.2 px wide.
func TestBoxesOfTexts(t *testing.T) {
	_, _, boxes := textBoxes(t, `<svg viewBox="0 0 90 40"><text x="0" y="20">abcd</text><text x="32" y="20">abcd</text>`+
		`<text class="tick end" x="40" dx="-6" y="20">ab</text></svg>`)
	require.Len(t, boxes, 3)
	require.InDelta(t, 31.2, boxes[0].right, 1e-9)
	require.False(t, boxes[0].overlaps(boxes[1]))
	require.InDelta(t, 40-6-2*12*.6, boxes[2].left, 1e-9)
	require.True(t, boxes[0].overlaps(boxes[2]))
}

// box is where a text stands in a figure.
type box struct {
	text                     string
	left, right, top, bottom float64
}

func (b box) overlaps(o box) bool {
	const hair = 1
	return b.left < o.right-hair && o.left < b.right-hair && b.top < o.bottom-hair && o.top < b.bottom-hair
}

// textBoxes reads an SVG and returns its width and the boxes of its texts, as wide as lettering.go takes them for.
func textBoxes(t *testing.T, svg string) (width, height float64, boxes []box) {
	t.Helper()
	d := xml.NewDecoder(strings.NewReader(svg))
	var open *xml.StartElement
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return width, height, boxes
		}
		require.NoError(t, err)
		switch e := token.(type) {
		case xml.StartElement:
			if e.Name.Local == "svg" {
				fields := strings.Fields(attribute(e, "viewBox"))
				width, height = parsed(t, fields[2]), parsed(t, fields[3])
			}
			if open = nil; e.Name.Local == "text" {
				open = &e
			}
		case xml.CharData:
			if open != nil && strings.TrimSpace(string(e)) != "" {
				boxes = append(boxes, boxOf(t, *open, string(e)))
			}
		case xml.EndElement:
			open = nil
		}
	}
}

func boxOf(t *testing.T, e xml.StartElement, text string) box {
	size, letter := float64(textSize), letterWidth
	classes := strings.Fields(attribute(e, "class"))
	switch {
	case slices.Contains(classes, "tick"):
		size = tickSize
	case slices.Contains(classes, "group"):
		size, letter = groupSize, boldWidth
	case slices.Contains(classes, "strong"):
		letter = boldWidth
	}
	x := parsed(t, attribute(e, "x")) + parsed(t, attribute(e, "dx"))
	y := parsed(t, attribute(e, "y")) + parsed(t, attribute(e, "dy"))
	width := float64(utf8.RuneCountInString(text)) * size * letter
	switch {
	case slices.Contains(classes, "middle"):
		x -= width / 2
	case slices.Contains(classes, "end"):
		x -= width
	}
	return box{text, x, x + width, y - size*.75, y + size*.2}
}

func attribute(e xml.StartElement, name string) string {
	for _, a := range e.Attr {
		if a.Name.Local == name {
			return a.Value
		}
	}
	return "0"
}

func parsed(t *testing.T, text string) float64 {
	t.Helper()
	v, err := strconv.ParseFloat(text, 64)
	require.NoError(t, err)
	return v
}

// drawnPanel draws a panel as the page does.
func drawnPanel(t *testing.T, p panel) string {
	t.Helper()
	pages, err := template.New("figures").Funcs(template.FuncMap{"cell": splitCell, "drawn": func(panel) template.HTML { return "" }}).ParseFS(pageFiles, "page/*.html")
	require.NoError(t, err)
	svg, err := draw(pages, p)
	require.NoError(t, err)
	return string(svg)
}

// requireLegible holds every text of the figures against the edges and against each other.
func requireLegible(t *testing.T, figures []Figure) {
	t.Helper()
	const padding = 8 // beyond the drawing, that the page leaves on both sides
	for _, fig := range figures {
		for _, p := range fig.Panels {
			svg := drawnPanel(t, p)
			name := fmt.Sprintf("%s, %s %s", fig.Name, p.Class, p.Title)
			require.NotContains(t, svg, "NaN", name)
			require.NotContains(t, svg, "Inf", name)
			require.Contains(t, svg, `role="img"`, name)
			width, height, boxes := textBoxes(t, svg)
			require.NotEmpty(t, boxes, name)
			for i, b := range boxes {
				require.GreaterOrEqual(t, b.left, -padding-.1, "%s: %q", name, b.text)
				require.LessOrEqual(t, b.right, width+padding, "%s: %q", name, b.text)
				require.GreaterOrEqual(t, b.top, -2., "%s: %q", name, b.text)
				require.LessOrEqual(t, b.bottom, height+2, "%s: %q", name, b.text)
				for _, other := range boxes[:i] {
					require.False(t, b.overlaps(other), "%s: %q on %q", name, b.text, other.text)
				}
			}
		}
	}
}

// allStrata adds comparisons of strata to a simulation.
func allStrata(s *results.Simulate) *results.Simulate {
	for i, p := range s.Policies {
		replications := equityReplications(4 + 2*float64(i))
		s.Policies[i].Measures = append(s.Policies[i].Measures, results.Summarize(replications)...)
		for _, d := range results.StratumDifferences(p.Name, replications) {
			d.Set = p.Set
			s.Strata = append(s.Strata, d)
		}
	}
	return s
}

// Whatever the number of policies and the length of their names, no text leaves its figure or lies on another, at either
// width.
func TestTextsOfFiguresNeitherOverlapNorLeaveThem(t *testing.T) {
	for _, n := range []int{1, 2, 3, 5, 8, 10} {
		s := allStrata(longNames(n))
		record := fullRecord(sampleRun(s, nil))
		figures := analystFigures(record)
		requireLegible(t, figures)
		var names []string
		for _, f := range figures {
			names = append(names, f.Name)
			require.NotEmpty(t, f.Title, f.Name)
			require.NotEmpty(t, f.Note, f.Name)
			require.NotEmpty(t, f.Numbers, f.Name)
			for _, sheet := range f.Numbers {
				require.NotEmpty(t, sheet.Rows, f.Name)
				for _, row := range sheet.Rows {
					require.Len(t, row, len(sheet.Header), f.Name)
				}
			}
		}
		require.Subset(t, names, []string{"first-response", "urgent-sent-as-non-urgent", "staff-minutes", "arrivals", "queue",
			"thread-median", "thread-worst", "equity", "tornado-1"})
		if n > 1 {
			require.Subset(t, names, []string{"differences", "trade-off"})
		}
		require.Len(t, slices.Compact(slices.Sorted(slices.Values(names))), len(names), "names are anchors")
		if *pageFile != "" {
			at := strings.TrimSuffix(*pageFile, ".html") + fmt.Sprintf("-%d.html", n)
			require.NoError(t, os.WriteFile(at, []byte(renderedRecord(t, record)), 0o644))
		}
	}
}

// Numbers that are missing or never reached, and policies without a steady state, leave gaps and no nonsense.
func TestFiguresSurviveWhatIsMissing(t *testing.T) {
	s := allStrata(longNames(4))
	s.Policies[1].Unstable = new(true)
	for i := range s.Policies {
		for j := range s.Policies[i].Measures {
			switch m := &s.Policies[i].Measures[j]; {
			case (i+j)%5 == 0:
				m.Value, m.Low, m.High = num(math.NaN()), num(math.NaN()), num(math.NaN())
			case (i+j)%7 == 0:
				m.Value, m.Low, m.High, m.NotReached = num(math.Inf(1)), num(math.NaN()), num(math.NaN()), 9
			case (i+j)%11 == 0:
				m.Low, m.High = num(math.NaN()), num(math.NaN())
			}
		}
	}
	for i := range s.Differences {
		switch d := &s.Differences[i]; {
		case i%5 == 0:
			d.Value = num(math.NaN())
		case i%4 == 0:
			d.Low, d.High = num(math.NaN()), num(math.NaN())
		case i%7 == 0:
			d.Value, d.Low, d.High = 0, 0, 0
		}
	}
	record := fullRecord(sampleRun(s, nil))
	for i := range record.Week {
		if i%9 == 0 {
			record.Week[i].Waiting, record.Week[i].Begun = num(math.NaN()), num(math.NaN())
		}
	}
	requireLegible(t, analystFigures(record))
	page := renderedRecord(t, record)
	wellFormed(t, page)
	require.NotContains(t, page, "NaN")
	require.NotContains(t, page, "Inf")
	require.Contains(t, page, "Not drawn, as the backlog grows and there is no steady state: nurse-first")
}
