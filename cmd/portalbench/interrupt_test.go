package main

import (
	"context"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/portalbench/portalbench/results"
)

// cancelledAfter is a context that is found cancelled after it has been asked a number of times, so that an
// interruption falls between the same two replications every time.
type cancelledAfter struct {
	context.Context
	left atomic.Int32
}

func (c *cancelledAfter) Err() error {
	if c.left.Add(-1) < 0 {
		return context.Canceled
	}
	return nil
}

// interruptedSimulation asks for 5 replications and interrupts before the one numbered done.
func interruptedSimulation(done int32, folder string, more ...string) (code int, stdout, stderr string) {
	ctx := &cancelledAfter{Context: context.Background()}
	ctx.left.Store(done)
	var out, errs strings.Builder
	args := append(strings.Fields("simulate smoke --replications 5 --workers 1 --quiet --out"), folder)
	code = run(ctx, append(args, more...), nil, &out, &errs)
	return code, out.String(), errs.String()
}

// What was complete when the user interrupted is shown and kept, and says that it is not the whole.
func TestInterruptedSimulationKeepsWhatIsComplete(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "run")
	code, stdout, stderr := interruptedSimulation(3, folder)
	require.Equal(t, exitCannot, code)
	require.Contains(t, stdout, "INCOMPLETE")
	require.Contains(t, stdout, "answered in 1 business day")
	require.Contains(t, stderr, "run folder: "+folder)
	require.Contains(t, stderr, "interrupted: what is shown are the 3 replications that were complete")

	for _, name := range []string{"scenario.yaml", "policy.yaml", "replications.csv", "report.html", "histograms.hlog"} {
		require.FileExists(t, filepath.Join(folder, name))
	}
	content, err := os.ReadFile(filepath.Join(folder, "run.json"))
	require.NoError(t, err)
	var kept results.Run
	require.NoError(t, json.Unmarshal(content, &kept))
	require.True(t, kept.Incomplete)
	require.True(t, kept.Simulate.Incomplete)
	require.Equal(t, 3, kept.Simulate.Replications)
}

// The JSON says so in a field.
func TestInterruptedSimulationAsJSON(t *testing.T) {
	code, stdout, _ := interruptedSimulation(2, filepath.Join(t.TempDir(), "run"), "--format", "json")
	require.Equal(t, exitCannot, code)
	var got results.Simulate
	require.NoError(t, json.Unmarshal([]byte(stdout), &got))
	require.True(t, got.Incomplete)
	require.Equal(t, 2, got.Replications)
}

// Before the first replication is complete there is nothing to show. The folder says what was asked for.
func TestInterruptedBeforeAnythingWasComplete(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "run")
	code, stdout, stderr := interruptedSimulation(0, folder)
	require.Equal(t, exitCannot, code)
	require.Empty(t, stdout)
	require.Contains(t, stderr, "interrupted before there was anything to show")
	run, err := os.ReadFile(filepath.Join(folder, "run.json"))
	require.NoError(t, err)
	require.Contains(t, string(run), `"incomplete": true`)
	require.FileExists(t, filepath.Join(folder, "scenario.yaml"))
	_, err = results.Open(folder)
	require.ErrorContains(t, err, "neither a simulation nor a load")
}

// saying calls then once the text has been written, and half a second later.
type saying struct {
	strings.Builder
	text string
	then func()
}

func (s *saying) Write(p []byte) (int, error) {
	n, err := s.Builder.Write(p)
	if s.then != nil && strings.Contains(s.String(), s.text) {
		time.AfterFunc(time.Second/2, s.then)
		s.then = nil
	}
	return n, err
}

// Interrupted while it measures, a load keeps what it has measured, and operations that were to be kept.
func TestInterruptedLoadKeepsWhatItMeasured(t *testing.T) {
	credentials, folder := filepath.Join(t.TempDir(), "admin.yaml"), filepath.Join(t.TempDir(), "run")
	p := servePortal(t, "--credentials", credentials)
	ctx, interrupt := context.WithCancel(context.Background())
	defer interrupt()
	said := &saying{text: "clock started", then: interrupt}
	code := run(ctx, []string{"load", "smoke", "--rate", "50/s", "--for", "5m", "--warm-up", "0s", "--quiet", "--url", p.url, "--auth",
		"file:" + credentials, "--keep-ops", "--out", folder}, nil, io.Discard, said)
	require.Equal(t, exitCannot, code)
	require.Contains(t, said.String(), "interrupted: the run is incomplete")
	kept, err := results.Open(folder)
	require.NoError(t, err)
	require.True(t, kept.Incomplete)
	all, _ := kept.Load.Op("all")
	require.Positive(t, all.Sent)
	for _, name := range []string{"report.html", "series.csv", "ops.csv", "histograms.hlog"} {
		require.FileExists(t, filepath.Join(folder, name))
	}
}

// A reader that goes away, such as head, costs neither the run folder nor the exit code.
func TestReaderThatGoesAway(t *testing.T) {
	r, w, err := os.Pipe()
	require.NoError(t, err)
	require.NoError(t, r.Close())
	defer w.Close()
	folder := filepath.Join(t.TempDir(), "run")
	args := append(strings.Fields("simulate smoke --replications 2 --quiet --out"), folder)
	require.Equal(t, exitOK, run(context.Background(), args, nil, abandoned{w}, io.Discard))
	require.FileExists(t, filepath.Join(folder, "run.json"))
}
