package sim

import (
	"github.com/portalbench/portalbench/generators"
	"github.com/portalbench/portalbench/scenarios"
	"github.com/portalbench/portalbench/sim/des"
)

// Router decides where a thread goes and who answers it. Package triage makes one from a policy. It is used by one
// goroutine at a time and must depend on the View alone.
//
// It is asked when a thread arrives and whenever somebody who is not a physician has opened one.
type Router interface {
	Route(v *View) Decision
}

// View is what a Router may know of a thread. It is valid during the call only.
type View struct {
	Now       des.Time
	From      scenarios.Role     // who has opened it; RoleNone when it has just arrived
	Category  scenarios.Category // what it is about; policies see it through Label or a classifier
	Label     scenarios.Category // as the sender labelled it
	Delegable float64            // a role may close the thread if its authority is above this
	Authority float64            // when opened: what the decision on arrival said
	Draws     des.Key            // for the classifier's own chance
	Felt      bool               // the sender calls it urgent
	HighRisk  bool               // worded with high-risk symptoms: what classifiers detect
	Specialty bool               // written to a specialist
	ToPool    bool               // written to the team rather than to a clinician by name
	Sender    scenarios.Sender
	Patient   int32 // whom it is about, for People
	People    *generators.People

	clinic    *Clinic
	addressee int32
}

// Waiting returns how many threads wait in the inbox of a role's pool, and 0 for a role without one.
func (v *View) Waiting(r scenarios.Role) int {
	if i := v.clinic.arm.poolOf[r]; i != none {
		return int(v.clinic.inbox[i].waiting)
	}
	return 0
}

// WaitingForAddressee returns how many threads wait in the inbox of the clinician to whom this one was written.
func (v *View) WaitingForAddressee() int { return int(v.clinic.inbox[v.addressee].waiting) }

// Decision is what becomes of a thread.
type Decision struct {
	Answer    bool               // From answers it; the rest is for threads that From hands on, or that arrive
	Pool      scenarios.Role     // the role's pool; RoleNone: the clinician it was written to
	Urgent    bool               // on arrival: classified as urgent
	Class     uint8              // on arrival: lower classes go first in every inbox; below NumClasses
	Label     scenarios.Category // on arrival: as classified
	Authority float64            // on arrival: share of such threads that the pool may close
}

// NumClasses is how many classes of threads an inbox tells apart.
const NumClasses = scenarios.NumCategories + 2
