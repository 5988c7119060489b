package fhir

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"

	"github.com/portalbench/portalbench/bench"
)

// unreadStatus is the status of a message that nobody has read yet. Where reading is noted otherwise a message is
// completed once it is sent.
func (p *Portal) unreadStatus() string {
	if p.read.Mark == byReceived || p.read.Mark == byExtension {
		return completed
	}
	return inProgress
}

// unreadOnly narrows a search to messages that were not read, as far as they can be searched for.
func (p *Portal) unreadOnly(q url.Values) {
	switch p.read.Mark {
	case byReceived:
		q.Del("status")
		q.Set("received:missing", "true")
	case byExtension:
		q.Del("status")
	default:
		q.Set("status", inProgress)
	}
}

// wasRead reports whether a message was.
func (p *Portal) wasRead(c *communication) bool {
	switch p.read.Mark {
	case byReceived:
		return c.Received != ""
	case byExtension:
		return slices.ContainsFunc(c.Extension, func(e extension) bool { return e.URL == p.read.Extension })
	}
	return c.Status != inProgress
}

// markRead has a message that was read earlier say so.
func (p *Portal) markRead(c *communication, at string) {
	switch p.read.Mark {
	case byReceived:
		c.Received = at
	case byExtension:
		c.Extension = append(c.Extension, extension{p.read.Extension, at})
	default:
		c.Status = completed
	}
}

// isA reports whether a Communication is a header or a message, in the server's codes.
func (p *Portal) isA(c *communication, kind string) bool {
	return c.ResourceType == "Communication" && has(c.Category, p.profile.theirs(coding{kindSystem, kind}))
}

// read marks a message as read, and when.
func (x *exchange) read(c *bench.Call) error {
	var done bool
	var err error
	switch now := instant(x.portal.now()); x.portal.read.Mark {
	case byReceived:
		done, err = x.patch(c.Message, "", add("/received", now))
	case byExtension:
		done, err = x.extend(c.Message, extension{x.portal.read.Extension, now})
	default:
		done, err = x.patch(c.Message, "", replace("/status", completed), add("/received", now))
	}
	if done {
		x.answer.Thread, x.answer.Message, x.answer.Version = c.Thread, c.Message, ""
	}
	return err
}

// extend adds an extension beside those that a resource has.
func (x *exchange) extend(ref string, one extension) (bool, error) {
	var resource struct{ Extension []json.RawMessage }
	done, err := x.ask(sending{method: http.MethodGet, path: ref}, &resource)
	if !done {
		return false, err
	}
	raw, err := json.Marshal(one)
	if err != nil {
		return false, fmt.Errorf("writing an extension of %s: %w", ref, err)
	}
	return x.rewrite(ref, x.answer.Version, add("/extension", append(resource.Extension, raw)))
}

// unread counts the messages that wait to be read.
func (x *exchange) unread() error {
	who := x.session.Account
	q := url.Values{"recipient": {patientOf(who)}, "category": {kindSystem + "|" + message}}
	x.portal.unreadOnly(q)
	if x.portal.counts(q) {
		counted, err := x.count(q)
		if counted || err != nil {
			return err
		}
	}
	q.Set("_count", "100")
	n := 0
	done, err := x.pages(x.portal.query("Communication", q), func(b *bundle) {
		for _, c := range matches[communication](x, b) {
			if x.portal.isUnread(&c, who) {
				n++
			}
		}
	})
	if done {
		x.answer.Unread = n
	}
	return err
}

// counts reports whether the server can be asked how many messages a search would find: all of it must be looked at.
func (p *Portal) counts(q url.Values) bool {
	for name := range q {
		if p.refused["Communication."+name] {
			return false
		}
	}
	return p.read.Mark != byExtension && !p.noCount.Load() && !p.refused["Communication._summary"]
}

// count asks for no more than the number. It reports whether the server told it, or refused for another reason than that
// it does not count.
func (x *exchange) count(q url.Values) (bool, error) {
	q.Set("_summary", "count")
	defer q.Del("_summary")
	var b bundle
	done, err := x.ask(sending{method: http.MethodGet, path: x.portal.query("Communication", q)}, &b)
	if x.answer.Version = ""; err != nil || !done {
		return !x.refusesSearch(), err
	}
	if b.Total == nil {
		x.portal.noCount.Store(true)
		return false, nil
	}
	x.answer.Unread = *b.Total
	return true, nil
}
