package report

import (
	"bytes"
	"fmt"
	"html/template"
)

// Figure is one picture of a report with the numbers behind it. On the page it is drawn for a wide screen and for a
// phone, and its numbers stand below it as a table; on request it is written as SVG and CSV.
type Figure struct {
	Name    string // anchor on the page, and name of its files: first-response
	Title   string // what is shown
	Note    string // how to read it: units, what the intervals are, what is left out
	Legend  []legendEntry
	Areas   bool       // the legend is of areas, not of lines
	Panels  []panel    // in reading order, those of one frame together
	Live    *timeChart // what a script draws in place of the panels, where there is one; nil: nothing
	Numbers []sheet    // what is behind it: the first is its CSV
}

// Long reports whether the numbers behind the figure would fill pages of paper.
func (f Figure) Long() bool {
	rows := 0
	for _, s := range f.Numbers {
		rows += len(s.Rows)
	}
	return rows > 60
}

// panel is a drawing: a template of page/*.html, and what that shows. The template writes one <svg> that has role="img"
// and a label saying what is seen.
type panel struct {
	Class    string // wide or narrow
	Title    string // empty where the figure has one panel a frame
	Template string
	Drawing  any
}

// draw executes the template of a panel.
func draw(t *template.Template, p panel) (template.HTML, error) {
	var b bytes.Buffer
	if err := t.ExecuteTemplate(&b, p.Template, p.Drawing); err != nil {
		return "", fmt.Errorf("drawing %s: %w", p.Template, err)
	}
	return template.HTML(b.String()), nil // made by html/template: escaped already
}

// section is a chapter of the page: a heading, what is said first, and figures.
type section struct {
	ID, Title string
	Intro     string
	Sheets    []sheet
	Figures   []Figure
	Notes     []string
}

// empty reports whether there is nothing in it to see.
func (s section) empty() bool { return len(s.Figures) == 0 && len(s.Sheets) == 0 && len(s.Notes) == 0 }
