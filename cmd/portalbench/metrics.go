package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math"
	"net"
	"net/http"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"
	"github.com/prometheus/common/expfmt"

	"github.com/portalbench/portalbench/bench"
	"github.com/portalbench/portalbench/results"
)

// runLabels say which run metrics are of.
type runLabels struct{ runID, scenario, policy, portal string }

// metricsEndpoint serves the metrics of a run while it lasts: as of the last full second. Nil serves nothing.
type metricsEndpoint struct {
	of     runLabels
	latest atomic.Pointer[bench.Snapshot] // nil before the first second of the replay is over
	server *http.Server
}

// serveMetrics listens on address and says where.
func serveMetrics(address string, of runLabels, stderr io.Writer) (*metricsEndpoint, error) {
	ln, err := net.Listen("tcp", address)
	if err != nil {
		return nil, fmt.Errorf("listening on %s for --metrics: %w (choose another port, or 0 for a free one)", address, err)
	}
	m := &metricsEndpoint{of: of}
	registry := prometheus.NewRegistry()
	registry.MustRegister(m)
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", promhttp.HandlerFor(registry, promhttp.HandlerOpts{EnableOpenMetrics: true}))
	m.server = &http.Server{Handler: mux, ReadHeaderTimeout: 10 * time.Second}
	go m.server.Serve(ln) // its error is that it was closed
	say(stderr, "metrics at http://%s/metrics", ln.Addr())
	return m, nil
}

func (m *metricsEndpoint) report(p bench.Progress) {
	if m != nil && p.Live != nil {
		m.latest.Store(p.Live)
	}
}

func (m *metricsEndpoint) stop() {
	if m != nil {
		m.server.Close()
	}
}

// Describe declares nothing: which operations there are becomes known as they happen.
func (m *metricsEndpoint) Describe(chan<- *prometheus.Desc) {}

// Collect sends the metrics. It may be called at any time.
func (m *metricsEndpoint) Collect(to chan<- prometheus.Metric) {
	aboutMetric(to, m.of)
	s := m.latest.Load()
	if s == nil {
		return
	}
	countMetrics(to, "warm_up", &s.Counts.WarmUp)
	countMetrics(to, "measured", &s.Counts.Measured)
	rateMetrics(to, rate(s.Recent.Offered, s.Recent.Length), rate(s.Recent.Sent, s.Recent.Length))
	gauge(to, "portalbench_in_flight", "Operations under way.", float64(s.InFlight))
	gauge(to, "portalbench_in_flight_limit", "Operations under way at most.", float64(s.Limit))
	gauge(to, "portalbench_elapsed_seconds", "Time since the clock started.", s.Elapsed.Seconds())
	gauge(to, "portalbench_length_seconds", "Length of the replay, warm-up included.", s.Length.Seconds())
}

// finalMetrics are those of a load that is over.
type finalMetrics struct{ of *bench.Result }

func (f finalMetrics) Describe(chan<- *prometheus.Desc) {}

func (f finalMetrics) Collect(to chan<- prometheus.Metric) {
	l := &f.of.Load
	aboutMetric(to, runLabels{l.RunID, l.Scenario, l.Policy, l.Portal})
	countMetrics(to, "measured", &f.of.Counts.Measured)
	rateMetrics(to, float64(l.OfferedPerS), float64(l.AchievedPerS))
	gauge(to, "portalbench_valid", "Whether the run may be believed.", yes(l.Validity == results.RunValid))
	gauge(to, "portalbench_incomplete", "Whether the run ended early.", yes(l.Incomplete))
	if g := l.Ledger; g != nil {
		desc := describe("portalbench_ledger_messages", "Acknowledged messages that were looked for after the clock.", "state")
		for _, row := range []struct {
			state string
			n     int64
		}{{"checked", g.Checked}, {"found", g.Found}, {"lost", g.Lost}, {"duplicated", g.Duplicated}, {"leaked", g.Leaks()},
			{"out_of_order", g.OutOfOrder}, {"unread", g.Unread}} {
			to <- prometheus.MustNewConstMetric(desc, prometheus.GaugeValue, float64(row.n), row.state)
		}
	}
	if t := l.Target; t != nil {
		gauge(to, "portalbench_target_cpu_cores", "Cores that the portal's process used on average.", float64(t.CPUCoresMean))
		gauge(to, "portalbench_target_resident_bytes", "Mean resident memory of the portal's process.", float64(t.RSSMeanMB)*1e6)
	}
}

// openMetrics writes the metrics of a load that is over as OpenMetrics text.
func openMetrics(of *bench.Result) ([]byte, error) {
	registry := prometheus.NewRegistry()
	registry.MustRegister(finalMetrics{of})
	families, err := registry.Gather()
	if err != nil {
		return nil, fmt.Errorf("putting metrics together: %w", err)
	}
	var text bytes.Buffer
	out := expfmt.NewEncoder(&text, expfmt.NewFormat(expfmt.TypeOpenMetrics))
	for _, family := range families {
		err = errors.Join(err, out.Encode(family))
	}
	if end, ok := out.(expfmt.Closer); ok {
		err = errors.Join(err, end.Close())
	}
	if err != nil {
		return nil, fmt.Errorf("writing metrics: %w", err)
	}
	return text.Bytes(), nil
}

func describe(name, help string, labels ...string) *prometheus.Desc {
	return prometheus.NewDesc(name, help, labels, nil)
}

func gauge(to chan<- prometheus.Metric, name, help string, value float64) {
	to <- prometheus.MustNewConstMetric(describe(name, help), prometheus.GaugeValue, value)
}

func yes(is bool) float64 {
	if is {
		return 1
	}
	return 0
}

func aboutMetric(to chan<- prometheus.Metric, of runLabels) {
	desc := describe("portalbench_run_info", "What is run.", "run_id", "scenario", "policy", "portal", "version")
	to <- prometheus.MustNewConstMetric(desc, prometheus.GaugeValue, 1, of.runID, of.scenario, of.policy, of.portal, version())
}

func rateMetrics(to chan<- prometheus.Metric, offered, achieved float64) {
	for _, r := range []struct {
		name, help string
		value      float64
	}{
		{"portalbench_offered_per_second", "Operations that fell due a second.", offered},
		{"portalbench_achieved_per_second", "Operations that were sent a second.", achieved},
	} {
		if !math.IsNaN(r.value) {
			gauge(to, r.name, r.help, r.value)
		}
	}
}

// countMetrics sends the counters and histograms of the operations that occurred in a phase.
func countMetrics(to chan<- prometheus.Metric, phase string, counts *[results.NumOps]bench.OpCounts) {
	offered := describe("portalbench_operations_offered_total", "Operations that fell due.", "op", "phase")
	sent := describe("portalbench_operations_sent_total", "Operations that were sent and have ended.", "op", "phase")
	ended := describe("portalbench_operations_total", "Operations that ended, by how they did.", "op", "phase", "outcome")
	for k := range counts {
		c, op := &counts[k], results.OpKind(k).String()
		if c.Offered == 0 {
			continue
		}
		to <- prometheus.MustNewConstMetric(offered, prometheus.CounterValue, float64(c.Offered), op, phase)
		to <- prometheus.MustNewConstMetric(sent, prometheus.CounterValue, float64(c.Sent), op, phase)
		for o, n := range c.Outcomes {
			if n > 0 {
				to <- prometheus.MustNewConstMetric(ended, prometheus.CounterValue, float64(n), op, phase, results.Outcome(o).String())
			}
		}
		timeMetrics(to, c, op, phase)
	}
}

func timeMetrics(to chan<- prometheus.Metric, c *bench.OpCounts, op, phase string) {
	for _, h := range []struct {
		name, help string
		of         *bench.Buckets
	}{
		{"portalbench_response_seconds", "From being ready to the ok answer: lag and service.", &c.Response},
		{"portalbench_service_seconds", "From being sent to the ok answer.", &c.Service},
		{"portalbench_lag_seconds", "From being ready to being sent: the generator's own delay.", &c.Lag},
	} {
		below := map[float64]uint64{}
		var n uint64
		for i, bound := range bench.LatencyBounds() {
			n += uint64(h.of.Counts[i])
			below[bound.Seconds()] = n
		}
		n += uint64(h.of.Counts[len(h.of.Counts)-1])
		to <- prometheus.MustNewConstHistogram(describe(h.name, h.help, "op", "phase"), n, h.of.Sum.Seconds(), below, op, phase)
	}
}
