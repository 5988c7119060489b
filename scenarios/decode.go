package scenarios

import (
	"encoding"
	"fmt"
	"math"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/portalbench/portalbench/results"
)

// DecodeStrict reads one YAML document into the struct that into points to. Fields are named by their yaml tags and
// bounded by their jsonschema tags. Unknown fields, missing fields that are not tagged omitempty, wrong types and
// values out of range are errors: Problems, in the order of the lines. file is the name that messages use.
//
// Types that read themselves from text are given the value as written. Fields without a yaml name are left alone, and
// embedded structs are not looked into. Types must not contain themselves.
func DecodeStrict(file string, src []byte, into any) error {
	var f findings
	root := read(&layer{name: file}, src, &f)
	if root != nil {
		decode(root, into, &f)
	}
	return f.err()
}

// decode reads a tree into what into points to and holds it against the schema of its type.
func decode(root *node, into any, f *findings) {
	v := reflect.ValueOf(into).Elem()
	decoder{findings: f}.value(root, v, "")
	checkSchema(root, v.Type(), f)
}

// decoder reports what a schema could only report worse: unknown and missing fields, wrong types, texts that do not
// read.
type decoder struct {
	findings *findings
	siblings []string // of the entry of a table that is being decoded
}

func (d decoder) value(n *node, v reflect.Value, path string) {
	if t, isTree := v.Addr().Interface().(*Tree); isTree {
		*t = tree(n)
		return
	}
	text, isText := v.Addr().Interface().(encoding.TextUnmarshaler)
	switch {
	case n.kind == scalar && n.value == nil:
		if !d.findings.known(n.at) {
			d.findings.add(n.at, called(path)+" has no value", "write one after the colon, or delete the line")
		}
	case isText:
		d.text(n, text, path)
	case v.Kind() == reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		d.value(n, v.Elem(), path)
	case v.Kind() == reflect.Interface:
		v.Set(reflect.ValueOf(n.plain()))
	case v.Kind() == reflect.Struct:
		d.structure(n, v, path)
	case v.Kind() == reflect.Map:
		d.table(n, v, path)
	case v.Kind() == reflect.Slice:
		d.list(n, v, path)
	default:
		d.single(n, v, path)
	}
}

// called names a path in a message.
func called(path string) string {
	if path == "" {
		return "the document"
	}
	return path
}

func (d decoder) mismatch(n *node, path, want string) {
	d.findings.add(n.at, fmt.Sprintf("%s is %s", called(path), n.describe()), "it must be "+want)
}

func (d decoder) text(n *node, into encoding.TextUnmarshaler, path string) {
	if n.kind != scalar {
		d.mismatch(n, path, "a single text; within braces put a text with a colon in quotes")
		return
	}
	if err := into.UnmarshalText([]byte(n.text)); err != nil {
		what, hint, _ := strings.Cut(err.Error(), ": ")
		d.findings.add(n.at, called(path)+": "+what, hint)
	}
	if e, ok := into.(*Expr); ok {
		e.wasRead(n.at)
	}
}

func (d decoder) structure(n *node, v reflect.Value, path string) {
	fields := fieldsOf(v.Type())
	if n.kind != mapping {
		d.mismatch(n, path, "a group with the fields "+strings.Join(fieldNames(fields), ", "))
		return
	}
	for _, e := range n.entries {
		i := slices.IndexFunc(fields, func(f field) bool { return f.name == e.name })
		if i < 0 {
			hint := didYouMean(e.name, "the fields here are", fieldNames(fields))
			d.findings.add(e.at, fmt.Sprintf("unknown field %q", join(path, e.name)), hint)
			continue
		}
		d.value(e.value, v.Field(fields[i].index), join(path, e.name))
	}
	d.missing(n, fields, path)
}

func (d decoder) missing(n *node, fields []field, path string) {
	var names []string
	for _, f := range fields {
		if !f.optional && n.get(f.name) == nil {
			names = append(names, f.name)
		}
	}
	if len(names) == 0 {
		return
	}
	hint := "add what is missing"
	if near := results.Nearest(path[strings.LastIndexByte(path, '.')+1:], d.siblings, 1); len(near) == 1 {
		hint = fmt.Sprintf("did you mean %q? a new entry needs all its fields", near[0])
	}
	if slices.Contains(fieldNames(fields), "extends") {
		hint += ", or inherit it: extends: followed by something built in or a file"
	}
	d.findings.add(n.at, fmt.Sprintf("%s lacks %s", called(path), strings.Join(names, ", ")), hint)
}

func (d decoder) table(n *node, v reflect.Value, path string) {
	if n.kind != mapping {
		d.mismatch(n, path, "a group of named entries")
		return
	}
	v.Set(reflect.MakeMap(v.Type()))
	for _, e := range n.entries {
		value := reflect.New(v.Type().Elem()).Elem()
		entry := decoder{findings: d.findings}
		for _, other := range n.entries {
			if other.name != e.name {
				entry.siblings = append(entry.siblings, other.name)
			}
		}
		entry.value(e.value, value, join(path, e.name))
		v.SetMapIndex(reflect.ValueOf(e.name).Convert(v.Type().Key()), value)
	}
}

func (d decoder) list(n *node, v reflect.Value, path string) {
	if n.kind != sequence {
		d.mismatch(n, path, "a list, such as ["+clip(n.text)+"]")
		return
	}
	v.Set(reflect.MakeSlice(v.Type(), len(n.items), len(n.items)))
	for i, item := range n.items {
		d.value(item, v.Index(i), join(path, fmt.Sprint(i)))
	}
}

// single reads a text, a truth value or a number. A whole number may be written with a fraction of zero.
func (d decoder) single(n *node, v reflect.Value, path string) {
	switch v.Kind() {
	case reflect.String:
		if s, ok := n.value.(string); ok {
			v.SetString(s)
			return
		}
		d.mismatch(n, path, "a text: put it in quotes")
	case reflect.Bool:
		if b, ok := n.value.(bool); ok {
			v.SetBool(b)
			return
		}
		d.mismatch(n, path, "true or false")
	case reflect.Float64, reflect.Float32:
		if x, ok := n.number(); ok {
			v.SetFloat(x)
			return
		}
		d.mismatch(n, path, "a number"+inPercent(n.value))
	default:
		d.integer(n, v, path)
	}
}

func (d decoder) integer(n *node, v reflect.Value, path string) {
	i, ok := n.value.(int64)
	if x, isFloat := n.value.(float64); isFloat && x == math.Trunc(x) && math.Abs(x) < 1<<53 {
		i, ok = int64(x), true
	}
	switch {
	case ok && v.CanInt() && !v.OverflowInt(i):
		v.SetInt(i)
	case ok && v.CanUint() && i >= 0 && !v.OverflowUint(uint64(i)):
		v.SetUint(uint64(i))
	default:
		d.mismatch(n, path, "a whole number")
	}
}

// inPercent says how what was written with a sign of per cent is written as a share; empty for anything else.
func inPercent(value any) string {
	text, _ := value.(string)
	digits, percent := strings.CutSuffix(strings.TrimSpace(text), "%")
	x, err := strconv.ParseFloat(strings.TrimSpace(digits), 64)
	if err != nil || !percent {
		return ""
	}
	share := strconv.FormatFloat(x/100, 'g', 6, 64)
	return fmt.Sprintf(", and shares are between 0 and 1: write %s for %s", strings.TrimPrefix(share, "0"), text)
}

// number returns a scalar's numeric value.
func (n *node) number() (float64, bool) {
	switch x := n.value.(type) {
	case int64:
		return float64(x), true
	case float64:
		return x, true
	}
	return 0, false
}
