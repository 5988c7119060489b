package rest

import (
	"fmt"
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/tidwall/gjson"

	"github.com/portalbench/portalbench/results"
)

// condition is something that must be true of a text.
type condition struct {
	path  string // of the text within an answer or a row; empty: the text itself
	is    string // is, not, contains, lacks, matches, yes or no
	value template
	match *regexp.Regexp
}

var words = []string{"is", "not", "contains", "lacks", "matches", "yes", "no"}

// condition compiles `is VALUE`, `not VALUE`, `contains VALUE`, `lacks VALUE`, `matches REGEX`, `yes`, `no`, or a value
// alone.
func (c *compiler) condition(e text) condition {
	word, rest, more := strings.Cut(e.Text, " ")
	alone := word == "yes" || word == "no"
	switch {
	case alone && !more:
		return condition{is: word}
	case alone || !more || !slices.Contains(words, word):
		return condition{is: "is", value: c.template(e)}
	case word == "matches":
		return condition{is: word, match: c.regex(e, len("matches "), rest)}
	case word == "not" && slices.Contains(words, strings.SplitN(rest, " ", 2)[0]):
		c.problem(e, 1, fmt.Sprintf("a condition has one word, and %q has two", e.Text), "write lacks VALUE for what must not be in it, and not VALUE for what it must not be")
	}
	value := c.template(e)
	value.parts[0].literal = strings.TrimPrefix(value.parts[0].literal, word+" ")
	if value.parts[0] == (part{}) && len(value.parts) > 1 {
		value.parts = value.parts[1:]
	}
	return condition{is: word, value: value}
}

// conditions compiles a group of them, in the order of their paths.
func (c *compiler) conditions(group map[string]text) (all []condition) {
	for _, path := range slices.Sorted(maps.Keys(group)) {
		e := group[path]
		one := c.condition(e)
		one.path = path
		c.path(e, 1, path)
		all = append(all, one)
	}
	return all
}

// holds reports whether it is true of a text.
func (c *condition) holds(got string, value lookUp) bool {
	switch c.is {
	case "yes", "no":
		return (c.is == "yes") == (got != "" && got != "false" && got != "0" && got != "null" && got != "[]" && got != "{}")
	case "not":
		return got != c.value.text(value)
	case "contains":
		return strings.Contains(got, c.value.text(value))
	case "lacks":
		return !strings.Contains(got, c.value.text(value))
	case "matches":
		return c.match.MatchString(got)
	}
	return got == c.value.text(value)
}

// hold reports whether all are true of a part of an answer.
func hold(all []condition, in gjson.Result, value lookUp) bool {
	return !slices.ContainsFunc(all, func(c condition) bool { return !c.holds(at(in, c.path).String(), value) })
}

// at returns the part at a path; the whole where there is none.
func at(in gjson.Result, path string) gjson.Result {
	if path == "" {
		return in
	}
	return in.Get(path)
}

// regex compiles a regular expression that begins after some characters of a text.
func (c *compiler) regex(e text, skip int, expression string) *regexp.Regexp {
	if strings.Contains(expression, "{{.") {
		c.problem(e, skip+1, "a regular expression has no variables", "use is or contains, which have")
	}
	r, err := regexp.Compile(expression)
	if err != nil {
		c.problem(e, skip+1, strings.TrimPrefix(err.Error(), "error parsing regexp: "), "write it as Go's package regexp reads it, and \\ before what is meant literally")
		return regexp.MustCompile("")
	}
	return r
}

// path checks a path as gjson has them. gjson takes anything, and finds nothing where it was mistaken.
func (c *compiler) path(e text, column int, path string) {
	hint := "write the names of fields with dots between, and # or a number for the entries of a list: data.0.id"
	name, modified := strings.CutPrefix(path, "@")
	if end := strings.IndexAny(name, ".|:"); end >= 0 {
		name = name[:end]
	}
	switch {
	case path == "":
		c.problem(e, column, "the path is empty", hint)
	case path != strings.TrimSpace(path) || strings.HasPrefix(path, "$") || strings.HasPrefix(path, ".") || strings.HasSuffix(path, ".") || strings.Contains(path, ".."):
		c.problem(e, column, fmt.Sprintf("%q is no path", path), hint)
	case regexp.MustCompile(`\[\d*\]`).MatchString(path):
		c.problem(e, column, fmt.Sprintf("%q has brackets", path), hint)
	case strings.Count(path, "(") != strings.Count(path, ")"):
		c.problem(e, column, fmt.Sprintf("%q has a bracket that is not closed", path), hint)
	case modified && !gjson.ModifierExists(name, nil):
		c.problem(e, column, fmt.Sprintf("there is nothing like %q", path), "@this is the whole answer")
	}
}

// source is where something is found in an answer: in its JSON, a header field, a cookie or its text.
type source struct {
	in    string // json, header, cookie or text; empty: nowhere
	name  string // path or name
	match *regexp.Regexp
}

// source compiles a path, `header:NAME`, `header:NAME REGEX`, `cookie:NAME` or `text:REGEX`.
func (c *compiler) source(e *text) source {
	if e == nil {
		return source{}
	}
	in, rest, found := strings.Cut(e.Text, ":")
	skip := utf8.RuneCountInString(in) + 1
	switch {
	case found && in == "text":
		return source{in: in, match: c.group(*e, skip, rest)}
	case found && in == "cookie" && rest != "":
		return source{in: in, name: rest}
	case found && in == "header" && rest != "":
		name, expression, more := strings.Cut(rest, " ")
		s := source{in: in, name: name}
		if more {
			s.match = c.group(*e, skip+len(name)+1, expression)
		}
		return s
	}
	c.path(*e, 1, e.Text)
	return source{in: "json", name: e.Text}
}

// group compiles an expression whose first group, in parentheses, is what is wanted.
func (c *compiler) group(e text, skip int, expression string) *regexp.Regexp {
	r := c.regex(e, skip, expression)
	if r.NumSubexp() == 0 && expression != "" && r.String() != "" {
		c.problem(e, skip+1, "nothing of it is in parentheses", "put parentheses around what is wanted: token=([a-z]+)")
	}
	return r
}

// find returns what is at the source, as a value of JSON where it is one.
func (s source) find(a *received) any {
	switch s.in {
	case "json":
		return value(at(a.found, s.name))
	case "header":
		return grouped(s.match, a.header.Get(s.name))
	case "cookie":
		for _, c := range (&http.Response{Header: a.header}).Cookies() {
			if c.Name == s.name {
				return c.Value
			}
		}
	case "text":
		return grouped(s.match, string(a.content))
	}
	return ""
}

// grouped returns the first group of the expression in a text; all of it where there is no expression.
func grouped(r *regexp.Regexp, text string) string {
	if r == nil {
		return text
	}
	if m := r.FindStringSubmatch(text); len(m) > 1 {
		return m[1]
	}
	return ""
}

// value returns a part of an answer with its type. Numbers stay as they were written: ids have too many digits for floats.
func value(r gjson.Result) any {
	switch r.Type {
	case gjson.Null:
		return ""
	case gjson.True, gjson.False:
		return r.Bool()
	}
	return r.String()
}

// oneOf reports whether a name is one of some; if not, it is told of.
func (c *compiler) oneOf(e text, what string, known []string) bool {
	if slices.Contains(known, e.Text) {
		return true
	}
	hint := "choose " + strings.Join(known, ", ")
	if near := results.Nearest(e.Text, known, 1); len(near) == 1 {
		hint = fmt.Sprintf("did you mean %q? %s", near[0], hint)
	}
	c.problem(e, 1, fmt.Sprintf("%q is no %s", e.Text, what), hint)
	return false
}
