package generators

import "github.com/portalbench/portalbench/scenarios"

// topicWords are the nouns that go with a condition.
type topicWords struct {
	medicines []string // classes, never brands; go with "the"
	symptoms  []string // mild; go with "noticed" and "with"
	tests     []string // go with "the"
}

var conditionWords = [scenarios.NumConditions]topicWords{
	scenarios.Hypertension: {
		medicines: []string{"blood pressure tablet", "water pill", "ACE inhibitor", "calcium channel blocker",
			"beta blocker"},
		symptoms: []string{"some dizziness on standing up", "a dull headache in the {part}", "puffy ankles by evening",
			"a dry cough", "a flushed face after the tablet", "top numbers of {138-162}"},
		tests: []string{"kidney blood test", "potassium test", "24 hour blood pressure recording", "urine protein test"},
	},
	scenarios.Diabetes: {
		medicines: []string{"long-acting insulin", "mealtime insulin", "diabetes tablet", "weekly injection",
			"sugar sensor"},
		symptoms: []string{"sugars of {165-240} before breakfast", "shaky spells before lunch",
			"tingling in both feet", "more thirst than usual", "a sore spot on the heel", "an upset stomach after meals"},
		tests: []string{"A1c test", "kidney function test", "eye photograph", "urine protein test"},
	},
	scenarios.COPD: {
		medicines: []string{"maintenance inhaler", "rescue inhaler", "nebulizer solution", "course of steroid tablets",
			"antibiotic for flare-ups"},
		symptoms: []string{"more phlegm than usual", "a morning cough", "wheezing on the stairs",
			"tiredness after a shower", "saturations of {91-94} percent", "a need for the rescue inhaler {2-4} times a day"},
		tests: []string{"breathing test", "chest X-ray", "sputum culture", "six minute walk"},
	},
	scenarios.HeartFailure: {
		medicines: []string{"water pill", "beta blocker", "heart failure tablet", "potassium supplement",
			"blood thinner"},
		symptoms: []string{"ankles that leave a dent by evening", "{1-2} kg more on the scale this week",
			"less energy on the stairs", "many trips to the bathroom at night", "cramps in the calves",
			"some dizziness in the {part}"},
		tests: []string{"heart ultrasound", "kidney blood test", "potassium test", "heart strain blood test"},
	},
	scenarios.Coronary: {
		medicines: []string{"cholesterol tablet", "low-dose aspirin", "beta blocker", "nitrate tablet",
			"blood thinner"},
		symptoms: []string{"sore thighs since the cholesterol tablet", "bruises on both arms", "cold hands",
			"a slow pulse of {46-54}", "tired legs after {10-30} minutes of walking", "poor sleep"},
		tests: []string{"cholesterol panel", "exercise test", "heart tracing", "liver blood test"},
	},
	scenarios.Asthma: {
		medicines: []string{"preventer inhaler", "rescue inhaler", "allergy tablet", "nasal spray", "spacer"},
		symptoms: []string{"a cough at night {2-4} times a week", "wheezing after running", "a hoarse voice",
			"itchy eyes since {day}", "peak flows of {310-390}", "a tickle in the throat"},
		tests: []string{"breathing test", "allergy test", "peak flow diary", "chest X-ray"},
	},
	scenarios.Depression: {
		medicines: []string{"antidepressant", "sleep tablet", "evening mood tablet", "calming tablet"},
		symptoms: []string{"waking at {3-5} every morning", "little appetite", "a dry mouth", "low energy until noon",
			"less joy in things", "trouble keeping {my} mind on a book"},
		tests: []string{"mood questionnaire", "thyroid test", "vitamin test", "sleep diary"},
	},
	scenarios.Dementia: {
		medicines: []string{"memory tablet", "sleep tablet", "memory patch", "evening calming tablet"},
		symptoms: []string{"more wandering in the {part}", "the same question {5-20} times a day",
			"less interest in meals", "restless evenings", "lost glasses and keys every {day}", "poor sleep"},
		tests: []string{"memory test", "vitamin test", "thyroid test", "head scan"},
	},
}

var generalWords = topicWords{
	medicines: []string{"antibiotic", "pain tablet", "stomach acid tablet", "thyroid tablet", "cholesterol tablet",
		"skin cream", "allergy tablet", "eye drops", "vitamin supplement"},
	symptoms: []string{"a sore throat", "pain in the lower back", "an itchy rash since {day}",
		"a stiff knee", "heartburn after dinner", "a runny nose", "a swollen finger", "trouble falling asleep",
		"burning when passing water", "ringing in one ear"},
	tests: []string{"thyroid test", "cholesterol panel", "blood count", "urine test", "knee X-ray", "vitamin test"},
}

// conditionDetails are what senders add about a condition.
var conditionDetails = [scenarios.NumConditions][]string{
	scenarios.Hypertension: {
		"The cuff at home showed {128-158} over {72-94} on {day}.",
		"{X} check{s} the pressure {1-3} times a day, sitting, after five minutes of rest.",
		"Salt is down to what is in the bread.",
		"The pressure is higher at the clinic than at home by about {8-20} points.",
		"The {med} was changed {2-10} weeks ago.",
	},
	scenarios.Diabetes: {
		"The meter showed {110-220} today and {95-180} on {day}.",
		"{My} last A1c was between {6-7} and {8-9} as far as I remember.",
		"{X} inject{s} {10-34} units in the {part}.",
		"There are {3-20} test strips left.",
		"Breakfast is at {6-9}, and the sugar is highest about two hours later.",
	},
	scenarios.COPD: {
		"The finger meter showed {90-95} percent on {day}.",
		"{X} gave up smoking {2-15} years ago.",
		"{X} use{s} oxygen at {1-3} liters during the {part}.",
		"The last flare-up was in {month}.",
		"{X} can walk about {50-300} meters before a rest.",
	},
	scenarios.HeartFailure: {
		"The scale showed {68-97} kg today, after {67-96} on {day}.",
		"{X} keep{s} to {1-2} liters of fluid a day, as the nurse asked.",
		"The last hospital stay ended {3-20} weeks ago.",
		"{X} sleep{s} on {2-3} pillows, as before.",
		"The {med} was doubled {2-8} weeks ago.",
	},
	scenarios.Coronary: {
		"The stent was put in {2-9} years ago.",
		"{X} walk{s} {15-50} minutes on most days.",
		"The pulse was {54-78} at rest on {day}.",
		"The cardiologist saw {me} in {month}.",
		"{X} {have} not needed the nitrate spray for {3-20} weeks.",
	},
	scenarios.Asthma: {
		"The peak flow was {280-430} today.",
		"{X} used the rescue inhaler {1-5} times last week.",
		"Pollen is high here until {month}.",
		"There is a cat in the house where {x} stay{s} on weekends.",
		"{X} last needed steroid tablets in {month}.",
	},
	scenarios.Depression: {
		"{X} sleep{s} about {4-7} hours.",
		"{X} see{s} a counselor every {2-4} weeks.",
		"The dose was raised {3-9} weeks ago.",
		"{X} {am} back at work {2-4} days a week.",
		"Going out for {10-40} minutes in the {part} helps a little.",
	},
	scenarios.Dementia: {
		"The day program takes {me} {2-4} days a week.",
		"Evenings are harder than mornings.",
		"{X} weighed {52-81} kg on {day}.",
		"A neighbor looks in at {9-11} in the morning.",
		"The memory clinic saw {me} in {month}.",
	},
}
