package results

import "time"

// Load is what `portalbench load --format json` prints. Units are in the names.
type Load struct {
	Format   int    `json:"format"`
	Kind     string `json:"kind"` // load
	Scenario string `json:"scenario"`
	Policy   string `json:"policy"` // whose work was replayed
	Digest   string `json:"digest"`
	Seed     uint64 `json:"seed"`
	RunID    string `json:"run_id"`
	Trace    string `json:"trace,omitempty"` // file whose operations were replayed; empty: a scenario's were
	// ClockStarted is when the replay began, warm-up included.
	ClockStarted  time.Time `json:"clock_started,omitzero"`
	Portal        string    `json:"portal"`
	URL           string    `json:"url"`
	Validity      string    `json:"validity"`   // valid or invalid
	Why           []string  `json:"why"`        // every reason for invalid
	LimitedBy     []string  `json:"limited_by"` // whose doing those are: generator, portal, limiter or samples
	Warnings      []string  `json:"warnings"`
	Incomplete    bool      `json:"incomplete"` // interrupted or stopped before its end
	Stopped       string    `json:"stopped"`    // the rule that ended it early, and when; empty: none did
	OfferedPerS   Number    `json:"offered_per_s"`
	AskedPerS     Number    `json:"asked_per_s"`      // null when breadth and speed were given by hand, or in stages
	Stages        string    `json:"stages,omitempty"` // rates that changed, as asked for
	AchievedPerS  Number    `json:"achieved_per_s"`   // sent by the end of the window, or a second later
	CompletedPerS Number    `json:"completed_per_s"`  // answered by the end of the window
	RequestsPerS  Number    `json:"requests_per_s"`
	CareNetworks  int       `json:"care_networks"`
	Speed         Number    `json:"speed"`
	At            string    `json:"at"`
	WarmUpS       Number    `json:"warm_up_s"`
	DurationS     Number    `json:"duration_s"`
	Dispersion    Number    `json:"dispersion"` // index of dispersion of sends per 100 ms: variance over mean
	// ScheduledDispersion is that of the moments at which operations were due.
	ScheduledDispersion Number          `json:"dispersion_scheduled"`
	Mailbox             Mailbox         `json:"mailbox"`
	Preflight           *Preflight      `json:"preflight"` // null when the portal was not verified before the clock
	Generator           GeneratorHealth `json:"generator"`
	Ops                 []OpResult      `json:"ops"` // "all" first, then every operation of the contract, also unmeasured ones
	Errors              []ErrorExample  `json:"errors"`
	Mix                 []MixRow        `json:"mix"`
	NotListed           int64           `json:"not_listed"`
	VisibleAfterMS      *Latency        `json:"visible_after_ms"` // null when not measured
	Ledger              *Ledger         `json:"ledger"`           // null when not checked
	Staff               []StaffWait     `json:"staff"`
	FeedBack            *FeedBack       `json:"feed_back"` // null unless asked for
	Thresholds          []Threshold     `json:"thresholds"`
	Target              *Target         `json:"target"` // null when the portal's process was not watched
}

// Mailbox is how many messages the run itself has put on the portal: before the clock, and by its end. What earlier runs
// left there is not counted.
type Mailbox struct {
	Start int64 `json:"start"`
	End   int64 `json:"end"`
}

// GeneratorHealth is how hard the generator itself had to work.
type GeneratorHealth struct {
	CPUShare   Number `json:"cpu_share"` // of GOMAXPROCS cores
	GCPauseMS  Number `json:"gc_pause_ms"`
	GOMAXPROCS int    `json:"gomaxprocs"`
	OpenedConn int64  `json:"opened_connections"`
}

// OpResult is one operation's row, or that of "all".
type OpResult struct {
	Op         string           `json:"op"`
	Offered    int64            `json:"offered"`
	Sent       int64            `json:"sent"`
	Late       int64            `json:"late"` // of those: sent more than LateAfter after they could have been
	Requests   int64            `json:"requests"`
	Outcomes   map[string]int64 `json:"outcomes"` // only those that occurred
	ResponseMS Latency          `json:"response_ms"`
	ServiceMS  Latency          `json:"service_ms"`
	LagMS      Latency          `json:"lag_ms"`
	WaitMS     Latency          `json:"wait_ms"`
	ScheduleMS Latency          `json:"schedule_ms"`
	FailedMS   Latency          `json:"failed_ms"` // response of answers that were not ok
	BytesIn    int64            `json:"bytes_in"`
	BytesOut   int64            `json:"bytes_out"`
}

// ErrorExample is one way in which operations were not ok, with the words of the first that ended so. The counts of an
// operation and outcome add up to that of its row.
type ErrorExample struct {
	Op      string `json:"op"`
	Outcome string `json:"outcome"`
	Status  int    `json:"status"` // of HTTP; 0: none, or not known
	Count   int64  `json:"count"`
	Example string `json:"example"` // what the portal said, without secrets, or why it was skipped; may be empty
}

// MixRow sets how often people do an operation on the portal beside how often the model has them do it, in the measured
// window.
type MixRow struct {
	Op      string `json:"op"`
	Model   int64  `json:"model"`   // also where the portal cannot do it
	Offered int64  `json:"offered"` // as in ops
}

// LateAfter is the lag beyond which an operation counts as late.
const LateAfter = 10 * time.Millisecond

// Latency summarises a distribution in milliseconds. All are null when nothing was measured.
type Latency struct {
	Mean Number `json:"mean"`
	P50  Number `json:"p50"`
	P90  Number `json:"p90"`
	P95  Number `json:"p95"`
	P99  Number `json:"p99"`
	P999 Number `json:"p999"`
	Max  Number `json:"max"`
}

// Ledger says whether acknowledged messages were found again.
type Ledger struct {
	Checked    int64  `json:"checked"`
	Found      int64  `json:"found"`
	Lost       int64  `json:"lost"`
	Duplicated int64  `json:"duplicated"`
	Leaked     *int64 `json:"leaked"` // null where one identity serves everybody
	OutOfOrder int64  `json:"out_of_order"`
	Unread     int64  `json:"unread"` // not checked, because their thread could not be read
	Late       int64  `json:"late"`   // of those found, or not lost, how many were missing when they were first looked for
	LateS      Number `json:"late_s"` // until the last of them was there; 0: none was late
}

// Broken counts what the portal did to messages that no portal may: lost, duplicated, put out of order or leaked. It
// is 0 when the ledger was not checked.
func (g *Ledger) Broken() int64 {
	if g == nil {
		return 0
	}
	return g.Lost + g.Duplicated + g.OutOfOrder + g.Leaks()
}

// Leaks counts the messages that somebody could read who must not; 0 where that cannot be told.
func (g *Ledger) Leaks() int64 {
	if g == nil || g.Leaked == nil {
		return 0
	}
	return *g.Leaked
}

// StaffWait sets the time a role waits for the portal beside the time it works on messages.
type StaffWait struct {
	Role                      string `json:"role"`
	PortalWaitMinutes         Number `json:"portal_wait_minutes_per_workday"`
	HandlingMinutesPerWorkday Number `json:"handling_minutes_per_workday"`
}

// Threshold is one limit and how the run stands to it.
type Threshold struct {
	Expression string `json:"expression"`
	Status     string `json:"status"` // pass, fail or inconclusive
	Value      Number `json:"value"`
}
