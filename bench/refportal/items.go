package refportal

import (
	"cmp"
	"fmt"
	"net/http"
	"unicode/utf8"
)

func (t threadRow) item() itemAnswer {
	a := itemAnswer{Item: formatID(itemID, t.id), Thread: formatID(threadID, t.id), State: t.state.String(),
		Version: formatVersion(t.version), Owner: formatID(accountID, t.owner), Reason: t.reason}
	if t.homeKind == kindPool {
		a.Pool = formatID(accountID, t.home)
	} else if t.owner == 0 {
		a.Owner = formatID(accountID, t.home)
	}
	return a
}

// item answers GET /v1/items/{item}.
func (s *Server) item(r *request) (answer, error) {
	t, err := s.store.reads.visibleThread(r.who, parseID(itemID, r.PathValue("item")), "item")
	if err != nil {
		return answer{}, err
	}
	return ok(t.item())
}

// changeItem carries out one change of a thread's item. The version the caller goes by is compared in the same
// transaction, so of two who saw the same version one wins.
func (s *Server) changeItem(r *request, id int64, what, action string, change func(*queries, *threadRow) error) (answer, error) {
	expected := ifMatch(r.Request)
	var changed changeAnswer
	err := s.store.write(func(q *queries) error {
		t, err := q.visibleThread(r.who, id, what)
		if err != nil {
			return err
		}
		if expected != "" && expected != formatVersion(t.version) {
			return stale()
		}
		if err := change(q, &t); err != nil {
			return err
		}
		t.version++
		changed = t.change()
		return q.audit(r.who, action, changed.Item, t.subject)
	})
	if err != nil {
		return answer{}, err
	}
	return ok(changed)
}

// holder returns in whose list the item stands.
func (t *threadRow) holder() int64 { return cmp.Or(t.owner, t.home) }

// setItem stores the item as t says; the statement counts the version up.
func (q *queries) setItem(t *threadRow) error {
	return q.exec(sqlSetItem, t.id, t.state, t.closed, t.home, t.owner, t.position, t.reason)
}

// claim answers POST /v1/items/{item}/claim: the caller takes the item. With the current version an item that a
// colleague works on can be taken over.
func (s *Server) claim(r *request) (answer, error) {
	if err := readNothing(r.Request); err != nil {
		return answer{}, err
	}
	if ifMatch(r.Request) == "" {
		return answer{}, &refusal{http.StatusPreconditionRequired, "invalid", "send the item's version in If-Match"}
	}
	id := parseID(itemID, r.PathValue("item"))
	return s.changeItem(r, id, "item", "claim", func(q *queries, t *threadRow) error {
		if t.state == itemCompleted {
			return conflict("the item is completed: reopen its thread first")
		}
		t.state, t.owner = itemAccepted, r.who.id
		return firstError(q.exec(sqlInsertGrant, t.id, r.who.id), q.setItem(t))
	})
}

// route answers POST /v1/items/{item}/route: the item waits in somebody else's list from now on.
func (s *Server) route(r *request) (answer, error) {
	body, err := readBody[routeBody](r.Request)
	if err != nil {
		return answer{}, err
	}
	if utf8.RuneCountInString(body.Reason) > maxReason {
		return answer{}, badRequest(fmt.Sprintf("reason must have at most %d characters", maxReason))
	}
	id := parseID(itemID, r.PathValue("item"))
	return s.changeItem(r, id, "item", "route", func(q *queries, t *threadRow) error {
		if t.state == itemCompleted {
			return conflict("the item is completed: reopen its thread first")
		}
		to, err := q.routable(body.To)
		if err != nil {
			return err
		}
		if t.holder() != to { // it does not leave, so it keeps its place
			t.position = q.nextPosition()
		}
		t.state, t.home, t.owner, t.reason = itemRequested, to, 0, body.Reason
		return firstError(q.exec(sqlInsertGrant, t.id, to), q.setItem(t))
	})
}

// routable finds the pool or member of staff an item is to go to.
func (q *queries) routable(name string) (int64, error) {
	id, err := q.findAccount(name)
	if err != nil {
		return 0, err
	}
	to, err := q.accountByID(id)
	if err == nil && to.kind != kindStaff && to.kind != kindPool {
		err = badRequest("to: items go to staff and pools only")
	}
	return to.id, err
}

// label answers POST /v1/items/{item}/label.
func (s *Server) label(r *request) (answer, error) {
	body, err := readBody[labelBody](r.Request)
	if err != nil {
		return answer{}, err
	}
	if body.Category == "" && body.Urgent == nil {
		return answer{}, badRequest("set category, urgent or both")
	}
	if body.Category != "" && !knownCategory(body.Category) {
		return answer{}, badRequest("category is not one of the portal's")
	}
	id := parseID(itemID, r.PathValue("item"))
	return s.changeItem(r, id, "item", "label", func(q *queries, t *threadRow) error {
		if body.Category != "" {
			t.category = body.Category
		}
		if body.Urgent != nil {
			t.urgent = *body.Urgent
		}
		return q.exec(sqlSetLabel, t.id, t.category, t.urgent)
	})
}

// close answers POST /v1/threads/{thread}/close: the item is completed. The caller need not have claimed it.
func (s *Server) close(r *request) (answer, error) {
	if err := readNothing(r.Request); err != nil {
		return answer{}, err
	}
	id := parseID(threadID, r.PathValue("thread"))
	return s.changeItem(r, id, "thread", "close", func(q *queries, t *threadRow) error {
		t.state, t.closed = itemCompleted, true
		return firstError(q.exec(sqlInsertGrant, t.id, r.who.id), q.setItem(t))
	})
}

// reopen answers POST /v1/threads/{thread}/reopen: the item is requested again, where it last waited.
func (s *Server) reopen(r *request) (answer, error) {
	if err := readNothing(r.Request); err != nil {
		return answer{}, err
	}
	id := parseID(threadID, r.PathValue("thread"))
	return s.changeItem(r, id, "thread", "reopen", func(q *queries, t *threadRow) error {
		if t.state != itemCompleted {
			return conflict("the thread is open")
		}
		t.state, t.closed, t.owner, t.position = itemRequested, false, 0, q.nextPosition()
		return q.setItem(t)
	})
}
