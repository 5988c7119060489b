package generators

import (
	"strings"

	"github.com/portalbench/portalbench/scenarios"
	"github.com/portalbench/portalbench/sim/des"
)

// Shares of texts that a keyword rule sees rightly and wrongly. Both are assumed: they make texts on which a portal's
// own rule finds some messages and misses others. The simulated classifiers do not read texts; they follow the
// sensitivity and specificity that the policy declares.
const (
	riskInKeywords  = 0.5  // of high-risk texts: name the symptom in the rule's words
	keywordsNoCause = 0.02 // of the others: mention one of them as past, feared or absent
)

// keywords are what KeywordRule looks for, in lower case. Only the lists of this file may use them.
var keywords = [...]string{"chest pain", "chest pressure", "chest tightness", "shortness of breath", "short of breath",
	"trouble breathing", "passed out", "fainted", "unconscious", "stroke", "slurred speech", "seizure",
	"heart attack", "coughing up blood", "suicidal", "overdose", "blue lips", "severe bleeding"}

// Keywords returns the words a simple rule for urgent messages looks for, in lower case. The caller owns the slice.
func Keywords() []string { return append([]string(nil), keywords[:]...) }

// KeywordRule reports whether a text has one of Keywords as whole words, in upper or lower case.
func KeywordRule(text string) bool {
	text = strings.ToLower(text)
	for _, w := range keywords {
		if hasWords(text, w) {
			return true
		}
	}
	return false
}

// hasWords reports whether words occur in text with no letter or digit next to them.
func hasWords(text, words string) bool {
	for from := 0; ; {
		i := strings.Index(text[from:], words)
		if i < 0 {
			return false
		}
		start, end := from+i, from+i+len(words)
		if (start == 0 || !alphanumeric(text[start-1])) && (end == len(text) || !alphanumeric(text[end])) {
			return true
		}
		from = start + 1
	}
}

func alphanumeric(c byte) bool { return 'a' <= c && c <= 'z' || '0' <= c && c <= '9' }

// alarm adds the high-risk symptom, if there is one, or now and then a harmless mention of a keyword.
func (p *pen) alarm(k des.Key) {
	u := k.Float()
	switch risk := riskOf(p.wording); {
	case p.wording.HighRisk && u < riskInKeywords:
		p.sentence(risk.named)
	case p.wording.HighRisk:
		p.sentence(risk.described)
	case u < keywordsNoCause:
		p.sentence(harmlessMentions)
	}
}

// risk holds sentences on one group of symptoms that a clinician would call high risk.
type risk struct {
	named     []string // in words of the rule
	described []string // the same in everyday words
}

func riskOf(w Wording) *risk {
	if !w.HasCondition {
		return &generalRisk
	}
	switch w.Condition {
	case scenarios.HeartFailure:
		return &fluidRisk
	case scenarios.COPD, scenarios.Asthma:
		return &lungRisk
	case scenarios.Diabetes:
		return &sugarRisk
	case scenarios.Depression:
		return &moodRisk
	case scenarios.Dementia:
		return &brainRisk
	}
	return &heartRisk
}

var heartRisk = risk{
	named: []string{
		"{X} had chest pain at rest for {10-40} minutes on {day} {part}.",
		"There was chest pressure going into the left arm while {x} sat on the sofa.",
		"{X} woke with chest tightness and a cold sweat {2-4} nights this week.",
		"{X} fainted in the kitchen on {day} and remember{s} nothing of the fall.",
		"I am afraid that this is a heart attack, the ache has not let go for {20-90} minutes.",
	},
	described: []string{
		"It feels as if somebody sits on {my} breastbone, even when {x} {do} nothing, and it moves up into the jaw.",
		"A squeezing behind the ribs came while {x} {am} lying still, with sweat and nausea, for {10-40} minutes.",
		"{X} went down without warning on {day} and came round on the floor.",
		"{My} left arm went heavy and {my} skin turned grey and wet in the {part}.",
		"The heart raced at {150-190} a minute for an hour and everything went dark at the edges.",
	},
}

var fluidRisk = risk{
	named: []string{
		"{X} {am} short of breath even in the chair, and it is getting worse since {day}.",
		"The shortness of breath wakes {me} {2-5} times a night.",
		"{X} {have} trouble breathing when lying down and sleep{s} upright.",
		"{X} passed out after climbing {4-12} steps on {day}.",
		"There was chest pressure in the {part}, together with swollen legs.",
	},
	described: []string{
		"Lying flat feels like drowning, {x} spent {2-5} nights sitting up in the armchair.",
		"{X} gained {4-8} kg in {3-5} days and cannot finish a sentence without a pause for air.",
		"{X} woke gasping at {1-4} in the night and had to hang out of the window for air.",
		"Pink foam came up with the cough on {day} {part}.",
		"{X} went limp at the table and could not be talked to for a minute or {2-3}.",
	},
}

var lungRisk = risk{
	named: []string{
		"{X} {am} short of breath at rest and the rescue inhaler helps for {10-25} minutes only.",
		"{X} {have} trouble breathing since {day} and cannot walk to the bathroom.",
		"{X} had blue lips this {part}, and the meter showed {80-86} percent.",
		"{X} {am} coughing up blood, about {2-4} spoons since {day}.",
		"The chest tightness does not go away with the nebulizer any more.",
	},
	described: []string{
		"{X} get{s} out {2-3} words at a time and then need{s} air.",
		"{X} used the rescue inhaler {12-20} times since {day} and it does nothing now.",
		"{My} fingertips and mouth look blue, and the meter stays at {80-86} percent.",
		"The skin between {my} ribs pulls in with every breath.",
		"Bright red streaks come up with the phlegm, more each {part}.",
	},
}

var sugarRisk = risk{
	named: []string{
		"{X} passed out on {day}, and the meter showed {34-48} afterwards.",
		"{X} had a seizure when the sugar was {30-45} on {day} {part}.",
		"I fear an overdose: the mealtime insulin was given {2-3} times by mistake.",
		"{X} was unconscious for some minutes before the juice worked.",
		"{X} had chest pain in the {part} and felt sick with it.",
	},
	described: []string{
		"The meter has said {410-590} since {day}, with vomiting and a breath that smells of fruit.",
		"{X} could not be woken properly on {day} until sugar was rubbed on the gums, the meter said {34-48}.",
		"{X} {have} kept nothing down for {18-40} hours and breathe{s} fast and deep.",
		"{My} foot turned black at two toes, with red lines up to the knee.",
		"{X} was confused and shaking with the sugar at {36-49}, {3-5} times this week.",
	},
}

var moodRisk = risk{
	named: []string{
		"{X} {have} suicidal thoughts since {day}, more in the {part}.",
		"I am afraid of an overdose, {x} {have} saved up {20-60} tablets.",
		"{X} {am} suicidal and {do} not want to be alone tonight.",
		"{X} took an overdose {2-6} days ago and told nobody.",
	},
	described: []string{
		"{X} keep{s} thinking that everybody would be better off without {me}.",
		"{X} wrote goodbye letters on {day} and gave {my} things away.",
		"{X} {do} not see a reason to be here next week and {have} planned how to end it.",
		"The voices tell {me} to do harm, louder since {day}.",
	},
}

var brainRisk = risk{
	named: []string{
		"It looks like a stroke: one corner of the mouth hangs since {day} {part}.",
		"There is slurred speech since this {part}, and one hand drops things.",
		"{X} had a seizure of {2-5} minutes on {day}.",
		"{X} fainted {2-3} times since {day}.",
		"{X} was found unconscious beside the bed on {day}.",
	},
	described: []string{
		"One side of {my} face hangs and the words come out wrong since this {part}.",
		"{X} hit {my} head in a fall on {day} and {am} hard to wake since.",
		"{My} right arm does not move any more, it came all at once in the {part}.",
		"{X} {have} eaten and drunk nothing for {2-3} days and hardly open{s} the eyes.",
		"{X} shook all over with rolled-up eyes for {2-5} minutes on {day}.",
	},
}

var generalRisk = risk{
	named: []string{
		"{X} had chest pain for {10-40} minutes on {day} {part}.",
		"{X} {am} short of breath since {day}, even when sitting.",
		"{X} passed out on {day} and hit {my} head.",
		"There is severe bleeding since {day}, {3-6} pads an hour.",
		"There was slurred speech for {10-30} minutes on {day} {part}.",
	},
	described: []string{
		"The worst headache of {my} life came like a clap on {day} {part}.",
		"{X} went down without warning and lay there for a minute or {2-3}.",
		"{X} vomited what looked like coffee grounds {2-4} times since {day}.",
		"A heavy weight sits on {my} breastbone and it spreads to the back.",
		"{My} calf is hot and twice its size, and every breath stings since {day}.",
	},
}

var harmlessMentions = []string{
	"There has been no chest pain.",
	"Nothing to worry about like chest pain or blue lips.",
	"Since the chest pain last year {x} {am} more careful.",
	"{My} father had a heart attack at {48-66}, so I keep an eye on it.",
	"{X} had a stroke {3-12} years ago and {have} been well since.",
	"{X} fainted once in {month} last year, and it was looked into then.",
	"{X} {am} not short of breath, if you want to know.",
}

var alarmTopics = []string{
	"Chest pain", "Chest pressure since {day}", "Short of breath", "Fainted on {day}", "Trouble breathing at night",
	"Chest tightness and a question", "Passed out last {day}", "Question after the stroke",
}
