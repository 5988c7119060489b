package results

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// Replications reads the measures of every replication of a simulation, in the order of replications.csv. Its errors name
// the line.
func (r *Record) Replications() ([]Replication, error) {
	path := filepath.Join(r.Dir, "replications.csv")
	b, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("reading replications: %w", err)
	}
	all, err := decodeReplications(b)
	if err != nil {
		return nil, fmt.Errorf("reading %s: %w", path, err)
	}
	return all, nil
}

func decodeReplications(b []byte) ([]Replication, error) {
	lines := csv.NewReader(bufio.NewReader(bytes.NewReader(b)))
	header, err := lines.Read()
	if err != nil || !slices.Equal(header, []string{"policy", "set", "replication", "measure", "where", "statistic", "value"}) {
		return nil, errors.New("line 1 does not name the columns of replications.csv: run the scenario again")
	}
	var all []Replication
	for {
		row, err := lines.Read()
		if err == io.EOF {
			return all, nil
		}
		if err == nil {
			all, err = addReplicationRow(all, row)
		}
		if err != nil {
			line, _ := lines.FieldPos(0)
			return nil, fmt.Errorf("line %d is damaged, run the scenario again: %w", line, err)
		}
	}
}

// addReplicationRow adds a measure to the replication it is of, which is the last unless it begins another.
func addReplicationRow(all []Replication, row []string) ([]Replication, error) {
	number, err := strconv.Atoi(row[2])
	if err != nil || number < 0 {
		return nil, fmt.Errorf("replication %q is no whole number from 0", row[2])
	}
	where, err := cutWhere(row[4])
	if err != nil {
		return nil, err
	}
	value := math.NaN()
	if row[6] != "" {
		if value, err = strconv.ParseFloat(row[6], 64); err != nil {
			return nil, fmt.Errorf("value %q is no number", row[6])
		}
	}
	last := len(all) - 1
	if last < 0 || all[last].Policy != row[0] || WhereText(all[last].Set) != row[1] || all[last].Number != number {
		set, err := cutWhere(row[1])
		if err != nil {
			return nil, err
		}
		all, last = append(all, Replication{Policy: row[0], Set: set, Number: number}), last+1
	}
	all[last].Measures = append(all[last].Measures, Measure{Name: row[3], Where: where, Statistic: row[5], Value: Number(value)})
	return all, nil
}

// cutWhere reads what WhereText writes. A part without a sign of equality belongs to the value before it, which holds a
// semicolon.
func cutWhere(text string) (Where, error) {
	if text == "" {
		return nil, nil
	}
	where, last := Where{}, ""
	for _, part := range strings.Split(text, ";") {
		key, value, ok := strings.Cut(part, "=")
		switch {
		case ok:
			where[key], last = value, key
		case last == "":
			return nil, fmt.Errorf("%q is not written as key=value", part)
		default:
			where[last] += ";" + part
		}
	}
	return where, nil
}
