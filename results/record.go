package results

import "path/filepath"

// Record is a run folder read back: all that a report, a gate or an export needs. Files that its kind of run does not
// write are empty in it.
type Record struct {
	Dir        string
	Run        *Run
	Histograms []Histograms
	Seconds    []SecondRow  // series.csv: of a load
	Week       []WeekHour   // week.csv: of a simulation
	Threads    []ThreadStep // threads.csv: of a simulation
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
	Story  string // median or worst: how long it waits for a clinician under the baseline, among all urgent threads
	Policy string
	Set    map[string]string
	Hours  Number // since it was sent
	Clock  string // day and time, such as "tue 14:05"
	Event  string // as in events.csv
	Who    string // role of the staff, or empty
	Inbox  string // where it waits or goes, or empty
}

// Read reads the run folder dir. Its errors name the file and say what can be done.
func Read(dir string) (*Record, error) {
	run, err := Open(dir)
	if err != nil {
		return nil, err
	}
	r := &Record{Dir: filepath.Clean(dir), Run: run}
	if run.Simulate == nil && run.Load == nil {
		return r, nil
	}
	r.Histograms, err = ReadHistograms(dir)
	return r, err
}
