package verify

import (
	"slices"

	"github.com/portalbench/portalbench/results"
)

// Validation is everything that is said of how far the simulator can be believed. A part that was not asked for is
// empty.
type Validation struct {
	Format       int            `json:"format"`
	Kind         string         `json:"kind"` // validate
	Scenario     string         `json:"scenario"`
	Digest       string         `json:"digest"`
	Seed         uint64         `json:"seed"`
	Workers      int            `json:"workers"`
	CPUSeconds   results.Number `json:"cpu_seconds"`
	WallSeconds  results.Number `json:"wall_seconds"`
	Holds        *bool          `json:"holds"` // cases and properties, all of them; nil: not looked at
	Cases        []Verdict      `json:"cases"`
	Properties   []Property     `json:"properties"`
	Replications int            `json:"replications"` // behind the targets
	Targets      []Outcome      `json:"targets"`

	PatientsPerPhysicianFTE results.Number `json:"patients_per_physician_fte"` // of the scenario whose targets these are
	PatientsPerRNFTE        results.Number `json:"patients_per_rn_fte"`
}

// Judge sets Holds.
func (v *Validation) Judge() {
	if len(v.Cases) == 0 && len(v.Properties) == 0 {
		return
	}
	holds := !slices.ContainsFunc(v.Cases, func(c Verdict) bool { return !c.Holds }) &&
		!slices.ContainsFunc(v.Properties, func(p Property) bool { return !p.Holds() })
	v.Holds = &holds
}
