package generators

import (
	"math/bits"

	"github.com/portalbench/portalbench/scenarios"
	"github.com/portalbench/portalbench/sim/des"
)

// Race is the stratum that portal surveys report.
type Race uint8

// The strata of race and ethnicity.
const (
	White Race = iota // White, and all others
	Black
	Hispanic
	Asian
)

// String returns the stratum's name in results.
func (r Race) String() string { return [...]string{"white", "black", "hispanic", "asian"}[r] }

// PortalState is how far a patient has come with the portal.
type PortalState uint8

// The portal states.
const (
	NotOffered PortalState = iota
	Offered
	Registered
	Active
)

// trait bits of a patient.
const (
	woman = 1 << iota
	highSchool
	otherLanguage
	lowIncome
	hasCaregiver
	hasProxy    // the caregiver is registered and has a login
	barrier     // the portal's technology is one
	raceShift   = iota
	portalShift = raceShift + 2
)

// People are the patients of one care network, with their caregivers and care teams: one array a field, 12 bytes a
// patient. Everything else about a patient is drawn again from keys when it is asked for. Read-only once drawn.
type People struct {
	model *Model
	key   des.Key // of the network

	rate       []float32 // threads a week; 0 without portal
	traits     []uint16
	age        []uint8
	conditions []uint8 // one bit a condition
	physician  []int16 // index in the roster
	specialist []int16 // -1: none
}

// Purposes tell the draws of one patient apart.
const (
	drawTraits = iota
	drawAge
	drawConditions
	drawPortal
	drawCaregiver
	drawCareTeam
	drawRate
	drawNeeds
	drawName
	drawBarrier
	drawHoldsBack
	drawTrained
)

// Draw makes the patients of a care network. The same seed, replication and network give the same people, whatever
// else was drawn before.
func (m *Model) Draw(seed uint64, replication, network, patients int) *People {
	p := &People{
		model: m, key: des.NewKey(seed).Sub(uint64(replication)).Sub(uint64(network)),
		rate: make([]float32, patients), traits: make([]uint16, patients), age: make([]uint8, patients),
		conditions: make([]uint8, patients), physician: make([]int16, patients), specialist: make([]int16, patients),
	}
	team := newTeam(m.roster)
	for i := range patients {
		p.draw(i, team)
	}
	return p
}

// Len returns the number of patients.
func (p *People) Len() int { return len(p.rate) }

// Key returns the key under which everything about a patient is drawn.
func (p *People) Key(patient int32) des.Key { return p.key.Sub(uint64(patient)) }

// StaffKey returns the key under which everything about a member of the network's staff is drawn.
// It depends on their group and number in it, so that a change of another group leaves them as they are.
func (p *People) StaffKey(member int) des.Key {
	m := &p.model.roster[member]
	k := p.key.Sub(1 << 32)
	for _, b := range []byte(m.Group) {
		k = k.Sub(uint64(b))
	}
	return k.Sub(uint64(m.Number))
}

// draw fills in patient i.
func (p *People) draw(i int, t team) {
	k := p.Key(int32(i))
	s := p.drawStratum(i, k)
	p.conditions[i] = p.drawConditions(k.Sub(drawConditions), s.over65)
	p.physician[i], p.specialist[i] = t.assign(k.Sub(drawCareTeam), p.conditions[i])
	p.drawCaregiver(i, k.Sub(drawCaregiver))
	state := p.drawPortal(k.Sub(drawPortal), s)
	p.traits[i] |= uint16(state)<<portalShift | flag(k.Sub(drawBarrier).Chance(p.barrierShare(s)), barrier)
	if state == Active {
		p.rate[i] = float32(p.model.writing.rate(bits.OnesCount8(p.conditions[i]), k.Sub(drawRate)))
	}
}

// drawStratum draws age and traits.
func (p *People) drawStratum(i int, k des.Key) stratum {
	shares := p.model.population.Strata
	age := drawAgeIn(shares, k.Sub(drawAge))
	k = k.Sub(drawTraits)
	s := stratum{
		woman: k.Sub(0).Chance(shares.Women), highSchool: k.Sub(1).Chance(shares.HighSchool),
		otherLanguage: k.Sub(2).Chance(shares.OtherLanguage), lowIncome: k.Sub(3).Chance(shares.LowIncome),
		race: Race(k.Sub(4).Pick(p.model.races)), over65: age >= 65, over70: age >= 70,
	}
	p.age[i] = uint8(age)
	p.traits[i] = flag(s.woman, woman) | flag(s.highSchool, highSchool) | flag(s.otherLanguage, otherLanguage) |
		flag(s.lowIncome, lowIncome) | uint16(s.race)<<raceShift
	return s
}

func flag(on bool, bit uint16) uint16 {
	if on {
		return bit
	}
	return 0
}

// drawAgeIn draws a band by its share and an age uniformly within it: 18-49, 50-64, 65-74, 75-95.
func drawAgeIn(s scenarios.Strata, k des.Key) int {
	u, v := k.Sub(0).Float(), k.Sub(1)
	switch {
	case u < s.Age75AndOver:
		return 75 + v.IntN(21)
	case u < s.Age75AndOver+s.Age65To74:
		return 65 + v.IntN(10)
	case u < s.Age75AndOver+s.Age65To74+s.Age50To64:
		return 50 + v.IntN(15)
	}
	return 18 + v.IntN(32)
}

func (p *People) drawConditions(k des.Key, over65 bool) uint8 {
	set := uint8(0)
	for c := range scenarios.NumConditions {
		prevalence := p.model.population.Conditions.Of(scenarios.Condition(c))
		if scenarios.Condition(c) == scenarios.Dementia && !over65 {
			continue
		}
		if k.Sub(uint64(c)).Chance(prevalence) {
			set |= 1 << c
		}
	}
	return set
}

// barrierShare returns the chance that the portal's technology is a barrier to somebody in s.
func (p *People) barrierShare(s stratum) float64 {
	if s.over65 {
		return p.model.population.Technology.BarrierFrom65
	}
	return p.model.population.Technology.BarrierUnder65
}

func (p *People) drawPortal(k des.Key, s stratum) PortalState {
	switch pop := &p.model.population; {
	case k.Sub(0).Chance(logistic(p.model.intercept + p.model.adoption.logOdds(s))):
		return Active
	case !k.Sub(1).Chance(pop.Offered):
		return NotOffered
	case k.Sub(2).Chance(pop.Registered):
		return Registered
	}
	return Offered
}

// drawCaregiver draws whether there is a caregiver and, of those, whether they are registered.
func (p *People) drawCaregiver(i int, k des.Key) {
	g := p.caregivers(int32(i))
	u := k.Float()
	p.traits[i] |= flag(u < g.Present, hasCaregiver) | flag(u < g.Registered, hasProxy)
}

func (p *People) caregivers(patient int32) scenarios.CaregiverGroup {
	if p.Has(patient, scenarios.Dementia) {
		return p.model.population.Caregivers.Dementia
	}
	return p.model.population.Caregivers.Others
}

// team lists whom patients can be assigned to.
type team struct {
	physicians  []int16
	specialists map[string][]int16 // by clinic
}

func newTeam(roster []Member) team {
	t := team{specialists: map[string][]int16{}}
	for i, m := range roster {
		switch m.Role {
		case scenarios.Physician:
			t.physicians = append(t.physicians, int16(i))
		case scenarios.Specialist:
			t.specialists[m.Clinic] = append(t.specialists[m.Clinic], int16(i))
		}
	}
	return t
}

// assign gives each patient a physician, and a specialist to those with a condition that one of the clinics takes
// care of. All members of a group have panels of the same expected size.
func (t team) assign(k des.Key, conditions uint8) (physician, specialist int16) {
	physician, specialist = t.physicians[k.Sub(0).IntN(len(t.physicians))], -1
	for c := range scenarios.NumConditions {
		if conditions&(1<<c) == 0 {
			continue
		}
		if list := t.specialists[clinicFor(scenarios.Condition(c))]; len(list) > 0 {
			return physician, list[k.Sub(1).IntN(len(list))]
		}
	}
	return physician, specialist
}
