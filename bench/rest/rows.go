package rest

import (
	"slices"
	"strconv"
	"time"

	"github.com/tidwall/gjson"

	"github.com/portalbench/portalbench/bench"
	"github.com/portalbench/portalbench/results"
)

// harvest takes from an answer what the action says. It reports whether what is looked for was there, and how many rows the
// answer had.
func (x *exchange) harvest(a *action, got *received) (found bool, n int) {
	found = true
	if why := a.noList(got); why != "" {
		x.answer.Outcome, x.answer.Detail = x.portal.about.refusals.outcome(got), a.name+": "+x.portal.about.refusals.reason(got, why)
		return false, 0
	}
	if a.find != nil {
		if found, n = x.look(a.find, got); !found {
			return false, n
		}
	}
	for _, t := range a.keep {
		x.keep(t.name, t.from.find(got))
	}
	for _, t := range a.take {
		x.enter(t.name, t.from.find(got))
	}
	if a.rows != nil {
		n = x.list(a, got)
	}
	if a.repeat != nil && len(a.repeat.until) > 0 {
		found = hold(a.repeat.until, got.found, x.variable)
	}
	if a.repeat != nil && len(a.repeat.failed) > 0 && hold(a.repeat.failed, got.found, x.variable) {
		x.answer.Outcome, x.answer.Detail = results.Invalid, a.name+": it failed: "+x.portal.about.refusals.reason(got, "as repeat.failed says")
	}
	return found, n
}

// noList says why an answer has no list where the action expects one; "" if it has. A list that is left out of an answer of
// JSON is empty.
func (a *action) noList(got *received) string {
	if a.find == nil && a.rows == nil {
		return ""
	}
	if !got.root.Exists() {
		return "the answer is not JSON"
	}
	var paths []string
	if a.find != nil {
		paths = append(paths, a.find.at)
	}
	if a.rows != nil {
		paths = append(paths, a.rows.at)
	}
	for _, path := range paths {
		if l := at(got.root, path); l.Exists() && l.Type != gjson.Null && !l.IsArray() {
			return "what is at " + path + " is no list"
		}
	}
	return ""
}

// look makes the first row that meets the conditions the one from which things are taken.
func (x *exchange) look(f *finder, got *received) (found bool, n int) {
	at(got.root, f.at).ForEach(func(_, row gjson.Result) bool {
		n++
		if !found && hold(f.where, row, x.variable) {
			found, got.found = true, row
		}
		return true
	})
	return found, n
}

// keep remembers something for later requests: of the operation, or while the session lasts.
func (x *exchange) keep(name string, v any) {
	if x.entering {
		x.session.Vars[name] = plain(v)
		return
	}
	if x.kept == nil {
		x.kept = map[string]any{}
	}
	x.kept[name] = v
}

// enter puts something into the answer of the operation.
func (x *exchange) enter(name string, v any) {
	text := plain(v)
	switch name {
	case "thread":
		x.answer.Thread = text
	case "message":
		x.answer.Message = text
	case "item":
		x.answer.Item = text
	case "version":
		x.answer.Version = text
	case "ref":
		x.answer.Ref = text
	case "unread":
		x.answer.Unread = int(leading(text))
	case "id":
		x.account.ID = text
	case "token":
		x.session.Token = text
	case "expires":
		x.session.Expires = x.expiry(text)
	}
}

// expiry reads when a token ends: a moment, or how many seconds from now.
func (x *exchange) expiry(text string) time.Time {
	if seconds, err := strconv.ParseFloat(text, 64); err == nil {
		return x.portal.now().Add(time.Duration(seconds * float64(time.Second)))
	}
	return moment(text)
}

// layouts are how portals write moments.
var layouts = [...]string{time.RFC3339Nano, "2006-01-02T15:04:05.999999999", "2006-01-02 15:04:05.999999999"}

// moment reads a time; what cannot be read is the zero one. Numbers are seconds or milliseconds since 1970.
func moment(text string) time.Time {
	for _, layout := range layouts {
		if t, err := time.Parse(layout, text); err == nil {
			return t
		}
	}
	if n, err := strconv.ParseInt(text, 10, 64); err == nil && n > 1e11 {
		return time.UnixMilli(n)
	} else if err == nil {
		return time.Unix(n, 0)
	}
	return time.Time{}
}

// list adds the rows of an answer to the operation's, or counts them. It returns how many the answer had.
func (x *exchange) list(a *action, got *received) (n int) {
	at(got.root, a.rows.at).ForEach(func(_, row gjson.Result) bool {
		n++
		if !hold(a.rows.where, row, x.variable) {
			return true
		}
		field := func(name string) string { return plain(a.rows.fields[name].find(&received{found: row})) }
		switch {
		case a.count:
			if !x.portal.wasRead(x.session.Account, field("message")) {
				x.answer.Unread++
			}
		case x.call.Kind == results.OpThread:
			x.answer.Messages = append(x.answer.Messages, bench.Seen{Message: field("message"), Sender: field("sender"), Body: field("body"), Sent: moment(field("sent"))})
		case x.call.Kind == results.OpRecipients:
			x.answer.Items = append(x.answer.Items, bench.Listed{Item: field("id"), Topic: field("name")})
		default:
			x.enlist(a, row, field)
		}
		return true
	})
	return n
}

// enlist adds a row of an inbox. A thread that has several is listed once.
func (x *exchange) enlist(a *action, row gjson.Result, field func(string) string) {
	l := bench.Listed{Thread: field("thread"), Item: field("item"), Version: field("version"), Topic: field("topic")}
	if a.rows.unread != nil {
		l.Unread = hold(a.rows.unread, row, x.variable) && !x.portal.wasRead(x.session.Account, field("message"))
	}
	if x.call.Unread && a.rows.unread != nil && !l.Unread {
		return
	}
	if i := slices.IndexFunc(x.answer.Items, func(o bench.Listed) bool { return o.Thread == l.Thread }); i >= 0 {
		x.answer.Items[i].Unread = x.answer.Items[i].Unread || l.Unread
		return
	}
	x.answer.Items = append(x.answer.Items, l)
}
