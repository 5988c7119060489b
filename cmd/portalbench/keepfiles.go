package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/spf13/cobra"

	"github.com/portalbench/portalbench/bench"
	"github.com/portalbench/portalbench/results"
)

// The files that a load keeps on request.
const (
	traceFile    = "trace.jsonl"
	requestsFile = "requests.jsonl"
	opsFile      = "ops.csv"
	parquetFile  = "ops.parquet"
)

// keepFlags say what a load keeps in its run folder beside the results.
type keepFlags struct {
	trace    bool
	requests bool
	ops      string // "", csv or parquet
}

func (k *keepFlags) register(cmd *cobra.Command) {
	f := cmd.Flags()
	f.BoolVar(&k.trace, "keep-trace", false, "keep in "+traceFile+" what was done, and when, for --trace")
	f.BoolVar(&k.requests, "keep-requests", false, "record in "+requestsFile+" every request, without credentials")
	f.StringVar(&k.ops, "keep-ops", "", "keep in "+opsFile+" a row for every operation; =parquet: in "+parquetFile+" as well")
	f.Lookup("keep-ops").NoOptDefVal = "csv"
}

func (k *keepFlags) check() error {
	if k.ops != "" && k.ops != "csv" && k.ops != "parquet" {
		return fmt.Errorf("--keep-ops=%s: use --keep-ops or --keep-ops=parquet", k.ops)
	}
	return nil
}

// keptFiles are the files being written. The nil pointer keeps nothing.
type keptFiles struct {
	drafts   []*results.Draft
	ops      io.Writer // nil: not kept, as is the next
	requests io.Writer
	parquet  bool
}

// openKept begins the files that are asked for, and writes the trace.
func (j *loadJob) openKept(k keepFlags, folder *results.Folder) (*keptFiles, error) {
	files := &keptFiles{parquet: k.ops == "parquet"}
	begin := func(wanted bool, name string) (io.Writer, error) {
		if !wanted {
			return nil, nil
		}
		d, err := folder.Begin(name)
		if err != nil {
			return nil, err
		}
		files.drafts = append(files.drafts, d)
		return d, nil
	}
	trace, err := begin(k.trace, traceFile)
	if err == nil && trace != nil {
		err = j.writeTrace(trace)
	}
	if err == nil {
		files.ops, err = begin(k.ops != "", opsFile)
	}
	if err == nil {
		files.requests, err = begin(k.requests, requestsFile)
	}
	if err != nil {
		files.drop()
		return nil, err
	}
	return files, nil
}

// writeTrace writes the job's workload as a trace.
func (j *loadJob) writeTrace(w io.Writer) error {
	from := j.origin()
	return bench.WriteTrace(w, bench.TraceHeader{Scenario: from.scenario, Policy: from.policy, Digest: from.digest,
		ScenarioDigest: from.people, Seed: from.seed, At: from.at}, j.workload, j.goal.warmUp)
}

// drop removes the files.
func (k *keptFiles) drop() {
	if k == nil {
		return
	}
	for _, d := range k.drafts {
		d.Drop()
	}
	k.drafts = nil
}

// keep completes the files.
func (k *keptFiles) keep(f *results.Folder) (err error) {
	if k == nil {
		return nil
	}
	for _, d := range k.drafts {
		err = errors.Join(err, d.Keep())
	}
	k.drafts = nil
	if err == nil && k.parquet {
		err = writeOpsParquet(f)
	}
	return err
}

// writeOpsParquet turns a folder's ops.csv into ops.parquet.
func writeOpsParquet(f *results.Folder) error {
	rows, err := os.Open(f.Path(opsFile))
	if err != nil {
		return fmt.Errorf("writing %s: %w", f.Path(parquetFile), err)
	}
	defer rows.Close()
	draft, err := f.Begin(parquetFile)
	if err != nil {
		return err
	}
	if err := results.WriteParquet(draft, results.ReadOps(rows)); err != nil {
		draft.Drop()
		return fmt.Errorf("writing %s: %w", f.Path(parquetFile), err)
	}
	return draft.Keep()
}

// origin says where a load's operations come from.
type origin struct {
	scenario, policy string
	digest           string // of both
	people           string // with the seed, says who the patients are
	seed             uint64
	at               string
	trace            string // file; empty: the operations are a scenario's
}

func (j *loadJob) origin() origin {
	if j.traced != nil {
		return *j.traced
	}
	return origin{scenario: j.scenario.Name, policy: j.policies[0].Name, digest: j.digest(), people: j.scenario.Digest(),
		seed: j.seed, at: j.goal.at.String()}
}

// summary says in one line what is replayed.
func (j *loadJob) summary() string {
	if j.traced == nil {
		return j.planned.String()
	}
	return fmt.Sprintf("%s: %d operations in %s at %.3gx", j.traced.trace, j.workload.Len(),
		j.workload.Duration().Round(time.Millisecond), j.workload.Speed)
}
