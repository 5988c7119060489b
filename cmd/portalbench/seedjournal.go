package main

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/portalbench/portalbench/bench"
	"github.com/portalbench/portalbench/results"
)

// journalName is the file of a run folder by which a history goes on.
const journalName = "journal.jsonl"

// journalFile is a journal on disk.
type journalFile struct {
	*bench.FilingJournal
	*os.File
}

// header says what is filed.
func (j *seedJob) header() bench.FilingHeader {
	cohorts, err := json.Marshal(j.cohorts)
	if err != nil {
		panic(err) // numbers alone
	}
	sum := sha256.Sum256(cohorts)
	return bench.FilingHeader{Scenario: j.scenario.Name, Digest: j.digest(), Seed: j.seed, RunID: j.runID, URL: j.target.url, Portal: j.target.portal,
		Patients: j.patients(), Cohorts: hex.EncodeToString(sum[:8]), Days: float64(j.days), Messages: j.messages}
}

// open begins the run folder and its journal, or goes on with those of an earlier process.
func (j *seedJob) open(out, resume string) (err error) {
	j.runID = newRunID()
	j.record = &record{kind: "seed", started: time.Now(), study: j.study, seed: j.seed}
	if resume != "" {
		err = j.goOn(resume)
	} else {
		err = j.begin(out)
	}
	j.record.runID = j.runID
	return err
}

func (j *seedJob) begin(out string) error {
	if err := j.record.begin(out); err != nil {
		return err
	}
	if err := j.record.writeInputs(j.record.folder); err != nil {
		return err
	}
	file, err := os.OpenFile(j.record.folder.Path(journalName), os.O_CREATE|os.O_EXCL|os.O_RDWR, 0o644)
	if err != nil {
		return fmt.Errorf("making the journal: %w", err)
	}
	if err := lock(file); err != nil {
		return errors.Join(fmt.Errorf("locking the journal: %w", err), file.Close())
	}
	journal, err := bench.NewFilingJournal(file, j.header())
	j.journal = &journalFile{journal, file}
	return err
}

// goOn takes up a journal. What it was written for must be what is asked for now.
func (j *seedJob) goOn(dir string) error {
	file, err := os.OpenFile(filepath.Join(dir, journalName), os.O_RDWR, 0)
	if errors.Is(err, os.ErrNotExist) {
		return usageError(fmt.Errorf("--resume %s: it holds no %s: name the run folder of a portal seed", dir, journalName))
	}
	if err != nil {
		return fmt.Errorf("--resume: %w", err)
	}
	if err := lock(file); err != nil {
		return errors.Join(fmt.Errorf("--resume %s: another process is writing this history: wait for its end, or end it (%w)", dir, err), file.Close())
	}
	journal, err := bench.ResumeFilingJournal(file)
	if err != nil {
		return usageError(errors.Join(fmt.Errorf("--resume %s: %w", dir, err), file.Close()))
	}
	j.journal, j.runID = &journalFile{journal, file}, journal.Header.RunID
	if differs := j.header().Differences(journal.Header); len(differs) > 0 {
		return usageError(errors.Join(fmt.Errorf("--resume %s: that is another history (%s): repeat the command that began it, with --resume", dir, strings.Join(differs, "; ")), file.Close()))
	}
	j.record.folder, err = results.Reopen(dir)
	return err
}
