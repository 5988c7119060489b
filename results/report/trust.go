package report

import (
	"fmt"
	"strings"

	"github.com/portalbench/portalbench/results"
)

// trustPart is what a reader needs to judge or repeat the run.
type trustPart struct {
	Facts   []fact
	Grounds grounds
}

func trustOf(run *results.Run) trustPart { return trustPart{trust(run), groundsOf(run)} }

// trust lists what a reader needs to judge or repeat the run.
func trust(run *results.Run) []fact {
	facts := []fact{{"Scenario digest", run.Digest, ""}, {"Seed", fmt.Sprint(run.Seed), ""}, {"Run", run.RunID, ""},
		{"portalbench", run.Version, ""}}
	if s := run.Simulate; s != nil {
		facts = append(facts,
			fact{"Replications", manyReplications(s) + ", each with its own population and the unit of every interval", ""},
			fact{"Warm-up", fmt.Sprintf("%s Then %s are observed.", strings.TrimPrefix(WarmUp(s), "Warm-up: "), plural(s.HorizonDays, "day")), ""},
			fact{"Patients", fmt.Sprintf("%s in %s", count(int64(s.Patients)), plural(s.CareNetworks, "care network")), ""},
			fact{"Staffing", Staffing(s), ""},
			fact{"Intervals", "95%, simulation error only: they do not cover doubt about the parameters", ""})
	}
	if l := run.Load; l != nil {
		facts = append(facts, fact{"Load", briefValidity(l), ""},
			fact{"Window", fmt.Sprintf("%s at %sx, warm-up %s s, %s", l.At, number(float64(l.Speed)), number(float64(l.WarmUpS)),
				plural(l.CareNetworks, "care network")), ""},
			fact{"Generator", fmt.Sprintf("%s%% of its cores, %s ms of garbage collection", number(100*float64(l.Generator.CPUShare)),
				number(float64(l.Generator.GCPauseMS))), ""})
	}
	m := run.Machine
	return append(facts, fact{"Machine", strings.TrimPrefix(fmt.Sprintf("%s, %s/%s, %s, GOMAXPROCS %d", m.CPU, m.GOOS, m.GOARCH,
		plural(m.Cores, "core"), m.GOMAXPROCS), ", "), ""})
}

// briefValidity leaves the reasons to the verdict at the top of the page.
func briefValidity(l *results.Load) string {
	if l.Validity != results.RunValid {
		return "Invalid, for " + plural(len(l.Why), "reason") + " given at the top."
	}
	return validity(l)
}
