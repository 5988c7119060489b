package sim

import (
	"math"
	"time"

	"github.com/portalbench/portalbench/generators"
	"github.com/portalbench/portalbench/sim/des"
)

// refThread is a conversation.
type refThread struct {
	number  int
	place   int
	person  int32
	content generators.Content
	origin  des.Time

	read, clinicalRead, response, neededResponse des.Time
	lastAction, since, deadline                  des.Time // since: when it came to where it waits

	owner, addressee int
	inbox            int // where it waits or waited last
	waits            bool
	tray             *refMember // where it waits if it was put aside
	session          int        // of the holder, in which that was
	inHand           bool
	asker            int // who waits for a colleague's advice, or none
	reader           int // who has read the family's last message and put it aside or asked about it, or none

	urgent, toPool, shortened, billed, physician               bool
	postponed                                                  bool // its last message was put aside or asked about
	asked                                                      bool // a colleague has been asked about that
	escalated, goesOn, departed, byAddressee, below            bool
	lostPatience                                               bool // while it was in hand
	class                                                      int
	authority                                                  float64
	messages, fromFamily, touches, handoffs, nudges, allNudges int

	event *occurrence // the end of patience, or seeing the answer
	end   *occurrence // a week after the last answer
}

// draw returns the key of a draw that is made for every message of the family.
func (t *refThread) draw(purpose uint64) des.Key {
	return t.content.Key.Sub(purpose).Sub(uint64(t.fromFamily))
}

// needFalls decides what becomes of a need. Those generated are thinned to what the expected wait makes of them.
func (r *reference) needFalls(person int32, n generators.Content, generated bool) {
	fate, short := Unfelt, false
	if !generated || r.felt(n) {
		fate, short = r.fate(person, n)
	}
	parts := r.partsOfNeed(person, &n)
	r.sum("fate "+fate.String(), r.now, 1, parts...)
	r.events = append(r.events, Event{At: r.now, Kind: NeedFell, Fate: fate, Network: r.network, Thread: none,
		Person: person, Staff: none, Inbox: none, Key: n.Key, Category: n.Category, Urgent: n.Urgent, Felt: n.Felt})
	switch fate {
	case Written:
		r.send(person, n, short)
	case Phoned:
		r.phones(r.people.Physician(person), parts)
	case Failed:
		if n.Key.Sub(drawFailedPhone).Chance(r.plan.Scenario.Population.Technology.PhonesAfterward) {
			r.phones(r.people.Physician(person), parts)
		}
	case Emergency:
		r.sum("emergencies", r.now, 1, parts...)
	}
}

// felt reports whether a need is there at the wait that patients expect: needs change as that wait over the usual one
// to the power of minus the elasticity, up to a cap, and are generated at an envelope rate.
func (r *reference) felt(n generators.Content) bool {
	d := &r.plan.Scenario.Demand
	if d.Responsiveness.Elasticity == 0 {
		return true
	}
	usual := des.FromDuration(time.Duration(d.Channel.ExpectedWait))
	ratio := float64(usual) / float64(max(r.expects, des.Minute))
	factor := min(d.Responsiveness.AtMost, math.Pow(ratio, d.Responsiveness.Elasticity))
	return n.Key.Sub(drawWanted).Chance(factor / d.Responsiveness.Envelope())
}

// fate draws what becomes of a need that is felt, and whether it is written in few words.
func (r *reference) fate(person int32, n generators.Content) (fate Fate, short bool) {
	s, p := r.plan.Scenario, r.policy()
	chance := func(purpose uint64, share float64) bool { return n.Key.Sub(purpose).Chance(share) }
	if n.Felt && chance(drawEmergency, s.Demand.Channel.Emergency) {
		return Emergency, false
	}
	short = r.people.HoldsBack(person, s.Demand.HoldingBack.Share*(1-p.Training.HoldingBack))
	if short && chance(drawUnsent, s.Demand.HoldingBack.Unsent) {
		return HeldBack, false
	}
	if where := r.channel(n); where != Written {
		return where, false
	}
	if p.Billing.Demand > 0 && !chance(drawBilling, p.Billing.Demand) {
		if n.Key.Sub(drawBilling).Sub(1).Chance(p.Billing.PhonesInstead) {
			return Phoned, false
		}
		if r.wrong == refNotDeterred {
			return HeldBack, false
		}
		return Deterred, false
	}
	if n.Urgent && r.people.Trained(person, p.Training.Misuse) {
		return Phoned, false
	}
	if r.people.Barrier(person) && chance(drawFailed, s.Population.Technology.FailedSends) {
		return Failed, false
	}
	if !r.mayBegin(person) {
		return Phoned, false
	}
	return Written, chance(drawLimit, p.Limits.Length) || short
}

// channel draws between phone, visit and portal.
func (r *reference) channel(n generators.Content) Fate {
	ch := &r.plan.Scenario.Demand.Channel
	phone := ch.PhoneOdds * r.odds()
	if n.Felt {
		phone *= ch.FeltUrgentPhone
	}
	visit := ch.VisitOdds * 20 / ch.AppointmentWait * r.odds()
	u := n.Key.Sub(drawChannel).Float() * (1 + phone + visit)
	switch {
	case u < phone:
		return Phoned
	case u < phone+visit:
		return Kept
	}
	return Written
}

// mayBegin reports whether a patient has begun fewer threads in these 30 days than a limit allows, and counts one more.
func (r *reference) mayBegin(person int32) bool {
	most := r.policy().Limits.MessagesAMonth
	q := refQuota{person, r.now / (30 * des.Day)}
	r.begun[q]++
	return most == 0 || r.begun[q] <= most
}

// send begins a thread.
func (r *reference) send(person int32, n generators.Content, short bool) {
	p := r.policy()
	t := &refThread{number: len(r.threads), place: r.occupy(), person: person, content: n, origin: r.now,
		read: unset, clinicalRead: unset, response: unset, neededResponse: unset, lastAction: r.now, deadline: des.Never,
		asker: none, reader: none, shortened: short, messages: 1, fromFamily: 1,
		billed: n.Key.Sub(drawBilled).Chance(p.Billing.Billed)}
	r.threads = append(r.threads, t)
	r.live[t.number] = true
	r.address(t)
	if r.people.Trained(person, p.Training.LabelAccuracy) {
		t.content.Label = n.Category
	}
	to := r.covered(t, r.route(t))
	r.hears(t)
	r.tell(Sent, t, none, to)
	r.waitFor(t)
	r.put(t, to)
}

// hears counts a message of a family.
func (r *reference) hears(t *refThread) {
	r.sum("messages of families", r.now, 1, r.partsOf(t)...)
	if r.observed(r.now) {
		r.wrote[t.person]++
	}
}

// address draws to whom a thread is written: to the clinician whose matter it is, to the team, or to another one, who
// may be on leave for all that patients know.
func (r *reference) address(t *refThread) {
	a := &r.plan.Scenario.Demand.Addressing
	physician := r.people.Physician(t.person)
	specialist, has := r.people.Specialist(t.person)
	t.owner = physician
	if t.content.Specialty {
		t.owner = specialist
	}
	t.addressee = t.owner
	t.toPool = t.content.Key.Sub(drawToPool).Chance(a.Pool)
	if t.toPool || !t.content.Key.Sub(drawWrong).Chance(a.Wrong) {
		return
	}
	other := physician + specialist - t.owner
	if !has {
		other = r.another(t.owner, t.content.Key.Sub(drawWrongOther), r.wrong != refLeaveIsKnown)
	}
	if other != none {
		t.addressee = other
	}
}

// waitFor draws when the family's patience ends.
func (r *reference) waitFor(t *refThread) {
	p := &r.plan.Scenario.Threads.Patience
	r.agenda.cancel(t.event)
	if p.Median == 0 {
		return
	}
	median := p.Median
	if t.content.Felt {
		median = p.FeltUrgent
	}
	ms := float64(des.FromDuration(time.Duration(median)))
	if t.content.Trigger == generators.AfterVisit {
		ms *= p.AfterVisit
	}
	k := t.draw(drawPatience).Sub(uint64(t.nudges))
	if p.GammaShape > 0 {
		ms *= k.Gamma(p.GammaShape)
	} else {
		ms *= math.Exp(p.LogSD * k.Norm())
	}
	t.event = r.agenda.plan(r.now+max(des.Second, des.Time(ms)), refThreadMoves, t.place, func() { r.impatient(t) })
}

// impatient has a family that waits for an answer take what it feels to be urgent to the emergency department, phone,
// write again, or wait on. Who wrote in few words phones. While somebody has the thread in hand the family waits, and
// does so when that ends without an answer.
func (r *reference) impatient(t *refThread) {
	p := &r.plan.Scenario.Threads.Patience
	t.lostPatience = t.inHand && r.wrong != refPatienceIsLost
	if t.inHand {
		return
	}
	givesUp := t.draw(drawGiveUp).Sub(uint64(t.nudges)).Chance(p.Emergency)
	if t.content.Felt && givesUp && r.wrong != refNoEmergency {
		r.leaves(t, TakenToEmergency)
		r.sum("emergencies", r.now, 1, r.partsOf(t)...)
		return
	}
	u := t.draw(drawImpatient).Sub(uint64(t.nudges)).Float()
	again := p.Phone <= u && u < p.Phone+p.Nudge
	switch {
	case u < p.Phone || again && t.shortened:
		r.leaves(t, Left)
		r.phonesAfter(t)
	case again && (t.nudges < p.MostNudges || r.wrong == refNudgesForEver):
		t.nudges++
		t.allNudges++
		t.messages++
		t.lastAction = r.now
		r.hears(t)
		r.tell(Nudged, t, none, t.inbox)
		r.waitFor(t)
	}
}

// leaves ends a thread whose family seeks an answer elsewhere. To patients, who never got one is who waited 14 days.
func (r *reference) leaves(t *refThread, how EventKind) {
	r.takeOut(t)
	t.departed, t.lastAction = true, r.now
	if t.response == unset && r.wrong != refLeaversForgotten {
		r.responses = append(r.responses, refResponse{int(r.now / des.Day), 14 * des.Day})
	}
	r.tell(how, t, none, t.inbox)
	r.over(t)
}

// sees has the family see an answer, and write again if that was drawn. A portal may no longer take it: then the same
// matter is another thread, without files, with draws of its own.
func (r *reference) sees(t *refThread) {
	r.tell(Seen, t, none, t.inbox)
	if !t.goesOn {
		return
	}
	if days := r.policy().Limits.ClosesAfterDays; days > 0 && r.now > t.origin+des.Time(days)*des.Day {
		n := t.content
		n.Key, n.Files = t.draw(drawSpawn), 0
		if r.wrong == refNewMatter {
			n = r.people.ContentAfter(n.Trigger, t.person, n.Key)
		}
		r.send(t.person, n, t.shortened)
		return
	}
	r.agenda.cancel(t.end)
	t.messages++
	t.fromFamily++
	t.nudges = 0
	t.postponed, t.asked, t.reader = false, false, none
	t.lastAction = r.now
	r.hears(t)
	to := r.covered(t, t.inbox)
	r.tell(FollowedUp, t, none, to)
	r.waitFor(t)
	r.put(t, to)
}

// planNeed has a need fall due that something in the past leads to.
func (r *reference) planNeed(person int32, n generators.Content, due des.Time) {
	place := r.occupy()
	r.agenda.plan(due, refThreadMoves, place, func() {
		r.vacate(place)
		r.needFalls(person, n, false)
	})
}

// over ends a thread for good.
func (r *reference) over(t *refThread) {
	r.agenda.cancel(t.event)
	r.count(t, true)
	r.tell(Over, t, none, t.inbox)
	delete(r.live, t.number)
	r.vacate(t.place)
	if !t.departed && t.content.Key.Sub(drawCaused).Chance(r.plan.Scenario.Demand.Channel.VisitsCaused) {
		r.visits(t)
	}
}

// phones is a call, about which a clinician finds a message.
func (r *reference) phones(clinician int, parts []string) {
	r.sum("calls", r.now, 1, parts...)
	r.bring(clinician, callMessage)
}

// phonesAfter is a call that a thread has led to, about which who is in charge of the matter finds a message.
func (r *reference) phonesAfter(t *refThread) {
	parts := r.partsOf(t)
	if r.wrong == refCallsUnlabelled {
		parts = r.partsOfNeed(t.person, &t.content)
	}
	r.phones(t.owner, parts)
}

// visits is a visit that a thread has led to, which some extend by a message.
func (r *reference) visits(t *refThread) {
	r.sum("visits", r.now, 1, r.partsOf(t)...)
	d, k := &r.plan.Scenario.Demand, t.content.Key.Sub(drawAfterVisit)
	if k.Chance(d.Triggers.AfterVisit) {
		n := r.people.ContentAfter(generators.AfterVisit, t.person, k.Sub(1))
		r.planNeed(t.person, n, r.people.After(r.now, d.Channel.AppointmentWait/7))
	}
}

// sum adds to a sum over the observed days, and to those of the parts that this belongs to.
func (r *reference) sum(name string, at des.Time, n int64, parts ...string) {
	if r.observed(at) {
		r.sums.add(name, n, parts...)
	}
}

func (r *reference) observed(at des.Time) bool { return r.plan.from <= at && at < r.plan.to }
