package refportal

import (
	"context"
	"fmt"
	"net/url"
	"strconv"

	"github.com/portalbench/portalbench/bench"
	"github.com/portalbench/portalbench/results"
)

// do maps an operation of the contract to requests.
func (x *exchange) do(c *bench.Call) error {
	switch c.Kind {
	case results.OpAuth:
		return x.signIn()
	case results.OpProvision:
		return x.provision(c)
	case results.OpInbox:
		return x.inbox(c)
	case results.OpThread:
		return x.thread(c)
	case results.OpClaim:
		return x.claim(c)
	case results.OpSend, results.OpReply, results.OpRoute, results.OpLabel, results.OpClose, results.OpReopen:
		return x.change(changing(c))
	case results.OpAttach:
		return x.attach(c)
	case results.OpFetch:
		return x.fetch(c)
	case results.OpReading:
		return x.reading(c)
	}
	return x.simple(c)
}

// simple does what answers little or nothing.
func (x *exchange) simple(c *bench.Call) error {
	switch c.Kind {
	case results.OpRecipients:
		return x.recipients()
	case results.OpRead:
		_, err := x.ask(sending{method: "POST", path: "/v1/messages/" + url.PathEscape(c.Message) + "/read"}, &readAnswer{})
		return err
	case results.OpUnread:
		var n unreadAnswer
		_, err := x.ask(sending{method: "GET", path: "/v1/unread" + listQuery(c)}, &n)
		x.answer.Unread = n.Unread
		return err
	}
	x.answer.Outcome, x.answer.Detail = results.Invalid, "the reference portal has no "+c.Kind.String()
	return nil
}

// address names an account to the portal: by its id, or by its login where the id is not known.
func address(a *bench.Account) string {
	switch {
	case a == nil:
		return ""
	case a.ID == "":
		return loginPrefix + a.Login
	}
	return a.ID
}

func (x *exchange) signIn() error {
	x.session.Token = "" // a stale one is not sent along
	var a signInAnswer
	body := signInBody{x.session.Account.Login, x.session.Account.Secret}
	done, err := x.ask(sending{method: "POST", path: "/v1/sessions", body: body}, &a)
	if done {
		x.session.Token, x.session.Expires = a.Token, a.Expires
	}
	return err
}

func (x *exchange) provision(c *bench.Call) error {
	body := provisionBody{Accounts: make([]accountBody, len(c.Accounts))}
	for i, a := range c.Accounts {
		body.Accounts[i] = accountBody{Kind: kind(a.Kind).String(), Login: a.Login, Display: a.Display, Role: a.Role,
			ActsFor: a.ActsFor, Pools: a.Pools, CareTeam: a.CareTeam, Run: a.Run}
		if a.Kind != bench.PoolAccount {
			body.Accounts[i].Secret = a.Secret
		}
	}
	var made provisionAnswer
	done, err := x.ask(sending{method: "POST", path: "/v1/accounts", body: body}, &made)
	if !done {
		return err
	}
	if len(made.Accounts) != len(c.Accounts) {
		x.answer.Outcome = results.Partial
		x.answer.Detail = fmt.Sprintf("%d of %d accounts were answered", len(made.Accounts), len(c.Accounts))
		return nil
	}
	for i, a := range made.Accounts {
		c.Accounts[i].ID = a.ID
	}
	return nil
}

// recipients lists whom the account may write to: each row's Thread is empty, its Item is the address's id.
func (x *exchange) recipients() error {
	var list recipientsAnswer
	_, err := x.ask(sending{method: "GET", path: "/v1/recipients"}, &list)
	for _, to := range list.Recipients {
		x.answer.Items = append(x.answer.Items, bench.Listed{Item: to.ID, Topic: to.Display})
	}
	return err
}

// listQuery writes the query of an inbox or unread request.
func listQuery(c *bench.Call) string {
	q := url.Values{}
	if c.To != nil {
		q.Set("of", address(c.To))
	}
	if c.Kind == results.OpInbox {
		if c.Unread {
			q.Set("unread", "true")
		}
		if c.Closed {
			q.Set("state", "all")
		}
		if c.Category != "" {
			q.Set("category", c.Category)
		}
		if c.Cursor != "" {
			q.Set("cursor", c.Cursor)
		}
		if c.Limit > 0 {
			q.Set("limit", strconv.Itoa(c.Limit))
		}
	}
	if len(q) == 0 {
		return ""
	}
	return "?" + q.Encode()
}

func (x *exchange) inbox(c *bench.Call) error {
	var list inboxAnswer
	_, err := x.ask(sending{method: "GET", path: "/v1/inbox" + listQuery(c)}, &list)
	x.answer.Next = list.Next
	x.answer.Items = make([]bench.Listed, len(list.Items))
	for i, row := range list.Items {
		x.answer.Items[i] = bench.Listed{Thread: row.Thread, Item: row.Item, Version: row.Version, Topic: row.Topic,
			Unread: row.Unread > 0}
	}
	return err
}

func (x *exchange) thread(c *bench.Call) error {
	var t threadAnswer
	done, err := x.ask(sending{method: "GET", path: "/v1/threads/" + url.PathEscape(c.Thread)}, &t)
	if !done {
		return err
	}
	x.answer.Thread, x.answer.Item, x.answer.Version = t.Thread, t.Item.Item, t.Item.Version
	x.answer.Messages = make([]bench.Seen, len(t.Messages))
	for i, m := range t.Messages {
		x.answer.Messages[i] = bench.Seen{Message: m.Message, Sender: m.Sender, Body: m.Body, Sent: m.Sent}
	}
	return nil
}

// claim takes an item. Without a version it looks the item up first.
func (x *exchange) claim(c *bench.Call) error {
	path, version := "/v1/items/"+url.PathEscape(c.Item), c.Version
	if version == "" {
		var now itemAnswer
		if done, err := x.ask(sending{method: "GET", path: path}, &now); !done {
			return err
		}
		version = now.Version
	}
	return x.change(sending{method: "POST", path: path + "/claim", version: version})
}

// changing is the request of an operation that changes a thread or its item. The version is sent along where the
// caller knows it; a close goes by the thread whatever happened to it since.
func changing(c *bench.Call) sending {
	q := sending{method: "POST", path: "/v1/threads/" + url.PathEscape(c.Thread)}
	item := "/v1/items/" + url.PathEscape(c.Item)
	switch c.Kind {
	case results.OpSend:
		q.path = "/v1/threads"
		q.body = sendBody{Subject: address(c.Subject), To: address(c.To), Category: c.Category, Urgent: c.Urgent,
			Topic: c.Topic, Body: c.Body, Files: c.Files}
	case results.OpReply:
		q.path += "/messages"
		q.body = replyBody{InReplyTo: c.Message, Body: c.Body, Files: c.Files}
	case results.OpRoute:
		q.path, q.version = item+"/route", c.Version
		q.body = routeBody{To: address(c.To)}
	case results.OpLabel:
		q.path, q.version = item+"/label", c.Version
		q.body = labelBody{Category: c.Category, Urgent: &c.Urgent}
	default: // close, reopen
		q.path += "/" + c.Kind.String()
	}
	return q
}

func (x *exchange) change(q sending) error {
	var a partialAnswer
	_, err := x.ask(q, &a)
	x.answer.Thread, x.answer.Message, x.answer.Item, x.answer.Version = a.Thread, a.Message, a.Item, a.Version
	if len(a.Refused) > 0 {
		part := a.Refused[0]
		x.answer.Outcome = results.Partial
		x.answer.Detail = fmt.Sprintf("done without %s (status %d): %s", part.Part, part.Status, part.Detail)
	}
	return err
}

func (x *exchange) attach(c *bench.Call) error {
	mediaType := c.MediaType
	if mediaType == "" {
		mediaType = "application/octet-stream"
	}
	var a attachAnswer
	_, err := x.ask(sending{method: "POST", path: "/v1/attachments", content: c.Content, mediaType: mediaType}, &a)
	x.answer.Ref = a.ID
	return err
}

func (x *exchange) fetch(c *bench.Call) error {
	if len(c.Files) != 1 {
		x.answer.Outcome, x.answer.Detail = results.Invalid, "fetch takes one file at a time"
		return nil
	}
	_, err := x.ask(sending{method: "GET", path: "/v1/attachments/" + url.PathEscape(c.Files[0])}, &x.answer.Content)
	return err
}

// reading stores a home reading. The subject stands for itself where the caller names nobody.
func (x *exchange) reading(c *bench.Call) error {
	subject := c.Subject
	if subject == nil {
		subject = x.session.Account
	}
	body := readingBody{Subject: address(subject), Code: c.Reading.Code, Value: c.Reading.Value, Unit: c.Reading.Unit,
		Taken: c.Reading.Taken, Run: c.Run}
	var a readingAnswer
	_, err := x.ask(sending{method: "POST", path: "/v1/readings", body: body}, &a)
	x.answer.Ref = a.ID
	return err
}

// Cleans says that what was made for a run can be removed.
func (p *Portal) Cleans() error { return nil }

// Clean removes some of what was made for a run.
func (p *Portal) Clean(ctx context.Context, s *bench.Session, run string) (bench.Removed, bench.Answer, error) {
	x := &exchange{portal: p, ctx: ctx, session: s}
	var r removedAnswer
	_, err := x.ask(sending{method: "DELETE", path: "/v1/runs/" + url.PathEscape(run)}, &r)
	return bench.Removed{Threads: r.Threads, Messages: r.Messages, Readings: r.Readings, Accounts: r.Accounts, More: r.More}, x.answer, err
}
