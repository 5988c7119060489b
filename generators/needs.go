package generators

import (
	"github.com/portalbench/portalbench/scenarios"
	"github.com/portalbench/portalbench/sim/des"
)

// Need is a moment at which a patient, or somebody in their place, wants something from the clinic. It does not
// depend on any policy.
type Need struct {
	At     des.Time
	Person int32
	Number int32 // the person's needs since the simulation began, from 0
}

// Needs appends the needs of all people in [from, to) to buf, in order of time; equal times in order of person. The
// needs of a span are the same whichever other spans are asked for. rep keeps the needs of replications apart.
//
// A person's needs are a Poisson process with the person's rate and the week's rhythm: unit exponential gaps, divided
// by the rate, mapped through the rhythm. Messages after visits, results and changes of medication are part of it: the
// points of a Poisson process, each moved by a delay of its own, are a Poisson process again. Operations are followed
// by several needs, which come in addition.
func (p *People) Needs(rep int, from, to des.Time, buf []Need) []Need {
	start := len(buf)
	for person, rate := range p.rate {
		if rate == 0 {
			continue
		}
		key := p.Key(int32(person)).Sub(drawNeeds).Sub(uint64(rep))
		end := float64(to/des.Week+1) * float64(rate)
		due := 0.0 // in expected needs
		for n := uint64(0); ; n++ {
			due += key.Sub(n).Exp()
			if due >= end {
				break
			}
			at := p.model.week.moment(due / float64(rate))
			if at >= to {
				break
			}
			if at >= from {
				buf = append(buf, Need{at, int32(person), int32(n)})
			}
			if p.model.triggers.surgery > 0 && p.model.triggers.pick(key.Sub(n)) == AfterSurgery {
				buf = p.recover(Need{at, int32(person), int32(n)}, key.Sub(n), due/float64(rate), from, to, buf)
			}
		}
	}
	sortByTime(buf[start:])
	return buf
}

// numberBits is where a need's number ends and that of the need within a recovery begins.
const numberBits = 24

// recover appends what follows the first need after an operation. Their number is geometric.
func (p *People) recover(first Need, key des.Key, weeks float64, from, to des.Time, buf []Need) []Need {
	more := p.model.triggers.recovery
	for i := uint64(1); i < 1<<(31-numberBits); i++ {
		k := key.Sub(drawRecovery).Sub(i)
		if k.Sub(0).Float()*(1+more) >= more {
			break
		}
		weeks += k.Sub(1).Exp() * p.model.demand.Triggers.BetweenSurgery / 7
		at := p.model.week.moment(weeks)
		if at >= to {
			break
		}
		if at >= from {
			buf = append(buf, Need{at, first.Person, first.Number | int32(i)<<numberBits})
		}
	}
	return buf
}

// sortByTime sorts needs by time and keeps the order of equal times: a radix sort, 11 bits a pass.
func sortByTime(needs []Need) {
	latest := des.Time(0)
	for i := range needs {
		latest = max(latest, needs[i].At)
	}
	from, into := needs, make([]Need, len(needs))
	for shift := uint(0); latest>>shift > 0; shift += 11 {
		var count [1 << 11]int32
		for i := range from {
			count[from[i].At>>shift&0x7ff]++
		}
		sum := int32(0)
		for d := range count {
			count[d], sum = sum, sum+count[d]
		}
		for i := range from {
			d := from[i].At >> shift & 0x7ff
			into[count[d]] = from[i]
			count[d]++
		}
		from, into = into, from
	}
	if len(needs) > 0 && &from[0] != &needs[0] {
		copy(needs, from)
	}
}

// Content is what a need becomes when it is written down. It does not depend on any policy.
type Content struct {
	Key          des.Key // of the need: draws that depend on the policy start from here
	Delegable    float64 // a role closes the thread if its authority is above this
	Category     scenarios.Category
	Label        scenarios.Category // the category the sender picks
	Needs        scenarios.Role     // the content needs somebody of this level, RoleNone: anybody
	Condition    scenarios.Condition
	Sender       scenarios.Sender
	Trigger      Trigger
	Files        int8
	HasCondition bool
	Urgent       bool // clinically
	HighRisk     bool // worded with high-risk symptoms
	Felt         bool // the sender feels it to be urgent
	Specialty    bool // a matter for the specialist, not for primary care
}

// Purposes tell the draws of one need apart. Draws that depend on a policy have theirs in package sim.
const (
	drawCategory = iota
	drawLabel
	drawOtherLabel
	drawSender
	drawProxyLogin
	drawUrgent
	drawHighRisk
	drawFelt
	drawSpecialty
	drawNeeded
	drawDelegable
	drawFiles
	drawCondition
	drawTrigger
	drawRecovery
	// FirstFreePurpose is the first number that Content leaves free for others under a Content's Key.
	FirstFreePurpose
)

// Content draws what need n is about. rep is that of Needs.
func (p *People) Content(rep int, n Need) Content {
	k := p.Key(n.Person).Sub(drawNeeds).Sub(uint64(rep)).Sub(uint64(n.Number))
	if n.Number>>numberBits > 0 {
		return p.ContentAfter(AfterSurgery, n.Person, k)
	}
	return p.ContentAfter(p.model.triggers.pick(k), n.Person, k)
}

// ContentAfter draws what a need of a person is about that a trigger has led to. Everything about it is drawn under k.
func (p *People) ContentAfter(trigger Trigger, person int32, k des.Key) Content {
	m := p.model
	c := Content{Key: k, Trigger: trigger, Delegable: k.Sub(drawDelegable).Float(),
		Category: m.triggers.category(trigger, k.Sub(drawCategory))}
	c.Label = c.Category
	if !k.Sub(drawLabel).Chance(m.demand.Label) {
		c.Label = OtherCategory(c.Category, k.Sub(drawOtherLabel))
	}
	c.Condition, c.HasCondition = p.pickCondition(person, k.Sub(drawCondition))
	c.Sender = p.pickSender(person, k)
	p.drawUrgency(&c, k)
	_, specialist := p.Specialist(person)
	c.Specialty = specialist && c.Category.Clinical() && k.Sub(drawSpecialty).Chance(m.demand.Specialist)
	needed := scenarios.Needed{Physician: m.threads.NeedsPhysician}
	if c.Specialty {
		needed = m.threads.SpecialtyNeeds
	}
	c.Needs = needed.Of(k.Sub(drawNeeded).Float())
	if k.Sub(drawFiles).Chance(m.demand.Attachment) {
		c.Files = 1
	}
	return c
}

// OtherCategory picks any category but c, all alike (assumed).
func OtherCategory(c scenarios.Category, k des.Key) scenarios.Category {
	other := scenarios.Category(k.IntN(scenarios.NumCategories - 1))
	if other >= c {
		other++
	}
	return other
}

// pickCondition picks one of a person's conditions, all alike (assumed).
func (p *People) pickCondition(person int32, k des.Key) (scenarios.Condition, bool) {
	n := p.Conditions(person)
	if n == 0 {
		return 0, false
	}
	skip := k.IntN(n)
	for c := scenarios.Condition(0); ; c++ {
		if !p.Has(person, c) {
			continue
		}
		if skip == 0 {
			return c, true
		}
		skip--
	}
}

// pickSender draws who writes. A caregiver writes in the place of those who have one, so often that the share of the
// group's threads is the scenario's; with a registered login, so often on it that the group's share is the scenario's.
func (p *People) pickSender(person int32, k des.Key) scenarios.Sender {
	g := p.caregivers(person)
	if !p.HasCaregiver(person) || !k.Sub(drawSender).Chance(g.Writes/g.Present) {
		return scenarios.Self
	}
	if p.HasProxy(person) && k.Sub(drawProxyLogin).Chance((1-g.UsesPatientLogin)*g.Present/g.Registered) {
		return scenarios.Proxy
	}
	return scenarios.Caregiver
}

func (p *People) drawUrgency(c *Content, k des.Key) {
	u := &p.model.demand.Urgency
	felt, worded := u.FeltOtherwise, p.model.highRisk
	if c.Category.Clinical() && k.Sub(drawUrgent).Chance(p.model.urgent) {
		c.Urgent, felt, worded = true, u.FeltIfUrgent, u.WordedIfUrgent
	}
	c.HighRisk = c.Category.Clinical() && k.Sub(drawHighRisk).Chance(worded)
	c.Felt = k.Sub(drawFelt).Chance(felt)
}
