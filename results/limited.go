package results

import (
	"math"
	"slices"
)

// Whose doing it is that a load cannot be judged: the values of Load.LimitedBy.
const (
	LimitedByGenerator = "generator" // this machine could not make the load, or capped it for no reason of the portal's
	LimitedByPortal    = "portal"    // the portal was too late, or failed, for people to go on
	LimitedByLimiter   = "limiter"   // a rate limit refused what was sent
	LimitedBySamples   = "samples"   // too little was measured
)

// limitedBy tells whose doing the reasons are for which the load is invalid, each once, in the order of the reasons.
func (l *Load) limitedBy() []string {
	all, _ := l.Op("all")
	if all.Sent == 0 {
		return []string{LimitedByGenerator}
	}
	list := []string{}
	blame := func(who string, holds bool) {
		if holds && !slices.Contains(list, who) {
			list = append(list, who)
		}
	}
	blame(LimitedByPortal, l.preflightReason() != "")
	blame(l.rateLimitedBy(all), l.rateReason() != "")
	blame(l.notSentBy(all), notSentReason(all) != "")
	blame(LimitedByGenerator, lagReason(all) != "" || l.cpuReason() != "" || slices.Contains(l.Why, starvedReason))
	blame(LimitedByLimiter, throttledReason(all) != "")
	blame(LimitedBySamples, len(l.tooFewSamples()) > 0)
	return list
}

// rateLimitedBy tells whose doing it is that less was achieved than offered: what was not sent at all, or a second
// too late, because people waited for earlier answers or because this program lagged.
func (l *Load) rateLimitedBy(all OpResult) string {
	wait, lag := float64(all.WaitMS.P99), float64(all.LagMS.P99)
	switch {
	case wait > waitsLongMS:
		return LimitedByPortal
	case notSentReason(all) != "":
		return l.notSentBy(all)
	case wait > lag && lagReason(all) == "":
		return LimitedByPortal
	}
	return LimitedByGenerator
}

// notSentBy tells whose doing it is that operations were not sent. Sockets are this machine's. The limit of
// operations in flight is reached in two ways: by a portal that answers late, or by a limit that is too low for the
// rate though the portal answers in time. What is skipped follows from an operation that was capped or that the
// portal failed: from whichever are more.
func (l *Load) notSentBy(all OpResult) string {
	sockets, capped := all.Outcomes[Generator.String()], all.Outcomes[Capped.String()]
	failed := all.Offered - all.Outcomes[OK.String()] - all.Outcomes[Skipped.String()] - capped - sockets
	switch {
	case float64(sockets) > mostNotSent*float64(all.Offered):
		return LimitedByGenerator
	case capped > failed && !l.answersLate(all):
		return LimitedByGenerator
	}
	return LimitedByPortal
}

// answersLate reports whether the answers that did come broke a limit of the user's on their time, or took a second.
func (l *Load) answersLate(all OpResult) bool {
	for _, threshold := range l.Thresholds {
		t, err := ParseThreshold(threshold.Expression)
		if err == nil && t.ofPortal() && t.status(float64(threshold.Value)) == Fail {
			return true
		}
	}
	for _, times := range []Latency{all.ResponseMS, all.FailedMS} {
		slow := float64(times.P99)
		if math.IsNaN(slow) {
			slow = float64(times.Max)
		}
		if slow >= waitsLongMS {
			return true
		}
	}
	return false
}

// ofPortal reports whether t limits a time that is the portal's doing.
func (t ParsedThreshold) ofPortal() bool { return t.Metric != "errors" && t.Metric != "lag" }
