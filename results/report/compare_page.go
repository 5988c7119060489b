package report

import (
	"bytes"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/portalbench/portalbench/results"
)

// HTML writes the comparison as one file that needs nothing else.
func (c *Comparison) HTML(w io.Writer) error {
	text, err := c.page()
	if err != nil {
		return fmt.Errorf("writing the comparison: %w", err)
	}
	_, err = w.Write(text)
	return err
}

// runsPart says which runs are side by side, and what they do not have in common.
type runsPart struct {
	Runs      []fact
	Differing sheet
	Alike     string
}

// page renders the parts, and then the page around them.
func (c *Comparison) page() ([]byte, error) {
	d, err := newRendering(page{Title: c.title(), Kind: "runs side by side", When: c.when(), Apart: c.Apart()})
	if err != nil {
		return nil, err
	}
	d.add("runs", "The runs", "differs", runsPart{Runs: c.runFacts(), Differing: comparedTable{Caption: "Settings that are not the same",
		grid: c.differing()}.Sheet(), Alike: c.alike()})
	if part := c.simulated(); part != nil {
		d.add("analyst", forAnalyst, "compared", part)
	}
	if part := c.loaded(); part != nil {
		d.add("engineer", forEngineer, "compared", part)
	}
	d.add("everybody", forEverybody, "trust", trustPart{Facts: c.trust()})
	return d.text()
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
