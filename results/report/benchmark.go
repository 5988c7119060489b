package report

import (
	"errors"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"

	"github.com/portalbench/portalbench/results"
)

// Benchmark writes what loads measured in Go's benchmark format, which benchstat reads: a line for every operation of
// every run that was answered ok at all, with its mean response as ns/op, percentiles that were measured, and the share
// of errors. Iterations are the ok answers. Runs without a load, or in which nothing was answered ok, have no lines:
// where none has any that is an error, as an empty file would compare as equal.
//
// The format is https://go.dev/design/14313-benchmark-format.
func Benchmark(w io.Writer, records []*results.Record) error {
	var b strings.Builder
	lines := 0
	for _, r := range records {
		l := r.Run.Load
		if l == nil {
			continue
		}
		benchmarkHead(&b, r)
		for _, op := range l.Ops {
			if line, ok := benchmarkLine(op, l.Generator.GOMAXPROCS); ok {
				b.WriteString(line)
				lines++
			}
		}
	}
	if lines == 0 {
		return errors.New("there is nothing to benchmark: no operation of these runs was answered ok")
	}
	_, err := io.WriteString(w, "Unit errors/op better=lower\n"+b.String())
	return err
}

// benchmarkHead writes what the lines that follow are of.
func benchmarkHead(b *strings.Builder, r *results.Record) {
	for _, of := range [][2]string{{"goos", r.Run.Machine.GOOS}, {"goarch", r.Run.Machine.GOARCH}, {"cpu", r.Run.Machine.CPU},
		{"scenario", r.Run.Scenario}, {"portal", r.Run.Load.Portal}, {"validity", r.Run.Load.Validity}} {
		if of[1] != "" {
			fmt.Fprintf(b, "%s: %s\n", of[0], strings.ReplaceAll(of[1], "\n", " "))
		}
	}
}

// benchmarkLine writes an operation, and false when nothing of it was answered ok.
func benchmarkLine(op results.OpResult, procs int) (string, bool) {
	ok := op.Outcomes[results.OK.String()]
	if ok == 0 || math.IsNaN(float64(op.ResponseMS.Mean)) {
		return "", false
	}
	line := fmt.Sprintf("BenchmarkLoad/op=%s-%d %d", op.Op, max(procs, 1), ok)
	for _, v := range []struct {
		ms   results.Number
		unit string
	}{{op.ResponseMS.Mean, "ns/op"}, {op.ResponseMS.P50, "p50-ns/op"}, {op.ResponseMS.P95, "p95-ns/op"}, {op.ResponseMS.P99, "p99-ns/op"}} {
		if !math.IsNaN(float64(v.ms)) {
			line += fmt.Sprintf(" %s %s", strconv.FormatFloat(1e6*float64(v.ms), 'f', 0, 64), v.unit)
		}
	}
	failed := float64(op.Offered-ok) / float64(op.Offered)
	return line + fmt.Sprintf(" %s errors/op\n", strconv.FormatFloat(failed, 'g', 6, 64)), true
}
