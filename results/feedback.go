package results

import (
	"fmt"
	"math"
	"strings"

	"github.com/portalbench/portalbench/results/stats"
)

// FeedBack is what the latencies of a load do to the clinic: the same scenario and policy, simulated with a portal that
// answers at once and with one that answers as measured, on the same people, needs and draws.
type FeedBack struct {
	Why          string              `json:"why"` // why nothing is fed back; empty: it is
	Unstable     bool                `json:"unstable"`
	Replications int                 `json:"replications"`
	HorizonDays  int                 `json:"horizon_days"`
	WarmUpDays   int                 `json:"warm_up_days"`
	Operations   []MeasuredOperation `json:"operations"`
	Waits        []PortalWait        `json:"waits"`
	Effects      []Effect            `json:"effects"`
}

// MeasuredOperation says which latencies stand for an operation of the staff.
type MeasuredOperation struct {
	Op     string `json:"op"`
	From   string `json:"from"`    // op itself, or all where it was measured too seldom
	N      int64  `json:"n"`       // answers behind them, those that were not ok included
	MeanMS Number `json:"mean_ms"` // response
}

// PortalWait sets how long a role waits for the portal as a load has measured it beside what the simulation makes of the
// same latencies. Both are minutes per workday.
type PortalWait struct {
	Role      string `json:"role"`
	Measured  Number `json:"measured_minutes_per_workday"` // of staff[]; null where the load gives none
	Simulated Number `json:"simulated_minutes_per_workday"`
	Low       Number `json:"low"` // 95% interval of the simulated ones
	High      Number `json:"high"`
}

// Effect is a quantity with a portal that answers at once, with one that answers as measured, and the paired difference.
type Effect struct {
	Quantity
	AtOnce     Number `json:"at_once"`
	AsMeasured Number `json:"as_measured"`
	Difference Number `json:"difference"`
	Low        Number `json:"low"` // 95% interval of the difference: simulation error only
	High       Number `json:"high"`
	Shown      bool   `json:"shown"` // the interval does not hold 0
}

// FewestAnswers is how many answers an operation needs for its own latencies to be fed back: as many as tell a 95th
// percentile.
func FewestAnswers() int64 { return int64(stats.SamplesForQuantile(.95)) }

// FedBackQuantities are those that a FeedBack tells the effects on.
func FedBackQuantities() []Quantity {
	physician := Where{"role": "physician"}
	return []Quantity{
		{"first_response_hours", nil, "median"},
		{"first_clinical_read_hours", Where{"actual_urgency": "urgent"}, "median"},
		{"answered_within_1_business_day", nil, "share"},
		{"inbox_minutes_per_workday", physician, "mean"},
		{"outside_hours_minutes_per_workday", physician, "mean"},
	}
}

// NewEffect compares a quantity, replication by replication.
func NewEffect(q Quantity, atOnce, asMeasured [][]Measure) Effect {
	a, b := q.Of(atOnce), q.Of(asMeasured)
	d := stats.PairedInterval(a, b, confidence)
	return Effect{Quantity: q, AtOnce: Number(stats.MeanInterval(a, confidence).Value),
		AsMeasured: Number(stats.MeanInterval(b, confidence).Value), Difference: Number(d.Value), Low: Number(d.Low),
		High: Number(d.High), Shown: d.Low > 0 || d.High < 0}
}

// NewPortalWait sums up the simulated waiting of a role beside the measured one.
func NewPortalWait(role string, measured Number, asMeasured [][]Measure) PortalWait {
	q := Quantity{"portal_wait_minutes_per_workday", Where{"role": role}, "mean"}
	i := stats.MeanInterval(q.Of(asMeasured), confidence)
	return PortalWait{Role: role, Measured: measured, Simulated: Number(i.Value), Low: max(0, Number(i.Low)), High: Number(i.High)}
}

// Effect returns the effect on a quantity.
func (f *FeedBack) Effect(q Quantity) (Effect, bool) {
	for _, e := range f.Effects {
		if e.Key() == q.Key() {
			return e, true
		}
	}
	return Effect{}, false
}

// fewestDone is the share of operations that must succeed for the latencies to mean anything.
const fewestDone = .99

// NotFedBack says why the latencies of a load must not be fed back, or nothing.
func (l *Load) NotFedBack() string {
	all, found := l.Op("all")
	ok := all.Outcomes[OK.String()]
	switch {
	case l.Incomplete:
		return "the load was interrupted before its end"
	case l.Validity != RunValid:
		return "the load is invalid: " + strings.Join(l.Why, "; ") + l.slowDown(all)
	case !found || all.Sent < FewestAnswers():
		return fmt.Sprintf("%d operations are too few to tell how long the portal takes, and %d are the fewest", all.Sent, FewestAnswers())
	case float64(ok) < fewestDone*float64(all.Offered):
		return fmt.Sprintf("%d of %d operations failed: fast refusals save nobody time, and what was refused has to be done some other way",
			all.Offered-ok, all.Offered)
	}
	return ""
}

// slowDown tells how to measure a portal that was too slow for the load's speed, if that is what was wrong: at 60 times the
// speed of life, an answer that takes a second holds its reader up for a minute of the clinic's time.
func (l *Load) slowDown(all OpResult) string {
	if float64(l.Speed) > 1 && float64(all.WaitMS.P99) > waitsLongMS && l.rateReason() != "" {
		return fmt.Sprintf("; it went at %.3g times the speed of life: load with a --speed nearer to 1, and --care-networks for the rate",
			float64(l.Speed))
	}
	return ""
}

// Waited merges the responses of an operation, or of all, whether they were ok or not: people wait for both. Of is what a
// load measured, by tag. There is none when nothing was sent, or the two cannot be added up.
func Waited(of map[string]*stats.Histogram, op string) *stats.Histogram {
	var sum *stats.Histogram
	for _, metric := range []string{".response", ".failed"} {
		h := of[op+metric]
		switch {
		case h == nil:
		case sum == nil:
			sum = h
		case !sum.SameShape(h):
			return nil
		default:
			sum = sum.Merged(h)
		}
	}
	return sum
}

// MeasuredWait returns how long a role waits for the portal as the load measured it; missing where it gives none.
func (l *Load) MeasuredWait(role string) Number {
	for _, s := range l.Staff {
		if s.Role == role {
			return s.PortalWaitMinutes
		}
	}
	return Number(math.NaN())
}
