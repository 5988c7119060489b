package scenarios

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// Digest identifies what the scenario declares: the first 16 hexadecimal digits of the SHA-256 of its values. The
// title, the list of policies and the sources do not enter, so two scenarios with one digest have the same people and
// the same clinic.
func (l *Loaded) Digest() string {
	s := *l.Scenario
	s.Title, s.Extends, s.Policies = "", "", nil
	return digest(s)
}

// Digest identifies what the policy declares, as Loaded.Digest does for scenarios.
func (l *LoadedPolicy) Digest() string {
	p := *l.Policy
	p.Title, p.Extends = "", ""
	return digest(p)
}

func digest(v any) string {
	b, err := json.Marshal(v) // the fields in their order, the keys of maps sorted
	if err != nil {
		panic(err) // checked values are finite
	}
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:8])
}

// Effective returns the file exactly as used: what it extends resolved, overrides applied, a source beside every
// value. Loading it gives the same scenario or policy again.
func (d declared) Effective() []byte {
	notes := map[*node]string{}
	for _, l := range leaves(d.typ, d.root, "") {
		notes[l.node] = l.sourceComment()
	}
	w := yamlWriter{notes: notes}
	w.entries(d.root, 0)
	return []byte(w.text.String())
}

// sourceComment returns the comment to write beside a leaf.
func (l leaf) sourceComment() string {
	switch {
	case l.node.comment != "" || !isParameter(l):
		return l.node.comment
	case l.node.at.in.set:
		return "set by --set"
	}
	return "set in " + l.node.at.in.name
}

// yamlWriter writes a tree as YAML: mappings as blocks, lists of texts and numbers on one line.
type yamlWriter struct {
	text  strings.Builder
	notes map[*node]string
}

func (w *yamlWriter) entries(n *node, indent int) {
	for _, e := range n.entries {
		w.text.WriteString(strings.Repeat(" ", indent))
		w.entry(e, indent)
	}
}

// entry writes one key with its value; the indentation has been written.
func (w *yamlWriter) entry(e entry, indent int) {
	w.text.WriteString(plainOrQuoted(e.name, false) + ":")
	switch {
	case e.value.kind == mapping:
		w.text.WriteString("\n")
		w.entries(e.value, indent+2)
	case e.value.kind == sequence && slices.ContainsFunc(e.value.items, func(i *node) bool { return i.kind == mapping }):
		w.text.WriteString("\n")
		for _, item := range e.value.items {
			w.item(item, indent+2)
		}
	case e.name == "title" && indent+len([]rune(e.name+": "+e.value.yaml(false))) > widest:
		w.folded(e.value.text, indent+2)
	default:
		w.text.WriteString(" " + e.value.yaml(false))
		if note := w.notes[e.value]; note != "" {
			w.text.WriteString(" # " + note)
		}
		w.text.WriteString("\n")
	}
}

// widest is how long a line with a text of words may be.
const widest = 100

// folded writes a long text as a block whose line breaks are read as spaces.
func (w *yamlWriter) folded(text string, indent int) {
	w.text.WriteString(" >-")
	used := widest
	for _, word := range strings.Fields(text) {
		if n := len([]rune(word)); used+1+n > widest {
			w.text.WriteString("\n" + strings.Repeat(" ", indent) + word)
			used = indent + n
		} else {
			w.text.WriteString(" " + word)
			used += 1 + n
		}
	}
	w.text.WriteString("\n")
}

// item writes a mapping that is an item of a list: its first key stands beside the dash.
func (w *yamlWriter) item(n *node, indent int) {
	w.text.WriteString(strings.Repeat(" ", indent) + "- ")
	for i, e := range n.entries {
		if i > 0 {
			w.text.WriteString(strings.Repeat(" ", indent+2))
		}
		w.entry(e, indent+2)
	}
}

// yaml returns a scalar or a list of scalars on one line.
func (n *node) yaml(inList bool) string {
	if n.kind != sequence {
		if _, isText := n.value.(string); isText {
			return plainOrQuoted(n.text, inList)
		}
		return n.text
	}
	items := make([]string, len(n.items))
	for i, item := range n.items {
		items[i] = item.yaml(true)
	}
	return "[" + strings.Join(items, ", ") + "]"
}

// plainOrQuoted returns a text as YAML, in quotes where it might be read as something else.
func plainOrQuoted(text string, inList bool) string {
	words := regexp.MustCompile(`^[A-Za-z/][A-Za-z0-9_./,;:()'&-]*( [A-Za-z0-9(][A-Za-z0-9_./,;:()'&-]*)*$`)
	duration := regexp.MustCompile(`^([0-9]+(h|m|s|ms))+$`)
	reserved := []string{"true", "false", "null", "yes", "no", "on", "off", "y", "n"}
	switch {
	case duration.MatchString(text):
		return text
	case slices.Contains(reserved, strings.ToLower(text)), !words.MatchString(text), strings.HasSuffix(text, ":"),
		strings.Contains(text, ": "), inList && strings.Contains(text, ","):
		return quoted(text)
	}
	return text
}

// quoted returns a text in double quotes. JSON's escapes are among YAML's; those that are for web pages would make
// expressions hard to read.
func quoted(text string) string {
	var b strings.Builder
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(text); err != nil {
		return fmt.Sprintf("%q", text)
	}
	return strings.TrimSuffix(b.String(), "\n")
}
