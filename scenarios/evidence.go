package scenarios

import (
	"bytes"
	"embed"
	"encoding/csv"
	"fmt"
	"slices"
	"sync"
)

//go:embed evidence/demand.csv evidence/supply.csv
var evidenceFiles embed.FS

// Evidence is a published number that a default is taken from: a row of the tables in the folder evidence. Numbers
// are kept as printed; an empty text means that the source gives none.
type Evidence struct {
	ID                   string // such as VOL-04
	Quantity, Subgroup   string
	Value, Unit          string
	Low, High            string // the source's interval or range
	Year, Setting        string
	Citation, DOI, Where string // where in the source the number stands
	Confidence, Note     string
}

// EvidenceTable returns every row, demand before supply. The caller owns the slice.
func EvidenceTable() []Evidence { return slices.Clone(evidenceRows()) }

// LookUpEvidence finds a row by its id.
func LookUpEvidence(id string) (Evidence, bool) {
	rows := evidenceRows()
	i := slices.IndexFunc(rows, func(e Evidence) bool { return e.ID == id })
	if i < 0 {
		return Evidence{}, false
	}
	return rows[i], true
}

// evidenceRows reads the embedded tables once.
var evidenceRows = sync.OnceValue(func() []Evidence {
	var all []Evidence
	for _, name := range []string{"evidence/demand.csv", "evidence/supply.csv"} {
		text, err := evidenceFiles.ReadFile(name)
		if err == nil {
			var rows []Evidence
			rows, err = parseEvidence(text)
			all = append(all, rows...)
		}
		if err != nil {
			panic(fmt.Errorf("reading %s: %w", name, err)) // the tables are embedded
		}
	}
	return all
})

// parseEvidence reads a table of fourteen columns under one line of headings.
func parseEvidence(text []byte) ([]Evidence, error) {
	r := csv.NewReader(bytes.NewReader(text))
	r.FieldsPerRecord = 14
	records, err := r.ReadAll()
	if err != nil {
		return nil, err
	}
	var rows []Evidence
	for i, c := range records {
		if i > 0 {
			rows = append(rows, Evidence{c[0], c[1], c[2], c[3], c[4], c[5], c[6], c[7], c[8], c[9], c[10], c[11], c[12], c[13]})
		}
	}
	return rows, nil
}
