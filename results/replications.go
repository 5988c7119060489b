package results

import (
	"bufio"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

const replicationsName = "replications.csv"

// replicationColumns names the columns of replications.csv.
func replicationColumns() []string {
	return []string{"policy", "set", "replication", "measure", "where", "statistic", "value"}
}

// ReplicationRow is a line of replications.csv: one measure of one replication.
type ReplicationRow struct {
	Policy, Set               string // Set as WhereText writes it
	Number                    int    // of the replication, from 0
	Measure, Where, Statistic string
	Value                     Number // +Inf where it was never reached
}

// ReadReplicationRows reads replications.csv row by row. An error is the last that comes, and names the line.
func ReadReplicationRows(r io.Reader) iter.Seq2[ReplicationRow, error] {
	return func(yield func(ReplicationRow, error) bool) {
		lines := csv.NewReader(bufio.NewReaderSize(r, 1<<16))
		header, err := lines.Read()
		if err != nil || !slices.Equal(header, replicationColumns()) {
			yield(ReplicationRow{}, errors.Join(errors.New("line 1 does not name the columns of replications.csv: was it written by a simulation?"), err))
			return
		}
		for {
			fields, err := lines.Read()
			if err == io.EOF {
				return
			}
			row := ReplicationRow{}
			if err == nil {
				row, err = parseReplicationRow(fields)
			}
			if err != nil {
				line, _ := lines.FieldPos(0)
				yield(ReplicationRow{}, fmt.Errorf("line %d: %w: the file is damaged, simulate again", line, err))
				return
			}
			if !yield(row, nil) {
				return
			}
		}
	}
}

func parseReplicationRow(fields []string) (ReplicationRow, error) {
	number, err := strconv.Atoi(fields[2])
	if err != nil || number < 0 {
		return ReplicationRow{}, fmt.Errorf("replication %q is no whole number from 0", fields[2])
	}
	value := math.NaN()
	if text := fields[6]; text != "" {
		if value, err = strconv.ParseFloat(text, 64); err != nil || math.IsNaN(value) {
			return ReplicationRow{}, fmt.Errorf("value %q is no number", text)
		}
	}
	return ReplicationRow{fields[0], fields[1], number, fields[3], fields[4], fields[5], Number(value)}, nil
}

// ReadReplications reads the measures that keep selects by their names (nil: all) from replications.csv of the run
// folder dir, those of a replication together, in the order of the file.
func ReadReplications(dir string, keep func(measure string) bool) ([]Replication, error) {
	f, err := OpenReplications(dir)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	var all []Replication
	parts := map[string]Where{}
	of := ReplicationRow{}
	for row, err := range ReadReplicationRows(f) {
		if err != nil {
			return nil, fmt.Errorf("reading %s: %w", f.Name(), err)
		}
		if len(all) == 0 || row.Policy != of.Policy || row.Set != of.Set || row.Number != of.Number {
			of = row
			all = append(all, Replication{Policy: row.Policy, Set: writtenWhere(row.Set), Number: row.Number})
		}
		if keep != nil && !keep(row.Measure) {
			continue
		}
		part, seen := parts[row.Where]
		if !seen {
			part = writtenWhere(row.Where)
			parts[row.Where] = part
		}
		last := &all[len(all)-1]
		last.Measures = append(last.Measures, Measure{Name: row.Measure, Where: part, Statistic: row.Statistic, Value: row.Value})
	}
	return all, nil
}

// OpenReplications opens replications.csv of the run folder dir. The caller closes it.
func OpenReplications(dir string) (*os.File, error) {
	f, err := os.Open(filepath.Join(dir, replicationsName))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("%s has no %s: it is written by simulate and run; simulate again", dir, replicationsName)
	}
	if err != nil {
		return nil, fmt.Errorf("reading replications: %w", err)
	}
	return f, nil
}

// writtenWhere reads what WhereText wrote. A piece that does not begin with the name of a key or field belongs to the
// value before it.
func writtenWhere(text string) Where {
	if text == "" {
		return nil
	}
	where, last := Where{}, ""
	for piece := range strings.SplitSeq(text, ";") {
		key, value, found := strings.Cut(piece, "=")
		if last != "" && (!found || strings.ContainsAny(key, " []{}\"'")) {
			where[last] += ";" + piece
			continue
		}
		where[key], last = value, key
	}
	return where
}
