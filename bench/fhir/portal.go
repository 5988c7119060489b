package fhir

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/portalbench/portalbench/bench"
	"github.com/portalbench/portalbench/results"
)

// Portal drives a FHIR R4 server. Its methods are safe for concurrent use as bench.Portal asks for.
type Portal struct {
	client  *http.Client
	base    string
	server  string          // software, once met
	version string          // of FHIR, once met
	can     map[string]bool // what can be done with resources, once met
	keys    *bench.Keyring  // nil: the server asks nobody who they are
	now     func() time.Time

	profile    *dialect // nil: as any R4 server
	read       ReadMark
	pools      string          // what a pool is; empty: what the server has
	refused    map[string]bool // searches that the server does not take, such as Communication._sort, once met
	unnamed    []string        // searches that it does not say it has, once met
	registered sync.Map        // references of those whom this process has made, by kind and login
	removed    sync.Map        // references of what this process has removed

	noPatch      atomic.Bool // the server has shown that it has no JSON Patch
	noBundles    atomic.Bool // no transactions of ours
	noConditions atomic.Bool // no creations on condition
	noCount      atomic.Bool // no totals
	rawFiles     atomic.Bool // takes files as they are only
	showCreated  atomic.Bool // it is asked to show what it creates
	strongTags   atomic.Bool // its ETags are strong
	resolves     atomic.Bool // it was seen whether names in transactions become references
	resolving    sync.Mutex  // held by whoever is about to see it

	probing    sync.Mutex
	probed     bool // takesLists has been found out
	takesLists bool // searches take several identifiers at once
}

// NewPortal returns the portal at a base address, such as http://127.0.0.1:8080/fhir. Requests go through client, and people
// sign in with keys.
func NewPortal(client *http.Client, base string, keys *bench.Keyring, now func() time.Time) *Portal {
	return &Portal{client: client, base: strings.TrimRight(base, "/"), keys: keys, now: now}
}

// Speak has the portal addressed as a profile says. Call it before anything else.
func (p *Portal) Speak(profile *Profile) {
	p.profile, p.read, p.pools = profile.dialect(), profile.Read, profile.Pools
}

// Capabilities says which operations a FHIR server has. R4 has no search for whom a patient may write to, and no
// asynchronous sending.
func (p *Portal) Capabilities() bench.Capabilities {
	c := bench.Capabilities{Name: "fhir", OneIdentity: p.keys.Shared()}
	if p.server != "" {
		c.Name += " (" + p.server + ")"
	}
	for _, k := range []results.OpKind{results.OpSend, results.OpInbox, results.OpThread, results.OpClaim, results.OpLabel,
		results.OpRead, results.OpUnread, results.OpAttach, results.OpFetch, results.OpReading} {
		c.Ops[k] = p.support(k, bench.Native)
	}
	for _, k := range []results.OpKind{results.OpProvision, results.OpReply, results.OpRoute, results.OpClose, results.OpReopen} {
		c.Ops[k] = p.support(k, bench.Composed)
	}
	c.Ops[results.OpAuth] = p.keys.Support()
	return c
}

// SignIn opens a session. When the portal refuses, the error is a *bench.Refusal.
func (p *Portal) SignIn(ctx context.Context, s *bench.Session) error { return p.keys.SignIn(ctx, s) }

// Do carries out one operation. Only failures of the connection are errors.
func (p *Portal) Do(ctx context.Context, s *bench.Session, c *bench.Call) (bench.Answer, error) {
	x := &exchange{portal: p, ctx: ctx, session: s}
	err := x.do(c)
	return x.answer, err
}

func (x *exchange) do(c *bench.Call) error {
	switch c.Kind {
	case results.OpProvision:
		return x.provision(c)
	case results.OpSend:
		return x.startThread(c)
	case results.OpReply:
		return x.reply(c)
	case results.OpInbox:
		return x.inbox(c)
	case results.OpThread:
		return x.thread(c)
	case results.OpClaim:
		return x.claim(c)
	case results.OpLabel:
		return x.label(c)
	case results.OpRoute:
		return x.route(c)
	case results.OpRead:
		return x.read(c)
	case results.OpUnread:
		return x.unread()
	case results.OpClose, results.OpReopen:
		return x.closeOrReopen(c)
	case results.OpAttach:
		return x.attach(c)
	case results.OpFetch:
		return x.fetch(c)
	case results.OpReading:
		return x.reading(c)
	}
	x.answer.Outcome, x.answer.Detail = results.Invalid, "FHIR R4 has no "+c.Kind.String()
	return nil
}

// instant writes a moment as FHIR does.
func instant(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000Z") }

// startThread makes the header, the message and the task in one transaction.
func (x *exchange) startThread(c *bench.Call) error {
	thread, text, item := temporary(1), temporary(2), temporary(3)
	sent := instant(x.portal.now())
	begun := beginning{tag: c.Tag, run: c.Run, topic: c.Topic, category: c.Category, urgent: c.Urgent, subject: c.Subject.ID,
		from: x.session.Account.ID, to: c.To.ID, sent: sent}
	head, work := begun.header(), begun.task(thread)
	first := x.written(c, thread, sent)
	first.Recipient = head.Recipient
	x.hold(&work, c.To)
	var entries []entry
	for _, made := range []struct {
		at, kind string
		resource any
	}{{thread, "Communication", head}, {text, "Communication", first}, {item, "Task", work}} {
		if made.kind == "Task" && x.portal.lacks("Task.create") {
			continue
		}
		e, err := creation(made.at, made.kind, made.resource)
		if err != nil {
			return err
		}
		entries = append(entries, e)
	}
	refs, versions, err := x.make(entries)
	if len(refs) > 1 {
		x.answer.Thread, x.answer.Message, x.answer.Version = refs[0], refs[1], ""
	}
	if len(refs) > 2 {
		x.answer.Item, x.answer.Version = refs[2], versions[2]
	}
	return err
}

// beginning is what a thread begins with.
type beginning struct {
	tag, run, topic, category string
	urgent                    bool
	subject, from, to         string // references
	sent                      string
}

func (b *beginning) header() communication {
	return communication{ResourceType: "Communication", Meta: ofRun(b.run), Status: inProgress, Identifier: []identifier{{tagSystem, b.tag}},
		Category: []concept{coded(kindSystem, header), coded(categorySystem, b.category)}, Priority: priority(b.urgent),
		Subject: to(b.subject), Topic: &concept{Text: b.topic}, Sent: b.sent, Sender: to(b.from), Recipient: []reference{{b.to}}}
}

// task is the work item of a thread, in nobody's list as yet.
func (b *beginning) task(thread string) task {
	category := coded(categorySystem, b.category)
	return task{ResourceType: "Task", Meta: ofRun(b.run), Status: requested, Intent: "order", Identifier: []identifier{{tagSystem, b.tag}},
		Priority: priority(b.urgent), Code: &category, Description: b.topic, Focus: to(thread), For: to(b.subject), AuthoredOn: b.sent,
		Requester: to(b.from)}
}

// written is the message of a call, in a thread.
func (x *exchange) written(c *bench.Call, thread, sent string) communication {
	m := communication{ResourceType: "Communication", Meta: ofRun(c.Run), Status: x.portal.unreadStatus(), PartOf: []reference{{thread}},
		Identifier: []identifier{{tagSystem, c.Tag}}, Category: []concept{coded(kindSystem, message)}, Sent: sent,
		Sender: to(x.session.Account.ID), Payload: []payload{{ContentString: c.Body}}}
	if c.Subject != nil {
		m.Subject = to(c.Subject.ID)
	}
	for _, file := range c.Files {
		m.Payload = append(m.Payload, payload{ContentAttachment: &attachment{URL: file}})
	}
	return m
}

func priority(urgent bool) string {
	if urgent {
		return "urgent"
	}
	return "routine"
}

// hold puts a task into somebody's hands, or into a pool.
func (x *exchange) hold(t *task, holder *bench.Account) {
	t.Status, t.Owner, t.PerformerType = requested, nil, nil
	if holder.Kind == bench.PoolAccount {
		t.PerformerType = []concept{coded(poolSystem, holder.Login)}
		return
	}
	t.Owner = to(holder.ID)
}

// reply adds a message. One by the patient's side brings a completed task back to where it was.
func (x *exchange) reply(c *bench.Call) error {
	m := x.written(c, c.Thread, instant(x.portal.now()))
	if c.Message != "" {
		m.InResponseTo = []reference{{c.Message}}
	}
	staff := x.session.Account.Kind == bench.StaffAccount
	if staff && m.Subject != nil {
		m.Recipient = []reference{*m.Subject}
	}
	ref, _, err := x.create("Communication", m)
	if ref == "" {
		x.doneUnnamed()
		return err
	}
	x.answer.Thread, x.answer.Message, x.answer.Version = c.Thread, ref, ""
	if staff || c.Item == "" {
		return nil
	}
	return x.revive(c)
}

// revive opens a closed thread again, as somebody has written in it.
func (x *exchange) revive(c *bench.Call) error {
	var t task
	done, err := x.ask(sending{method: http.MethodGet, path: c.Item}, &t)
	if !done || t.Status != completed {
		x.answer.Item, x.answer.Version = c.Item, t.version()
		return x.halfDone(done, err)
	}
	if done, err = x.patch(c.Thread, "", replace("/status", inProgress)); !done {
		return x.halfDone(done, err)
	}
	if done, err = x.patch(c.Item, "", replace("/status", requested)); done {
		x.answer.Item = c.Item
	}
	return x.halfDone(done, err)
}

// halfDone enters that the message is there, whatever became of the rest.
func (x *exchange) halfDone(done bool, err error) error {
	if !done && err == nil {
		x.answer.Outcome, x.answer.Detail = results.Partial, "the message is there, but the closed thread was not opened: "+x.answer.Detail
	}
	return err
}

// inbox lists what waits: for staff the open tasks of a person or pool, for patients the open threads.
func (x *exchange) inbox(c *bench.Call) error {
	path := c.Cursor
	of := x.session.Account
	if c.To != nil {
		of = c.To
	}
	onTasks := isClinic(of) && !x.portal.lacks("Task.create") && !x.portal.lacks("Task.search-type")
	if path == "" {
		path = x.portal.listPath(of, c, onTasks)
	}
	var b bundle
	done, err := x.ask(sending{method: http.MethodGet, path: path}, &b)
	if !done {
		return err
	}
	x.answer.Next, x.answer.Version, x.answer.Rows = x.portal.after(path, &b), "", len(b.Entry)
	if onTasks {
		for _, t := range matches[task](x, &b) {
			if !x.portal.waitsFor(&t, of, c.Category) {
				continue // found by a server that does not look at all that was asked for
			}
			row := bench.Listed{Item: "Task/" + t.ID, Version: t.version(), Topic: t.Description}
			if t.Focus != nil {
				row.Thread, _ = located(t.Focus.Reference)
			}
			x.answer.Items = append(x.answer.Items, row)
		}
		return nil
	}
	x.answer.Items = x.portal.threadRows(slices.DeleteFunc(matches[communication](x, &b), func(m communication) bool {
		return c.Unread && !x.portal.isUnread(&m, of) || !c.Unread && !x.portal.concerns(&m, of, c.Closed)
	}))
	return nil
}

// listPath is the search behind the first page of a list.
func (p *Portal) listPath(of *bench.Account, c *bench.Call, onTasks bool) string {
	q := url.Values{"_count": {strconv.Itoa(max(c.Limit, 20))}}
	if c.Limit > 0 {
		q.Set("_count", strconv.Itoa(c.Limit))
	}
	if onTasks {
		q.Set("_sort", "authored-on")
		q.Set("status", requested+","+accepted)
		if of.Kind == bench.PoolAccount {
			q.Set("performer", poolSystem+"|"+of.Login)
			q.Set("status", requested)
		} else {
			q.Set("owner", of.ID)
		}
		if of.Kind != bench.PoolAccount && p.noLists() {
			q.Del("status") // completed ones are left out when they have come
		}
		if c.Category != "" {
			q.Set("code", categorySystem+"|"+c.Category)
		}
		return p.query("Task", q)
	}
	q.Set("_sort", "-sent")
	if q.Set("status", inProgress); c.Closed {
		q.Set("status", inProgress+","+completed)
	}
	if c.Closed && p.noLists() {
		q.Del("status")
	}
	q.Set("category", kindSystem+"|"+header)
	switch {
	case c.Unread:
		q.Set("recipient", patientOf(of))
		q.Set("category", kindSystem+"|"+message)
		p.unreadOnly(q)
	case isClinic(of):
		q.Set("recipient", of.ID)
	default:
		q.Set("subject", patientOf(of))
	}
	return p.query("Communication", q)
}

// isClinic reports whether an account is of the clinic's side.
func isClinic(a *bench.Account) bool {
	return a.Kind == bench.StaffAccount || a.Kind == bench.PoolAccount
}

// patientOf returns whose threads somebody sees: their own, or those of the patient they act for.
func patientOf(a *bench.Account) string {
	if a.Kind != bench.ProxyAccount {
		return a.ID
	}
	return a.PatientID
}

// threadRows makes rows of headers, or of unread messages, one for each thread.
func (p *Portal) threadRows(found []communication) (rows []bench.Listed) {
	seen := map[string]bool{}
	for i := range found {
		c := &found[i]
		row := bench.Listed{Thread: "Communication/" + c.ID}
		if c.Topic != nil {
			row.Topic = c.Topic.Text
		}
		if p.isA(c, message) && len(c.PartOf) > 0 {
			row.Thread, _ = located(c.PartOf[0].Reference)
			row.Unread = true
		}
		if !seen[row.Thread] {
			seen[row.Thread] = true
			rows = append(rows, row)
		}
	}
	return rows
}
