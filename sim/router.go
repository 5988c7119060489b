package sim

import (
	"github.com/portalbench/portalbench/scenarios"
	"github.com/portalbench/portalbench/sim/des"
)

// Router decides where a thread goes and who answers it. Package triage makes one from a policy. It is used by one
// goroutine at a time and must depend on the View alone.
type Router interface {
	Route(v *View) Decision
}

// View is what a Router may know of a thread.
type View struct {
	Now       des.Time
	From      scenarios.Role     // who has read it; RoleNone when it has just arrived
	Label     scenarios.Category // as the sender labelled it
	Delegable float64            // a role may close the thread if its authority is above this
	Draws     des.Key            // for the classifier's own chance
	Felt      bool               // the sender calls it urgent
	HighRisk  bool               // worded with high-risk symptoms: what classifiers detect
	Specialty bool               // written to the specialist
}

// Decision is what becomes of a thread.
type Decision struct {
	Answer bool           // From answers it; the rest is for threads that From hands on
	Pool   scenarios.Role // the role's pool; RoleNone: the clinician it was written to
	Urgent bool           // on arrival: classified as urgent
	First  bool           // on arrival: goes before those that are not First, in every inbox
}
