package main

import (
	"os"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// stat is what /proc/PID/stat holds of a process named "a b) c": 1.50 s in user mode and .25 s in the system's (fields 14
// and 15, in hundredths), 12 threads (20), 300 pages (24).
const stat = "77 (a b) c) S 1 77 77 0 -1 4194560 9 0 0 0 150 25 3 4 20 0 12 0 5 123456 300 18446744073709551615 1 1 0\n"

func TestParseStat(t *testing.T) {
	got, err := parseStat(stat, 4096)
	require.NoError(t, err)
	require.Equal(t, usage{cpu: 1750 * time.Millisecond, rss: 300 * 4096, threads: 12}, got)
	for text, says := range map[string]string{
		"":               "0 fields",
		"77 (x) S 1 2 3": "4 fields",
		"77 (x) Z 1 77 77 0 -1 4194560 9 0 0 0 150 25 3 4 20 0 12 0 5 123456 300 0": "the process has ended",
		"77 (x) S 1 77 77 0 -1 4194560 9 0 0 0 abc 25 3 4 20 0 12 0 5 123456 300 0": `"abc" where a number was expected`,
		"77 (x) S 1 77 77 0 -1 4194560 9 0 0 0 -15 25 3 4 20 0 12 0 5 123456 300 0": `"-15" where a number was expected`,
	} {
		_, err := parseStat(text, 4096)
		require.ErrorContains(t, err, says, text)
	}
	_, err = processUsage(0)
	require.ErrorContains(t, err, "no such process")
}

func FuzzParseStat(f *testing.F) {
	f.Add(stat)
	f.Add("1 (init) R" + " 274877906943 274877906943 274877906943 274877906943 274877906943 274877906943 274877906943 274877906943" +
		" 274877906943 274877906943 274877906943 274877906943 274877906943 274877906943 274877906943 274877906943 274877906943" +
		" 274877906943 274877906943 274877906943 274877906943")
	own, err := os.ReadFile("/proc/self/stat")
	require.NoError(f, err)
	f.Add(string(own))
	f.Fuzz(func(t *testing.T, text string) {
		u, err := parseStat(text, 4096)
		if err == nil {
			require.True(t, u.cpu >= 0 && u.rss >= 0 && u.threads >= 0, "%+v", u)
		}
	})
}
