package report

import (
	"bytes"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/olekukonko/tablewriter"
	"github.com/olekukonko/tablewriter/pkg/twwidth"
	"github.com/olekukonko/tablewriter/renderer"
	"github.com/olekukonko/tablewriter/tw"
)

// Format is how tables are written.
type Format string

// The formats of tables.
const (
	Table    Format = "table"
	Markdown Format = "markdown"
)

// maxWidth is the widest table for a terminal, in characters.
const maxWidth = 100

// grid is a table: the first column names the rows. A line break in a heading is kept on a terminal.
type grid struct {
	header []string
	rows   [][]string
	words  int // leading columns of words, set to the left; at least the first is
}

// columnWidth returns how many characters a column takes on a terminal, without the space on both sides.
func (g grid) columnWidth(column int) int {
	widest := lineWidth(g.header[column])
	for _, row := range g.rows {
		widest = max(widest, lineWidth(row[column]))
	}
	return widest
}

// lineWidth returns the columns that the longest line of a text takes.
func lineWidth(text string) int {
	widest := 0
	for line := range strings.SplitSeq(text, "\n") {
		widest = max(widest, Columns(line))
	}
	return widest
}

// Columns returns how many columns a line takes on a terminal: signs of Chinese, for one, take two.
func Columns(line string) int { return twwidth.WidthWithOptions(line, twwidth.Options{}) }

// render writes g, as several tables of fewer columns when a terminal is too narrow for one.
func (g grid) render(w io.Writer, format Format) error {
	if format == Markdown {
		return g.escaped().write(w, renderer.NewMarkdown())
	}
	for i, part := range g.folded().split() {
		if i > 0 {
			fmt.Fprintln(w)
		}
		if err := part.write(w, plain()); err != nil {
			return err
		}
	}
	return nil
}

// names returns how many leading columns name the rows.
func (g grid) names() int { return max(1, g.words) }

// split deals the columns out over as many grids as it takes to keep each within maxWidth, about as many to each; every
// one repeats the names of the rows.
func (g grid) split() []grid {
	columns := len(g.header) - g.names()
	fewest := g.dealt(columns)
	even := g.dealt((columns + len(fewest) - 1) / max(1, len(fewest)))
	if len(even) > len(fewest) {
		return fewest
	}
	return even
}

// dealt fills one grid after the other with at most so many columns beside the names of the rows.
func (g grid) dealt(most int) []grid {
	var parts []grid
	var columns []int
	width := g.nameWidth()
	for c := g.names(); c < len(g.header); c++ {
		if add := g.columnWidth(c) + 2; len(columns) > 0 && (len(columns) == most || width+add > maxWidth) {
			parts, columns = append(parts, g.only(columns)), nil
			width = g.nameWidth()
		}
		columns = append(columns, c)
		width += g.columnWidth(c) + 2
	}
	return append(parts, g.only(columns))
}

// only returns the columns that name the rows and those given.
func (g grid) only(columns []int) grid {
	pick := func(row []string) []string {
		out := slices.Clone(row[:g.names()])
		for _, c := range columns {
			out = append(out, row[c])
		}
		return out
	}
	part := grid{header: pick(g.header), words: g.words}
	for _, row := range g.rows {
		part.rows = append(part.rows, pick(row))
	}
	return part
}

// escaped returns g with nothing in it that would end a Markdown cell.
func (g grid) escaped() grid {
	replace := strings.NewReplacer("|", `\|`, "\n", " ")
	clean := func(row []string) []string {
		out := make([]string, len(row))
		for i, s := range row {
			out[i] = replace.Replace(s)
		}
		return out
	}
	part := grid{header: clean(g.header), words: g.words}
	for _, row := range g.rows {
		part.rows = append(part.rows, clean(row))
	}
	return part
}

// plain draws nothing but a line under the heading.
func plain() tw.Renderer {
	return renderer.NewBlueprint(tw.Rendition{
		Borders: tw.BorderNone,
		Symbols: tw.NewSymbols(tw.StyleLight),
		Settings: tw.Settings{
			Separators: tw.Separators{BetweenColumns: tw.Off, BetweenRows: tw.Off},
			Lines:      tw.Lines{ShowHeaderLine: tw.On, ShowTop: tw.Off, ShowBottom: tw.Off},
		},
	})
}

func (g grid) write(w io.Writer, r tw.Renderer) error {
	align := make([]tw.Align, len(g.header))
	for i := range align {
		align[i] = tw.AlignRight
		if i < max(1, g.words) {
			align[i] = tw.AlignLeft
		}
	}
	var b bytes.Buffer
	t := tablewriter.NewTable(&b, tablewriter.WithRenderer(r), tablewriter.WithEastAsian(tw.Off), tablewriter.WithConfig(tablewriter.Config{
		Header: tw.CellConfig{Formatting: tw.CellFormatting{AutoFormat: tw.Off, AutoWrap: tw.WrapNone}, Alignment: tw.CellAlignment{PerColumn: align}},
		Row:    tw.CellConfig{Formatting: tw.CellFormatting{AutoWrap: tw.WrapNone}, Alignment: tw.CellAlignment{PerColumn: align}},
	}))
	t.Header(g.header)
	for _, row := range g.rows {
		if err := t.Append(row); err != nil {
			return fmt.Errorf("writing a table: %w", err)
		}
	}
	if err := t.Render(); err != nil {
		return fmt.Errorf("writing a table: %w", err)
	}
	for line := range strings.Lines(b.String()) {
		if _, err := fmt.Fprintln(w, strings.TrimRight(line, " \n")); err != nil {
			return fmt.Errorf("writing a table: %w", err)
		}
	}
	return nil
}

// heading writes a title above a table, broken at maxWidth on a terminal.
func heading(w io.Writer, format Format, title string) {
	if format == Markdown {
		fmt.Fprintf(w, "**%s**\n\n", title)
		return
	}
	fmt.Fprintln(w, foldName(title, maxWidth))
}

// paragraph writes text after a table, broken at maxWidth on a terminal.
func paragraph(w io.Writer, format Format, text string) {
	if format == Markdown {
		fmt.Fprintf(w, "%s\n\n", text)
		return
	}
	var line strings.Builder
	used := 0
	for i, word := range words(text) {
		n := Columns(word)
		switch {
		case i == 0:
		case used+1+n > maxWidth:
			fmt.Fprintln(w, line.String())
			line.Reset()
			used = 0
		default:
			line.WriteByte(' ')
			used++
		}
		line.WriteString(word)
		used += n
	}
	fmt.Fprintln(w, line.String())
}

// words returns the words of a text, those that no line has room for in pieces. Addresses stay whole: they are copied.
func words(text string) []string {
	var all []string
	for _, word := range strings.Fields(text) {
		if Columns(word) > maxWidth && !strings.Contains(word, "://") {
			all = append(all, strings.Split(foldName(word, maxWidth), "\n")...)
			continue
		}
		all = append(all, word)
	}
	return all
}
