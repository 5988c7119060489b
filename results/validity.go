package results

import (
	"fmt"
	"math"
	"slices"
	"strconv"
)

// The values of Load.Validity.
const (
	RunValid   = "valid"
	RunInvalid = "invalid"
)

// The bounds past which a load says more about the machine that made it than about the portal.
const (
	leastAchieved     = .99   // achieved over offered rate
	mostNotSent       = .001  // capped, skipped and generator failures over offered operations
	lagFloorMS        = 10.   // a lag p99 up to this is never held against the run
	lagShare          = .10   // beyond the floor: lag p99 over response p99
	mostGeneratorCPU  = .80   // of its cores
	mostThrottled     = .01   // throttled over sent operations
	waitsLongMS       = 1000. // wait p99 from which the portal is named as the cause of a missed rate
	waitWarnsMS       = 50.   // wait p99 from which a warning is given, if it is also above that of the response
	notMeasuredReason = "the %s was not measured"
	starvedReason     = "the schedule starved: operations were generated later than they were due"
)

// Validate sets Validity, Why and LimitedBy from the run's own numbers: whether they may be believed, and every reason why not, one
// sentence each. starved says that operations could not be generated in time. Thresholds of an invalid run become
// inconclusive, but for those on errors that no better run could keep.
func (l *Load) Validate(starved bool) {
	l.Validity, l.Why, l.LimitedBy = RunValid, []string{}, []string{}
	all, found := l.Op("all")
	if !found || all.Sent == 0 {
		l.addReasons(slices.DeleteFunc([]string{l.stoppedReason(), "nothing was sent"}, func(r string) bool { return r == "" }))
		return
	}
	var why []string
	for _, reason := range []string{l.stoppedReason(), l.preflightReason(), l.rateReason(), notSentReason(all), lagReason(all), l.cpuReason(), throttledReason(all)} {
		if reason != "" {
			why = append(why, reason)
		}
	}
	if starved {
		why = append(why, starvedReason)
	}
	l.addReasons(append(why, l.tooFewSamples()...))
}

// WaitWarning says so when people waited long for earlier answers before they could do what they meant to. It never
// makes a run invalid: this is how a slow portal delays people.
func (l *Load) WaitWarning() []string {
	all, _ := l.Op("all")
	wait := float64(all.WaitMS.P99)
	if !(wait > waitWarnsMS) || wait < float64(all.ResponseMS.P99) {
		return nil
	}
	return []string{fmt.Sprintf("people waited up to %s ms (99th percentile) for earlier answers before they could go on; from when they meant to act to the answer it took %s ms at the 95th percentile", brief(wait), brief(float64(all.ScheduleMS.P95)))}
}

// addReasons makes the run invalid for the reasons it does not have yet, and its thresholds inconclusive but for those
// that are broken all the same.
func (l *Load) addReasons(reasons []string) {
	for _, r := range reasons {
		if !slices.Contains(l.Why, r) {
			l.Why = append(l.Why, r)
		}
	}
	if len(l.Why) == 0 {
		return
	}
	l.Validity, l.LimitedBy = RunInvalid, l.limitedBy()
	for i := range l.Thresholds {
		if !l.refuted(l.Thresholds[i].Expression) {
			l.Thresholds[i].Status = Inconclusive
		}
	}
}

func (l *Load) rateReason() string {
	share := float64(l.AchievedPerS) / float64(l.OfferedPerS)
	switch {
	case math.IsNaN(share):
		return fmt.Sprintf(notMeasuredReason, "offered or achieved rate")
	case share < leastAchieved:
		text := fmt.Sprintf("only %s of the offered rate was achieved, at least %s is needed", percent(share), percent(leastAchieved))
		if all, _ := l.Op("all"); float64(all.WaitMS.P99) > waitsLongMS {
			text += ": the portal answers too late for people to go on in time"
		}
		return text
	}
	return ""
}

func notSentReason(all OpResult) string {
	n := all.Outcomes[Capped.String()] + all.Outcomes[Skipped.String()] + all.Outcomes[Generator.String()]
	share := float64(n) / float64(all.Offered)
	if share <= mostNotSent {
		return ""
	}
	return fmt.Sprintf("%s of the offered operations were not sent, at most %s may be: %d capped by the in-flight limit, %d skipped because an earlier one failed, %d for want of sockets",
		percent(share), percent(mostNotSent), all.Outcomes[Capped.String()], all.Outcomes[Skipped.String()], all.Outcomes[Generator.String()])
}

func lagReason(all OpResult) string {
	lag, response, at := float64(all.LagMS.P99), float64(all.ResponseMS.P99), "at the 99th percentile"
	if math.IsNaN(lag) { // too few operations for that percentile
		lag, response, at = float64(all.LagMS.P95), float64(all.ResponseMS.P95), "at the 95th percentile"
	}
	if math.IsNaN(lag) {
		lag, response, at = float64(all.LagMS.Max), float64(all.ResponseMS.Max), "at most"
	}
	if math.IsNaN(lag) {
		return fmt.Sprintf(notMeasuredReason, "generator's lag")
	}
	bound := lagFloorMS
	if lagShare*response > bound { // false when no operation was answered
		bound = lagShare * response
	}
	if lag <= bound {
		return ""
	}
	return fmt.Sprintf("the generator lagged by %s ms %s, and %s ms may be its own", brief(lag), at, brief(bound))
}

func (l *Load) cpuReason() string {
	if !(float64(l.Generator.CPUShare) > mostGeneratorCPU) { // NaN: this system does not say
		return ""
	}
	return fmt.Sprintf("the generator used %s of its cores, at most %s is safe", percent(float64(l.Generator.CPUShare)), percent(mostGeneratorCPU))
}

func throttledReason(all OpResult) string {
	share := float64(all.Outcomes[Throttled.String()]) / float64(all.Sent)
	if share <= mostThrottled {
		return ""
	}
	return fmt.Sprintf("%s of the sent operations were throttled, at most %s may be: the limiter was measured, not the portal",
		percent(share), percent(mostThrottled))
}

// tooFewSamples gives a reason for every threshold that has samples, but not enough of them. One
// without any sample is inconclusive by itself and leaves the others alone.
func (l *Load) tooFewSamples() []string {
	var why []string
	for _, threshold := range l.Thresholds {
		t, err := ParseThreshold(threshold.Expression)
		if err != nil {
			continue
		}
		row, _ := l.Op(t.Op)
		n, need := t.samples(row), int64(t.SamplesNeeded())
		switch {
		case n == 0 || n >= need:
		case t.Metric == "errors":
			why = append(why, fmt.Sprintf("%s has %d operations for its share of errors, which needs %d", t.Op, n, need))
		default:
			why = append(why, fmt.Sprintf("%s has %d samples for its %s, which needs %d", t.Op, n, t.Statistic, need))
		}
	}
	return why
}

// brief writes a number of milliseconds with about three digits and no exponent.
func brief(ms float64) string {
	if ms >= 100 {
		return strconv.FormatFloat(ms, 'f', 0, 64)
	}
	return strconv.FormatFloat(ms, 'g', 3, 64)
}

// percent writes a share with enough digits to tell it from the bound beside it.
func percent(share float64) string { return fmt.Sprintf("%.4g%%", 100*share) }
