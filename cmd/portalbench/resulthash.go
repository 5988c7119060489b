package main

import "github.com/portalbench/portalbench/results"

// resultHash identifies what was simulated; it is empty where nothing was.
func (r *record) resultHash() string {
	if r.simulate == nil {
		return ""
	}
	var rows []results.Replication
	for i, t := range r.trials {
		for n, measures := range t.Replications {
			rows = append(rows, results.Replication{Policy: t.Name, Set: r.simulate.Policies[i].Set, Number: n, Measures: measures})
		}
	}
	return results.ResultHash(r.simulate, rows)
}
