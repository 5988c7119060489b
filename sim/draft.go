package sim

import (
	"github.com/portalbench/portalbench/scenarios"
	"github.com/portalbench/portalbench/sim/des"
)

// draftSaves returns what a draft takes off a reply: its savings less the time to read it. Without a share of use the
// savings are averages over all replies.
func (c *Clinic) draftSaves(t *thread, r scenarios.Role) float64 {
	d := &c.arm.policy.Draft
	if d.By == "" || d.By == "none" {
		return 0
	}
	saves := d.StaffSaves
	if clinician(r) {
		saves = d.PhysicianSaves
	}
	if d.Use > 0 && !t.draw(drawDraft).Chance(d.Use) {
		saves = 0
	}
	return (saves - d.ExtraReadingSeconds) * float64(des.Second)
}
