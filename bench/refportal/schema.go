package refportal

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"
)

// schemaVersion goes up when tables or their columns change.
const schemaVersion = 2

// schema makes what is missing, in SQLite's words (see postgresTypes). Times are microseconds since 1970 in UTC. Ids are never given out twice.
//
// A thread and its work item are one row, because every thread has exactly one:
//
//	home      the pool or person in whose list the item waits, or waited before somebody claimed it
//	owner     who has claimed it, null while it waits
//	holder    in whose list it stands: owner if there is one, home otherwise
//	position  its place in that list: a number that grows over the whole portal, given when the item entered the list
//
// An account or reading with a run was made for it alone and goes with it; a thread goes with whoever it was granted to.
// A grant lets staff see a thread: as the sender, as the addressee, as an owner, or through the pool it was in.
const schema = `
CREATE TABLE IF NOT EXISTS portal (version INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS accounts (
	id       INTEGER PRIMARY KEY AUTOINCREMENT,
	kind     INTEGER NOT NULL,
	login    TEXT NOT NULL UNIQUE,
	display  TEXT NOT NULL DEFAULT '',
	role     TEXT NOT NULL DEFAULT '',
	secret   BLOB,
	acts_for INTEGER NOT NULL DEFAULT 0,
	run      TEXT NOT NULL DEFAULT ''
);
CREATE TABLE IF NOT EXISTS memberships (
	staff INTEGER NOT NULL, pool INTEGER NOT NULL, PRIMARY KEY (staff, pool)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS care_teams (
	patient INTEGER NOT NULL, member INTEGER NOT NULL, PRIMARY KEY (patient, member)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS sessions (
	hash BLOB PRIMARY KEY, account INTEGER NOT NULL, expires INTEGER NOT NULL
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS threads (
	id           INTEGER PRIMARY KEY AUTOINCREMENT,
	subject      INTEGER NOT NULL,
	topic        TEXT NOT NULL,
	category     TEXT NOT NULL,
	urgent       BOOLEAN NOT NULL,
	closed       BOOLEAN NOT NULL,
	last_message INTEGER NOT NULL,
	item_state   INTEGER NOT NULL,
	version      INTEGER NOT NULL,
	home         INTEGER NOT NULL,
	owner        INTEGER,
	holder       INTEGER NOT NULL,
	position     INTEGER NOT NULL,
	reason       TEXT NOT NULL DEFAULT ''
);
CREATE INDEX IF NOT EXISTS patient_list ON threads (subject, last_message);
CREATE INDEX IF NOT EXISTS work_list ON threads (holder, position) WHERE item_state < 2;
CREATE TABLE IF NOT EXISTS grants (
	thread INTEGER NOT NULL, account INTEGER NOT NULL, PRIMARY KEY (thread, account)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS messages (
	id          INTEGER PRIMARY KEY AUTOINCREMENT,
	thread      INTEGER NOT NULL,
	sender      INTEGER NOT NULL,
	in_reply_to INTEGER NOT NULL,
	sent        INTEGER NOT NULL,
	body        TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS thread_messages ON messages (thread, id, sender);
CREATE TABLE IF NOT EXISTS reads (
	account INTEGER NOT NULL, message INTEGER NOT NULL, PRIMARY KEY (account, message)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS attachments (
	id         INTEGER PRIMARY KEY AUTOINCREMENT,
	uploader   INTEGER NOT NULL,
	message    INTEGER,
	media_type TEXT NOT NULL,
	content    BLOB NOT NULL
);
CREATE INDEX IF NOT EXISTS message_files ON attachments (message) WHERE message IS NOT NULL;
CREATE TABLE IF NOT EXISTS readings (
	id       INTEGER PRIMARY KEY AUTOINCREMENT,
	patient  INTEGER NOT NULL,
	code     TEXT NOT NULL,
	taken    INTEGER NOT NULL,
	value    REAL NOT NULL,
	unit     TEXT NOT NULL,
	reporter INTEGER NOT NULL,
	run      TEXT NOT NULL DEFAULT '',
	UNIQUE (patient, code, taken)
);
CREATE TABLE IF NOT EXISTS audit (
	id      INTEGER PRIMARY KEY AUTOINCREMENT,
	at      INTEGER NOT NULL,
	actor   INTEGER NOT NULL,
	action  TEXT NOT NULL,
	object  TEXT NOT NULL,
	subject INTEGER NOT NULL
);
`

// makeTables makes the portal's tables in an empty database. One that holds anything else, or the tables of another version,
// is left as it is.
func makeTables(ctx context.Context, conn *sql.Conn, d dialect) error {
	found, err := tablesOf(ctx, conn, d)
	if err == nil {
		err = checkTables(ctx, conn, found)
	}
	if err != nil {
		return err
	}
	tx, err := conn.BeginTx(ctx, nil)
	if err != nil {
		return fmt.Errorf("making the tables: %w", err)
	}
	_, err = tx.ExecContext(ctx, d.schema(schema))
	if err == nil {
		_, err = tx.ExecContext(ctx, fmt.Sprintf(`INSERT INTO portal (version) SELECT %d WHERE NOT EXISTS (SELECT 1 FROM portal)`, schemaVersion))
	}
	if err != nil {
		_ = tx.Rollback() // whatever it says, err tells why
		return fmt.Errorf("making the tables: %w", err)
	}
	return tx.Commit()
}

func tablesOf(ctx context.Context, conn *sql.Conn, d dialect) (names []string, err error) {
	rows, err := conn.QueryContext(ctx, d.tables)
	if err != nil {
		return nil, fmt.Errorf("looking at the tables: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			return nil, err
		}
		names = append(names, name)
	}
	return names, rows.Err()
}

// checkTables accepts none, or all of this version's. Files of before there were versions lack the table portal.
func checkTables(ctx context.Context, conn *sql.Conn, found []string) error {
	if len(found) == 0 {
		return nil
	}
	if slices.Contains(found, "portal") {
		var version int
		if err := conn.QueryRowContext(ctx, `SELECT version FROM portal`).Scan(&version); err == nil && version != schemaVersion {
			return fmt.Errorf("its tables are of version %d, and those of this portal of version %d: name another store, or use the "+
				"program that made this one", version, schemaVersion)
		}
	}
	var ours []string
	for _, one := range strings.Split(schema, "CREATE TABLE IF NOT EXISTS ")[1:] {
		name, _, _ := strings.Cut(one, " ")
		ours = append(ours, name)
		if name != "portal" && !slices.Contains(found, name) {
			return fmt.Errorf("it holds tables, such as %q, but not those of a portal: name an empty store or a portal's", found[0])
		}
	}
	for _, name := range found {
		if !slices.Contains(ours, name) {
			return fmt.Errorf("it holds table %q, which is not a portal's: name an empty store or a portal's", name)
		}
	}
	return nil
}
