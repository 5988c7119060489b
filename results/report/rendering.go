package report

import (
	"bytes"
	"html/template"
)

// Who the parts of a page are for.
const (
	forAnalyst   = "For the policy analyst"
	forEngineer  = "For the engineer"
	forEverybody = "For everybody"
)

// rendering is a page being made: its parts are rendered one after the other, so that its contents can be taken from them. It
// keeps the first error.
type rendering struct {
	page      page
	templates *template.Template
	failed    error
}

func newRendering(p page) (*rendering, error) {
	t, err := pageTemplates()
	return &rendering{page: p, templates: t}, err
}

// pageTemplates reads the templates of pages, and of the figures in them.
func pageTemplates() (*template.Template, error) {
	t := template.New("page.html")
	t.Funcs(template.FuncMap{"cell": splitCell, "drawn": func(p panel) (template.HTML, error) { return draw(t, p) }})
	return t.ParseFS(pageFiles, "page/*.html")
}

// add renders a part by the template of a name.
func (d *rendering) add(id, reader, name string, shown any) {
	if d.failed != nil {
		return
	}
	var b bytes.Buffer
	d.failed = d.templates.ExecuteTemplate(&b, name, shown)
	rendered := template.HTML(b.String()) // made by html/template: escaped already
	d.page.Parts = append(d.page.Parts, part{id, reader, rendered, contentsOf(rendered)})
}

// text returns the page with what it needs to look as it should.
func (d *rendering) text() ([]byte, error) {
	if d.failed == nil {
		d.failed = d.page.inline()
	}
	if d.failed != nil {
		return nil, d.failed
	}
	var b bytes.Buffer
	err := d.templates.Execute(&b, d.page)
	return b.Bytes(), err
}

// inline puts in what the page needs to look as it should.
func (p *page) inline() (err error) {
	if len(p.Live) > 0 {
		if p.Scripts, err = liveScripts(); err != nil {
			return err
		}
	}
	p.Style, err = styleSheet(len(p.Live) > 0)
	p.Policy = allowed(p.Style, p.Scripts...)
	return err
}
