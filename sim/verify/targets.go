package verify

import (
	"bufio"
	_ "embed"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/portalbench/portalbench/results"
	"github.com/portalbench/portalbench/scenarios"
)

// What others have published of the outcomes that the clinic model gives.
//
//go:embed targets.csv
var publishedTargets []byte

// Target is a band in which an outcome of a policy is expected, from a source outside the model.
type Target struct {
	ID        string         `json:"id"`
	Kind      string         `json:"kind"` // one of Kinds
	Policy    string         `json:"policy"`
	Measure   string         `json:"measure"`
	Where     results.Where  `json:"where"`
	Statistic string         `json:"statistic"`
	Low       results.Number `json:"band_low"`
	High      results.Number `json:"band_high"`
	Source    string         `json:"source"`

	at scenarios.Pos
}

// Kinds lists the kinds of targets. The model may have been fitted to fit rows; target rows are only ever scored; an
// input of the model already contains check rows, so that they test that it is consistent.
func Kinds() []string { return []string{"fit", "target", "check"} }

// columns are those of a file of targets, in their order.
func columns() []string {
	return []string{"id", "kind", "policy", "measure", "where", "statistic", "low", "high", "source"}
}

// PublishedTargets returns the built-in targets, for the built-in scenario cardiopulmonary.
func PublishedTargets() []Target {
	targets, err := ReadTargets("targets.csv", strings.NewReader(string(publishedTargets)))
	if err != nil {
		panic(fmt.Sprintf("verify: the embedded targets are wrong: %v", err))
	}
	return targets
}

// ReadTargets reads a CSV file of targets. Its errors are scenarios.Problems with the lines in file, or those of reading.
func ReadTargets(file string, from io.Reader) ([]Target, error) {
	r := &targetReader{file: file, csv: csv.NewReader(withoutMark(from))}
	r.csv.FieldsPerRecord = -1
	if err := r.header(); err != nil {
		return nil, err
	}
	var targets []Target
	for {
		row, err := r.csv.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, r.unreadable(err)
		}
		t := r.target(row)
		if i := slices.IndexFunc(targets, func(o Target) bool { return o.ID == t.ID }); i >= 0 {
			r.fail(0, fmt.Sprintf("id %q is that of line %d too", t.ID, targets[i].at.Line), "give each row an id of its own")
		}
		targets = append(targets, t)
	}
	if len(targets) == 0 && len(r.problems) == 0 {
		r.problems = append(r.problems, scenarios.Problem{At: scenarios.Pos{File: file}, What: "there are no targets in it", Hint: "add a row"})
	}
	if len(r.problems) > 0 {
		return nil, r.problems
	}
	return targets, nil
}

// withoutMark skips the byte order mark that spreadsheets put before UTF-8.
func withoutMark(from io.Reader) io.Reader {
	r := bufio.NewReader(from)
	if mark, err := r.Peek(3); err == nil && string(mark) == "\ufeff" {
		_, _ = r.Discard(len(mark)) // they have been seen
	}
	return r
}

// targetReader reads rows and collects what is wrong with them.
type targetReader struct {
	file     string
	csv      *csv.Reader
	row      []string
	problems scenarios.Problems
}

func (r *targetReader) header() error {
	row, err := r.csv.Read()
	if errors.Is(err, io.EOF) {
		return scenarios.Problems{{At: scenarios.Pos{File: r.file}, What: "the file is empty", Hint: "begin with " + strings.Join(columns(), ",")}}
	}
	if err != nil {
		return r.unreadable(err)
	}
	hint := "the first line must be " + strings.Join(columns(), ",")
	for i, want := range columns() {
		switch {
		case !slices.Contains(row, want):
			return scenarios.Problems{{At: r.pos(min(i, len(row)-1)), What: fmt.Sprintf("column %q is missing", want), Hint: hint}}
		case row[i] != want:
			return scenarios.Problems{{At: r.pos(i), What: fmt.Sprintf("column %d is %q", i+1, row[i]), Hint: hint}}
		}
	}
	if len(row) > len(columns()) {
		return scenarios.Problems{{At: r.pos(len(columns())), What: fmt.Sprintf("unknown column %q", row[len(columns())]), Hint: hint}}
	}
	return nil
}

// unreadable turns an error of the CSV reader into a problem at its place.
func (r *targetReader) unreadable(err error) error {
	var e *csv.ParseError
	if !errors.As(err, &e) {
		return fmt.Errorf("reading %s: %w", r.file, err)
	}
	return append(r.problems, scenarios.Problem{At: scenarios.Pos{File: r.file, Line: e.Line, Column: e.Column}, What: e.Err.Error(),
		Hint: "put a value with a comma between double quotes"})
}

// pos returns where a field of the row at hand begins.
func (r *targetReader) pos(field int) scenarios.Pos {
	line, column := r.csv.FieldPos(field)
	return scenarios.Pos{File: r.file, Line: line, Column: column}
}

func (r *targetReader) fail(field int, what, hint string) {
	r.problems = append(r.problems, scenarios.Problem{At: r.pos(field), What: what, Hint: hint})
}

func (r *targetReader) target(row []string) Target {
	if len(row) != len(columns()) {
		r.fail(0, fmt.Sprintf("the row has %d fields, and must have %d", len(row), len(columns())),
			"leave what does not apply empty, and put a value with a comma between double quotes")
		return Target{at: r.pos(0)}
	}
	r.row = row
	t := Target{ID: row[0], Policy: row[2], Source: row[8], at: r.pos(0)}
	for _, i := range []int{0, 2, 8} {
		if row[i] == "" {
			r.fail(i, columns()[i]+" is empty", "fill it in")
		}
	}
	t.Kind = r.choice(1, "kind", Kinds())
	t.Where = r.where(4)
	t.Measure, t.Statistic = r.measure(3, 5)
	t.Low, t.High = r.number(6), r.number(7)
	if t.Statistic == "share" && max(t.Low, t.High) > 1 {
		r.fail(6, fmt.Sprintf("the band from %s to %s is of a share", row[6], row[7]), "shares are between 0 and 1: write .25 for 25%")
	}
	if t.Low > t.High {
		r.fail(6, fmt.Sprintf("the band from %s to %s is empty", row[6], row[7]), "put the lower number first")
	}
	return t
}

// choice reads a field that must be one of several words.
func (r *targetReader) choice(field int, what string, choices []string) string {
	word := r.row[field]
	if slices.Contains(choices, word) {
		return word
	}
	hint := "choose one of " + strings.Join(choices, ", ")
	if near := results.Nearest(word, choices, 1); len(near) > 0 {
		hint = fmt.Sprintf("did you mean %q?", near[0])
	}
	r.fail(field, fmt.Sprintf("unknown %s %q", what, word), hint)
	return word
}

func (r *targetReader) measure(measure, statistic int) (name, of string) {
	name = r.choice(measure, "measure", results.MeasureNames())
	spec, err := results.ParseMeasure(name)
	if err != nil {
		return name, r.row[statistic]
	}
	return name, r.choice(statistic, "statistic of "+name, spec.Statistics)
}

// where reads key=value;key=value.
func (r *targetReader) where(field int) results.Where {
	if r.row[field] == "" {
		return nil
	}
	where := results.Where{}
	for _, pair := range strings.Split(r.row[field], ";") {
		key, value, ok := strings.Cut(pair, "=")
		if !ok || key == "" || value == "" {
			r.fail(field, fmt.Sprintf("%q is not key=value", pair), "write role=physician, and a semicolon between several")
			return nil
		}
		where[key] = value
	}
	return where
}

func (r *targetReader) number(field int) results.Number {
	x, err := strconv.ParseFloat(r.row[field], 64)
	if err != nil || math.IsNaN(x) || math.IsInf(x, 0) {
		r.fail(field, fmt.Sprintf("%s %q is not a number", columns()[field], r.row[field]), "write a share as .25, without a unit or sign of per cent")
		return 0
	}
	return results.Number(x)
}
