package results

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// StopRule says when a load is to end early: when a metric is above a limit in every second of a time.
type StopRule struct {
	Expression string  // as written
	Metric     string  // one of StopMetrics
	Limit      float64 // a share between 0 and 1, milliseconds, or a number of operations
	OrEqual    bool    // whether the limit itself counts as above
	For        time.Duration
}

// longestStop bounds how long a rule may look back: a load that lasts longer is not stopped any earlier for it.
const longestStop = 24 * time.Hour

// StopMetrics are what rules may be on: shares of the operations that ended in a second, times of those that were
// answered in it, and how many were in flight at its end.
func StopMetrics() []string {
	return []string{"errors", "throttled", "capped", "response.p95", "response.p99", "service.p99", "lag.p99", "in_flight"}
}

// ParseStopRule reads a rule such as "errors>20% for 30s": metric, then > or >=, a percentage, a duration or a number as
// the metric has it, and the time it must last, in whole seconds.
func ParseStopRule(text string) (StopRule, error) {
	r := StopRule{Expression: strings.Join(strings.Fields(text), " ")}
	if err := r.parse(r.Expression); err != nil {
		return StopRule{}, fmt.Errorf("reading rule %q: %w", text, err)
	}
	return r, nil
}

func (r *StopRule) parse(text string) error {
	metric, rest, found := strings.Cut(text, ">")
	if !found {
		return fmt.Errorf("it has no > or >=: write it like errors>20%% for 30s")
	}
	r.Metric = strings.TrimSpace(metric)
	if !slices.Contains(StopMetrics(), r.Metric) {
		return unknownName("metric", r.Metric, StopMetrics())
	}
	rest, r.OrEqual = strings.CutPrefix(rest, "=")
	limit, lasting, found := strings.Cut(rest, " for ")
	if !found {
		return fmt.Errorf("it does not say for how long: add a time, such as for 30s")
	}
	if err := r.parseLimit(strings.TrimSpace(limit)); err != nil {
		return err
	}
	return r.parseFor(strings.TrimSpace(lasting))
}

func (r *StopRule) parseFor(text string) (err error) {
	r.For, err = time.ParseDuration(text)
	if err != nil || r.For < time.Second || r.For > longestStop || r.For%time.Second != 0 {
		return fmt.Errorf("the time %q is not a duration in whole seconds, from 1s to 24h", text)
	}
	return nil
}

// parseLimit reads what stands after the comparison, in the unit of the metric.
func (r *StopRule) parseLimit(text string) error {
	switch {
	case r.Metric == "in_flight":
		n, err := strconv.ParseUint(text, 10, 31)
		if err != nil {
			return fmt.Errorf("the limit %q is not a number of operations such as 500", text)
		}
		r.Limit = float64(n)
	case strings.Contains(r.Metric, "."):
		d, err := time.ParseDuration(text)
		if err != nil || d < 0 {
			return fmt.Errorf("the limit %q is not a duration such as 500ms or 1.5s", text)
		}
		r.Limit = float64(d) / float64(time.Millisecond)
	default:
		share, ok := parseShare(text)
		if !ok {
			return fmt.Errorf("the limit %q is not a percentage from 0%% to 100%%", text)
		}
		r.Limit = share
	}
	if r.Limit == 1 && !r.OrEqual && !strings.Contains(r.Metric, ".") && r.Metric != "in_flight" {
		return fmt.Errorf("nothing is above 100%%: write %s>=100%%", r.Metric)
	}
	return nil
}

// parseShare reads a percentage from 0% to 100%.
func parseShare(text string) (share float64, ok bool) {
	digits, percent := strings.CutSuffix(text, "%")
	v, err := strconv.ParseFloat(strings.TrimSpace(digits), 64)
	return v / 100, err == nil && percent && v >= 0 && v <= 100
}

// Above reports whether a second with this value is above the limit. One without data, NaN, never is.
func (r StopRule) Above(value float64) bool {
	return value > r.Limit || r.OrEqual && value == r.Limit
}

// stoppedReason is why a stopped run is invalid: what it measured is not the load that was asked for.
func (l *Load) stoppedReason() string {
	switch {
	case l.Stopped != "":
		return "the run was stopped early: " + l.Stopped
	case l.Incomplete:
		return "the run was interrupted before its end"
	}
	return ""
}
