package main

import (
	"context"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus/testutil/promlint"
	"github.com/stretchr/testify/require"

	"github.com/portalbench/portalbench/bench"
	"github.com/portalbench/portalbench/results"
)

// counted is 4 sends: 3 ok, of 5 ms, 20 ms and 2 minutes, and one that timed out.
func counted() (c bench.Counts) {
	send := &c.Measured[results.OpSend]
	send.Offered, send.Sent = 4, 4
	send.Outcomes[results.OK], send.Outcomes[results.Timeout] = 3, 1
	bounds := bench.LatencyBounds()
	for i, bound := range bounds {
		if bound == 5*time.Millisecond || bound == 25*time.Millisecond {
			send.Response.Counts[i]++
		}
	}
	send.Response.Counts[len(bounds)]++
	send.Response.Sum = 120_025 * time.Millisecond
	return c
}

func get(t *testing.T, url, accept string) (body, contentType string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	require.NoError(t, err)
	req.Header.Set("Accept", accept)
	resp, err := http.DefaultClient.Do(req)
	require.NoError(t, err)
	defer resp.Body.Close()
	require.Equal(t, http.StatusOK, resp.StatusCode)
	b, err := io.ReadAll(resp.Body)
	require.NoError(t, err)
	return string(b), resp.Header.Get("Content-Type")
}

func TestMetricsEndpoint(t *testing.T) {
	var said strings.Builder
	m, err := serveMetrics("127.0.0.1:0", runLabels{"r1", "smoke", "physician-first", "refportal"}, &said)
	require.NoError(t, err)
	defer m.stop()
	url := strings.TrimSpace(strings.TrimPrefix(said.String(), "portalbench: metrics at "))
	require.Regexp(t, `^http://127\.0\.0\.1:\d+/metrics$`, url)

	before, _ := get(t, url, "")
	require.Contains(t, before, `portalbench_run_info{policy="physician-first",portal="refportal",run_id="r1",scenario="smoke",version=`)
	require.NotContains(t, before, "in_flight", "the clock has not started")

	s := snapshotAt(42 * time.Second)
	s.Counts = counted()
	m.report(bench.Progress{Phase: "replay", Live: &s})
	m.report(bench.Progress{Phase: "ledger"})
	text, _ := get(t, url, "")
	for _, line := range []string{
		`portalbench_operations_total{op="send",outcome="ok",phase="measured"} 3`,
		`portalbench_operations_total{op="send",outcome="timeout",phase="measured"} 1`,
		`portalbench_operations_offered_total{op="send",phase="measured"} 4`,
		`portalbench_response_seconds_bucket{op="send",phase="measured",le="0.0025"} 0`,
		`portalbench_response_seconds_bucket{op="send",phase="measured",le="0.005"} 1`,
		`portalbench_response_seconds_bucket{op="send",phase="measured",le="60"} 2`,
		`portalbench_response_seconds_bucket{op="send",phase="measured",le="+Inf"} 3`,
		`portalbench_response_seconds_sum{op="send",phase="measured"} 120.025`,
		`portalbench_in_flight 1234`,
		`portalbench_offered_per_second 200`,
		`portalbench_achieved_per_second 199.6`,
		`portalbench_elapsed_seconds 42`,
	} {
		require.Contains(t, text, line+"\n")
	}
	require.NotContains(t, text, `op="reply"`, "nothing happened to it")
	problems, err := promlint.New(strings.NewReader(text)).Lint()
	require.NoError(t, err)
	require.Empty(t, problems, "names and help follow the conventions")

	open, contentType := get(t, url, "application/openmetrics-text;version=1.0.0")
	require.Contains(t, contentType, "application/openmetrics-text")
	require.True(t, strings.HasSuffix(open, "# EOF\n"))
	m.stop()
	_, err = http.Get(url)
	require.Error(t, err, "it ends with the run")
}

func TestMetricsEndpointWithoutAPort(t *testing.T) {
	m, err := serveMetrics("127.0.0.1:0", runLabels{}, io.Discard)
	require.NoError(t, err)
	defer m.stop()
	var said strings.Builder
	taken, err := serveMetrics("127.0.0.1:0", runLabels{}, &said)
	require.NoError(t, err)
	defer taken.stop()
	address := strings.Split(said.String(), "/")[2]
	_, err = serveMetrics(address, runLabels{}, io.Discard)
	require.ErrorContains(t, err, "choose another port")
	var none *metricsEndpoint
	none.report(bench.Progress{Live: &bench.Snapshot{}})
	none.stop()
}

// The same run gives the same bytes, and they end as OpenMetrics wants.
func TestOpenMetricsOfAResult(t *testing.T) {
	r := &bench.Result{Counts: counted(), Load: results.Load{RunID: "r1", Scenario: "smoke", OfferedPerS: 4, AchievedPerS: 3.5, Validity: results.RunValid,
		Ledger: &results.Ledger{Checked: 9, Found: 8, Lost: 1}, Target: &results.Target{CPUCoresMean: .5, RSSMeanMB: 36}}}
	text, err := openMetrics(r)
	require.NoError(t, err)
	for _, line := range []string{
		"# TYPE portalbench_operations counter",
		`portalbench_operations_total{op="send",outcome="ok",phase="measured"} 3.0`,
		`portalbench_response_seconds_count{op="send",phase="measured"} 3`,
		"portalbench_achieved_per_second 3.5",
		"portalbench_valid 1.0",
		"portalbench_incomplete 0.0",
		`portalbench_ledger_messages{state="lost"} 1.0`,
		"portalbench_target_cpu_cores 0.5",
		"portalbench_target_resident_bytes 3.6e+07",
	} {
		require.Contains(t, string(text), line+"\n")
	}
	require.True(t, strings.HasSuffix(string(text), "\n# EOF\n"))
	again, err := openMetrics(r)
	require.NoError(t, err)
	require.Equal(t, text, again)
}

// While a load runs, a monitoring system can follow it; the portal's process, which is this one, is watched as well.
func TestLoadIsFollowed(t *testing.T) {
	dir := t.TempDir()
	credentials := filepath.Join(dir, "admin.yaml")
	p := servePortal(t, "--credentials", credentials)
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	address := ln.Addr().String()
	require.NoError(t, ln.Close())
	done := make(chan int, 1)
	go func() {
		args := []string{"load", "smoke", "--rate", "20/s", "--for", "4s", "--warm-up", "1s", "--quiet", "--url", p.url, "--auth", "file:" + credentials,
			"--metrics", address, "--target-pid", strconv.Itoa(os.Getpid()), "--out", filepath.Join(dir, "run")}
		done <- run(context.Background(), args, nil, io.Discard, io.Discard)
	}()
	seen := ""
	for !strings.Contains(seen, `phase="measured",`) && len(done) == 0 {
		if resp, err := http.Get("http://" + address + "/metrics"); err == nil {
			b, err := io.ReadAll(resp.Body)
			resp.Body.Close()
			require.NoError(t, err)
			seen = string(b)
		}
		time.Sleep(20 * time.Millisecond) // between two looks
	}
	require.Contains(t, []int{exitOK, exitInvalid}, <-done) // a crowded machine may make it invalid
	require.Contains(t, seen, `portalbench_operations_total{op="inbox",outcome="ok",phase="measured"}`)
	require.Contains(t, seen, `portalbench_lag_seconds_count{op="inbox",phase="warm_up"}`)
	r, err := results.Open(filepath.Join(dir, "run"))
	require.NoError(t, err)
	if runtime.GOOS == "linux" {
		require.Equal(t, os.Getpid(), r.Load.Target.PID)
	}
}

// What a rule that stopped a run leads to.
func TestStoppedVerdict(t *testing.T) {
	for status, want := range map[string]int{results.Fail: exitFail, results.Inconclusive: exitInvalid} {
		l := &results.Load{Stopped: "errors>20% for 3s, 5s after the clock started", Incomplete: true, Validity: results.RunInvalid,
			Thresholds: []results.Threshold{{Expression: "all.errors<=1%", Status: status}}}
		var e *exitError
		require.ErrorAs(t, verdict(l), &e)
		require.Equal(t, want, e.code)
		require.ErrorContains(t, e, "the run was stopped (errors>20% for 3s, 5s after the clock started)")
	}
}

// Messages that were lost or leaked fail a load whatever else it showed; one that was interrupted shows nothing.
func TestBrokenMessagesFail(t *testing.T) {
	leaks := int64(2)
	for name, change := range map[string]func(*results.Load){
		"valid":       func(l *results.Load) { l.Validity = results.RunValid },
		"invalid":     func(l *results.Load) { l.Validity = results.RunInvalid },
		"stopped":     func(l *results.Load) { l.Incomplete, l.Stopped = true, "errors>20% for 3s, 5s after the clock started" },
		"interrupted": func(l *results.Load) { l.Incomplete = true },
	} {
		l := &results.Load{Validity: results.RunInvalid, Ledger: &results.Ledger{Checked: 9, Found: 8, Lost: 1, Leaked: &leaks}}
		change(l)
		var e *exitError
		require.ErrorAs(t, verdict(l), &e, name)
		if name == "interrupted" {
			require.Equal(t, exitCannot, e.code)
			continue
		}
		require.Equal(t, exitFail, e.code, name)
		require.EqualError(t, e, "the portal lost 1, duplicated 0, misplaced 0 and leaked 2 of 9 acknowledged messages", name)
	}
}
