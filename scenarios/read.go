package scenarios

import (
	"errors"
	"fmt"
	"math"
	"strings"

	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/lexer"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"
)

// The bounds of a declared file. Far beyond what anybody writes by hand, they keep a hostile or mistaken file from
// exhausting the YAML parser, which recurses.
const (
	maxFileBytes = 1 << 20
	maxLineBytes = 4000
	maxNesting   = 40
)

// read parses one document into a tree. It returns nil when the text cannot be read at all; smaller faults are added
// to the findings and reading goes on.
func read(l *layer, src []byte, f *findings) *node {
	text := strings.TrimPrefix(strings.ReplaceAll(string(src), "\r\n", "\n"), "\ufeff")
	l.lines = strings.Split(text, "\n")
	if !readable(l, text, f) {
		return nil
	}
	file, err := parse(text)
	if err != nil {
		syntaxProblem(l, err, f)
		return nil
	}
	body := onlyDocument(l, file, f)
	if body == nil {
		return nil
	}
	r := reader{l, lineComments(text), f}
	return r.node(body, place{l, 1, 1, 1}, "", 0)
}

// readable checks the bounds and the one mistake that YAML reports badly: tabs in the indentation.
func readable(l *layer, text string, f *findings) bool {
	if len(text) > maxFileBytes {
		f.add(place{in: l}, "the file is larger than 1 MiB", "is it the right file?")
		return false
	}
	open := 0
	for i, line := range l.lines {
		indent := line[:len(line)-len(strings.TrimLeft(line, " \t"))]
		open += strings.Count(line, "[") + strings.Count(line, "{") - strings.Count(line, "]") - strings.Count(line, "}")
		switch tab := strings.Index(indent, "\t"); {
		case tab >= 0 && len(indent) < len(line):
			f.add(place{l, i + 1, tab + 1, 1}, "the line is indented with a tab", "indent with spaces, two a level")
			return false
		case len(line) > maxLineBytes:
			f.add(place{in: l, line: i + 1}, fmt.Sprintf("the line is longer than %d bytes", maxLineBytes), "break it up")
			return false
		case open > maxNesting || strings.Count(line, "- ") > maxNesting || strings.Count(line, "? ") > maxNesting:
			f.add(place{in: l, line: i + 1}, "the file is nested too deeply", "close the brackets, or write lists on lines of their own")
			return false
		}
	}
	return true
}

// parse calls the YAML parser and turns a panic of its into an error: it is not ours, and a file that upsets it is the
// user's to mend.
func parse(text string) (file *ast.File, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("the file is not YAML: %v", p)
		}
	}()
	return parser.ParseBytes([]byte(text), 0, parser.AllowDuplicateMapKey())
}

// syntaxProblem adds an error of the YAML parser.
func syntaxProblem(l *layer, err error, f *findings) {
	const hint = "check the indentation, and put quotes around text that contains a colon or a hash"
	var e interface {
		error
		GetToken() *token.Token
		GetMessage() string
	}
	if !errors.As(err, &e) || e.GetToken() == nil {
		f.add(place{in: l}, "cannot be read as YAML: "+firstLine(err.Error()), hint)
		return
	}
	f.add(tokenPlace(l, e.GetToken()), "cannot be read as YAML: "+e.GetMessage(), hint)
}

func firstLine(s string) string {
	line, _, _ := strings.Cut(s, "\n")
	return clip(line)
}

// onlyDocument returns the body of the file's single document.
func onlyDocument(l *layer, file *ast.File, f *findings) ast.Node {
	var body ast.Node
	for _, d := range file.Docs {
		if d.Body == nil || d.Body.Type() == ast.CommentType {
			continue
		}
		if body != nil {
			at := place{in: l}
			if d.Start != nil {
				at = tokenPlace(l, d.Start)
			}
			f.add(at, "the file holds more than one document", "put each in a file of its own")
			return nil
		}
		body = d.Body
	}
	if body == nil {
		f.add(place{in: l}, "the file is empty", "begin a scenario with `portalbench scenario init`, and the description of a portal with `portalbench portal profile show openemr`")
	}
	return body
}

func tokenPlace(l *layer, t *token.Token) place {
	return place{l, t.Position.Line, t.Position.Column, len([]rune(strings.TrimSpace(t.Value)))}
}

// lineComments returns the comments at the ends of lines, by line. Comments on lines of their own are for readers only.
func lineComments(text string) map[int]string {
	comments := map[int]string{}
	last := 0 // line of the last token that is no comment
	for _, t := range lexer.Tokenize(text) {
		if t.Type != token.CommentType {
			last = t.Position.Line
			continue
		}
		if t.Position.Line == last {
			comments[last] = strings.TrimSpace(t.Value)
		}
	}
	return comments
}

// reader turns the parser's nodes into ours.
type reader struct {
	layer    *layer
	comments map[int]string
	findings *findings
}

// node converts n. at is where to point when the node has no place of its own, comment the one beside its key.
func (r reader) node(n ast.Node, at place, comment string, depth int) *node {
	if n == nil {
		return &node{at: at}
	}
	if depth > maxNesting {
		r.findings.add(at, "nested too deeply", "")
		return &node{at: at}
	}
	switch n := n.(type) {
	case *ast.MappingNode:
		return r.mapping(n.Values, at, depth)
	case *ast.MappingValueNode:
		return r.mapping([]*ast.MappingValueNode{n}, at, depth)
	case *ast.SequenceNode:
		return r.sequence(n, at, comment, depth)
	case *ast.NullNode:
		return &node{at: at}
	}
	return r.scalar(n, comment)
}

func (r reader) mapping(values []*ast.MappingValueNode, at place, depth int) *node {
	m := &node{kind: mapping, at: at}
	for _, v := range values {
		t := v.Key.GetToken()
		keyAt := tokenPlace(r.layer, t)
		switch v.Key.(type) {
		case *ast.StringNode, *ast.IntegerNode, *ast.FloatNode, *ast.BoolNode:
		default:
			r.findings.add(keyAt, "a field's name is a plain word", "write it as name: value")
			continue
		}
		if m.get(t.Value) != nil {
			r.findings.add(keyAt, fmt.Sprintf("%q is given twice", t.Value), "delete one of the two")
			continue
		}
		value := r.node(v.Value, keyAt, r.comments[t.Position.Line], depth+1)
		m.entries = append(m.entries, entry{t.Value, keyAt, value})
	}
	return m
}

func (r reader) sequence(s *ast.SequenceNode, at place, comment string, depth int) *node {
	if s.IsFlowStyle {
		at = tokenPlace(r.layer, s.GetToken())
	}
	list := &node{kind: sequence, at: at, comment: comment}
	for _, v := range s.Values {
		itemAt := at
		if v != nil {
			itemAt = tokenPlace(r.layer, firstToken(v))
		}
		item := r.node(v, itemAt, r.comments[itemAt.line], depth+1)
		if list.comment == "" {
			list.comment = item.comment
		}
		list.items = append(list.items, item)
	}
	return list
}

// firstToken returns the token a node starts with: a mapping's own token is its first colon, not its first key.
func firstToken(n ast.Node) *token.Token {
	switch n := n.(type) {
	case *ast.MappingNode:
		if len(n.Values) > 0 {
			return n.Values[0].Key.GetToken()
		}
	case *ast.MappingValueNode:
		return n.Key.GetToken()
	}
	return n.GetToken()
}

func (r reader) scalar(n ast.Node, comment string) *node {
	t := n.GetToken()
	s := &node{at: tokenPlace(r.layer, t), text: t.Value, comment: comment}
	switch n := n.(type) {
	case *ast.StringNode:
		s.text, s.value = n.Value, n.Value
	case *ast.LiteralNode:
		s.text, s.value = n.Value.Value, n.Value.Value
	case *ast.BoolNode:
		s.value = n.Value
	case *ast.IntegerNode:
		s.value = r.integer(n, s)
	case *ast.FloatNode:
		s.value = n.Value
	case *ast.InfinityNode, *ast.NanNode:
		r.findings.add(s.at, fmt.Sprintf("%s is not a number that can be used here", s.text), "write a finite number")
	case *ast.AnchorNode, *ast.AliasNode, *ast.TagNode, *ast.MergeKeyNode:
		r.findings.add(s.at, "anchors, aliases and tags are not part of the language",
			"write the value out; a text that begins with & or * or ! needs quotes")
	default:
		r.findings.add(s.at, fmt.Sprintf("%q cannot be read here", s.text), "write a plain value")
	}
	return s
}

// integer returns an integer's value. YAML reads 010 as eight and 0x10 as sixteen, which nobody means in a clinic.
func (r reader) integer(n *ast.IntegerNode, s *node) any {
	digits := strings.TrimLeft(s.text, "+-")
	if len(digits) > 1 && digits[0] == '0' {
		r.findings.add(s.at, fmt.Sprintf("%s is not a decimal number", s.text), "write it without the leading zero")
		return nil
	}
	switch v := n.Value.(type) {
	case int64:
		return v
	case uint64:
		if v <= math.MaxInt64 {
			return int64(v)
		}
	}
	r.findings.add(s.at, s.text+" is too large", "write a smaller number")
	return nil
}
