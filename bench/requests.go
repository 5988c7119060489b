package bench

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"iter"
	"slices"
	"strings"

	"github.com/portalbench/portalbench/results"
)

// RequestsHeader is the first line of requests.jsonl.
type RequestsHeader struct {
	Format   int    `json:"format"`
	Kind     string `json:"kind"` // requests
	Scenario string `json:"scenario"`
	RunID    string `json:"run_id"`
	URL      string `json:"url"` // scheme and host of the portal: paths of requests are under it
}

// Request is one request of a replay as it went over the wire, without credentials: a line of requests.jsonl.
type Request struct {
	SentUS      int64  `json:"sent_us"` // since the clock started
	Op          string `json:"op"`
	WarmUp      bool   `json:"warm_up,omitempty"` // of an operation that is not counted
	Method      string `json:"method"`
	Host        string `json:"host,omitempty"` // scheme and host, where they are not the portal's
	Path        string `json:"path"`           // and query
	ContentType string `json:"content_type,omitempty"`
	Body        string `json:"body,omitempty"`
	BodyBase64  []byte `json:"body_base64,omitempty"` // of a body that is no text
	LeftOut     string `json:"left_out,omitempty"`    // why a body is not here: credentials, size or stream
	Status      int    `json:"status"`                // 0: no answer
	LatencyNS   int64  `json:"latency_ns"`            // from its sending to the end of the answer
	BytesOut    int64  `json:"bytes_out"`             // of bodies, as is the next
	BytesIn     int64  `json:"bytes_in"`
	Error       string `json:"error,omitempty"`
}

// Reasons for which a body is not kept.
const (
	leftOutCredentials = "credentials"
	leftOutSize        = "size"
	leftOutStream      = "stream"
)

// mostBody is the size up to which the body of a request is kept, in bytes.
const mostBody = 1 << 20

// content returns the body.
func (r *Request) content() []byte {
	if len(r.BodyBase64) > 0 {
		return r.BodyBase64
	}
	return []byte(r.Body)
}

// ReadRequests reads requests.jsonl: the header at once, the requests one by one as they were answered. An error among
// them is the last that comes, and names the line.
func ReadRequests(r io.Reader) (RequestsHeader, iter.Seq2[Request, error], error) {
	return requestsOf(newLines(r))
}

func requestsOf(lines *lines) (RequestsHeader, iter.Seq2[Request, error], error) {
	head := RequestsHeader{}
	if err := lines.next(&head); err != nil {
		return head, nil, fmt.Errorf("%w: was it written by load --keep-requests?", err)
	}
	if err := checkKind(head.Format, head.Kind, "requests"); err != nil {
		return head, nil, err
	}
	return head, func(yield func(Request, error) bool) {
		for {
			var q Request
			err := lines.next(&q)
			if err == nil {
				err = lines.located(q.check())
			}
			if errors.Is(err, io.EOF) || !yield(q, err) || err != nil {
				return
			}
		}
	}, nil
}

func (r *Request) check() error {
	switch _, known := results.ParseOp(r.Op); {
	case !known:
		return fmt.Errorf("unknown op %q", r.Op)
	case r.Method == "" || !strings.HasPrefix(r.Path, "/"):
		return fmt.Errorf("method %q, path %q: both are needed, and the path begins with a slash", r.Method, r.Path)
	case r.SentUS < 0 || r.LatencyNS < 0:
		return errors.New("sent_us and latency_ns are not below 0")
	}
	return nil
}

// SortedRequests reads requests.jsonl in the order in which the requests were sent. It holds 24 bytes for each, and reads
// the file twice.
func SortedRequests(src interface {
	io.Reader
	io.ReaderAt
}) (RequestsHeader, iter.Seq2[Request, error], error) {
	type place struct{ sent, from, to int64 }
	var places []place
	lines := newLines(src)
	head, each, err := requestsOf(lines)
	if err != nil {
		return head, nil, err
	}
	for q, err := range each {
		if err != nil {
			return head, nil, err
		}
		places = append(places, place{q.SentUS, lines.from, lines.to})
	}
	slices.SortStableFunc(places, func(a, b place) int { return cmp.Compare(a.sent, b.sent) })
	return head, func(yield func(Request, error) bool) {
		for _, p := range places {
			var q Request
			err := newLines(io.NewSectionReader(src, p.from, p.to-p.from)).next(&q)
			if !yield(q, err) || err != nil {
				return
			}
		}
	}, nil
}
