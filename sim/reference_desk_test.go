package sim

import (
	"math"
	"slices"
	"time"

	"github.com/portalbench/portalbench/generators"
	"github.com/portalbench/portalbench/scenarios"
	"github.com/portalbench/portalbench/sim/des"
)

// firstIn returns the thread of an inbox whose turn it is: of the lowest class, by deadline if the policy says so, and
// who came first.
func (r *reference) firstIn(inbox []*refThread) (first *refThread) {
	for _, t := range inbox {
		if first == nil || r.before(t, first) {
			first = t
		}
	}
	return first
}

// before reports whether a thread goes before one that came earlier to the same inbox.
func (r *reference) before(t, earlier *refThread) bool {
	switch {
	case t.class != earlier.class:
		return t.class < earlier.class
	case r.policy().Order == "deadline":
		return t.deadline < earlier.deadline
	}
	return r.wrong == refLastComeFirst
}

// view shows the router a thread.
func (r *reference) view(t *refThread, from scenarios.Role) *View {
	n := &t.content
	specialty := r.staff[t.addressee].role == scenarios.Specialist
	if r.wrong == refMatterIsShown {
		specialty = n.Specialty
	}
	lengths := &Clinic{arm: r.arm, inbox: make([]inbox, len(r.inboxes))}
	for i, list := range r.inboxes {
		lengths.inbox[i].waiting = int32(len(list))
	}
	return &View{Now: r.now, From: from, Category: n.Category, Label: n.Label, Delegable: n.Delegable,
		Authority: t.authority, Draws: n.Key.Sub(drawClassify), Felt: n.Felt, HighRisk: n.HighRisk,
		Specialty: specialty, ToPool: t.toPool, Sender: n.Sender, Patient: t.person, People: r.people,
		clinic: lengths, addressee: int32(t.addressee)}
}

// route asks the policy where a new thread goes, and sets its deadline: urgent threads are due on the next business day
// where inboxes are in order of deadlines.
func (r *reference) route(t *refThread) int {
	d := r.router.Route(r.view(t, scenarios.RoleNone))
	t.urgent, t.class, t.authority = d.Urgent, int(d.Class), float64(float32(d.Authority))
	if days := r.policy().Standard.BusinessDays; days > 0 {
		if r.policy().Order == "deadline" && t.urgent {
			days = 1
		}
		t.deadline = r.deadline(t.origin, days)
	}
	return r.poolOr(d.Pool, t.addressee)
}

// poolOr returns the inbox of a role's pool, or of a clinician if the role has none.
func (r *reference) poolOr(role scenarios.Role, clinician int) int {
	for i, roles := range r.arm.pools {
		if slices.Contains(roles, role) {
			return len(r.staff) + i
		}
	}
	return clinician
}

// put has a thread wait in an inbox, or in that of whoever covers for its owner, and somebody who is free look.
func (r *reference) put(t *refThread, in int) {
	in = r.covered(t, in)
	t.waits, t.inbox, t.since = true, in, r.now
	r.inboxes[in] = append(r.inboxes[in], t)
	if in < len(r.staff) {
		r.look(r.staff[in])
	} else if m := r.idleLongest(in); m != nil {
		r.look(m)
	}
}

// covered returns the inbox in which a thread comes to wait: that of whoever covers for its owner, for all that comes
// or for what is urgent.
func (r *reference) covered(t *refThread, in int) int {
	if by, ok := r.covers[in]; ok && (r.policy().Cover.By == "coverer" || t.urgent) {
		return by
	}
	return in
}

// idleLongest returns who of a pool is free and has ended work longest ago; of equals the first in the roster.
func (r *reference) idleLongest(pool int) (longest *refMember) {
	for _, m := range r.staff {
		if r.arm.inboxes[m.index] != pool || !r.free(m) {
			continue
		}
		if longest == nil || m.freed < longest.freed || r.wrong == refAnyOfThePool {
			longest = m
		}
	}
	return longest
}

// takeOut takes a thread out of where it waits.
func (r *reference) takeOut(t *refThread) {
	if t.tray != nil {
		t.tray.tray = without(t.tray.tray, t)
	} else {
		r.inboxes[t.inbox] = without(r.inboxes[t.inbox], t)
	}
	t.tray, t.waits = nil, false
}

// open has somebody open a thread.
func (r *reference) open(m *refMember, t *refThread) {
	r.takeOut(t)
	t.inHand = true
	t.touches++
	t.physician = t.physician || m.role.IsPhysician()
	if t.read == unset {
		t.read = r.now
	}
	if t.clinicalRead == unset && m.role.Clinical() {
		t.clinicalRead = r.now
	}
	does, to := r.decide(m, t)
	wait := r.waitsOn(m, t, does)
	r.begin(m, &refJob{thread: t, does: does, to: to, left: r.serviceTime(m, t, does) + wait, wait: wait})
	r.tell(Opened, t, m.index, t.inbox)
}

// decide settles what somebody does with a thread they have opened.
func (r *reference) decide(m *refMember, t *refThread) (does action, to int) {
	if t.asker != none {
		return advise, r.arm.inboxes[t.asker]
	}
	if r.isNoneOf(m, t) {
		return handOn, t.owner
	}
	if !m.role.IsPhysician() {
		if d := r.router.Route(r.view(t, m.role)); !d.Answer {
			return handOn, r.poolOr(d.Pool, t.owner)
		}
	}
	s := r.plan.Scenario
	if t.fromFamily > 1 && t.draw(drawNoReply).Chance(s.Threads.NoReplyNeeded) {
		return closeIt, none
	}
	again := r.wrong == refAsideTwice && t.reader != m.index
	if (!t.postponed || again) && t.draw(drawDefer).Chance(s.Handling.Defer) {
		return putAside, none
	}
	if !t.asked && refClinician(m.role) && t.draw(drawConsult).Chance(s.Handling.Consult) {
		if whom := r.whomToAsk(m, t); whom != none {
			return ask, whom
		}
	}
	if t.draw(drawPhoneReply).Chance(s.Threads.PhoneReply) {
		return phone, none
	}
	return reply, none
}

// isNoneOf reports whether somebody gets a thread in the place of a clinician to whom it was written by mistake: as
// that clinician, or as who covers for them; unless the matter is theirs, or that of somebody they cover for.
func (r *reference) isNoneOf(m *refMember, t *refThread) bool {
	acts := m.index == t.addressee || r.covered(t, t.addressee) == m.index && r.wrong != refCovererAnswers
	if by, ok := r.covers[t.addressee]; ok && by == m.index && r.wrong == refAllAreOnCall {
		acts = true
	}
	return acts && t.addressee != t.owner && m.index != t.owner && r.covered(t, t.owner) != m.index
}

func refClinician(role scenarios.Role) bool { return role.IsPhysician() || role == scenarios.APP }

// whomToAsk returns the patient's other clinician, or else a colleague of the one whose matter it is.
func (r *reference) whomToAsk(m *refMember, t *refThread) int {
	whom := r.otherClinician(t.person, m.index)
	if whom == none {
		whom = r.colleague(t.owner, t.draw(drawColleague))
	}
	if whom != none && r.covered(t, whom) == m.index {
		return none
	}
	return whom
}

// otherClinician returns a patient's specialist, the physician if the specialist is the one who asks, or none.
func (r *reference) otherClinician(person int32, asks int) int {
	specialist, has := r.people.Specialist(person)
	if has && specialist != asks {
		return specialist
	}
	if physician := r.people.Physician(person); physician != asks {
		return physician
	}
	return none
}

// colleague draws one of the other physicians of the same role who are not on leave this week; none if there is none.
func (r *reference) colleague(of int, k des.Key) int { return r.another(of, k, false) }

// another draws one of the others of a role, with those on leave or without; none if there is none.
func (r *reference) another(of int, k des.Key, onLeave bool) int {
	var others []int
	for _, m := range r.staff {
		if m.index != of && m.role == r.staff[of].role && (onLeave || !r.onLeave(m, int(r.now/des.Week))) {
			others = append(others, m.index)
		}
	}
	if others == nil {
		return none
	}
	return others[k.IntN(len(others))]
}

// serviceTime draws how long a thread takes.
func (r *reference) serviceTime(m *refMember, t *refThread, does action) des.Time {
	h, k := &r.plan.Scenario.Handling, t.draw(drawService)
	switch does {
	case advise:
		return refLasting(r.around(h.ConsultMinutes*m.speed, k.Sub(drawConsult)) + r.turning(m))
	case phone:
		return refLasting(r.around(h.CallMinutes*m.speed, k.Sub(drawPhoneReply)) + r.turning(m))
	case handOn:
		k = k.Sub(uint64(t.handoffs))
	}
	all := r.around(h.Minutes.Of(m.role)*h.Category.Of(t.content.Category)*m.speed, k)
	reading, writing := all*h.ReadShare, all-all*h.ReadShare
	if t.shortened && t.fromFamily == 1 {
		reading *= r.plan.Scenario.Demand.HoldingBack.Shortened
	}
	if t.reader == m.index || t.reader != none && m.role == scenarios.APP && r.wrong == refReadForAllAPPs {
		reading = 0
	}
	if does != reply {
		return refLasting(reading + r.turning(m))
	}
	return refLasting(reading + writing - r.saves(m, t) + r.turning(m))
}

// around draws a time, in milliseconds, about a mean in minutes.
func (r *reference) around(minutes float64, k des.Key) float64 {
	h, ms := &r.plan.Scenario.Handling, minutes*float64(des.Minute)
	switch {
	case h.GammaShape > 0:
		return ms * k.Gamma(h.GammaShape)
	case h.LogSD > 0:
		return k.LogNormal(ms, h.LogSD)
	}
	return ms
}

// saves returns what a draft saves of a reply, in milliseconds.
func (r *reference) saves(m *refMember, t *refThread) float64 {
	d := r.policy().Draft
	if d.By != "template" && d.By != "ai" {
		return 0
	}
	seconds := d.StaffSaves
	if refClinician(m.role) {
		seconds = d.PhysicianSaves
	}
	if d.Use > 0 && !t.draw(drawDraft).Chance(d.Use) {
		seconds = 0
	}
	return (seconds - d.ExtraReadingSeconds) * float64(des.Second)
}

// done does with a thread what was decided when it was opened.
func (r *reference) done(m *refMember, job *refJob) {
	t := job.thread
	t.inHand = false
	kinds := map[action]EventKind{reply: Replied, phone: Called, closeIt: Closed, handOn: HandedOn, putAside: PutAside,
		ask: Asked, advise: Advised}
	to := t.inbox
	if job.to != none {
		to = r.covered(t, job.to)
	}
	r.tell(kinds[job.does], t, m.index, to)
	if t.lostPatience && job.does != reply && job.does != phone && job.does != closeIt {
		t.event = r.agenda.plan(r.now, refThreadMoves, t.place, func() { r.impatient(t) })
	}
	switch job.does {
	case putAside:
		t.waits, t.tray, t.postponed, t.session, t.since = true, m, true, len(m.sessions), r.now
		t.reader = m.index
		m.tray = append(m.tray, t)
		return
	case ask:
		t.asker, t.asked, t.postponed = m.index, true, true
		t.reader = m.index
	case advise:
		t.asker = none
	case reply, phone, closeIt:
		r.answer(m, t, job.does)
		return
	}
	t.handoffs++
	r.put(t, to)
}

// answer ends the staff's turn.
func (r *reference) answer(m *refMember, t *refThread, does action) {
	first := does != closeIt && t.response == unset
	t.lastAction = r.now
	if does != closeIt {
		r.responds(m, t)
	}
	if does == phone {
		r.sum("telephone replies", r.now, 1, r.partsOf(t)...)
		t.departed = t.departed && !first // nothing is left to phone about
	}
	r.agenda.cancel(t.event)
	t.lostPatience = false
	t.end = r.agenda.plan(r.now+7*des.Day, refThreadEnds, 0, func() { r.over(t) })
	if does == reply {
		t.messages++
	}
	if does == reply && !t.departed {
		chance := r.plan.Scenario.Threads.FollowUp
		if t.shortened {
			chance += r.plan.Scenario.Demand.HoldingBack.FollowUp
		}
		t.goesOn = t.draw(drawFollowUp).Chance(chance)
		t.event = r.agenda.plan(r.now+r.seenAfter(t), refThreadMoves, t.place, func() { r.sees(t) })
	}
	if refClinician(m.role) && (does != closeIt || r.wrong == refClosingIsCopied) {
		r.sendCopy(m, t)
		if first {
			r.askForReadings(t)
		}
	}
	if first && t.departed {
		if t.content.Key.Sub(drawToVisit).Chance(r.plan.Scenario.Threads.UnresolvedVisit) {
			r.visits(t)
		} else {
			r.phonesAfter(t)
		}
	}
}

// responds stops the clocks of responses, and settles at the first whether messages can resolve the matter.
func (r *reference) responds(m *refMember, t *refThread) {
	t.below = m.role.Level() < t.content.Needs.Level()
	if r.wrong == refNobodyNeedsNurses && !t.content.Needs.IsPhysician() {
		t.below = false
	}
	if t.neededResponse == unset && !t.below {
		t.neededResponse = r.now
	}
	if t.response != unset {
		return
	}
	t.response = r.now
	r.responses = append(r.responses, refResponse{int(r.now / des.Day), r.now - t.origin})
	t.byAddressee = m.index == t.addressee
	if t.toPool {
		t.byAddressee = !r.plan.roster[m.index].Role.IsPhysician()
	}
	t.departed = t.content.Key.Sub(drawNotResolved).Chance(r.plan.Scenario.Threads.NotResolved)
}

// seenAfter draws how long it takes to see an answer: log-normal, at least Lead and an hour less than a week.
func (r *reference) seenAfter(t *refThread) des.Time {
	th := &r.plan.Scenario.Threads
	median := float64(des.FromDuration(time.Duration(th.AnswerSeenAfter)))
	after := des.Time(median * math.Exp(th.AnswerSeenLogSD*t.draw(drawSeen).Norm()))
	return min(max(after, Lead), 7*des.Day-des.Hour)
}

// sendCopy has some answers read by the patient's other clinician.
func (r *reference) sendCopy(m *refMember, t *refThread) {
	if t.draw(drawCopy).Chance(r.plan.Scenario.Handling.Copy) {
		if other := r.otherClinician(t.person, m.index); other != none {
			r.bring(other, fromColleague)
		}
	}
}

// askForReadings has some first replies ask for home readings, which some patients send.
func (r *reference) askForReadings(t *refThread) {
	tr, k := &r.plan.Scenario.Demand.Triggers, t.content.Key
	sent := k.Sub(drawReadingsSent)
	asked := r.people.MonitoredAtHome(t.person) && k.Sub(drawReadingsAsked).Chance(tr.ReadingsAsked)
	if !asked || !sent.Chance(tr.ReadingsSent) {
		return
	}
	due := r.people.After(r.now, sent.Sub(1).Exp()*tr.ReadingsAfterDays/7)
	r.planNeed(t.person, r.people.ContentAfter(generators.AskedReading, t.person, sent.Sub(2)), due)
}
