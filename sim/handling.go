package sim

import (
	"math"
	"time"

	"github.com/portalbench/portalbench/scenarios"
	"github.com/portalbench/portalbench/sim/des"
)

// handling holds how long things take, in milliseconds.
type handling struct {
	role       [scenarios.NumRoles]float64
	category   [scenarios.NumCategories]float64
	logSD      float64
	shape      float64
	read       float64 // part of a message's time
	shortened  float64 // factor on the reading of a shortened one
	consult    float64
	call       float64
	switching  float64
	betweenSD  float64
	background [numItems]float64
	itemLogSD  float64

	seen, patience, patienceFelt float64 // means
}

// itemKind is a kind of background inbox work.
type itemKind uint8

const (
	prescription itemKind = iota
	callMessage
	resultMessage
	fromColleague
	numItems
)

func newHandling(s *scenarios.Scenario) handling {
	g, b, ms := &s.Handling, &s.Handling.Background, float64(des.Minute)
	h := handling{logSD: g.LogSD, shape: g.GammaShape, read: g.ReadShare, shortened: s.Demand.HoldingBack.Shortened,
		consult: g.ConsultMinutes * ms, call: g.CallMinutes * ms, switching: g.SwitchSeconds * float64(des.Second),
		betweenSD: g.BetweenLogSD, itemLogSD: b.LogSD,
		background: [numItems]float64{b.PrescriptionMinutes * ms, b.CallMinutes * ms, b.ResultMinutes * ms, b.ColleagueMinutes * ms}}
	h.seen = logNormalMean(s.Threads.AnswerSeenAfter, s.Threads.AnswerSeenLogSD)
	p := s.Threads.Patience
	if p.GammaShape > 0 {
		p.LogSD = 0 // what is called median is the mean
	}
	h.patience, h.patienceFelt = logNormalMean(p.Median, p.LogSD), logNormalMean(p.FeltUrgent, p.LogSD)
	for r := range h.role {
		h.role[r] = g.Minutes.Of(scenarios.Role(r)) * ms
	}
	for c := range h.category {
		h.category[c] = g.Category.Of(scenarios.Category(c))
	}
	return h
}

// logNormalMean returns the mean of a log-normal time in milliseconds: median e^(sd^2/2).
func logNormalMean(median scenarios.Duration, logSD float64) float64 {
	return float64(median) / float64(time.Millisecond) * math.Exp(logSD*logSD/2)
}

// draw draws a time with the given mean, of messages' shape.
func (h *handling) draw(mean float64, k des.Key) float64 {
	switch {
	case h.shape > 0:
		return mean * k.Gamma(h.shape)
	case h.logSD == 0:
		return mean
	}
	return k.LogNormal(mean, h.logSD)
}

// lasting rounds a time to what the clock can tell: at least a second, at most a day.
func lasting(ms float64) des.Time {
	return min(max(des.Time(ms+.5), des.Second), des.Day)
}

// action is what somebody who has opened a thread does with it.
type action uint8

const (
	reply    action = iota
	phone           // answers by telephone
	closeIt         // reads it: it needs no reply
	handOn          // to the inbox in member.to
	putAside        // answers it in a later session
	ask             // asks the colleague in member.to
	advise          // has been asked, and tells the asker
)

// serviceTime draws how long the thread in hand takes. What is not answered is only read. Answering a message takes the
// same draw whoever read it before, so that policies which hand on differently are compared on the same work.
func (c *Clinic) serviceTime(s int, m *member, t *thread, r scenarios.Role) des.Time {
	h := &c.plan.times
	k := t.draw(drawService)
	switch m.does {
	case advise:
		return lasting(h.draw(h.consult*m.speed, k.Sub(drawConsult)) + c.switchCost(m))
	case phone:
		return lasting(h.draw(h.call*m.speed, k.Sub(drawPhoneReply)) + c.switchCost(m))
	case handOn:
		k = k.Sub(uint64(t.handoffs))
	}
	all := h.draw(h.role[r]*h.category[t.content.Category]*m.speed, k)
	reading, writing := all*h.read, all-all*h.read
	if t.shortened && t.fromFamily == 1 {
		reading *= h.shortened
	}
	if t.reader == int32(s) {
		reading = 0
	}
	if m.does != reply {
		return lasting(reading + c.switchCost(m))
	}
	return lasting(reading + writing - c.draftSaves(t, r) + c.switchCost(m))
}

// switchCost returns what it takes to turn to the inbox from something else.
func (c *Clinic) switchCost(m *member) float64 {
	if m.freed == c.now {
		return 0
	}
	return c.switching()
}
