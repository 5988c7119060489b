package refportal

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"runtime"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/stdlib" // also the driver named "pgx"
)

// postgres is a store in a PostgreSQL database: the tables of the schema that comes first in the search path. Every change
// is a transaction of its own, and several writers make them at the same time. What a change goes by and others could
// change meanwhile is locked when it is read (see lock), and a change that lost a race is made anew.
//
// Sessions and positions are kept in the process as well, so a portal has its tables for itself alone.
type postgres struct {
	config *pgx.ConnConfig
	db     *sql.DB // the writers, and what holds the lock that keeps other portals out
	lock   possession
	writes queries
}

const (
	connectTimeout = 10 * time.Second // unless the URL has a connect_timeout
	mostTries      = 20               // of one change
)

// PostgreSQL's names for what can go wrong.
const (
	serializationFailure = "40001"
	deadlockDetected     = "40P01"
	uniqueViolation      = "23505"
	untranslatableText   = "22021" // of a text that has the character NUL, or is not UTF-8
	noSuchDatabase       = "3D000"
	lockNotAvailable     = "55P03"
)

// postgresTypes turns the schema's words into PostgreSQL's.
func postgresTypes(schema string) string {
	return strings.NewReplacer("INTEGER PRIMARY KEY AUTOINCREMENT", "BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY",
		"INTEGER", "BIGINT", "BLOB", "BYTEA", "REAL", "DOUBLE PRECISION", " WITHOUT ROWID", "").Replace(schema)
}

func isPostgres(store string) bool {
	return strings.HasPrefix(store, "postgres://") || strings.HasPrefix(store, "postgresql://")
}

// parsePostgres reads the URL of a database, and from the environment what the URL leaves out. What the driver says of a
// URL that it cannot read may hold the password, and is kept back.
func parsePostgres(url string, allow []string) (*postgres, error) {
	config, err := pgx.ParseConfig(url)
	if err != nil {
		return nil, errors.New("the store's URL, or one of the variables PGHOST, PGPORT, PGSSLMODE and so on, cannot be read: " +
			"write the URL as postgres://USER@HOST/DB, with %2F for a slash and the like")
	}
	config.ConnectTimeout = cmp.Or(config.ConnectTimeout, connectTimeout)
	hosts := []string{config.Host}
	for _, other := range config.Fallbacks {
		hosts = append(hosts, other.Host)
	}
	for _, host := range hosts {
		if !hostAllowed(host, allow) {
			return nil, fmt.Errorf("the store's host %s is not on this machine: add --allow-host %s if the portal may use it", host, host)
		}
	}
	return &postgres{config: config}, nil
}

func hostAllowed(host string, allow []string) bool {
	network, _ := pgconn.NetworkAddress(host, 0)
	ip, err := netip.ParseAddr(host)
	return network == "unix" || err == nil && ip.Unmap().IsLoopback() ||
		slices.ContainsFunc(append(allow, "localhost"), func(a string) bool { return strings.EqualFold(a, host) })
}

func (p *postgres) String() string {
	_, address := pgconn.NetworkAddress(p.config.Host, p.config.Port)
	return fmt.Sprintf("postgres://%s@%s/%s", p.config.User, address, p.config.Database)
}

func (p *postgres) dialect() dialect {
	return dialect{
		tables:    `SELECT tablename FROM pg_tables WHERE schemaname = current_schema() ORDER BY tablename`,
		schema:    postgresTypes,
		statement: func(text string) string { return text },
		look:      "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
	}
}

// connections is how many the writers use, and the readers as many: a few for each core, as they wait more than they work.
func (p *postgres) connections() int { return max(8, 4*runtime.GOMAXPROCS(0)) }

func (p *postgres) readers() (*sql.DB, error) {
	db := stdlib.OpenDB(*p.config)
	db.SetMaxOpenConns(p.connections())
	db.SetMaxIdleConns(p.connections())
	return db, nil
}

func (p *postgres) connect(ctx context.Context) (*sql.Conn, error) {
	p.db, _ = p.readers() // which never fails: it connects later
	p.db.SetMaxOpenConns(p.connections() + 1)
	if err := p.lock.take(ctx, p.db); err != nil {
		return nil, err
	}
	return p.lock.conn, nil
}

// plainly says in one line why a database cannot be used. The driver needs several to name all that it tried.
func (p *postgres) plainly(err error) error {
	var said *pgconn.PgError
	var failed *net.OpError
	var connecting *pgconn.ConnectError
	switch isSaid := errors.As(err, &said); {
	case isSaid && said.Code == noSuchDatabase:
		return fmt.Errorf("there is no database %s: make it with createdb", p.config.Database)
	case isSaid && said.Code == lockNotAvailable:
		return errTaken
	case !errors.As(err, &connecting):
		return err
	case isSaid:
		return errors.New(said.Message)
	case errors.As(err, &failed):
		return fmt.Errorf("%w: is PostgreSQL running there?", failed)
	}
	for errors.Unwrap(err) != nil {
		err = errors.Unwrap(err)
	}
	return fmt.Errorf("connecting: %w", err)
}

func (p *postgres) writers(ctx context.Context, t *tally) ([]func([]*job), int, error) {
	p.writes.tally = t
	p.lock.keep(p.db)
	return slices.Repeat([]func([]*job){p.commit}, p.connections()), 1, p.writes.prepare(ctx, p.db, p.dialect(), sqlBegin)
}

// commit carries out the one change of a batch.
func (p *postgres) commit(batch []*job) {
	j := batch[0]
	for range mostTries {
		if j.err = p.attempt(j.do); !lostRace(j.err) {
			break
		}
	}
	close(j.done)
}

func (p *postgres) attempt(do func(*queries) error) error {
	if err := p.lock.held(); err != nil {
		return err
	}
	tx, err := p.db.BeginTx(context.Background(), &sql.TxOptions{Isolation: sql.LevelReadCommitted})
	if err != nil {
		return fmt.Errorf("beginning: %w", err)
	}
	w := p.writes
	w.tx = tx
	if err := guarded(do, &w); err != nil {
		_ = tx.Rollback() // whatever it says, err tells why
		return err
	}
	if err := tx.Commit(); err != nil {
		return fmt.Errorf("committing: %w", err)
	}
	return nil
}

// lostRace reports whether a change would find another world if it was made again: two waited for each other, or both added
// the same account or reading.
func lostRace(err error) bool {
	var said *pgconn.PgError
	return errors.As(err, &said) && slices.Contains([]string{serializationFailure, deadlockDetected, uniqueViolation}, said.Code)
}

// unstorable reports whether a text had a character that PostgreSQL does not store. SQLite stores all.
func unstorable(err error) bool {
	var said *pgconn.PgError
	return errors.As(err, &said) && said.Code == untranslatableText
}

func (p *postgres) close() error {
	p.writes.close()
	err := p.lock.release()
	if p.db != nil {
		err = firstError(err, p.db.Close())
	}
	return err
}
