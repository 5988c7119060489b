//go:build linux

package main

import (
	"context"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// started runs a command as a side and ends it with the test.
func started(t *testing.T, command string) *sideCommand {
	t.Helper()
	c, err := startSide(t.Context(), "candidate", "candidate", command)
	require.NoError(t, err)
	c.grace = 200 * time.Millisecond
	t.Cleanup(c.stop)
	return c
}

func TestSidePrintsItsAddress(t *testing.T) {
	c := started(t, "echo http://127.0.0.1:8080; echo more; exec sleep 60")
	require.Equal(t, "http://127.0.0.1:8080", c.url)
	require.NoError(t, c.broken())
	c.stop()
	require.False(t, groupLives(c.group()), "it was the shell itself")
	c.stop() // twice does no harm
}

func TestSideKnowsWhichItIs(t *testing.T) {
	require.Equal(t, "http://candidate", started(t, `echo http://$PORTALBENCH_SIDE; exec sleep 60`).url)
}

func TestSidesThatDoNotStart(t *testing.T) {
	for command, says := range map[string]string{
		"echo no such luck >&2; exit 7":      "the command of --base ended without printing the portal's address: exit status 7\nwhat base last said:\n  no such luck",
		"true":                               "ended without printing the portal's address: exit status 0",
		"echo; exec sleep 60":                `printed "" where the portal's address was expected`,
		"echo ready; exec sleep 60":          `printed "ready" where the portal's address was expected: its first line of output must be an address`,
		"yes x | head -c 9999; exec sleep 9": `printed "x" where`,
	} {
		_, err := startSide(t.Context(), "base", "base", command)
		require.ErrorContains(t, err, says, command)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	_, err := startSide(ctx, "base", "base", "exec sleep 60")
	require.ErrorIs(t, err, context.DeadlineExceeded)
}

// What the shell has started ends with it, also when it does not want to, and what is left behind in the background.
func TestSideEndsWithItsGroup(t *testing.T) {
	for name, command := range map[string]string{
		"a child":       "echo http://127.0.0.1:1; sleep 60; true",
		"deaf":          "trap '' TERM; echo http://127.0.0.1:1; while :; do sleep 60; done",
		"left behind":   "(trap '' TERM; sleep 60) & echo http://127.0.0.1:1",
		"by its input":  "echo http://127.0.0.1:1; trap '' TERM; cat; exit 0",
		"several of it": "sleep 60 & sleep 61 & echo http://127.0.0.1:1; wait",
	} {
		c := started(t, command)
		begun := time.Now()
		c.stop()
		require.Eventually(t, func() bool { return !groupLives(c.group()) }, 10*time.Second, 10*time.Millisecond, name) // the system takes its time to bury them
		require.Less(t, time.Since(begun), 10*time.Second, name)
	}
}

// A portal that serves in the background outlives the shell that started it, and is there as long as one of its processes is.
func TestSideThatEndsByItself(t *testing.T) {
	c := started(t, "sleep 60 & echo http://127.0.0.1:1")
	<-c.ended
	require.NoError(t, c.broken())
	c = started(t, "echo http://127.0.0.1:1; echo out of memory >&2; exit 9")
	<-c.ended
	require.ErrorContains(t, c.broken(), "the portal that --candidate started has ended: exit status 9\nwhat candidate last said:\n  out of memory")
}

func TestLastWordsAreKept(t *testing.T) {
	l := &lastWords{}
	for i := range 3000 {
		_, err := l.Write([]byte(strconv.Itoa(i) + "\n"))
		require.NoError(t, err)
	}
	require.True(t, strings.HasSuffix(l.text(), "  2998\n  2999"))
	require.LessOrEqual(t, len(l.kept), mostWords)
}

// The processor time of a group is that of the shell, of what runs in it, and of what has ended in it.
func TestGroupUsage(t *testing.T) {
	work := "i=0; while [ $i -lt 60000 ]; do i=$((i+1)); done"
	done := filepath.Join(t.TempDir(), "done")
	c := started(t, "sh -c '"+work+"'; (sh -c '"+work+"; sleep 60') & echo http://127.0.0.1:1; "+work+"; touch "+done+"; sleep 60")
	require.Eventually(t, func() bool { _, err := os.Stat(done); return err == nil }, time.Minute, 20*time.Millisecond)
	own, err := processUsage(c.group())
	require.NoError(t, err)
	all, err := groupUsage(c.group())
	require.NoError(t, err)
	require.Greater(t, all.cpu, own.cpu*3/2, "the shell's own loop is a third, or half while the one behind it still runs")
	require.Greater(t, all.threads, 1)
	require.Greater(t, all.rss, own.rss)
	c.stop()
	_, err = groupUsage(c.group())
	require.ErrorContains(t, err, "no such process group")
}

// This process's clock is as fine as its parts: it moves by less than the tick of /proc.
func TestCPUClock(t *testing.T) {
	first, ok := cpuClock(os.Getpid())
	require.True(t, ok)
	for range 1000 {
		_, _ = cpuClock(os.Getpid())
	}
	second, _ := cpuClock(os.Getpid())
	require.Greater(t, second, first)
	_, ok = cpuClock(5_000_000) // above the most that Linux gives
	require.False(t, ok)
}
