package sim

import (
	"github.com/portalbench/portalbench/results"
	"github.com/portalbench/portalbench/sim/des"
)

// drawPortalDelay draws a portal that answers in up to three minutes, with a few times for each operation.
func drawPortalDelay(d dice) *PortalDelay {
	p := new(PortalDelay)
	longest := oneOf(d, 2_000, 3_000_000, 60_000_000, 180_000_000) // microseconds
	for _, k := range StaffOps() {
		for range d.whole(1, 4) {
			p.took[k] = append(p.took[k], int64(d.whole(0, longest)))
		}
	}
	return p
}

// answers draws how long the portal takes to answer some questions, one after the other, to the nearest millisecond.
func (r *reference) answers(k des.Key, questions ...results.OpKind) des.Time {
	if r.arm.portal == nil {
		return 0
	}
	micros := int64(0)
	for _, q := range questions {
		choices := r.arm.portal.took[q]
		which := 0
		if len(choices) > 1 {
			which = int(k.Sub(uint64(q)).Float() * float64(len(choices)))
		}
		micros += choices[which]
	}
	ms := des.Time(micros / 1000)
	if micros%1000 >= 500 {
		ms++
	}
	return ms
}

// asksPortal has somebody whose session begins sign in, count what is unread and load the list.
func (r *reference) asksPortal(m *refMember) {
	if r.wrong != refSignInIsFree {
		m.owed += r.answers(m.key.Sub(drawSignIn).Sub(uint64(r.now)), results.OpAuth, results.OpUnread, results.OpInbox)
	}
}

// waitsFirst has somebody in a session who has nothing in hand wait for that before anything else. What they had put
// down takes so much longer.
func (r *reference) waitsFirst(m *refMember) bool {
	working := m.job != nil && m.job.end != nil
	if m.owed == 0 || working || m.away || m.leaving || r.now >= m.until {
		return false
	}
	owed := m.owed
	m.owed = 0
	if m.job != nil {
		m.job.left += owed
		m.job.wait += owed
		return false
	}
	m.job = &refJob{left: owed, wait: owed, signIn: true}
	r.goOn(m)
	return true
}

// waitsOn draws how long somebody waits for the portal with a thread: for the list, unless it has just come up; for the
// item, unless it is theirs; for the thread, and the mark that it was read; for a label put right by the first to open
// it; and for what they end with.
func (r *reference) waitsOn(m *refMember, t *refThread, does action) des.Time {
	questions := []results.OpKind{results.OpThread, results.OpRead}
	if m.listed != r.now || r.wrong == refListsAnew {
		questions = append(questions, results.OpInbox)
	}
	if mine := t.reader == m.index && !t.asked; !mine {
		questions = append(questions, results.OpClaim)
	}
	mislabelled := t.inbox >= len(r.staff) && t.content.Label != t.content.Category
	if t.touches == 1 && (t.urgent || mislabelled) {
		questions = append(questions, results.OpLabel)
	}
	switch does {
	case reply:
		questions = append(questions, results.OpReply, results.OpClose)
	case phone, closeIt:
		questions = append(questions, results.OpClose)
	case handOn, ask, advise:
		questions = append(questions, results.OpRoute)
	}
	return r.answers(t.content.Key.Sub(drawPortal).Sub(uint64(t.touches)), questions...)
}

// waited returns what of a stretch of work is waiting: as much of what is left to wait as of what is left to do.
func (j *refJob) waited(stretch des.Time) des.Time {
	if j.left == 0 {
		return 0
	}
	wait := j.wait * stretch / j.left
	j.wait -= wait
	return wait
}
