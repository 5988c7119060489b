package results

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"strconv"
)

// Folder is a run folder being written. Every file appears under its name complete or not at all. Its methods may be
// called concurrently for different files.
type Folder struct{ dir string }

// Create makes the run folder dir with its parents. A folder that already holds something is refused.
func Create(dir string) (*Folder, error) {
	entries, err := os.ReadDir(dir)
	switch {
	case err == nil && len(entries) > 0:
		return nil, fmt.Errorf("creating run folder %s: it is not empty: choose another with --out", dir)
	case err != nil && !errors.Is(err, fs.ErrNotExist):
		return nil, fmt.Errorf("creating run folder: %w", err)
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, fmt.Errorf("creating run folder: %w", err)
	}
	return &Folder{dir}, nil
}

// Reopen returns the run folder dir, which is there, to be written in again.
func Reopen(dir string) (*Folder, error) {
	if info, err := os.Stat(dir); err != nil || !info.IsDir() {
		return nil, fmt.Errorf("opening run folder %s: there is no such folder", dir)
	}
	return &Folder{dir}, nil
}

// Dir returns the path of the folder.
func (f *Folder) Dir() string { return f.dir }

// Path returns the path of a file in the folder.
func (f *Folder) Path(name string) string { return filepath.Join(f.dir, name) }

// WriteFile writes a file into the folder, replacing one of that name.
func (f *Folder) WriteFile(name string, content []byte) error {
	if err := f.write(name, content); err != nil {
		return fmt.Errorf("writing %s: %w", f.Path(name), err)
	}
	return nil
}

func (f *Folder) write(name string, content []byte) error {
	tmp, err := os.CreateTemp(f.dir, "."+filepath.Base(name)+"-*")
	if err != nil {
		return err
	}
	_, err = tmp.Write(content)
	err = errors.Join(err, tmp.Chmod(0o644), tmp.Close())
	if err == nil {
		err = os.Rename(tmp.Name(), f.Path(name))
	}
	if err != nil {
		os.Remove(tmp.Name())
	}
	return err
}

// WriteRun writes run.json. Write it last: a folder without it is an unfinished run.
func (f *Folder) WriteRun(run *Run) error {
	b, err := json.MarshalIndent(run, "", "  ")
	if err != nil {
		return fmt.Errorf("writing %s: %w", f.Path(manifestName), err)
	}
	return f.WriteFile(manifestName, append(b, '\n'))
}

// Replication holds the measures of one replication of one policy.
type Replication struct {
	Policy   string
	Set      map[string]string // overrides, by path
	Number   int               // counted from 0
	Measures []Measure
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

// WriteMeasures writes the measures of a simulation as CSV: a row for each, with its interval.
func WriteMeasures(w io.Writer, s *Simulate) error {
	rows := [][]string{{"policy", "set", "measure", "where", "statistic", "value", "low", "high", "n", "not_reached"}}
	for _, p := range s.Policies {
		for _, m := range p.Measures {
			value := m.Value.text()
			if m.NeverReached() {
				value = "inf"
			}
			rows = append(rows, []string{p.Name, WhereText(p.Set), m.Name, WhereText(m.Where), m.Statistic, value, m.Low.text(),
				m.High.text(), strconv.FormatInt(m.N, 10), strconv.FormatInt(m.NotReached, 10)})
		}
	}
	if err := csv.NewWriter(w).WriteAll(rows); err != nil {
		return fmt.Errorf("writing measures: %w", err)
	}
	return nil
}

// SecondRow is one second of a load. Missing times are NaN.
type SecondRow struct {
	T             int // seconds since the end of the warm-up
	Offered       int64
	Sent          int64
	Done          int64
	Errors        int64   // answers that were not ok
	InFlight      int     // at the second's end
	LagP99MS      float64 // of the answers of this second, as are the next two
	ResponseP50MS float64
	ResponseP99MS float64
	ServiceP50MS  float64 // of the ok answers of this second
	ServiceP99MS  float64
}

// WriteSeries writes series.csv: a row for every second of a load.
func (f *Folder) WriteSeries(series []SecondRow) error {
	rows := [][]string{{"t_s", "offered", "sent", "done", "errors", "in_flight", "lag_p99_ms", "response_p50_ms", "response_p99_ms",
		"service_p50_ms", "service_p99_ms"}}
	for _, s := range series {
		row := []string{strconv.Itoa(s.T)}
		for _, n := range []int64{s.Offered, s.Sent, s.Done, s.Errors, int64(s.InFlight)} {
			row = append(row, strconv.FormatInt(n, 10))
		}
		for _, ms := range []float64{s.LagP99MS, s.ResponseP50MS, s.ResponseP99MS, s.ServiceP50MS, s.ServiceP99MS} {
			row = append(row, Number(ms).text())
		}
		rows = append(rows, row)
	}
	return f.writeCSV("series.csv", rows)
}

func (f *Folder) writeCSV(name string, rows [][]string) error {
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	if err := w.WriteAll(rows); err != nil {
		return fmt.Errorf("writing %s: %w", f.Path(name), err)
	}
	return f.WriteFile(name, b.Bytes())
}

// text writes n for CSV files.
func (n Number) text() string {
	switch v := float64(n); {
	case math.IsNaN(v):
		return ""
	case math.IsInf(v, 1):
		return "inf"
	case math.IsInf(v, -1):
		return "-inf"
	default:
		return strconv.FormatFloat(v, 'g', 10, 64)
	}
}
