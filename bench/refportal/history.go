package refportal

import (
	"context"
	"database/sql"
	"fmt"
	"sync"
	"time"
)

// history shows the store as it was some time ago, for the fault stale. It holds read transactions open, each of which
// goes on seeing what was committed when it began, about one for every tenth of the delay. SQLite's log grows meanwhile:
// this is for demonstrations, not for long runs. On PostgreSQL each takes a connection.
type history struct {
	db *sql.DB
	dialect
	delay time.Duration
	mu    sync.Mutex
	taken []*snapshot // oldest first; never empty
	last  time.Time   // when the latest snapshot was taken
	came  time.Time   // when the latest request came: nothing has changed since it was done
}

// snapshot is the store at one moment. One request at a time reads it.
type snapshot struct {
	from    time.Time  // since when this is what was there
	mu      sync.Mutex // held by who reads it
	conn    *sql.Conn
	queries queries
}

// pastKey marks the queries of a snapshot in the context of a request.
type pastKey struct{}

// stepsKept is how many snapshots make up the delay.
const stepsKept = 10

// pastStatements are those that stale reads need.
func pastStatements() []statement {
	return []statement{sqlThread, sqlMaySee, sqlMessages, sqlThreadFiles, sqlPatientList, sqlWorkList, sqlWorkListEnd,
		sqlPatientUnread, sqlWorkUnread}
}

// newHistory begins with the store as it is now, which is what reads show until the delay is over.
func newHistory(d database, delay time.Duration, now time.Time) (*history, error) {
	db, err := d.readers()
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(0) // a snapshot keeps its own
	h := &history{db: db, dialect: d.dialect(), delay: delay, came: now}
	if err := h.note(context.Background(), now); err != nil {
		return nil, firstError(err, h.close())
	}
	return h, nil
}

// note takes another snapshot when it is time. It is called when a request comes and before anything is done, so a
// snapshot shows what was there ever since the request before, give or take a tenth of the delay.
func (h *history) note(ctx context.Context, now time.Time) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	before := h.came
	h.came = now
	if len(h.taken) > 0 && now.Sub(h.last) < h.delay/stepsKept {
		return nil
	}
	s, err := h.take(context.WithoutCancel(ctx))
	if err != nil {
		return fmt.Errorf("noting the portal's state: %w", err)
	}
	s.from, h.last = before, now
	h.taken = append(h.taken, s)
	return nil
}

// take begins a transaction and reads from it, for only then is it settled what it sees.
func (h *history) take(ctx context.Context) (*snapshot, error) {
	conn, err := h.db.Conn(ctx)
	if err != nil {
		return nil, err
	}
	s := &snapshot{conn: conn}
	_, err = conn.ExecContext(ctx, h.look)
	for _, st := range pastStatements() {
		if err == nil {
			s.queries.prepared[st], err = conn.PrepareContext(ctx, h.statement(statements[st]))
		}
	}
	if err == nil {
		_, err = s.queries.threadByID(0)
	}
	if err != nil {
		return nil, firstError(err, s.close())
	}
	return s, nil
}

// at returns the latest snapshot that is old enough, or the first of all, for one reader alone, who must call done.
// Older ones are let go.
func (h *history) at(now time.Time) *snapshot {
	h.mu.Lock()
	defer h.mu.Unlock()
	for len(h.taken) > 1 && now.Sub(h.taken[1].from) >= h.delay {
		old := h.taken[0]
		h.taken = h.taken[1:]
		old.mu.Lock()
		_ = old.close() // what cannot be closed is closed with the rest
		old.mu.Unlock()
	}
	h.taken[0].mu.Lock()
	return h.taken[0]
}

func (s *snapshot) done() { s.mu.Unlock() }

func (s *snapshot) close() error {
	s.queries.close()
	_, err := s.conn.ExecContext(context.Background(), "ROLLBACK")
	return firstError(err, s.conn.Close())
}

func (h *history) close() error {
	h.mu.Lock()
	defer h.mu.Unlock()
	var err error
	for _, s := range h.taken {
		s.mu.Lock()
		err = firstError(err, s.close())
		s.mu.Unlock()
	}
	h.taken = nil
	return firstError(err, h.db.Close())
}

// shown returns what a request reads from: what is committed or, for a stale read, what was some time ago.
func (s *Server) shown(r *request) *queries {
	if s.history != nil {
		if then, stale := r.Context().Value(pastKey{}).(*queries); stale {
			return then
		}
	}
	return &s.store.reads
}
