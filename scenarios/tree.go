package scenarios

import (
	"slices"
	"strconv"
	"strings"
)

// node is a part of a declared file. Trees are not changed once built: merging and setting make new nodes.
type node struct {
	kind    nodeKind
	at      place
	comment string  // the comment at the end of the line, without the hash
	text    string  // of a scalar, as written
	value   any     // of a scalar: nil, bool, int64, float64 or string
	entries []entry // of a mapping, in the order written
	items   []*node // of a sequence
}

type nodeKind uint8

const (
	scalar nodeKind = iota
	mapping
	sequence
)

// entry is one key of a mapping with its value.
type entry struct {
	name  string
	at    place // of the key
	value *node
}

// get returns the value of a key of a mapping, or nil.
func (n *node) get(name string) *node {
	if n == nil || n.kind != mapping {
		return nil
	}
	for _, e := range n.entries {
		if e.name == name {
			return e.value
		}
	}
	return nil
}

// find returns the node at a dotted path, or nil. Numbers count the items of a sequence from 0.
func (n *node) find(path string) *node {
	if path == "" {
		return n
	}
	for _, name := range strings.Split(path, ".") {
		n = n.child(name)
	}
	return n
}

func (n *node) child(name string) *node {
	if n == nil || n.kind != sequence {
		return n.get(name)
	}
	if i, err := strconv.Atoi(name); err == nil && i >= 0 && i < len(n.items) {
		return n.items[i]
	}
	return nil
}

// without returns the mapping without some keys.
func (n *node) without(names ...string) *node {
	if n == nil || n.kind != mapping {
		return n
	}
	less := *n
	less.entries = slices.DeleteFunc(slices.Clone(n.entries), func(e entry) bool { return slices.Contains(names, e.name) })
	return &less
}

// merge lays one tree over another: mappings merge key by key, everything else replaces what is below.
func merge(under, over *node) *node {
	if under == nil || under.kind != mapping || over.kind != mapping {
		return over
	}
	merged := *over
	merged.entries = slices.Clone(under.entries)
	for _, e := range over.entries {
		i := slices.IndexFunc(merged.entries, func(u entry) bool { return u.name == e.name })
		if i < 0 {
			merged.entries = append(merged.entries, e)
			continue
		}
		e.value = merge(merged.entries[i].value, e.value)
		merged.entries[i] = e
	}
	return &merged
}

// setAt returns the tree with the value at a path replaced. Missing mappings on the way are made; a missing item of a
// sequence is not.
func (n *node) setAt(path []string, value *node) *node {
	if len(path) == 0 {
		return value
	}
	if n != nil && n.kind == sequence {
		i, err := strconv.Atoi(path[0])
		if err != nil || i < 0 || i >= len(n.items) {
			return n
		}
		changed := *n
		changed.items = slices.Clone(n.items)
		changed.items[i] = n.items[i].setAt(path[1:], value)
		return &changed
	}
	over := &node{kind: mapping, at: value.at, entries: []entry{{path[0], value.at, n.get(path[0]).setAt(path[1:], value)}}}
	if n == nil || n.kind != mapping {
		return over
	}
	changed := merge(n.without(path[0]), over)
	changed.at = n.at
	return changed
}

// plain returns the tree as the values that JSON knows.
func (n *node) plain() any {
	switch n.kind {
	case mapping:
		m := make(map[string]any, len(n.entries))
		for _, e := range n.entries {
			m[e.name] = e.value.plain()
		}
		return m
	case sequence:
		s := make([]any, len(n.items))
		for i, item := range n.items {
			s[i] = item.plain()
		}
		return s
	}
	return n.value
}

// describe says what a node is, for messages about wrong types.
func (n *node) describe() string {
	switch n.kind {
	case mapping:
		return "a group of fields"
	case sequence:
		return "a list"
	}
	switch n.value.(type) {
	case nil:
		return "nothing"
	case string:
		return "the text " + strconv.Quote(clip(n.text))
	case bool:
		return "yes or no"
	}
	return "the number " + n.text
}
