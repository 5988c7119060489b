package bench

import (
	"cmp"
	"maps"
	"slices"

	"github.com/portalbench/portalbench/sim"
)

// Cohort is patients of one care network, by their numbers, in ascending order.
type Cohort struct {
	Network  int
	Patients []int32
}

// Cohorts returns the patients whom a run of the workload meets on a portal with these operations.
func (w *Workload) Cohorts(can Capabilities) ([]Cohort, error) {
	s, err := newSurvey(w, can, accountKeys{}, 0)
	if err != nil {
		return nil, err
	}
	of := map[int][]int32{}
	for _, p := range s.roster.people {
		if p.actor.Kind == sim.ActorPatient {
			of[int(p.actor.Network)] = append(of[int(p.actor.Network)], p.actor.Index)
		}
	}
	var all []Cohort
	for _, n := range slices.Sorted(maps.Keys(of)) {
		slices.Sort(of[n])
		all = append(all, Cohort{n, of[n]})
	}
	return all, nil
}

// Resize returns so many patients: the first of those given, or all of them and as many others as it takes, network by
// network.
func Resize(cohorts []Cohort, patients, perNetwork int) (sized []Cohort) {
	left := patients
	for _, c := range cohorts {
		n := min(left, len(c.Patients))
		left -= n
		if n > 0 {
			sized = append(sized, Cohort{c.Network, slices.Clone(c.Patients[:n])})
		}
	}
	for network := 0; left > 0; network++ {
		at := slices.IndexFunc(sized, func(c Cohort) bool { return c.Network == network })
		if at < 0 {
			sized, at = append(sized, Cohort{Network: network}), len(sized)
		}
		left -= sized[at].widen(left, perNetwork)
	}
	slices.SortFunc(sized, func(a, b Cohort) int { return cmp.Compare(a.Network, b.Network) })
	return sized
}

// widen adds up to n patients who are not in it, and returns how many.
func (c *Cohort) widen(n, of int) (added int) {
	in := make(map[int32]bool, len(c.Patients))
	for _, p := range c.Patients {
		in[p] = true
	}
	for p := int32(0); int(p) < of && added < n; p++ {
		if !in[p] {
			c.Patients = append(c.Patients, p)
			added++
		}
	}
	slices.Sort(c.Patients)
	return added
}
