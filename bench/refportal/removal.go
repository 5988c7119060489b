package refportal

import (
	"database/sql"
	"fmt"
	"unicode/utf8"
)

// removeAtOnce is how many threads one request removes, so that others need not wait long for the store.
const removeAtOnce = 500

// remove answers DELETE /v1/runs/{run}: some of the run's threads at a time, and with the last of them its accounts and
// readings.
func (s *Server) remove(r *request) (answer, error) {
	run := r.PathValue("run")
	if run == "" || utf8.RuneCountInString(run) > maxLogin {
		return answer{}, badRequest(fmt.Sprintf("a run's id has 1 to %d characters", maxLogin))
	}
	gone := &removal{by: r.who, run: run}
	if err := s.store.write(gone.apply); err != nil {
		return answer{}, err
	}
	s.sessions.drop(gone.accounts)
	return ok(gone.done)
}

// removal is some of what one run has made, on its way out.
type removal struct {
	by       principal
	run      string
	accounts map[int64]bool
	done     removedAnswer
}

func (r *removal) apply(q *queries) error {
	r.accounts, r.done = map[int64]bool{}, removedAnswer{}
	threads, err := q.ids(sqlRunThreads, r.run, removeAtOnce)
	if err != nil {
		return err
	}
	for _, id := range threads {
		if err := r.thread(q, id); err != nil {
			return err
		}
	}
	if r.done.More = len(threads) == removeAtOnce; r.done.More {
		return nil
	}
	return r.people(q)
}

// thread removes a thread. Who has read its messages is forgotten at the end.
func (r *removal) thread(q *queries, id int64) error {
	r.done.Threads++
	for _, st := range []statement{sqlDeleteFilesIn, sqlDeleteMessagesIn, sqlDeleteGrantsOf, sqlDeleteThread} {
		n, err := q.changed(st, id)
		if err != nil {
			return err
		}
		if st == sqlDeleteMessagesIn {
			r.done.Messages += n
		}
	}
	return q.audit(r.by, "remove", formatID(threadID, id), 0)
}

// people removes the accounts that were made for the run, and what is left of theirs.
func (r *removal) people(q *queries) error {
	ids, err := q.ids(sqlRunAccounts, r.run)
	if err != nil {
		return err
	}
	for _, id := range ids {
		r.accounts[id] = true
		if err := q.audit(r.by, "remove", formatID(accountID, id), 0); err != nil {
			return err
		}
	}
	for _, st := range []statement{sqlForgetMemberships, sqlForgetCareTeams, sqlForgetSessions, sqlForgetReadings, sqlForgetFiles, sqlForgetReads} {
		n, err := q.changed(st, r.run)
		if err != nil {
			return err
		}
		if st == sqlForgetReadings {
			r.done.Readings = n
		}
	}
	r.done.Accounts, err = q.changed(sqlForgetAccounts, r.run)
	return err
}

// ids returns the first column of every row.
func (q *queries) ids(s statement, args ...any) (ids []int64, err error) {
	err = q.each(s, args, func(row *sql.Rows) error {
		var id int64
		err := row.Scan(&id)
		ids = append(ids, id)
		return err
	})
	return ids, err
}
