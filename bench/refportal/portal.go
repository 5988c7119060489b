package refportal

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"

	"github.com/portalbench/portalbench/bench"
	"github.com/portalbench/portalbench/results"
)

// Portal drives a reference portal, or its noop twin, through the contract. It is safe for concurrent use.
type Portal struct {
	client *http.Client
	base   string // without a slash at the end
	noop   bool   // it keeps nothing
	faults string // what it does wrong on demand
}

var (
	_ bench.Portal  = (*Portal)(nil)
	_ bench.Cleaner = (*Portal)(nil)
)

// NewPortal returns the adapter for the portal at baseURL.
func NewPortal(client *http.Client, baseURL string) *Portal {
	return &Portal{client: client, base: strings.TrimRight(baseURL, "/")}
}

// Capabilities says that everything is native but await: a send is done when it is acknowledged.
func (p *Portal) Capabilities() bench.Capabilities {
	c := bench.Capabilities{Name: "refportal", Current: p.faults == ""}
	if p.noop {
		c.Name = "refportal noop"
	}
	if p.faults != "" {
		c.Name += " with faults " + p.faults
	}
	for k := range c.Ops {
		c.Ops[k] = bench.Native
	}
	c.Ops[results.OpAwait] = bench.Absent
	return c
}

// SignIn opens a session. When the portal refuses, the error is a *bench.Refusal.
func (p *Portal) SignIn(ctx context.Context, s *bench.Session) error {
	a, err := p.Do(ctx, s, &bench.Call{Kind: results.OpAuth})
	if err != nil {
		return err
	}
	if a.Outcome == results.OK {
		return nil
	}
	err = &bench.Refusal{Outcome: a.Outcome, Status: a.Status, Detail: a.Detail}
	if a.Outcome == results.Denied && s.Account.SecretFrom != "" {
		err = fmt.Errorf("with the secret from %s: %w", s.Account.SecretFrom, err)
	}
	return err
}

// Do carries out one operation. Only failures of the connection are errors.
func (p *Portal) Do(ctx context.Context, s *bench.Session, c *bench.Call) (bench.Answer, error) {
	x := &exchange{portal: p, ctx: ctx, session: s}
	err := x.do(c)
	return x.answer, err
}

// exchange is the requests of one operation and what came of them.
type exchange struct {
	portal  *Portal
	ctx     context.Context // of the one call this exchange lives for
	session *bench.Session
	answer  bench.Answer
}

// Stores asks the portal whether it is up, and whether it keeps what is written; if not, the portal is called a noop from
// then on. Faults that it has on demand are part of its name as well. Call it before the portal is used by several goroutines. An error says that no reference portal
// answers there.
func (p *Portal) Stores(ctx context.Context) (bool, error) {
	x := &exchange{portal: p, ctx: ctx, session: &bench.Session{}}
	var h healthAnswer
	done, err := x.ask(sending{method: http.MethodGet, path: "/healthz"}, &h)
	if err == nil && (!done || h.Status != "ok") {
		err = &bench.Refusal{Outcome: x.answer.Outcome, Status: x.answer.Status, Detail: x.answer.Detail}
	}
	if err != nil {
		var refusal *bench.Refusal
		if errors.As(err, &refusal) {
			err = fmt.Errorf("%w: --url is the address that portal serve printed, and --portal says what another portal speaks", err)
		}
		return false, fmt.Errorf("no reference portal answers at %s: %w", p.base, err)
	}
	p.noop, p.faults = !h.Stores, strings.Join(h.Faults, ", ")
	return h.Stores, nil
}

// longestAnswer is the most that is read of an answer, in bytes.
const longestAnswer = 32 << 20

// sending is one request.
type sending struct {
	method, path string
	body         any    // JSON, unless content is set
	content      []byte // a file
	mediaType    string
	version      string // for If-Match
}

// ask sends a request and reads the answer into out, a pointer. It reports whether the portal did what was asked; if
// not, the exchange's answer says why.
func (x *exchange) ask(q sending, out any) (bool, error) {
	status, content, err := x.send(q)
	if err != nil {
		return false, err
	}
	x.answer.Status, x.answer.Outcome = status, outcomeOf(status)
	if x.answer.Outcome != results.OK {
		if x.answer.Detail = detailOf(content); status/100 == 3 {
			x.answer.Detail = "the portal says to go elsewhere, which is not followed: name that address with --url if it is meant"
		}
		return false, nil
	}
	if file, isFile := out.(*[]byte); isFile {
		*file = content
		return true, nil
	}
	if err := json.Unmarshal(content, out); err != nil {
		x.answer.Outcome, x.answer.Detail = results.Invalid, "the answer is not the JSON of a reference portal: is this one?"
		return false, nil
	}
	return true, nil
}

// send makes the request and reads the whole answer, so that the connection can be used again.
func (x *exchange) send(q sending) (int, []byte, error) {
	content, mediaType := q.content, q.mediaType
	if q.body != nil {
		var err error
		if content, err = json.Marshal(q.body); err != nil {
			return 0, nil, fmt.Errorf("writing the request %s %s: %w", q.method, q.path, err)
		}
		mediaType = "application/json"
	}
	r, err := http.NewRequestWithContext(x.ctx, q.method, x.portal.base+q.path, bytes.NewReader(content))
	if err != nil {
		return 0, nil, fmt.Errorf("making the request %s %s: %w", q.method, q.path, err)
	}
	if mediaType != "" {
		r.Header.Set("Content-Type", mediaType)
	}
	x.session.Authorize(r)
	if q.version != "" {
		r.Header.Set("If-Match", `"`+q.version+`"`)
	}
	x.answer.Requests++
	x.answer.BytesOut += int64(len(content))
	res, err := x.portal.client.Do(r)
	if err != nil {
		return 0, nil, err
	}
	defer res.Body.Close()
	answered, err := io.ReadAll(io.LimitReader(res.Body, longestAnswer+1))
	if len(answered) > longestAnswer {
		return 0, nil, fmt.Errorf("reading the answer to %s %s: %w: over %d bytes", q.method, q.path, bench.ErrOverlong, longestAnswer)
	}
	x.answer.BytesIn += int64(len(answered))
	if err != nil {
		return 0, nil, fmt.Errorf("reading the answer to %s %s: %w", q.method, q.path, err)
	}
	return res.StatusCode, answered, nil
}

// outcomeOf says how an operation ended that was answered with a status.
func outcomeOf(status int) results.Outcome {
	switch status {
	case http.StatusOK, http.StatusCreated:
		return results.OK
	case http.StatusUnauthorized, http.StatusForbidden:
		return results.Denied
	case http.StatusNotFound:
		return results.NotFound
	case http.StatusConflict, http.StatusPreconditionFailed:
		return results.Conflict
	case http.StatusTooManyRequests:
		return results.Throttled
	}
	return results.Invalid
}

func detailOf(content []byte) string {
	var e errorAnswer
	if json.Unmarshal(content, &e) != nil || e.Error == "" {
		return "the portal gave no reason"
	}
	return e.Error + ": " + e.Detail
}
