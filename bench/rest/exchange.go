package rest

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/portalbench/portalbench/bench"
	"github.com/portalbench/portalbench/results"
)

// exchange is the requests of one operation and what came of them.
type exchange struct {
	portal   *Portal
	ctx      context.Context // of the one call this exchange lives for
	session  *bench.Session  // whose operation it is
	acting   *bench.Session  // in whose name the present request goes
	call     *bench.Call
	account  *bench.Account // provision: the one at hand
	answer   bench.Answer
	kept     map[string]any
	page     page
	renewed  bool     // somebody has been signed in again on the way
	entering bool     // it is a sign-in
	acted    []string // secrets of others in whose name requests went
}

// variable returns what a name stands for.
func (x *exchange) variable(name string) any {
	group, field, nested := strings.Cut(name, ".")
	if !nested {
		return x.flat(name)
	}
	switch group {
	case "me":
		return x.person(x.acting.Account, field)
	case "patient":
		return x.patient()
	case "subject":
		return x.person(x.call.Subject, field)
	case "to":
		return x.person(x.call.To, field)
	case "of":
		if x.call.To == nil {
			return x.person(x.session.Account, field)
		}
		return x.person(x.call.To, field)
	case "account":
		return x.newcomer(field)
	case "session":
		return x.acting.Vars[field]
	case "kept":
		return x.kept[field]
	}
	return nil
}

// person returns something of somebody.
func (x *exchange) person(a *bench.Account, field string) any {
	if a == nil {
		return ""
	}
	switch field {
	case "id":
		return a.ID
	case "login":
		return a.Login
	case "name":
		return a.Display
	case "secret":
		return a.Secret
	case "role":
		return x.portal.word("role", a.Role)
	}
	return nil
}

// patient returns the id of the patient whom an operation is about: the subject, oneself, or whom one acts for.
func (x *exchange) patient() string {
	switch me := x.session.Account; {
	case x.call.Subject != nil:
		return x.call.Subject.ID
	case me.Kind == isPatient:
		return me.ID
	case me.Kind == isProxy && me.PatientID != "":
		return me.PatientID
	case me.Kind == isProxy:
		return x.portal.idOf(me.ActsFor)
	}
	return ""
}

// kinds are the contract's words for kinds of accounts.
var kinds = [...]string{isPatient: "patient", isProxy: "proxy", isStaff: "staff", bench.PoolAccount: "pool", isAdmin: "admin"}

// newcomer returns something of the account that is being made.
func (x *exchange) newcomer(field string) any {
	a := x.account
	switch field {
	case "kind":
		return x.portal.word("kind", kinds[a.Kind])
	case "acts_for":
		return a.ActsFor
	case "acts_for_id":
		return x.portal.idOf(a.ActsFor)
	case "pools":
		return a.Pools
	case "pool_ids":
		return x.idsOf(a.Pools)
	case "care_team":
		return a.CareTeam
	case "run":
		return a.Run
	}
	return x.person(a, field)
}

// idsOf returns the portal's ids of accounts that were made; those that are not known are left out.
func (x *exchange) idsOf(logins []string) (ids []string) {
	for _, login := range logins {
		if id := x.portal.idOf(login); id != "" {
			ids = append(ids, id)
		}
	}
	return ids
}

// flat returns what an operation brings along. What an earlier request of the operation took goes before.
func (x *exchange) flat(name string) any {
	c, a := x.call, &x.answer
	switch name {
	case "run":
		return c.Run
	case "thread":
		return first(a.Thread, c.Thread)
	case "message":
		return first(a.Message, c.Message)
	case "item":
		return first(a.Item, c.Item)
	case "version":
		return first(a.Version, c.Version)
	case "ref":
		return a.Ref
	case "category":
		if c.Category == "" {
			return ""
		}
		return x.portal.word("category", c.Category)
	case "urgent":
		return x.portal.flag("urgent", c.Urgent)
	case "unread":
		return x.portal.flag("unread", c.Unread)
	case "closed":
		return x.portal.flag("closed", c.Closed)
	case "topic":
		return x.topic()
	case "body":
		return c.Body
	case "tag":
		return c.Tag
	case "files":
		return c.Files
	case "file":
		return first(c.Files...)
	case "content":
		return c.Content
	case "type":
		return first(c.MediaType, "application/octet-stream")
	}
	return x.measured(name)
}

// measured returns the variables of readings and of pages.
func (x *exchange) measured(name string) any {
	c := x.call
	switch name {
	case "code":
		return c.Reading.Code
	case "value":
		return c.Reading.Value
	case "unit":
		return c.Reading.Unit
	case "taken":
		return c.Reading.Taken.UTC().Format(time.RFC3339Nano)
	case "now":
		return x.portal.now().UTC().Format(time.RFC3339)
	case "limit":
		return x.page.limit
	case "cursor":
		return x.page.cursor
	case "page":
		return x.page.number
	case "from":
		return x.page.from.UTC().Format(time.RFC3339)
	case "until":
		return x.page.until.UTC().Format(time.RFC3339)
	}
	return nil
}

// first returns the first text that is not empty.
func first(texts ...string) string {
	if i := slices.IndexFunc(texts, func(s string) bool { return s != "" }); i >= 0 {
		return texts[i]
	}
	return ""
}

// topic shortens a topic to what the portal takes. Its end stays: there is the tag by which it is found again.
func (x *exchange) topic() string {
	topic, limit := x.call.Topic, x.portal.about.limits.Topic
	if limit == nil || limit.Most == 0 {
		return topic
	}
	if r := []rune(topic); len(r) > limit.Most {
		return string(r[len(r)-limit.Most:])
	}
	return topic
}

// tooLong says what the portal would not take. Nothing of it is cut off: a message must arrive as it was written.
func (x *exchange) tooLong() string {
	l, c := x.portal.about.limits, x.call
	if c.Kind != results.OpSend && c.Kind != results.OpReply {
		return ""
	}
	for _, one := range []struct {
		name string
		is   string
		may  *length
	}{{"topic", x.topic(), l.Topic}, {"body", c.Body, l.Body}} {
		if n := utf8.RuneCountInString(one.is); one.may != nil && (n < one.may.Least || one.may.Most > 0 && n > one.may.Most) {
			return fmt.Sprintf("the %s has %d characters, and limits.%s does not allow it: nothing was sent", one.name, n, one.name)
		}
	}
	return ""
}

// do carries out actions one after the other, until one is refused.
func (x *exchange) do(actions []*action) error {
	for _, a := range actions {
		if a.only != "" && empty(x.variable(a.only)) || a.unless != "" && !empty(x.variable(a.unless)) {
			continue
		}
		if err := x.step(a); err != nil || x.answer.Outcome != results.OK {
			return err
		}
	}
	return nil
}

// step carries out one action, in the name of whoever it is done.
func (x *exchange) step(a *action) (err error) {
	x.acting = x.session
	if a.asOther {
		if x.acting, err = x.portal.service(x.ctx, a.as); err != nil {
			return x.refusedEntry(err)
		}
		x.acted = append(x.acted, x.acting.Secrets()...)
	}
	if a.repeat != nil {
		return x.again(a)
	}
	_, err = x.walk(a)
	return err
}

// again repeats an action until it has found what it looks for.
func (x *exchange) again(a *action) error {
	end := x.portal.now().Add(a.repeat.within)
	for {
		found, err := x.walk(a)
		if err != nil || x.answer.Outcome != results.OK || found {
			return err
		}
		if left := end.Sub(x.portal.now()); left <= 0 {
			x.answer.Outcome = results.Pending
			x.answer.Detail = fmt.Sprintf("%s: not there within %s", a.name, a.repeat.within)
			return nil
		}
		select {
		case <-x.ctx.Done():
			return fmt.Errorf("%s: %w", a.name, x.ctx.Err())
		case <-time.After(a.repeat.every):
		}
	}
}
