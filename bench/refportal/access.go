package refportal

import (
	"database/sql"
	"errors"
)

// threadRow is a thread and its item as stored.
type threadRow struct {
	id, subject     int64
	topic, category string
	urgent, closed  bool
	state           itemState
	version         int64
	home            int64 // pool or person in whose list the item waits or last waited
	homeKind        kind
	owner           int64 // who has claimed it, 0 while it waits
	position        int64
	reason          string // of the last route
}

// itemState is the state of a work item.
type itemState uint8

const (
	itemRequested itemState = iota // waits in a list
	itemAccepted                   // somebody has claimed it
	itemCompleted                  // nothing is to be done until the patient's side writes again
)

var itemStates = [...]string{"requested", "accepted", "completed"}

// String returns the state's name on the wire.
func (s itemState) String() string { return itemStates[s] }

// threadByID returns a zero row when there is no such thread. To a change it is the thread as it stays until the change is
// committed, whoever else would change it.
func (q *queries) threadByID(id int64) (threadRow, error) {
	var t threadRow
	st := sqlThread
	if q.tally != nil {
		st = sqlThreadLocked
	}
	err := q.one(st, id).Scan(&t.id, &t.subject, &t.topic, &t.category, &t.urgent, &t.closed, &t.state,
		&t.version, &t.home, &t.homeKind, &t.owner, &t.position, &t.reason)
	if errors.Is(err, sql.ErrNoRows) {
		return threadRow{}, nil
	}
	return t, err
}

// visibleThread returns a thread that p may see. The rule is the whole of the portal's confidentiality:
//
//	a patient sees the threads about himself, a proxy those about the patient acted for;
//	staff see threads they sent, were sent, own or owned, and those that are or were in one of their pools;
//	the administrator sees none.
//
// A thread that p may not see and one that does not exist give the same error, so that nobody learns from the
// difference who is a patient here.
func (q *queries) visibleThread(p principal, id int64, what string) (threadRow, error) {
	t, err := q.threadByID(id)
	if err != nil {
		return threadRow{}, err
	}
	may := false
	switch {
	case t.id == 0:
	case p.writesAsPatient():
		may = t.subject == p.patient()
	case p.kind == kindStaff:
		may, err = q.holds(sqlMaySee, t.id, p.id)
	}
	if err == nil && !may {
		err = notFound(what)
	}
	return t, err
}

// visibleMessage returns the thread of a message that p may see.
func (q *queries) visibleMessage(p principal, message int64) (threadRow, error) {
	var thread int64
	err := q.one(sqlMessageThread, message).Scan(&thread)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return threadRow{}, err
	}
	return q.visibleThread(p, thread, "message")
}

// mayAddress reports whether p may start a thread about the subject and send it to somebody: the patient's side to
// the care team, staff to a patient they treat.
func (q *queries) mayAddress(p principal, subject, to int64) (bool, error) {
	if p.writesAsPatient() {
		return q.holds(sqlMayAddress, p.patient(), to)
	}
	if subject != to {
		return false, nil
	}
	return q.treats(p, subject)
}

// treats reports whether the member of staff p, or one of p's pools, is on the patient's care team or has a thread
// about the patient.
func (q *queries) treats(p principal, patient int64) (bool, error) {
	return q.holds(sqlTreats, patient, p.id)
}

// audit adds an entry to the audit trail: who did what to what, and to which patient it belongs, 0 for none.
func (q *queries) audit(by principal, action, object string, subject int64) error {
	return q.exec(sqlInsertAudit, q.now(), by.id, action, object, subject)
}
