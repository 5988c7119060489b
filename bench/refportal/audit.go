package refportal

import (
	"database/sql"
	"strconv"
	"time"
)

// audit answers GET /v1/audit: the trail, oldest first. It names objects and never holds what they say.
func (s *Server) audit(r *request) (answer, error) {
	query := r.URL.Query()
	limit, after, err := pageAfter(query.Get("limit"), query.Get("cursor"))
	if err != nil {
		return answer{}, err
	}
	a := auditAnswer{Entries: []auditEntry{}}
	err = s.store.reads.each(sqlAudit, []any{after, limit + 1}, func(row *sql.Rows) error {
		if len(a.Entries) == limit {
			a.Next = strconv.FormatInt(after, 10)
			return nil
		}
		var at, actor, subject int64
		var e auditEntry
		err := row.Scan(&after, &at, &actor, &e.Action, &e.Object, &subject)
		e.At, e.Actor, e.Subject = time.UnixMicro(at).UTC(), formatID(accountID, actor), formatID(accountID, subject)
		a.Entries = append(a.Entries, e)
		return err
	})
	if err != nil {
		return answer{}, err
	}
	return ok(a)
}
