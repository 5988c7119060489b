package sim

import (
	"github.com/portalbench/portalbench/generators"
)

// billing draws what becomes of a need when messages may be billed: most are written all the same, and of the others
// some are phoned.
func (c *Clinic) billing(n *generators.Content) Fate {
	p := &c.arm.policy.Billing
	switch k := n.Key.Sub(drawBilling); {
	case p.Demand == 0 || k.Chance(p.Demand):
		return Written
	case k.Sub(1).Chance(p.PhonesInstead):
		return Phoned
	}
	return Deterred
}

// bill draws whether a thread is billed.
func (c *Clinic) bill(t *thread) {
	share := c.arm.policy.Billing.Billed
	t.billed = share > 0 && t.content.Key.Sub(drawBilled).Chance(share)
}
