package report

import (
	"slices"
	"strings"
)

// headingWidth is how wide the lines of a heading may be: names of policies and of what --set varies have no bounds.
const headingWidth = 34

// namesWidth is how much of a line the columns that name the rows take at most, so that two others fit beside them.
const namesWidth = 60

// folded returns g with its headings, and the names of its rows, broken into lines where they are too long for others
// to stand beside them within maxWidth. A table that fits stays as it is.
func (g grid) folded() grid {
	width := 0
	for c := range g.header {
		width += g.columnWidth(c) + 2
	}
	if width <= maxWidth {
		return g
	}
	out := grid{words: g.words}
	for _, row := range g.rows {
		out.rows = append(out.rows, slices.Clone(row))
	}
	for i, h := range g.header {
		width := headingWidth
		if i < g.names() { // a heading is no wider than what is below it, down to a word
			width = narrowest
			for _, row := range g.rows {
				width = max(width, lineWidth(row[i]))
			}
		}
		out.header = append(out.header, foldName(h, width))
	}
	room := maxWidth
	for c := out.names(); c < len(out.header); c++ {
		if left := maxWidth - out.columnWidth(c) - 2; left >= 2*narrowest { // wider cells are folded themselves
			room = min(room, left)
		}
	}
	if len(out.header) > out.names()+1 {
		room = min(room, namesWidth)
	}
	for out.nameWidth() > room && out.foldWidest(room) {
	}
	out.foldCells()
	return out
}

// foldCells folds what is too wide to stand beside the names of the rows, such as reasons in words.
func (g grid) foldCells() {
	room := max(narrowest, maxWidth-g.nameWidth()-2)
	for c := g.names(); c < len(g.header); c++ {
		if g.columnWidth(c) <= room {
			continue
		}
		g.header[c] = foldName(g.header[c], room)
		for _, row := range g.rows {
			row[c] = foldName(row[c], room)
		}
	}
}

// nameWidth returns what the columns that name the rows take, with the space on both sides.
func (g grid) nameWidth() int {
	width := 0
	for c := range g.names() {
		width += g.columnWidth(c) + 2
	}
	return width
}

// narrowest is the fewest characters a name is folded to.
const narrowest = 12

// foldWidest folds the widest of the columns that name the rows, so that all of them fit into room or that one is no
// wider than the next. It is false when nothing can be narrower.
func (g grid) foldWidest(room int) bool {
	column, widest := 0, 0
	for c := range g.names() {
		if width := g.columnWidth(c); width > widest {
			column, widest = c, width
		}
	}
	width := max(narrowest, widest-(g.nameWidth()-room))
	for c := range g.names() {
		if other := g.columnWidth(c); other < widest {
			width = max(width, min(other, widest-1))
		}
	}
	if width >= widest {
		return false
	}
	g.header[column] = foldName(g.header[column], width)
	for _, row := range g.rows {
		row[column] = foldName(row[column], width)
	}
	return g.columnWidth(column) < widest
}

// foldName breaks the lines of a text that are longer than width: after a space, a comma, a semicolon or a plus, or else
// after a sign within a name, or else where it must.
func foldName(text string, width int) string {
	var lines []string
	for line := range strings.SplitSeq(text, "\n") {
		for line, rest := cutName(line, width); ; line, rest = cutName(rest, width) {
			lines = append(lines, line)
			if rest == "" {
				break
			}
		}
	}
	return strings.Join(lines, "\n")
}

// The signs after which a name may be broken, the better ones first.
const betweenNames, withinNames = " ,;+", "=.-_/"

// cutName cuts a line longer than width in two; rest is empty otherwise. A word less than twice as long stays whole.
func cutName(line string, width int) (head, rest string) {
	if Columns(line) <= width {
		return line, ""
	}
	r := []rune(line)
	width = fitting(r, width)
	for _, signs := range []string{betweenNames, withinNames} {
		for i := width; i > width/3; i-- {
			if strings.ContainsRune(signs, r[i-1]) {
				return strings.TrimRight(string(r[:i]), " "), strings.TrimLeft(string(r[i:]), " ")
			}
		}
	}
	word := slices.IndexFunc(r[width:], func(c rune) bool { return strings.ContainsRune(betweenNames+withinNames, c) })
	switch {
	case word >= 0 && word < width:
		return string(r[:width+word+1]), string(r[width+word+1:])
	case word < 0 && len(r) < 2*width:
		return line, ""
	}
	return string(r[:width]), string(r[width:])
}

// fitting returns how many runes of a line that is too long go into so many columns: one at least.
func fitting(line []rune, width int) int {
	n := 1
	for used := Columns(string(line[:1])); n < len(line); n++ {
		if used += Columns(string(line[n])); used > width {
			break
		}
	}
	return n
}
