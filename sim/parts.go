package sim

import (
	"github.com/portalbench/portalbench/generators"
	"github.com/portalbench/portalbench/scenarios"
)

// The parts of all threads whose first response is told apart, one range of numbers for each way to divide them.
const (
	partFelt       = 0
	partLabel      = partFelt + 2
	partSender     = partLabel + 2
	partCategory   = partSender + scenarios.NumSenders
	partTrigger    = partCategory + scenarios.NumCategories
	partSex        = partTrigger + generators.NumTriggers
	partAge        = partSex + 2
	partRace       = partAge + 3
	partLanguage   = partRace + 4
	partConditions = partLanguage + 2
	numParts       = partConditions + 3
)

// countParts books a thread's first response in every part it belongs to.
func (c *Clinic) countParts(t *thread) {
	p, who := c.people, t.person
	took := newTaken(max(0, t.firstResponse-t.origin))
	inOne := by(t.firstResponse, c.plan.clinic.deadline(t.origin, 1))
	for _, i := range [...]int{
		partFelt + int(when(t.content.Felt)),
		partLabel + int(when(t.urgent)),
		partSender + int(t.content.Sender),
		partCategory + int(t.content.Category),
		partTrigger + int(t.content.Trigger),
		partSex + int(when(p.Woman(who))),
		partAge + ageBand(p.Age(who)),
		partRace + int(p.Race(who)),
		partLanguage + int(when(p.OtherLanguage(who))),
		partConditions + min(p.Conditions(who), 2),
	} {
		part := &c.tally.parts[i]
		part.inOne += inOne
		if t.firstResponse == unset {
			part.minutes.NotReached()
		} else {
			part.minutes.Add(took.minutes, took.bucket)
		}
	}
}

func ageBand(age int) int { return int(when(age >= 50) + when(age >= 65)) }

// where names a part, as measures do.
func where(part int) map[string]string {
	name := func(key string, values ...string) func(int) map[string]string {
		return func(i int) map[string]string { return map[string]string{key: values[i]} }
	}
	switch urgencies := []string{"routine", "urgent"}; {
	case part < partLabel:
		return name("felt_urgency", urgencies...)(part - partFelt)
	case part < partSender:
		return name("label", urgencies...)(part - partLabel)
	case part < partCategory:
		return map[string]string{"sender": scenarios.Sender(part - partSender).String()}
	case part < partTrigger:
		return map[string]string{"category": scenarios.Category(part - partCategory).String()}
	case part < partSex:
		return map[string]string{"trigger": generators.Trigger(part - partTrigger).String()}
	case part < partAge:
		return name("sex", "men", "women")(part - partSex)
	case part < partRace:
		return name("age", "18-49", "50-64", "65+")(part - partAge)
	case part < partLanguage:
		return map[string]string{"race": generators.Race(part - partRace).String()}
	case part < partConditions:
		return name("language", "english", "other")(part - partLanguage)
	}
	return name("conditions", "0", "1", "2+")(part - partConditions)
}
