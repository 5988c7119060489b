package report

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"html"
	"html/template"
	"reflect"
	"regexp"
	"slices"
	"strings"

	"github.com/portalbench/portalbench/results"
)

// Figures returns the figures of the report of a run, in the order of the page.
func Figures(record *results.Record) []Figure {
	return figuresIn(chapters(record), engineerSections(record))
}

// Figures returns the figures of a comparison.
func (c *Comparison) Figures() []Figure {
	return figuresIn(c.simulated(), c.loaded())
}

// figuresIn returns every figure that stands somewhere in what a template shows, so that none can be forgotten.
func figuresIn(shown ...any) []Figure {
	var found []Figure
	var walk func(v reflect.Value)
	walk = func(v reflect.Value) {
		switch {
		case !v.IsValid() || !v.CanInterface():
		case v.Type() == reflect.TypeFor[Figure]():
			found = append(found, v.Interface().(Figure))
		case v.Kind() == reflect.Pointer || v.Kind() == reflect.Interface:
			walk(v.Elem())
		case v.Kind() == reflect.Struct:
			for i := range v.NumField() {
				walk(v.Field(i))
			}
		case v.Kind() == reflect.Slice:
			for i := range v.Len() {
				walk(v.Index(i))
			}
		}
	}
	for _, s := range shown {
		walk(reflect.ValueOf(s))
	}
	return found
}

// Sizes of what is around the panels of a figure that stands alone, in pixels.
const (
	aloneMargin = 24.
	aloneTitle  = 26. // a line of the title
	aloneLine   = 22. // a line of the legend, or the title of a panel
	aloneGap    = 18. // above a panel: labels of its axis may stand half a line above it
	aloneNote   = 17. // a line of the note
)

// ErrNotDrawn is that a figure has nothing to draw, but for numbers.
var ErrNotDrawn = errors.New("the figure has no drawing")

// SVG returns the figure as a picture that needs nothing else: light, with its title, legend, note and style in it. Of
// panels for several widths the wide ones are taken.
func (f Figure) SVG() ([]byte, error) {
	t, err := pageTemplates()
	if err != nil {
		return nil, fmt.Errorf("drawing %s: %w", f.Name, err)
	}
	var body strings.Builder
	width, y := frames()[0].Width+2*aloneMargin, aloneMargin+18
	fmt.Fprintf(&body, "<text class=\"group\" x=\"%g\" y=\"%g\">%s</text>\n", aloneMargin, y, html.EscapeString(f.Title))
	y += aloneTitle - 12
	marks, err := legendMarks(t, f)
	if err != nil {
		return nil, fmt.Errorf("drawing %s: %w", f.Name, err)
	}
	for _, mark := range marks {
		fmt.Fprintf(&body, "<g transform=\"translate(%g %g)\">%s<text x=\"58\" y=\"12\">%s</text></g>\n", aloneMargin, y, mark.drawing, mark.name)
		y += aloneLine
	}
	drawn := false
	for _, p := range f.Panels {
		if p.Class == "narrow" {
			continue
		}
		text, err := draw(t, p)
		if err != nil {
			return nil, err
		}
		if p.Title != "" {
			y += aloneLine
			fmt.Fprintf(&body, "<text class=\"strong\" x=\"%g\" y=\"%g\">%s</text>\n", aloneMargin, y, html.EscapeString(p.Title))
		}
		inner, height, ok := placed(string(text), aloneMargin, y+aloneGap)
		if !ok {
			continue
		}
		drawn = true
		body.WriteString(inner)
		y += aloneGap + height
	}
	if !drawn {
		return nil, fmt.Errorf("%s: %w", f.Name, ErrNotDrawn)
	}
	lines, y := lettered(fitted(f.Note, width-2*aloneMargin, tickSize), aloneMargin, y+aloneGap, aloneNote)
	for _, line := range lines {
		fmt.Fprintf(&body, "<text class=\"tick\" x=\"%g\" y=\"%g\">%s</text>\n", line.X, line.Y, html.EscapeString(line.Text))
	}
	return f.alone(body.String(), width, y)
}

// legendMark is a line of a legend as the page has it, escaped.
type legendMark struct{ drawing, name string }

// legendItem is a line of a legend on the page.
var legendItem = regexp.MustCompile(`(?s)<li><svg [^>]*>(.*?)</svg>(.*?)</li>`)

// legendMarks takes the legend out of the figure as the page has it, so that both show the same.
func legendMarks(t *template.Template, f Figure) ([]legendMark, error) {
	f.Panels, f.Numbers = nil, nil
	var b bytes.Buffer
	if err := t.ExecuteTemplate(&b, "figure", f); err != nil {
		return nil, err
	}
	var marks []legendMark
	for _, m := range legendItem.FindAllStringSubmatch(b.String(), -1) {
		marks = append(marks, legendMark{m[1], strings.TrimSpace(m[2])})
	}
	return marks, nil
}

// alone puts a document around what was drawn.
func (f Figure) alone(body string, width, height float64) ([]byte, error) {
	css, err := styleSheet(false)
	if err != nil {
		return nil, fmt.Errorf("drawing %s: %w", f.Name, err)
	}
	var b bytes.Buffer
	fmt.Fprintf(&b, "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%g\" height=\"%g\" viewBox=\"0 0 %g %g\" role=\"img\" aria-label=\"%s\" font-family=\"sans-serif\">\n",
		width, height, width, height, html.EscapeString(f.Title))
	fmt.Fprintf(&b, "<title>%s</title>\n<desc>%s</desc>\n<style>%s</style>\n<rect width=\"100%%\" height=\"100%%\" fill=\"#fff\"/>\n",
		html.EscapeString(f.Title), html.EscapeString(f.Note), standaloneStyle(string(css), body))
	b.WriteString(body + "</svg>\n")
	return b.Bytes(), nil
}

// svgTag is the beginning of a drawing, with its width and height.
var svgTag = regexp.MustCompile(`<svg [^>]*?viewBox="0 0 ([0-9.]+) ([0-9.]+)"[^>]*>`)

// placed cuts the <svg> out of what a template drew and puts it at a place within another.
func placed(text string, x, y float64) (inner string, height float64, ok bool) {
	at := svgTag.FindStringSubmatchIndex(text)
	end := strings.LastIndex(text, "</svg>")
	if at == nil || end < 0 {
		return "", 0, false
	}
	wide, high := text[at[2]:at[3]], text[at[4]:at[5]]
	if _, err := fmt.Sscan(high, &height); err != nil {
		return "", 0, false
	}
	open := fmt.Sprintf("<svg x=\"%g\" y=\"%g\" width=\"%s\" height=\"%s\" viewBox=\"0 0 %s %s\" overflow=\"visible\">", x, y, wide, high, wide, high)
	return open + text[at[1]:end] + "</svg>\n", height, true
}

// CSV returns the numbers behind the figure: a value with an interval becomes three columns, a missing one is empty, one
// that was never reached is inf.
func (f Figure) CSV() ([]byte, error) {
	if len(f.Numbers) == 0 {
		return nil, fmt.Errorf("writing %s: it has no numbers", f.Name)
	}
	var b bytes.Buffer
	if err := csv.NewWriter(&b).WriteAll(plainRows(f.Numbers[0])); err != nil {
		return nil, fmt.Errorf("writing %s: %w", f.Name, err)
	}
	return b.Bytes(), nil
}

// bounded is a value with its interval, as tables show it.
var bounded = regexp.MustCompile(`^(\S+) \((\S+?)(?:–| to )(\S+)\)\*?$`)

// plainRows writes a table for programs: the heading first.
func plainRows(s sheet) [][]string {
	rows := make([][]string, 1+len(s.Rows))
	for column, title := range s.Header {
		title = strings.ReplaceAll(title, "\n", " ")
		split := slices.ContainsFunc(s.Rows, func(row []string) bool { return bounded.MatchString(row[column]) })
		rows[0] = append(rows[0], title)
		if split {
			rows[0] = append(rows[0], title+", low", title+", high")
		}
		for i, row := range s.Rows {
			cells := []string{row[column]}
			if split {
				cells = []string{row[column], "", ""}
				if m := bounded.FindStringSubmatch(row[column]); m != nil {
					cells = m[1:]
				}
			}
			for _, cell := range cells {
				rows[i+1] = append(rows[i+1], machineNumber(cell))
			}
		}
	}
	return rows
}

// shownNumber is a number as tables show it.
var shownNumber = regexp.MustCompile(`^[−+×]?[0-9]{1,3}(,?[0-9]{3})*(\.[0-9]+)?$`)

// machineNumber turns a number as people read it into one for programs, and leaves other text alone.
func machineNumber(text string) string {
	switch {
	case text == missing:
		return ""
	case text == notReached:
		return "inf"
	case shownNumber.MatchString(text):
		return strings.NewReplacer(",", "", "−", "-", "+", "", "×", "").Replace(text)
	}
	return strings.ReplaceAll(text, "\n", " ")
}
