package generators

import (
	"cmp"
	"math"
	"slices"

	"github.com/portalbench/portalbench/scenarios"
)

// Member is one member of the staff of a care network.
type Member struct {
	Group  string // name of the group in the scenario
	Role   scenarios.Role
	Clinic string
	Share  float64 // of a full-time week, in (0, 1]
	Number int     // within the group, from 0
}

// Roster lists the staff of one care network, by role and group. All networks have the same.
func Roster(s *scenarios.Scenario) []Member {
	var roster []Member
	for name, g := range s.Staff {
		role, _ := scenarios.ParseRole(g.Role)
		people := Headcount(g)
		for i := range people {
			roster = append(roster, Member{name, role, g.Clinic, g.FTE / float64(people), i})
		}
	}
	slices.SortFunc(roster, func(a, b Member) int {
		return cmp.Or(cmp.Compare(a.Role, b.Role), cmp.Compare(a.Group, b.Group), cmp.Compare(a.Number, b.Number))
	})
	return roster
}

// Headcount returns how many people share a group's FTE: as many as the scenario says, or as few as can.
func Headcount(g scenarios.Staff) int {
	if g.People > 0 {
		return g.People
	}
	return int(math.Ceil(g.FTE - 1e-9))
}

// Clinics that take care of a condition beside primary care, by the names scenarios use for them.
const (
	Cardiology  = "cardiology"
	Pulmonology = "pulmonology"
)

// clinicFor returns the specialty clinic for a condition, or "".
func clinicFor(c scenarios.Condition) string {
	switch c {
	case scenarios.HeartFailure, scenarios.Coronary:
		return Cardiology
	case scenarios.COPD, scenarios.Asthma:
		return Pulmonology
	}
	return ""
}
