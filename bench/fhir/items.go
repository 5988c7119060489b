package fhir

import (
	"net/url"
	"slices"
	"time"

	"github.com/portalbench/portalbench/bench"
	"github.com/portalbench/portalbench/results"
)

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
	done, err := x.pages(x.portal.query("Communication", q), func(b *bundle) {
		n++
		for _, m := range matches[communication](x, b) {
			if m.isIn(c.Thread) && shown.page(n, m.ID) { // some servers do not look at part-of
				x.answer.Messages = append(x.answer.Messages, seen(&m))
			}
		}
	})
	if !done {
		x.answer.Messages = nil
		return err
	}
	x.answer.Thread = c.Thread
	slices.SortStableFunc(x.answer.Messages, func(a, b bench.Seen) int { return a.Sent.Compare(b.Sent) })
	return nil
}

func seen(m *communication) bench.Seen {
	s := bench.Seen{Message: "Communication/" + m.ID, Body: m.body()}
	if m.Sender != nil {
		s.Sender, _ = located(m.Sender.Reference)
	}
	s.Sent = moment(m.Sent)
	return s
}

// moment reads a dateTime of any precision; the zero moment is that of one that is none.
func moment(text string) time.Time {
	for _, layout := range []string{time.RFC3339, "2006-01-02T15:04:05Z0700", "2006-01-02T15:04:05", "2006-01-02T15:04Z07:00", time.DateOnly} {
		if at, err := time.Parse(layout, text); err == nil {
			return at
		}
	}
	return time.Time{}
}

// reading stores a measurement taken at home.
func (x *exchange) reading(c *bench.Call) error {
	o := observation{ResourceType: "Observation", Meta: ofRun(c.Run), Status: "final",
		Category: []concept{coded("http://terminology.hl7.org/CodeSystem/observation-category", "vital-signs")}, Code: coded("http://loinc.org", c.Reading.Code),
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
