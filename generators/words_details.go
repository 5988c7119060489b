package generators

import "github.com/portalbench/portalbench/scenarios"

// detailsOf are what senders add about a category.
var detailsOf = [scenarios.NumCategories][]string{
	scenarios.Renewal: {
		"{X} take{s} the {med} {1-3} times a day.",
		"The pharmacy faxed you on {day}, they say.",
		"The dose has been the same for {2-9} years.",
		"The insurance only pays for {30-90} days at a time.",
		"{X} would rather not go without the {med} over the weekend.",
	},
	scenarios.Scheduling: {
		"The ride with my neighbor is only possible on {day}.",
		"{X} can be there at {8-11} or after {2-4}.",
		"I tried the booking page {2-4} times and it shows nothing before {month}.",
		"The blood draw should be {2-6} days before the visit, I was told.",
		"A long visit would be best, there are {3-6} things to discuss.",
	},
	scenarios.Medication: {
		"{X} take{s} it at {6-10} in the {part} with food.",
		"The pharmacist thought that it could be the {med}.",
		"It began about {2-10} days after the dose went up.",
		"{X} skipped it on {day} and felt better.",
		"There are {4-11} other medicines on the list.",
	},
	scenarios.Symptom: {
		"It comes {2-6} times a day and lasts {5-40} minutes.",
		"On a scale to ten it is about {2-6}.",
		"{X} had the same in {month} and it went away after {3-10} days.",
		"There is no fever, the highest was {97-99} degrees.",
		"It is worse in the {part}.",
	},
	scenarios.Result: {
		"The value in {month} was fine.",
		"{X} did not fast for the test, could that explain it?",
		"The text below the number is full of words that I had to look up.",
		"The lab said {3-7} days, and it has been longer.",
		"{X} started the {med} {2-8} weeks before the test.",
	},
	scenarios.Referral: {
		"Their desk wants the last {2-3} visit notes as well.",
		"The other clinic is {20-90} miles away.",
		"{X} {have} waited {4-16} weeks already.",
		"The insurance gave me a list of {5-30} names.",
		"I left {2-4} messages on their machine.",
	},
	scenarios.Form: {
		"Only page {2-4} is for you, the rest is filled in.",
		"They want it stamped and dated.",
		"{X} {have} been off work since {day}.",
		"I have attached a scan, the original is with me.",
		"The last one was signed in {month}.",
	},
	scenarios.CareCoordination: {
		"The discharge papers list {5-14} medicines.",
		"The cardiologist said one thing on {day} and the nurse another.",
		"The other clinic cannot see your notes.",
		"The home nurse comes on {day}.",
		"{X} was told to ask you, and then to ask them.",
	},
	scenarios.HomeReading: {
		"{X} measure{s} at {6-9} in the morning and at {6-9} in the evening.",
		"The highest was on {day}, after a bad night.",
		"I left out {2-4} that looked wrong.",
		"The battery was changed on {day}.",
		"I wrote down what {x} ate as well.",
	},
	scenarios.Thanks: {
		"{X} walked {20-60} minutes on {day} for the first time in months.",
		"The whole family noticed.",
		"It is good to know that somebody reads these.",
		"You explained it in {5-15} minutes better than anybody before.",
		"{X} sleep{s} through again.",
	},
}

// healthDetails go with the clinical categories.
var healthDetails = []string{
	"{X} {have} also noticed {symptom}.",
	"Rest and plenty of water did not change much.",
	"{My} appetite is as usual.",
	"{X} sleep{s} about {5-8} hours.",
	"Nothing else has changed at home.",
	"{X} {have} no fever and no chills.",
	"The {med} was taken every day without a gap.",
	"{X} started the {med} {2-12} weeks ago.",
	"It did not get better with the usual remedies.",
	"It does not stop {me} from doing the shopping.",
	"{X} weighed {58-104} kg on {day}.",
	"Somebody at home had a cold {5-12} days ago.",
	"{X} {am} allergic to one antibiotic, the name is in the chart.",
	"{X} drink{s} {1-3} cups of coffee a day and no alcohol.",
	"The {test} in {month} was in order.",
	"It came on slowly, over {2-6} weeks.",
}

// lifeDetails go with everything.
var lifeDetails = []string{
	"The last visit was {2-11} weeks ago, on a {day}.",
	"{X} {have} been coming to the clinic for {2-19} years.",
	"The visit summary says nothing about it.",
	"I called on {day} {part} and gave up after {8-35} minutes on hold.",
	"We are away for {4-16} days in {month}, so I would like to settle this before.",
	"It is easiest to reach me in the {part}.",
	"I look at the portal every {part}.",
	"The insurance changed in {month}, in case that matters.",
	"The bus to the clinic goes {2-4} times a day, so coming in takes planning.",
	"I work until {3-7} on most days.",
	"The other clinic said that you would know best.",
	"I was not sure whether this counts as urgent, so I am sending it here first.",
	"I was not sure who should get this message, please pass it on if it is not for you.",
	"I wrote about something like it {2-9} weeks ago.",
	"I did not want to take up a visit for it.",
	"I know how busy you are and I am sorry to add to it.",
	"A friend had something like it and it turned out to be simple.",
	"I read about it online and came away more confused.",
	"There are {5-14} tablets a day to keep track of.",
	"{X} see{s} {2-5} different doctors, and each of them asks about it.",
	"The next visit is planned for {month}.",
	"I wrote the dates down in case you need them.",
	"I can send a photo if that helps.",
	"Last time it took {2-6} messages to sort this out.",
	"The nurse on the phone said to put it in writing.",
	"{My} birthday is in {month} and I would like this to be done by then.",
	"{X} live{s} {10-60} minutes from the clinic.",
	"There will be somebody at home on {day} after {1-5}.",
}
