package fhir

import (
	"cmp"
	"context"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/portalbench/portalbench/bench"
	"github.com/portalbench/portalbench/results"
	"github.com/portalbench/portalbench/sim"
)

// Fills reports whether whole threads can be made at once, which takes transactions.
func (p *Portal) Fills() bool { return !p.lacks("transaction") && !p.noBundles.Load() }

// Cost returns how many entries of a transaction a thread needs: its header, its item and its messages.
func (p *Portal) Cost(f bench.Filing) int { return 2 + len(f.Messages) }

// Fill makes threads in one transaction, each as its people have left it.
func (p *Portal) Fill(ctx context.Context, s *bench.Session, some []bench.Filing) ([]bench.Filed, bench.Answer, error) {
	x := &exchange{portal: p, ctx: ctx, session: s}
	var entries []entry
	for i := range some {
		var err error
		if entries, err = x.lay(entries, &some[i]); err != nil {
			return nil, x.answer, err
		}
	}
	refs, _, err := x.make(entries)
	if len(refs) != len(entries) || err != nil {
		return nil, x.answer, err
	}
	var filed []bench.Filed
	for i := range some {
		n := len(some[i].Messages)
		one := bench.Filed{Thread: refs[0], Messages: refs[1 : 1+n]}
		if refs = refs[1+n:]; x.hasItems() {
			one.Item, refs = refs[0], refs[1:]
		}
		filed = append(filed, one)
	}
	return filed, x.answer, nil
}

func (x *exchange) hasItems() bool { return !x.portal.lacks("Task.create") }

// lay adds the entries of a thread: the header, the messages in their order, and the item.
func (x *exchange) lay(entries []entry, f *bench.Filing) ([]entry, error) {
	name := func(n int) string { return temporary(len(entries) + 1 + n) }
	thread, item := name(0), name(1+len(f.Messages))
	begun := beginning{tag: f.Tag, run: f.Run, topic: f.Topic, category: f.Category, urgent: f.Urgent, subject: f.Subject.ID, from: f.From.ID,
		to: f.To.ID, sent: instant(f.Messages[0].Written)}
	laid := []entry{}
	add := func(fullURL, kind string, resource any) error {
		e, err := creation(fullURL, kind, resource)
		laid = append(laid, e)
		return err
	}
	c := begun.header()
	if f.Item == sim.ItemCompleted {
		c.Status = completed
	}
	if err := add(thread, "Communication", c); err != nil {
		return nil, err
	}
	for i := range f.Messages {
		m := x.asWritten(f, i, thread)
		if i > 0 {
			m.InResponseTo = []reference{{name(i)}}
		}
		if err := add(name(1+i), "Communication", m); err != nil {
			return nil, err
		}
	}
	if x.hasItems() {
		if err := add(item, "Task", x.asLeft(f, begun.task(thread))); err != nil {
			return nil, err
		}
	}
	return append(entries, laid...), nil
}

// asWritten is the i'th message of a thread.
func (x *exchange) asWritten(f *bench.Filing, i int, thread string) communication {
	m := &f.Messages[i]
	c := communication{ResourceType: "Communication", Meta: ofRun(f.Run), Status: x.portal.unreadStatus(), PartOf: []reference{{thread}},
		Identifier: []identifier{{tagSystem, f.Tag}}, Category: []concept{coded(kindSystem, message)}, Subject: to(f.Subject.ID),
		Sent: instant(m.Written), Sender: to(m.Author.ID), Payload: []payload{{ContentString: m.Body}}}
	switch {
	case isClinic(m.Author):
		c.Recipient = []reference{{f.Subject.ID}}
	case i == 0:
		c.Recipient = []reference{{f.To.ID}}
	}
	if m.Read {
		x.portal.markRead(&c, instant(m.Written))
	}
	return c
}

// asLeft puts a thread's item where it was left.
func (x *exchange) asLeft(f *bench.Filing, t task) task {
	if f.Holder != nil {
		x.hold(&t, f.Holder)
	} else {
		x.hold(&t, f.To)
	}
	switch f.Item {
	case sim.ItemAccepted:
		t.Status = accepted
	case sim.ItemCompleted:
		t.Status = completed
	}
	return t
}

// Filed finds threads by their tags. A thread is there when all its messages are, as a transaction makes all of it or
// nothing.
func (p *Portal) Filed(ctx context.Context, s *bench.Session, some []bench.Filing) (map[string]bench.Filed, bench.Answer, error) {
	x := &exchange{portal: p, ctx: ctx, session: s}
	found, inPart := map[string]bench.Filed{}, ""
	most := 1
	if p.listsKnown() {
		most = lookUp
	}
	for few := range slices.Chunk(some, most) {
		tag, err := x.findFiled(few, found)
		if err != nil || x.answer.Outcome != results.OK {
			return nil, x.answer, err
		}
		inPart = cmp.Or(inPart, tag)
	}
	if inPart != "" {
		x.answer.Outcome, x.answer.Detail = results.Partial, "thread "+inPart+" is there in part: remove the run's data with portal clean, and begin anew"
	}
	return found, x.answer, nil
}

// findFiled enters what is there of a few threads, and returns the tag of one that is there in part.
func (x *exchange) findFiled(few []bench.Filing, found map[string]bench.Filed) (inPart string, err error) {
	var tags []string
	for i := range few {
		tags = append(tags, few[i].Tag)
	}
	parts, err := every[communication](x, "Communication", tags)
	if err != nil || x.answer.Outcome != results.OK {
		return "", err
	}
	var items []task
	if x.hasItems() {
		if items, err = every[task](x, "Task", tags); err != nil || x.answer.Outcome != results.OK {
			return "", err
		}
	}
	for i := range few {
		if one, whole := x.portal.assemble(&few[i], parts, items); whole {
			found[few[i].Tag] = one
		} else if one.Thread != "" || len(one.Messages) > 0 {
			inPart = few[i].Tag
		}
	}
	return inPart, nil
}

// every returns all resources of a type that have one of the tags.
func every[T communication | task](x *exchange, kind string, tags []string) (all []T, err error) {
	terms := make([]string, len(tags))
	for i, t := range tags {
		terms[i] = tagSystem + "|" + t
	}
	q := url.Values{"identifier": {strings.Join(terms, ",")}, "_count": {strconv.Itoa(batch)}}
	done, err := x.pages(x.portal.query(kind, q), func(b *bundle) { all = append(all, matches[T](x, b)...) })
	if !done {
		return nil, err
	}
	return all, nil
}

// assemble puts the parts of one thread together, and reports whether all of them are there. Messages are told by what they
// say.
func (p *Portal) assemble(f *bench.Filing, parts []communication, items []task) (one bench.Filed, whole bool) {
	used := map[string]bool{}
	one.Messages = make([]string, 0, len(f.Messages))
	tag := identifier{p.profile.theirs(coding{System: tagSystem}).System, f.Tag}
	tagged := func(of []identifier) bool { return slices.Contains(of, tag) }
	for i := range parts {
		if c := &parts[i]; tagged(c.Identifier) && p.isA(c, header) {
			one.Thread = "Communication/" + c.ID
		}
	}
	for n := range f.Messages {
		for i := range parts {
			if c := &parts[i]; tagged(c.Identifier) && p.isA(c, message) && !used[c.ID] && c.body() == f.Messages[n].Body {
				one.Messages, used[c.ID] = append(one.Messages, "Communication/"+c.ID), true
				break
			}
		}
	}
	for i := range items {
		if tagged(items[i].Identifier) {
			one.Item = "Task/" + items[i].ID
		}
	}
	return one, one.Thread != "" && len(one.Messages) == len(f.Messages)
}
