package sim

import "github.com/portalbench/portalbench/scenarios"

// Plan is a scenario compiled for simulation. It is read-only and may be shared.
type Plan struct {
	Scenario *scenarios.Scenario
}
