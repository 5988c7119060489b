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

// Before the first replication is complete there is nothing to show, and no folder is left behind.
func TestInterruptedBeforeAnythingWasComplete(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "run")
	code, stdout, stderr := interruptedSimulation(0, folder)
	require.Equal(t, exitCannot, code)
	require.Empty(t, stdout)
	require.Contains(t, stderr, "interrupted before there was anything to show")
	require.NoDirExists(t, folder)
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
