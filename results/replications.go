package results

import (
	"errors"
	"fmt"
	"io/fs"
	"iter"
	"maps"
	"os"
	"path/filepath"
	"strconv"
)

const replicationsName = "replications.csv"

// Replication holds the measures of one replication of one policy.
type Replication struct {
	Policy   string
	Set      map[string]string // overrides, by path
	Number   int               // counted from 0
	Measures []Measure
}

func replicationColumns() []string {
	return []string{"policy", "set", "replication", "measure", "where", "statistic", "value"}
}

// WriteReplications writes replications.csv: a row for every measure of every replication. A value never reached is
// "inf" and a missing one is empty.
func (f *Folder) WriteReplications(replications []Replication) error {
	rows := [][]string{replicationColumns()}
	for _, r := range replications {
		for _, m := range r.Measures {
			rows = append(rows, []string{r.Policy, WhereText(r.Set), strconv.Itoa(r.Number), m.Name, WhereText(m.Where),
				m.Statistic, m.Value.text()})
		}
	}
	return f.writeCSV(replicationsName, rows)
}

// ReplicationRow is one measure of one replication.
type ReplicationRow struct {
	Policy      string
	Set         map[string]string
	Replication int // counted from 0
	Measure     string
	Where       Where // nil: everything
	Statistic   string
	Value       Number // +Inf: never reached
}

// ReadReplications reads replications.csv of the run folder dir row by row, as there may be millions. Without such a file
// there are none. An error is the last that comes; it names the file and the line.
func ReadReplications(dir string) iter.Seq2[ReplicationRow, error] {
	return readCSV(dir, replicationsName, replicationColumns(), parseReplication)
}

func parseReplication(r *row) ReplicationRow {
	where := Where(r.pairs("where"))
	if len(where) == 0 {
		where = nil
	}
	return ReplicationRow{Policy: r.text("policy"), Set: r.pairs("set"), Replication: int(r.whole("replication", 0)),
		Measure: r.text("measure"), Where: where, Statistic: r.text("statistic"), Value: r.number("value")}
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

// Replications reads the measures that keep selects by their names (nil: all) from replications.csv of the run folder
// dir, those of a replication together, in the order of the file. Without such a file that is an error.
func Replications(dir string, keep func(measure string) bool) ([]Replication, error) {
	f, err := OpenReplications(dir)
	if err != nil {
		return nil, err
	}
	f.Close()
	var all []Replication
	for row, err := range ReadReplications(dir) {
		if err != nil {
			return nil, err
		}
		last := len(all) - 1
		if last < 0 || row.Policy != all[last].Policy || row.Replication != all[last].Number || !maps.Equal(row.Set, all[last].Set) {
			all = append(all, Replication{Policy: row.Policy, Set: row.Set, Number: row.Replication})
			last++
		}
		if keep == nil || keep(row.Measure) {
			all[last].Measures = append(all[last].Measures, Measure{Name: row.Measure, Where: row.Where, Statistic: row.Statistic, Value: row.Value})
		}
	}
	return all, nil
}
