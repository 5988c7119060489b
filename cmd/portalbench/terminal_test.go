package main

import (
	"bytes"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestPaintedVerdicts(t *testing.T) {
	for text, want := range map[string]string{
		"✓ pass (3 ms)":              green + "✓ pass" + noPaint + " (3 ms)",
		"✗ fail, ✓ Valid.":           red + "✗ fail" + noPaint + ", " + green + "✓ Valid" + noPaint + ".",
		"✗ INVALID: it lagged":       red + "✗ INVALID" + noPaint + ": it lagged",
		"PASS FAIL INCONCLUSIVE":     green + "PASS" + noPaint + " " + red + "FAIL" + noPaint + " " + yellow + "INCONCLUSIVE" + noPaint,
		"? inconclusive":             yellow + "? inconclusive" + noPaint,
		"nothing passes, FAILOVER":   "nothing passes, FAILOVER",
		"✓ passable: no verdict, \n": "✓ passable: no verdict, \n",
	} {
		var b bytes.Buffer
		n, err := painted{&b}.Write([]byte(text))
		require.NoError(t, err)
		require.Equal(t, len(text), n, "a writer tells of the bytes that it was given")
		require.Equal(t, want, b.String())
	}
}

func TestWantsColour(t *testing.T) {
	for _, row := range []struct {
		term, noColour string
		want           bool
	}{{"xterm-256color", "", true}, {"xterm", "1", false}, {"dumb", "", false}, {"", "", false}} {
		require.Equal(t, row.want, wantsColour(func(name string) string {
			return map[string]string{"TERM": row.term, "NO_COLOR": row.noColour}[name]
		}), row)
	}
}

func TestWhereThereIsNoTerminal(t *testing.T) {
	long := strings.Repeat("a note that goes on ", 20)
	var b bytes.Buffer
	require.Equal(t, long, fitted(&b, long))
	file, err := os.CreateTemp(t.TempDir(), "log")
	require.NoError(t, err)
	defer file.Close()
	require.Equal(t, long, fitted(file, long), "in a log, a note is one line")
	require.Equal(t, &b, colourful(file, &b))
}

func TestBrokenLines(t *testing.T) {
	require.Equal(t, "one two\nthree four", broken("one two three four", 10))
	require.Equal(t, "  4 | fte: x\n    |      ^", broken("  4 | fte: x\n    |      ^", 14), "an excerpt stays as it is")
}
