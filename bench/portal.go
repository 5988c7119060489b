package bench

import (
	"cmp"
	"context"
	"net/http"
	"time"

	"github.com/portalbench/portalbench/results"
)

// Portal is what an adapter implements. Its methods are called by many goroutines at once, but never by two for the
// same Session.
type Portal interface {
	// Capabilities says which operations the portal has.
	Capabilities() Capabilities
	// SignIn opens s: it sets the session's token and expiry from s.Account.
	SignIn(ctx context.Context, s *Session) error
	// Do carries out one operation of the contract, which may take several requests. A portal that answers, however
	// it answers, is no error: the Answer's outcome says how the operation ended. Errors are those of the connection
	// and of the generator; the engine classifies them.
	Do(ctx context.Context, s *Session, c *Call) (Answer, error)
}

// Support says how a portal provides an operation.
type Support uint8

// The kinds of support.
const (
	Absent   Support = iota
	Native           // one request
	Composed         // several requests
	Local            // kept by this program: the portal does not know of it
)

// String returns the support's name in reports.
func (s Support) String() string { return [...]string{"absent", "native", "composed", "local"}[s] }

// Capabilities is the portal's row of the capability table.
type Capabilities struct {
	Name        string
	Ops         [results.NumOps]Support
	OneIdentity bool // one identity serves everybody, so nothing can be said of who may see what
	// Where only one side can do an operation, the other is named here.
	NotByPatients, NotByStaff [results.NumOps]bool
	AccountsAtOnce            int // that one provisioning operation makes, at most; 0: 500
	// Current says that whoever looks sees what is there at that moment. Of other portals it is not known how old an answer may be.
	Current bool
}

// Can reports whether accounts of a kind can do an operation. Proxies can do what patients can.
func (c Capabilities) Can(kind AccountKind, k results.OpKind) bool {
	switch kind {
	case PatientAccount, ProxyAccount:
		return c.Ops[k] != Absent && !c.NotByPatients[k]
	case StaffAccount:
		return c.Ops[k] != Absent && !c.NotByStaff[k]
	}
	return c.Ops[k] != Absent
}

// Row returns the kinds of support by the names of the operations.
func (c Capabilities) Row() map[string]string {
	row := map[string]string{}
	for k, support := range c.Ops {
		row[results.OpKind(k).String()] = support.String()
	}
	return row
}

// AccountKind says what an account may be used for.
type AccountKind uint8

// The kinds of accounts. A pool is an address, nobody signs in to it.
const (
	PatientAccount AccountKind = iota
	ProxyAccount
	StaffAccount
	PoolAccount
	AdminAccount
)

// Account is a person's or a pool's place on the portal.
type Account struct {
	Kind    AccountKind
	Login   string // business identifier: unique on the portal, the same in every run for the same person
	Secret  string // never printed
	ID      string // the portal's own id, set by provisioning
	Display string // a synthetic name
	Role    string // of staff
	ActsFor string // proxy: login of the patient
	Run     string // the run that the account is made for and removed with; empty: others use it too
	// PatientID is the portal's own id of the patient for whom a proxy acts, set with ID where adapters need it.
	PatientID string
	// SecretFrom says where the secret comes from, for people: the auth file, an environment variable, a file.
	SecretFrom string
	Pools      []string // staff: logins of the pools they belong to
	// CareTeam holds the logins of the staff and pools that a patient, or a proxy for the patient, may write to.
	CareTeam []string
}

// Session is one person's connection to the portal. It is used by one goroutine at a time.
type Session struct {
	Account *Account
	Token   string
	Scheme  string // of the Authorization header; empty: Bearer
	Expires time.Time
	Jar     http.CookieJar // nil until the portal sets a cookie
	// Vars are what signing in brought beside a token, such as what protects forms. The adapter's own.
	Vars     map[string]string
	renewal  string // a refresh token
	standing        // what the portal has made of it
}

// Authorize shows a request's portal who sends it, if the session has a token.
func (s *Session) Authorize(r *http.Request) {
	if s.Token != "" {
		r.Header.Set("Authorization", cmp.Or(s.Scheme, "Bearer")+" "+s.Token)
	}
}

// Call is one operation with every handle resolved to the portal's own ids.
type Call struct {
	Kind      results.OpKind
	Run       string   // the run's id, by which what is written can be found and removed
	Subject   *Account // send, reply, reading, and what is done with an item: the patient it is about
	To        *Account // send, route: person or pool; inbox: whose list
	Thread    string
	Message   string // read: the message; reply: the one replied to
	Item      string
	Version   string // of the item, as last seen
	Topic     string
	Body      string
	Category  string // neutral category of the contract: advice, refill, appointment, test_result, referral, education, other
	Urgent    bool
	Tag       string   // correlation tag: run and thread, letters, digits and hyphens only; also part of Topic
	Files     []string // send, reply: references of attached files; fetch: the one wanted
	Content   []byte   // attach
	MediaType string
	Reading   Reading
	Unread    bool // inbox: unread threads only
	Closed    bool // inbox of a patient: closed threads as well
	Cursor    string
	Limit     int
	Accounts  []*Account // provision: makes what is missing, sets ID on each; idempotent by Login
}

// Reading is a measurement taken at home.
type Reading struct {
	Code  string // LOINC
	Value float64
	Unit  string // UCUM
	Taken time.Time
}

// Answer is what the portal said to a Call.
type Answer struct {
	Outcome  results.Outcome
	Status   int    // HTTP status of the deciding request
	Detail   string // for people; without secrets and message texts
	Thread   string
	Message  string
	Item     string
	Version  string
	Ref      string // attach
	Unread   int
	Items    []Listed
	Messages []Seen
	Next     string // inbox: cursor of the next page; empty on the last
	Rows     int    // inbox: of the page, with those that an adapter left out; 0: as many as Items
	Content  []byte // fetch
	Requests int    // how many requests the operation took
	BytesIn  int64
	BytesOut int64
}

// Listed is one row of an inbox.
type Listed struct {
	Thread, Item, Version, Topic string
	Unread                       bool
}

// Seen is one message of a thread.
type Seen struct {
	Message, Sender, Body string
	Sent                  time.Time
}
