package bench

import (
	"errors"
	"fmt"
	"io"
	"iter"
	"net/http"
	"time"

	vegeta "github.com/tsenart/vegeta/v12/lib"

	"github.com/portalbench/portalbench/results"
)

// Exported counts what an export took over, and what it could not.
type Exported struct {
	Written     int64
	Credentials int64 // requests left out because their bodies were credentials, such as sign-ins
	Bodies      int64 // requests left out because their bodies were not kept for another reason
}

// skip reports whether a request cannot be sent again, and counts it.
func (e *Exported) skip(r *Request) bool {
	switch r.LeftOut {
	case "":
		return false
	case leftOutCredentials:
		e.Credentials++
	default:
		e.Bodies++
	}
	return true
}

// address returns where a request goes.
func (h *RequestsHeader) address(r *Request) string {
	if r.Host != "" {
		return r.Host + r.Path
	}
	return h.URL + r.Path
}

// VegetaTargets writes recorded requests as targets of vegeta attack -format=json, in order. They have no credentials:
// vegeta adds them to all (-header). Moments are lost: vegeta sends at a rate of its own.
func VegetaTargets(w io.Writer, head RequestsHeader, requests iter.Seq2[Request, error]) (e Exported, err error) {
	encode := vegeta.NewJSONTargetEncoder(w)
	for r, err := range requests {
		if err != nil {
			return e, err
		}
		if e.skip(&r) {
			continue
		}
		target := vegeta.Target{Method: r.Method, URL: head.address(&r), Body: r.content()}
		if r.ContentType != "" {
			target.Header = http.Header{"Content-Type": {r.ContentType}}
		}
		if err := encode(&target); err != nil {
			return e, fmt.Errorf("writing targets: %w", err)
		}
		e.Written++
	}
	return e, nil
}

// ErrNoOps says that a load has no operation that an export is about.
var ErrNoOps = errors.New("no operation was counted and sent")

// VegetaResults writes the operations of a load that were counted and sent as results of vegeta, for vegeta report and
// vegeta plot. A result's timestamp is when its operation was ready to be sent, that is due and not waiting for an earlier
// answer, on a clock that started at start; its latency is the response time. Outcomes other than ok are errors. An
// operation that is no single request has its name for a method and no URL.
func VegetaResults(w io.Writer, attack string, start time.Time, rows iter.Seq2[results.OpRow, error]) (written int64, err error) {
	encode := vegeta.NewEncoder(w)
	for row, err := range rows {
		if err != nil {
			return written, err
		}
		if !row.Counted || !row.WasSent {
			continue
		}
		r := vegeta.Result{Attack: attack, Seq: uint64(written), Code: vegetaCode(&row),
			Timestamp: start.Add(time.Duration(row.Ready) * time.Microsecond),
			Latency:   time.Duration(row.Response()) * time.Microsecond,
			BytesIn:   uint64(row.BytesIn), BytesOut: uint64(row.BytesOut), Method: row.Op.String()}
		if row.Outcome != results.OK {
			r.Error = row.Op.String() + ": " + row.Outcome.String()
		}
		if err := encode(&r); err != nil {
			return written, fmt.Errorf("writing results: %w", err)
		}
		written++
	}
	if written == 0 {
		return 0, ErrNoOps
	}
	return written, nil
}

// vegetaCode returns a status by which vegeta takes an operation for what it was: 200 to 399 are successes there.
func vegetaCode(row *results.OpRow) uint16 {
	success := row.Status >= 200 && row.Status < 400
	switch {
	case row.Outcome == results.OK && !success: // a sign-in has no status of its own
		return http.StatusOK
	case row.Outcome != results.OK && success: // such as one that did only some of it
		return 0
	}
	return uint16(row.Status)
}
