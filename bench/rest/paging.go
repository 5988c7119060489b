package rest

import (
	"fmt"
	"strconv"
	"time"

	"github.com/portalbench/portalbench/results"
)

// page is where in a list an exchange is.
type page struct {
	limit       int
	cursor      string
	number      int
	link        string
	from, until time.Time
	turned      int // pages before this one
}

const (
	usualLimit = 50 // rows of a page, unless the operation asks for another number
	mostPages  = 50 // of one operation
)

// begin opens a list where the operation wants it opened.
func (x *exchange) begin(a *action) {
	x.page = page{limit: usualLimit}
	if x.call.Limit > 0 {
		x.page.limit = x.call.Limit
	}
	p := a.paging
	if p == nil {
		return
	}
	if p.most > 0 {
		x.page.limit = min(x.page.limit, p.most)
	}
	x.page.number = p.first
	x.page.until = x.portal.now()
	x.page.from = x.page.until.Add(-p.window)
	if x.turnsByCall(a) && x.call.Cursor != "" {
		x.resume(p, x.call.Cursor)
	}
}

// turnsByCall reports whether one page is all that the operation asks for: its caller turns the pages of an inbox.
func (x *exchange) turnsByCall(a *action) bool {
	return x.call.Kind == results.OpInbox && a.rows != nil
}

// resume opens the page that a cursor of ours stands for.
func (x *exchange) resume(p *pagePlan, cursor string) {
	switch p.kind {
	case "cursor":
		x.page.cursor = cursor
	case "link":
		x.page.link = cursor
	case "page":
		x.page.number, _ = strconv.Atoi(cursor)
	case "dates":
		x.page.until = moment(cursor)
		x.page.from = x.page.until.Add(-p.window)
	}
}

// next returns the cursor of the page after this one; "" after the last. rows is how many rows this one had.
func (x *exchange) next(a *action, got *received, rows int) string {
	p := a.paging
	if p == nil {
		return ""
	}
	switch p.kind {
	case "page":
		if rows >= x.page.limit {
			return strconv.Itoa(x.page.number + 1)
		}
	case "dates":
		if x.page.from.After(x.portal.now().Add(-p.back)) {
			return x.page.from.UTC().Format(time.RFC3339Nano)
		}
	default:
		whole := *got
		whole.found = got.root
		return plain(p.next.find(&whole))
	}
	return ""
}

// walk carries out an action over the pages of its list, and reports whether it found what it looks for.
func (x *exchange) walk(a *action) (found bool, err error) {
	x.begin(a)
	for {
		got, done, err := x.ask(a)
		if err != nil || !done {
			return false, err
		}
		if x.call.Kind == results.OpFetch {
			x.answer.Content = got.content // that of the last request is the file
		}
		found, rows := x.harvest(a, got)
		next := x.next(a, got, rows)
		if x.turnsByCall(a) {
			x.answer.Next = next
			return found, nil
		}
		if x.page.turned++; next == "" || found && a.find != nil || x.answer.Outcome != results.OK {
			return found, nil
		}
		if x.page.turned == mostPages {
			if a.find == nil { // what is looked for was not there; of a list nobody knows the rest
				x.answer.Outcome, x.answer.Detail = results.Invalid, fmt.Sprintf("%s: the list has no end after %d pages", a.name, mostPages)
			}
			return found, nil
		}
		x.resume(a.paging, next)
	}
}
