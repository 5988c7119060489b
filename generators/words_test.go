package generators

import (
	"math"
	"regexp"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/portalbench/portalbench/scenarios"
	"github.com/portalbench/portalbench/sim/des"
)

// mixedWording draws a wording as a clinic's mail has them: mostly renewals and scheduling, 60% about a condition, 7%
// from caregivers, 3.5% high-risk (CL06).
func mixedWording(k des.Key) Wording {
	weights := [scenarios.NumCategories]float64{.35, .15, .12, .13, .08, .06, .05, .03, .02, .01} // add up to 1
	w := Wording{HasCondition: k.Sub(0).Chance(.6), HighRisk: k.Sub(1).Chance(.035), Felt: k.Sub(2).Chance(.06)}
	w.Condition = scenarios.Condition(k.Sub(3).IntN(scenarios.NumConditions))
	u := k.Sub(4).Float()
	for c, weight := range weights {
		if w.Category = scenarios.Category(c); u < weight {
			break
		}
		u -= weight
	}
	switch u := k.Sub(5).Float(); {
	case u < .05:
		w.Sender = scenarios.Caregiver
	case u < .07:
		w.Sender = scenarios.Proxy
	}
	return w
}

// everyWording calls f for each category, condition, sender, staff role and flag.
func everyWording(f func(Wording)) {
	for c := range scenarios.NumCategories {
		for d := range scenarios.NumConditions + 1 {
			w := Wording{Category: scenarios.Category(c), Condition: scenarios.Condition(d % scenarios.NumConditions),
				HasCondition: d < scenarios.NumConditions}
			for flags := range 8 {
				w.HighRisk, w.Felt, w.FollowUp = flags&1 > 0, flags&2 > 0, flags&4 > 0
				for s := range scenarios.NumSenders {
					w.Sender, w.Staff = scenarios.Sender(s), scenarios.RoleNone
					f(w)
				}
				for r := 1; r < scenarios.NumRoles; r++ {
					w.Sender, w.Staff = scenarios.Self, scenarios.Role(r)
					f(w)
				}
			}
		}
	}
}

func TestTextsArePlainAndWithinBounds(t *testing.T) {
	plain := regexp.MustCompile(`^[A-Za-z0-9 .,;:?!'-]+$`)
	k, n := des.NewKey(1), uint64(0)
	everyWording(func(w Wording) {
		for range 3 {
			n++
			topic, body := Topic(w, k.Sub(n)), Body(w, k.Sub(n))
			require.Truef(t, plain.MatchString(topic), "topic %q of %+v", topic, w)
			require.Truef(t, plain.MatchString(body), "body %q of %+v", body, w)
			require.Truef(t, minTopic <= len(topic) && len(topic) <= maxTopic, "topic %q", topic)
			require.Truef(t, minBody <= len(body) && len(body) <= maxBody, "%d characters: %q", len(body), body)
			require.NotContains(t, body, "  ")
		}
	})
}

func TestLengthOfQuestions(t *testing.T) {
	k := des.NewKey(2)
	var first, later moments
	for i := range uint64(20000) {
		w := mixedWording(k.Sub(i).Sub(0))
		first.add(float64(len(Body(w, k.Sub(i).Sub(1)))))
		w.FollowUp = true
		later.add(float64(len(Body(w, k.Sub(i).Sub(1)))))
	}
	// HT04: mean 507.1 with 95% interval 487.4 to 526.9, sd 336.2.
	require.InDelta(t, 507.1, first.mean(), 19.7)
	require.InDelta(t, 336.2, first.sd(), 20)
	require.Less(t, later.mean(), .7*first.mean())
}

type moments struct{ n, sum, squares float64 }

func (m *moments) add(x float64)    { m.n, m.sum, m.squares = m.n+1, m.sum+x, m.squares+x*x }
func (m *moments) mean() float64    { return m.sum / m.n }
func (m *moments) sd() float64      { return math.Sqrt(m.squares/m.n - m.mean()*m.mean()) }
func share(part, whole int) float64 { return float64(part) / float64(whole) }

func TestKeywordRuleOnMixedMail(t *testing.T) {
	k := des.NewKey(3)
	var risky, found, others, alarms int
	for i := range uint64(20000) {
		w := mixedWording(k.Sub(i).Sub(0))
		hit := KeywordRule(Body(w, k.Sub(i).Sub(1)))
		switch {
		case w.HighRisk && hit:
			risky, found = risky+1, found+1
		case w.HighRisk:
			risky++
		case hit:
			others, alarms = others+1, alarms+1
		default:
			others++
		}
	}
	// About 700 high-risk texts: standard error of .5 is sqrt(.25/700) = .019, of .02 among 19,300 it is .001.
	require.InDelta(t, .5, share(found, risky), .1)
	require.InDelta(t, .02, share(alarms, others), .01)
}

func TestTopicsNameAlarmingSymptomsAsMeasured(t *testing.T) {
	k := des.NewKey(4)
	var found, alarms int
	const n = 20000
	for i := range uint64(n) {
		w := mixedWording(k.Sub(i).Sub(0))
		if w.HighRisk = true; KeywordRule(Topic(w, k.Sub(i))) {
			found++
		}
		if w.HighRisk = false; KeywordRule(Topic(w, k.Sub(i))) {
			alarms++
		}
	}
	require.InDelta(t, .15, share(found, n), .015)    // CL07; standard error .0025
	require.InDelta(t, .0133, share(alarms, n), .004) // standard error .0008
}

func TestKeywordsStandWhereTheyShould(t *testing.T) {
	quiet := [][]string{greetings, followUps, closings, pressingRequests, healthDetails, lifeDetails}
	for c := range scenarios.NumCategories {
		quiet = append(quiet, topicsOf[c], concernsOf[c], requestsFor[c], detailsOf[c])
	}
	for c := range scenarios.NumConditions {
		words := conditionWords[c]
		quiet = append(quiet, conditionDetails[c], words.medicines, words.symptoms, words.tests)
	}
	quiet = append(quiet, generalWords.medicines, generalWords.symptoms, generalWords.tests)
	loud := [][]string{alarmTopics, harmlessMentions}
	for _, r := range []risk{heartRisk, fluidRisk, lungRisk, sugarRisk, moodRisk, brainRisk, generalRisk} {
		loud, quiet = append(loud, r.named), append(quiet, r.described)
	}
	every(t, quiet, func(s string) { require.Falsef(t, KeywordRule(write(s)), "%q has a keyword", s) })
	every(t, loud, func(s string) { require.Truef(t, KeywordRule(write(s)), "%q has no keyword", s) })
}

func write(template string) string {
	p := newPen(Wording{}, des.NewKey(1), 0)
	p.fill(template)
	return p.String()
}

func every(t *testing.T, lists [][]string, f func(string)) {
	t.Helper()
	for _, l := range lists {
		require.NotEmpty(t, l)
		for _, s := range l {
			f(s)
		}
	}
}

func TestKeywordRule(t *testing.T) {
	for _, row := range []struct {
		text string
		want bool
	}{
		{"", false},
		{"I had chest pain.", true},
		{"CHEST PAIN since noon", true},
		{"chest  pain", false}, // two blanks: the rule is simple
		{"the keystroke and the strokes", false},
		{"a keystroke, then a stroke", true},
		{"stroke", true},
		{"stroke2", false},
		{"one corner of the mouth hangs", false},
	} {
		require.Equal(t, row.want, KeywordRule(row.text), row.text)
	}
	Keywords()[0] = "hello"
	require.False(t, KeywordRule("hello"), "callers own what Keywords returns")
}

func TestBodiesVary(t *testing.T) {
	wordings := []Wording{
		{Category: scenarios.Renewal},
		{Category: scenarios.Thanks, FollowUp: true},
		{Category: scenarios.Symptom, HasCondition: true, Condition: scenarios.COPD, HighRisk: true},
		{Category: scenarios.Form, Sender: scenarios.Proxy},
		{Category: scenarios.Renewal, Staff: scenarios.FrontDesk},
		{Category: scenarios.Thanks, Staff: scenarios.Physician, FollowUp: true},
	}
	for _, w := range wordings {
		seen := map[string]bool{}
		for i := range uint64(10000) {
			seen[Body(w, des.NewKey(5).Sub(i))] = true
		}
		require.Greaterf(t, len(seen), 9000, "distinct bodies of %+v", w)
	}
}

func TestCaregiversSayWhoTheyAre(t *testing.T) {
	const n = 10000
	relation := regexp.MustCompile(`\b[Mm]y (` + strings.Join(append(women, men...), "|") + `)\b`)
	for _, row := range []struct {
		sender         scenarios.Sender
		names, relates float64
	}{
		{scenarios.Self, 0, 0},
		{scenarios.Caregiver, signsName, statesRelation}, // CAR-03
		{scenarios.Proxy, signsName, 1},
	} {
		var names, relates int
		for i := range uint64(n) {
			body := Body(Wording{Category: scenarios.Symptom, Sender: row.sender}, des.NewKey(6).Sub(i))
			if strings.Contains(body, "This is ") {
				names++
			}
			if relation.MatchString(body) {
				relates++
			}
		}
		require.InDelta(t, row.names, share(names, n), .02) // four standard errors: 4 sqrt(.25/10000)
		require.InDelta(t, row.relates, share(relates, n), .02)
	}
}

func TestVoices(t *testing.T) {
	const template = "{X} {have} been told that {my} dose is low, {x} take{s} it and {do} not mind, it helps {me}."
	mother := voice{noun: "my mother", she: "she", her: "her", object: "her", am: "is", have: "has", do: "does",
		s: "s", third: true}
	for _, row := range []struct {
		voice voice
		want  string
	}{
		{voiceOf(scenarios.Self, 0),
			"I have been told that my dose is low, I take it and do not mind, it helps me."},
		{mother,
			"My mother has been told that her dose is low, she takes it and does not mind, it helps her."},
	} {
		p := &pen{voice: row.voice}
		p.fill(template)
		require.Equal(t, row.want, p.String())
	}
	p := &pen{voice: mother}
	p.fill("{My} foot hurts.")
	p.fill("{X} rest{s}.")
	require.Equal(t, "My mother's foot hurts. She rests.", p.String())
}

func TestNumbersReachBothEnds(t *testing.T) {
	seen := map[string]bool{}
	for i := range uint64(200) {
		p := &pen{keys: des.NewKey(7).Sub(i)}
		p.fill("{3-5}")
		seen[p.String()] = true
	}
	require.Equal(t, map[string]bool{"3": true, "4": true, "5": true}, seen)
	for _, wrong := range []string{"{weight}", "{5-3}", "{3}"} {
		require.PanicsWithValue(t, "generators: unknown slot "+wrong, func() { (&pen{}).fill(wrong) })
	}
}

func TestDetailsDoNotRepeatBeforeAllAreUsed(t *testing.T) {
	lists := [][]string{{"Aa aa.", "Bb bb."}, {"Cc cc."}}
	for i := range uint64(50) {
		p := &pen{keys: des.NewKey(8).Sub(i)}
		p.details(6+7+7+halfSentence, lists) // room for three sentences of six characters and two blanks
		for _, l := range lists {
			for _, s := range l {
				require.Equal(t, 1, strings.Count(p.String(), s), p.String())
			}
		}
	}
	everyWording(func(w Wording) {
		n := len(answersBy[w.Staff]) + len(answerDetails)
		for _, l := range questionDetails(w) {
			n += len(l)
		}
		require.LessOrEqual(t, n, maxDetails)
	})
}

func TestSameKeySameTextOnAnyGoroutine(t *testing.T) {
	k := des.NewKey(9)
	text := func(i uint64) string {
		w := mixedWording(k.Sub(i))
		return Topic(w, k.Sub(i)) + Body(w, k.Sub(i)) + PersonName(k.Sub(i))
	}
	want := make([]string, 200)
	for i := range want {
		want[i] = text(uint64(i))
	}
	var group sync.WaitGroup
	got := make([]string, len(want))
	for worker := range 4 {
		group.Go(func() {
			for i := len(got) - 1 - worker; i >= 0; i -= 4 { // backwards: order must not matter
				got[i] = text(uint64(i))
			}
		})
	}
	group.Wait()
	require.Equal(t, want, got)
}

func FuzzKeywordRule(f *testing.F) {
	for _, s := range []string{"chest pain", "a keystroke", "Stroke!", "\xffstroke", "stroke\u00e9", "strokestroke stroke"} {
		f.Add(s)
	}
	rule := regexp.MustCompile(`(^|[^a-z0-9])(` + strings.Join(Keywords(), "|") + `)($|[^a-z0-9])`)
	f.Fuzz(func(t *testing.T, text string) {
		// The second route: one regular expression over the same words.
		require.Equal(t, rule.MatchString(strings.ToLower(text)), KeywordRule(text))
	})
}

func BenchmarkBody(b *testing.B) {
	k := des.NewKey(10)
	b.ReportAllocs()
	for i := uint64(0); b.Loop(); i++ {
		Body(Wording{Category: scenarios.Symptom, HasCondition: true, Condition: scenarios.Asthma}, k.Sub(i))
	}
}

func TestTopicAndBodyAreAboutTheSameMedicine(t *testing.T) {
	w := Wording{Category: scenarios.Renewal, HasCondition: true, Condition: scenarios.Coronary}
	both := 0
	for i := range uint64(500) {
		k := des.NewKey(11).Sub(i)
		for _, m := range conditionWords[scenarios.Coronary].medicines {
			topic, body := strings.ToLower(Topic(w, k)), Body(w, k)
			if strings.Contains(topic, m) {
				require.Contains(t, body, m)
				both++
			}
		}
	}
	require.Greater(t, both, 200) // four of the six topics name the medicine: about 330 of 500
}
