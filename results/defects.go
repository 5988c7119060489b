package results

import (
	"errors"
	"fmt"
	"path/filepath"
)

// OpenToJudge reads a run folder for a gate. A run that holds nothing that can be judged is no error: why says what it is
// instead, and the record is nil. Folders that are damaged, or that portalbench did not write, are errors.
func OpenToJudge(dir string) (r *Record, why string, err error) {
	r, err = Read(dir)
	switch {
	case errors.Is(err, ErrNothing):
		return nil, filepath.Clean(dir) + " came to nothing: it holds neither a simulation nor a load", nil
	case err != nil:
		return nil, "", err
	case r.Run.Load == nil && r.Run.Simulate == nil:
		return nil, fmt.Sprintf("%s is a run of kind %s, which holds neither a simulation nor a load", r.Dir, r.Run.Kind), nil
	}
	return r, "", nil
}

// LoadDefects are the reasons for which nothing can be said of the record's load, each with the folder's name; none for
// a valid one. What is only too little for the thresholds of the time is no defect.
func (r *Record) LoadDefects() (defects []string) {
	why := r.Run.Load.standing()
	if (r.Run.Incomplete || r.Run.Load.Incomplete) && len(why) == 0 {
		why = []string{"it is incomplete"}
	}
	for _, reason := range why {
		defects = append(defects, r.Dir+": "+reason)
	}
	return defects
}
