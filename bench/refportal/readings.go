package refportal

import (
	"database/sql"
	"errors"
	"fmt"
	"strconv"
	"time"
	"unicode/utf8"
)

// maxCode is the length of a reading's code or unit in characters.
const maxCode = 40

func (b readingBody) check() error {
	long := func(s string) bool { return utf8.RuneCountInString(s) > maxCode }
	switch {
	case b.Code == "" || long(b.Code) || long(b.Unit) || long(b.Run):
		return badRequest(fmt.Sprintf("code, unit and run must have at most %d characters, and code at least 1", maxCode))
	case b.Taken.IsZero():
		return badRequest("taken must say when the reading was taken")
	}
	return nil
}

// reading answers POST /v1/readings. A patient has at most one reading of a code at a moment: the same again is
// answered with the id it has, another value is refused.
func (s *Server) reading(r *request) (answer, error) {
	body, err := readBody[readingBody](r.Request)
	if err != nil {
		return answer{}, err
	}
	if err := body.check(); err != nil {
		return answer{}, err
	}
	stored := readingAnswer{Code: body.Code, Value: body.Value, Unit: body.Unit, Reporter: formatID(accountID, r.who.id),
		Taken: body.Taken.UTC().Truncate(time.Microsecond)}
	var isNew bool
	err = s.store.write(func(q *queries) error {
		subject, err := q.findAccount(body.Subject)
		if err != nil {
			return err
		}
		if subject != r.who.patient() {
			return forbidden("subject: patients report about themselves, proxies about the patient they act for")
		}
		stored.ID, isNew, err = q.storeReading(r.who, body)
		return err
	})
	if err != nil {
		return answer{}, err
	}
	if !isNew {
		return ok(stored)
	}
	return created(stored)
}

func (q *queries) storeReading(by principal, b readingBody) (id string, isNew bool, err error) {
	var n int64
	var value float64
	var unit string
	taken := b.Taken.UnixMicro()
	err = q.one(sqlReading, by.patient(), b.Code, taken).Scan(&n, &value, &unit)
	switch {
	case err == nil && (value != b.Value || unit != b.Unit):
		return "", false, conflict("another value of this code is stored for this moment")
	case err == nil:
		return formatID(readingID, n), false, nil
	case !errors.Is(err, sql.ErrNoRows):
		return "", false, err
	}
	if n, err = q.insert(sqlInsertReading, by.patient(), b.Code, taken, b.Value, b.Unit, by.id, b.Run); err != nil {
		return "", false, err
	}
	id = formatID(readingID, n)
	return id, true, q.audit(by, "reading", id, by.patient())
}

// readings answers GET /v1/readings: a patient's readings in the order in which they were stored.
func (s *Server) readings(r *request) (answer, error) {
	query := r.URL.Query()
	patient, err := s.readingsOf(r.who, query.Get("subject"))
	if err != nil {
		return answer{}, err
	}
	limit, after, err := pageAfter(query.Get("limit"), query.Get("cursor"))
	if err != nil {
		return answer{}, err
	}
	a := readingsAnswer{Readings: []readingAnswer{}}
	err = s.store.reads.each(sqlReadings, []any{patient, after, limit + 1}, func(row *sql.Rows) error {
		if len(a.Readings) == limit {
			a.Next = strconv.FormatInt(after, 10)
			return nil
		}
		var taken, reporter int64
		var one readingAnswer
		err := row.Scan(&after, &one.Code, &taken, &one.Value, &one.Unit, &reporter)
		one.ID, one.Taken, one.Reporter = formatID(readingID, after), time.UnixMicro(taken).UTC(), formatID(accountID, reporter)
		a.Readings = append(a.Readings, one)
		return err
	})
	if err != nil {
		return answer{}, err
	}
	s.noteLook(r.who, "view_readings", formatID(accountID, patient), patient)
	return ok(a)
}

// readingsOf finds the patient whose readings p may see: staff those of patients they treat.
func (s *Server) readingsOf(p principal, subject string) (int64, error) {
	patient := p.patient()
	if subject == "" && patient != 0 {
		return patient, nil
	}
	asked, err := s.store.reads.findAccount(subject)
	if err != nil {
		return 0, err
	}
	may := asked != 0 && asked == patient
	if p.kind == kindStaff {
		may, err = s.store.reads.treats(p, asked)
	}
	if err == nil && !may {
		err = notFound("patient")
	}
	return asked, err
}

// pageAfter reads the limit and the cursor of a list that only grows, whose cursor is the last id seen.
func pageAfter(limit, cursor string) (int, int64, error) {
	n, err := limitOf(limit)
	if err != nil || cursor == "" {
		return n, 0, err
	}
	after, err := strconv.ParseInt(cursor, 10, 64)
	if err != nil || after < 0 {
		return 0, 0, badRequest("cursor is not one that this portal gave out")
	}
	return n, after, nil
}
