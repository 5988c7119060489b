package refportal

import (
	"crypto/rand"
	"database/sql"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// postgresServer is the environment variable with the URL of a PostgreSQL server for tests, whose user may make schemas.
const postgresServer = "PORTALBENCH_TEST_POSTGRES"

// newStore makes an empty store that is gone after the test.
type newStore func(testing.TB) string

func newSQLite(t testing.TB) string { return "sqlite:" + filepath.Join(t.TempDir(), "portal.db") }

// newPostgres makes a schema.
func newPostgres(t testing.TB) string {
	t.Helper()
	server := os.Getenv(postgresServer)
	db, err := sql.Open("pgx", server)
	require.NoError(t, err)
	defer db.Close()
	name := "portalbench_test_" + strings.ToLower(rand.Text())
	_, err = db.Exec(`CREATE SCHEMA ` + name)
	require.NoError(t, err)
	t.Cleanup(func() {
		db, err := sql.Open("pgx", server)
		require.NoError(t, err)
		_, err = db.Exec(`DROP SCHEMA ` + name + ` CASCADE`)
		require.NoError(t, err)
		require.NoError(t, db.Close())
	})
	at, err := url.Parse(server)
	require.NoError(t, err)
	query := at.Query()
	query.Set("search_path", name)
	at.RawQuery = query.Encode()
	return at.String()
}

// onBoth runs a test on SQLite and on PostgreSQL.
func onBoth(t *testing.T, test func(*testing.T, newStore)) {
	t.Run("sqlite", func(t *testing.T) { test(t, newSQLite) })
	t.Run("postgres", func(t *testing.T) {
		needPostgres(t)
		test(t, newPostgres)
	})
}

func needPostgres(t testing.TB) {
	if os.Getenv(postgresServer) == "" {
		t.Skip("set " + postgresServer + " to the URL of a PostgreSQL server")
	}
}
