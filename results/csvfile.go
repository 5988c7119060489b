package results

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// readCSV reads a file of the run folder dir that begins with the names of its columns, row by row. Those that are needed
// must be there; others may be. A file that is missing has no rows. An error is the last that comes; it names the file and
// the line, and says what can be done.
func readCSV[T any](dir, name string, needed []string, parse func(*row) T) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		path := filepath.Join(dir, name)
		file, err := os.Open(path)
		if errors.Is(err, fs.ErrNotExist) {
			return
		}
		if err == nil {
			defer file.Close()
			err = decodeCSV(file, needed, parse, func(value T) bool { return yield(value, nil) })
		}
		if err != nil {
			var none T
			yield(none, fmt.Errorf("reading %s: %w", path, err))
		}
	}
}

// decodeCSV hands out the rows of a CSV file until take has enough.
func decodeCSV[T any](r io.Reader, needed []string, parse func(*row) T, take func(T) bool) error {
	t, err := openTable(r, needed)
	for err == nil {
		var next *row
		if next, err = t.next(); err != nil {
			break
		}
		value := parse(next)
		if next.failed != nil {
			return damaged(next.line, next.failed)
		}
		if !take(value) {
			return nil
		}
	}
	if err == io.EOF {
		return nil
	}
	return err
}

// allOf gathers rows, but no more than a run can have.
func allOf[T any](dir, name string, rows iter.Seq2[T, error]) (list []T, err error) {
	for row, err := range rows {
		if err != nil {
			return nil, err
		}
		if len(list) == mostRows {
			return nil, fmt.Errorf("reading %s: it has more than %d rows: no portalbench wrote that", filepath.Join(dir, name), mostRows)
		}
		list = append(list, row)
	}
	return list, nil
}

// mostRows is how many rows of a file are held in memory: eleven days of seconds, or the week of 6,000 policies.
const mostRows = 1_000_000

// table is a CSV file being read.
type table struct {
	text    *lineReader
	lines   *csv.Reader
	columns map[string]int
	line    int // of the latest row
}

func openTable(r io.Reader, needed []string) (*table, error) {
	text := &lineReader{r: r, left: longestLine, last: '\n'}
	t := &table{text: text, lines: csv.NewReader(text), columns: map[string]int{}, line: 1}
	t.lines.ReuseRecord = true
	header, err := t.lines.Read()
	if err != nil {
		return nil, damaged(1, err)
	}
	for i, name := range header {
		t.columns[name] = i
	}
	for _, name := range needed {
		if _, there := t.columns[name]; !there {
			return nil, damaged(1, fmt.Errorf("there is no column %s", name))
		}
	}
	return t, nil
}

// next returns the next row, which is valid until it is called again, or io.EOF.
func (t *table) next() (*row, error) {
	t.text.left = longestLine
	fields, err := t.lines.Read()
	switch {
	case err == io.EOF && t.text.last == '\n':
		return nil, io.EOF
	case err == io.EOF:
		return nil, damaged(t.line, errors.New("it is cut short"))
	case err != nil:
		return nil, damaged(t.line+1, err)
	}
	t.line, _ = t.lines.FieldPos(0)
	return &row{columns: t.columns, fields: fields, line: t.line}, nil
}

// damaged says where a file is damaged, and what to do.
func damaged(line int, err error) error {
	var wrong *csv.ParseError
	if errors.As(err, &wrong) {
		line, err = wrong.StartLine, wrong.Err
	}
	return fmt.Errorf("line %d is damaged: %w: copy the run folder once more, or run it again", line, err)
}

// lineReader reads a file of lines, and refuses a line that goes on and on. Whoever reads sets left for each line.
type lineReader struct {
	r    io.Reader
	left int  // bytes that may still come
	last byte // that has come
}

// longestLine is the longest line of a CSV file that is read, in bytes.
const longestLine = 1 << 20

// Read reads some bytes.
func (l *lineReader) Read(p []byte) (int, error) {
	if l.left <= 0 {
		return 0, fmt.Errorf("it is longer than %d MB", longestLine>>20)
	}
	n, err := l.r.Read(p)
	if l.left -= n; n > 0 {
		l.last = p[n-1]
	}
	return n, err
}

// row is a line of a table. What is wrong with it first is kept.
type row struct {
	columns map[string]int
	fields  []string
	line    int
	failed  error
}

// text returns a field, empty where there is no such column.
func (r *row) text(column string) string {
	i, there := r.columns[column]
	if !there {
		return ""
	}
	return strings.Clone(r.fields[i])
}

// number returns a number: inf and -inf, and NaN for an empty field.
func (r *row) number(column string) Number {
	text := r.text(column)
	if text == "" {
		return Number(math.NaN())
	}
	v, err := strconv.ParseFloat(text, 64)
	if err != nil || math.IsNaN(v) {
		r.fail("%s is %q, which is no number", column, text)
	}
	return Number(v)
}

// whole returns a whole number from least on.
func (r *row) whole(column string, least int64) int64 {
	text := r.text(column)
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil || n < least {
		r.fail("%s is %q, which is no whole number from %d on", column, text, least)
	}
	return n
}

// pairs returns what WhereText wrote: key=value;key=value. A piece that does not begin with the name of a key or field
// belongs to the value before it.
func (r *row) pairs(column string) map[string]string {
	pairs, last := map[string]string{}, ""
	text := r.text(column)
	if text == "" {
		return pairs
	}
	for i, piece := range strings.Split(text, ";") {
		key, value, found := strings.Cut(piece, "=")
		switch {
		case found && key != "" && (i == 0 || !strings.ContainsAny(key, " []{}\"'")):
			pairs[key], last = value, key
		case i == 0:
			r.fail("%s is %q, which is not written as key=value", column, text)
			return pairs
		default:
			pairs[last] += ";" + piece
		}
	}
	return pairs
}

func (r *row) fail(format string, args ...any) {
	if r.failed == nil {
		r.failed = fmt.Errorf(format, args...)
	}
}
