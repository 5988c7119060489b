package report

import (
	"bytes"
	"flag"
	"io"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/portalbench/portalbench/results"
	"github.com/stretchr/testify/require"
)

var update = flag.Bool("update", false, "rewrite the golden files of this package")

func golden(t *testing.T, name string, write func(w io.Writer) error) string {
	t.Helper()
	var b bytes.Buffer
	require.NoError(t, write(&b))
	path := filepath.Join("testdata", name)
	if *update {
		require.NoError(t, os.MkdirAll("testdata", 0o755))
		require.NoError(t, os.WriteFile(path, b.Bytes(), 0o644))
	}
	want, err := os.ReadFile(path)
	require.NoError(t, err)
	require.Equal(t, string(want), b.String())
	return b.String()
}

// manyPolicies has more policies than stand side by side, one of them unstable, one never reached, one swept.
func manyPolicies() *results.Simulate {
	swept := samplePolicy("nurse-first", .7, .8)
	swept.Set, swept.PatientsPerRNFTE, swept.Replications = map[string]string{"staff.rn.fte": "3"}, 4000, 35
	late := samplePolicy("batched", 1.9, .95)
	late.Measures[1].Value, late.Measures[1].NotReached = num(math.Inf(1)), 700
	broken := samplePolicy("central-hub", 4, 1)
	broken.Unstable = new(true)
	return sampleSimulation(samplePolicy("physician-first", 1, 1), samplePolicy("team-pool", .8, .9), late, broken,
		samplePolicy("protected-time", 1.3, 1.1), swept)
}

// wideSweep varies three values with long names.
func wideSweep() *results.Simulate {
	s := sweep("1", "2", "3")
	for i := range s.Policies {
		set := s.Policies[i].Set
		set["handling.background.prescriptions.sd_minutes"] = strconv.Itoa(1 + i%2)
		set["route.by_category"] = "[{category: renewal, to: pharmacist, closes: " + strconv.Itoa(i%2) + "}]"
	}
	return s
}

func TestTables(t *testing.T) {
	load := judged(sampleLoad(), false, "send.response.p95<500ms", "all.errors<=1%", "reopen.response.p50<1s")
	for name, write := range map[string]func(w io.Writer) error{
		"simulation.txt":       func(w io.Writer) error { return Simulation(w, Table, threePolicies()) },
		"simulation.md":        func(w io.Writer) error { return Simulation(w, Markdown, threePolicies()) },
		"simulation-many.txt":  func(w io.Writer) error { return Simulation(w, Table, manyPolicies()) },
		"simulation-sweep.txt": func(w io.Writer) error { return Simulation(w, Table, sweep("1", "2", "3")) },
		"simulation-wide.txt":  func(w io.Writer) error { return Simulation(w, Table, wideSweep()) },
		"simulation-set.txt":   func(w io.Writer) error { return Simulation(w, Table, sweep("2")) },
		"staff-many.txt":       func(w io.Writer) error { return StaffMinutes(w, Table, manyPolicies()) },
		"experiment.txt":       func(w io.Writer) error { return Experiment(w, Table, experimented()) },
		"uncertainty.txt":      func(w io.Writer) error { return Uncertainty(w, Table, sampleUncertainty()) },
		"uncertainty.md":       func(w io.Writer) error { return Uncertainty(w, Markdown, sampleUncertainty()) },
		"response-times.txt":   func(w io.Writer) error { return ResponseTimes(w, Table, threePolicies()) },
		"staff-minutes.txt":    func(w io.Writer) error { return StaffMinutes(w, Table, threePolicies()) },
		"capacity.txt":         func(w io.Writer) error { return Capacity(w, Table, sampleCapacity()) },
		"capacity.md":          func(w io.Writer) error { return Capacity(w, Markdown, sampleCapacity()) },
		"latency.txt":          func(w io.Writer) error { return Latency(w, Table, load) },
		"latency.md":           func(w io.Writer) error { return Latency(w, Markdown, load) },
		"latency-invalid.txt":  func(w io.Writer) error { return Latency(w, Table, judged(sampleLoad(), true, "all.errors<=1%")) },
	} {
		text := golden(t, name, write)
		if filepath.Ext(name) == ".txt" {
			for line := range strings.Lines(text) {
				require.LessOrEqual(t, utf8.RuneCountInString(strings.TrimSuffix(line, "\n")), maxWidth, "%s: %s", name, line)
			}
		}
	}
}

func TestNumbersKeepThreeDigits(t *testing.T) {
	for v, want := range map[float64]string{0: "0.00", .0349: "0.03", 9.994: "9.99", 9.996: "10.0", 52.14: "52.1", 99.96: "100",
		1714: "1,714", 1234567: "1,234,567", -3.456: "−3.46", -.001: "0.00", math.Inf(1): "not reached"} {
		require.Equal(t, want, number(v), "%g", v)
	}
	require.Equal(t, "–", number(math.NaN()))
	nan := math.NaN()
	require.Equal(t, "52.1 (51.0–53.2)", interval(52.1, 51, 53.2))
	require.Equal(t, "0.50 (−0.20 to 1.20)", interval(.5, -.2, 1.2))
	require.Equal(t, "52.1", interval(52.1, nan, nan))
	require.Equal(t, "–", interval(nan, nan, nan))
	require.Equal(t, "not reached", interval(math.Inf(1), nan, nan))
	require.Equal(t, "−3.10 (−3.40 to −2.80)", difference(results.Difference{Value: -3.1, Low: -3.4, High: -2.8}, 1))
	require.Equal(t, "+12.0 (+9.0 to +15.0)", difference(results.Difference{Value: .12, Low: .09, High: .15}, 100))
	require.Equal(t, "+3.10", difference(results.Difference{Value: 3.1, Low: num(nan), High: num(nan)}, 1))
	require.Equal(t, "not reached", difference(results.Difference{Value: num(math.Inf(1)), Low: num(nan), High: num(nan)}, 1))
}

func TestMeasuredSaysWhyThereIsNoNumber(t *testing.T) {
	stable, growing := results.PolicyResult{}, results.PolicyResult{Unstable: new(true)}
	m := level("first_response_hours", nil, "median", 10)
	require.Equal(t, "unstable", measured(growing, m, true, 1))
	require.Equal(t, "–", measured(stable, m, false, 1))
	require.Equal(t, "10.0 (9.8–10.2)", measured(stable, m, true, 1))
	m.Value, m.NotReached = num(math.NaN()), 3 // as a file gives it back
	require.Equal(t, "not reached", measured(stable, m, true, 1))
}

func TestHeadlines(t *testing.T) {
	var said []string
	for _, h := range headlines(manyPolicies()) {
		said = append(said, h.Policy+": "+h.Text)
	}
	text := strings.Join(said, "\n")
	require.Contains(t, text, "physician-first: The baseline. Half of the threads get a first response within 18.2 (17.9–18.5) hours.")
	require.Contains(t, text, "central-hub: The backlog grows")
	require.Contains(t, text, "nurse-first, staff.rn.fte=3: ")

	require.Contains(t, text, "Not reached: the median first response.")

	three := headlines(threePolicies())
	// 18.2 x (.62 - 1) = -6.916, half-width .12 x 6.916 + .004 x 18.2 = .903
	require.Contains(t, three[1].Text, "Against physician-first, the median first response comes 6.92 h (6.01–7.82) sooner, ")
	require.Contains(t, three[1].Text, "and a physician's inbox day is 15.1 min (13.1–17.1) shorter.")
	require.Contains(t, three[2].Text, "No difference shown in the median first response, ")
	require.NotContains(t, three[2].Text, "Against")
}

func TestHeadlinesWithoutIntervals(t *testing.T) {
	s := threePolicies()
	for i := range s.Differences {
		s.Differences[i].Low, s.Differences[i].High = num(math.NaN()), num(math.NaN())
	}
	require.Contains(t, headlines(s)[1].Text, "comes 6.92 h (one replication, no interval) sooner")
	require.Equal(t, "Its main outcomes were not measured.", headlines(&results.Simulate{Policies: []results.PolicyResult{{Name: "a"}}})[0].Text)
}
