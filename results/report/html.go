package report

import (
	"embed"
	"fmt"
	"html/template"
	"io"
	"strings"
	"time"

	"github.com/portalbench/portalbench/results"
)

//go:embed page/*.html page/*.css page/live.js page/uplot
var pageFiles embed.FS

// page is everything the templates show, ready to print.
type page struct {
	Style      template.CSS
	Policy     string // of content: what a browser lets the page do
	Scripts    []template.JS
	Live       []liveFigure // what the scripts draw
	Title      string
	Kind       string // of the run, in words
	When       string
	Incomplete string   // what ended the run before its end; empty: nothing did
	Apart      []string // in what runs that are side by side differ too much
	Verdicts   []verdict
	Headlines  []headline
	Left       int // headlines left out, as there are many
	Parts      []part
}

// simulationPart is the analyst's half.
type simulationPart struct {
	Setting, Staffing string
	Outcomes          []sheet
	Chapters          []chapter
}

// sheet is a table; its first column heads the rows.
type sheet struct {
	Caption string
	Header  []string
	Rows    [][]string
	Words   bool // its last column is text
}

// tableCell is a value with its interval, which stands below it where there is little room.
type tableCell struct{ Value, Interval string }

func splitCell(text string) tableCell {
	value, bounds, found := strings.Cut(text, " (")
	if !found {
		return tableCell{Value: text}
	}
	return tableCell{value, "(" + bounds}
}

// legendEntry shows a policy's line.
type legendEntry struct {
	Name   string
	Style  int
	Marker string // empty: the line alone
}

// fact is a line of the trust panel, or a threshold with its verdict.
type fact struct{ Name, Value, State string }

// HTML writes a run as one file that needs nothing else: no network, and a script only for charts over time, which are
// drawn without it as well. It reads on a phone, in the dark and on paper. A run with neither simulation nor load is an
// error.
func HTML(w io.Writer, record *results.Record) error {
	run := record.Run
	if run.Simulate == nil && run.Load == nil && run.Capacity == nil {
		return fmt.Errorf("writing the report of run %s: it holds neither a simulation nor a load", run.RunID)
	}
	b, err := pageOf(record)
	if err != nil {
		return fmt.Errorf("writing the report of run %s: %w", run.RunID, err)
	}
	_, err = w.Write(b)
	return err
}

// pageOf renders the parts of the page, and then the page around them.
func pageOf(record *results.Record) ([]byte, error) {
	run := record.Run
	d, err := newRendering(page{Title: run.Scenario, Kind: kindOf(run), When: when(run), Incomplete: endedBy(run), Verdicts: verdicts(run)})
	if err != nil {
		return nil, err
	}
	if run.Simulate != nil {
		d.page.Headlines = headlines(run.Simulate)
		d.page.Left = max(0, len(d.page.Headlines)-mostHeadlines)
		d.page.Headlines = d.page.Headlines[:len(d.page.Headlines)-d.page.Left]
		d.add("analyst", forAnalyst, "simulation", simulationOf(record))
	}
	if sections := engineerSections(record); len(sections) > 0 {
		d.page.Live = liveFigures(sections)
		d.add("engineer", forEngineer, "sections", sections)
	}
	d.add("everybody", forEverybody, "trust", trustOf(run))
	return d.text()
}

// mostHeadlines is how many policies are told of before the contents; the tables have all.
const mostHeadlines = 6

// kindOf says what kind of a run it was.
func kindOf(run *results.Run) string {
	switch {
	case run.Capacity != nil:
		return "search for capacity"
	case run.Simulate != nil && run.Load != nil:
		return "simulation and load"
	case run.Simulate != nil:
		return "simulation"
	}
	return "load"
}

// endedBy says why the run ended before its end, or nothing.
func endedBy(run *results.Run) string {
	switch {
	case !run.Incomplete:
		return ""
	case run.Load != nil && run.Load.Stopped != "":
		return "A rule stopped the run before its end: " + run.Load.Stopped + "."
	case run.Capacity != nil && run.Capacity.WhyIncomplete != "":
		return "The search ended early: " + run.Capacity.WhyIncomplete + "."
	}
	return "The run was interrupted before its end."
}

func when(run *results.Run) string {
	return fmt.Sprintf("%s, %s, portalbench %s", run.Started.Format("2 January 2006 15:04 MST"),
		run.Finished.Sub(run.Started).Round(time.Second), run.Version)
}

func simulationOf(record *results.Record) *simulationPart {
	s := record.Run.Simulate
	return &simulationPart{Setting: Setting(s), Staffing: Staffing(s), Outcomes: outcomeSheets(s),
		Chapters: chapters(record)}
}

func outcomeSheets(s *results.Simulate) []sheet {
	return compareSheets("Main outcomes with 95% intervals", s.Policies, func(o outcome, p results.PolicyResult) string { return o.text(p) })
}

func differenceSheets(s *results.Simulate) []sheet {
	return compareSheets("Paired differences from "+baselineOf(s)+"; shares in percentage points", compared(s),
		func(o outcome, p results.PolicyResult) string { return o.differenceText(s, p) })
}

// compareSheets sets the main outcomes against the policies. Many policies become rows, and the outcomes are then dealt
// out over two tables, each narrow enough for paper: what patients meet, and what it takes.
func compareSheets(caption string, policies []results.PolicyResult, cell func(outcome, results.PolicyResult) string) []sheet {
	outcomes := mainOutcomes()
	if len(policies) <= maxPolicyColumns {
		return []sheet{sheetOf(caption, comparison(outcomes, policies, cell))}
	}
	half := len(outcomes) / 2
	return []sheet{sheetOf(caption+": patients", comparison(outcomes[:half], policies, cell)),
		sheetOf(caption+": staff", comparison(outcomes[half:], policies, cell))}
}

func sheetOf(caption string, g grid) sheet {
	return sheet{Caption: caption, Header: g.header, Rows: g.rows}
}
