package scenarios

import (
	"slices"
	"strings"
	"unicode"
)

// Expr is a text that somebody else compiles, and whose place in the file is kept for that: an expression over a message
// in a policy, which package triage compiles, or a template in the description of a portal.
type Expr struct {
	Text string
	At   Pos // of the text; a line of 0 where it was set by a flag or made by a program

	in *layer // the file it was read from, for excerpts; nil for none
}

// UnmarshalText takes the text as it is; whether it is an expression is found out when the policy is compiled.
func (e *Expr) UnmarshalText(b []byte) error {
	e.Text = string(b)
	return nil
}

// MarshalText writes the expression as UnmarshalText reads it.
func (e Expr) MarshalText() ([]byte, error) { return []byte(e.Text), nil }

// String returns the expression.
func (e Expr) String() string { return e.Text }

// wasRead notes where the decoder found the text.
func (e *Expr) wasRead(at place) { e.At, e.in = at.pos(), at.in }

// Problem returns what is wrong at a character of the expression, counted from 1 over all its lines. Its excerpt is the
// line of the file with a caret below the place or, where the file writes the text otherwise than it reads, as in
// folded lines, or where there is no file, the line of the expression itself.
func (e Expr) Problem(column int, what, hint string) Problem {
	lines, line, column := e.split(column)
	width := wordAt(lines[line], column)
	if at, ok := e.inFile(lines, line, column); ok {
		at.width = width
		return Problem{at.pos(), what, at.excerpt(), hint}
	}
	return Problem{e.At, what, caret("       | ", lines[line], column, width), hint}
}

// split returns the lines of the text and where a character of it stands: the line counted from 0, the column from 1.
// A character beyond the end is the one after the last.
func (e Expr) split(character int) (lines [][]rune, line, column int) {
	text := []rune(strings.TrimRight(e.Text, "\n"))
	before := text[:min(max(character-1, 0), len(text))]
	for _, l := range strings.Split(string(text), "\n") {
		lines = append(lines, []rune(l))
	}
	for _, r := range before {
		column++
		if r == '\n' {
			line, column = line+1, 0
		}
	}
	return lines, line, column + 1
}

// inFile finds a place of the expression in the file: on the line where it begins, after a quote or without one, or
// in the lines below that a block of several consists of.
func (e Expr) inFile(lines [][]rune, line, column int) (place, bool) {
	if e.in == nil || e.in.set || e.At.Line < 1 || e.At.Line > len(e.in.lines) {
		return place{}, false
	}
	if len(lines) == 1 {
		if found, ok := after(e.in.lines[e.At.Line-1], e.At.Column-1, lines[0]); ok {
			return place{in: e.in, line: e.At.Line, column: found + column}, true
		}
	}
	for i := e.At.Line; i+len(lines) <= len(e.in.lines); i++ {
		if from, ok := after(e.in.lines[i+line], indent(e.in.lines[i+line]), lines[line]); ok && e.blockAt(i, lines) {
			return place{in: e.in, line: i + line + 1, column: from + column}, true
		}
		if strings.TrimSpace(e.in.lines[i]) != "" {
			break // the block begins with the first line that says something
		}
	}
	return place{}, false
}

// blockAt reports whether the lines of the expression are those of the file from the i-th on, but for the indentation.
func (e Expr) blockAt(i int, lines [][]rune) bool {
	for n, l := range lines {
		if strings.TrimSpace(e.in.lines[i+n]) != strings.TrimSpace(string(l)) {
			return false
		}
	}
	return true
}

// after returns how many characters of a line of the file stand before a text that begins at from, or after the quote
// that does.
func after(line string, from int, text []rune) (int, bool) {
	r := []rune(line)
	for _, i := range []int{from, from + 1} {
		end := i + len(text)
		if i >= 0 && end <= len(r) && slices.Equal(r[i:end], text) && closes(r, i, end) {
			return i, true
		}
	}
	return 0, false
}

// closes reports whether a text from i to end in a line is all of a value: its quote is the same at both ends, or there
// is none and nothing but a comment follows.
func closes(line []rune, i, end int) bool {
	rest := strings.TrimSpace(string(line[end:]))
	if rest == "" || strings.HasPrefix(rest, "#") || strings.ContainsAny(rest[:1], ",]}") {
		return true
	}
	return i > 0 && (line[i-1] == '"' || line[i-1] == '\'') && line[end] == line[i-1]
}

func indent(line string) int { return len(line) - len(strings.TrimLeft(line, " ")) }

// wordAt returns how many characters from a column on belong together: a name, a number, a text in quotes, an operator.
func wordAt(line []rune, column int) int {
	if column > len(line) {
		return 1
	}
	rest := line[column-1:]
	kind := kindOfRune(rest[0])
	end := slices.IndexFunc(rest, func(r rune) bool { return kindOfRune(r) != kind })
	if quote := rest[0]; quote == '\'' || quote == '"' {
		end = slices.Index(rest[1:], quote) + 2
		if end == 1 { // the quote is not closed
			end = len(rest)
		}
	}
	if end < 0 {
		end = len(rest)
	}
	return end
}

// kindOfRune tells characters of words and of operators from all others, each of which is of a kind of its own.
func kindOfRune(r rune) rune {
	switch {
	case r == '_' || unicode.IsLetter(r) || unicode.IsDigit(r):
		return 'a'
	case strings.ContainsRune("=<>&|!.?:+-*/%", r):
		return '='
	}
	return -r
}
