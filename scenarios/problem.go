package scenarios

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// maxShown is how many problems an error lists; more would scroll the first ones away.
const maxShown = 10

// Pos is a place in a declared file. Lines and columns count from 1; a zero line means the file as a whole.
type Pos struct {
	File         string
	Line, Column int
}

// String returns file:line:column, or the file alone.
func (p Pos) String() string {
	if p.Line == 0 {
		return p.File
	}
	return fmt.Sprintf("%s:%d:%d", p.File, p.Line, p.Column)
}

// Problem is one thing that is wrong in a declared file or on the command line, and what to do about it.
type Problem struct {
	At      Pos
	What    string
	Excerpt string // the lines around it with a caret below the place; empty for flags
	Hint    string // what the user can do
}

// Error returns the place, what is wrong, the excerpt and the hint.
func (p Problem) Error() string {
	text := p.At.String() + ": " + p.What
	if p.Excerpt != "" {
		text += "\n" + p.Excerpt
	}
	if p.Hint != "" {
		text += "\n  " + p.Hint
	}
	return text
}

// Problems are everything found wrong, in the order of the lines. It is the error that the loaders return for files
// they could read.
type Problems []Problem

// Error lists the first ten problems and counts the others.
func (ps Problems) Error() string {
	shown := ps[:min(len(ps), maxShown)]
	texts := make([]string, 0, len(shown)+1)
	for _, p := range shown {
		texts = append(texts, p.Error())
	}
	if more := len(ps) - len(shown); more > 0 {
		texts = append(texts, fmt.Sprintf("and %d more", more))
	}
	return strings.Join(texts, "\n")
}

// layer is one contribution to a tree: a file, or one value set on the command line.
type layer struct {
	name  string   // as messages call it
	lines []string // the file's lines, for excerpts
	depth int      // 0 for the file asked for, 1 for the one it extends, and so on
	set   bool     // set on the command line
}

// place is where a node was written.
type place struct {
	in           *layer
	line, column int
	width        int // characters that the caret underlines
}

func (p place) pos() Pos {
	if p.in.set {
		return Pos{File: p.in.name}
	}
	return Pos{p.in.name, p.line, p.column}
}

// excerpt shows the line and the one before it, with carets below the place.
func (p place) excerpt() string {
	if p.in.set || p.line < 1 || p.line > len(p.in.lines) {
		return ""
	}
	var b strings.Builder
	if p.line > 1 {
		fmt.Fprintf(&b, "  %4d | %s\n", p.line-1, clip(p.in.lines[p.line-2]))
	}
	head := fmt.Sprintf("> %4d | ", p.line)
	b.WriteString(caret(head, []rune(p.in.lines[p.line-1]), p.column, p.width))
	return b.String()
}

// caret returns a line after its head and, below it, carets under width characters from a column on.
func caret(head string, text []rune, column, width int) string {
	line := clip(string(text))
	shown := head + line
	if before := []rune(line); column >= 1 && column <= len(before)+1 {
		width = max(1, min(width, len(before)-column+1))
		shown += fmt.Sprintf("\n       | %s%s", blank(before[:column-1]), strings.Repeat("^", width))
	}
	return shown
}

// clip shortens a line too long for an excerpt.
func clip(line string) string {
	const most = 120
	if r := []rune(line); len(r) > most {
		return string(r[:most]) + "..."
	}
	return line
}

// blank returns spaces as wide as the text; tabs stay tabs so that the caret stands where it should.
func blank(text []rune) string {
	return strings.Map(func(r rune) rune {
		if r == '\t' {
			return r
		}
		return ' '
	}, string(text))
}

// findings collects problems while a tree is read and checked.
type findings struct{ list []finding }

type finding struct {
	at         place
	what, hint string
}

func (f *findings) add(at place, what, hint string) {
	f.list = append(f.list, finding{at, what, hint})
}

// known reports whether something is already known to be wrong at a place: one mistake is told once.
func (f *findings) known(at place) bool {
	return slices.ContainsFunc(f.list, func(g finding) bool {
		return g.at.in == at.in && g.at.line == at.line && g.at.column == at.column
	})
}

// err returns the findings as Problems, the file asked for first, or nil.
func (f *findings) err() error {
	if len(f.list) == 0 {
		return nil
	}
	slices.SortStableFunc(f.list, func(a, b finding) int {
		return cmp.Or(cmp.Compare(rank(a.at.in), rank(b.at.in)), cmp.Compare(a.at.line, b.at.line),
			cmp.Compare(a.at.column, b.at.column))
	})
	problems := make(Problems, len(f.list))
	for i, g := range f.list {
		problems[i] = Problem{g.at.pos(), numbered(g.what), g.at.excerpt(), g.hint}
	}
	return problems
}

// numbered adds to the path of a rule which one it is: paths count from 0, people from 1.
func numbered(text string) string {
	path := regexp.MustCompile(`route\.rules\.(\d+)(\.[a-z_]+)*`)
	return path.ReplaceAllStringFunc(text, func(found string) string {
		i, err := strconv.Atoi(path.FindStringSubmatch(found)[1])
		if err != nil { // more digits than any list has items
			return found
		}
		return fmt.Sprintf("%s (rule %d)", found, i+1)
	})
}

// rank orders layers: the command line, the file asked for, the file it extends.
func rank(l *layer) int {
	if l.set {
		return -1
	}
	return l.depth
}

// splitError parts an error of ours into what is wrong and what to do about it.
func splitError(err error) (what, hint string) {
	what, hint, _ = strings.Cut(err.Error(), ": ")
	return what, hint
}
