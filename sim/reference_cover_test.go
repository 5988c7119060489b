package sim

import (
	"cmp"
	"slices"

	"github.com/portalbench/portalbench/scenarios"
	"github.com/portalbench/portalbench/sim/des"
)

// coverWeek settles who covers for whom in a week: in every group of physicians or specialists, in order of the roster,
// one who is not on leave, in turn from week to week. They get what waits for those they cover, in the order in which
// it would have been opened: what goes first in every inbox, what was put aside, the rest. They read it anew.
func (r *reference) coverWeek(week int) {
	clear(r.covers)
	size := len(r.staff)
	switch r.policy().Cover.By {
	case "coverer":
		size = max(1, r.policy().Cover.Physicians)
	case "on_call":
	default:
		return
	}
	for _, role := range []scenarios.Role{scenarios.Physician, scenarios.Specialist} {
		all := slices.DeleteFunc(slices.Clone(r.staff), func(m *refMember) bool { return m.role != role })
		for group := range slices.Chunk(all, size) {
			r.coverGroup(group, week)
		}
	}
}

func (r *reference) coverGroup(group []*refMember, week int) {
	var by *refMember
	for i := range group {
		if m := group[(week+i)%len(group)]; by == nil && !r.onLeave(m, week) {
			by = m
		}
	}
	if by == nil || r.wrong == refNobodyCovers {
		return
	}
	for _, m := range group {
		if !r.onLeave(m, week) {
			continue
		}
		r.covers[m.index] = by.index
		for _, t := range r.allFor(m) {
			if t.urgent || r.policy().Cover.By == "coverer" {
				r.move(t, by.index)
			}
		}
		r.look(by)
	}
}

// allFor returns what waits for somebody in the order in which they would open it.
func (r *reference) allFor(m *refMember) (all []*refThread) {
	rest, tray := slices.Clone(r.inboxes[m.index]), slices.Clone(m.tray)
	if r.wrong == refTraysStay {
		tray = nil
	}
	for len(rest) > 0 {
		t := r.firstIn(rest)
		if t.class > 0 {
			all, tray = append(all, tray...), nil
		}
		all, rest = append(all, t), without(rest, t)
	}
	return append(all, tray...)
}

// coveredBy returns the colleagues on leave whose background work somebody does.
func (r *reference) coveredBy(m *refMember) (absent []*refMember) {
	for _, of := range r.staff {
		if r.worksFor(m, of) {
			absent = append(absent, of)
		}
	}
	return absent
}

func (r *reference) worksFor(m, of *refMember) bool {
	by, ok := r.covers[of.index]
	return ok && by == m.index && r.policy().Cover.By == "coverer"
}

// bring gives somebody, or who covers for them, a message about a call or a copy.
func (r *reference) bring(to int, kind itemKind) {
	m := r.staff[to]
	for _, by := range r.staff {
		if r.worksFor(by, m) {
			m = by
			break
		}
	}
	if kind == callMessage {
		m.calls = append(m.calls, r.now)
	} else {
		m.copies = append(m.copies, r.now)
	}
	r.look(m)
}

// move passes on a thread that waits.
func (r *reference) move(t *refThread, to int) {
	r.takeOut(t)
	t.handoffs++
	r.tell(Moved, t, none, to)
	r.put(t, to)
}

// escalate has the threads that wait in inboxes and have missed the standard go first, each once: where they are, or in
// another inbox. What waits for advice stays with whom it was put to. Those that were begun earlier go before others.
func (r *reference) escalate(to string) {
	late := slices.DeleteFunc(slices.Clone(r.threads), func(t *refThread) bool {
		return !r.live[t.number] || !t.waits || t.tray != nil || t.escalated || t.response != unset || t.deadline > r.now
	})
	slices.SortFunc(late, func(a, b *refThread) int { return cmp.Compare(a.number, b.number) })
	if r.wrong == refNoEscalation {
		return
	}
	for _, t := range late {
		t.escalated = true
		t.class = 0
		r.inboxes[t.inbox] = append(without(r.inboxes[t.inbox], t), t)
		if t.asker != none && r.wrong != refAdviceIsMoved {
			continue
		}
		if in := r.covered(t, r.escalatedTo(t, to)); in != t.inbox {
			r.move(t, in)
		}
	}
}

// escalatedTo returns the inbox of a thread that has missed the standard.
func (r *reference) escalatedTo(t *refThread, to string) int {
	switch to {
	case "first":
	case "colleague":
		if other := r.colleague(t.owner, t.content.Key.Sub(drawColleague)); other != none {
			return other
		}
	default:
		return r.poolOr(r.escalatesTo(to), t.inbox)
	}
	return t.inbox
}

// escalatesTo reads the name of a role; a team works from the pool of any of its roles.
func (r *reference) escalatesTo(name string) scenarios.Role {
	if team := r.policy().Route.Team; name == "team" && len(team) > 0 {
		name = team[0]
	}
	role, _ := scenarios.ParseRole(name)
	return role
}

// countClose counts workdays, what of them is scheduled, and what waits in the inboxes that are worked.
func (r *reference) countClose(day int) {
	at := des.Time(day) * des.Day
	for _, m := range r.staff {
		kind := "days off "
		if r.worksOn(m, day) {
			kind = "days "
		}
		r.sum(kind+m.role.String(), at, 1)
		for _, role := range r.colleaguesOf(r.arm.inboxes[m.index]) {
			if kind != "days " {
				break
			}
			r.sum("team days "+role.String(), at, 1)
			for _, s := range m.calendar.spans {
				if s.start/des.Day == des.Time(day%7) {
					r.sum("team scheduled "+role.String(), at, int64(s.end-s.start))
				}
			}
		}
	}
	if !r.plan.clinic.isDay[day] {
		return
	}
	for i, list := range r.inboxes {
		if i < len(r.staff) && r.arm.inboxes[i] != i {
			continue // they work from a pool
		}
		for _, role := range r.colleaguesOf(i) {
			r.sum("queued "+role.String(), at, int64(len(list)))
			r.sum("closes "+role.String(), at, 1)
		}
	}
}

// colleaguesOf returns the roles that work from an inbox.
func (r *reference) colleaguesOf(inbox int) []scenarios.Role {
	if inbox < len(r.staff) {
		return []scenarios.Role{r.staff[inbox].role}
	}
	return r.arm.pools[inbox-len(r.staff)]
}

// countBacklog counts what waits, in inboxes and trays, at the close of a week's last business day.
func (r *reference) countBacklog(day int) {
	for d := day; d%7 != 6; d++ {
		if r.plan.clinic.isDay[d+1] {
			return
		}
	}
	if !r.plan.clinic.isDay[day] || day/7 >= r.weeks() {
		return
	}
	for _, t := range r.threads {
		if t.waits && (t.tray == nil || r.wrong != refTraysAreNoBacklog) {
			r.sums.add(weekName("backlog", day/7), 1)
		}
	}
}
