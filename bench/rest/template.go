package rest

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/portalbench/portalbench/bench"
	"github.com/portalbench/portalbench/results"
	"github.com/portalbench/portalbench/scenarios"
)

// template is a text with variables in it. There is nothing to a template but putting values in place of names: what a
// value holds is never read as a template again.
type template struct{ parts []part }

// part is a literal text, or the name of a variable.
type part struct{ literal, name string }

// lookUp returns the value of a variable: a string, bool, int, float64, []string or nil.
type lookUp func(name string) any

// text puts the values in.
func (t template) text(value lookUp) string {
	if len(t.parts) == 1 && t.parts[0].name == "" {
		return t.parts[0].literal
	}
	var b strings.Builder
	for _, p := range t.parts {
		b.WriteString(p.literal)
		if p.name != "" {
			b.WriteString(plain(value(p.name)))
		}
	}
	return b.String()
}

// value is the variable itself if the template is nothing else, with its type, and a text otherwise.
func (t template) value(value lookUp) any {
	if len(t.parts) == 1 && t.parts[0].name != "" {
		return value(t.parts[0].name)
	}
	return t.text(value)
}

// absent reports whether the template has variables and all of them are empty: what it stands for is then left out.
func (t template) absent(value lookUp) bool {
	named := false
	for _, p := range t.parts {
		if p.name == "" {
			continue
		}
		if named = true; !empty(value(p.name)) {
			return false
		}
	}
	return named
}

// missing returns the first variable that is empty, or "".
func (t template) missing(value lookUp) string {
	for _, p := range t.parts {
		if p.name != "" && empty(value(p.name)) {
			return p.name
		}
	}
	return ""
}

// astray returns the first variable that would lead elsewhere in a path, as "." and ".." do, or "".
func (t template) astray(value lookUp) string {
	for _, p := range t.parts {
		if v := plain(value(p.name)); p.name != "" && (v == "." || v == "..") {
			return p.name
		}
	}
	return ""
}

// empty reports whether a value counts as not given: no text and no list. false and 0 are values.
func empty(v any) bool {
	switch v := v.(type) {
	case nil:
		return true
	case string:
		return v == ""
	case []string:
		return len(v) == 0
	case []byte:
		return len(v) == 0
	}
	return false
}

// plain writes a value as a text.
func plain(v any) string {
	switch v := v.(type) {
	case nil:
		return ""
	case string:
		return v
	case []byte:
		return string(v)
	case bool:
		return strconv.FormatBool(v)
	case int:
		return strconv.Itoa(v)
	case int64:
		return strconv.FormatInt(v, 10)
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64)
	case []string:
		return strings.Join(v, ",")
	}
	return fmt.Sprint(v)
}

var (
	// opening finds where something is to be put in.
	opening = regexp.MustCompile(`\{\{|\$\{`)
	// variable is what may stand between the braces.
	variable = regexp.MustCompile(`^\{\{ *\.([a-z_]+(?:\.[a-z_]+)?) *\}\}`)
	setting  = regexp.MustCompile(`^\$\{((?:env:|file:)?[^{}$]+)\}`)
)

// template compiles a text. What is wrong in it is added to the problems.
func (c *compiler) template(e text) template {
	var t template
	rest, at := e.Text, 0 // characters before rest
	for {
		next := opening.FindStringIndex(rest)
		if next == nil {
			if rest != "" || len(t.parts) == 0 {
				t.parts = append(t.parts, part{literal: rest})
			}
			return t.joined()
		}
		if next[0] > 0 {
			t.parts = append(t.parts, part{literal: rest[:next[0]]})
		}
		at += utf8.RuneCountInString(rest[:next[0]])
		rest = rest[next[0]:]
		p, length := c.part(e, at, rest)
		if length == 0 {
			return t
		}
		t.parts = append(t.parts, p)
		at += utf8.RuneCountInString(rest[:length])
		rest = rest[length:]
	}
}

// joined puts literals together that stand side by side.
func (t template) joined() template {
	var parts []part
	for _, p := range t.parts {
		if n := len(parts); n > 0 && p.name == "" && parts[n-1].name == "" {
			parts[n-1].literal += p.literal
			continue
		}
		parts = append(parts, p)
	}
	return template{parts}
}

// part reads what is to be put in at the beginning of rest, and how many bytes it takes; none when it cannot be read.
func (c *compiler) part(e text, at int, rest string) (part, int) {
	if m := setting.FindStringSubmatch(rest); m != nil {
		return part{literal: c.setting(e, at, m[1])}, len(m[0])
	}
	m := variable.FindStringSubmatch(rest)
	if m == nil {
		c.problem(e, at+1, "this is no variable", "write {{.name}} for what an operation brings along, and ${NAME}, ${env:NAME} or ${file:PATH} for settings and secrets")
		return part{}, 0
	}
	if !slices.Contains(c.names, m[1]) {
		c.unknown(e, at+1+strings.Index(rest, m[1]), m[1])
	}
	return part{name: m[1]}, len(m[0])
}

// unknown tells of a variable that is not there.
func (c *compiler) unknown(e text, column int, name string) {
	hint := "here are " + strings.Join(c.names, ", ")
	if near := results.Nearest(name, c.names, 1); len(near) == 1 {
		hint = fmt.Sprintf("did you mean {{.%s}}?", near[0])
	}
	c.problem(e, column, fmt.Sprintf("nothing is called %q %s", name, c.where), hint)
}

// setting returns what the environment or a file says. Where nothing is to be looked up, it is noted as needed.
func (c *compiler) setting(e text, at int, reference string) string {
	if !slices.Contains(c.needs, reference) {
		c.needs = append(c.needs, reference)
	}
	if c.look == nil {
		return "x"
	}
	value, err := c.look(reference)
	if err != nil {
		c.problem(e, at+1, "${"+reference+"} has no value: it "+err.Error(), "set it before the program is started")
	}
	if strings.Contains(reference, ":") {
		c.secrets = append(c.secrets, value)
	}
	return value
}

// problem notes what is wrong at a character of a text.
func (c *compiler) problem(e text, column int, what, hint string) {
	c.problems = append(c.problems, e.Problem(column, what, hint))
}

// at notes what is wrong at a place that is no text.
func (c *compiler) at(at scenarios.Pos, what, hint string) {
	c.problems = append(c.problems, scenarios.Problem{At: at, What: what, Hint: hint})
}

// Lookup finds a setting: the environment variable NAME, or a secret as bench.SecretFrom does.
func Lookup(getenv func(string) string) func(string) (string, error) {
	return func(reference string) (string, error) {
		if strings.Contains(reference, ":") {
			return bench.SecretFrom(reference)
		}
		if v := getenv(reference); v != "" {
			return v, nil
		}
		return "", fmt.Errorf("is the environment variable %s, which is not set", reference)
	}
}

// always are the variables that every request may use.
var always = [...]string{"me.id", "me.login", "me.name", "me.role", "patient.id", "now", "run"}

// variables returns what an operation brings along.
func variables(k results.OpKind) (names []string) {
	switch k {
	case results.OpSend:
		names = []string{"subject.id", "subject.login", "subject.name", "to.id", "to.login", "to.name", "category", "urgent", "topic", "body", "tag", "files"}
	case results.OpReply:
		names = []string{"thread", "message", "item", "version", "subject.id", "subject.login", "subject.name", "topic", "body", "tag", "files"}
	case results.OpInbox:
		names = []string{"of.id", "of.login", "of.name", "unread", "closed", "category"}
	case results.OpUnread:
		names = []string{"of.id", "of.login", "of.name"}
	case results.OpThread:
		names = []string{"thread"}
	case results.OpClaim, results.OpRoute:
		names = []string{"subject.id", "subject.login", "subject.name", "thread", "item", "version", "to.id", "to.login", "to.name"}
	case results.OpLabel:
		names = []string{"subject.id", "subject.login", "subject.name", "thread", "item", "version", "category", "urgent"}
	case results.OpClose, results.OpReopen:
		names = []string{"subject.id", "subject.login", "subject.name", "thread", "item", "version"}
	case results.OpRead, results.OpAwait:
		names = []string{"thread", "message"}
	case results.OpAttach:
		names = []string{"content", "type"}
	case results.OpFetch:
		names = []string{"thread", "file"}
	case results.OpReading:
		names = []string{"subject.id", "subject.login", "subject.name", "code", "value", "unit", "taken"}
	case results.OpProvision:
		names = []string{"account.kind", "account.login", "account.secret", "account.name", "account.role", "account.acts_for",
			"account.acts_for_id", "account.pools", "account.pool_ids", "account.care_team", "account.run"}
	case results.OpAuth:
		names = []string{"me.secret"}
	}
	return append(names, always[:]...)
}
