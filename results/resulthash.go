package results

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strconv"
)

// ResultHash identifies the results of a simulation, and nothing of what it took: SHA-256 over the number of events,
// over the policies with their overrides, replications, warm-up and whether the backlog grows, and over every measure of
// every replication as replications.csv has it. At a fixed digest, seed, version and architecture it is always the same.
func ResultHash(s *Simulate, replications []Replication) string {
	h := sha256.New()
	fmt.Fprintf(h, "portalbench results 1\nevents %d\n", s.Events)
	for _, p := range s.Policies {
		grows := "unknown"
		if p.Unstable != nil {
			grows = strconv.FormatBool(*p.Unstable)
		}
		fmt.Fprintf(h, "policy\t%s\t%d\t%d\t%s\n", PolicyText(p.Name, p.Set), p.Replications, p.WarmUpDays, grows)
	}
	for _, r := range replications {
		if len(r.Measures) > 0 { // one without any leaves no trace in the file
			fmt.Fprintf(h, "replication\t%s\t%d\n", PolicyText(r.Policy, r.Set), r.Number)
		}
		for _, m := range r.Measures {
			fmt.Fprintf(h, "%s\t%s\n", m.Key(), m.Value.text())
		}
	}
	return hex.EncodeToString(h.Sum(nil)[:16])
}

// byPolicy groups replications by policy and overrides, in the order in which these first occur.
func byPolicy(replications []Replication) (order []Replication, of map[string][][]Measure) {
	of = map[string][][]Measure{}
	for _, r := range replications {
		name := PolicyText(r.Policy, r.Set)
		if of[name] == nil {
			order = append(order, Replication{Policy: r.Policy, Set: r.Set})
		}
		of[name] = append(of[name], r.Measures)
	}
	return order, of
}
