package generators

import "github.com/portalbench/portalbench/scenarios"

var (
	days   = []string{"Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"}
	parts  = []string{"morning", "afternoon", "evening", "night"}
	months = []string{"January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
		"November", "December"}
	women = []string{"mother", "wife", "sister", "aunt", "grandmother", "mother-in-law"}
	men   = []string{"father", "husband", "brother", "uncle", "grandfather", "father-in-law"}
)

// topicsOf are subject lines by category.
var topicsOf = [scenarios.NumCategories][]string{
	scenarios.Renewal: {"Refill of the {med}", "Running out of the {med}", "Renewal for {30-90} days",
		"New prescription needed", "{med}: refill please", "Refill before {day}"},
	scenarios.Scheduling: {"Appointment in {month}", "Move my visit on {day}", "Cancel {day} {part}", "Earlier visit?",
		"Visit by video instead?", "Appointment question"},
	scenarios.Medication: {"Question about the {med}", "Side effect of the {med}?", "Dose of the {med}",
		"Missed doses since {day}", "{med} and the other tablets", "Medicine question"},
	scenarios.Symptom: {"Not feeling well since {day}", "Symptoms for {2-12} days", "Advice please",
		"Should I be seen?", "Feeling worse in the {part}", "Health question"},
	scenarios.Result: {"Question about the {test}", "Result of the {test}", "What does my result mean?",
		"Lab results from {day}", "Result outside the range", "No result yet after {5-15} days"},
	scenarios.Referral: {"Referral", "Referral not received", "Second opinion", "Referral for the {test}",
		"Specialist visit", "Name of a specialist?"},
	scenarios.Form: {"Form for work", "Letter needed by {day}", "Insurance form", "Disability parking form",
		"Form for the school", "Records request"},
	scenarios.CareCoordination: {"Two doctors, two answers", "Who looks after the {med}?", "After the hospital stay",
		"Please talk to the cardiologist", "Home nurse question", "Update for the team"},
	scenarios.HomeReading: {"Home readings", "Readings of the last {5-14} days", "Readings you asked for",
		"My numbers since {day}", "Log from {month}", "Numbers from home"},
	scenarios.Thanks: {"Thank you", "Thanks for {day}", "A word of thanks", "Feeling better", "Thanks to the team",
		"Good news"},
}

// concernsOf say why somebody writes.
var concernsOf = [scenarios.NumCategories][]string{
	scenarios.Renewal: {
		"{X} need{s} a refill of the {med}, there are {2-12} days left.",
		"The pharmacy says that there are no refills left for the {med}.",
		"Could you renew the {med} for another {30-90} days?",
		"{X} will run out of the {med} on {day}.",
		"The bottle of the {med} is down to {3-15} doses.",
		"The refill of the {med} that I asked for {3-9} days ago has not reached the pharmacy.",
	},
	scenarios.Scheduling: {
		"{X} need{s} to move the visit on {day} {part} to another day.",
		"Is there an opening earlier than the {2-9} weeks I was offered?",
		"Please cancel the visit on {day}, something has come up.",
		"{X} would like a visit in {month}, best in the {part}.",
		"The portal shows a visit on {day} that nobody told us about.",
		"Could the visit on {day} be by video instead of in person?",
	},
	scenarios.Medication: {
		"Since starting the {med} {x} noticed {symptom}.",
		"{X} missed {2-5} doses of the {med} while away.",
		"The label of the {med} says something else than the visit summary.",
		"Is it all right to take the {med} together with something for a cold?",
		"The new box of the {med} looks different from the last one.",
		"{X} took the {med} twice on {day} by mistake and felt no different.",
		"The {med} costs {40-240} dollars a month now, is there another choice?",
	},
	scenarios.Symptom: {
		"{X} noticed {symptom} over the last {3-14} days.",
		"For {2-10} days now there has been {symptom}.",
		"Since {day} {x} {have} been bothered by {symptom}.",
		"It started on {day} with {symptom}.",
		"{X} woke up with {symptom} on {day} and it has not gone away.",
		"I would like your view on {symptom}, which came back on {day}.",
	},
	scenarios.Result: {
		"The portal shows the {test} from {day} with a red mark beside it.",
		"I saw the result of the {test} and do not understand the number {2-190}.",
		"The {test} was done {6-16} days ago and there is no result yet.",
		"The {test} changed by {5-30} points since {month}, is that a worry?",
		"Nobody has said anything about the {test} from {day}.",
		"Two lines of the {test} are outside the range.",
	},
	scenarios.Referral: {
		"The specialist says that no referral has arrived after {5-20} days.",
		"Could you refer {me} for the {test}?",
		"{X} would like a second opinion about {symptom}.",
		"The clinic on the referral has no opening for {3-8} months.",
		"The insurance asks for a new referral from {month} on.",
		"I need the name of the specialist that you spoke of on {day}.",
	},
	scenarios.Form: {
		"The employer sent a form of {2-6} pages that needs your signature.",
		"{X} need{s} a letter for the insurance about the {med}.",
		"Please fill in the form for disabled parking, it runs out in {month}.",
		"The travel insurance wants a note about {my} health before {day}.",
		"A copy of the records of the last {2-5} years is needed by the new clinic.",
		"The form that I left at the desk {4-15} days ago has not come back.",
	},
	scenarios.CareCoordination: {
		"The hospital changed the {med} and the list on the portal still shows the old one.",
		"Two doctors have told {me} different things about the {med}.",
		"The home nurse asks who decides about the {med}.",
		"{X} came home from the hospital on {day} and the plan is not clear to us.",
		"The specialist wants the {test} before {month}, and I am not sure who orders it.",
		"Could you talk with the other clinic about {symptom} before the next visit?",
	},
	scenarios.HomeReading: {
		"Here are the readings of the last {5-14} days that you asked for.",
		"You asked for numbers from home, the latest was taken on {day} {part}.",
		"{X} {have} kept the log for {7-28} days now.",
		"The readings are higher in the {part} than in the {part}.",
		"I have entered the readings of this week, with {1-3} days missing.",
		"The home meter and the one at the clinic differ by {4-15} points.",
	},
	scenarios.Thanks: {
		"Thank you for sorting this out so quickly on {day}.",
		"I just wanted to say that {x} {am} doing much better since {day}.",
		"Thank you for your patience with all my questions.",
		"The change of the {med} {2-6} weeks ago has made a real difference.",
		"Please tell the nurse who called on {day} how much it helped.",
		"Good news, {x} {have} been well for {2-8} weeks.",
	},
}

var greetings = []string{
	"Hello.", "Good morning.", "Good afternoon.", "Good evening.", "Dear doctor,", "Dear team,", "Hi,", "Hello doctor,",
	"Hello, I hope you are well.", "Hi, sorry to bother you again.", "Hello everybody at the clinic,",
}

// followUps open later messages of a thread.
var followUps = []string{
	"Thank you for your answer.", "Thanks, that helps, but I have one more question.", "I tried what you said.",
	"I am not sure that I understood your answer.", "Here is what you asked for.", "One more thing.",
	"Thank you, I did as you said on {day}.", "A short update.", "I have not heard back since {day}.",
}

var closings = []string{
	"Thank you.", "Thanks for your help.", "Thank you for your time.", "Many thanks.", "Thanks again.",
	"I look forward to your answer.", "Thank you and have a good {part}.", "Thanks, and a good week to all of you.",
}

// pressingRequests close messages that their senders feel to be urgent.
var pressingRequests = []string{
	"Please answer today if you can.",
	"I am worried, please call or write as soon as possible.",
	"Can somebody look at this before the {part}?",
	"I do not think that this can wait until {day}.",
	"Please tell me right away whether {x} should come in.",
	"We need an answer within {2-6} hours if at all possible.",
}

// requestsFor say what the sender wants.
var requestsFor = [scenarios.NumCategories][]string{
	scenarios.Renewal: {"Please send it to the usual pharmacy.", "Could it be for {60-90} days this time?",
		"Please let me know when it is ready.", "Does {x} need a visit first?", "Can the pharmacy have it by {day}?"},
	scenarios.Scheduling: {"Any {day} would do.", "Which days are open?", "Please write back with {2-3} choices.",
		"The {part} is best.", "Please confirm when it is done."},
	scenarios.Medication: {"Should {x} go on with it?", "Can the dose be lower?", "Is there something else to try?",
		"Please tell me what to do until the next visit.", "Should {x} take it in the {part} instead?"},
	scenarios.Symptom: {"Is a visit needed?", "What would you advise?", "Should {x} wait a few more days?",
		"Is there something to take for it?", "Can this wait until {month}?"},
	scenarios.Result: {"What does it mean?", "Does anything need to change?", "Should it be repeated?",
		"Please explain it in plain words.", "When will the result be there?"},
	scenarios.Referral: {"Could you send it again?", "Whom do you suggest?", "Please tell me when it has gone out.",
		"Is there a clinic with a shorter wait?", "Do I have to call them myself?"},
	scenarios.Form: {"Could it be ready by {day}?", "Where should I send it?", "Can I pick it up at the desk?",
		"Please tell me if you need anything from me.", "How long does it take?"},
	scenarios.CareCoordination: {"Who decides this?", "Could you agree on one plan?", "Whom should I ask next time?",
		"Please correct the list on the portal.", "Please pass this on to whoever needs it."},
	scenarios.HomeReading: {"Is that good enough?", "Should anything change?", "How often should {x} measure now?",
		"Please tell me if you need more.", "When do you want the next ones?"},
	scenarios.Thanks: {"No answer needed.", "There is no need to write back.", "See you in {month}.",
		"Have a good {day}.", "Please pass it on to the others."},
}
