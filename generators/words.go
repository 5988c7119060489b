package generators

import (
	"math"

	"github.com/portalbench/portalbench/scenarios"
	"github.com/portalbench/portalbench/sim/des"
)

// What the draws of one text are for: each purpose has a key of its own, so that a change to one part of a text leaves
// the others as they were.
const (
	drawTopic uint64 = iota
	drawLength
	drawVoice
	drawSignature
	drawAlarm
	drawSentences
	drawThings
)

// Lengths of texts in characters.
const (
	meanQuestion  = 507.1 // patient's question, HT04
	sdQuestion    = 336.2 // HT04
	followUpShare = 0.5   // length of a patient's later message over that of the first; assumed
	meanAnswer    = 300.0 // staff answer; assumed
	sdAnswer      = 150.0 // assumed

	minTopic, maxTopic = 2, 60
	minBody, maxBody   = 40, 4000
	maxTarget          = maxBody - 400 // leaves room for the last sentences
	lastWords          = 35            // what request and closing add to a text of full length, about
	halfSentence       = 35            // half of an average sentence: a text ends at the nearer side of its target
)

// Topic returns the subject line of a thread, 2 to 60 plain characters. High-risk threads name an alarming symptom in
// it as often as CL07 found (15%); of the others 1.3% do, which is what CL08's precision of 29% at CL06's prevalence
// of 3.5% leaves: .15 x .035 x .71 / (.29 x .965).
func Topic(w Wording, k des.Key) string {
	p := newPen(w, k, drawTopic)
	named := 0.0133
	if w.HighRisk {
		named = 0.15
	}
	topics := topicsOf[w.Category]
	if k.Sub(drawAlarm).Chance(named) {
		topics = alarmTopics
	}
	p.sentence(topics)
	return p.String()
}

// Body returns the text of a message: letters, digits, spaces and ordinary punctuation on one line, 40 to 4,000
// characters. Patients and caregivers write first messages as long as HT04 measured; staff answer in the words of
// their role. The text depends on w and k alone and may be made on any goroutine.
func Body(w Wording, k des.Key) string {
	if w.Staff != scenarios.RoleNone {
		return answer(w, k)
	}
	return question(w, k)
}

// question writes as a patient or caregiver does: greeting, who writes, concern, details, request, closing.
func question(w Wording, k des.Key) string {
	mean, sd := meanQuestion, sdQuestion
	if w.FollowUp {
		mean, sd = mean*followUpShare, sd*followUpShare
	}
	target := textLength(mean, sd, k.Sub(drawLength))
	p := newPen(w, k, drawSentences)
	if target >= 200 && p.key().Chance(0.6) { // assumed
		p.sentence(greetings)
	}
	p.introduce(k.Sub(drawSignature))
	if w.FollowUp {
		p.sentence(followUps)
	}
	p.sentence(concernsOf[w.Category])
	p.alarm(k.Sub(drawAlarm))
	p.details(target-lastWords, questionDetails(w))
	if len(p.out)+halfSentence < target {
		p.sentence(requestsOf(w))
	}
	if len(p.out)+halfSentence/2 < target {
		p.sentence(closings)
	}
	p.atLeast(minBody, lifeDetails)
	return p.String()
}

// answer writes as a member of staff does: thanks, what will happen, details by role, closing.
func answer(w Wording, k des.Key) string {
	target := textLength(meanAnswer, sdAnswer, k.Sub(drawLength))
	p := newPen(w, k, drawSentences)
	p.sentence(staffGreetings)
	if w.HighRisk {
		p.sentence(alarmAnswers)
	}
	p.sentence(answersOf[w.Category])
	p.details(target-lastWords, [][]string{answersBy[w.Staff], answerDetails})
	p.sentence(staffClosings)
	p.fill("Your " + signatures[w.Staff] + ".")
	return p.String()
}

// questionDetails lists what a sender may add, most fitting first.
func questionDetails(w Wording) [][]string {
	lists := make([][]string, 0, 4)
	lists = append(lists, detailsOf[w.Category])
	if w.Category.Clinical() {
		lists = append(lists, healthDetails)
	}
	if w.HasCondition {
		lists = append(lists, conditionDetails[w.Condition])
	}
	return append(lists, lifeDetails)
}

func requestsOf(w Wording) []string {
	if w.Felt {
		return pressingRequests
	}
	return requestsFor[w.Category]
}

// textLength draws a log-normal length with the given mean and standard deviation:
// sigma^2 = ln(1 + (sd/mean)^2), mu = ln(mean) - sigma^2/2.
func textLength(mean, sd float64, k des.Key) int {
	sigma2 := math.Log(1 + sd*sd/(mean*mean))
	z := normal(k)
	x := math.Exp(math.Log(mean) - sigma2/2 + math.Sqrt(sigma2)*z)
	return int(min(max(x, minBody), maxTarget))
}

// normal draws from the standard normal distribution by Box and Muller's transform, sqrt(-2 ln u) cos(2 pi v).
func normal(k des.Key) float64 {
	return math.Sqrt(2*k.Sub(0).Exp()) * math.Cos(2*math.Pi*k.Sub(1).Float())
}
