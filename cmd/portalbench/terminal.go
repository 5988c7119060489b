package main

import (
	"io"
	"os"
	"regexp"
	"strings"

	"golang.org/x/term"
)

// The colours of verdicts. Each of them is a word as well, and most have a sign before it: colour says nothing alone.
const (
	green   = "\x1b[32m"
	red     = "\x1b[31m"
	yellow  = "\x1b[33m"
	noPaint = "\x1b[0m"
)

// verdictWords are the verdicts as tables write them. A verdict is the whole of a word.
var verdictWords = regexp.MustCompile(`✓ [Pp]ass\b|✓ Valid\b|\bPASS\b|✗ [Ff]ail\b|✗ INVALID\b|\bFAIL\b|\? inconclusive\b|\bINCONCLUSIVE\b|\bNO DATA\b|\bINCOMPLETE\b`)

// painted puts colour to the verdicts in what is written to a terminal, line by line.
type painted struct{ io.Writer }

func (p painted) Write(b []byte) (int, error) {
	text := verdictWords.ReplaceAllStringFunc(string(b), func(word string) string { return paintOf(word) + word + noPaint })
	if _, err := io.WriteString(p.Writer, text); err != nil {
		return 0, err
	}
	return len(b), nil
}

func paintOf(word string) string {
	switch word = strings.ToLower(word); {
	case strings.Contains(word, "pass"), word == "✓ valid":
		return green
	case strings.Contains(word, "fail"), strings.Contains(word, "invalid"):
		return red
	}
	return yellow
}

// colourful returns what writes to out: with colour where that is a terminal that knows it and nobody has said NO_COLOR
// (no-color.org), and to w as it is otherwise.
func colourful(out *os.File, w io.Writer) io.Writer {
	if !term.IsTerminal(int(out.Fd())) || !wantsColour(os.Getenv) {
		return w
	}
	return painted{w}
}

func wantsColour(environment func(string) string) bool {
	kind := environment("TERM")
	return environment("NO_COLOR") == "" && kind != "" && kind != "dumb"
}

// fitted breaks the lines of a text that are longer than the terminal w is wide. In a log they stay as they are: that is
// searched line by line.
func fitted(w io.Writer, text string) string {
	f, ok := w.(*os.File)
	if !ok {
		return text
	}
	width, _, err := term.GetSize(int(f.Fd()))
	if err != nil || width < narrowTerminal {
		return text
	}
	return broken(text, width)
}

// narrowTerminal is the width below which nothing is gained by breaking lines.
const narrowTerminal = 40

// broken breaks the lines that are longer than width. Others may be an excerpt with marks below it, and are left alone.
func broken(text string, width int) string {
	var lines []string
	for line := range strings.SplitSeq(text, "\n") {
		if len([]rune(line)) <= width {
			lines = append(lines, line)
			continue
		}
		lines = append(lines, wrap(line, width)...)
	}
	return strings.Join(lines, "\n")
}
