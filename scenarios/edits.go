package scenarios

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// Edit is a value that is not the same in two files, as YAML.
type Edit struct {
	Path         string // such as staff.rn.fte; items of lists by their place, from 0
	First, Other string // empty: it is not there
}

// Edits compares what two scenarios or policies declare, value by value, in the order of the first: the order of names and
// what stands in remarks are nothing, and neither is what enters no digest: the title, what was extended and the list of
// policies. A part that one of them lacks is one edit, however much is in it. Both are files as used, with nothing left to
// extend.
func Edits(first, other []byte) ([]Edit, error) {
	if bytes.Equal(first, other) {
		return nil, nil
	}
	a, err := wholly(first)
	if err != nil {
		return nil, err
	}
	b, err := wholly(other)
	if err != nil {
		return nil, err
	}
	return edits(a, b, "", nil), nil
}

// wholly reads a file that has nothing wrong with it.
func wholly(text []byte) (*node, error) {
	var f findings
	n := read(&layer{}, text, &f)
	if n == nil {
		return nil, errors.New("it is no scenario or policy that can be read")
	}
	return n.without("title", "extends", "policies"), nil
}

// edits adds what differs between two parts at a path. Neither is nil.
func edits(a, b *node, path string, found []Edit) []Edit {
	switch {
	case a.kind != b.kind || a.kind == scalar || plainList(a) && plainList(b):
		if x, y := a.brief(), b.brief(); x != y {
			found = append(found, Edit{path, x, y})
		}
		return found
	case a.kind == sequence:
		for i := range max(len(a.items), len(b.items)) {
			found = editsOf(a.child(strconv.Itoa(i)), b.child(strconv.Itoa(i)), join(path, strconv.Itoa(i)), found)
		}
		return found
	}
	for _, e := range a.entries {
		found = editsOf(e.value, b.get(e.name), join(path, e.name), found)
	}
	for _, e := range b.entries {
		if a.get(e.name) == nil {
			found = editsOf(nil, e.value, join(path, e.name), found)
		}
	}
	return found
}

// editsOf is edits of parts of which one may be missing.
func editsOf(a, b *node, path string, found []Edit) []Edit {
	switch {
	case a == nil:
		return append(found, Edit{Path: path, Other: b.brief()})
	case b == nil:
		return append(found, Edit{Path: path, First: a.brief()})
	}
	return edits(a, b, path, found)
}

func plainList(n *node) bool {
	return n.kind == sequence && !slices.ContainsFunc(n.items, func(i *node) bool { return i.kind != scalar })
}

// brief writes a part in a line: of numbers the value, whichever way they were written, and of what has parts how many.
func (n *node) brief() string {
	switch {
	case n.kind == mapping:
		return fmt.Sprintf("{%d}", len(n.entries))
	case n.kind == sequence && !plainList(n):
		return fmt.Sprintf("[%d]", len(n.items))
	case n.kind == sequence:
		var items []string
		for _, item := range n.items {
			items = append(items, item.brief())
		}
		return "[" + strings.Join(items, ", ") + "]"
	case n.value == nil:
		return "null"
	}
	if text, isText := n.value.(string); isText {
		return plainOrQuoted(text, true)
	}
	return fmt.Sprint(n.value)
}
