package refportal

// schema makes what is missing. Times are microseconds since 1970 in UTC. Ids are never given out twice.
//
// A thread and its work item are one row, because every thread has exactly one:
//
//	home      the pool or person in whose list the item waits, or waited before somebody claimed it
//	owner     who has claimed it, null while it waits
//	holder    in whose list it stands: owner if there is one, home otherwise
//	position  its place in that list: a number that grows over the whole portal, given when the item entered the list
//
// A grant lets staff see a thread: as the sender, as the addressee, as an owner, or through the pool it was in.
const schema = `
CREATE TABLE IF NOT EXISTS accounts (
	id       INTEGER PRIMARY KEY AUTOINCREMENT,
	kind     INTEGER NOT NULL,
	login    TEXT NOT NULL UNIQUE,
	display  TEXT NOT NULL DEFAULT '',
	role     TEXT NOT NULL DEFAULT '',
	secret   BLOB,
	acts_for INTEGER NOT NULL DEFAULT 0
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
	urgent       INTEGER NOT NULL,
	closed       INTEGER NOT NULL,
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
