package results

import (
	"bufio"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"iter"
	"slices"
	"strconv"
	"strings"
)

// OpRow is one operation of a load: ops.csv has a line for each. Moments are microseconds since the clock started.
type OpRow struct {
	Intended, Ready int64
	Sent, Done      int64 // 0 for operations that were not sent
	Op              OpKind
	Outcome         Outcome
	Counted         bool // due after the warm-up: the rest of the results is about these
	WasSent         bool
	Requests        int
	Status          int // of HTTP, of the deciding request; 0: none, or not known
	BytesIn         int64
	BytesOut        int64
}

// Response is what the portal and the load generator took, in microseconds: from when the operation was due, and every
// answer it needs had come, to its own answer.
func (r *OpRow) Response() int64 { return r.Done - r.Ready }

// opColumns names the columns of ops.csv.
func opColumns() []string {
	return []string{"intended_us", "ready_us", "sent_us", "done_us", "op", "outcome", "counted", "requests", "status",
		"bytes_in", "bytes_out"}
}

// OpWriter writes operations as CSV. Call Flush at the end.
type OpWriter struct {
	w    *bufio.Writer
	line []byte
}

// NewOpWriter returns a writer to w that begins with the names of the columns.
func NewOpWriter(w io.Writer) *OpWriter {
	o := &OpWriter{w: bufio.NewWriterSize(w, 1<<16)}
	_, _ = o.w.WriteString(strings.Join(opColumns(), ",") + "\n") // an error comes back from Flush
	return o
}

// Write adds a row.
func (o *OpWriter) Write(r OpRow) error {
	b := o.line[:0]
	number := func(n int64) { b = append(strconv.AppendInt(b, n, 10), ',') }
	number(r.Intended)
	number(r.Ready)
	if r.WasSent {
		number(r.Sent)
		number(r.Done)
	} else {
		b = append(b, ',', ',')
	}
	b = append(append(b, r.Op.String()...), ',')
	b = append(append(b, r.Outcome.String()...), ',')
	b = append(strconv.AppendBool(b, r.Counted), ',')
	number(int64(r.Requests))
	number(int64(r.Status))
	number(r.BytesIn)
	b = append(strconv.AppendInt(b, r.BytesOut, 10), '\n')
	o.line = b
	_, err := o.w.Write(b)
	return err
}

// Flush writes what is buffered.
func (o *OpWriter) Flush() error { return o.w.Flush() }

// ReadOps reads ops.csv row by row. An error is the last that comes, and names the line.
func ReadOps(r io.Reader) iter.Seq2[OpRow, error] {
	return func(yield func(OpRow, error) bool) {
		lines := csv.NewReader(bufio.NewReaderSize(r, 1<<16))
		lines.ReuseRecord = true
		header, err := lines.Read()
		if err != nil || !slices.Equal(header, opColumns()) {
			yield(OpRow{}, errors.Join(errors.New("line 1 does not name the columns of ops.csv: was it written by load --keep-ops?"), err))
			return
		}
		for line := 1; ; {
			fields, err := lines.Read()
			if err == io.EOF {
				return
			}
			row := OpRow{}
			if line++; err == nil {
				line, _ = lines.FieldPos(0)
				row, err = parseOpRow(fields)
			}
			if err != nil {
				yield(OpRow{}, fmt.Errorf("line %d: %w: the file is damaged, run the load again", line, err))
				return
			}
			if !yield(row, nil) {
				return
			}
		}
	}
}

func parseOpRow(fields []string) (r OpRow, err error) {
	number := func(at int) (n int64) {
		if err == nil {
			if n, err = strconv.ParseInt(fields[at], 10, 64); err != nil || n < 0 {
				err = fmt.Errorf("%s %q is no whole number from 0", opColumns()[at], fields[at])
			}
		}
		return n
	}
	r.WasSent = fields[2] != "" || fields[3] != ""
	r.Intended, r.Ready = number(0), number(1)
	if r.WasSent {
		r.Sent, r.Done = number(2), number(3)
	}
	r.Requests, r.Status, r.BytesIn, r.BytesOut = int(number(7)), int(number(8)), number(9), number(10)
	op, known := ParseOp(fields[4])
	ended := slices.Index(outcomeNames[:], fields[5])
	r.Op, r.Outcome, r.Counted = op, Outcome(max(ended, 0)), fields[6] == "true"
	switch {
	case err != nil:
	case !known:
		err = fmt.Errorf("unknown op %q", fields[4])
	case ended < 0:
		err = fmt.Errorf("unknown outcome %q", fields[5])
	case !r.Counted && fields[6] != "false":
		err = fmt.Errorf("counted %q is neither true nor false", fields[6])
	case r.WasSent && r.Done < r.Ready:
		err = errors.New("done before it was ready")
	}
	return r, err
}

// ParseOp finds an operation by its name in the contract.
func ParseOp(name string) (OpKind, bool) {
	i := slices.Index(opNames[:], name)
	return OpKind(max(i, 0)), i >= 0
}
