package results

import (
	"io"
	"iter"
	"math"
)

// measureRecord is a row of a simulation's measures. Its columns are those of the CSV; what is empty there is null here.
type measureRecord struct {
	Policy     string   `parquet:"policy,dict"`
	Set        string   `parquet:"set,dict"`
	Measure    string   `parquet:"measure,dict"`
	Where      string   `parquet:"where,dict"`
	Statistic  string   `parquet:"statistic,dict"`
	Value      *float64 `parquet:"value"` // infinite where it was never reached
	Low        *float64 `parquet:"low"`
	High       *float64 `parquet:"high"`
	N          int64    `parquet:"n"`
	NotReached int64    `parquet:"not_reached"`
}

// replicationRecord is a row of a simulation's replications, with the columns of replications.csv.
type replicationRecord struct {
	Policy      string   `parquet:"policy,dict"`
	Set         string   `parquet:"set,dict"`
	Replication int32    `parquet:"replication"`
	Measure     string   `parquet:"measure,dict"`
	Where       string   `parquet:"where,dict"`
	Statistic   string   `parquet:"statistic,dict"`
	Value       *float64 `parquet:"value"`
}

// WriteMeasuresParquet writes the measures of a simulation as a Parquet file: the rows of WriteMeasures.
func WriteMeasuresParquet(w io.Writer, s *Simulate) error {
	return writeRows(w, func(yield func(measureRecord, error) bool) {
		for _, p := range s.Policies {
			for _, m := range p.Measures {
				value := m.Value
				if m.NeverReached() {
					value = Number(math.Inf(1))
				}
				r := measureRecord{Policy: p.Name, Set: WhereText(p.Set), Measure: m.Name, Where: WhereText(m.Where), Statistic: m.Statistic,
					Value: value.known(), Low: m.Low.known(), High: m.High.known(), N: m.N, NotReached: m.NotReached}
				if !yield(r, nil) {
					return
				}
			}
		}
	})
}

// WriteReplicationsParquet writes replications as a Parquet file. It holds one row group.
func WriteReplicationsParquet(w io.Writer, rows iter.Seq2[ReplicationRow, error]) error {
	return writeRows(w, func(yield func(replicationRecord, error) bool) {
		for r, err := range rows {
			if !yield(replicationRecord{r.Policy, WhereText(r.Set), int32(r.Replication), r.Measure, WhereText(r.Where), r.Statistic, r.Value.known()}, err) {
				return
			}
		}
	})
}

// known returns nil for a missing value.
func (n Number) known() *float64 {
	if math.IsNaN(float64(n)) {
		return nil
	}
	return (*float64)(&n)
}
