package sim

import (
	"github.com/portalbench/portalbench/generators"
	"github.com/portalbench/portalbench/results/stats"
	"github.com/portalbench/portalbench/scenarios"
	"github.com/portalbench/portalbench/sim/des"
)

// The parts of all threads whose outcomes are told apart, one range of numbers for each way to divide them.
const (
	partFelt       = 0
	partLabel      = partFelt + 2
	partSender     = partLabel + 2
	partCategory   = partSender + scenarios.NumSenders
	partTrigger    = partCategory + scenarios.NumCategories
	partSex        = partTrigger + generators.NumTriggers
	partAge        = partSex + 2
	partRace       = partAge + 3
	partIncome     = partRace + 4
	partEducation  = partIncome + 2
	partLanguage   = partEducation + 2
	partConditions = partLanguage + 2
	numParts       = partConditions + 3
)

// part is what became of a part of the threads.
type part struct {
	minutes *stats.Counter // to the first response
	shares  [numPartShares]int64
}

// Outcomes of which a part of the threads has a share.
const (
	partInOne = iota
	partUnanswered36h
	partByAddressee
	partBelow
	partUnresolved
	partLeft
	numPartShares
)

var partShareNames = [numPartShares]string{"answered_within_1_business_day", "unanswered_at_36h", "answered_by_addressee",
	"closed_below_needed_level", "not_resolved_by_messaging", "left_unanswered"}

// partsOf returns the parts that a thread belongs to.
func (c *Clinic) partsOf(t *thread) [12]int {
	p, who := c.people, t.person
	return [...]int{
		partFelt + int(when(t.content.Felt)),
		partLabel + int(when(t.urgent)),
		partSender + int(t.content.Sender),
		partCategory + int(t.content.Category),
		partTrigger + int(t.content.Trigger),
		partSex + int(when(p.Woman(who))),
		partAge + ageBand(p.Age(who)),
		partRace + int(p.Race(who)),
		partIncome + int(when(p.LowIncome(who))),
		partEducation + int(when(p.HighSchool(who))),
		partLanguage + int(when(p.OtherLanguage(who))),
		partConditions + min(p.Conditions(who), 2),
	}
}

// countParts books what became of a thread in every part it belongs to.
func (c *Clinic) countParts(t *thread) {
	took := newTaken(max(0, t.firstResponse-t.origin))
	shares := [numPartShares]int64{
		partInOne:         by(t.firstResponse, c.plan.clinic.deadline(t.origin, 1)),
		partUnanswered36h: 1 - by(t.firstResponse, t.origin+36*des.Hour),
		partByAddressee:   when(t.byAddress),
		partBelow:         when(t.below),
		partUnresolved:    when(t.departed || t.firstResponse == unset),
		partLeft:          when(t.departed && t.firstResponse == unset),
	}
	for _, i := range c.partsOf(t) {
		part := &c.tally.parts[i]
		for k, n := range shares {
			part.shares[k] += n
		}
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
	case part < partIncome:
		return map[string]string{"race": generators.Race(part - partRace).String()}
	case part < partEducation:
		return name("income", "higher", "lower")(part - partIncome)
	case part < partLanguage:
		return name("education", "beyond_high_school", "high_school")(part - partEducation)
	case part < partConditions:
		return name("language", "english", "other")(part - partLanguage)
	}
	return name("conditions", "0", "1", "2+")(part - partConditions)
}
