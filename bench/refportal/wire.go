package refportal

import "time"

// The bodies of requests and answers, as docs/refportal.md describes them. The server and the adapter share them.

type signInBody struct {
	Login  string `json:"login"`
	Secret string `json:"secret"`
}

type signInAnswer struct {
	Token   string    `json:"token"`
	Expires time.Time `json:"expires"`
	Account string    `json:"account"`
	Kind    string    `json:"kind"`
}

type provisionBody struct {
	Accounts []accountBody `json:"accounts"`
}

type accountBody struct {
	Kind     string   `json:"kind"`
	Login    string   `json:"login"`
	Secret   string   `json:"secret,omitempty"`
	Display  string   `json:"display,omitempty"`
	Role     string   `json:"role,omitempty"`
	ActsFor  string   `json:"acts_for,omitempty"`
	Pools    []string `json:"pools,omitempty"`
	CareTeam []string `json:"care_team,omitempty"`
	Run      string   `json:"run,omitempty"`
}

type provisionAnswer struct {
	Accounts []provisioned `json:"accounts"`
}

type provisioned struct {
	ID      string `json:"id"`
	Login   string `json:"login"`
	Created bool   `json:"created"`
}

type recipientsAnswer struct {
	Recipients []recipient `json:"recipients"`
}

type recipient struct {
	ID      string `json:"id"`
	Kind    string `json:"kind"`
	Role    string `json:"role"`
	Display string `json:"display"`
}

type sendBody struct {
	Subject  string   `json:"subject"`
	To       string   `json:"to"`
	Category string   `json:"category,omitempty"`
	Urgent   bool     `json:"urgent,omitempty"`
	Topic    string   `json:"topic"`
	Body     string   `json:"body"`
	Files    []string `json:"files,omitempty"`
}

type replyBody struct {
	InReplyTo string   `json:"in_reply_to,omitempty"`
	Body      string   `json:"body"`
	Files     []string `json:"files,omitempty"`
}

// changeAnswer is what every change of a thread or item answers.
type changeAnswer struct {
	Thread  string `json:"thread"`
	Message string `json:"message,omitempty"`
	Item    string `json:"item"`
	State   string `json:"state"` // of the item
	Version string `json:"version"`
}

// partialAnswer is the answer to a change that a portal with faults has made in part.
type partialAnswer struct {
	changeAnswer
	Refused []refusedPart `json:"refused"`
}

// refusedPart is what was left undone of a request that was answered 200.
type refusedPart struct {
	Part   string `json:"part"` // field of the request, such as files[1]
	Status int    `json:"status"`
	Detail string `json:"detail"`
}

type threadAnswer struct {
	Thread   string          `json:"thread"`
	Subject  string          `json:"subject"`
	Topic    string          `json:"topic"`
	Category string          `json:"category"`
	Urgent   bool            `json:"urgent"`
	Closed   bool            `json:"closed"`
	Item     itemAnswer      `json:"item"`
	Messages []messageAnswer `json:"messages"`
}

type itemAnswer struct {
	Item    string `json:"item"`
	Thread  string `json:"thread"`
	State   string `json:"state"`
	Version string `json:"version"`
	Pool    string `json:"pool,omitempty"`
	Owner   string `json:"owner,omitempty"`
	Reason  string `json:"reason,omitempty"`
}

type messageAnswer struct {
	Message   string       `json:"message"`
	Sender    string       `json:"sender"`
	InReplyTo string       `json:"in_reply_to,omitempty"`
	Sent      time.Time    `json:"sent"`
	Body      string       `json:"body"`
	Unread    bool         `json:"unread"`
	Files     []fileAnswer `json:"files,omitempty"`
}

type fileAnswer struct {
	ID        string `json:"id"`
	MediaType string `json:"media_type"`
	Bytes     int64  `json:"bytes"`
}

type inboxAnswer struct {
	Order string     `json:"order"`
	Items []inboxRow `json:"items"`
	Next  string     `json:"next"`
}

type inboxRow struct {
	Thread   string `json:"thread"`
	Item     string `json:"item"`
	State    string `json:"state"`
	Version  string `json:"version"`
	Closed   bool   `json:"closed"`
	Topic    string `json:"topic"`
	Category string `json:"category"`
	Urgent   bool   `json:"urgent"`
	Subject  string `json:"subject"`
	Unread   int    `json:"unread"`
}

type unreadAnswer struct {
	Unread int `json:"unread"`
}

type routeBody struct {
	To     string `json:"to"`
	Reason string `json:"reason,omitempty"`
}

type labelBody struct {
	Category string `json:"category,omitempty"`
	Urgent   *bool  `json:"urgent,omitempty"`
}

type readAnswer struct {
	Message string `json:"message"`
}

type attachAnswer struct {
	ID string `json:"id"`
}

type readingBody struct {
	Subject string    `json:"subject"`
	Code    string    `json:"code"`
	Value   float64   `json:"value"`
	Unit    string    `json:"unit"`
	Taken   time.Time `json:"taken"`
	Run     string    `json:"run,omitempty"`
}

// removedAnswer says what a request has removed of a run, and whether there is more.
type removedAnswer struct {
	Threads  int64 `json:"threads"`
	Messages int64 `json:"messages"`
	Readings int64 `json:"readings"`
	Accounts int64 `json:"accounts"`
	More     bool  `json:"more"`
}

type readingAnswer struct {
	ID       string    `json:"id"`
	Code     string    `json:"code"`
	Value    float64   `json:"value"`
	Unit     string    `json:"unit"`
	Taken    time.Time `json:"taken"`
	Reporter string    `json:"reporter"`
}

type readingsAnswer struct {
	Readings []readingAnswer `json:"readings"`
	Next     string          `json:"next"`
}

type auditAnswer struct {
	Entries []auditEntry `json:"entries"`
	Next    string       `json:"next"`
}

type auditEntry struct {
	At      time.Time `json:"at"`
	Actor   string    `json:"actor"`
	Action  string    `json:"action"`
	Object  string    `json:"object"`
	Subject string    `json:"subject,omitempty"`
}

type errorAnswer struct {
	Error  string `json:"error"`
	Detail string `json:"detail"`
}

type healthAnswer struct {
	Status string `json:"status"`
	Stores bool   `json:"stores"` // false: a noop portal, which keeps nothing

	Faults []string `json:"faults,omitempty"` // what it does wrong on demand
}
