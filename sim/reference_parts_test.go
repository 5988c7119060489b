package sim

import (
	"fmt"
	"slices"
	"strings"

	"github.com/portalbench/portalbench/generators"
	"github.com/portalbench/portalbench/scenarios"
)

// refSum names a sum: over everything, or over a part of the threads, needs or patients, such as "sender=proxy".
type refSum struct{ what, part string }

// refSums are sums by name; those that are missing are 0.
type refSums map[refSum]int64

// add adds to the sum over everything and to those over the parts that it belongs to.
func (s refSums) add(what string, n int64, parts ...string) {
	s[refSum{what: what}] += n
	for _, part := range parts {
		s[refSum{what, part}] += n
	}
}

func (s refSums) addAll(holds map[string]bool, parts []string) {
	for what, is := range holds {
		s.add(what, when(is), parts...)
	}
}

// partsOf names the parts that a thread belongs to: those of its need, and what the policy calls it.
func (r *reference) partsOf(t *refThread) []string {
	return append(r.partsOfNeed(t.person, &t.content), "label="+refUrgency(t.urgent))
}

// partsOfNeed names the parts that a need belongs to: of actual urgency and those by which equity is judged all clocks
// are told.
func (r *reference) partsOfNeed(person int32, n *generators.Content) []string {
	parts := append([]string{"actual_urgency=" + refUrgency(n.Urgent), "sender=" + n.Sender.String()}, r.strata(person)...)
	return append(parts,
		"felt_urgency="+refUrgency(n.Felt),
		"category="+n.Category.String(),
		"trigger="+n.Trigger.String())
}

// How many of the parts that a need belongs to are told in full, and how many in business hours.
const (
	refInFull     = 9
	refInBusiness = 1
)

// strata names the parts that a patient belongs to.
func (r *reference) strata(person int32) []string {
	p := r.people
	either := func(is bool, yes, no string) string {
		if is {
			return yes
		}
		return no
	}
	return []string{
		either(p.Woman(person), "sex=women", "sex=men"),
		refAge(p.Age(person)),
		"race=" + p.Race(person).String(),
		either(p.LowIncome(person), "income=lower", "income=higher"),
		either(p.HighSchool(person), "education=high_school", "education=beyond_high_school"),
		either(p.OtherLanguage(person), "language=other", "language=english"),
		either(p.Conditions(person) > 1, "conditions=2+", fmt.Sprint("conditions=", p.Conditions(person))),
	}
}

func refAge(years int) string {
	switch {
	case years < 50:
		return "age=18-49"
	case years < 65:
		return "age=50-64"
	}
	return "age=65+"
}

func refUrgency(urgent bool) string {
	if urgent {
		return "urgent"
	}
	return "routine"
}

// tallied names the sums of the engine in use as the reference does. What the whole is it takes from one division; that
// the others add up to the same is seen where they are compared.
func tallied(t *Tally) refSums {
	s := refSums{}
	s.addByPart("patients", &t.patients)
	s[refSum{what: "patients"}] = t.patients[partSex] + t.patients[partSex+1]
	s.addByPart("exposure", &t.exposure)
	s.addWeeks(&t.weeks)
	s.addHours(t)
	for n, families := range t.senders {
		s.add(fmt.Sprintf("families with %d messages", n), families)
	}
	s.addDemand(t)
	s.addCounts(t)
	for _, c := range clocks {
		s.addFirst(toldInFull, c.name, func(n part) int64 { return t.spans[wall][c.clock].restricted[n] })
		s.addFirst(numUrgencies, c.name+" business", func(n part) int64 { return t.spans[business][c.clock].restricted[n] })
		s.addFirst(toldInFull, c.name+" not reached", func(n part) int64 {
			return t.spans[wall][c.clock].minutes.Of(n).NotReachedCount()
		})
	}
	for n := range numParts {
		s[refSum{"first_response never", partName(n)}] += t.response.Of(n).NotReachedCount()
	}
	s[refSum{what: "first_response never"}] = t.response.Of(whole()...).NotReachedCount()
	for i := range t.work {
		s.addWork(" "+scenarios.Role(i).String(), &t.work[i])
	}
	return s
}

func (s refSums) addByPart(what string, by *byPart) {
	s.add(what, by.of(whole()))
	for n := range numParts {
		s[refSum{what, partName(n)}] += by[n]
	}
}

// addFirst adds what is kept of the first parts alone.
func (s refSums) addFirst(parts part, what string, of func(part) int64) {
	s.add(what, of(partActual+routine)+of(partActual+urgent))
	for n := range parts {
		s[refSum{what, partName(n)}] += of(n)
	}
}

// partName writes a part that the engine in use knows by its number.
func partName(n part) string {
	for key, value := range where(n) {
		return key + "=" + value
	}
	return "a part without a name"
}

func (s refSums) addWeeks(w *weekly) {
	for i := range w.begun {
		s.add(weekName("begun", i), w.begun[i])
		s.add(weekName("waited", i), int64(w.waited[i]))
		s.add(weekName("backlog", i), w.backlog[i])
	}
}

func (s refSums) addDemand(t *Tally) {
	for f := range numFates {
		s.addByPart("fate "+f.String(), &t.demand[f])
	}
	for what, name := range map[int]string{demandCalls: "calls", demandReplies: "telephone replies", demandVisits: "visits", int(Emergency): "emergencies",
		demandEmergencies: "emergencies", demandMessages: "messages of families"} {
		s.addByPart(name, &t.demand[what])
	}
}

func (s refSums) addCounts(t *Tally) {
	for what, name := range [numCounts]string{countThreads: "threads", countInOne: "in one day",
		countInTwo: "in two days", countUnopened12h: "unopened 12h", countUnanswered36h: "unanswered 36h",
		countOutsideHours: "outside hours", countByAddressee: "by addressee", countWithoutPhysician: "no physician",
		countBelow: "below", countUnresolved: "unresolved", countLeft: "left", countMessages: "messages",
		countTouches: "touches", countHandoffs: "handoffs", countFollowUps: "follow-ups", countNudges: "nudges",
		countUrgent: "urgent", countUnreadOver1h: "unread 1h", countUnreadOver4h: "unread 4h",
		countUnreadNextDay: "unread next day", countMissed: "missed", countLabelled: "called urgent",
		countFalselyLabelled: "not urgent"} {
		s.addByPart(name, &t.count[what])
	}
}

func (s refSums) addWork(role string, w *work) {
	for name, n := range map[string]int64{"days": w.days, "days off": w.offDays, "queued": w.queued, "closes": w.closes,
		"handled": w.handled, "switches": w.switches, "threads": int64(w.threads.onDay),
		"threads off": int64(w.threads.offDay), "threads outside": int64(w.threads.outside), "items": int64(w.items.onDay),
		"waits": int64(w.waits.onDay), "waits off": int64(w.waits.offDay),
		"waits outside": int64(w.waits.outside), "items off": int64(w.items.offDay), "items outside": int64(w.items.outside), "team scheduled": int64(w.teamScheduled), "team days": w.teamDays,
		"unpaid": int64(w.unpaid), "unpaid off": int64(w.unpaidOff), "reached": w.messages, "used": int64(w.used),
		"open": int64(w.open),
	} {
		s.add(name+role, n)
	}
}

// notWhole lists the divisions whose parts do not add up to the whole, of the sums that are divided at all.
func (s refSums) notWhole() (list []string) {
	sums := map[refSum]int64{}
	for name, n := range s {
		if division, _, is := strings.Cut(name.part, "="); is {
			sums[refSum{name.what, division}] += n
		}
	}
	for name, sum := range sums {
		if whole := s[refSum{what: name.what}]; sum != whole && name.isWhole() {
			list = append(list, fmt.Sprintf("%s by %s: %d of %d", name.what, name.part, sum, whole))
		}
	}
	slices.Sort(list)
	return list
}

// isWhole reports whether everything belongs to one part of a division. Needs have no label, nor what they lead to
// without a thread, and patients are divided by what they are alone.
func (n refSum) isWhole() bool {
	if n.what == "patients" {
		return slices.Contains([]string{"sex", "age", "race", "income", "education", "language", "conditions"}, n.part)
	}
	needs := strings.HasPrefix(n.what, "fate ") || n.what == "calls" || n.what == "emergencies"
	return !needs || n.part != "label"
}
