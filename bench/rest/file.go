package rest

import "github.com/portalbench/portalbench/scenarios"

// text is a text of the file whose place is known.
type text = scenarios.Expr

// file is the description of a portal as it is written. docs/adapters.md explains it field by field.
type file struct {
	Portal         string          `yaml:"portal" jsonschema_description:"name in reports"`
	About          string          `yaml:"about,omitempty"`
	Untested       bool            `yaml:"untested,omitempty" jsonschema_description:"nobody has tried it against a live server"`
	OwnCertificate bool            `yaml:"own_certificate,omitempty" jsonschema_description:"on this machine the portal's certificate is not checked"`
	Headers        map[string]text `yaml:"headers,omitempty"`
	Values         values          `yaml:"values,omitempty"`
	Limits         limits          `yaml:"limits,omitempty"`
	OK             success         `yaml:"ok,omitempty" jsonschema_description:"test of success of every request that has none of its own"`
	Refusals       refusals        `yaml:"refusals,omitempty"`
	Everybody      *side           `yaml:"everybody,omitempty"`
	Admin          *side           `yaml:"admin,omitempty"`
	Staff          *side           `yaml:"staff,omitempty"`
	Patient        *side           `yaml:"patient,omitempty"`
	Proxy          *side           `yaml:"proxy,omitempty"`
}

// side is what one kind of people can do, and how they sign in.
type side struct {
	SignIn *signIn `yaml:"sign_in,omitempty"`
	Local  []text  `yaml:"local,omitempty"`
	Ops    ops     `yaml:"ops,omitempty"`
	Clean  []step  `yaml:"clean,omitempty"` // of the administrator alone: removes what a run has made
}

// signIn is signing in by the file, in place of or beside the auth file.
type signIn struct {
	Headers      map[string]text    `yaml:"headers,omitempty"`
	Steps        []step             `yaml:"steps,omitempty"`
	Scheme       string             `yaml:"scheme,omitempty"`
	MaxAge       scenarios.Duration `yaml:"max_age,omitempty"`
	Renew        renew              `yaml:"renew,omitempty"`
	MaxPerMinute int                `yaml:"max_per_minute,omitempty" jsonschema:"minimum=0,maximum=1000000"`
}

// renew says by what an answer shows that somebody is no longer signed in.
type renew struct {
	Status []int `yaml:"status,omitempty"`
	Text   *text `yaml:"text,omitempty"`
}

// ops are the operations of the contract, each a list of requests.
type ops struct {
	Provision  []step `yaml:"provision,omitempty"`
	Recipients []step `yaml:"recipients,omitempty"`
	Send       []step `yaml:"send,omitempty"`
	Reply      []step `yaml:"reply,omitempty"`
	Inbox      []step `yaml:"inbox,omitempty"`
	Thread     []step `yaml:"thread,omitempty"`
	Claim      []step `yaml:"claim,omitempty"`
	Route      []step `yaml:"route,omitempty"`
	Label      []step `yaml:"label,omitempty"`
	Read       []step `yaml:"read,omitempty"`
	Unread     []step `yaml:"unread,omitempty"`
	Close      []step `yaml:"close,omitempty"`
	Reopen     []step `yaml:"reopen,omitempty"`
	Attach     []step `yaml:"attach,omitempty"`
	Fetch      []step `yaml:"fetch,omitempty"`
	Reading    []step `yaml:"reading,omitempty"`
	Await      []step `yaml:"await,omitempty"`
}

// step is one request, what must be true of its answer, and what is taken from it.
type step struct {
	Request   text            `yaml:"request"`
	Name      string          `yaml:"name,omitempty"`
	As        string          `yaml:"as,omitempty" jsonschema:"enum=admin,enum=staff"`
	If        *text           `yaml:"if,omitempty"`
	Unless    *text           `yaml:"unless,omitempty"`
	Query     map[string]text `yaml:"query,omitempty"`
	Headers   map[string]text `yaml:"headers,omitempty"`
	JSON      *scenarios.Tree `yaml:"json,omitempty"`
	Form      map[string]text `yaml:"form,omitempty"`
	Multipart *multipartBody  `yaml:"multipart,omitempty"`
	Raw       *rawBody        `yaml:"raw,omitempty"`
	Follow    bool            `yaml:"follow,omitempty"`
	OK        success         `yaml:"ok,omitempty"`
	Find      *find           `yaml:"find,omitempty"`
	Take      taken           `yaml:"take,omitempty"`
	Keep      map[string]text `yaml:"keep,omitempty"`
	Rows      *rows           `yaml:"rows,omitempty"`
	Count     bool            `yaml:"count,omitempty"`
	Paging    *paging         `yaml:"paging,omitempty"`
	Repeat    *repeat         `yaml:"repeat,omitempty"`
}

// multipartBody is a form with files.
type multipartBody struct {
	Fields map[string]text           `yaml:"fields,omitempty"`
	JSON   map[string]scenarios.Tree `yaml:"json,omitempty"`
	Files  string                    `yaml:"files,omitempty"`
}

// rawBody is a body as it is.
type rawBody struct {
	Content text `yaml:"content"`
	Type    text `yaml:"type"`
}

// success says what an answer must be like for its request to count as done.
type success struct {
	Status  []int           `yaml:"status,omitempty"`
	Header  map[string]text `yaml:"header,omitempty"`
	JSON    map[string]text `yaml:"json,omitempty"`
	Text    *text           `yaml:"text,omitempty"`
	Entries *entries        `yaml:"entries,omitempty"`
}

// given reports whether anything is asked for.
func (s *success) given() bool {
	return s.Status != nil || s.Header != nil || s.JSON != nil || s.Text != nil || s.Entries != nil
}

// entries are the parts of a batch, each answered with a status of its own.
type entries struct {
	At     text `yaml:"at"`
	Status text `yaml:"status"`
}

// find looks for one row among many.
type find struct {
	At    text            `yaml:"at"`
	Where map[string]text `yaml:"where"`
}

// taken says where the answers that the contract asks for are found.
type taken struct {
	Thread  *text `yaml:"thread,omitempty"`
	Message *text `yaml:"message,omitempty"`
	Item    *text `yaml:"item,omitempty"`
	Version *text `yaml:"version,omitempty"`
	Ref     *text `yaml:"ref,omitempty"`
	Unread  *text `yaml:"unread,omitempty"`
	ID      *text `yaml:"id,omitempty"`
	Token   *text `yaml:"token,omitempty"`
	Expires *text `yaml:"expires,omitempty"`
}

// rows are a list in an answer, and where in a row its fields are.
type rows struct {
	At      text            `yaml:"at"`
	Where   map[string]text `yaml:"where,omitempty"`
	Thread  *text           `yaml:"thread,omitempty"`
	Item    *text           `yaml:"item,omitempty"`
	Version *text           `yaml:"version,omitempty"`
	Topic   *text           `yaml:"topic,omitempty"`
	Unread  map[string]text `yaml:"unread,omitempty"`
	Message *text           `yaml:"message,omitempty"`
	Sender  *text           `yaml:"sender,omitempty"`
	Body    *text           `yaml:"body,omitempty"`
	Sent    *text           `yaml:"sent,omitempty"`
	ID      *text           `yaml:"id,omitempty"`
	Name    *text           `yaml:"name,omitempty"`
}

// paging says how the next page of a list is asked for.
type paging struct {
	Kind   string             `yaml:"kind" jsonschema:"enum=cursor,enum=link,enum=page,enum=dates"`
	Next   *text              `yaml:"next,omitempty"`
	First  int                `yaml:"first,omitempty" jsonschema:"minimum=0,maximum=1"`
	Window scenarios.Duration `yaml:"window,omitempty"`
	Back   scenarios.Duration `yaml:"back,omitempty"`
	Most   int                `yaml:"most,omitempty" jsonschema:"minimum=0,maximum=100000"`
}

// repeat asks again until something is there.
type repeat struct {
	Every  scenarios.Duration `yaml:"every"`
	Within scenarios.Duration `yaml:"within"`
	Until  map[string]text    `yaml:"until,omitempty"`
	Failed map[string]text    `yaml:"failed,omitempty"`
}

// values are the portal's words for those of the contract.
type values struct {
	Category map[string]scenarios.Tree `yaml:"category,omitempty"`
	Urgent   map[string]scenarios.Tree `yaml:"urgent,omitempty"`
	Unread   map[string]scenarios.Tree `yaml:"unread,omitempty"`
	Closed   map[string]scenarios.Tree `yaml:"closed,omitempty"`
	Kind     map[string]scenarios.Tree `yaml:"kind,omitempty"`
	Role     map[string]scenarios.Tree `yaml:"role,omitempty"`
}

// limits are the lengths of texts that the portal takes, in characters.
type limits struct {
	Topic *length `yaml:"topic,omitempty"`
	Body  *length `yaml:"body,omitempty"`
}

type length struct {
	Least int `yaml:"least,omitempty" jsonschema:"minimum=0,maximum=10000000"`
	Most  int `yaml:"most,omitempty" jsonschema:"minimum=0,maximum=10000000"`
}

// refusals say what answers mean that are no success.
type refusals struct {
	Detail *text           `yaml:"detail,omitempty"`
	Status refusalStatuses `yaml:"status,omitempty"`
	Text   refusalTexts    `yaml:"text,omitempty"`
}

type refusalStatuses struct {
	Denied    []int `yaml:"denied,omitempty"`
	NotFound  []int `yaml:"notfound,omitempty"`
	Conflict  []int `yaml:"conflict,omitempty"`
	Throttled []int `yaml:"throttled,omitempty"`
	Invalid   []int `yaml:"invalid,omitempty"`
}

type refusalTexts struct {
	Denied    *text `yaml:"denied,omitempty"`
	NotFound  *text `yaml:"notfound,omitempty"`
	Conflict  *text `yaml:"conflict,omitempty"`
	Throttled *text `yaml:"throttled,omitempty"`
	Invalid   *text `yaml:"invalid,omitempty"`
}
