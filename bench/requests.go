package bench

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
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

// longestLine is the longest line that is read of a trace or of recorded requests, in bytes.
const longestLine = 8 << 20

// ReadRequests reads requests.jsonl: the header at once, the requests one by one. An error among them is the last that
// comes, and names the line.
func ReadRequests(r io.Reader) (RequestsHeader, iter.Seq2[Request, error], error) {
	lines := newLines(r)
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

// checkKind checks the first line of a file of lines.
func checkKind(format int, kind, want string) error {
	switch {
	case kind != want:
		return fmt.Errorf("line 1: kind is %q and not %q: name a file that begins with {\"format\":%d,\"kind\":%q}", kind, want,
			results.Format, want)
	case format > results.Format:
		return fmt.Errorf("line 1: it has format %d and this portalbench reads up to %d: use the version that wrote it, or a newer one",
			format, results.Format)
	case format < 1:
		return fmt.Errorf("line 1: format %d: write \"format\":%d", format, results.Format)
	}
	return nil
}

// lines reads JSON objects, one a line, strictly. Empty lines are passed over.
type lines struct {
	scanner *bufio.Scanner
	number  int
}

func newLines(r io.Reader) *lines {
	s := bufio.NewScanner(r)
	s.Buffer(make([]byte, 1<<16), longestLine)
	return &lines{scanner: s}
}

// next decodes the next line into v, a pointer. At the end it returns io.EOF.
func (l *lines) next(v any) error {
	for l.scanner.Scan() {
		l.number++
		text := strings.TrimSpace(l.scanner.Text())
		if l.number == 1 {
			text = strings.TrimPrefix(text, "\ufeff") // some editors begin files so
		}
		if text == "" {
			continue
		}
		return l.located(decodeLine(text, v))
	}
	if err := l.scanner.Err(); errors.Is(err, bufio.ErrTooLong) {
		return fmt.Errorf("line %d: it is longer than %d MB", l.number+1, longestLine>>20)
	} else if err != nil {
		return fmt.Errorf("line %d: %w", l.number+1, err)
	}
	return io.EOF
}

// located puts the number of the line before an error.
func (l *lines) located(err error) error {
	if err != nil {
		err = fmt.Errorf("line %d: %w", l.number, err)
	}
	return err
}

// decodeLine reads one JSON object and refuses fields that are not known.
func decodeLine(text string, v any) error {
	d := json.NewDecoder(strings.NewReader(text))
	d.DisallowUnknownFields()
	if err := d.Decode(v); err != nil {
		return plainJSONError(err)
	}
	if _, err := d.Token(); err != io.EOF {
		return errors.New("there is more after the JSON object: write one object a line")
	}
	return nil
}

// plainJSONError puts a decoder's error into words that say what to do.
func plainJSONError(err error) error {
	var wrong *json.UnmarshalTypeError
	switch {
	case errors.As(err, &wrong):
		return fmt.Errorf("field %q cannot be a JSON %s", wrong.Field, wrong.Value)
	case strings.HasPrefix(err.Error(), "json: unknown field "):
		return fmt.Errorf("unknown field %s: docs/format.md has those that are known", strings.TrimPrefix(err.Error(), "json: unknown field "))
	}
	return fmt.Errorf("it is no JSON object on one line (%s)", strings.TrimPrefix(err.Error(), "json: "))
}
