package bench

import (
	"encoding/json"
	"fmt"
	"io"
	"net/url"
	"time"

	"github.com/portalbench/portalbench/results"
)

// keeping writes down, while a run goes on, what it was asked to keep beside its results. The zero value keeps nothing.
type keeping struct {
	rows *journal[results.OpRow]
	wire *journal[*sighting]
	out  *results.OpWriter
}

// startKeeping begins what the configuration asks for. Files that cannot be written are found out at the end: the run
// goes on without them.
func (e *engine) startKeeping(cfg *Config) {
	k := &keeping{}
	e.keep = k
	if w := cfg.KeepOps; w != nil {
		k.out = results.NewOpWriter(w)
		k.rows = newJournal(k.out.Write)
	}
	if w := cfg.KeepRequests; w != nil {
		k.wire = newJournal(requestWriter(w, cfg))
		e.portal = discreet{e.portal}
	}
}

// requestWriter returns what writes requests, after a header.
func requestWriter(w io.Writer, cfg *Config) func(*sighting) error {
	out := json.NewEncoder(w)
	out.SetEscapeHTML(false)
	base := ""
	if u, err := url.Parse(cfg.URL); err == nil {
		base = u.Scheme + "://" + u.Host
	}
	failed := out.Encode(RequestsHeader{results.Format, "requests", cfg.Scenario, cfg.RunID, base})
	return func(s *sighting) error {
		if failed != nil {
			return failed
		}
		if s.redact(); s.Host == base {
			s.Host = ""
		}
		return out.Encode(&s.Request)
	}
}

// tap returns what records a flight's requests, or nil.
func (k *keeping) tap(f *flight, start time.Time) *tap {
	if k == nil || k.wire == nil {
		return nil
	}
	return &tap{log: k.wire, op: f.op.Kind, warmUp: !f.counted, start: start, secret: f.person.account.Secret}
}

// op enters an operation that has ended.
func (k *keeping) op(f *flight) {
	if k == nil || k.rows == nil {
		return
	}
	row := results.OpRow{Intended: f.intended.Microseconds(), Ready: f.ready.Microseconds(), Op: f.op.Kind,
		Outcome: f.answer.Outcome, Counted: f.counted, WasSent: wasSent(f), Requests: f.answer.Requests, Status: f.answer.Status,
		BytesIn: f.answer.BytesIn, BytesOut: f.answer.BytesOut}
	if row.WasSent {
		row.Sent, row.Done = f.sent.Microseconds(), f.done.Microseconds()
	}
	k.rows.add(row, 0)
}

// stop completes the files and says what is missing in them.
func (k *keeping) stop() (warnings []string) {
	if k.rows != nil {
		lost, err := k.rows.close()
		if err == nil {
			err = k.out.Flush()
		}
		warnings = append(warnings, missing("operations", lost, err)...)
	}
	if k.wire != nil {
		lost, err := k.wire.close()
		warnings = append(warnings, missing("requests", lost, err)...)
	}
	return warnings
}

func missing(what string, lost int64, err error) []string {
	switch {
	case err != nil:
		return []string{fmt.Sprintf("the %s could not be kept: %v", what, err)}
	case lost > 0:
		return []string{fmt.Sprintf("%d %s are missing among those kept, as the disk could not keep up with them", lost, what)}
	}
	return nil
}
