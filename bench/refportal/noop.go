package refportal

import (
	"fmt"
	"io"
	"net/http"
	"sync/atomic"
	"time"
)

// NewNoop returns a portal with the API's shapes and nothing behind them: it answers every request at once, stores
// nothing, checks nobody, and makes up ids that are unique while it runs. What is measured against it is the load
// generator's own cost.
func NewNoop(clock func() time.Time) http.Handler {
	n := &noop{clock: clock}
	cfg := Config{}
	cfg.fill()
	return newMux(routes(), cfg, n.serve)
}

// noop makes up answers.
type noop struct {
	clock func() time.Time
	last  atomic.Int64 // the last id made up
}

func (n *noop) serve(rt route, r *http.Request) (answer, error) {
	if rt.name == "provision" {
		return n.provision(r)
	}
	if _, err := io.Copy(io.Discard, r.Body); err != nil {
		return answer{}, badJSON(err)
	}
	id := n.last.Add(1)
	switch rt.name {
	case "health":
		return ok(healthAnswer{Status: "ok", Stores: false})
	case "auth":
		expires := n.clock().Add(DefaultTokenLife).UTC()
		return created(signInAnswer{fmt.Sprintf("noop-%d", id), expires, formatID(accountID, id), "patient"})
	case "recipients":
		return ok(recipientsAnswer{[]recipient{}})
	case "remove":
		return ok(removedAnswer{})
	case "audit":
		return ok(auditAnswer{Entries: []auditEntry{}})
	case "readings":
		return ok(readingsAnswer{Readings: []readingAnswer{}})
	case "reading":
		return created(readingAnswer{ID: formatID(readingID, id)})
	case "attach":
		return created(attachAnswer{formatID(attachmentID, id)})
	case "fetch":
		return answer{status: http.StatusOK, content: []byte("noop"), mediaType: "text/plain"}, nil
	}
	return n.messaging(rt.name, r, id)
}

// messaging answers what is about threads and items.
func (n *noop) messaging(name string, r *http.Request, id int64) (answer, error) {
	thread, item := r.PathValue("thread"), r.PathValue("item")
	switch name {
	case "send":
		return created(changeAnswer{formatID(threadID, id), formatID(messageID, id), formatID(itemID, id), "requested", "1"})
	case "reply":
		return created(changeAnswer{thread, formatID(messageID, id), formatID(itemID, parseID(threadID, thread)), "accepted", "1"})
	case "thread":
		return ok(threadAnswer{Thread: thread, Messages: []messageAnswer{}})
	case "close", "reopen":
		return ok(changeAnswer{thread, "", formatID(itemID, parseID(threadID, thread)), "completed", formatVersion(id)})
	case "inbox":
		return ok(inboxAnswer{Order: "oldest_first", Items: []inboxRow{}})
	case "unread":
		return ok(unreadAnswer{})
	case "read":
		return ok(readAnswer{r.PathValue("message")})
	case "item":
		return ok(itemAnswer{Item: item, Thread: formatID(threadID, parseID(itemID, item)), State: "requested", Version: "1"})
	case "claim", "route", "label":
		return ok(changeAnswer{formatID(threadID, parseID(itemID, item)), "", item, "accepted", formatVersion(id)})
	}
	return answer{}, fmt.Errorf("operation %s has no noop answer", name)
}

func (n *noop) provision(r *http.Request) (answer, error) {
	body, err := readBody[provisionBody](r)
	if err != nil {
		return answer{}, err
	}
	a := provisionAnswer{Accounts: make([]provisioned, len(body.Accounts))}
	for i, account := range body.Accounts {
		a.Accounts[i] = provisioned{formatID(accountID, n.last.Add(1)), account.Login, true}
	}
	return ok(a)
}
