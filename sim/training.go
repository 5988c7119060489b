package sim

import (
	"github.com/portalbench/portalbench/generators"
)

// trainedToPhone reports whether a patient who needs help urgently has learnt to phone.
func (c *Clinic) trainedToPhone(person int32, n *generators.Content) bool {
	return n.Urgent && c.people.Trained(person, c.arm.policy.Training.Misuse)
}

// trainLabel labels a thread rightly if the patient has learnt to.
func (c *Clinic) trainLabel(t *thread) {
	if c.people.Trained(t.person, c.arm.policy.Training.LabelAccuracy) {
		t.content.Label = t.content.Category
	}
}

// holdingBack returns the share of patients who hold back though all are told that they need not.
func (c *Clinic) holdingBack(share float64) float64 {
	return share * (1 - c.arm.policy.Training.HoldingBack)
}
