package refportal

import (
	"strconv"
	"strings"
)

// Ids on the wire are a letter and a number: opaque to clients, and impossible to mix up. They can be guessed; what
// protects a message is the rule of access, which is checked at every request and answers a stranger as it would if
// the id did not exist.
const (
	accountID    = 'a'
	threadID     = 't'
	itemID       = 'i' // has the number of its thread
	messageID    = 'm'
	attachmentID = 'f'
	readingID    = 'r'
)

func formatID(kind byte, n int64) string {
	if n == 0 {
		return ""
	}
	return string(strconv.AppendInt([]byte{kind}, n, 10))
}

// parseID returns the number of an id of the given kind, or 0, which no row has.
func parseID(kind byte, id string) int64 {
	if len(id) < 2 || id[0] != kind || id[1] < '1' || id[1] > '9' {
		return 0
	}
	n, err := strconv.ParseInt(id[1:], 10, 64)
	if err != nil {
		return 0
	}
	return n
}

// loginPrefix marks an account named by its login where an id is expected.
const loginPrefix = "login:"

// findAccount returns the number of the account that an id or "login:..." names, or 0. It does not say whether the
// account of an id exists.
func (q *queries) findAccount(name string) (int64, error) {
	login, ok := strings.CutPrefix(name, loginPrefix)
	if !ok {
		return parseID(accountID, name), nil
	}
	a, err := q.accountByLogin(login)
	return a.id, err
}

// formatVersion writes an item's version as it stands in answers and, in quotes, in If-Match.
func formatVersion(n int64) string { return strconv.FormatInt(n, 10) }
