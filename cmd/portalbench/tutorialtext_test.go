package main

import (
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// A tutorial is a document whose blocks of code are all tried, in their order, in a folder of their own:
//
//	```console                  commands after "$ ", in bash, each with what it prints to both outputs. A command goes on
//	                            after a line that ends with a backslash, and up to END after <<'END'.
//	<!-- file: NAME -->         the block below is a file, written as it stands
//	<!-- terminal: NAME -->     the command of the block below goes on, in another terminal, until the tutorial ends
//	<!-- sources -->            the commands of the block below are given where the program's sources are
//	<!-- slow -->               the block below is tried only where everything is
//
// In what is printed "..." stands for whatever varies: for something within a line, or, alone, for any number of lines. None
// of these may say a verdict.
type tutorial struct {
	path   string
	lines  []string
	blocks []block
}

type block struct {
	file, terminal string
	sources, slow  bool
	text           []string // of a file
	steps          []step
}

// step is a command and what it prints: the lines from first to before end of the document.
type step struct {
	command    string
	want       []string
	first, end int
}

var (
	remark   = regexp.MustCompile(`^<!-- (file|terminal|sources|slow)(?:: (.+))? -->$`)
	verdicts = regexp.MustCompile(`(?i)\b(valid|invalid|inconclusive|pass(es|ed)?|fail(s|ed)?)\b|^Ledger: `)
)

func readTutorial(t *testing.T, path string) *tutorial {
	t.Helper()
	text, err := os.ReadFile(path)
	require.NoError(t, err)
	d, err := parseTutorial(path, string(text))
	require.NoError(t, err)
	return d
}

func parseTutorial(path, text string) (*tutorial, error) {
	d := &tutorial{path: path, lines: strings.Split(text, "\n")}
	var next block
	for i := 0; i < len(d.lines); i++ {
		line := d.lines[i]
		if m := remark.FindStringSubmatch(line); m != nil {
			next.remark(m[1], m[2])
		}
		language, fenced := strings.CutPrefix(line, "```")
		if !fenced {
			continue
		}
		length := slices.Index(d.lines[i+1:], "```")
		if length < 0 {
			return nil, fmt.Errorf("%s:%d: the block has no end", path, i+1)
		}
		if err := next.read(d.lines, i+1, i+1+length, language); err != nil {
			return nil, fmt.Errorf("%s:%d: %w", path, i+1, err)
		}
		d.blocks = append(d.blocks, next)
		next, i = block{}, i+1+length
	}
	return d, nil
}

func (b *block) remark(kind, name string) {
	switch kind {
	case "file":
		b.file = name
	case "terminal":
		b.terminal = name
	case "sources":
		b.sources = true
	case "slow":
		b.slow = true
	}
}

// read takes what stands from line first to before line end.
func (b *block) read(lines []string, first, end int, language string) error {
	switch {
	case b.file != "":
		b.text = lines[first:end]
		return nil
	case language != "console":
		return fmt.Errorf("the block is neither console nor a file: say which by a remark above it")
	}
	for i := first; i < end; {
		command, isCommand := strings.CutPrefix(lines[i], "$ ")
		if !isCommand {
			return fmt.Errorf("line %q is printed by no command", lines[i])
		}
		for i++; i < end && unfinishedCommand(command); i++ {
			command += "\n" + lines[i]
		}
		s := step{command: command, first: i}
		for ; i < end && !strings.HasPrefix(lines[i], "$ "); i++ {
			s.want = append(s.want, lines[i])
		}
		s.end = i
		b.steps = append(b.steps, s)
	}
	if b.terminal != "" && (len(b.steps) != 1 || len(b.steps[0].want) == 0) {
		return fmt.Errorf("in the other terminal there is one command, and what it prints when it is ready")
	}
	return nil
}

// unfinishedCommand reports whether the next line belongs to a command.
func unfinishedCommand(command string) bool {
	return strings.HasSuffix(command, `\`) || strings.Contains(command, "<<'END'") && !strings.HasSuffix(command, "\nEND")
}

// differs explains where what was printed is not what the document says; empty: nowhere.
func differs(want []string, printed string) string {
	got := strings.Split(strings.TrimRight(printed, "\n"), "\n")
	if printed == "" {
		got = nil
	}
	i, rest := matched(want, got)
	switch {
	case i < len(want):
		return fmt.Sprintf("the document says\n\t%s\nand printed was, after %d lines that are right,\n\t%s", want[i],
			len(got)-len(rest), strings.Join(rest[:min(len(rest), 5)], "\n\t"))
	case len(rest) > 0:
		return fmt.Sprintf("%d lines more are printed than the document says:\n\t%s", len(rest), strings.Join(rest[:min(len(rest), 5)], "\n\t"))
	}
	return ""
}

// matched returns how many of the lines that are wanted were found, and what was printed after those. A line of dots takes
// as few lines as will do, and none that says a verdict.
func matched(want, got []string) (n int, rest []string) {
	for len(want) > 0 && want[0] != "..." {
		if len(got) == 0 || !sameLine(want[0], got[0]) {
			return n, got
		}
		n, want, got = n+1, want[1:], got[1:]
	}
	if len(want) == 0 {
		return n, got
	}
	best, bestRest := 0, got
	for skipped := 0; skipped <= len(got); skipped++ {
		if skipped > 0 && verdicts.MatchString(got[skipped-1]) {
			break
		}
		if m, r := matched(want[1:], got[skipped:]); m == len(want)-1 && len(r) == 0 {
			return n + 1 + m, r
		} else if 1+m > best {
			best, bestRest = 1+m, r
		}
	}
	return n + best, bestRest
}

// sameLine compares a line with the document's, in which dots stand for one character or more that say no verdict.
func sameLine(want, got string) bool {
	pattern := strings.ReplaceAll(regexp.QuoteMeta(want), regexp.QuoteMeta("..."), "(.+)")
	m := regexp.MustCompile("^" + pattern + "$").FindStringSubmatch(got)
	return m != nil && !slices.ContainsFunc(m[1:], verdicts.MatchString)
}

func TestTutorialsAreRead(t *testing.T) {
	d, err := parseTutorial("a.md", strings.Join([]string{"text", "<!-- sources -->", "```console", "$ go install", "$ echo a \\", "    b", "a b",
		"...", "$ cat <<'END'", "x", "END", "x", "```", "<!-- file: a.yaml -->", "", "```yaml", "a: 1", "```",
		"<!-- terminal: portal -->", "<!-- slow -->", "```console", "$ serve", "ready", "```", ""}, "\n"))
	require.NoError(t, err)
	require.Equal(t, []block{
		{sources: true, steps: []step{{command: "go install", first: 4, end: 4}, {"echo a \\\n    b", []string{"a b", "..."}, 6, 8},
			{"cat <<'END'\nx\nEND", []string{"x"}, 11, 12}}},
		{file: "a.yaml", text: []string{"a: 1"}},
		{terminal: "portal", slow: true, steps: []step{{"serve", []string{"ready"}, 22, 23}}},
	}, d.blocks)
	for text, want := range map[string]string{
		"```console\n$ ls":                               "a.md:1: the block has no end",
		"```\n$ ls\n```":                                 "neither console nor a file",
		"```console\nsome output\n```":                   "printed by no command",
		"<!-- terminal: t -->\n```console\n$ serve\n```": "what it prints when it is ready",
	} {
		_, err := parseTutorial("a.md", text)
		require.ErrorContains(t, err, want)
	}
}

func TestDiffers(t *testing.T) {
	for _, row := range []struct{ want, printed, wrong string }{
		{"", "", ""},
		{"a", "a\n", ""},
		{"a|b", "a\nb\n", ""},
		{"a", "", "the document says\n\ta\n"},
		{"", "a\n", "1 lines more are printed"},
		{"a", "a\nb\n", "1 lines more are printed"},
		{"a|b", "a\n", "the document says\n\tb\nand printed was, after 1 lines that are right"},
		{"a ... c", "a b c", ""},
		{"a ... c", "a  c", "the document says"}, // dots stand for something
		{"a...", "b", "the document says"},
		{"...", "", ""},
		{"a|...", "a\nb\nc", ""},
		{"a|...|c", "a\nc", ""},
		{"a|...|c", "a\nb\nc\nb\nc", ""}, // the second c
		{"a|...|d", "a\nb\nc", "the document says"},
		{"...|b|...", "a\nb\nc", ""},
		{"a|...", "a\nValid.", "1 lines more are printed"}, // a verdict is never left out
		{"a|...", "a\nThreshold all.errors<=1%: fail (5%).", "1 lines more"},
		{"Threshold ...", "Threshold all.errors<=1%: pass (0%).", "the document says"},
		{"Threshold all.errors<=1%: pass (...).", "Threshold all.errors<=1%: pass (0%).", ""},
	} {
		var want []string
		if row.want != "" {
			want = strings.Split(row.want, "|")
		}
		got := differs(want, row.printed)
		require.Contains(t, got, row.wrong, "%q, %q", row.want, row.printed)
		require.Equal(t, row.wrong == "", got == "", "%q, %q: %s", row.want, row.printed, got)
	}
}

func TestTutorialsAreRewritten(t *testing.T) {
	path := t.TempDir() + "/a.md"
	text := "# T\n```console\n$ echo a\nold\nold too\n$ true\n$ echo b c\nb ...\n$ true\nnot so\n```\nend\n"
	require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
	d := readTutorial(t, path)
	steps := map[int]step{}
	for i, printed := range []string{"a\n", "", "b c\n", ""} {
		s := d.blocks[0].steps[i]
		s.want = rewritten(s.want, printed)
		steps[s.first] = s
	}
	require.NoError(t, d.rewrite(steps))
	got, err := os.ReadFile(path)
	require.NoError(t, err)
	require.Equal(t, "# T\n```console\n$ echo a\na\n$ true\n$ echo b c\nb ...\n$ true\n```\nend\n", string(got))
}
