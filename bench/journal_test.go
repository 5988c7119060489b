package bench

import (
	"errors"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/require"
)

func TestJournalWritesInOrder(t *testing.T) {
	var got []int
	j := newJournal(func(n int) error { got = append(got, n); return nil })
	var want []int
	for n := range 1000 {
		j.add(n, 0)
		want = append(want, n)
	}
	lost, err := j.close()
	require.NoError(t, err)
	require.Zero(t, lost)
	require.Equal(t, want, got)
}

// A disk that stands still holds nobody up: one entry is being written, journalEntries wait, and the rest are lost.
func TestJournalLosesWhatItCannotHold(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		disk, written := make(chan struct{}), 0
		j := newJournal(func(int) error { <-disk; written++; return nil })
		j.add(0, 0)
		synctest.Wait()
		for n := range journalEntries + 7 {
			j.add(n, 0)
		}
		close(disk)
		lost, err := j.close()
		require.NoError(t, err)
		require.EqualValues(t, 7, lost)
		require.Equal(t, journalEntries+1, written)
	})
}

// Entries of a third of the room: one is being written, three wait, and two are lost.
func TestJournalLosesWhatIsTooHeavy(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		disk, written := make(chan struct{}), 0
		j := newJournal(func(int) error { <-disk; written++; return nil })
		j.add(1, journalBytes/3)
		synctest.Wait() // it is being written and takes no room any more
		for range 5 {
			j.add(1, journalBytes/3)
		}
		close(disk)
		lost, err := j.close()
		require.NoError(t, err)
		require.EqualValues(t, 2, lost)
		require.Equal(t, 4, written)
		j.add(1, journalBytes/3) // after the end: nothing happens
	})
}

func TestJournalSaysWhyItFailed(t *testing.T) {
	full := errors.New("disk full")
	calls := 0
	j := newJournal(func(int) error { calls++; return full })
	for n := range 10 {
		j.add(n, 0)
	}
	lost, err := j.close()
	require.ErrorIs(t, err, full)
	require.EqualValues(t, 10, lost)
	require.Equal(t, 1, calls, "nothing is written after a failure")
}
