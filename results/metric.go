package results

import (
	"fmt"
	"math"
	"strings"
)

// Metric is one number of a load by which runs are compared: of an operation, as in a threshold, or of the portal's
// process. More of it is worse. Make it with ParseMetric.
type Metric struct {
	Name    string          // as written: all.response.p50, all.errors, target.cpu_ms_per_request
	subject ParsedThreshold // without a limit; of the portal's process its Op is target
}

// MostMetrics is how many metrics may decide: each takes its share of the false alarms that are allowed.
const MostMetrics = 3

// The metrics of the portal's process.
const (
	targetOp   = "target"
	metricCPU  = "cpu_ms_per_request"
	metricRSS  = "rss_max_mb"
	cpuMetric  = targetOp + "." + metricCPU
	p50Metric  = "all.response.p50"
	failMetric = "all.errors"
)

// ParseMetric reads the name of a metric: operation (or all), metric and statistic as in thresholds, or
// target.cpu_ms_per_request or target.rss_max_mb.
func ParseMetric(text string) (Metric, error) {
	m := Metric{Name: text}
	of, name, _ := strings.Cut(text, ".")
	if of == targetOp {
		m.subject = ParsedThreshold{Op: of, Metric: name}
		if name != metricCPU && name != metricRSS {
			return m, fmt.Errorf("reading metric %q: %w", text, unknownName("metric of the target", name, []string{metricCPU, metricRSS}))
		}
		return m, nil
	}
	if err := m.subject.parseSubject(text); err != nil {
		return m, fmt.Errorf("reading metric %q: %w", text, err)
	}
	return m, nil
}

// DefaultMetrics are those that decide where nobody names others: the median response and the share of errors, and
// what a request costs the portal where every load has that.
func DefaultMetrics(loads ...*Load) []Metric {
	names := []string{p50Metric, cpuMetric, failMetric}
	for _, l := range loads {
		if l.Target == nil || math.IsNaN(float64(l.Target.CPUMSPerRequest)) {
			names = []string{p50Metric, failMetric}
		}
	}
	metrics := make([]Metric, len(names))
	for i, name := range names {
		m, err := ParseMetric(name)
		if err != nil {
			panic(err)
		}
		metrics[i] = m
	}
	return metrics
}

// Unit returns that of Of: ms, share or MB.
func (m Metric) Unit() string { return m.subject.unit() }

func (t ParsedThreshold) unit() string {
	switch t.Metric {
	case "errors":
		return "share"
	case metricRSS:
		return "MB"
	}
	return "ms"
}

// Of returns the metric in a load: NaN where it was not measured or of too few samples, and infinite for a percentile
// that falls among operations that nobody answered.
func (m Metric) Of(l *Load) float64 {
	switch {
	case m.subject.Op != targetOp:
		return m.subject.value(l)
	case l.Target == nil:
		return math.NaN()
	case m.subject.Metric == metricRSS:
		return float64(l.Target.RSSMaxMB)
	}
	return float64(l.Target.CPUMSPerRequest)
}

// Log returns the logarithm by which the metric is compared. A share of errors may be 0, which has none: half an error
// is added, and one operation, as is usual for logarithms of shares (Anscombe, "On estimating binomial response
// relations", Biometrika 43, 1956):
//
//	log((errors + 1/2) / (offered + 1))
//
// Two loads without errors are then alike, as far as they are of one size. It is NaN where Of is.
func (m Metric) Log(l *Load) float64 {
	v := m.Of(l)
	if m.subject.Metric != "errors" || math.IsNaN(v) {
		return math.Log(v)
	}
	row, _ := l.Op(m.subject.Op)
	n := float64(row.Offered)
	return math.Log((v*n + .5) / (n + 1))
}

// Samples returns how many operations are behind the metric in a load; of the portal's process, how many samples.
func (m Metric) Samples(l *Load) int64 {
	if m.subject.Op != targetOp {
		row, _ := l.Op(m.subject.Op)
		return m.subject.samples(row)
	}
	if l.Target == nil {
		return 0
	}
	return int64(l.Target.Samples)
}

// samples returns how many operations of a row tell t's number.
func (t ParsedThreshold) samples(row OpResult) int64 {
	switch t.Metric {
	case "errors":
		return row.Offered
	case "lag", "wait":
		return row.Sent
	}
	return row.Outcomes[OK.String()]
}
