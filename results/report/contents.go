package report

import (
	"html"
	"html/template"
	"regexp"
	"strings"
)

// part is one reader's share of the page, rendered.
type part struct {
	ID, Reader string // Reader is who it is for
	HTML       template.HTML
	Contents   []entry
}

// entry is a line of the contents: a section, or a figure in it.
type entry struct {
	ID, Title string
	Figures   []entry
}

// headingForm finds the sections and figures of a rendered part: html/template has written and escaped them, so that their
// form is known.
var headingForm = regexp.MustCompile(`<h([23]) id="([^"]+)">([^<]*)</h[23]>`)

// contentsOf lists the headingForm of a part in their order, those of the third level below the second. They are taken from
// what was rendered, so that none can be forgotten.
func contentsOf(rendered template.HTML) []entry {
	var list []entry
	for _, m := range headingForm.FindAllStringSubmatch(string(rendered), -1) {
		e := entry{ID: m[2], Title: html.UnescapeString(m[3])}
		if m[1] == "3" && len(list) > 0 {
			e.ID = strings.TrimSuffix(e.ID, "-title") // the figure itself
			last := &list[len(list)-1]
			last.Figures = append(last.Figures, e)
			continue
		}
		list = append(list, e)
	}
	return list
}
