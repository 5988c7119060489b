package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime/debug"
	"time"

	"github.com/portalbench/portalbench/bench"
	"github.com/portalbench/portalbench/results"
	"github.com/portalbench/portalbench/results/report"
	"github.com/portalbench/portalbench/results/stats"
	"github.com/portalbench/portalbench/sim"
)

// record is what a command keeps in its run folder.
type record struct {
	kind         string
	started      time.Time
	study        *study
	runID        string
	seed         uint64
	partial      bool
	simulate     *results.Simulate
	trials       []sim.Trial
	load         *bench.Result
	watch        *portalWatch // of the portal that was loaded; may be nil
	capacity     *results.Capacity
	filing       *results.Filing
	judgement    *results.Judgement // of a gate that has made its loads itself
	capabilities map[string]string  // of a portal that was searched for its capacity, or filled, or judged
	folder       *results.Folder
	traced       *origin    // of a load whose operations come from a trace; study is nil then
	kept         *keptFiles // nil: none
}

// take adds what an experiment has come to. The folder keeps the scenario of the first, as it was used.
func (r *record) take(e *experiment) {
	more := e.summary()
	if r.simulate == nil {
		r.study = e.study
	} else if len(e.trials) == 1 && !r.simulate.Policies[0].Grows() && !more.Policies[0].Grows() {
		more.Differences = e.againstFirst(r.simulate.Policies[0].Set, r.trials[0], more.Policies[0])
	}
	r.simulate, r.trials = joined(r.simulate, more), append(r.trials, e.trials...)
}

// scenario names what was run.
func (r *record) scenario() string {
	if r.study == nil {
		return r.traced.scenario
	}
	return r.study.scenario.Name
}

// version names this build: the module's version, or the commit it was built from.
func version() string {
	b, ok := debug.ReadBuildInfo()
	if !ok {
		return "unknown"
	}
	for _, s := range b.Settings {
		if s.Key == "vcs.revision" {
			return b.Main.Version + " (" + s.Value + ")"
		}
	}
	return b.Main.Version
}

// begin makes the run folder, so that a folder that cannot be used is found out before any work is done.
func (r *record) begin(out string) (err error) {
	if out != "" {
		r.folder, err = results.Create(out)
		return usageError(err)
	}
	name := filepath.Join("runs", fileName(r.scenario())+"-"+r.started.Format("20060102-150405"))
	r.folder, err = results.Create(name)
	for n := 2; err != nil && n < 100; n++ { // runs that began in the same second
		r.folder, err = results.Create(fmt.Sprintf("%s-%d", name, n))
	}
	return err
}

// abandon removes the run folder if nothing was written to it.
func (r *record) abandon() {
	r.kept.drop()
	_ = os.Remove(r.folder.Dir()) // fails, as it should, when there is something in it
}

// nothing ends a run that has come to nothing. An interrupted one keeps its folder: it says what was asked for, and by
// the run's id is found what it may have put on a portal.
func (r *record) nothing(ctx context.Context, stderr io.Writer, err error) error {
	if err == nil || ctx.Err() == nil {
		r.abandon()
		return err
	}
	r.kept.drop()
	r.kept, r.partial = nil, true
	return errors.Join(interrupted(ctx, err), r.finish(stderr))
}

// write fills the run folder.
func (r *record) write() error {
	parts := []func(*results.Folder) error{r.kept.keep, r.writeInputs, r.writeSimulation, r.writeLoad, r.writeReport}
	switch {
	case r.capacity != nil:
		parts = []func(*results.Folder) error{r.writeInputs, r.writeCapacity, r.writeReport}
	case r.simulate == nil && r.load == nil || r.filing != nil:
		parts = []func(*results.Folder) error{r.writeInputs}
	}
	for _, part := range parts {
		if err := part(r.folder); err != nil {
			return err
		}
	}
	return r.folder.WriteRun(r.manifest())
}

// writeInputs keeps scenario and policies exactly as used.
func (r *record) writeInputs(f *results.Folder) error {
	if r.study == nil {
		return nil
	}
	if err := f.WriteFile("scenario.yaml", r.study.scenario.Effective()); err != nil {
		return err
	}
	for i, p := range r.study.policies {
		name := "policy.yaml"
		if i > 0 {
			name = "policy-" + p.Name + ".yaml"
		}
		if err := f.WriteFile(name, p.Effective()); err != nil {
			return err
		}
	}
	return nil
}

func (r *record) writeSimulation(f *results.Folder) error {
	if r.simulate == nil {
		return nil
	}
	var rows []results.Replication
	for i, t := range r.trials {
		for n, measures := range t.Replications {
			rows = append(rows, results.Replication{Policy: t.Name, Set: r.simulate.Policies[i].Set, Number: n, Measures: measures})
		}
	}
	return f.WriteReplications(rows)
}

func (r *record) writeLoad(f *results.Folder) error {
	if r.load != nil {
		if err := errors.Join(f.WriteSeries(r.load.Series), r.writeMetrics(f), r.watch.write(f)); err != nil {
			return err
		}
	}
	return f.WriteHistograms(r.histograms()...)
}

func (r *record) histograms() []results.Histograms {
	groups := []results.Histograms{{Unit: "min", Of: r.spans()}}
	if r.load != nil {
		groups = append(groups, results.Histograms{Unit: "us", Of: r.load.Histograms})
	}
	return groups
}

func (r *record) writeMetrics(f *results.Folder) error {
	text, err := openMetrics(r.load)
	if err != nil {
		return err
	}
	return f.WriteFile("metrics.txt", text)
}

// writeCapacity keeps the steps of a search as a table. Each of them is in the folder already, as the load it was.
func (r *record) writeCapacity(f *results.Folder) error { return f.WriteSteps(r.capacity.Steps) }

// spans names the distributions of the simulated first responses.
func (r *record) spans() map[string]*stats.Histogram {
	all := map[string]*stats.Histogram{}
	for i, t := range r.trials {
		for u, h := range t.FirstResponse {
			where := results.Where{"actual_urgency": sim.Urgencies()[u]}
			all[results.SpanTag(t.Name, r.simulate.Policies[i].Set, "first_response", where)] = h
		}
	}
	return all
}

func (r *record) writeReport(f *results.Folder) error {
	var page bytes.Buffer
	if err := report.HTML(&page, r.page()); err != nil {
		return fmt.Errorf("writing the report: %w", err)
	}
	return f.WriteFile("report.html", page.Bytes())
}

// page is what the report shows.
func (r *record) page() *results.Record {
	record := &results.Record{Dir: r.folder.Dir(), Run: r.manifest(), Histograms: r.histograms()}
	if r.load != nil {
		record.Seconds = r.load.Series
	}
	return record
}

func (r *record) manifest() *results.Run {
	run := &results.Run{
		Format: results.Format, Kind: r.kind, Version: version(), Started: r.started, Finished: time.Now(), Incomplete: r.partial,
		Scenario: r.scenario(), Seed: r.seed, RunID: r.runID, Machine: results.ThisMachine(), Assumed: []string{}, Simulate: r.simulate,
	}
	if r.study != nil {
		run.Digest, run.Assumed = r.study.digest(), r.study.assumed()
	} else {
		run.Digest = r.traced.digest
	}
	if r.load != nil {
		run.Load, run.Portal, run.Mailbox = &r.load.Load, r.load.Load.Portal, r.load.Load.Mailbox
		run.Incomplete = run.Incomplete || r.load.Load.Incomplete
		run.Capabilities = r.load.Capabilities
	}
	run.ResultHash = r.resultHash()
	if r.filing != nil {
		run.History, run.Portal, run.Capabilities = r.filing, r.filing.Portal, r.capabilities
	}
	if r.judgement != nil {
		run.Gate, run.Capabilities = r.judgement, r.capabilities
	}
	if c := r.capacity; c != nil {
		run.Capacity, run.Portal, run.Incomplete, run.Capabilities = c, c.Portal, c.Incomplete, r.capabilities
	}
	return run
}

// finish fills the run folder and says where it is.
func (r *record) finish(stderr io.Writer) error {
	err := r.write()
	if err == nil {
		say(stderr, "run folder: %s", r.folder.Dir())
	}
	return err
}
