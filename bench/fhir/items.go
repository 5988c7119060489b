package fhir

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/portalbench/portalbench/bench"
	"github.com/portalbench/portalbench/results"
)

// change is one operation of a JSON Patch, on a member of the resource.
type change struct {
	Op    string `json:"op"`
	Path  string `json:"path"`
	Value any    `json:"value,omitempty"`
}

func replace(path string, value any) change { return change{"replace", path, value} }

// add sets a member that may not be there yet.
func add(path string, value any) change { return change{"add", path, value} }

func remove(path string) change { return change{Op: "remove", Path: path} }

// patch changes a resource, if it still has the version, where one is given. Where the server has no JSON Patch the
// resource is read and written back.
func (x *exchange) patch(ref, version string, changes ...change) (bool, error) {
	kind, _, _ := strings.Cut(ref, "/")
	if x.portal.lacks(kind+".patch") || x.portal.noPatch.Load() {
		return x.rewrite(ref, version, changes...)
	}
	done, err := x.ask(sending{method: http.MethodPatch, path: ref, body: changes, mediaType: patchType, version: version}, nil)
	switch {
	case err == nil && slices.Contains([]int{http.StatusMethodNotAllowed, http.StatusUnsupportedMediaType, http.StatusNotImplemented}, x.answer.Status):
		x.portal.noPatch.Store(true)
		return x.rewrite(ref, version, changes...)
	case done && x.answer.Version == "" && version != "":
		return x.ask(sending{method: http.MethodGet, path: ref}, nil) // for its version
	}
	return done, err
}

// rewrite reads a resource and writes it back with changes, and with everything else as it is.
func (x *exchange) rewrite(ref, version string, changes ...change) (bool, error) {
	var resource map[string]json.RawMessage
	done, err := x.ask(sending{method: http.MethodGet, path: ref}, &resource)
	if !done {
		return false, err
	}
	if version == "" {
		version = x.answer.Version
	}
	if err := keepMarks(resource); err != nil {
		return false, err
	}
	for _, c := range changes {
		member := strings.TrimPrefix(c.Path, "/")
		if c.Op == "remove" {
			delete(resource, member)
		} else if resource[member], err = json.Marshal(c.Value); err != nil {
			return false, fmt.Errorf("writing %s of %s: %w", member, ref, err)
		}
	}
	return x.ask(sending{method: http.MethodPut, path: ref, body: resource, version: version}, nil)
}

// keepMarks leaves of a resource's meta what the server does not set itself: profiles, tags and labels.
func keepMarks(resource map[string]json.RawMessage) error {
	if resource["meta"] == nil {
		return nil
	}
	var m map[string]json.RawMessage
	if err := json.Unmarshal(resource["meta"], &m); err != nil {
		return fmt.Errorf("reading the meta of a resource: %w", err)
	}
	for _, own := range []string{"versionId", "lastUpdated", "source"} {
		delete(m, own)
	}
	delete(resource, "meta")
	if len(m) == 0 {
		return nil
	}
	kept, err := json.Marshal(m)
	resource["meta"] = kept
	return err
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
	changes := []change{replace("/status", requested), remove("/owner"), add("/performerType", []concept{coded(poolSystem, c.To.Login)})}
	if c.To.Kind != bench.PoolAccount {
		changes = []change{replace("/status", requested), remove("/performerType"), add("/owner", to(c.To.ID))}
	}
	return x.changed(c)(x.rewrite(c.Item, c.Version, changes...))
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
	shown, n := fresh{}, 0
	err := x.pages("Communication?"+q.Encode(), func(b *bundle) bool {
		n++
		for _, m := range matches[communication](x, b) {
			if m.isIn(c.Thread) && shown.page(n, m.ID) { // some servers do not look at part-of
				x.answer.Messages = append(x.answer.Messages, seen(&m))
			}
		}
		return x.answer.Outcome == results.OK
	})
	if err != nil || x.answer.Outcome != results.OK {
		x.answer.Messages = nil
		return err
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
	if x.answer.Version = ""; b.Total == nil {
		x.answer.Outcome, x.answer.Detail = results.Invalid, "the server gives no total where one asks for a count"
		return nil
	}
	x.answer.Unread = *b.Total
	return nil
}

// attach stores a file, as a resource or, where that is refused, as it is.
func (x *exchange) attach(c *bench.Call) error {
	body := binary{ResourceType: "Binary", Meta: ofRun(c.Run), ContentType: c.MediaType, Data: c.Content}
	ref, _, err := x.create("Binary", body)
	if err == nil && slices.Contains([]int{http.StatusBadRequest, http.StatusUnsupportedMediaType, http.StatusUnprocessableEntity}, x.answer.Status) {
		ref, err = x.attachRaw(c)
	}
	x.answer.Ref, x.answer.Version = ref, ""
	return err
}

func (x *exchange) attachRaw(c *bench.Call) (ref string, err error) {
	res, content, err := x.send(sending{method: http.MethodPost, path: "Binary", raw: c.Content, mediaType: c.MediaType})
	if err != nil || !x.accepted(res, content) {
		return "", err
	}
	ref, _ = located(res.Header.Get("Location"))
	return ref, nil
}

// fetch brings a file back. Servers answer with the resource around it or with the file itself.
func (x *exchange) fetch(c *bench.Call) error {
	if len(c.Files) != 1 {
		x.answer.Outcome, x.answer.Detail = results.Invalid, "fetch takes one file at a time"
		return nil
	}
	res, content, err := x.send(sending{method: http.MethodGet, path: c.Files[0]})
	if err != nil || !x.accepted(res, content) {
		return err
	}
	var b binary
	if x.answer.Content = content; json.Unmarshal(content, &b) == nil && b.ResourceType == "Binary" {
		x.answer.Content = b.Data
	}
	return nil
}

// reading stores a measurement taken at home.
func (x *exchange) reading(c *bench.Call) error {
	o := observation{ResourceType: "Observation", Meta: ofRun(c.Run), Status: "final", Code: coded("http://loinc.org", c.Reading.Code),
		EffectiveDateTime: c.Reading.Taken.UTC().Format(time.RFC3339),
		ValueQuantity:     quantity{c.Reading.Value, c.Reading.Unit, "http://unitsofmeasure.org", c.Reading.Unit}}
	o.Subject = to(patientOf(x.session.Account))
	if c.Subject != nil {
		o.Subject = to(c.Subject.ID)
	}
	ref, _, err := x.create("Observation", o)
	x.answer.Ref = ref
	x.doneUnnamed()
	return err
}
