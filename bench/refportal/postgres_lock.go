package refportal

import (
	"context"
	"database/sql"
	"errors"
	"sync"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/stdlib"
)

const (
	lockOut      = `SELECT pg_advisory_lock(hashtext('reference portal'), hashtext(current_schema()))`
	lockPatience = `SET lock_timeout = '5s'` // for which the portal before may still be ending
	lockPause    = time.Second               // before the lock is asked for again while the server does not answer
)

var (
	errTaken    = errors.New("another portal serves this database: stop it, or name another database")
	errUnlocked = errors.New("the connection to the database was lost, and the portal is not in possession of it again")
)

// possession keeps other portals out of a database. It lasts as long as its connection, which a restart of the server ends as well
// as a failure of the network: then it is asked for again, and nothing is written until the portal has it. When another
// portal was faster, this one writes nothing any more. Its zero value is not taken yet.
type possession struct {
	conn *sql.Conn // the keeper's alone, once there is one
	end  context.CancelFunc
	kept sync.WaitGroup

	mu  sync.Mutex
	why error // nil: held
}

// take asks for the lock on a connection of its own.
func (l *possession) take(ctx context.Context, db *sql.DB) error {
	conn, err := db.Conn(ctx)
	if err != nil {
		return err
	}
	l.conn = conn
	for _, text := range []string{lockPatience, lockOut} {
		if _, err := conn.ExecContext(ctx, text); err != nil {
			return err
		}
	}
	return nil
}

// keep watches over the lock until it is released.
func (l *possession) keep(db *sql.DB) {
	ctx, end := context.WithCancel(context.Background())
	l.end = end
	l.kept.Go(func() {
		for ctx.Err() == nil {
			l.wait(ctx)
			if ctx.Err() == nil {
				l.say(errUnlocked)
				l.takeAgain(ctx, db)
			}
		}
	})
}

// wait returns when the connection has ended: nobody notifies it of anything.
func (l *possession) wait(ctx context.Context) {
	_ = l.conn.Raw(func(driver any) error { // however it has ended
		_, err := driver.(*stdlib.Conn).Conn().WaitForNotification(ctx)
		return err
	})
}

// takeAgain asks for the lock until the portal has it again, or another one has.
func (l *possession) takeAgain(ctx context.Context, db *sql.DB) {
	for ctx.Err() == nil {
		_ = l.conn.Close() // it has ended
		err := l.take(ctx, db)
		var said *pgconn.PgError
		switch {
		case err == nil:
			l.say(nil)
			return
		case errors.As(err, &said) && said.Code == lockNotAvailable:
			l.say(errTaken)
			<-ctx.Done()
		}
		select {
		case <-ctx.Done():
		case <-time.After(lockPause):
		}
	}
}

func (l *possession) say(why error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.why = why
}

// held returns nil, or why nothing may be written.
func (l *possession) held() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.why
}

// release ends the lock and its connection.
func (l *possession) release() error {
	if l.end != nil {
		l.end()
		l.kept.Wait()
	}
	if l.conn == nil {
		return nil
	}
	if err := l.conn.Close(); !errors.Is(err, sql.ErrConnDone) {
		return err
	}
	return nil
}
