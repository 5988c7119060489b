package results

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/portalbench/portalbench/results/stats"
)

// DefaultThreshold is what a load must meet when nothing else is asked of it.
const DefaultThreshold = "all.errors<=1%"

// The statuses of a threshold. Inconclusive is what a threshold is until there is reason to say more.
const (
	Pass         = "pass"
	Fail         = "fail"
	Inconclusive = "inconclusive"
)

// ParsedThreshold is a limit on one number of a load.
type ParsedThreshold struct {
	Expression string  // as written
	Op         string  // operation of the contract, or "all"
	Metric     string  // response, service, lag, wait, schedule or errors
	Statistic  string  // mean, p50, p90, p95, p99, p999 or max; empty for errors
	Limit      float64 // milliseconds, or for errors a share between 0 and 1
	OrEqual    bool    // whether the limit itself still passes
}

func thresholdMetrics() []string {
	return []string{"response", "service", "lag", "wait", "schedule", "errors"}
}

func thresholdStatistics() []string {
	return []string{"mean", "p50", "p90", "p95", "p99", "p999", "max"}
}

// OpNames returns "all" and every operation of the contract: the rows of a load.
func OpNames() []string { return append([]string{"all"}, opNames[:]...) }

// ParseThreshold reads a limit such as "send.response.p95<500ms" or "all.errors<=1%": operation (or all), metric, for
// times a statistic, then < or <= and a duration or, for errors, a percentage of the operations offered.
func ParseThreshold(text string) (ParsedThreshold, error) {
	t, err := parseThreshold(text)
	if err != nil {
		return ParsedThreshold{}, fmt.Errorf("reading threshold %q: %w", text, err)
	}
	return t, nil
}

func parseThreshold(text string) (ParsedThreshold, error) {
	left, limit, found := strings.Cut(text, "<")
	if !found {
		return ParsedThreshold{}, fmt.Errorf("it has no < or <=: write it like send.response.p95<500ms or %s", DefaultThreshold)
	}
	t := ParsedThreshold{Expression: text}
	limit, t.OrEqual = strings.CutPrefix(limit, "=")
	if err := t.parseSubject(strings.TrimSpace(left)); err != nil {
		return t, err
	}
	return t, t.parseLimit(strings.TrimSpace(limit))
}

func (t *ParsedThreshold) parseSubject(subject string) error {
	words := strings.Split(subject, ".")
	t.Op = words[0]
	if !slices.Contains(OpNames(), t.Op) {
		return unknownName("operation", t.Op, OpNames())
	}
	if len(words) < 2 {
		return fmt.Errorf("it names no metric: add one of %s", strings.Join(thresholdMetrics(), ", "))
	}
	t.Metric = words[1]
	if !slices.Contains(thresholdMetrics(), t.Metric) {
		return unknownName("metric", t.Metric, thresholdMetrics())
	}
	if t.Metric == "errors" {
		if len(words) > 2 {
			return fmt.Errorf("errors are a share and have no statistic: leave out .%s", strings.Join(words[2:], "."))
		}
		return nil
	}
	if len(words) < 3 {
		return fmt.Errorf("it names no statistic: add one of %s", strings.Join(thresholdStatistics(), ", "))
	}
	t.Statistic = strings.Join(words[2:], ".")
	if !slices.Contains(thresholdStatistics(), t.Statistic) {
		return unknownName("statistic", t.Statistic, thresholdStatistics())
	}
	return nil
}

func (t *ParsedThreshold) parseLimit(limit string) error {
	if t.Metric == "errors" {
		share, ok := parseShare(limit)
		if !ok {
			return fmt.Errorf("the limit %q is not a percentage from 0%% to 100%%", limit)
		}
		t.Limit = share
		return nil
	}
	d, err := time.ParseDuration(limit)
	if err != nil || d < 0 {
		return fmt.Errorf("the limit %q is not a duration such as 500ms or 1.5s", limit)
	}
	t.Limit = float64(d) / float64(time.Millisecond)
	return nil
}

// Check fills l.Thresholds: whether the run keeps each limit. Without samples a threshold is inconclusive, and in
// an invalid run as well, unless it is broken all the same; a percentile asked of too few samples makes the run invalid. Check and Validate may be called in
// either order.
func (l *Load) Check(thresholds []ParsedThreshold) {
	l.Thresholds = make([]Threshold, len(thresholds))
	for i, t := range thresholds {
		value := t.value(l)
		l.Thresholds[i] = Threshold{Expression: t.Expression, Status: t.status(value), Value: Number(value)}
	}
	l.addReasons(l.tooFewSamples())
}

// value returns the number that t limits, NaN when it was not measured.
func (t ParsedThreshold) value(l *Load) float64 {
	row, ok := l.Op(t.Op)
	if !ok {
		return math.NaN()
	}
	if t.Metric == "errors" {
		return row.errors() // 0/0 is NaN: nothing was offered
	}
	if t.ofAnswers() && row.neverAnswered(t.quantile()) {
		return math.Inf(1)
	}
	if t.samples(row) == 0 {
		return math.NaN()
	}
	return float64(row.latency(t.Metric).statistic(t.Statistic))
}

func (t ParsedThreshold) status(value float64) string {
	switch {
	case math.IsNaN(value):
		return Inconclusive
	case value < t.Limit, t.OrEqual && value == t.Limit:
		return Pass
	}
	return Fail
}

// Op returns the row of an operation, or of "all".
func (l *Load) Op(name string) (OpResult, bool) {
	for _, row := range l.Ops {
		if row.Op == name {
			return row, true
		}
	}
	return OpResult{}, false
}

func (r OpResult) latency(metric string) Latency {
	return map[string]Latency{"response": r.ResponseMS, "service": r.ServiceMS, "lag": r.LagMS, "wait": r.WaitMS,
		"schedule": r.ScheduleMS}[metric]
}

func (l Latency) statistic(name string) Number {
	return map[string]Number{"mean": l.Mean, "p50": l.P50, "p90": l.P90, "p95": l.P95, "p99": l.P99, "p999": l.P999,
		"max": l.Max}[name]
}

// ofAnswers reports whether t is on a latency that ends with an answer.
func (t ParsedThreshold) ofAnswers() bool {
	return t.Metric == "response" || t.Metric == "service" || t.Metric == "schedule"
}

// quantile returns the share that t's percentile is of, or 0 when it is on none.
func (t ParsedThreshold) quantile() float64 {
	digits, percentile := strings.CutPrefix(t.Statistic, "p")
	if !percentile {
		return 0
	}
	q, _ := strconv.ParseFloat("0."+digits, 64) // p999 is .999; the statistic was checked when it was read
	return q
}

// SamplesNeeded returns how many ok answers t's statistic needs. A share of errors needs as many operations as a median:
// of fewer, all that went well would not even show that most do.
func (t ParsedThreshold) SamplesNeeded() int {
	if t.Metric == "errors" {
		return stats.SamplesForQuantile(.5)
	}
	if q := t.quantile(); q > 0 {
		return stats.SamplesForQuantile(q)
	}
	return 1
}

// Unanswered counts the operations that nobody answered: not sent, timed out, or cut off. They are slower than all
// others.
func (r OpResult) Unanswered() int64 {
	n := r.Offered - r.Sent
	for _, o := range []Outcome{Timeout, Transport, Unknown} {
		n += r.Outcomes[o.String()]
	}
	return n
}

// neverAnswered reports whether a percentile falls among the operations that nobody answered. What was refused is in
// neither: a limit on errors is for that.
func (r OpResult) neverAnswered(q float64) bool {
	ok, un := float64(r.Outcomes[OK.String()]), float64(r.Unanswered())
	return q > 0 && un > 0 && q*(ok+un) > ok
}
