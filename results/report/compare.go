package report

import (
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"strings"

	"github.com/portalbench/portalbench/results"
	"github.com/portalbench/portalbench/scenarios"
)

// Side is one of the runs of a comparison.
type Side struct {
	Record       *results.Record
	Replications []results.Replication // of a simulation, for differences; nil where the folder has none
}

// MostSides is how many runs stand side by side at most: so many line styles there are.
const MostSides = styles

// Comparison is runs side by side. The first is what the others are compared with.
type Comparison struct {
	Sides    []Side
	Settings []results.Setting
}

// NewComparison puts runs side by side. Runs that have neither a simulation nor a load in common cannot be.
func NewComparison(sides []Side) (*Comparison, error) {
	c := &Comparison{Sides: sides}
	if !results.Simulated(c.records()) && !results.Loaded(c.records()) {
		return nil, errors.New("the runs have neither a simulation nor a load in common: name runs of one kind")
	}
	var err error
	c.Settings, err = results.Settings(c.records(), results.SideBySide, DeclaredEdits)
	return c, err
}

func (c *Comparison) records() []*results.Record {
	var all []*results.Record
	for _, s := range c.Sides {
		all = append(all, s.Record)
	}
	return all
}

// DeclaredEdits compares what two scenarios or policies declare.
func DeclaredEdits(first, other []byte) ([]results.Edit, error) {
	found, err := scenarios.Edits(first, other)
	var edits []results.Edit
	for _, e := range found {
		edits = append(edits, results.Edit(e))
	}
	return edits, err
}

// Apart says in what the runs differ that makes their numbers hard to compare, a sentence each.
func (c *Comparison) Apart() []string {
	var names []string
	for i := range c.Sides {
		names = append(names, c.folder(i))
	}
	return results.Apart(c.Settings, names)
}

// letter names a run: A, B and so on.
func letter(side int) string { return string(rune('A' + side)) }

// runs says which run each letter stands for.
func (c *Comparison) runs() grid {
	g := grid{header: []string{"run", "folder", "started", "of"}, words: 4}
	for i, s := range c.Sides {
		run := s.Record.Run
		of := run.Kind
		if run.Portal != "" {
			of += ", " + run.Portal
		}
		if run.Incomplete {
			of += ", INCOMPLETE"
		}
		g.rows = append(g.rows, []string{letter(i), c.folder(i), run.Started.UTC().Format("2006-01-02 15:04 MST"), of})
	}
	return g
}

// folder names a run's folder, as shortly as tells it from the others.
func (c *Comparison) folder(side int) string {
	base := filepath.Base(c.Sides[side].Record.Dir)
	for i, other := range c.Sides {
		if i != side && filepath.Base(other.Record.Dir) == base {
			return c.Sides[side].Record.Dir
		}
	}
	return base
}

// title names all runs in one line.
func (c *Comparison) title() string {
	var names []string
	for i := range c.Sides {
		names = append(names, letter(i)+": "+c.folder(i))
	}
	return strings.Join(names, ", ")
}

// settingWidth is how wide a setting may be before it is broken into lines: stages and portals have no bounds.
const settingWidth = 36

// differing is the table of what was not the same: only differences stand in it.
func (c *Comparison) differing() grid {
	g := grid{header: []string{"setting"}, words: 1}
	for i := range c.Sides {
		g.header = append(g.header, letter(i))
	}
	for _, s := range c.Settings {
		if s.Differs() {
			name := s.Name
			if s.Apart {
				name += " !"
			}
			row := []string{name}
			for i := range s.Values {
				row = append(row, foldName(s.Text(i), settingWidth))
			}
			g.rows = append(g.rows, row)
		}
	}
	return g
}

// alike says so when nothing differs, and otherwise what the mark means, if it stands anywhere.
func (c *Comparison) alike() string {
	switch {
	case len(c.differing().rows) == 0:
		return "Nothing: the runs were asked for the same, on the same kind of machine."
	case len(c.Apart()) > 0:
		return "!: the numbers below differ for this reason too, whatever else is compared. They are side by side because that was asked for."
	}
	return ""
}

// Text writes the comparison as terminal tables or Markdown.
func (c *Comparison) Text(w io.Writer, format Format) error {
	heading(w, format, "Runs side by side")
	if err := c.runs().render(w, format); err != nil {
		return err
	}
	fmt.Fprintln(w)
	heading(w, format, "What differs between them")
	if g := c.differing(); len(g.rows) > 0 {
		if err := g.render(w, format); err != nil {
			return err
		}
	}
	if note := c.alike(); note != "" {
		paragraph(w, format, note)
	}
	for _, part := range []*comparedPart{c.simulated(), c.loaded()} {
		if err := part.text(w, format); err != nil {
			return err
		}
	}
	return nil
}

// comparedPart is what is compared of simulations, or of loads.
type comparedPart struct {
	ID, Title string
	Verdicts  []comparedVerdict // one for each run, of loads
	Tables    []comparedTable
	Figures   []Figure
}

// comparedVerdict says whether a run may be believed.
type comparedVerdict struct {
	Run  string
	Good bool
	Text string
}

// comparedTable is a table with what must be known to read it.
type comparedTable struct {
	Caption, Note string
	grid          grid
}

// Sheet is the table for the page, where a browser breaks lines.
func (t comparedTable) Sheet() sheet {
	s := sheet{Caption: t.Caption}
	for _, row := range t.grid.rows {
		var cells []string
		for _, cell := range row {
			cells = append(cells, strings.ReplaceAll(cell, "\n", " "))
		}
		s.Rows = append(s.Rows, cells)
	}
	for _, h := range t.grid.header {
		s.Header = append(s.Header, strings.ReplaceAll(h, "\n", " "))
	}
	return s
}

// text writes a part; nil is none.
func (p *comparedPart) text(w io.Writer, format Format) error {
	if p == nil {
		return nil
	}
	if len(p.Verdicts) > 0 {
		fmt.Fprintln(w)
	}
	for _, v := range p.Verdicts {
		sign := verdictSign(map[bool]string{true: results.Pass, false: results.Fail}[v.Good])
		paragraph(w, format, v.Run+": "+sign+" "+v.Text)
	}
	for _, t := range p.Tables {
		fmt.Fprintln(w)
		heading(w, format, t.Caption)
		if err := t.grid.render(w, format); err != nil {
			return err
		}
		if t.Note != "" {
			fmt.Fprintln(w)
			paragraph(w, format, t.Note)
		}
	}
	return nil
}
