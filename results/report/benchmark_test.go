package report

import (
	"math"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/perf/benchfmt"

	"github.com/portalbench/portalbench/results"
)

// benchmarked is a run with two operations: sends, of which one of four failed, and claims, which all did.
func benchmarked() *results.Record {
	nan := results.Number(math.NaN())
	row := func(op string, offered, ok int64, response results.Latency) results.OpResult {
		return results.OpResult{Op: op, Offered: offered, Sent: offered, Outcomes: map[string]int64{"ok": ok}, ResponseMS: response}
	}
	none := results.Latency{Mean: nan, P50: nan, P95: nan, P99: nan}
	return &results.Record{Dir: "runs/a", Run: &results.Run{Scenario: "smoke", Machine: results.Machine{GOOS: "linux", GOARCH: "amd64", CPU: "A CPU @ 2 GHz"},
		Load: &results.Load{Portal: "refportal", Validity: "valid", Generator: results.GeneratorHealth{GOMAXPROCS: 2}, Ops: []results.OpResult{
			row("send", 400, 300, results.Latency{Mean: 2.5, P50: 2, P95: 4.125, P99: nan}), row("claim", 5, 0, none), row("close", 0, 0, none)}}}}
}

// The reader is that of benchstat: what it makes of a line is what benchstat compares.
func TestBenchmarkIsReadByBenchstat(t *testing.T) {
	var b strings.Builder
	require.NoError(t, Benchmark(&b, []*results.Record{benchmarked(), benchmarked()}))
	read := benchfmt.NewReader(strings.NewReader(b.String()), "bench.txt")
	lines := 0
	for read.Scan() {
		switch r := read.Result().(type) {
		case *benchfmt.Result:
			lines++
			require.Equal(t, "Load/op=send-2", r.Name.String())
			require.Equal(t, 300, r.Iters)
			for unit, want := range map[string]float64{"sec/op": .0025, "p50-sec/op": .002, "p95-sec/op": .004125, "errors/op": .25} { // 100/400
				got, ok := r.Value(unit)
				require.True(t, ok, unit)
				require.InEpsilon(t, want, got, 1e-9, unit)
			}
			_, ok := r.Value("p99-sec/op")
			require.False(t, ok, "it was not measured")
			require.Equal(t, "refportal", r.GetConfig("portal"))
			require.Equal(t, "A CPU @ 2 GHz", r.GetConfig("cpu"))
		case *benchfmt.SyntaxError:
			require.Fail(t, r.Error())
		}
	}
	require.NoError(t, read.Err())
	require.Equal(t, 2, lines, "sends of two runs; of what was never answered ok there is no time")
}

// benchstat compares files without a single result and exits 0: they are not made.
func TestBenchmarkOfNothingIsAnError(t *testing.T) {
	r := benchmarked()
	r.Run.Load.Ops = r.Run.Load.Ops[1:]
	for _, records := range [][]*results.Record{nil, {r}, {{Run: &results.Run{}}}} {
		var b strings.Builder
		require.ErrorContains(t, Benchmark(&b, records), "nothing to benchmark")
		require.Empty(t, b.String())
	}
}
