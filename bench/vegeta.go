package bench

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"iter"
	"net/http"
	"slices"
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

// hit is what a result of vegeta needs of an operation: 40 bytes.
type hit struct {
	ready, response, in, out int64
	code                     uint16
	op                       results.OpKind
	outcome                  results.Outcome
}

// VegetaResults writes the operations of a load that were counted and sent as results of vegeta, for vegeta report and
// vegeta plot. A result's timestamp is when its operation was ready to be sent, that is due and not waiting for an earlier
// answer, on a clock that started at start; its latency is the response time. Outcomes other than ok are errors. A result
// has its operation's name for a method, and no URL. vegeta wants results in the order of their timestamps, so all are
// held.
func VegetaResults(w io.Writer, attack string, start time.Time, rows iter.Seq2[results.OpRow, error]) (written int64, err error) {
	var hits []hit
	for row, err := range rows {
		if err != nil {
			return 0, err
		}
		if row.Counted && row.WasSent {
			hits = append(hits, hit{row.Ready, row.Response(), row.BytesIn, row.BytesOut, vegetaCode(&row), row.Op, row.Outcome})
		}
	}
	if len(hits) == 0 {
		return 0, ErrNoOps
	}
	slices.SortStableFunc(hits, func(a, b hit) int { return cmp.Compare(a.ready, b.ready) })
	encode := vegeta.NewEncoder(w)
	for i := range hits {
		r := hits[i].result(start)
		r.Attack, r.Seq = attack, uint64(i)
		if err := encode(&r); err != nil {
			return int64(i), fmt.Errorf("writing results: %w", err)
		}
	}
	return int64(len(hits)), nil
}

func (h *hit) result(start time.Time) vegeta.Result {
	r := vegeta.Result{Code: h.code, Timestamp: start.Add(time.Duration(h.ready) * time.Microsecond),
		Latency: time.Duration(h.response) * time.Microsecond, BytesIn: uint64(h.in), BytesOut: uint64(h.out), Method: h.op.String()}
	if h.outcome != results.OK {
		r.Error = h.op.String() + ": " + h.outcome.String()
	}
	return r
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
