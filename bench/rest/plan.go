package rest

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"time"

	"github.com/portalbench/portalbench/bench"
	"github.com/portalbench/portalbench/results"
	"github.com/portalbench/portalbench/scenarios"
)

// action is one request as it is made.
type action struct {
	name    string // for messages: without what is put in
	method  string
	path    template
	asOther bool              // in the name of
	as      bench.AccountKind // this kind of identity
	only    string            // variable without which it is left out
	unless  string            // variable with which it is left out
	follow  bool

	query, headers, form []entry
	json                 *tree
	multipart            *parts
	raw                  *rawParts

	ok     test
	find   *finder
	take   []taking
	keep   []taking
	rows   *rowPlan
	count  bool
	paging *pagePlan
	repeat *repetition
}

// entry is a field of a query, a header or a form.
type entry struct {
	name  string
	value template
}

// tree is a body of JSON.
type tree struct {
	group, list bool
	fields      []branch
	items       []*tree
	text        *template
	value       any
}

type branch struct {
	name string
	tree *tree
}

// parts are a multipart body.
type parts struct {
	fields []entry
	json   []branch // each a field whose content is JSON
	files  string   // name of the field of each file
}

type rawParts struct{ content, mediaType template }

// test is what an answer must pass for its request to count as done.
type test struct {
	status      []int // empty: 200 to 299
	header      []condition
	json        []condition
	text        *condition
	entries     string // path of the parts of a batch; empty: it is none
	entryStatus string
}

// finder looks for one row.
type finder struct {
	at    string
	where []condition
}

// taking is something found in an answer, and what it is called from then on.
type taking struct {
	name string
	from source
}

// rowPlan is where the rows of a list are, and their fields in them.
type rowPlan struct {
	at     string
	where  []condition
	unread []condition // nil: the portal does not say
	fields map[string]source
}

type pagePlan struct {
	kind         string
	next         source
	first        int
	window, back time.Duration
	most         int
}

type repetition struct {
	every, within time.Duration
	until, failed []condition
}

// entrance is how people sign in.
type entrance struct {
	headers      []entry // of all requests of whoever signs in so
	steps        []*action
	scheme       string
	maxAge       time.Duration
	status       []int // that show that somebody is not signed in any more
	text         *condition
	maxPerMinute int
}

// refusal tells what answers mean that are no success.
type refusal struct {
	detail source
	status map[int]results.Outcome
	text   []refusalText
}

type refusalText struct {
	outcome results.Outcome
	is      condition
}

func (c *compiler) entrance(who string, s *signIn) *entrance {
	e := &entrance{scheme: s.Scheme, maxAge: time.Duration(s.MaxAge), status: s.Renew.Status, maxPerMinute: s.MaxPerMinute,
		steps: c.steps(results.OpAuth, who, s.Steps)}
	c.names, c.where = append(variables(results.OpAuth), c.sessions...), "in the headers of sign_in of "+who
	e.headers = c.entries(s.Headers)
	if s.Renew.Text != nil {
		c.names, c.where = nil, "in renew"
		one := c.condition(*s.Renew.Text)
		e.text = &one
	}
	return e
}

// rowFields are the fields of rows by name, as they are written.
func (r *rows) rowFields() []wanted {
	return []wanted{{"thread", r.Thread}, {"item", r.Item}, {"version", r.Version}, {"topic", r.Topic}, {"message", r.Message},
		{"sender", r.Sender}, {"body", r.Body}, {"sent", r.Sent}, {"id", r.ID}, {"name", r.Name}}
}

func (c *compiler) rows(k results.OpKind, a *action, s *step) {
	if s.Count && s.Rows == nil {
		c.problem(s.Request, 1, "count has no rows to count", "add rows: with where the list is in the answer")
	}
	if s.Count && k != results.OpUnread {
		c.problem(s.Request, 1, "count is for unread", "leave it out")
	}
	if s.Rows == nil {
		return
	}
	all, must := lists(k)
	if len(all) == 0 {
		c.problem(s.Rows.At, 1, fmt.Sprintf("%s lists nothing", k), "use find: to look for one row among many")
		return
	}
	a.rows = &rowPlan{at: c.at0(s.Rows.At), where: c.conditions(s.Rows.Where), fields: map[string]source{}}
	for _, w := range s.Rows.rowFields() {
		switch {
		case w.from == nil && slices.Contains(must, w.name):
			c.problem(s.Rows.At, 1, fmt.Sprintf("the rows of %s lack %s", k, w.name), "say where it is in a row: "+w.name+": PATH")
		case w.from != nil && !slices.Contains(all, w.name):
			c.problem(*w.from, 1, fmt.Sprintf("the rows of %s have no use for %s", k, w.name), fmt.Sprintf("they have %v", all))
		case w.from != nil:
			c.path(*w.from, 1, w.from.Text)
			a.rows.fields[w.name] = source{in: "json", name: w.from.Text}
		}
	}
	if len(s.Rows.Unread) > 0 {
		if a.rows.unread = c.conditions(s.Rows.Unread); k != results.OpInbox {
			c.problem(s.Rows.At, 1, fmt.Sprintf("the rows of %s have no use for unread", k), "use where: to leave rows out")
		}
	}
}

// paging compiles how pages are turned, and makes its variables known to the request.
func (c *compiler) paging(k results.OpKind, a *action, s *step) {
	if lists, _ := lists(k); len(lists) > 0 || s.Paging != nil {
		c.know("limit")
	}
	p := s.Paging
	if p == nil {
		return
	}
	a.paging = &pagePlan{kind: p.Kind, next: c.source(p.Next), first: p.First, window: time.Duration(p.Window), back: time.Duration(p.Back), most: p.Most}
	if s.Rows == nil && s.Find == nil {
		c.problem(s.Request, 1, "paging has no list to turn the pages of", "add rows: or find:")
	}
	if needs := p.Kind == "cursor" || p.Kind == "link"; needs != (p.Next != nil) {
		c.problem(s.Request, 1, fmt.Sprintf("paging: kind %s and next do not go together", p.Kind), "cursor and link take next: from an answer, page and dates count themselves")
	}
	switch p.Kind {
	case "cursor", "page":
		c.know(p.Kind)
	case "dates":
		c.know("from")
		c.know("until")
		if a.paging.window <= 0 || a.paging.back < a.paging.window {
			c.problem(s.Request, 1, "paging by dates must have an end", "give window: 720h and back: 8760h, the second not shorter")
		}
	}
}

// categories are those of the contract.
var categories = [...]string{"advice", "refill", "appointment", "test_result", "referral", "education", "other"}

// values compiles the portal's words for those of the contract. A map must have them all, so that none slips through.
func (c *compiler) values(v *values) map[string]map[string]any {
	made := map[string]map[string]any{}
	flags, kinds := []string{"true", "false"}, []string{"patient", "proxy", "staff", "pool"}
	for _, m := range []struct {
		name string
		of   map[string]scenarios.Tree
		must []string
	}{{"category", v.Category, categories[:]}, {"urgent", v.Urgent, flags}, {"unread", v.Unread, flags}, {"closed", v.Closed, flags},
		{"kind", v.Kind, kinds}, {"role", v.Role, nil}} {
		if m.of != nil {
			made[m.name] = c.vocabulary(m.name, m.of, m.must)
		}
	}
	return made
}

func (c *compiler) vocabulary(name string, of map[string]scenarios.Tree, must []string) map[string]any {
	words := map[string]any{}
	for _, word := range slices.Sorted(maps.Keys(of)) {
		t := of[word]
		switch {
		case t.Group || t.List:
			c.at(t.At, fmt.Sprintf("values.%s.%s is no single value", name, word), "write a text, a number, true or false")
		case must != nil && !slices.Contains(must, word):
			e := text{Text: word, At: t.At}
			c.oneOf(e, "word of the contract for "+name, must)
		case t.Text != nil:
			words[word] = t.Text.Text
		default:
			words[word] = t.Value
		}
	}
	for _, word := range must {
		if _, there := of[word]; !there {
			c.at(anyPlace(of, c.file), fmt.Sprintf("values.%s lacks %s", name, word), "say what the portal calls it")
		}
	}
	return words
}

// anyPlace is the first place of a group.
func anyPlace(of map[string]scenarios.Tree, file string) scenarios.Pos {
	first := scenarios.Pos{File: file}
	for _, t := range of {
		if first.Line == 0 || t.At.Line < first.Line {
			first = t.At
		}
	}
	return first
}

func (c *compiler) limits(l *limits) {
	for name, one := range map[string]*length{"topic": l.Topic, "body": l.Body} {
		if one != nil && one.Most > 0 && one.Most < one.Least {
			c.at(scenarios.Pos{File: c.file}, fmt.Sprintf("limits.%s: at least %d and at most %d", name, one.Least, one.Most), "exchange them")
		}
	}
}

func (c *compiler) refusals(r *refusals) refusal {
	c.names, c.where = nil, "in refusals"
	made := refusal{detail: c.source(r.Detail), status: map[int]results.Outcome{401: results.Denied, 403: results.Denied, 404: results.NotFound,
		410: results.NotFound, 409: results.Conflict, 412: results.Conflict, 429: results.Throttled}}
	for _, l := range []struct {
		outcome results.Outcome
		status  []int
		text    *text
	}{{results.Throttled, r.Status.Throttled, r.Text.Throttled}, {results.Denied, r.Status.Denied, r.Text.Denied},
		{results.NotFound, r.Status.NotFound, r.Text.NotFound}, {results.Conflict, r.Status.Conflict, r.Text.Conflict},
		{results.Invalid, r.Status.Invalid, r.Text.Invalid}} {
		for _, status := range l.status {
			made.status[status] = l.outcome
		}
		if l.text != nil {
			made.text = append(made.text, refusalText{l.outcome, c.condition(*l.text)})
		}
	}
	return made
}

var variableName = regexp.MustCompile(`^[a-z_]+$`)
