package results

// Filing is what `portalbench portal seed --format json` prints: the history that is on the portal now.
type Filing struct {
	Format      int      `json:"format"`
	Kind        string   `json:"kind"` // seed
	Scenario    string   `json:"scenario"`
	Digest      string   `json:"digest"`
	Seed        uint64   `json:"seed"`
	RunID       string   `json:"run_id"`
	Portal      string   `json:"portal"`
	URL         string   `json:"url"`
	People      int64    `json:"people"`              // and pools that are there
	Threads     int64    `json:"threads"`             // made, or found half made and completed
	Messages    int64    `json:"messages"`            // in them
	FoundBefore int64    `json:"threads_done_before"` // by an earlier process of the same filing
	Check       Ledger   `json:"check"`               // of the messages, as in a load
	Seconds     Number   `json:"seconds"`
	Warnings    []string `json:"warnings"`
	Incomplete  bool     `json:"incomplete"`
}

// Cleaned is what `portalbench portal clean --format json` prints: how much was removed.
type Cleaned struct {
	Format   int    `json:"format"`
	Kind     string `json:"kind"` // clean
	RunID    string `json:"run_id"`
	URL      string `json:"url"`
	Told     bool   `json:"told"` // false: the portal does not say how much, and the numbers mean nothing
	Threads  int64  `json:"threads"`
	Messages int64  `json:"messages"`
	Readings int64  `json:"readings"`
	Accounts int64  `json:"accounts"`
}

// Add adds what another check found.
func (l *Ledger) Add(other *Ledger) {
	if other == nil {
		return
	}
	l.Checked += other.Checked
	l.Found += other.Found
	l.Lost += other.Lost
	l.Duplicated += other.Duplicated
	l.OutOfOrder += other.OutOfOrder
	l.Unread += other.Unread
	l.Late += other.Late
	l.LateS = max(l.LateS, other.LateS)
	if other.Leaked != nil {
		sum := *other.Leaked
		if l.Leaked != nil {
			sum += *l.Leaked
		}
		l.Leaked = &sum
	}
}
