package scenarios

import (
	"fmt"
	"maps"
	"math"
	"slices"
)

// maxNetworks bounds the number of care networks, so that a slip of the pen does not fill the memory.
const maxNetworks = 1_000_000

// tolerance is how far the size of a care network may be from the one whose staff the scenario describes, so that
// every network has the declared number of patients per FTE to within 1%.
const tolerance = .01

// Networks splits the population into care networks and returns their sizes, which differ by one patient at most. It
// is an error when a network's size would differ from network.patients by more than 1%; the error says what to set.
func Networks(s *Scenario) ([]int, error) {
	total, size := s.Population.Patients, s.Network.Patients
	if total < 1 || size < 1 {
		return nil, fmt.Errorf("splitting %d patients into care networks of %d: set both to 1 or more", total, size)
	}
	n := max(1, int(math.Round(float64(total)/float64(size))))
	if n > maxNetworks {
		return nil, fmt.Errorf("%d patients make %d care networks of %d: set network.patients to %d or more",
			total, n, size, (total+maxNetworks-1)/maxNetworks)
	}
	least, most := total/n, (total+n-1)/n
	if float64(size-least) > tolerance*float64(size) || float64(most-size) > tolerance*float64(size) {
		return nil, fmt.Errorf("%d patients do not divide into care networks of %d: set population.patients to %s, or network.patients to %d with the FTE of staff to match",
			total, size, totals(total, size), total/n)
	}
	sizes := make([]int, n)
	for i := range sizes {
		sizes[i] = least
		if i < total%n {
			sizes[i]++
		}
	}
	return sizes, nil
}

// totals names the multiples of size on either side of total.
func totals(total, size int) string {
	below := total / size * size
	if below == 0 {
		return fmt.Sprint(size)
	}
	return fmt.Sprintf("%d or %d", below, below+size)
}

// PatientsPerFTE returns the patients of one care network for each full-time equivalent of a role. It is not a number
// when nobody has the role.
func (s *Scenario) PatientsPerFTE(r Role) float64 {
	var fte float64
	for _, name := range s.Groups() {
		if g := s.Staff[name]; g.Role == r.String() {
			fte += g.FTE
		}
	}
	if fte == 0 {
		return math.NaN()
	}
	return float64(s.Network.Patients) / fte
}

// Groups returns the names of the staff groups, sorted.
func (s *Scenario) Groups() []string { return slices.Sorted(maps.Keys(s.Staff)) }
