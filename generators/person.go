package generators

import (
	"math/bits"

	"github.com/portalbench/portalbench/scenarios"
	"github.com/portalbench/portalbench/sim/des"
)

// Has reports whether a patient has a condition.
func (p *People) Has(patient int32, c scenarios.Condition) bool {
	return p.conditions[patient]&(1<<c) != 0
}

// MonitoredAtHome reports whether a patient has a condition with readings to take at home, such as blood pressure.
func (p *People) MonitoredAtHome(patient int32) bool {
	return p.conditions[patient]&p.model.monitored != 0
}

// HoldsBack reports whether a patient is one of the share who hold back for the sake of the physician's time.
func (p *People) HoldsBack(patient int32, share float64) bool {
	return share > 0 && p.Key(patient).Sub(drawHoldsBack).Chance(share)
}

// Trained reports whether a patient is one of the share who have learnt something that is taught to all.
func (p *People) Trained(patient int32, share float64) bool {
	return share > 0 && p.Key(patient).Sub(drawTrained).Chance(share)
}

// bitsOf returns the set of some conditions, one bit each.
func bitsOf(conditions []string) (set uint8) {
	for _, name := range conditions {
		if c, ok := scenarios.ParseCondition(name); ok {
			set |= 1 << c
		}
	}
	return set
}

// Conditions returns how many chronic conditions a patient has.
func (p *People) Conditions(patient int32) int { return bits.OnesCount8(p.conditions[patient]) }

// Age returns a patient's age in years.
func (p *People) Age(patient int32) int { return int(p.age[patient]) }

// Woman reports a patient's sex as portal surveys do.
func (p *People) Woman(patient int32) bool { return p.traits[patient]&woman != 0 }

// HighSchool reports whether a patient's education is high school or less.
func (p *People) HighSchool(patient int32) bool { return p.traits[patient]&highSchool != 0 }

// OtherLanguage reports whether a patient prefers a language other than English.
func (p *People) OtherLanguage(patient int32) bool { return p.traits[patient]&otherLanguage != 0 }

// LowIncome reports whether a patient's household income is in the lower stratum.
func (p *People) LowIncome(patient int32) bool { return p.traits[patient]&lowIncome != 0 }

// Race returns a patient's stratum.
func (p *People) Race(patient int32) Race { return Race(p.traits[patient] >> raceShift & 3) }

// Portal returns how far a patient has come with the portal.
func (p *People) Portal(patient int32) PortalState {
	return PortalState(p.traits[patient] >> portalShift & 3)
}

// HasCaregiver reports whether somebody may write in a patient's place.
func (p *People) HasCaregiver(patient int32) bool { return p.traits[patient]&hasCaregiver != 0 }

// HasProxy reports whether a patient's caregiver has a login of their own.
func (p *People) HasProxy(patient int32) bool { return p.traits[patient]&hasProxy != 0 }

// Barrier reports whether the portal's technology is a barrier to whoever writes for a patient.
func (p *People) Barrier(patient int32) bool { return p.traits[patient]&barrier != 0 }

// Physician returns a patient's primary care physician as an index in the roster.
func (p *People) Physician(patient int32) int { return int(p.physician[patient]) }

// Specialist returns a patient's specialist as an index in the roster, or false.
func (p *People) Specialist(patient int32) (int, bool) {
	return int(p.specialist[patient]), p.specialist[patient] >= 0
}

// Rate returns how many needs a week a patient has on average, those that follow operations apart; 0 without portal.
func (p *People) Rate(patient int32) float64 { return float64(p.rate[patient]) }

// NameKey returns the key of a patient's name; that of the proxy is a part of it.
func (p *People) NameKey(patient int32) des.Key { return p.Key(patient).Sub(drawName) }
