// Package triage compiles policies into routers for the simulator. It knows the levers, not the clinic: what a router
// decides depends on what it is shown and on keyed draws alone.
package triage

import (
	"github.com/portalbench/portalbench/scenarios"
	"github.com/portalbench/portalbench/sim"
)

// Compile makes the router of a policy that has passed scenarios.LoadPolicy's checks. The router keeps no state and
// may be shared.
func Compile(p *scenarios.Policy) sim.Router {
	return policy{
		classify:    classifier(p.Classify),
		nurseFirst:  p.Route.First == "rn",
		authority:   p.Route.ClosedWithoutPhysician,
		urgentFirst: p.Order == "urgency",
	}
}

// policy is a compiled policy.
type policy struct {
	classify    func(*sim.View) bool
	nurseFirst  bool    // the nurse pool opens every thread
	authority   float64 // of the nurse pool: the share of threads it may close
	urgentFirst bool
}

// Route implements sim.Router.
func (p policy) Route(v *sim.View) sim.Decision {
	delegable := v.Delegable < p.authority
	switch {
	case v.From == scenarios.RoleNone:
		return p.arrival(v, delegable)
	case v.From.IsPhysician() || delegable:
		return sim.Decision{Answer: true}
	}
	return sim.Decision{} // to the clinician it was written to
}

// arrival sends a new thread on its way. What the pool may close goes to the pool under every policy: with the
// addressee first, somebody has picked it off the clinician's list.
func (p policy) arrival(v *sim.View, delegable bool) sim.Decision {
	d := sim.Decision{Urgent: p.classify(v)}
	d.First = d.Urgent && p.urgentFirst
	if p.nurseFirst || delegable {
		d.Pool = scenarios.RN
	}
	return d
}

// classifier returns the rule that labels threads as urgent.
func classifier(c scenarios.Classify) func(*sim.View) bool {
	switch c.By {
	case "patient":
		return func(v *sim.View) bool { return v.Felt }
	case "keywords", "model":
		return detector(c.Sensitivity, c.FalseAlarms())
	}
	return func(*sim.View) bool { return false }
}

// drawFound is the classifier's own draw under the key it is shown.
const drawFound = 0

// detector finds a share of the threads worded with high-risk symptoms and mistakes a share of the others for them.
// One draw serves both, so that a more sensitive classifier finds all that a less sensitive one does.
func detector(sensitivity, falseAlarms float64) func(*sim.View) bool {
	return func(v *sim.View) bool {
		p := falseAlarms
		if v.HighRisk {
			p = sensitivity
		}
		return v.Draws.Sub(drawFound).Chance(p)
	}
}
