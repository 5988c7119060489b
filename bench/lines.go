package bench

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/portalbench/portalbench/results"
)

// lines reads JSON objects, one a line, strictly. Empty lines are passed over.
type lines struct {
	scanner  *bufio.Scanner
	number   int
	from, to int64 // where the line stands, in bytes
}

// longestLine is the longest line that is read, in bytes.
const longestLine = 8 << 20

func newLines(r io.Reader) *lines {
	l := &lines{scanner: bufio.NewScanner(r)}
	l.scanner.Buffer(make([]byte, 1<<12), longestLine)
	l.scanner.Split(func(data []byte, atEOF bool) (int, []byte, error) {
		n, line, err := bufio.ScanLines(data, atEOF)
		l.from, l.to = l.to, l.to+int64(n)
		return n, line, err
	})
	return l
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
