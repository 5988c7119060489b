package bench

import (
	"bufio"
	_ "embed" // the script below
	"encoding/json"
	"fmt"
	"io"
	"iter"
)

// K6Script is a k6 script that sends again, each at its recorded moment, what K6Requests has written into requests.json
// beside it. It holds no credentials: it takes a token from the environment.
//
//go:embed replay.k6.js
var K6Script []byte

// k6Request is a request as the script reads it.
type k6Request struct {
	AtMS        float64 `json:"at_ms"`
	Op          string  `json:"op"`
	Method      string  `json:"method"`
	Host        string  `json:"host"`
	Path        string  `json:"path"`
	ContentType string  `json:"content_type,omitempty"`
	Body        string  `json:"body,omitempty"`
	BodyBase64  []byte  `json:"body_base64,omitempty"`
	Status      int     `json:"status"` // as recorded
}

// K6Requests writes recorded requests as the JSON array that K6Script reads. They must come in the order in which they
// were sent, as SortedRequests gives them.
func K6Requests(w io.Writer, head RequestsHeader, requests iter.Seq2[Request, error]) (e Exported, err error) {
	out := bufio.NewWriter(w)
	separator := "[\n"
	for r, err := range requests {
		if err != nil {
			return e, err
		}
		if e.skip(&r) {
			continue
		}
		host := r.Host
		if host == "" {
			host = head.URL
		}
		line, err := json.Marshal(k6Request{float64(r.SentUS) / 1000, r.Op, r.Method, host, r.Path, r.ContentType, r.Body, r.BodyBase64, r.Status})
		if err != nil {
			return e, fmt.Errorf("writing requests: %w", err)
		}
		fmt.Fprint(out, separator) // errors stay with out
		_, _ = out.Write(line)
		separator = ",\n"
		e.Written++
	}
	if e.Written == 0 {
		fmt.Fprint(out, "[")
	}
	fmt.Fprint(out, "\n]\n")
	if err := out.Flush(); err != nil {
		return e, fmt.Errorf("writing requests: %w", err)
	}
	return e, nil
}
