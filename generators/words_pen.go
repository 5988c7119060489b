package generators

import (
	"strconv"
	"strings"

	"github.com/portalbench/portalbench/scenarios"
	"github.com/portalbench/portalbench/sim/des"
)

// pen writes one text out of sentences with slots in braces:
//
//	{X} {x}           the patient as subject, at the start of a sentence and inside it
//	{My} {my} {me}    the patient's, and the patient as object
//	{am} {have} {do}  verbs that go with {x}; {s} is the ending of the others
//	{med} {symptom} {test}  of the condition, or of none
//	{day} {part} {month}    when
//	{3-14}            a whole number of that range
type pen struct {
	wording Wording
	things  des.Key // which medicine and test the text is about: the same in the topic and the body of one key
	keys    des.Key
	drawn   uint64
	voice   voice
	named   bool // the patient has been mentioned, a pronoun will do
	out     []byte
}

// voice is how the writer speaks of the patient.
type voice struct {
	noun, she, her, object string
	am, have, do, s        string
	third                  bool // a caregiver writes: noun comes first, pronouns after it
}

func newPen(w Wording, k des.Key, purpose uint64) *pen {
	return &pen{wording: w, things: k.Sub(drawThings), keys: k.Sub(purpose), voice: voiceOf(w.Sender, k.Sub(drawVoice)),
		out: make([]byte, 0, 768)}
}

// key returns the key of the pen's next draw.
func (p *pen) key() des.Key {
	p.drawn++
	return p.keys.Sub(p.drawn)
}

// String returns what has been written.
func (p *pen) String() string { return string(p.out) }

// statesRelation is the share of caregivers on the patient's login who say whom they write for (CAR-03). A proxy's
// own login shows it, so proxies' texts always do.
const statesRelation = 0.253

// signsName is the share of caregivers who give their own name (CAR-03).
const signsName = 0.51

func voiceOf(s scenarios.Sender, k des.Key) voice {
	if s == scenarios.Self {
		return voice{she: "I", her: "my", object: "me", am: "am", have: "have", do: "do"}
	}
	v := voice{noun: "the patient", she: "she", her: "her", object: "her", am: "is", have: "has", do: "does", s: "s",
		third: true}
	if k.Sub(0).Chance(0.4) { // assumed
		v.she, v.her, v.object = "he", "his", "him"
	}
	if s == scenarios.Proxy || k.Sub(1).Chance(statesRelation) {
		relations := women
		if v.she == "he" {
			relations = men
		}
		v.noun = "my " + pick(relations, k.Sub(2))
	}
	return v
}

// introduce says who writes, when a caregiver does and says so.
func (p *pen) introduce(k des.Key) {
	if !p.voice.third {
		return
	}
	signs, related := k.Sub(0).Chance(signsName), p.voice.noun != "the patient"
	switch {
	case signs:
		p.fill("This is " + PersonName(k.Sub(1)) + ", writing for {me}.")
	case related:
		p.fill("I am writing for {me}.")
	}
}

// sentence adds one of a list.
func (p *pen) sentence(list []string) { p.fill(pick(list, p.key())) }

// details adds sentences of the lists until the text is about as long as the target, each once until all were used.
func (p *pen) details(target int, lists [][]string) {
	total := 0
	for _, l := range lists {
		total += len(l)
	}
	var used [maxDetails]bool
	for n := 0; len(p.out)+halfSentence < target; n++ {
		if n == total {
			used, n = [maxDetails]bool{}, 0
		}
		i := p.key().IntN(total)
		for used[i] {
			i = (i + 1) % total
		}
		used[i] = true
		p.fill(nth(lists, i))
	}
}

// maxDetails bounds how many sentences a writer may choose details from. A test holds the lists to it.
const maxDetails = 128

func nth(lists [][]string, i int) string {
	for _, l := range lists {
		if i < len(l) {
			return l[i]
		}
		i -= len(l)
	}
	panic("generators: no such sentence")
}

// atLeast adds sentences until the text has n characters.
func (p *pen) atLeast(n int, list []string) {
	for len(p.out) < n {
		p.sentence(list)
	}
}

// fill adds a sentence, its slots filled, after a space.
func (p *pen) fill(template string) {
	if len(p.out) > 0 {
		p.out = append(p.out, ' ')
	}
	start := len(p.out)
	p.expand(template)
	if c := p.out[start]; 'a' <= c && c <= 'z' {
		p.out[start] = c - 'a' + 'A'
	}
}

// expand adds a text whose slots may hold texts with slots.
func (p *pen) expand(template string) {
	for {
		open := strings.IndexByte(template, '{')
		if open < 0 {
			p.out = append(p.out, template...)
			return
		}
		shut := open + strings.IndexByte(template[open:], '}')
		p.out = append(p.out, template[:open]...)
		p.slot(template[open+1 : shut])
		template = template[shut+1:]
	}
}

func (p *pen) slot(name string) {
	switch name {
	case "X", "x":
		p.patient(p.voice.she, "")
	case "My", "my":
		p.patient(p.voice.her, "'s")
	case "me":
		p.patient(p.voice.object, "")
	case "am":
		p.expand(p.voice.am)
	case "have":
		p.expand(p.voice.have)
	case "do":
		p.expand(p.voice.do)
	case "s":
		p.expand(p.voice.s)
	case "med":
		p.expand(pick(p.topical().medicines, p.things.Sub(0)))
	case "test":
		p.expand(pick(p.topical().tests, p.things.Sub(1)))
	case "symptom":
		p.word(p.topical().symptoms)
	case "day":
		p.word(days)
	case "part":
		p.word(parts)
	case "month":
		p.word(months)
	default:
		p.number(name)
	}
}

// patient adds the pronoun, or the noun with its ending where the patient has not been mentioned yet.
func (p *pen) patient(pronoun, ending string) {
	if p.voice.third && !p.named {
		p.named = true
		pronoun = p.voice.noun + ending
	}
	p.out = append(p.out, pronoun...)
}

func (p *pen) word(list []string) { p.expand(pick(list, p.key())) }

func pick(list []string, k des.Key) string { return list[k.IntN(len(list))] }

// topical returns the words for the condition the message is about.
func (p *pen) topical() *topicWords {
	if p.wording.HasCondition {
		return &conditionWords[p.wording.Condition]
	}
	return &generalWords
}

// number adds a whole number of a range such as "3-14", both ends included. Another name is a mistake in a sentence.
func (p *pen) number(slot string) {
	from, to, _ := strings.Cut(slot, "-")
	lo, errLo := strconv.Atoi(from)
	hi, errHi := strconv.Atoi(to)
	if errLo != nil || errHi != nil || hi < lo {
		panic("generators: unknown slot {" + slot + "}")
	}
	p.out = strconv.AppendInt(p.out, int64(lo+p.key().IntN(hi-lo+1)), 10)
}
