package results

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
)

// Record is a run folder read back: all that a report, a gate or an export needs. Files that its kind of run does not
// write are empty in it.
type Record struct {
	Dir        string
	Run        *Run
	Histograms []Histograms
	Seconds    []SecondRow    // series.csv: of a load
	Target     []TargetSample // target.csv: of a load whose portal's process was watched
	Week       []WeekHour     // week.csv: of a simulation
	Threads    []ThreadStep   // threads.csv: of a simulation
}

// WeekHour is one hour of the week under one policy, on average over the observed weeks and all replications.
type WeekHour struct {
	Policy  string
	Set     map[string]string // overrides, by path
	Hour    int               // of the week: 0 is Monday from midnight to one
	Begun   Number            // threads that families begin in it
	Waiting Number            // threads that wait for the staff at its beginning
}

// ThreadStep is one step of an actually urgent thread that is followed under every policy, with the same draws.
type ThreadStep struct {
	Story    string // median or worst: how long it waits for a clinician under the baseline, among all urgent threads
	Policy   string
	Set      map[string]string
	Hours    Number // since it was sent; missing where it is not
	Clock    string // day and time, such as "tue 14:05"
	Event    string // as in events.csv; of a need that is not sent its fate, or absent
	Who      string // role of the staff, or empty
	Inbox    string // where it waits or goes, or empty: a role, where it is a person's, or a pool such as "rn+ma pool"
	Category string // of the need, or empty
	Felt     string // urgent or routine: how it feels to the sender; or empty
}

// Read reads the run folder dir: its manifest and all that figures are drawn from. Its errors name the file, and the line
// where there is one, and say what can be done.
func Read(dir string) (*Record, error) {
	run, err := Open(dir)
	if err != nil {
		return nil, err
	}
	return readParts(dir, run)
}

// Record returns what Read will, once run is written: what the folder holds by now, and run as its JSON says it.
func (f *Folder) Record(run *Run) (*Record, error) {
	text, err := json.Marshal(run)
	if err != nil {
		return nil, fmt.Errorf("writing %s: %w", f.Path(manifestName), err)
	}
	again, err := decodeRun(text)
	if err != nil {
		return nil, fmt.Errorf("reading what %s is to hold: %w", f.Path(manifestName), err)
	}
	return readParts(f.dir, again)
}

// readParts reads the files beside the manifest. Those that are missing are empty.
func readParts(dir string, run *Run) (*Record, error) {
	r := &Record{Dir: filepath.Clean(dir), Run: run}
	var err error
	if r.Histograms, err = ReadHistograms(dir); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	if r.Seconds, err = allOf(dir, seriesName, readSeries(dir)); err != nil {
		return nil, err
	}
	if r.Target, err = ReadTarget(dir); err != nil {
		return nil, err
	}
	if r.Week, err = allOf(dir, weekName, readWeek(dir)); err != nil {
		return nil, err
	}
	if r.Threads, err = allOf(dir, threadsName, readThreads(dir)); err != nil {
		return nil, err
	}
	return r, nil
}
