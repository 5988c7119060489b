package triage

import (
	"github.com/portalbench/portalbench/generators"
	"github.com/portalbench/portalbench/scenarios"
	"github.com/portalbench/portalbench/sim"
	"github.com/portalbench/portalbench/sim/des"
)

// message is a thread that has just arrived, as a policy knows it.
type message struct {
	view     *sim.View
	category scenarios.Category // as classified or, without a classifier, as labelled
	urgent   bool               // as classified
}

// fact is something that an expression may ask about a message. What nobody can know at the time, as whether a
// message is really urgent, is not among them.
type fact struct {
	name  string
	kind  kind
	texts []string // of a text: what it can be
	of    func(m *message) any
}

// kind is what a value is, in an expression.
type kind uint8

const (
	truth kind = iota
	number
	text
	unknown // of a part that is wrong already
)

var (
	kindNames     = [...]string{truth: "true or false", number: "a number", text: "a text"}
	kindsInPlural = [...]string{truth: "what is true or false", number: "numbers", text: "texts"}
)

// facts returns everything that expressions may ask about, in the order in which it is listed for readers.
func facts(p pools) []fact {
	all := []fact{
		choice("category", categories(), func(m *message) int { return int(m.category) }),
		choice("label", categories(), func(m *message) int { return int(m.view.Label) }),
		{"urgent", truth, nil, func(m *message) any { return m.urgent }},
		{"felt_urgent", truth, nil, func(m *message) any { return m.view.Felt }},
		choice("sender", []string{"self", "proxy"}, func(m *message) int { return login(m.view.Sender) }),
		{"specialty", truth, nil, func(m *message) any { return m.view.Specialty }},
		{"to_pool", truth, nil, func(m *message) any { return m.view.ToPool }},
		{"age", number, nil, func(m *message) any { return m.view.People.Age(m.view.Patient) }},
		{"conditions", number, nil, func(m *message) any { return m.view.People.Conditions(m.view.Patient) }},
	}
	for c := range scenarios.NumConditions {
		all = append(all, fact{scenarios.Condition(c).String(), truth, nil,
			func(m *message) any { return m.view.People.Has(m.view.Patient, scenarios.Condition(c)) }})
	}
	all = append(all,
		fact{"woman", truth, nil, func(m *message) any { return m.view.People.Woman(m.view.Patient) }},
		choice("race", races(), func(m *message) int { return int(m.view.People.Race(m.view.Patient)) }),
		choice("language", []string{"english", "other"}, language),
		fact{"low_income", truth, nil, func(m *message) any { return m.view.People.LowIncome(m.view.Patient) }},
		fact{"high_school", truth, nil, func(m *message) any { return m.view.People.HighSchool(m.view.Patient) }},
		fact{"hour", number, nil, func(m *message) any { return int(m.view.Now % des.Day / des.Hour) }},
		choice("weekday", []string{"mon", "tue", "wed", "thu", "fri", "sat", "sun"},
			func(m *message) int { return m.view.Now.DayOfWeek() }),
	)
	return append(all, queues(p)...)
}

// queues are the facts about how many threads wait.
func queues(p pools) []fact {
	counts := counts()
	all := []fact{{"queue_addressee", number, nil,
		func(m *message) any { return counts.boxed(m.view.WaitingForAddressee()) }}}
	for _, r := range []scenarios.Role{scenarios.RN, scenarios.MA, scenarios.APP, scenarios.Pharmacist,
		scenarios.FrontDesk} {
		all = append(all, fact{"queue_" + r.String(), number, nil,
			func(m *message) any { return counts.boxed(m.view.Waiting(r)) }})
	}
	if team := p.destination("team"); team != scenarios.RoleNone {
		all = append(all, fact{"queue_team", number, nil, func(m *message) any { return counts.boxed(m.view.Waiting(team)) }})
	}
	return all
}

// boxes are values of which an expression needs one as an interface: made once, they cost no memory when asked for.
type boxes []any

// mostBoxed is beyond the longest queue of a clinic that copes.
const mostBoxed = 1 << 12

func counts() boxes {
	b := make(boxes, mostBoxed)
	for i := range b {
		b[i] = i
	}
	return b
}

func (b boxes) boxed(n int) any {
	if n < len(b) {
		return b[n]
	}
	return n
}

// choice is a fact that is one of several texts.
func choice(name string, texts []string, which func(m *message) int) fact {
	boxed := make(boxes, len(texts))
	for i, s := range texts {
		boxed[i] = s
	}
	return fact{name, text, texts, func(m *message) any { return boxed[which(m)] }}
}

func categories() (names []string) {
	for c := range scenarios.NumCategories {
		names = append(names, scenarios.Category(c).String())
	}
	return names
}

// login tells a proxy's login from the patient's own. Who sits in front of the latter no portal knows (CAR-03).
func login(s scenarios.Sender) int {
	if s == scenarios.Proxy {
		return 1
	}
	return 0
}

func races() []string {
	return []string{generators.White.String(), generators.Black.String(), generators.Hispanic.String(),
		generators.Asian.String()}
}

func language(m *message) int {
	if m.view.People.OtherLanguage(m.view.Patient) {
		return 1
	}
	return 0
}
