package main

import (
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/portalbench/portalbench/bench"
)

// Two processes do not write the same history: each would make what the other has not noted yet.
func TestAJournalHasOneWriter(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("files are not locked here")
	}
	dir := t.TempDir()
	file, err := os.Create(filepath.Join(dir, journalName))
	require.NoError(t, err)
	defer file.Close()
	_, err = bench.NewFilingJournal(file, bench.FilingHeader{RunID: "r1"})
	require.NoError(t, err)
	require.NoError(t, lock(file))
	require.ErrorContains(t, (&seedJob{}).goOn(dir), "another process is writing this history")
}
