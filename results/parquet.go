package results

import (
	"fmt"
	"io"
	"iter"

	"github.com/parquet-go/parquet-go"
)

// opRecord is a row of ops.parquet. Its columns are those of ops.csv.
type opRecord struct {
	Intended int64  `parquet:"intended_us,delta"`
	Ready    int64  `parquet:"ready_us,delta"`
	Sent     *int64 `parquet:"sent_us"` // null when it was not sent, as is the next
	Done     *int64 `parquet:"done_us"`
	Op       string `parquet:"op,dict"`
	Outcome  string `parquet:"outcome,dict"`
	Counted  bool   `parquet:"counted"`
	Requests int32  `parquet:"requests"`
	Status   int32  `parquet:"status"`
	BytesIn  int64  `parquet:"bytes_in"`
	BytesOut int64  `parquet:"bytes_out"`
}

// Sizes of what is held while a Parquet file is written, in rows.
const (
	parquetBatch    = 1 << 10
	parquetRowGroup = 1 << 18
)

// WriteParquet writes operations as a Parquet file, compressed with Snappy. It holds one row group.
func WriteParquet(w io.Writer, rows iter.Seq2[OpRow, error]) error {
	return writeRows(w, func(yield func(opRecord, error) bool) {
		for row, err := range rows {
			if !yield(row.record(), err) {
				return
			}
		}
	})
}

func (r *OpRow) record() opRecord {
	p := opRecord{Intended: r.Intended, Ready: r.Ready, Op: r.Op.String(), Outcome: r.Outcome.String(), Counted: r.Counted,
		Requests: int32(r.Requests), Status: int32(r.Status), BytesIn: r.BytesIn, BytesOut: r.BytesOut}
	if r.WasSent {
		p.Sent, p.Done = &r.Sent, &r.Done
	}
	return p
}

// writeRows writes rows as a Parquet file, compressed with Snappy. It holds one row group.
func writeRows[R any](w io.Writer, rows iter.Seq2[R, error]) error {
	out := parquet.NewGenericWriter[R](w, parquet.Compression(&parquet.Snappy), parquet.MaxRowsPerRowGroup(parquetRowGroup))
	batch := make([]R, 0, parquetBatch)
	for row, err := range rows {
		if err != nil {
			return err
		}
		if batch = append(batch, row); len(batch) < parquetBatch {
			continue
		}
		if _, err := out.Write(batch); err != nil {
			return fmt.Errorf("writing Parquet: %w", err)
		}
		batch = batch[:0]
	}
	if _, err := out.Write(batch); err != nil {
		return fmt.Errorf("writing Parquet: %w", err)
	}
	if err := out.Close(); err != nil {
		return fmt.Errorf("writing Parquet: %w", err)
	}
	return nil
}
