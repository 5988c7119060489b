package refportal

import (
	"database/sql"
	"fmt"
	"math"
	"strconv"
	"strings"
)

// Rows of one page.
const (
	defaultPage = 50
	maxPage     = 200
)

// list is whose threads are asked for.
type list struct {
	patient int64 // the threads about this patient, or
	holder  int64 // the open items in this person's or pool's list
}

// listOf finds the list that ?of names, the caller's own when it names none. Lists of others are not found, whether
// they exist or not.
func (s *Server) listOf(r *request) (list, error) {
	of := r.who.id
	if name := r.URL.Query().Get("of"); name != "" {
		var err error
		if of, err = s.store.reads.findAccount(name); err != nil {
			return list{}, err
		}
	}
	if p := r.who.patient(); p != 0 {
		if of != r.who.id && of != p {
			return list{}, notFound("list")
		}
		return list{patient: p}, nil
	}
	if of == r.who.id {
		return list{holder: of}, nil
	}
	member, err := s.store.reads.holds(sqlIsMember, r.who.id, of)
	if err == nil && !member {
		err = notFound("list")
	}
	return list{holder: of}, err
}

// page is one page of a list as asked for.
type page struct {
	list
	from     *queries
	state    int    // index into the list's own states, 2 for all, as the statements expect it
	category string // empty: all
	unread   bool   // only threads with unread messages
	limit    int
	after    int64 // work list: position of the last row of the page before
	until    int64 // work list: the last position that existed when the first page was asked for; 0 on the first
	before   int64 // patient: last message of the last row of the page before
}

// inbox answers GET /v1/inbox.
func (s *Server) inbox(r *request) (answer, error) {
	p, err := s.pageOf(r)
	if err != nil {
		return answer{}, err
	}
	if p.patient != 0 {
		return s.patientPage(r.who, p)
	}
	return s.workPage(r.who, p)
}

// pageOf reads the query of an inbox request.
func (s *Server) pageOf(r *request) (page, error) {
	var err error
	p := page{from: s.shown(r), limit: defaultPage, before: math.MaxInt64}
	if p.list, err = s.listOf(r); err != nil {
		return p, err
	}
	query := r.URL.Query()
	p.category, p.unread = query.Get("category"), query.Get("unread") == "true"
	if p.category != "" && !knownCategory(p.category) {
		return p, badRequest("category is not one of the portal's")
	}
	if text := query.Get("unread"); text != "" && text != "true" && text != "false" {
		return p, badRequest("unread must be true or false")
	}
	if p.limit, err = limitOf(query.Get("limit")); err != nil {
		return p, err
	}
	if err := p.setState(query.Get("state")); err != nil {
		return p, err
	}
	return p, p.setCursor(query.Get("cursor"))
}

func limitOf(text string) (int, error) {
	if text == "" {
		return defaultPage, nil
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 {
		return 0, badRequest(fmt.Sprintf("limit must be between 1 and %d", maxPage))
	}
	return min(n, maxPage), nil
}

// setState reads the state filter. Patients see open threads unless they ask for unread ones, which may be closed: an
// answer must not be lost because somebody closed the thread after giving it.
func (p *page) setState(text string) error {
	names := []string{"requested", "accepted", "all"}
	standard := "all"
	if p.patient != 0 {
		names = []string{"open", "closed", "all"}
		if !p.unread {
			standard = "open"
		}
	}
	if text == "" {
		text = standard
	}
	for i, n := range names {
		if n == text {
			p.state = i
			return nil
		}
	}
	return badRequest("state must be one of " + strings.Join(names, ", "))
}

// setCursor reads where the page before ended. A cursor is two numbers; the second is 0 for patients.
func (p *page) setCursor(text string) error {
	if text == "" {
		return nil
	}
	a, b, both := strings.Cut(text, ".")
	at, err1 := strconv.ParseInt(a, 10, 64)
	end, err2 := strconv.ParseInt(b, 10, 64)
	if !both || err1 != nil || err2 != nil || at < 0 || end < 0 {
		return badRequest("cursor is not one that this portal gave out")
	}
	if p.patient != 0 {
		p.before = at
	} else {
		p.after, p.until = at, end
	}
	return nil
}

// patientPage lists threads, the latest message first. A thread that gets a message meanwhile moves to the front,
// which lies behind the reader, so no page repeats it.
func (s *Server) patientPage(who principal, p page) (answer, error) {
	a, keys, err := rows(p.from, sqlPatientList, p.limit, who.id, p.patient, p.before, p.state, p.category, p.unread, p.limit+1)
	if err != nil {
		return answer{}, err
	}
	a.Order = "newest_first"
	if keys.more {
		a.Next = fmt.Sprintf("%d.0", keys.lastMessage)
	}
	return ok(a)
}

// workPage lists open items in the order in which they entered the list. Items that enter while pages are being
// turned get later positions than until, so an item that left and came back is not seen twice.
func (s *Server) workPage(who principal, p page) (answer, error) {
	if p.until == 0 {
		if err := p.from.one(sqlWorkListEnd, p.holder).Scan(&p.until); err != nil {
			return answer{}, err
		}
	}
	a, keys, err := rows(p.from, sqlWorkList, p.limit, who.id, p.holder, p.after, p.state, p.category, p.unread, p.limit+1, p.until)
	if err != nil {
		return answer{}, err
	}
	a.Order = "oldest_first"
	if keys.more {
		a.Next = fmt.Sprintf("%d.%d", keys.position, p.until)
	}
	return ok(a)
}

// pageEnd says where a page ended.
type pageEnd struct {
	position, lastMessage int64
	more                  bool
}

// rows reads a page; the statement asks for one row more than the page has, to learn whether another follows.
func rows(q *queries, st statement, limit int, args ...any) (inboxAnswer, pageEnd, error) {
	a := inboxAnswer{Items: []inboxRow{}}
	var end pageEnd
	err := q.each(st, args, func(row *sql.Rows) error {
		if len(a.Items) == limit {
			end.more = true
			return nil
		}
		var id, version, subject int64
		var state itemState
		var item inboxRow
		err := row.Scan(&id, &version, &state, &item.Closed, &item.Topic, &item.Category, &item.Urgent, &subject,
			&end.lastMessage, &end.position, &item.Unread)
		item.Thread, item.Item = formatID(threadID, id), formatID(itemID, id)
		item.State, item.Version, item.Subject = state.String(), formatVersion(version), formatID(accountID, subject)
		a.Items = append(a.Items, item)
		return err
	})
	return a, end, err
}

// unread answers GET /v1/unread: the sum of the unread numbers over all pages of the same inbox with unread=true.
func (s *Server) unread(r *request) (answer, error) {
	l, err := s.listOf(r)
	if err != nil {
		return answer{}, err
	}
	st, of := sqlPatientUnread, l.patient
	if l.patient == 0 {
		st, of = sqlWorkUnread, l.holder
	}
	var a unreadAnswer
	if err := s.shown(r).one(st, r.who.id, of).Scan(&a.Unread); err != nil {
		return answer{}, err
	}
	return ok(a)
}

// read answers POST /v1/messages/{message}/read. Marking twice, or one's own message, changes nothing.
func (s *Server) read(r *request) (answer, error) {
	if err := readNothing(r.Request); err != nil {
		return answer{}, err
	}
	message := parseID(messageID, r.PathValue("message"))
	err := s.store.write(func(q *queries) error {
		t, err := q.visibleMessage(r.who, message)
		if err != nil {
			return err
		}
		fresh, err := q.touched(sqlInsertRead, r.who.id, message)
		if err != nil || !fresh {
			return err
		}
		return q.audit(r.who, "read", formatID(messageID, message), t.subject)
	})
	if err != nil {
		return answer{}, err
	}
	return ok(readAnswer{formatID(messageID, message)})
}
