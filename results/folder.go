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
