package fhir

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/portalbench/portalbench/bench"
	"github.com/portalbench/portalbench/results"
)

// change is one operation of a JSON Patch.
type change struct {
	Op    string `json:"op"`
	Path  string `json:"path"`
	Value any    `json:"value,omitempty"`
}

func replace(path string, value any) change { return change{"replace", path, value} }

// add sets a member that may not be there yet.
func add(path string, value any) change { return change{"add", path, value} }

// patch changes a resource, if it still has the version, where one is given.
func (x *exchange) patch(ref, version string, changes ...change) (bool, error) {
	return x.ask(sending{method: http.MethodPatch, path: ref, body: changes, mediaType: patchType, version: version}, nil)
}

// claim takes a task.
func (x *exchange) claim(c *bench.Call) error {
	owner := x.session.Account
	if c.To != nil {
		owner = c.To
	}
	return x.changed(c)(x.patch(c.Item, c.Version, replace("/status", accepted), add("/owner", to(owner.ID))))
}

// changed enters a change of the call's task.
func (x *exchange) changed(c *bench.Call) func(bool, error) error {
	return func(done bool, err error) error {
		if done {
			x.answer.Thread, x.answer.Item = c.Thread, c.Item
		}
		return err
	}
}

// label sets category and priority.
func (x *exchange) label(c *bench.Call) error {
	return x.changed(c)(x.patch(c.Item, c.Version, add("/code", coded(categorySystem, c.Category)), add("/priority", priority(c.Urgent))))
}

// route hands a task on. What it had before must go, which a patch can only do where it knows that it is there, so the
// task is read and written back.
func (x *exchange) route(c *bench.Call) error {
	var t task
	done, err := x.ask(sending{method: http.MethodGet, path: c.Item}, &t)
	if !done {
		return err
	}
	x.hold(&t, c.To)
	version := c.Version
	if version == "" {
		version = t.version()
	}
	t.Meta = nil
	return x.changed(c)(x.ask(sending{method: http.MethodPut, path: c.Item, body: t, version: version}, nil))
}

// closeOrReopen changes the task first, as it has the version that others compete for, and then the thread.
func (x *exchange) closeOrReopen(c *bench.Call) error {
	ofTask, ofThread := completed, completed
	if c.Kind == results.OpReopen {
		ofTask, ofThread = requested, inProgress
	}
	done, err := x.patch(c.Item, c.Version, replace("/status", ofTask))
	if !done {
		return err
	}
	version := x.answer.Version
	if done, err = x.patch(c.Thread, "", replace("/status", ofThread)); done {
		x.answer.Thread, x.answer.Item = c.Thread, c.Item
	}
	x.answer.Version = version
	return err
}

// thread shows the messages of a thread in the order in which they were sent.
func (x *exchange) thread(c *bench.Call) error {
	q := url.Values{"part-of": {c.Thread}, "_sort": {"sent"}, "_count": {"100"}}
	for path := "Communication?" + q.Encode(); path != ""; {
		var b bundle
		done, err := x.ask(sending{method: http.MethodGet, path: path}, &b)
		if !done {
			return err
		}
		for _, m := range matches[communication](&b) {
			x.answer.Messages = append(x.answer.Messages, seen(&m))
		}
		path = b.next()
	}
	x.answer.Thread, x.answer.Version = c.Thread, ""
	slices.SortStableFunc(x.answer.Messages, func(a, b bench.Seen) int { return a.Sent.Compare(b.Sent) })
	return nil
}

func seen(m *communication) bench.Seen {
	s := bench.Seen{Message: "Communication/" + m.ID, Body: m.body()}
	if m.Sender != nil {
		s.Sender = m.Sender.Reference
	}
	s.Sent, _ = time.Parse(time.RFC3339, m.Sent) // the zero moment comes first
	return s
}

// read marks a message as read, and when.
func (x *exchange) read(c *bench.Call) error {
	done, err := x.patch(c.Message, "", replace("/status", completed), add("/received", instant(x.portal.now())))
	if done {
		x.answer.Thread, x.answer.Message, x.answer.Version = c.Thread, c.Message, ""
	}
	return err
}

// unread counts the messages that wait to be read.
func (x *exchange) unread() error {
	q := url.Values{"recipient": {patientOf(x.session.Account)}, "category": {kindSystem + "|" + message},
		"status": {inProgress}, "_summary": {"count"}}
	var b bundle
	if done, err := x.ask(sending{method: http.MethodGet, path: "Communication?" + q.Encode()}, &b); !done {
		return err
	}
	x.answer.Unread, x.answer.Version = b.Total, ""
	return nil
}

// attach stores a file.
func (x *exchange) attach(c *bench.Call) error {
	body := binary{ResourceType: "Binary", ContentType: c.MediaType, Data: c.Content}
	res, content, err := x.send(sending{method: http.MethodPost, path: "Binary", body: body})
	if err != nil {
		return err
	}
	x.answer.Status, x.answer.Outcome = res.StatusCode, outcomeOf(res.StatusCode)
	if x.answer.Outcome != results.OK {
		x.answer.Detail = detailOf(content)
		return nil
	}
	x.answer.Ref, _ = located(res.Header.Get("Location"))
	return nil
}

// fetch brings a file back. Servers answer with the bytes or with the resource around them.
func (x *exchange) fetch(c *bench.Call) error {
	if len(c.Files) != 1 {
		x.answer.Outcome, x.answer.Detail = results.Invalid, "fetch takes one file at a time"
		return nil
	}
	var b binary
	done, err := x.ask(sending{method: http.MethodGet, path: c.Files[0]}, &b)
	if done {
		x.answer.Content = b.Data
	}
	return err
}

// reading stores a measurement taken at home.
func (x *exchange) reading(c *bench.Call) error {
	o := observation{ResourceType: "Observation", Status: "final", Code: coded("http://loinc.org", c.Reading.Code),
		EffectiveDateTime: c.Reading.Taken.UTC().Format(time.RFC3339),
		ValueQuantity:     quantity{c.Reading.Value, c.Reading.Unit, "http://unitsofmeasure.org", c.Reading.Unit}}
	o.Subject = to(patientOf(x.session.Account))
	if c.Subject != nil {
		o.Subject = to(c.Subject.ID)
	}
	var made struct{ ID string }
	done, err := x.ask(sending{method: http.MethodPost, path: "Observation", body: o}, &made)
	if done && made.ID != "" {
		x.answer.Ref = strings.TrimPrefix("Observation/"+made.ID, "/")
	}
	return err
}
