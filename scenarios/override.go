package scenarios

import (
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/portalbench/portalbench/results"
)

// setFlag begins the name of a place that is a flag rather than a line of a file.
const setFlag = "--set "

// Override is a value set on the command line: a dotted path such as staff.rn.fte, and a value as written in a file.
type Override struct{ Path, Value string }

// Set is what one --set flag says: a path, and one value or several to try in turn.
type Set struct {
	Path   string
	Values []string
}

// ParseSet reads path=value or path=value,value. Commas within brackets, braces and quotes belong to the value, so
// that lists can be set. Whether the path exists is found out when the override is applied.
func ParseSet(text string) (Set, error) {
	path, values, ok := strings.Cut(text, "=")
	path = strings.TrimSpace(path)
	if !ok || path == "" {
		return Set{}, fmt.Errorf("--set %s: no value: write it as --set staff.rn.fte=4", text)
	}
	s := Set{Path: path}
	for _, v := range splitValues(values) {
		if v = strings.TrimSpace(v); v == "" {
			return Set{}, fmt.Errorf("--set %s: a value is empty: write it as --set %s=1 or --set %s=1,2", text, path, path)
		}
		s.Values = append(s.Values, v)
	}
	return s, nil
}

// splitValues splits at the commas that stand outside brackets, braces and quotes.
func splitValues(text string) []string {
	var parts []string
	depth, from := 0, 0
	var quote rune
	for i, r := range text {
		switch {
		case quote != 0:
			if r == quote {
				quote = 0
			}
		case r == '"' || r == '\'':
			quote = r
		case r == '[' || r == '{':
			depth++
		case r == ']' || r == '}':
			depth--
		case r == ',' && depth == 0:
			parts = append(parts, text[from:i])
			from = i + 1
		}
	}
	return append(parts, text[from:])
}

// Grid returns every combination of the values of several flags, the last flag's values changing fastest. Without
// flags it returns one empty combination.
func Grid(sets []Set) [][]Override {
	grid := [][]Override{nil}
	for _, s := range sets {
		var wider [][]Override
		for _, row := range grid {
			for _, v := range s.Values {
				wider = append(wider, append(slices.Clone(row), Override{s.Path, v}))
			}
		}
		grid = wider
	}
	return grid
}

// OfPolicy reports whether the override sets a lever of policies rather than a field of the scenario.
func (o Override) OfPolicy() bool { return slices.Contains(levers(), o.levels()[0]) }

func (o Override) levels() []string { return strings.Split(o.Path, ".") }

// levers are the fields of a policy that can be set: all but those that say which policy it is.
func levers() []string {
	return slices.DeleteFunc(fieldNames(fieldsOf(reflect.TypeFor[Policy]())), isIdentity)
}

// isIdentity reports whether a field says what a file is rather than what it declares.
func isIdentity(field string) bool {
	return slices.Contains([]string{"scenario", "policy", "language", "extends", "title"}, field)
}

// applyOverrides lays the overrides meant for a type over a tree. An override that nothing has a field for is a
// finding whichever type is read, so that no misspelt flag goes unnoticed.
func applyOverrides(root *node, t reflect.Type, set []Override, f *findings) *node {
	ofPolicies := t == reflect.TypeFor[Policy]()
	for _, o := range set {
		l := &layer{name: setFlag + o.Path, set: true}
		switch {
		case !o.exists():
			f.add(place{in: l}, "there is no such field", o.suggest(root, t))
		case o.OfPolicy() == ofPolicies:
			root = o.apply(root, l, f)
		}
	}
	return root
}

func (o Override) exists() bool {
	if isIdentity(o.levels()[0]) {
		return false
	}
	_, ok := typeAt(o.declares(), o.levels())
	return ok
}

// declares returns the type of what the override is meant for.
func (o Override) declares() reflect.Type {
	if o.OfPolicy() {
		return reflect.TypeFor[Policy]()
	}
	return reflect.TypeFor[Scenario]()
}

func (o Override) apply(root *node, l *layer, f *findings) *node {
	at := place{in: l, line: 1, column: 1}
	value := o.read(l, f)
	if value == nil {
		return root
	}
	if what, hint := o.reaches(root); what != "" {
		f.add(at, what, hint)
		return root
	}
	anchorPolicies(&node{kind: mapping, entries: []entry{{name: o.Path, value: value}}}, "")
	set := (*node)(nil).setAt(o.levels(), value)
	return leaveBehind(root, set).setAt(o.levels(), value)
}

// read parses the value. Every node of it stands at the flag.
func (o Override) read(l *layer, f *findings) *node {
	var own findings
	doc := read(&layer{name: l.name, set: true}, []byte("value: "+o.Value+"\n"), &own)
	if len(own.list) > 0 {
		f.add(place{in: l}, own.list[0].what, own.list[0].hint)
		return nil
	}
	return doc.get("value").moved(place{in: l, line: 1, column: 1})
}

// moved returns the tree with every node standing at one place, and without comments.
func (n *node) moved(at place) *node {
	m := *n
	m.at, m.comment = at, ""
	m.entries, m.items = slices.Clone(n.entries), slices.Clone(n.items)
	for i, e := range m.entries {
		m.entries[i] = entry{e.name, at, e.value.moved(at)}
	}
	for i, item := range m.items {
		m.items[i] = item.moved(at)
	}
	return &m
}

// reaches says what is wrong with a path that the types allow but this tree has no place for: a group of staff or an
// item of a list that does not exist.
func (o Override) reaches(root *node) (what, hint string) {
	levels := o.levels()
	if levels[0] == "staff" && len(levels) > 2 && root.find("staff."+levels[1]) == nil {
		return fmt.Sprintf("there is no staff group %q", levels[1]), didYouMean(levels[1], "the groups are", root.get("staff").names())
	}
	for i := range levels[1:] {
		list := root.find(strings.Join(levels[:i+1], "."))
		if t, _ := typeAt(o.declares(), levels[:i+1]); list == nil && t != nil && t.Kind() == reflect.Slice {
			what = fmt.Sprintf("%s has no item %s: there is none at all", strings.Join(levels[:i+1], "."), levels[i+1])
			if o.OfPolicy() {
				return what, "--set is for every policy of the command: name only policies that have it"
			}
			return what, "write the list into a file"
		}
		if list != nil && list.kind == sequence && list.child(levels[i+1]) == nil {
			return fmt.Sprintf("%s has no item %s", strings.Join(levels[:i+1], "."), levels[i+1]),
				fmt.Sprintf("it has %d, counted from 0", len(list.items))
		}
	}
	return "", ""
}

// names returns the keys of a mapping.
func (n *node) names() []string {
	if n == nil {
		return nil
	}
	var names []string
	for _, e := range n.entries {
		names = append(names, e.name)
	}
	return names
}

// suggest names the fields that the path may have meant: those of the tree at hand and all levers.
func (o Override) suggest(root *node, t reflect.Type) string {
	var known []string
	for _, l := range leaves(t, root, "") {
		known = append(known, l.path)
	}
	known = append(known, leverPaths()...)
	known = slices.DeleteFunc(known, func(path string) bool { return isIdentity(strings.Split(path, ".")[0]) })
	slices.Sort(known)
	known = slices.Compact(known)
	near := results.Nearest(o.Path, known, 3)
	last := o.levels()[len(o.levels())-1]
	for _, path := range known {
		if len(near) < 5 && !slices.Contains(near, path) && (strings.HasSuffix(path, "."+o.Path) || strings.HasSuffix(path, "."+last)) {
			near = append(near, path)
		}
	}
	if len(near) == 0 {
		return "`portalbench scenario show --evidence` lists the fields"
	}
	return "did you mean " + strings.Join(near, ", ") + "?"
}

// leverPaths returns the paths of everything that can be set in a policy.
func leverPaths() []string {
	var paths []string
	for _, f := range fieldsOf(reflect.TypeFor[Policy]()) {
		if f.typ.Kind() != reflect.Struct {
			paths = append(paths, f.name)
			continue
		}
		for _, g := range fieldsOf(f.typ) {
			paths = append(paths, f.name+"."+g.name)
		}
	}
	return paths
}
