package sim

import (
	"github.com/portalbench/portalbench/generators"
	"github.com/portalbench/portalbench/scenarios"
)

// The parts of all threads and needs whose outcomes are told apart, one range of numbers for each way to divide them.
// Those by which equity is judged come first, after actual urgency: of them everything is told.
const (
	partActual     = part(0)
	partSender     = partActual + 2
	partSex        = partSender + part(scenarios.NumSenders)
	partAge        = partSex + 2
	partRace       = partAge + 3
	partIncome     = partRace + 4
	partEducation  = partIncome + 2
	partLanguage   = partEducation + 2
	partConditions = partLanguage + 2
	partFelt       = partConditions + 3
	partLabel      = partFelt + 2
	partCategory   = partLabel + 2
	partTrigger    = partCategory + part(scenarios.NumCategories)
	numParts       = partTrigger + part(generators.NumTriggers)

	toldInFull = partFelt // parts below this
)

// part is the number of a part.
type part = uint8

// byPart is a sum for every part.
type byPart [numParts]int64

func (b *byPart) add(parts []part, n int64) {
	for _, p := range parts {
		b[p] += n
	}
}

// of returns the sum over some parts.
func (b *byPart) of(parts []part) (sum int64) {
	for _, p := range parts {
		sum += b[p]
	}
	return sum
}

// whole are the parts that make up everything.
func whole() []part { return []part{partActual + routine, partActual + urgent} }

// numFull is how many of the parts of a thread or need are told in full.
const numFull = 9

// parts are those that a need or thread belongs to: those that are told in full, felt urgency, category, trigger, and,
// of threads, the label.
type parts [numFull + 4]part

// partsOf returns the parts that a need belongs to.
func (c *Clinic) partsOf(person int32, n *generators.Content) parts {
	all := parts{partActual + part(when(n.Urgent)), partSender + part(n.Sender),
		numFull: partFelt + part(when(n.Felt)), partCategory + part(n.Category), partTrigger + part(n.Trigger)}
	copy(all[2:], c.strata[person][:])
	return all
}

// full returns those that are told in full.
func (p *parts) full() []part { return p[:numFull] }

// ofNeed returns those that needs have.
func (p *parts) ofNeed() []part { return p[:numFull+3] }

// strata are the parts that a patient belongs to.
type strata [7]part

func strataOf(p *generators.People, who int32) strata {
	return strata{
		partSex + part(when(p.Woman(who))),
		partAge + ageBand(p.Age(who)),
		partRace + part(p.Race(who)),
		partIncome + part(when(p.LowIncome(who))),
		partEducation + part(when(p.HighSchool(who))),
		partLanguage + part(when(p.OtherLanguage(who))),
		partConditions + part(min(p.Conditions(who), 2)),
	}
}

func ageBand(age int) part { return part(when(age >= 50) + when(age >= 65)) }

// where names a part, as measures do.
func where(p part) map[string]string {
	name := func(key string, first part, values ...string) map[string]string {
		return map[string]string{key: values[p-first]}
	}
	switch urgencies := Urgencies(); {
	case p < partSender:
		return name("actual_urgency", partActual, urgencies...)
	case p < partSex:
		return map[string]string{"sender": scenarios.Sender(p - partSender).String()}
	case p < partAge:
		return name("sex", partSex, "men", "women")
	case p < partRace:
		return name("age", partAge, "18-49", "50-64", "65+")
	case p < partIncome:
		return map[string]string{"race": generators.Race(p - partRace).String()}
	case p < partEducation:
		return name("income", partIncome, "higher", "lower")
	case p < partLanguage:
		return name("education", partEducation, "beyond_high_school", "high_school")
	case p < partConditions:
		return name("language", partLanguage, "english", "other")
	case p < partFelt:
		return name("conditions", partConditions, "0", "1", "2+")
	case p < partLabel:
		return name("felt_urgency", partFelt, urgencies...)
	case p < partCategory:
		return name("label", partLabel, urgencies...)
	case p < partTrigger:
		return map[string]string{"category": scenarios.Category(p - partCategory).String()}
	}
	return map[string]string{"trigger": generators.Trigger(p - partTrigger).String()}
}
