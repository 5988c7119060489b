package refportal

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"runtime"
	"sync"
	"time"

	_ "modernc.org/sqlite" // the driver named "sqlite"
)

// maxBatch is the largest number of changes committed together.
const maxBatch = 128

// errClosed is returned for work handed in after the store was closed.
var errClosed = errors.New("the portal is shutting down")

// store keeps everything the portal knows in one SQLite file with a write-ahead log. An acknowledged change survives
// the end of the process; it survives a power cut only up to the last checkpoint, because the log is not synced at
// every commit.
type store struct {
	path   string
	db     *sql.DB // the readers
	writer *sql.DB // one connection
	conn   *sql.Conn
	writes *queries // the writer's, on conn
	reads  queries
	clock  func() time.Time

	jobs    chan *job
	closing sync.Once
	stop    chan struct{} // closed by close
	stopped chan struct{} // closed when the writer has ended
}

// job is one change, waiting for the writer.
type job struct {
	do   func(*queries) error
	err  error
	done chan struct{}
}

// Settings of connections, as they follow the file's name.
const (
	pragmas = "?_pragma=busy_timeout(10000)&_pragma=journal_mode(WAL)&_pragma=synchronous(NORMAL)" +
		"&_pragma=temp_store(MEMORY)&_pragma=cache_size(-32768)"
	readPragmas = pragmas + "&_query_only=1"
)

func openStore(path string, clock func() time.Time) (*store, error) {
	if err := makePrivate(path); err != nil {
		return nil, err
	}
	writer, err := sql.Open("sqlite", path+pragmas)
	if err != nil {
		return nil, err
	}
	writer.SetMaxOpenConns(1)
	if _, err = writer.Exec(schema); err != nil {
		writer.Close()
		return nil, fmt.Errorf("making the tables: %w", err)
	}
	db, err := sql.Open("sqlite", path+readPragmas)
	if err != nil {
		writer.Close()
		return nil, err
	}
	readers := max(2, runtime.GOMAXPROCS(0))
	db.SetMaxOpenConns(readers)
	db.SetMaxIdleConns(readers)
	st := &store{path: path, db: db, writer: writer, clock: clock, jobs: make(chan *job, maxBatch),
		stop: make(chan struct{}), stopped: make(chan struct{})}
	if err := st.start(); err != nil {
		return nil, firstError(err, db.Close(), writer.Close())
	}
	return st, nil
}

// makePrivate creates the file, if need be, so that only its owner can read it; SQLite gives its log the same mode.
func makePrivate(path string) error {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return err
	}
	return f.Close()
}

// start prepares all statements and starts the writer.
func (st *store) start() error {
	ctx := context.Background()
	conn, err := st.writer.Conn(ctx)
	if err != nil {
		return err
	}
	st.conn = conn
	w := &queries{}
	st.writes = w
	for i, text := range statements {
		if w.prepared[i], err = conn.PrepareContext(ctx, text); err != nil {
			return fmt.Errorf("preparing statement %d: %w", i, err)
		}
		if i >= int(sqlBegin) {
			continue // transactions are the writer's
		}
		if st.reads.prepared[i], err = st.db.PrepareContext(ctx, text); err != nil {
			return fmt.Errorf("preparing statement %d: %w", i, err)
		}
	}
	if err := w.one(sqlLastPosition).Scan(&w.position); err != nil {
		return err
	}
	go st.writeAll(w)
	return nil
}

// write carries out one change and returns after it has been committed, or with the error for which it was not made.
// do runs on the writer's goroutine and must not wait for anything; when it returns an error, nothing it wrote stays.
func (st *store) write(do func(*queries) error) error {
	j := &job{do: do, done: make(chan struct{})}
	select {
	case <-st.stop:
		return errClosed
	case st.jobs <- j:
	}
	select {
	case <-j.done:
		return j.err
	case <-st.stopped:
	}
	select { // the writer's last batch may have held it
	case <-j.done:
		return j.err
	default:
		return errClosed
	}
}

// note hands in a change nobody waits for, such as an entry of the audit trail for a page that was looked at. It
// blocks while the writer's queue is full, so that reading cannot outrun its trail.
func (st *store) note(do func(*queries) error) {
	select {
	case <-st.stop:
	case st.jobs <- &job{do: do, done: make(chan struct{})}:
	}
}

// close waits for what is queued and closes the file. Only the first call does anything.
func (st *store) close() error {
	var err error
	st.closing.Do(func() {
		close(st.stop)
		<-st.stopped
		st.reads.close()
		st.writes.close()
		err = st.db.Close()
		// The last connection to be closed folds the log into the file, so that the file alone is the whole store.
		err = firstError(err, st.conn.Close(), st.writer.Close())
	})
	return err
}

// close lets go of the statements: SQLite keeps a file open as long as one of its statements is.
func (q *queries) close() {
	for _, s := range q.prepared {
		if s != nil {
			_ = s.Close() // nothing can be done about a statement that does not go
		}
	}
}

// writeAll is the one writer.
func (st *store) writeAll(w *queries) {
	defer close(st.stopped)
	batch := make([]*job, 0, maxBatch)
	for {
		select {
		case j := <-st.jobs:
			batch = st.gather(append(batch[:0], j))
			st.commit(w, batch)
			continue
		case <-st.stop:
		}
		if batch = st.gather(batch[:0]); len(batch) == 0 {
			return
		}
		st.commit(w, batch)
	}
}

// gather adds what is already waiting.
func (st *store) gather(batch []*job) []*job {
	for len(batch) < maxBatch {
		select {
		case j := <-st.jobs:
			batch = append(batch, j)
		default:
			return batch
		}
	}
	return batch
}

// commit carries out a batch in one transaction. A job that fails is undone alone.
func (st *store) commit(w *queries, batch []*job) {
	err := w.exec(sqlBegin)
	for _, j := range batch {
		if err == nil {
			w.now = max(w.now, st.clock().UnixMicro())
			j.err = w.attempt(j.do)
		}
	}
	if err == nil {
		err = w.exec(sqlCommit)
	}
	if err != nil {
		_ = w.exec(sqlRollback) // whatever it says, err tells why
	}
	for _, j := range batch {
		if err != nil {
			j.err = fmt.Errorf("committing: %w", err)
		}
		close(j.done)
	}
}

// attempt runs one job inside a savepoint.
func (q *queries) attempt(do func(*queries) error) (err error) {
	if err := q.exec(sqlSavepoint); err != nil {
		return err
	}
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("a change panicked: %v", p)
		}
		if err != nil {
			err = firstError(err, q.exec(sqlRollbackTo))
		}
		err = firstError(err, q.exec(sqlRelease))
	}()
	return do(q)
}

// queries runs prepared statements: those of the readers, for any number of goroutines, or those of the writer.
type queries struct {
	prepared [numStatements]*sql.Stmt
	now      int64 // writer: microseconds since 1970, never decreasing
	position int64 // writer: the last position given out
}

func (q *queries) exec(s statement, args ...any) error {
	_, err := q.prepared[s].Exec(args...)
	return err
}

// insert runs an INSERT and returns the new row's id.
func (q *queries) insert(s statement, args ...any) (int64, error) {
	res, err := q.prepared[s].Exec(args...)
	if err != nil {
		return 0, err
	}
	return res.LastInsertId()
}

// touched runs a statement and reports whether it changed a row.
func (q *queries) touched(s statement, args ...any) (bool, error) {
	res, err := q.prepared[s].Exec(args...)
	if err != nil {
		return false, err
	}
	n, err := res.RowsAffected()
	return n > 0, err
}

func (q *queries) one(s statement, args ...any) *sql.Row { return q.prepared[s].QueryRow(args...) }

// holds reports whether a query has any row.
func (q *queries) holds(s statement, args ...any) (bool, error) {
	var one int
	err := q.one(s, args...).Scan(&one)
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil
	}
	return err == nil, err
}

// each calls scan for every row.
func (q *queries) each(s statement, args []any, scan func(*sql.Rows) error) error {
	rows, err := q.prepared[s].Query(args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		if err := scan(rows); err != nil {
			return err
		}
	}
	return rows.Err()
}

// nextPosition gives out a position in lists. Positions are not reused even when the change that asked is undone.
func (q *queries) nextPosition() int64 {
	q.position++
	return q.position
}
