package scenarios

import (
	"reflect"
	"regexp"
	"slices"
	"strings"
)

// Source says where the value of one parameter comes from.
type Source struct {
	Path, Value string
	IDs         []string // rows of the evidence table
	Assumed     bool     // chosen by us: no published number was found
	Note        string   // what the comment adds, or who set the value
}

// Describe names the publications behind a value as cite writes them, or says that it is assumed, in the word given, or
// who set it.
func (s Source) Describe(assumed string, cite func(Evidence) string) string {
	if s.Assumed {
		return strings.TrimSuffix(assumed+": "+s.Note, ": ")
	}
	if len(s.IDs) == 0 {
		return s.Note
	}
	var parts []string
	for _, id := range s.IDs {
		citation := "not in the evidence table"
		if e, ok := LookUpEvidence(id); ok {
			citation = cite(e)
		}
		parts = append(parts, id+" "+citation)
	}
	text := strings.Join(parts, "; ")
	if s.Note != "" {
		text += " (" + s.Note + ")"
	}
	return text
}

// Sources returns the source of every number, duration and window, in the order of the language. A value from a file
// that says nothing about it is noted as set in that file.
func (d declared) Sources() []Source {
	var all []Source
	for _, l := range leaves(d.typ, d.root, "") {
		if !isParameter(l) {
			continue
		}
		s := parseSource(l.node.comment)
		s.Path, s.Value = l.path, l.node.written()
		switch {
		case l.node.at.in.set:
			s.Note = "set by --set"
		case l.node.comment == "":
			s.Note = "set in " + l.node.at.in.name
		}
		all = append(all, s)
	}
	return all
}

// Assumed returns the paths of the parameters without a published source, in the order of Sources.
func (d declared) Assumed() []string {
	var paths []string
	for _, s := range d.Sources() {
		if s.Assumed {
			paths = append(paths, s.Path)
		}
	}
	return paths
}

// isParameter reports whether a leaf is a quantity: plain texts, such as a role, are names and choices, as are
// expressions and what is true or false.
func isParameter(l leaf) bool {
	t := l.typ
	if t.Kind() == reflect.Slice {
		t = t.Elem()
	}
	return t.Kind() != reflect.String && t.Kind() != reflect.Bool && t != reflect.TypeFor[Expr]() && l.path != "language"
}

// written returns a leaf's value as in a file.
func (n *node) written() string {
	if n.kind != sequence {
		return n.text
	}
	texts := make([]string, len(n.items))
	for i, item := range n.items {
		texts[i] = item.text
	}
	return "[" + strings.Join(texts, ", ") + "]"
}

// parseSource reads the comment beside a value: ids of the evidence table with commas between them, or the word
// assumed, either followed by a colon and a remark. Anything else is a remark.
func parseSource(comment string) Source {
	head, note, _ := strings.Cut(comment, ":")
	head, note = strings.TrimSpace(head), strings.TrimSpace(note)
	if head == "assumed" {
		return Source{Assumed: true, Note: note}
	}
	ids := strings.Split(head, ",")
	for i := range ids {
		ids[i] = strings.TrimSpace(ids[i])
	}
	if slices.ContainsFunc(ids, func(id string) bool { return !evidenceID(id) }) {
		return Source{Note: comment}
	}
	return Source{IDs: ids, Note: note}
}

func evidenceID(text string) bool {
	ok, err := regexp.MatchString(`^[A-Z]{2,3}-?[0-9]{2}$`, text)
	return ok && err == nil
}
