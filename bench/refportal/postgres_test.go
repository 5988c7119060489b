package refportal

import (
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/portalbench/portalbench/bench"
	"github.com/portalbench/portalbench/results"
)

// named gives the connections of a store a name of their own.
func named(t *testing.T, store string) (named, name string) {
	t.Helper()
	at, err := url.Parse(store)
	require.NoError(t, err)
	query := at.Query()
	name = query.Get("search_path")
	query.Set("application_name", name)
	at.RawQuery = query.Encode()
	return at.String(), name
}

// cut ends the connections of a name on the server's side, as a restart of the server does. It returns how many there were.
func cut(t *testing.T, name string) (n int) {
	t.Helper()
	db, err := sql.Open("pgx", os.Getenv(postgresServer))
	require.NoError(t, err)
	defer db.Close()
	require.NoError(t, db.QueryRow(`SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE application_name = $1`, name).Scan(&n))
	return n
}

// A portal goes on when its database has ended every connection, and what it had acknowledged is there. Nobody else gets at
// its tables meanwhile.
func TestConnectionsThatAreCut(t *testing.T) {
	needPostgres(t)
	var name string
	c := openClinic(t, func(t testing.TB) (store string) {
		store, name = named(t.(*testing.T), newPostgres(t))
		return store
	}, Config{})
	sent := c.send("ann", "ann", "triage")
	require.Equal(t, results.OK, sent.Outcome)
	require.Positive(t, cut(t, name))
	require.Eventually(t, func() bool {
		return c.do("ann", &bench.Call{Kind: results.OpThread, Thread: sent.Thread}).Outcome == results.OK &&
			c.send("ann", "ann", "triage").Outcome == results.OK
	}, 10*time.Second, 50*time.Millisecond, "the portal comes back")
	require.Len(t, c.must("ann", &bench.Call{Kind: results.OpThread, Thread: sent.Thread}).Messages, 1)
	c.must("rosa", &bench.Call{Kind: results.OpClaim, Item: sent.Item, Version: sent.Version})
	_, err := New(Config{Store: c.server.cfg.Store, Clock: c.clock.now, AdminSecret: adminSecret})
	require.ErrorContains(t, err, "another portal serves this database")
}

// A portal that lost its database to another one writes nothing any more.
func TestADatabaseThatAnotherPortalTook(t *testing.T) {
	needPostgres(t)
	var name string
	c := openClinic(t, func(t testing.TB) (store string) {
		store, name = named(t.(*testing.T), newPostgres(t))
		return store
	}, Config{})
	c.session("ann")
	db, err := sql.Open("pgx", c.server.cfg.Store)
	require.NoError(t, err)
	defer db.Close()
	other := possession{}
	waiting := make(chan error)
	go func() { waiting <- other.take(t.Context(), db) }()
	require.Eventually(t, func() bool { // the other one waits in the queue
		var n int
		require.NoError(t, db.QueryRow(`SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted`).Scan(&n))
		return n == 1
	}, 5*time.Second, 10*time.Millisecond)
	_, err = db.Exec(`SELECT pg_terminate_backend(l.pid) FROM pg_locks l JOIN pg_stat_activity a USING (pid) WHERE a.application_name = $1 AND l.locktype = 'advisory' AND l.granted`, name)
	require.NoError(t, err)
	require.NoError(t, <-waiting)
	require.Eventually(t, func() bool { return errors.Is(c.server.store.database.(*postgres).lock.held(), errTaken) }, 10*time.Second, 50*time.Millisecond)
	require.Equal(t, 500, c.do("ann", &bench.Call{Kind: results.OpSend, Subject: c.accounts["ann"], To: c.accounts["triage"], Topic: "Topic", Body: "Body"}).Status)
	require.NoError(t, other.release())
}

// One portal at a time serves a database, and its tables must be of its own version.
func TestOnePortalOfOneVersion(t *testing.T) {
	needPostgres(t)
	store := newPostgres(t)
	cfg := Config{Store: store, Clock: newClock().now, AdminSecret: adminSecret}
	first, err := New(cfg)
	require.NoError(t, err)
	_, err = New(cfg)
	require.ErrorContains(t, err, "another portal serves this database: stop it, or name another database")
	require.NoError(t, first.Close())

	db, err := sql.Open("pgx", store)
	require.NoError(t, err)
	defer db.Close()
	_, err = db.Exec(`UPDATE portal SET version = version + 1`)
	require.NoError(t, err)
	_, err = New(cfg)
	require.ErrorContains(t, err, fmt.Sprintf("its tables are of version %d, and those of this portal of version %d", schemaVersion+1, schemaVersion))
	_, err = db.Exec(`UPDATE portal SET version = version - 1`)
	require.NoError(t, err)
	again, err := New(cfg)
	require.NoError(t, err)
	require.NoError(t, again.Close())
}

// A wrong password is refused in words, without it.
func TestAWrongPassword(t *testing.T) {
	needPostgres(t)
	at, err := url.Parse(os.Getenv(postgresServer))
	require.NoError(t, err)
	if _, asked := at.User.Password(); !asked {
		t.Skip("the server asks for no password")
	}
	at.User = url.UserPassword(at.User.Username(), "s3cret-but-wrong")
	_, err = New(Config{Store: at.String(), Clock: newClock().now, AdminSecret: adminSecret})
	require.ErrorContains(t, err, "password authentication failed")
	require.NotContains(t, err.Error(), "s3cret")
	require.False(t, strings.Contains(err.Error(), "\n"), "one line")
}
