package refportal

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"
)

// maxBatch is the largest number of changes committed together, and how many may wait.
const maxBatch = 128

// errClosed is returned for work handed in after the store was closed.
var errClosed = errors.New("the portal is shutting down")

// store keeps everything the portal knows in a database. An acknowledged change has been committed.
type store struct {
	database
	db    *sql.DB // the readers
	reads queries

	jobs    chan *job
	closing sync.Once
	stop    chan struct{} // closed by close
	stopped chan struct{} // closed when the writers have ended
}

// database is what SQLite and PostgreSQL do differently.
type database interface {
	String() string // where it is, without secrets

	// connect makes the first connection, for this portal alone, and returns it.
	connect(ctx context.Context) (*sql.Conn, error)
	readers() (*sql.DB, error)
	dialect() dialect

	// writers returns what commits changes: each is called with one batch at a time, of at most so many.
	writers(ctx context.Context, t *tally) (commit []func(batch []*job), most int, err error)
	plainly(err error) error // why the store cannot be opened, in one line
	close() error            // what connect and writers opened
}

// dialect is how a database wants to be spoken to.
type dialect struct {
	tables    string              // lists the tables there are
	schema    func(string) string // the schema in its words
	statement func(string) string
	look      string // begins a transaction that goes on seeing what was committed when it first read
}

// job is one change, waiting for a writer.
type job struct {
	do   func(*queries) error
	err  error
	done chan struct{}
}

// tally gives out what grows over all changes of the portal. Several writers may use it at once.
type tally struct {
	clock    func() time.Time
	latest   atomic.Int64 // the latest moment given out
	position atomic.Int64 // the last position given out
}

// now returns the time in microseconds since 1970, which never decreases.
func (t *tally) now() int64 {
	for {
		last, now := t.latest.Load(), t.clock().UnixMicro()
		if now <= last {
			return last
		}
		if t.latest.CompareAndSwap(last, now) {
			return now
		}
	}
}

// nextPosition gives out a position in lists. Positions are not reused even when the change that asked is undone.
func (t *tally) nextPosition() int64 { return t.position.Add(1) }

func openStore(d database, clock func() time.Time) (*store, error) {
	st := &store{database: d, jobs: make(chan *job, maxBatch), stop: make(chan struct{}), stopped: make(chan struct{})}
	if err := st.start(context.Background(), &tally{clock: clock}); err != nil {
		return nil, firstError(d.plainly(err), st.closeDatabase())
	}
	return st, nil
}

// start makes the tables, prepares all statements and starts the writers.
func (st *store) start(ctx context.Context, t *tally) error {
	first, err := st.connect(ctx)
	if err != nil {
		return err
	}
	if err := makeTables(ctx, first, st.dialect()); err != nil {
		return err
	}
	if st.db, err = st.readers(); err != nil {
		return err
	}
	if err := st.reads.prepare(ctx, st.db, st.dialect(), sqlBegin); err != nil {
		return err
	}
	var last int64
	if err := st.reads.one(sqlLastPosition).Scan(&last); err != nil {
		return err
	}
	t.position.Store(last)
	writers, most, err := st.writers(ctx, t)
	if err != nil {
		return err
	}
	var running sync.WaitGroup
	for _, commit := range writers {
		running.Go(func() { st.writeAll(commit, most) })
	}
	go func() {
		running.Wait()
		close(st.stopped)
	}()
	return nil
}

// write carries out one change and returns after it has been committed, or with the error for which it was not made.
// do runs on a writer's goroutine, must not wait for anything, and may be called again when it met another change; when it
// returns an error, nothing it wrote stays.
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
	select { // a writer's last batch may have held it
	case <-j.done:
		return j.err
	default:
		return errClosed
	}
}

// note hands in a change nobody waits for, such as an entry of the audit trail for a page that was looked at. It
// blocks while the writers' queue is full, so that reading cannot outrun its trail.
func (st *store) note(do func(*queries) error) {
	select {
	case <-st.stop:
	case st.jobs <- &job{do: do, done: make(chan struct{})}:
	}
}

// close waits for what is queued and closes the database. Only the first call does anything.
func (st *store) close() error {
	var err error
	st.closing.Do(func() {
		close(st.stop)
		<-st.stopped
		err = st.closeDatabase()
	})
	return err
}

func (st *store) closeDatabase() error {
	st.reads.close()
	var err error
	if st.db != nil {
		err = st.db.Close()
	}
	return firstError(err, st.database.close())
}

// writeAll is one writer.
func (st *store) writeAll(commit func([]*job), most int) {
	batch := make([]*job, 0, most)
	for {
		select {
		case j := <-st.jobs:
			batch = st.gather(append(batch[:0], j))
			commit(batch)
			continue
		case <-st.stop:
		}
		if batch = st.gather(batch[:0]); len(batch) == 0 {
			return
		}
		commit(batch)
	}
}

// gather adds what is already waiting.
func (st *store) gather(batch []*job) []*job {
	for len(batch) < cap(batch) {
		select {
		case j := <-st.jobs:
			batch = append(batch, j)
		default:
			return batch
		}
	}
	return batch
}

// guarded carries out a change; a panic is its error.
func guarded(do func(*queries) error, q *queries) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("a change panicked: %v", p)
		}
	}()
	return do(q)
}

// queries runs prepared statements: those of the readers, for any number of goroutines, or those of one writer.
type queries struct {
	prepared [numStatements]*sql.Stmt
	*tally           // writers only
	tx       *sql.Tx // of a change on PostgreSQL; SQLite's writer has all on one connection
}

// preparer is a connection or several.
type preparer interface {
	PrepareContext(ctx context.Context, text string) (*sql.Stmt, error)
}

// prepare prepares the statements before until.
func (q *queries) prepare(ctx context.Context, on preparer, d dialect, until statement) (err error) {
	for i, text := range statements[:until] {
		if q.prepared[i], err = on.PrepareContext(ctx, d.statement(text)); err != nil {
			return fmt.Errorf("preparing statement %d: %w", i, err)
		}
	}
	return nil
}

// close lets go of the statements: SQLite keeps a file open as long as one of its statements is.
func (q *queries) close() {
	for _, s := range q.prepared {
		if s != nil {
			_ = s.Close() // nothing can be done about a statement that does not go
		}
	}
}

func (q *queries) stmt(s statement) *sql.Stmt {
	if q.tx != nil {
		return q.tx.Stmt(q.prepared[s])
	}
	return q.prepared[s]
}

func (q *queries) exec(s statement, args ...any) error {
	_, err := q.stmt(s).Exec(args...)
	return err
}

// insert runs an INSERT that ends in newID.
func (q *queries) insert(s statement, args ...any) (id int64, err error) {
	if q.tx != nil { // PostgreSQL
		err = q.one(s, args...).Scan(&id)
		return id, err
	}
	res, err := q.prepared[s].Exec(args...)
	if err != nil {
		return 0, err
	}
	return res.LastInsertId()
}

// touched runs a statement and reports whether it changed a row.
func (q *queries) touched(s statement, args ...any) (bool, error) {
	n, err := q.changed(s, args...)
	return n > 0, err
}

// changed runs a statement and returns how many rows it changed.
func (q *queries) changed(s statement, args ...any) (int64, error) {
	res, err := q.stmt(s).Exec(args...)
	if err != nil {
		return 0, err
	}
	return res.RowsAffected()
}

func (q *queries) one(s statement, args ...any) *sql.Row { return q.stmt(s).QueryRow(args...) }

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
	rows, err := q.stmt(s).Query(args...)
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
