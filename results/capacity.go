package results

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// Capacity is what `portalbench capacity --format json` prints: the highest rate at which a portal meets the
// thresholds.
type Capacity struct {
	Format         int            `json:"format"`
	Kind           string         `json:"kind"` // capacity
	Scenario       string         `json:"scenario"`
	Policy         string         `json:"policy"`
	Digest         string         `json:"digest"`
	Seed           uint64         `json:"seed"`
	RunID          string         `json:"run_id"`
	Portal         string         `json:"portal"`
	URL            string         `json:"url"` // empty where every step had a reference portal of its own
	At             string         `json:"at"`
	Thresholds     []string       `json:"thresholds"` // all of them must hold
	FromPerS       Number         `json:"from_per_s"` // where the search began, and where it would have ended
	ToPerS         Number         `json:"to_per_s"`
	Resolution     Number         `json:"resolution"` // share of the rate
	WarmUpS        Number         `json:"warm_up_s"`  // of each step
	BudgetS        Number         `json:"budget_s"`
	WallSeconds    Number         `json:"wall_seconds"`
	Incomplete     bool           `json:"incomplete"` // ended before the search was over
	WhyIncomplete  string         `json:"why_incomplete"`
	Outcome        string         `json:"outcome"`        // see the constants
	CapacityPerS   Number         `json:"capacity_per_s"` // null unless the outcome is capacity
	LowPerS        Number         `json:"low_per_s"`      // 95% interval, or the one bound that is known
	HighPerS       Number         `json:"high_per_s"`
	PassedToPerS   Number         `json:"passed_to_per_s"`   // highest rate that passed, by majority
	FailedFromPerS Number         `json:"failed_from_per_s"` // the next rate, which did not
	AtLeastPerS    Number         `json:"at_least_per_s"`    // the rate asked for; null without
	Gate           string         `json:"gate"`              // pass, fail or inconclusive; empty without such a rate
	Floor          *Floor         `json:"floor"`             // null when not measured
	Steps          []CapacityStep `json:"steps"`
	Warnings       []string       `json:"warnings"`
}

// The outcomes of a search for capacity.
const (
	CapacityFound     = "capacity"  // CapacityPerS between LowPerS and HighPerS
	CapacityAtLeast   = "at_least"  // LowPerS: it still passed at the highest rate tried
	CapacityBelow     = "below"     // HighPerS: it failed at the lowest rate
	CapacityGenerator = "generator" // the generator gave out first, at FailedFromPerS
	CapacityLimiter   = "limiter"   // a rate limiter refused first, at FailedFromPerS
	CapacityUnjudged  = "unjudged"  // nothing could be judged at FailedFromPerS, or at all
)

// CapacityStep is one load of a search.
type CapacityStep struct {
	RunID        string      `json:"run_id"`
	Seed         uint64      `json:"seed"`
	AskedPerS    Number      `json:"asked_per_s"`
	OfferedPerS  Number      `json:"offered_per_s"`
	AchievedPerS Number      `json:"achieved_per_s"`
	DurationS    Number      `json:"duration_s"`
	Offered      int64       `json:"offered"` // operations
	ResponseMS   Latency     `json:"response_ms"`
	LagMS        Latency     `json:"lag_ms"`
	Errors       Number      `json:"errors"`    // share of the offered operations that did not end ok
	CPUShare     Number      `json:"cpu_share"` // of the generator
	MailboxEnd   int64       `json:"mailbox_end"`
	Verdict      string      `json:"verdict"` // pass, fail or invalid
	Because      string      `json:"because"` // in a few words
	Why          []string    `json:"why"`     // as in a load
	LimitedBy    []string    `json:"limited_by"`
	Thresholds   []Threshold `json:"thresholds"`
}

// Floor is what a load costs the generator itself: measured against a portal that answers at once and keeps nothing.
type Floor struct {
	OfferedPerS    Number   `json:"offered_per_s"`
	ResponseP95MS  Number   `json:"response_p95_ms"`
	LagP99MS       Number   `json:"lag_p99_ms"`
	CPUShare       Number   `json:"cpu_share"`
	CPUMicrosPerOp Number   `json:"cpu_us_per_op"`
	RateAtCPUBound Number   `json:"per_s_at_cpu_bound"` // at which that cost fills the cores up to the bound of validity
	Why            []string `json:"why"`                // the floor itself is not to be believed
}

// NewFloor takes the floor from a load of a portal that does nothing.
//
//	CPU per operation = CPU share x cores / offered rate
//	rate at the bound = .80 / CPU share x offered rate
func NewFloor(l *Load) *Floor {
	all, _ := l.Op("all")
	share, rate := float64(l.Generator.CPUShare), float64(l.OfferedPerS)
	return &Floor{OfferedPerS: l.OfferedPerS, ResponseP95MS: all.ResponseMS.P95, LagP99MS: all.LagMS.P99,
		CPUShare:       l.Generator.CPUShare,
		CPUMicrosPerOp: Number(share * float64(l.Generator.GOMAXPROCS) / rate * 1e6),
		RateAtCPUBound: Number(mostGeneratorCPU / share * rate), Why: l.Why}
}

// StepInvalid is the verdict of a step that says nothing of the portal; the others are Pass and Fail.
const StepInvalid = "invalid"

// NewCapacityStep judges a load as a step of a search. Asked is the rate that the search asked for.
func NewCapacityStep(l *Load, asked float64) CapacityStep {
	all, _ := l.Op("all")
	s := CapacityStep{RunID: l.RunID, Seed: l.Seed, AskedPerS: Number(asked), OfferedPerS: l.OfferedPerS,
		AchievedPerS: l.AchievedPerS, DurationS: l.DurationS, Offered: all.Offered, ResponseMS: all.ResponseMS,
		LagMS: all.LagMS, Errors: Number(all.errors()), CPUShare: l.Generator.CPUShare, MailboxEnd: l.Mailbox.End,
		Why: l.Why, LimitedBy: l.LimitedBy, Thresholds: l.Thresholds}
	s.Verdict, s.Because = l.judge()
	return s
}

// errors returns the share of the offered operations that did not end ok.
func (r OpResult) errors() float64 {
	return float64(r.Offered-r.Outcomes[OK.String()]) / float64(r.Offered)
}

// judge says whether the portal stood up to a load. Validity alone does not tell: a portal that answers too late for
// people to go on makes a load invalid, and yet has failed. What the generator could not do, and what a rate limiter
// refused, says nothing of the portal, whatever else was measured; but no generator loses or leaks what a portal has
// acknowledged.
func (l *Load) judge() (verdict, because string) {
	if l.Ledger.Broken() > 0 {
		return Fail, l.Ledger.broken()
	}
	for _, by := range []string{LimitedByGenerator, LimitedByLimiter} {
		if slices.Contains(l.LimitedBy, by) {
			return StepInvalid, by
		}
	}
	if missed := l.missed(); missed != "" {
		return Fail, missed
	}
	if slices.Contains(l.LimitedBy, LimitedByPortal) {
		return Fail, l.tooLate()
	}
	if len(l.LimitedBy) > 0 {
		return StepInvalid, strings.Join(l.LimitedBy, ", ")
	}
	for _, t := range l.Thresholds {
		if t.Status != Pass {
			return StepInvalid, t.Expression + ": not measured"
		}
	}
	if g := l.Ledger; g != nil && g.Unread > 0 {
		return StepInvalid, fmt.Sprintf("messages not readable: %d", g.Unread)
	}
	return Pass, ""
}

// broken says what the portal did to messages, in a few words.
func (g *Ledger) broken() string {
	var all []string
	for _, bad := range []struct {
		n    int64
		what string
	}{{g.Lost, "lost"}, {g.Duplicated, "duplicated"}, {g.OutOfOrder, "misplaced"}, {g.Leaks(), "leaked"}} {
		if bad.n > 0 {
			all = append(all, fmt.Sprintf("%s: %d", bad.what, bad.n))
		}
	}
	return "messages " + strings.Join(all, ", ")
}

// missed names the first threshold that was not kept, with what was measured. Where too little was measured only a
// limit on errors counts: it needs no percentile.
func (l *Load) missed() string {
	for _, threshold := range l.Thresholds {
		t, err := ParseThreshold(threshold.Expression)
		if err != nil || t.status(float64(threshold.Value)) != Fail {
			continue
		}
		if t.Metric == "errors" {
			return fmt.Sprintf("%s %.3g%%", t.brief(), 100*float64(threshold.Value))
		}
		if !slices.Contains(l.LimitedBy, LimitedBySamples) {
			return fmt.Sprintf("%s %s ms", t.brief(), brief(float64(threshold.Value)))
		}
	}
	return ""
}

// brief names what t limits without saying what goes without saying: response.p95 of all, send.p95, errors.
func (t ParsedThreshold) brief() string {
	var parts []string
	if t.Op != "all" {
		parts = append(parts, t.Op)
	}
	if t.Op == "all" || t.Metric != "response" {
		parts = append(parts, t.Metric)
	}
	if t.Statistic != "" {
		parts = append(parts, t.Statistic)
	}
	return strings.Join(parts, ".")
}

// tooLate says what a portal did not let people do.
func (l *Load) tooLate() string {
	if l.rateReason() != "" {
		return "answers too late"
	}
	return "operations not sent"
}

// Judge decides whether the capacity is at least a rate, from the interval: pass when it lies above, fail when it lies
// below, and inconclusive when it straddles the rate, or the search was not completed. Without an edge there is no
// interval but one bound, which decides when no step there said otherwise.
func (c *Capacity) Judge(atLeast float64) {
	c.AtLeastPerS, c.Gate = Number(atLeast), Inconclusive
	switch {
	case c.Incomplete, c.Outcome != CapacityFound && !c.agreed():
	case float64(c.LowPerS) >= atLeast: // false for NaN
		c.Gate = Pass
	case float64(c.HighPerS) < atLeast, c.Outcome == CapacityBelow && float64(c.HighPerS) <= atLeast: // it failed at that rate itself
		c.Gate = Fail
	}
}

// agreed reports whether all steps at the one bound that is known came to the same verdict.
func (c *Capacity) agreed() bool {
	verdicts := map[string]bool{}
	for _, s := range c.Steps {
		if s.Verdict != StepInvalid && (s.AskedPerS == c.LowPerS || s.AskedPerS == c.HighPerS) {
			verdicts[s.Verdict] = true
		}
	}
	return len(verdicts) == 1
}

// WriteSteps writes steps.csv: a row for every step of a search for capacity.
func (f *Folder) WriteSteps(steps []CapacityStep) error {
	rows := [][]string{{"step", "run_id", "seed", "asked_per_s", "offered_per_s", "achieved_per_s", "duration_s",
		"offered", "response_p50_ms", "response_p95_ms", "response_p99_ms", "lag_p99_ms", "errors", "cpu_share", "verdict", "because"}}
	for i, s := range steps {
		row := []string{strconv.Itoa(i + 1), s.RunID, strconv.FormatUint(s.Seed, 10)}
		for _, n := range []Number{s.AskedPerS, s.OfferedPerS, s.AchievedPerS, s.DurationS, Number(s.Offered),
			s.ResponseMS.P50, s.ResponseMS.P95, s.ResponseMS.P99, s.LagMS.P99, s.Errors, s.CPUShare} {
			row = append(row, n.text())
		}
		rows = append(rows, append(row, s.Verdict, s.Because))
	}
	return f.writeCSV("steps.csv", rows)
}

// WriteStep writes step-<number>.json: what `portalbench load --format json` would print of that step.
func (f *Folder) WriteStep(number int, l *Load) error {
	name := fmt.Sprintf("step-%02d.json", number)
	b, err := json.MarshalIndent(l, "", "  ")
	if err != nil {
		return fmt.Errorf("writing %s: %w", f.Path(name), err)
	}
	return f.WriteFile(name, append(b, '\n'))
}
