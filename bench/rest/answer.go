package rest

import (
	"bytes"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/tidwall/gjson"

	"github.com/portalbench/portalbench/bench"
	"github.com/portalbench/portalbench/results"
)

// received is the answer to a request.
type received struct {
	status  int
	header  http.Header
	content []byte
	root    gjson.Result // of an answer that is JSON
	found   gjson.Result // the part from which things are taken: a row that was looked for, or root
}

func newReceived(res *http.Response, content []byte) *received {
	got := &received{status: res.StatusCode, header: res.Header, content: content}
	if t := bytes.TrimSpace(content); len(t) > 0 && (t[0] == '{' || t[0] == '[') && gjson.ValidBytes(t) {
		got.root = gjson.ParseBytes(t)
	}
	got.found = got.root
	return got
}

// text is the answer as text, without blanks around it.
func (a *received) text() string { return string(bytes.TrimSpace(a.content)) }

// ask sends the request of an action and judges the answer. Somebody who turns out not to be signed in any more is signed in
// again, once, and asks again: what was refused for that was not done. It reports whether the request did what it must.
func (x *exchange) ask(a *action) (*received, bool, error) {
	for {
		r, length, err := x.request(a)
		if r == nil || err != nil {
			return nil, false, err
		}
		got, err := x.send(a, r, length)
		if err != nil {
			return nil, false, err
		}
		if x.entering || x.renewed || !x.portal.about.entrance(x.acting.Account.Kind).over(got) {
			return got, x.judge(a, got), nil
		}
		x.renewed = true
		if err := x.renew(a); err != nil {
			return nil, false, x.refusedEntry(err)
		}
	}
}

// over reports whether an answer shows that somebody is no longer signed in.
func (e *entrance) over(got *received) bool {
	if e == nil {
		return false
	}
	return slices.Contains(e.status, got.status) || e.text != nil && e.text.holds(got.text(), nothing)
}

// nothing is known where there are no variables.
func nothing(string) any { return nil }

// refusedEntry turns a refused sign-in into the answer of the operation that needs it.
func (x *exchange) refusedEntry(err error) error {
	var refusal *bench.Refusal
	if !errors.As(err, &refusal) {
		return err
	}
	x.answer.Outcome, x.answer.Status, x.answer.Detail = refusal.Outcome, refusal.Status, refusal.Detail
	return nil
}

// judge enters how a request ended, and reports whether it did what it must.
func (x *exchange) judge(a *action, got *received) bool {
	x.answer.Status, x.answer.Outcome, x.answer.Detail = got.status, results.OK, ""
	why := a.ok.fails(got, x.variable)
	if why == "" && a.ok.entries != "" {
		return x.batch(a, got)
	}
	if why == "" {
		return true
	}
	x.answer.Outcome = x.portal.about.refusals.outcome(got)
	if x.entering && x.answer.Outcome == results.Invalid && got.status < 400 {
		x.answer.Outcome = results.Denied // it answered, and let nobody in
	}
	x.answer.Detail = a.name + ": " + x.portal.about.refusals.reason(got, why)
	return false
}

// fails says why an answer is no success; "" if it is one.
func (t *test) fails(got *received, value lookUp) string {
	switch {
	case len(t.status) > 0 && !slices.Contains(t.status, got.status), len(t.status) == 0 && got.status/100 != 2:
		return fmt.Sprintf("the status is %d", got.status)
	case t.text != nil && !t.text.holds(got.text(), value):
		return "the text is not what ok.text asks for"
	}
	for _, c := range t.header {
		if !c.holds(got.header.Get(c.path), value) {
			return fmt.Sprintf("the header field %s is not what ok.header asks for", c.path)
		}
	}
	for _, c := range t.json {
		if !c.holds(at(got.root, c.path).String(), value) {
			return fmt.Sprintf("%s is not what ok.json asks for", c.path)
		}
	}
	return ""
}

// batch looks at the status of every entry. One that was throttled decides; of others the first that was refused, unless
// some were done.
func (x *exchange) batch(a *action, got *received) bool {
	done, n := 0, 0
	at(got.root, a.ok.entries).ForEach(func(_, entry gjson.Result) bool {
		status := int(leading(entry.Get(a.ok.entryStatus).String()))
		if n++; status/100 == 2 {
			done++
			return true
		}
		outcome := x.portal.about.refusals.byStatus(status)
		if x.answer.Outcome == results.OK || outcome == results.Throttled && x.answer.Outcome != results.Throttled {
			x.answer.Outcome, x.answer.Status = outcome, status
			x.answer.Detail = fmt.Sprintf("%s: entry %d: status %d", a.name, n, status)
		}
		return true
	})
	switch {
	case n == 0:
		x.answer.Outcome, x.answer.Detail = results.Invalid, a.name+": no entry was answered"
	case done > 0 && done < n && x.answer.Outcome != results.Throttled:
		x.answer.Outcome = results.Partial
	}
	return x.answer.Outcome == results.OK
}

// leading returns the number that a text begins with: "201 Created" is 201.
func leading(s string) (n int) {
	for _, r := range s {
		if r < '0' || r > '9' || n > 1000 {
			break
		}
		n = 10*n + int(r-'0')
	}
	return n
}

func (r *refusal) byStatus(status int) results.Outcome {
	if o, known := r.status[status]; known {
		return o
	}
	return results.Invalid
}

// outcome says what an answer means that is no success.
func (r *refusal) outcome(got *received) results.Outcome {
	for _, t := range r.text {
		if t.is.holds(got.text(), nothing) {
			return t.outcome
		}
	}
	if o := r.byStatus(got.status); got.status < 400 || o != results.Invalid || !limited(got.header) {
		return o
	}
	return results.Throttled
}

// limited reports whether a limiter says that it is its doing.
func limited(h http.Header) bool {
	if h.Get("Retry-After") != "" {
		return true
	}
	for _, name := range []string{"Ratelimit-Remaining", "X-Ratelimit-Remaining", "X-Rate-Limit-Remaining"} {
		if h.Get(name) == "0" {
			return true
		}
	}
	for _, field := range strings.FieldsFunc(h.Get("Ratelimit"), func(r rune) bool { return r == ';' || r == ',' || r == ' ' }) {
		if field == "r=0" || field == "remaining=0" {
			return true
		}
	}
	return false
}

// reason is what the portal says, or what was missed in its answer.
func (r *refusal) reason(got *received, why string) string {
	if said := plain(r.detail.find(got)); said != "" {
		return said
	}
	if to := got.header.Get("Location"); got.status/100 == 3 && to != "" {
		to, _, _ = strings.Cut(to, "?")
		return why + ", and leads to " + to + ", where nobody went"
	}
	return why
}
