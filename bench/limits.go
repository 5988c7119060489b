package bench

import (
	"fmt"
)

// Bounds of the in-flight limit. Every operation in flight has a socket; some files are open besides.
const (
	mostInFlight  = 10_000
	leastInFlight = 100
	otherFiles    = 64
)

// InFlightLimit returns how many operations a run may have in flight by default: those that a portal which answers
// nothing would collect in one time-out at the busiest time, from 100 to 10,000.
func InFlightLimit(busiest int64) int { return int(min(max(busiest, leastInFlight), mostInFlight)) }

// limitInFlight settles the in-flight limit and holds it against the files this process may have open. A limit that was
// asked for and cannot be had is an error; the default is lowered, with a warning.
func (r *run) limitInFlight() error {
	cfg := r.cfg
	limit := cfg.MaxInFlight
	if limit <= 0 {
		limit = InFlightLimit(r.survey.within(cfg.Timeout))
	}
	files, counted := openFileLimit()
	if room := files - otherFiles; counted && cfg.Client != nil && limit > room {
		if cfg.MaxInFlight > 0 || room < 1 {
			return fmt.Errorf("%d operations in flight need as many sockets, and this process may have %d open: raise the limit "+
				"(ulimit -n) or lower --max-in-flight", limit, files)
		}
		r.warnings = append(r.warnings, fmt.Sprintf("at most %d operations are in flight, as this process may have only %d "+
			"files open (ulimit -n)", room, files))
		limit = room
	}
	r.engine.limit = limit
	return nil
}
