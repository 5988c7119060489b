package scenarios

import (
	"encoding"
	"reflect"
	"slices"
	"strconv"
	"strings"
)

// field is a field of a declared type as it is called in files.
type field struct {
	name     string
	index    int
	optional bool // tagged omitempty: may be left out
	typ      reflect.Type
}

// fieldsOf returns the fields of a struct type that have a yaml name, in their order.
func fieldsOf(t reflect.Type) []field {
	var fields []field
	for i := range t.NumField() {
		f := t.Field(i)
		name, options, _ := strings.Cut(f.Tag.Get("yaml"), ",")
		if !f.IsExported() || name == "" || name == "-" {
			continue
		}
		fields = append(fields, field{name, i, strings.Contains(options, "omitempty"), f.Type})
	}
	return fields
}

func fieldNames(fields []field) []string {
	names := make([]string, len(fields))
	for i, f := range fields {
		names[i] = f.name
	}
	return names
}

// isText reports whether a type is written as a text of its own, such as a window.
func isText(t reflect.Type) bool {
	return reflect.PointerTo(t).Implements(reflect.TypeFor[encoding.TextUnmarshaler]())
}

// typeAt returns the type of the field at a path below t. Any name is accepted for the key of a map and any number
// for the item of a list.
func typeAt(t reflect.Type, path []string) (reflect.Type, bool) {
	if len(path) == 0 {
		return t, true
	}
	switch {
	case isText(t):
		return nil, false
	case t.Kind() == reflect.Map:
		return typeAt(t.Elem(), path[1:])
	case t.Kind() == reflect.Slice:
		if _, err := strconv.Atoi(path[0]); err != nil {
			return nil, false
		}
		return typeAt(t.Elem(), path[1:])
	case t.Kind() == reflect.Struct:
		fields := fieldsOf(t)
		if i := slices.IndexFunc(fields, func(f field) bool { return f.name == path[0] }); i >= 0 {
			return typeAt(fields[i].typ, path[1:])
		}
	}
	return nil, false
}

// leaf is a single value, or a list of single values, of a tree.
type leaf struct {
	path string
	node *node
	typ  reflect.Type
}

// leaves returns the leaves of a tree in the order of the type's fields; keys of maps in the order of the tree.
func leaves(t reflect.Type, n *node, path string) []leaf {
	switch {
	case n == nil:
		return nil
	case t.Kind() == reflect.Struct && !isText(t):
		var all []leaf
		for _, f := range fieldsOf(t) {
			all = append(all, leaves(f.typ, n.get(f.name), join(path, f.name))...)
		}
		return all
	case t.Kind() == reflect.Map:
		var all []leaf
		for _, e := range n.entries {
			all = append(all, leaves(t.Elem(), e.value, join(path, e.name))...)
		}
		return all
	case t.Kind() == reflect.Slice && t.Elem().Kind() == reflect.Struct && !isText(t.Elem()):
		var all []leaf
		for i, item := range n.items {
			all = append(all, leaves(t.Elem(), item, join(path, strconv.Itoa(i)))...)
		}
		return all
	}
	return []leaf{{path, n, t}}
}

func join(path, name string) string {
	if path == "" {
		return name
	}
	return path + "." + name
}

// arrange returns the tree with the fields of every mapping in the order of the type.
func arrange(t reflect.Type, n *node) *node {
	if n == nil || isText(t) {
		return n
	}
	ordered := *n
	switch {
	case t.Kind() == reflect.Struct && n.kind == mapping:
		ordered.entries = nil
		for _, f := range fieldsOf(t) {
			i := slices.IndexFunc(n.entries, func(e entry) bool { return e.name == f.name })
			if i >= 0 {
				e := n.entries[i]
				e.value = arrange(f.typ, e.value)
				ordered.entries = append(ordered.entries, e)
			}
		}
	case t.Kind() == reflect.Map && n.kind == mapping:
		ordered.entries = slices.Clone(n.entries)
		for i, e := range ordered.entries {
			ordered.entries[i].value = arrange(t.Elem(), e.value)
		}
	case t.Kind() == reflect.Slice && n.kind == sequence:
		ordered.items = slices.Clone(n.items)
		for i, item := range ordered.items {
			ordered.items[i] = arrange(t.Elem(), item)
		}
	}
	return &ordered
}
