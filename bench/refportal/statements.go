package refportal

// statement names one SQL statement; its text stands in statements. All of the portal's SQL is here, in schema.go and,
// where the databases differ, in sqlite.go and postgres.go.
type statement uint8

const (
	sqlInstallAdmin statement = iota
	sqlAccountByLogin
	sqlLoginLocked
	sqlAccountByID
	sqlAccountLocked
	sqlInsertAccount
	sqlUpdateAccount
	sqlSetActsFor
	sqlInsertMembership
	sqlInsertCareTeam
	sqlIsMember
	sqlRecipients
	sqlMayAddress
	sqlTreats
	sqlInsertSession
	sqlSession
	sqlDeleteSessionsOf
	sqlDeleteExpired
	sqlThread
	sqlThreadLocked
	sqlMessageThread
	sqlMaySee
	sqlInsertThread
	sqlSetLastMessage
	sqlInsertGrant
	sqlInsertMessage
	sqlMessages
	sqlThreadFiles
	sqlSetItem
	sqlRequestAgain
	sqlSetLabel
	sqlLastPosition
	sqlPatientList
	sqlWorkList
	sqlWorkListEnd
	sqlPatientUnread
	sqlWorkUnread
	sqlInsertRead
	sqlInsertFile
	sqlLinkFile
	sqlFile
	sqlInsertReading
	sqlReading
	sqlReadings
	sqlInsertAudit
	sqlAudit
	sqlRunThreads
	sqlRunAccounts
	sqlDeleteFilesIn
	sqlDeleteMessagesIn
	sqlDeleteGrantsOf
	sqlDeleteThread
	sqlForgetMemberships
	sqlForgetCareTeams
	sqlForgetSessions
	sqlForgetReadings
	sqlForgetFiles
	sqlForgetReads
	sqlForgetAccounts
	sqlBegin
	sqlCommit
	sqlRollback
	sqlSavepoint
	sqlRelease
	sqlRollbackTo
	numStatements
)

// unreadOf counts the messages of thread t that account $1 has neither written nor read.
const unreadOf = `(SELECT count(*) FROM messages m WHERE m.thread = t.id AND m.sender <> $1
	AND NOT EXISTS (SELECT 1 FROM reads r WHERE r.account = $1 AND r.message = m.id))`

// listColumns are those of one row of a list, for account $1.
const listColumns = `t.id, t.version, t.item_state, t.closed, t.topic, t.category, t.urgent, t.subject,
	t.last_message, t.position, ` + unreadOf

// inPools is true for pools that account $2 belongs to.
const inPools = ` IN (SELECT pool FROM memberships WHERE staff = $2)`

// ofRun is true for accounts that were made for run $1.
const ofRun = ` IN (SELECT id FROM accounts WHERE run = $1)`

// lock keeps others from changing the row until the change that read it is committed. SQLite, whose changes come one after
// the other, has no such words and needs none.
const lock = ` FOR UPDATE`

// newID has an INSERT return the id it gave out. SQLite tells it unasked, for less.
const newID = ` RETURNING id`

const accountByLogin = `SELECT id, kind, acts_for, secret FROM accounts WHERE login = $1`

const accountByID = `SELECT login, kind, acts_for, secret FROM accounts WHERE id = $1`

// threadByID looks its home up by a subquery: to a join PostgreSQL would apply the home of before it waited for the lock.
const threadByID = `SELECT t.id, t.subject, t.topic, t.category, t.urgent, t.closed, t.item_state, t.version, t.home,
	(SELECT kind FROM accounts WHERE id = t.home), coalesce(t.owner, 0), t.position, t.reason FROM threads t WHERE t.id = $1`

// statements holds the text of every statement, in words that SQLite and PostgreSQL share: flags are compared with flags,
// and a parameter has one type wherever it stands.
var statements = [numStatements]string{
	sqlInstallAdmin: `INSERT INTO accounts (kind, login, secret) VALUES ($1, $2, $3)
		ON CONFLICT (login) DO UPDATE SET secret = excluded.secret`,
	sqlAccountByLogin:   accountByLogin,
	sqlLoginLocked:      accountByLogin + lock,
	sqlAccountByID:      accountByID,
	sqlAccountLocked:    accountByID + lock,
	sqlInsertAccount:    `INSERT INTO accounts (kind, login, display, role, secret, run) VALUES ($1, $2, $3, $4, $5, $6)` + newID,
	sqlUpdateAccount:    `UPDATE accounts SET display = $2, role = $3, secret = $4 WHERE id = $1`,
	sqlSetActsFor:       `UPDATE accounts SET acts_for = $2 WHERE id = $1`,
	sqlInsertMembership: `INSERT INTO memberships (staff, pool) VALUES ($1, $2) ON CONFLICT DO NOTHING`,
	sqlInsertCareTeam:   `INSERT INTO care_teams (patient, member) VALUES ($1, $2) ON CONFLICT DO NOTHING`,
	sqlIsMember:         `SELECT 1 FROM memberships WHERE staff = $1 AND pool = $2`,
	sqlRecipients: `SELECT a.id, a.kind, a.role, a.display FROM care_teams c JOIN accounts a ON a.id = c.member
		WHERE c.patient = $1 ORDER BY a.id`,
	sqlMayAddress: `SELECT 1 FROM care_teams WHERE patient = $1 AND member = $2`,
	sqlTreats: `SELECT 1 FROM care_teams WHERE patient = $1 AND (member = $2 OR member` + inPools + `)
		UNION ALL SELECT 1 FROM threads t JOIN grants g ON g.thread = t.id
			WHERE t.subject = $1 AND (g.account = $2 OR g.account` + inPools + `) LIMIT 1`,
	sqlInsertSession: `INSERT INTO sessions (hash, account, expires) VALUES ($1, $2, $3)`,
	sqlSession: `SELECT s.expires, a.id, a.kind, a.acts_for FROM sessions s JOIN accounts a ON a.id = s.account
		WHERE s.hash = $1`,
	sqlDeleteSessionsOf: `DELETE FROM sessions WHERE account = $1`,
	sqlDeleteExpired:    `DELETE FROM sessions WHERE expires <= $1`,
	sqlThread:           threadByID,
	sqlThreadLocked:     threadByID + lock,
	sqlMessageThread:    `SELECT thread FROM messages WHERE id = $1`,
	sqlMaySee:           `SELECT 1 FROM grants WHERE thread = $1 AND (account = $2 OR account` + inPools + `) LIMIT 1`,
	sqlInsertThread: `INSERT INTO threads (subject, topic, category, urgent, closed, last_message, item_state, version,
		home, owner, holder, position) VALUES ($1, $2, $3, $4, FALSE, 0, $5, 1, $6, NULL, $6, $7)` + newID,
	sqlSetLastMessage: `UPDATE threads SET last_message = $2 WHERE id = $1`,
	sqlInsertGrant:    `INSERT INTO grants (thread, account) VALUES ($1, $2) ON CONFLICT DO NOTHING`,
	sqlInsertMessage:  `INSERT INTO messages (thread, sender, in_reply_to, sent, body) VALUES ($1, $2, $3, $4, $5)` + newID,
	sqlMessages: `SELECT m.id, m.sender, m.in_reply_to, m.sent, m.body,
		m.sender = $2 OR EXISTS (SELECT 1 FROM reads r WHERE r.account = $2 AND r.message = m.id)
		FROM messages m WHERE m.thread = $1 ORDER BY m.id`,
	sqlThreadFiles: `SELECT a.message, a.id, a.media_type, length(a.content) FROM messages m
		JOIN attachments a ON a.message = m.id WHERE m.thread = $1 ORDER BY a.id`,
	sqlSetItem: `UPDATE threads SET item_state = $2, closed = $3, home = $4, owner = nullif(CAST($5 AS BIGINT), 0),
		holder = coalesce(nullif($5, 0), $4), position = $6, reason = $7, version = version + 1 WHERE id = $1`,
	sqlRequestAgain: `UPDATE threads SET item_state = 0, closed = FALSE, owner = NULL, holder = home, position = $2,
		version = version + 1 WHERE id = $1`,
	sqlSetLabel:     `UPDATE threads SET category = $2, urgent = $3, version = version + 1 WHERE id = $1`,
	sqlLastPosition: `SELECT coalesce(max(position), 0) FROM threads`,
	sqlPatientList: `SELECT ` + listColumns + ` FROM threads t WHERE t.subject = $2 AND t.last_message < $3
		AND ($4 = 2 OR t.closed = ($4 = 1)) AND ($5 = '' OR t.category = $5) AND (NOT $6 OR ` + unreadOf + ` > 0)
		ORDER BY t.last_message DESC LIMIT $7`,
	sqlWorkList: `SELECT ` + listColumns + ` FROM threads t WHERE t.holder = $2 AND t.item_state < 2
		AND t.position > $3 AND t.position <= $8
		AND ($4 = 2 OR t.item_state = $4) AND ($5 = '' OR t.category = $5) AND (NOT $6 OR ` + unreadOf + ` > 0)
		ORDER BY t.position LIMIT $7`,
	sqlWorkListEnd:   `SELECT coalesce(max(position), 0) FROM threads WHERE holder = $1 AND item_state < 2`,
	sqlPatientUnread: `SELECT coalesce(sum(` + unreadOf + `), 0) FROM threads t WHERE t.subject = $2`,
	sqlWorkUnread: `SELECT coalesce(sum(` + unreadOf + `), 0) FROM threads t
		WHERE t.holder = $2 AND t.item_state < 2`,
	sqlInsertRead: `INSERT INTO reads (account, message) VALUES ($1, $2) ON CONFLICT DO NOTHING`,
	sqlInsertFile: `INSERT INTO attachments (uploader, media_type, content) VALUES ($1, $2, $3)` + newID,
	sqlLinkFile:   `UPDATE attachments SET message = $3 WHERE id = $1 AND uploader = $2 AND message IS NULL`,
	sqlFile: `SELECT a.uploader, coalesce(m.thread, 0), a.media_type, a.content FROM attachments a
		LEFT JOIN messages m ON m.id = a.message WHERE a.id = $1`,
	sqlInsertReading: `INSERT INTO readings (patient, code, taken, value, unit, reporter, run)
		VALUES ($1, $2, $3, $4, $5, $6, $7)` + newID,
	sqlReading:     `SELECT id, value, unit FROM readings WHERE patient = $1 AND code = $2 AND taken = $3`,
	sqlReadings:    `SELECT id, code, taken, value, unit, reporter FROM readings WHERE patient = $1 AND id > $2 ORDER BY id LIMIT $3`,
	sqlInsertAudit: `INSERT INTO audit (at, actor, action, object, subject) VALUES ($1, $2, $3, $4, $5)`,
	sqlAudit:       `SELECT id, at, actor, action, object, subject FROM audit WHERE id > $1 ORDER BY id LIMIT $2`,
	sqlRunThreads: `SELECT DISTINCT g.thread FROM grants g JOIN accounts a ON a.id = g.account WHERE a.run = $1
		ORDER BY g.thread LIMIT $2`,
	sqlRunAccounts:       `SELECT id FROM accounts WHERE run = $1 ORDER BY id`,
	sqlDeleteFilesIn:     `DELETE FROM attachments WHERE message IN (SELECT id FROM messages WHERE thread = $1)`,
	sqlDeleteMessagesIn:  `DELETE FROM messages WHERE thread = $1`,
	sqlDeleteGrantsOf:    `DELETE FROM grants WHERE thread = $1`,
	sqlDeleteThread:      `DELETE FROM threads WHERE id = $1`,
	sqlForgetMemberships: `DELETE FROM memberships WHERE staff` + ofRun + ` OR pool` + ofRun,
	sqlForgetCareTeams:   `DELETE FROM care_teams WHERE patient` + ofRun + ` OR member` + ofRun,
	sqlForgetSessions:    `DELETE FROM sessions WHERE account` + ofRun,
	sqlForgetReadings:    `DELETE FROM readings WHERE run = $1 OR patient` + ofRun,
	sqlForgetFiles:       `DELETE FROM attachments WHERE message IS NULL AND uploader` + ofRun,
	sqlForgetReads:       `DELETE FROM reads WHERE account` + ofRun + ` OR message NOT IN (SELECT id FROM messages)`,
	sqlForgetAccounts:    `DELETE FROM accounts WHERE run = $1`,
	sqlBegin:             `BEGIN IMMEDIATE`,
	sqlCommit:            `COMMIT`,
	sqlRollback:          `ROLLBACK`,
	sqlSavepoint:         `SAVEPOINT one`,
	sqlRelease:           `RELEASE one`,
	sqlRollbackTo:        `ROLLBACK TO one`,
}
