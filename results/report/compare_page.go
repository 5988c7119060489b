package report

import (
	"bytes"
	"fmt"
	"html/template"
	"io"
	"strings"
	"time"

	"github.com/portalbench/portalbench/results"
)

// comparedPage is what the template of a comparison shows.
type comparedPage struct {
	Style       template.CSS
	Policy      string // of content: what a browser lets the page do
	Title, When string
	Runs        []fact
	Differing   sheet
	Alike       string
	Apart       []string
	Parts       []*comparedPart
	Trust       []fact
}

// HTML writes the comparison as one file that needs nothing else.
func (c *Comparison) HTML(w io.Writer) error {
	css, err := styleSheet(false)
	if err != nil {
		return fmt.Errorf("writing the comparison: %w", err)
	}
	t, err := comparedTemplates()
	if err != nil {
		return fmt.Errorf("writing the comparison: %w", err)
	}
	p := comparedPage{Style: css, Policy: allowed(css), Title: c.title(), When: c.when(), Runs: c.runFacts(),
		Differing: comparedTable{Caption: "Settings that are not the same", grid: c.differing()}.Sheet(), Alike: c.alike(), Apart: c.Apart(),
		Trust: c.trust()}
	for _, part := range []*comparedPart{c.simulated(), c.loaded()} {
		if part != nil {
			p.Parts = append(p.Parts, part)
		}
	}
	var b bytes.Buffer
	if err := t.ExecuteTemplate(&b, "compare", p); err != nil {
		return fmt.Errorf("writing the comparison: %w", err)
	}
	_, err = w.Write(b.Bytes())
	return err
}

// comparedTemplates reads all templates: those of a comparison use those of a report.
func comparedTemplates() (*template.Template, error) {
	t := template.New("compare.html")
	t.Funcs(template.FuncMap{"cell": splitCell, "drawn": func(p panel) (template.HTML, error) { return draw(t, p) }})
	return t.ParseFS(pageFiles, "page/*.html")
}

// runFacts says which run each letter stands for.
func (c *Comparison) runFacts() []fact {
	var facts []fact
	for _, row := range c.runs().rows {
		facts = append(facts, fact{Name: row[0] + ": " + row[1], Value: row[2] + ": " + row[3]})
	}
	return facts
}

// when says when the first run began and the last one ended.
func (c *Comparison) when() string {
	var from, to time.Time
	for i, s := range c.Sides {
		if run := s.Record.Run; i == 0 || run.Started.Before(from) {
			from = run.Started
		}
		if run := s.Record.Run; run.Finished.After(to) {
			to = run.Finished
		}
	}
	return fmt.Sprintf("Runs from %s to %s", from.Format("2 January 2006 15:04 MST"), to.Format("2 January 2006 15:04 MST"))
}

// trust lists what a reader needs to judge or repeat the runs.
func (c *Comparison) trust() []fact {
	var facts []fact
	for i, s := range c.Sides {
		run := s.Record.Run
		facts = append(facts, fact{Name: letter(i) + ": " + c.folder(i), Value: fmt.Sprintf("run %s, scenario %s, digest %s, seed %d, portalbench %s, %s",
			run.RunID, run.Scenario, run.Digest, run.Seed, run.Version, machineText(run.Machine))})
	}
	if results.Simulated(c.records()) {
		facts = append(facts, fact{Name: "Intervals of simulations", Value: "95%, over replications: simulation error only. They do not cover doubt about the parameters."})
	}
	if results.Loaded(c.records()) {
		facts = append(facts, fact{Name: "Intervals of loads", Value: "95%, from the answers of each run alone, taken for independent. Drift between runs is not in them."})
	}
	return facts
}

func machineText(m results.Machine) string {
	return strings.TrimPrefix(fmt.Sprintf("%s, %s/%s, %s", m.CPU, m.GOOS, m.GOARCH, plural(m.Cores, "core")), ", ")
}

// HeadBytes is how much of a file IsReport needs to see.
const HeadBytes = 4 << 10

// IsReport reports whether a file that begins like this is a report that HTML wrote.
func IsReport(head []byte) bool {
	return bytes.Contains(head, []byte("<!DOCTYPE html>")) && bytes.Contains(head, []byte(" – portalbench report</title>"))
}
