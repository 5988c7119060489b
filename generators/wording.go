package generators

import "github.com/portalbench/portalbench/scenarios"

// Wording says what a message is to sound like. Its text is made when somebody needs it, from Wording and a key alone.
type Wording struct {
	Category  scenarios.Category
	Condition scenarios.Condition // the condition the message is about, when HasCondition
	Sender    scenarios.Sender    // who writes, when Staff is RoleNone
	Staff     scenarios.Role      // the role that answers; RoleNone for messages of patients and caregivers

	HasCondition bool
	HighRisk     bool // describes high-risk symptoms, in words that a keyword rule finds or in words that it misses
	Felt         bool // the sender feels it to be urgent
	FollowUp     bool // a later message of the same thread
}
