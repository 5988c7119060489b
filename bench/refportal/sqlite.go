package refportal

import (
	"context"
	"database/sql"
	"fmt"
	"os"
	"runtime"
	"strings"

	_ "modernc.org/sqlite" // the driver named "sqlite"
)

// sqliteFile is a store in one SQLite file with a write-ahead log. A committed change survives the end of the process; it
// survives a power cut only up to the last checkpoint, because the log is not synced at every commit. All changes are one
// writer's, who commits those that wait together.
type sqliteFile struct {
	path   string
	db     *sql.DB // one connection
	conn   *sql.Conn
	writes queries // on conn
}

// Settings of connections, as they follow the file's name.
const (
	pragmas = "?_pragma=busy_timeout(10000)&_pragma=journal_mode(WAL)&_pragma=synchronous(NORMAL)" +
		"&_pragma=temp_store(MEMORY)&_pragma=cache_size(-32768)"
	readPragmas = pragmas + "&_query_only=1"
)

func (f *sqliteFile) String() string { return f.path }

func (f *sqliteFile) dialect() dialect {
	return dialect{
		tables:    `SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite\_%' ESCAPE '\' ORDER BY name`,
		schema:    func(text string) string { return text },
		statement: func(text string) string { return strings.TrimSuffix(strings.TrimSuffix(text, lock), newID) },
		look:      "BEGIN",
	}
}

// connect opens the file for the writer. Before, it creates the file if need be, so that only its owner can read it; SQLite
// gives its log the same mode.
func (f *sqliteFile) connect(ctx context.Context) (*sql.Conn, error) {
	file, err := os.OpenFile(f.path, os.O_RDWR|os.O_CREATE, 0o600)
	if err == nil {
		err = file.Close()
	}
	if err != nil {
		return nil, err
	}
	if f.db, err = sql.Open("sqlite", f.path+pragmas); err != nil {
		return nil, err
	}
	f.db.SetMaxOpenConns(1)
	f.conn, err = f.db.Conn(ctx)
	return f.conn, err
}

func (f *sqliteFile) readers() (*sql.DB, error) {
	db, err := sql.Open("sqlite", f.path+readPragmas)
	if err != nil {
		return nil, err
	}
	readers := max(2, runtime.GOMAXPROCS(0))
	db.SetMaxOpenConns(readers)
	db.SetMaxIdleConns(readers)
	return db, nil
}

func (f *sqliteFile) writers(ctx context.Context, t *tally) ([]func([]*job), int, error) {
	f.writes.tally = t
	return []func([]*job){f.commit}, maxBatch, f.writes.prepare(ctx, f.conn, f.dialect(), numStatements)
}

func (f *sqliteFile) plainly(err error) error { return err }

func (f *sqliteFile) close() error {
	f.writes.close()
	var err error
	if f.conn != nil {
		err = f.conn.Close()
	}
	if f.db != nil {
		// The last connection to be closed folds the log into the file, so that the file alone is the whole store.
		err = firstError(err, f.db.Close())
	}
	return err
}

// commit carries out a batch in one transaction. A job that fails is undone alone.
func (f *sqliteFile) commit(batch []*job) {
	w := &f.writes
	err := w.exec(sqlBegin)
	for _, j := range batch {
		if err == nil {
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
func (q *queries) attempt(do func(*queries) error) error {
	if err := q.exec(sqlSavepoint); err != nil {
		return err
	}
	err := guarded(do, q)
	if err != nil {
		err = firstError(err, q.exec(sqlRollbackTo))
	}
	return firstError(err, q.exec(sqlRelease))
}
