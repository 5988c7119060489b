package sim

import (
	"github.com/portalbench/portalbench/generators"
)

// trainedToPhone draws whether somebody who needs help urgently has been taught to phone.
func (c *Clinic) trainedToPhone(n *generators.Content) bool {
	share := c.arm.policy.Training.Misuse
	return share > 0 && n.Urgent && n.Key.Sub(drawTrained).Chance(share)
}

// trainLabel draws whether a sender has been taught to pick the category that fits.
func (c *Clinic) trainLabel(t *thread) {
	share := c.arm.policy.Training.LabelAccuracy
	if share > 0 && t.content.Key.Sub(drawRelabelled).Chance(share) {
		t.content.Label = t.content.Category
	}
}

// holdingBack returns the share of needs in which patients hold back who have been told that they need not.
func (c *Clinic) holdingBack(share float64) float64 {
	return share * (1 - c.arm.policy.Training.HoldingBack)
}
