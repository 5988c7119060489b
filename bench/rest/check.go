package rest

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/portalbench/portalbench/bench"
	"github.com/portalbench/portalbench/results"
	"github.com/portalbench/portalbench/scenarios"
)

// Description is a portal's description that was read and found right. It is not changed, and safe for concurrent use.
type Description struct {
	Name           string
	About          string
	Untested       bool     // nobody has tried it against a live server
	OwnCertificate bool     // on this machine the portal's certificate is not to be checked
	Needs          []string // settings and secrets it takes from elsewhere: NAME, env:NAME or file:PATH

	secrets  []string // of those, whatever comes from env: or file:
	headers  []entry
	values   map[string]map[string]any // by variable
	limits   limits
	refusals refusal
	roles    map[bench.AccountKind]*role
	all      *role // everybody's
	duties   [len(kinds)]duties
}

// role is what one kind of people can do, and how.
type role struct {
	signIn *entrance
	local  map[results.OpKind]bool
	ops    [results.NumOps][]*action
	clean  []*action
}

// everybody's sections, in the order in which they are told of.
const (
	isPatient = bench.PatientAccount
	isProxy   = bench.ProxyAccount
	isStaff   = bench.StaffAccount
	isAdmin   = bench.AdminAccount
)

// compiler turns what is written into what is done, and notes what is wrong with it.
type compiler struct {
	problems scenarios.Problems
	look     func(reference string) (string, error) // finds settings and secrets; nil: they are only noted
	needs    []string
	secrets  []string
	names    []string // the variables that are known where the compiler is
	sessions []string // those that signing in keeps
	where    string   // for messages
	file     string
	ok       test // of requests that have none of their own
}

// Read reads a description. look finds the settings and secrets it names, as Lookup does; with a nil one they are not looked
// for, and the description can be told of but not used. Errors are the user's to mend: Problems, in the order of the lines.
func Read(name string, src []byte, look func(reference string) (string, error)) (*Description, error) {
	var f file
	if err := scenarios.DecodeStrict(name, src, &f); err != nil {
		return nil, discreet(err)
	}
	c := &compiler{look: look, file: name}
	d := c.description(&f)
	if len(c.problems) > 0 {
		slices.SortStableFunc(c.problems, func(a, b scenarios.Problem) int {
			return cmp.Or(cmp.Compare(a.At.Line, b.At.Line), cmp.Compare(a.At.Column, b.At.Column))
		})
		return nil, discreet(c.problems)
	}
	return d, nil
}

// secretLine finds lines of the file that may hold a secret, though none should.
var secretLine = regexp.MustCompile(`(?i)(authorization|cookie|secret|passw|api[-_]?key|access[-_]?token)[a-z_-]*["']?\s*:\s*["']?[^\s"'{$]`)

// discreet leaves out the excerpts of problems in which a secret may stand.
func discreet(err error) error {
	var found scenarios.Problems
	if !errors.As(err, &found) {
		return err
	}
	for i := range found {
		if secretLine.MatchString(found[i].Excerpt) {
			found[i].Excerpt = ""
		}
	}
	return found
}

func (c *compiler) description(f *file) *Description {
	d := &Description{Name: f.Portal, About: f.About, Untested: f.Untested, OwnCertificate: f.OwnCertificate, limits: f.Limits,
		roles: map[bench.AccountKind]*role{}}
	if strings.TrimSpace(f.Portal) == "" {
		c.at(scenarios.Pos{File: c.file}, "the portal has no name", "write portal: and a name for reports")
	}
	c.names, c.where = nil, "in the headers of all requests"
	d.headers = c.entries(f.Headers)
	c.where = "in ok of all requests"
	c.ok = c.success(&f.OK)
	d.values, d.refusals = c.values(&f.Values), c.refusals(&f.Refusals)
	c.limits(&f.Limits)
	sides := []struct {
		name string
		side *side
		kind bench.AccountKind
	}{{"everybody", f.Everybody, 0}, {"admin", f.Admin, isAdmin}, {"staff", f.Staff, isStaff}, {"patient", f.Patient, isPatient}, {"proxy", f.Proxy, isProxy}}
	for _, s := range sides {
		if s.side != nil && s.side.SignIn != nil {
			c.sessions = append(c.sessions, kept("session", s.side.SignIn.Steps)...)
		}
	}
	for _, s := range sides {
		if s.side == nil {
			continue
		}
		if r := c.role(s.name, s.side); s.name == "everybody" {
			d.all = r
		} else {
			d.roles[s.kind] = r
		}
	}
	if d.all == nil && len(d.roles) == 0 {
		c.at(scenarios.Pos{File: c.file}, "nobody can do anything", "write what people can do, below everybody, patient, proxy, staff or admin")
	}
	d.Needs, d.secrets = c.needs, c.secrets
	d.settle()
	return d
}

func kept(prefix string, steps []step) (names []string) {
	for _, s := range steps {
		for _, name := range slices.Sorted(maps.Keys(s.Keep)) {
			names = append(names, prefix+"."+name)
		}
	}
	return names
}

// opSteps returns what is written of each operation.
func (o *ops) opSteps() [results.NumOps][]step {
	return [results.NumOps][]step{results.OpProvision: o.Provision, results.OpRecipients: o.Recipients, results.OpSend: o.Send,
		results.OpReply: o.Reply, results.OpInbox: o.Inbox, results.OpThread: o.Thread, results.OpClaim: o.Claim, results.OpRoute: o.Route,
		results.OpLabel: o.Label, results.OpRead: o.Read, results.OpUnread: o.Unread, results.OpClose: o.Close, results.OpReopen: o.Reopen,
		results.OpAttach: o.Attach, results.OpFetch: o.Fetch, results.OpReading: o.Reading, results.OpAwait: o.Await}
}

func (c *compiler) role(name string, s *side) *role {
	r := &role{local: map[results.OpKind]bool{}}
	if s.SignIn != nil {
		r.signIn = c.entrance(name, s.SignIn)
	}
	steps := s.Ops.opSteps()
	for _, l := range s.Local {
		if c.oneOf(l, "operation that can be kept in this program", []string{"read", "attach"}) {
			k, _ := results.ParseOp(l.Text)
			if r.local[k] = true; len(steps[k]) > 0 {
				c.problem(l, 1, l.Text+" is kept in this program and asked of the portal as well", "delete it here, or below ops")
			}
		}
	}
	if r.clean = c.cleaning(s.Clean); len(r.clean) > 0 && name != "admin" {
		c.problem(s.Clean[0].Request, 1, "clean is no operation of "+name, "write it below admin, who removes what a run has made")
	}
	for k := range steps {
		if len(steps[k]) > 0 {
			r.ops[k] = c.steps(results.OpKind(k), name, steps[k])
			c.complete(results.OpKind(k), r.ops[k], steps[k])
		}
	}
	return r
}

// cleaning compiles the requests that remove what a run has made. They list nothing and take nothing.
func (c *compiler) cleaning(steps []step) (all []*action) {
	for i := range steps {
		c.names, c.where = append(always[:], c.sessions...), "in clean"
		all = append(all, c.action(results.OpAwait, &steps[i]))
	}
	return all
}

// steps compiles the requests of an operation. What one takes the next may use.
func (c *compiler) steps(k results.OpKind, who string, steps []step) (all []*action) {
	c.names = append(variables(k), c.sessions...)
	for i := range steps {
		s := &steps[i]
		c.where = fmt.Sprintf("in %s of %s", k, who)
		all = append(all, c.action(k, s))
		for _, t := range s.Take.named() {
			if t.from != nil && (t.name == "thread" || t.name == "message" || t.name == "item" || t.name == "version" || t.name == "ref") {
				c.know(t.name)
			}
		}
		prefix := "kept"
		if k == results.OpAuth {
			prefix = "session"
		}
		for _, name := range kept(prefix, steps[i:i+1]) {
			c.know(name)
		}
	}
	return all
}

func (c *compiler) know(name string) {
	if !slices.Contains(c.names, name) {
		c.names = append(slices.Clone(c.names), name)
	}
}

// wanted is a field of the contract and where it is found.
type wanted struct {
	name string
	from *text
}

func (t *taken) named() []wanted {
	return []wanted{{"thread", t.Thread}, {"message", t.Message}, {"item", t.Item}, {"version", t.Version}, {"ref", t.Ref},
		{"unread", t.Unread}, {"id", t.ID}, {"token", t.Token}, {"expires", t.Expires}}
}

// takes returns what may be taken from the answers of an operation.
func takes(k results.OpKind) []string {
	switch k {
	case results.OpAuth:
		return []string{"token", "expires"}
	case results.OpProvision:
		return []string{"id"}
	case results.OpAttach:
		return []string{"ref"}
	case results.OpUnread:
		return []string{"unread"}
	case results.OpRecipients, results.OpFetch, results.OpReading:
		return nil
	}
	return []string{"thread", "message", "item", "version"}
}

// lists returns the fields that the rows of an operation have, and those they must have; none for operations that list
// nothing.
func lists(k results.OpKind) (all, must []string) {
	switch k {
	case results.OpRecipients:
		return []string{"id", "name"}, []string{"id"}
	case results.OpInbox:
		return []string{"thread", "item", "version", "topic", "unread", "message"}, []string{"thread"}
	case results.OpUnread:
		return []string{"message"}, nil
	case results.OpThread:
		return []string{"message", "sender", "body", "sent"}, []string{"message", "body"}
	}
	return nil, nil
}

// complete checks that the requests of an operation bring what the contract asks for.
func (c *compiler) complete(k results.OpKind, actions []*action, steps []step) {
	last := steps[len(steps)-1].Request
	has := func(name string) bool {
		return slices.ContainsFunc(actions, func(a *action) bool {
			return slices.ContainsFunc(a.take, func(t taking) bool { return t.name == name })
		})
	}
	listed := slices.ContainsFunc(actions, func(a *action) bool { return a.rows != nil })
	counted := slices.ContainsFunc(actions, func(a *action) bool { return a.count })
	all, _ := lists(k)
	switch {
	case k == results.OpProvision && !has("id"):
		c.problem(last, 1, "provision takes no id from the answer", "add take: {id: PATH}")
	case k == results.OpAttach && !has("ref"):
		c.problem(last, 1, "attach takes no ref from the answer", "add take: {ref: PATH}, or keep files in this program until they are sent: local: [attach]")
	case k == results.OpUnread && !has("unread") && !counted:
		c.problem(last, 1, "unread takes no number from the answer", "add take: {unread: PATH}, or rows and count: true")
	case len(all) > 0 && k != results.OpUnread && !listed:
		c.problem(last, 1, fmt.Sprintf("%s has no rows", k), "add rows: with where the list is in the answer, and "+strings.Join(all, ", "))
	}
}

var methods = []string{http.MethodGet, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete}

// action compiles one request.
func (c *compiler) action(k results.OpKind, s *step) *action {
	a := &action{name: cmp.Or(s.Name, s.Request.Text), follow: s.Follow, count: s.Count, as: map[string]bench.AccountKind{"admin": isAdmin, "staff": isStaff}[s.As], asOther: s.As != ""}
	method, path, _ := strings.Cut(s.Request.Text, " ")
	switch {
	case !slices.Contains(methods, method):
		c.problem(s.Request, 1, fmt.Sprintf("%q does not begin with a method", s.Request.Text), "write it as GET /path, with GET, POST, PUT, PATCH or DELETE")
	case !strings.HasPrefix(path, "/"):
		c.problem(s.Request, len(method)+2, "the path does not begin with a slash", "write what follows the address that --url names: /messages")
	case strings.ContainsAny(path, "? \t"):
		c.problem(s.Request, len(method)+2, "the path holds a blank or a question mark", "write what follows the question mark below query")
	}
	a.method = method
	if s.If != nil && c.oneOf(*s.If, "variable", c.names) {
		a.only = s.If.Text
	}
	if s.Unless != nil && c.oneOf(*s.Unless, "variable", c.names) {
		a.unless = s.Unless.Text
	}
	c.paging(k, a, s)
	a.path = c.template(s.Request)
	if n := len(method) + 1; len(a.path.parts) > 0 && len(a.path.parts[0].literal) >= n {
		a.path.parts[0].literal = a.path.parts[0].literal[n:]
	}
	a.query, a.headers = c.entries(s.Query), c.entries(s.Headers)
	c.body(a, s)
	if a.ok = c.ok; s.OK.given() {
		a.ok = c.success(&s.OK)
	}
	if s.Find != nil {
		a.find = &finder{c.at0(s.Find.At), c.conditions(s.Find.Where)}
	}
	c.takings(k, a, s)
	c.rows(k, a, s)
	c.repeat(a, s)
	return a
}

// at0 checks the path of a list, and returns it.
func (c *compiler) at0(e text) string {
	c.path(e, 1, e.Text)
	return e.Text
}

// secretName finds fields whose content nobody should read in a file.
var secretName = regexp.MustCompile(`(?i)^(proxy-)?authorization$|^cookie$|secret|passw|^pass$|api[-_]?key|access[-_]?token`)

// entries compiles fields, in the order of their names.
func (c *compiler) entries(fields map[string]text) (all []entry) {
	for _, name := range slices.Sorted(maps.Keys(fields)) {
		e := fields[name]
		t := c.template(e)
		if secretName.MatchString(name) && !strings.Contains(e.Text, "{{") && !strings.Contains(e.Text, "${") {
			c.secretInFile(e.At, name)
		}
		all = append(all, entry{name, t})
	}
	return all
}

// secretInFile tells of a secret without showing the line it is in.
func (c *compiler) secretInFile(at scenarios.Pos, name string) {
	c.at(at, name+" is a secret, and stands in the file", "take it from the environment or a file of its own: ${env:NAME} or ${file:PATH}")
}

// body compiles the one body that a request may have.
func (c *compiler) body(a *action, s *step) {
	given := 0
	if s.JSON != nil {
		given++
		a.json = c.tree("", *s.JSON)
	}
	if s.Form != nil {
		given++
		a.form = c.entries(s.Form)
	}
	if s.Multipart != nil {
		given++
		a.multipart = &parts{fields: c.entries(s.Multipart.Fields), files: s.Multipart.Files}
		for _, name := range slices.Sorted(maps.Keys(s.Multipart.JSON)) {
			a.multipart.json = append(a.multipart.json, branch{name, c.tree(name, s.Multipart.JSON[name])})
		}
	}
	if s.Raw != nil {
		given++
		a.raw = &rawParts{c.template(s.Raw.Content), c.template(s.Raw.Type)}
	}
	switch {
	case given > 1:
		c.problem(s.Request, 1, "the request has more than one body", "leave all but one of json, form, multipart and raw out")
	case given > 0 && a.method == http.MethodGet:
		c.problem(s.Request, 1, "a GET has no body", "write it below query, or use another method")
	}
}

// tree compiles the body of a request.
func (c *compiler) tree(name string, t scenarios.Tree) *tree {
	made := &tree{group: t.Group, list: t.List, value: t.Value}
	for _, f := range t.Fields {
		made.fields = append(made.fields, branch{f.Name, c.tree(f.Name, f.Value)})
	}
	for _, item := range t.Items {
		made.items = append(made.items, c.tree("", item))
	}
	if t.Text != nil {
		text := c.template(*t.Text)
		if made.text = &text; secretName.MatchString(name) && !strings.Contains(t.Text.Text, "{{") && !strings.Contains(t.Text.Text, "${") {
			c.secretInFile(t.At, name)
		}
	}
	return made
}

func (c *compiler) success(s *success) test {
	t := test{status: s.Status, json: c.conditions(s.JSON)}
	for _, name := range slices.Sorted(maps.Keys(s.Header)) {
		one := c.condition(s.Header[name])
		one.path = name
		t.header = append(t.header, one)
	}
	if s.Text != nil {
		one := c.condition(*s.Text)
		t.text = &one
	}
	if s.Entries != nil {
		t.entries, t.entryStatus = c.at0(s.Entries.At), c.at0(s.Entries.Status)
	}
	return t
}

func (c *compiler) takings(k results.OpKind, a *action, s *step) {
	allowed := takes(k)
	for _, w := range s.Take.named() {
		if w.from == nil {
			continue
		}
		if !slices.Contains(allowed, w.name) {
			hint := fmt.Sprintf("%s brings nothing that could be taken: use keep for what a later request needs", k)
			if len(allowed) > 0 {
				hint = fmt.Sprintf("take %s, and keep what a later request needs", strings.Join(allowed, ", "))
			}
			c.problem(*w.from, 1, fmt.Sprintf("%s has no use for %s", cmp.Or(opName(k), "sign_in"), w.name), hint)
		}
		a.take = append(a.take, taking{w.name, c.source(w.from)})
	}
	for _, name := range slices.Sorted(maps.Keys(s.Keep)) {
		e := s.Keep[name]
		if !variableName.MatchString(name) {
			c.problem(e, 1, fmt.Sprintf("%q cannot be a variable's name", name), "use small letters and underscores")
		}
		a.keep = append(a.keep, taking{name, c.source(&e)})
	}
}

func opName(k results.OpKind) string {
	if k == results.OpAuth {
		return ""
	}
	return k.String()
}

func (c *compiler) repeat(a *action, s *step) {
	if s.Repeat == nil {
		return
	}
	r := s.Repeat
	a.repeat = &repetition{every: time.Duration(r.Every), within: time.Duration(r.Within), until: c.conditions(r.Until), failed: c.conditions(r.Failed)}
	if a.repeat.every <= 0 || a.repeat.within < a.repeat.every {
		c.problem(s.Request, 1, "repeat must have an end", "give every: 500ms and within: 10s, the second not shorter")
	}
	if s.Rows != nil {
		c.problem(s.Request, 1, "rows are listed once, and not again and again", "leave repeat out, or look for one row with find:")
	}
	if len(r.Until) == 0 && s.Find == nil {
		c.problem(s.Request, 1, "nothing says until when the request is repeated", "add find: with a row to wait for, or until: with conditions")
	}
}
