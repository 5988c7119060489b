package generators

import "github.com/portalbench/portalbench/scenarios"

// signatures are how roles sign.
var signatures = [scenarios.NumRoles]string{
	scenarios.Physician: "physician", scenarios.Specialist: "specialist", scenarios.APP: "nurse practitioner",
	scenarios.RN: "care team nurse", scenarios.MA: "medical assistant", scenarios.Pharmacist: "clinic pharmacist",
	scenarios.FrontDesk: "front desk",
}

var staffGreetings = []string{
	"Thank you for your message.", "Thank you for letting us know.", "Hello, and thank you for writing.",
	"Good morning.", "Good afternoon.", "Thank you for your question.", "Thank you for your patience.",
	"I have read your message.",
}

var staffClosings = []string{
	"Please write again if anything changes.", "Let us know if you have more questions.", "Have a good {day}.",
	"We wish you well.", "Please write back if that does not help within {2-7} days.", "Take care.",
	"A short message here is enough if you need us again.",
}

// alarmAnswers meet high-risk symptoms.
var alarmAnswers = []string{
	"What you describe has to be seen now: please call the emergency services and do not drive yourself.",
	"This cannot wait for a message. Please go to the nearest emergency department now, with somebody beside you.",
	"I tried to call you {2-3} times. Please call the emergency services if it comes back even once.",
	"Please come in today, and call the emergency services if it gets worse on the way.",
}

// answersOf say what happens about a category.
var answersOf = [scenarios.NumCategories][]string{
	scenarios.Renewal: {
		"The {med} has been renewed for {30-90} days.",
		"The refill went to your pharmacy on {day} and should be ready after {2-24} hours.",
		"There are {1-4} refills left, the pharmacy can fill it without us.",
		"Before the next refill we need the {test}.",
		"I have renewed it once, please book a visit before {month}.",
	},
	scenarios.Scheduling: {
		"Your visit is now on {day} at {8-11} in the morning.",
		"We have openings on {day} and {day} at {1-4}.",
		"The visit on {day} is cancelled.",
		"A video visit is possible on {day} {part}.",
		"You are on the waiting list, {2-9} people are before you.",
	},
	scenarios.Medication: {
		"Please go on with the {med} as before.",
		"Take half of the {med} for {5-14} days and write to us how it goes.",
		"What you noticed can come from the {med} and often fades within {2-4} weeks.",
		"One dose too many will not harm you, skip the next one.",
		"The new box holds the same medicine from another maker.",
	},
	scenarios.Symptom: {
		"From what you write it can be watched at home for {3-7} days.",
		"I would like to examine you, please book a visit within {2-7} days.",
		"Rest, warm fluids and your usual medicines are enough for now.",
		"This may be linked to the {med}, we will look at it on {day}.",
		"Please answer three questions: since when, how often, and what makes it better?",
	},
	scenarios.Result: {
		"The {test} is in order.",
		"The {test} is a little outside the range, which is common and no worry at this level.",
		"We will repeat the {test} in {4-12} weeks.",
		"The lab needs {2-6} more days for the result.",
		"The {test} means that the {med} works, nothing has to change.",
	},
	scenarios.Referral: {
		"The referral was sent again on {day}.",
		"The specialist's office will call you within {3-10} days.",
		"Another clinic has openings in {2-5} weeks, shall we send it there?",
		"For this question a referral is not needed, I can order the {test} myself.",
		"Your insurance has approved {2-6} visits.",
	},
	scenarios.Form: {
		"The form is signed and waits at the desk.",
		"The letter is in your portal documents since {day}.",
		"We need page {2-4} again, the scan was cut off.",
		"Forms take {3-10} days here, yours is the next but {2-9}.",
		"The records have gone to the other clinic.",
	},
	scenarios.CareCoordination: {
		"I have talked with the other clinic and we agree on the {med}.",
		"The list on the portal is corrected now.",
		"Please follow the hospital's plan until your visit on {day}.",
		"The specialist decides about the {med}, I have passed your message on.",
		"I will call the home nurse on {day} {part}.",
	},
	scenarios.HomeReading: {
		"The readings look good, please go on as before.",
		"Please measure {2-3} times a week from now on.",
		"The average is a little high, take the {med} in the {part} instead.",
		"The readings have been added to your chart.",
		"Please send the next ones in {2-6} weeks.",
	},
	scenarios.Thanks: {
		"We are glad to hear it.",
		"I will pass it on to the team on {day}.",
		"It was good to see how far you have come in {2-9} weeks.",
		"Messages like yours make our {day}.",
		"Thank you for taking the time to tell us.",
	},
}

// answersBy are what a role adds.
var answersBy = [scenarios.NumRoles][]string{
	scenarios.Physician: {
		"I have looked at your chart and at the {test} from {month}.",
		"If there is no change after {5-14} days I would like to see you.",
		"I would not change the {med} at this point.",
		"The benefit is larger than the side effects for most people.",
		"We can talk about it at your next visit.",
	},
	scenarios.Specialist: {
		"From the side of our specialty nothing speaks against it.",
		"I have written to your primary care physician on {day}.",
		"The {test} will show whether we need to do more.",
		"I would keep the plan that we made {3-12} weeks ago.",
		"We will see you again in {2-6} months.",
	},
	scenarios.APP: {
		"I have discussed it with your physician on {day}.",
		"The {test} can be drawn on any {day} before {9-11}.",
		"I have put a note into your chart.",
		"A visit with me is possible within {2-8} days.",
		"Please keep a diary for {7-14} days.",
	},
	scenarios.RN: {
		"I have asked your physician and this is what we suggest.",
		"Please call the nurse line if it gets worse.",
		"Check it again in {2-4} hours and write down the number.",
		"I will look in on this thread on {day}.",
		"Your physician is out until {day} and is covered by a colleague.",
	},
	scenarios.MA: {
		"I have put it on your physician's list for {day}.",
		"The order for the {test} is in.",
		"Please bring all your medicines to the visit.",
		"The lab is open from {7-8} to {4-5}.",
		"A nurse will add to this within {1-2} days.",
	},
	scenarios.Pharmacist: {
		"There is no interaction between the {med} and the rest of your list.",
		"Take it at the same time each {part}, with or without food.",
		"The other choice costs {5-40} dollars a month.",
		"Keep it below {75-85} degrees and away from light.",
		"If you miss a dose, take it within {4-10} hours or skip it.",
	},
	scenarios.FrontDesk: {
		"Please come {10-20} minutes early and bring your insurance card.",
		"The clinic is open until {4-6} on {day}.",
		"I have passed your question on to the nurses.",
		"Parking is free for {2-3} hours.",
		"You can change it on the booking page up to {12-48} hours before.",
	},
}

// answerDetails go with every answer.
var answerDetails = []string{
	"Most people see a change within {3-14} days.",
	"Your next visit is planned for {month}.",
	"We answer messages within {1-2} business days.",
	"Please write to the same thread so that we see the whole story.",
	"Drink enough, about {6-9} glasses a day, unless you were told otherwise.",
	"I have noted it in the chart on {day} {part}.",
	"If you would rather talk, we can call you on {day} after {1-4}.",
	"There is a leaflet about it in your portal documents.",
	"Somebody of the team looks at this inbox {2-4} times a day.",
	"It is good that you wrote about it.",
	"Please keep the appointment in {month} all the same.",
	"The pharmacy can tell you when it is ready.",
	"We checked it against your list of {3-12} medicines.",
	"A change of {2-6} points from one day to the next is normal.",
}
