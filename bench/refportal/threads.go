package refportal

import (
	"database/sql"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"
)

// Limits of what people write.
const (
	maxTopic  = 200 // characters
	maxFiles  = 10  // of one message
	maxReason = 200 // characters
)

var categories = [...]string{"advice", "refill", "appointment", "test_result", "referral", "education", "other"}

func knownCategory(name string) bool {
	for _, c := range categories {
		if c == name {
			return true
		}
	}
	return false
}

// draft is a message that is being written.
type draft struct {
	by        principal
	inReplyTo int64
	body      string
	files     []string
}

func (d draft) check() error {
	if strings.TrimSpace(d.body) == "" {
		return badRequest("body: a message must say something")
	}
	if len(d.files) > maxFiles {
		return badRequest(fmt.Sprintf("files: a message carries at most %d", maxFiles))
	}
	return nil
}

// send answers POST /v1/threads.
func (s *Server) send(r *request) (answer, error) {
	body, err := readBody[sendBody](r.Request)
	if err != nil {
		return answer{}, err
	}
	d := draft{by: r.who, body: body.Body, files: body.Files}
	if err := firstError(body.check(), d.check()); err != nil {
		return answer{}, err
	}
	var sent changeAnswer
	err = s.store.write(func(q *queries) error {
		subject, to, err := q.addressees(r.who, body)
		if err != nil {
			return err
		}
		sent, err = q.startThread(d, body, subject, to)
		return err
	})
	if err != nil {
		return answer{}, err
	}
	return created(sent)
}

// check reports what is wrong with the thread, and fills in the category.
func (b *sendBody) check() error {
	if b.Category == "" {
		b.Category = "other"
	}
	switch n := utf8.RuneCountInString(b.Topic); {
	case n == 0 || n > maxTopic:
		return badRequest(fmt.Sprintf("topic must have 1 to %d characters", maxTopic))
	case !knownCategory(b.Category):
		return badRequest("category must be one of " + strings.Join(categories[:], ", "))
	}
	return nil
}

// addressees finds the subject and the addressee of a new thread and checks that they are allowed. Refusals do not
// depend on whether an account exists.
func (q *queries) addressees(p principal, b sendBody) (subject, to int64, err error) {
	if subject, err = q.findAccount(b.Subject); err != nil {
		return 0, 0, err
	}
	if to, err = q.findAccount(b.To); err != nil {
		return 0, 0, err
	}
	if p.writesAsPatient() && subject != p.patient() {
		return 0, 0, forbidden("subject: patients write about themselves, proxies about the patient they act for")
	}
	may, err := q.mayAddress(p, subject, to)
	if err == nil && !may {
		err = forbidden("to: not somebody this account may write to; GET /v1/recipients lists a patient's care team")
	}
	return subject, to, err
}

// startThread stores a thread with its first message. An item that staff begin starts out completed, with the
// sender: there is nothing to do until the patient answers.
func (q *queries) startThread(d draft, b sendBody, subject, to int64) (changeAnswer, error) {
	state, home := itemRequested, to
	if d.by.kind == kindStaff {
		state, home = itemCompleted, d.by.id
	}
	thread, err := q.insert(sqlInsertThread, subject, b.Topic, b.Category, b.Urgent, state, home, q.nextPosition())
	if err != nil {
		return changeAnswer{}, err
	}
	if err := q.exec(sqlInsertGrant, thread, home); err != nil {
		return changeAnswer{}, err
	}
	message, err := q.addMessage(threadRow{id: thread, subject: subject}, d, "send")
	return changeAnswer{formatID(threadID, thread), formatID(messageID, message), formatID(itemID, thread),
		state.String(), formatVersion(1)}, err
}

// addMessage stores a message at the end of a thread.
func (q *queries) addMessage(t threadRow, d draft, action string) (int64, error) {
	message, err := q.insert(sqlInsertMessage, t.id, d.by.id, d.inReplyTo, q.now(), d.body)
	if err != nil {
		return 0, err
	}
	for _, ref := range d.files {
		linked, err := q.touched(sqlLinkFile, parseID(attachmentID, ref), d.by.id, message)
		if err != nil {
			return 0, err
		}
		if !linked {
			return 0, badRequest("files: each must be an attachment of the sender's that no message carries yet")
		}
	}
	if err := q.exec(sqlSetLastMessage, t.id, message); err != nil {
		return 0, err
	}
	return message, q.audit(d.by, action, formatID(messageID, message), t.subject)
}

// reply answers POST /v1/threads/{thread}/messages.
func (s *Server) reply(r *request) (answer, error) {
	body, err := readBody[replyBody](r.Request)
	if err != nil {
		return answer{}, err
	}
	d := draft{by: r.who, inReplyTo: parseID(messageID, body.InReplyTo), body: body.Body, files: body.Files}
	if err := d.check(); err != nil {
		return answer{}, err
	}
	if d.inReplyTo == 0 && body.InReplyTo != "" {
		return answer{}, badRequest("in_reply_to is not the id of a message")
	}
	var sent changeAnswer
	err = s.store.write(func(q *queries) error {
		t, err := q.visibleThread(r.who, parseID(threadID, r.PathValue("thread")), "thread")
		if err != nil {
			return err
		}
		sent, err = q.replyTo(t, d)
		return err
	})
	if err != nil {
		return answer{}, err
	}
	return created(sent)
}

// replyTo adds a message to a thread. When the patient's side writes and the item was completed, it is requested
// again where it last waited; an answer of staff leaves the item alone.
func (q *queries) replyTo(t threadRow, d draft) (changeAnswer, error) {
	if d.inReplyTo != 0 {
		var thread int64
		if err := q.one(sqlMessageThread, d.inReplyTo).Scan(&thread); err != nil || thread != t.id {
			return changeAnswer{}, badRequest("in_reply_to is not a message of this thread")
		}
	}
	message, err := q.addMessage(t, d, "reply")
	switch {
	case err != nil:
		return changeAnswer{}, err
	case d.by.kind == kindStaff:
		err = q.exec(sqlInsertGrant, t.id, d.by.id)
	case t.state == itemCompleted:
		t.state, t.version = itemRequested, t.version+1
		err = q.exec(sqlRequestAgain, t.id, q.nextPosition())
	}
	sent := t.change()
	sent.Message = formatID(messageID, message)
	return sent, err
}

// change is the answer to a change of the thread or its item.
func (t threadRow) change() changeAnswer {
	return changeAnswer{Thread: formatID(threadID, t.id), Item: formatID(itemID, t.id), State: t.state.String(),
		Version: formatVersion(t.version)}
}

// thread answers GET /v1/threads/{thread}. That somebody looked is noted in the audit trail.
func (s *Server) thread(r *request) (answer, error) {
	q := s.shown(r)
	t, err := q.visibleThread(r.who, parseID(threadID, r.PathValue("thread")), "thread")
	if err != nil {
		return answer{}, err
	}
	files, err := q.threadFiles(t.id)
	if err != nil {
		return answer{}, err
	}
	a := threadAnswer{Thread: formatID(threadID, t.id), Subject: formatID(accountID, t.subject), Topic: t.topic,
		Category: t.category, Urgent: t.urgent, Closed: t.closed, Item: t.item()}
	err = q.each(sqlMessages, []any{t.id, r.who.id}, func(row *sql.Rows) error {
		m, err := scanMessage(row, files)
		a.Messages = append(a.Messages, m)
		return err
	})
	if err != nil {
		return answer{}, err
	}
	s.noteLook(r.who, "view_thread", a.Thread, t.subject)
	return ok(a)
}

func scanMessage(row *sql.Rows, files map[int64][]fileAnswer) (messageAnswer, error) {
	var id, sender, inReplyTo, sent int64
	var seen bool
	var m messageAnswer
	if err := row.Scan(&id, &sender, &inReplyTo, &sent, &m.Body, &seen); err != nil {
		return m, err
	}
	m.Message, m.Sender, m.InReplyTo = formatID(messageID, id), formatID(accountID, sender), formatID(messageID, inReplyTo)
	m.Sent, m.Unread, m.Files = time.UnixMicro(sent).UTC(), !seen, files[id]
	return m, nil
}

// threadFiles returns what the messages of a thread carry, by message.
func (q *queries) threadFiles(thread int64) (map[int64][]fileAnswer, error) {
	files := map[int64][]fileAnswer{}
	err := q.each(sqlThreadFiles, []any{thread}, func(row *sql.Rows) error {
		var message, id int64
		var f fileAnswer
		if err := row.Scan(&message, &id, &f.MediaType, &f.Bytes); err != nil {
			return err
		}
		f.ID = formatID(attachmentID, id)
		files[message] = append(files[message], f)
		return nil
	})
	return files, err
}

// noteLook adds to the audit trail that somebody looked at something, without making them wait for it.
func (s *Server) noteLook(by principal, action, object string, subject int64) {
	s.store.note(func(q *queries) error { return q.audit(by, action, object, subject) })
}
