package scenarios

import (
	"fmt"
	"path/filepath"
	"strings"
)

// maxDepth is how many files may extend one another in a row.
const maxDepth = 8

// chain reads a scenario or policy and everything it extends.
type chain struct {
	shelf    shelf
	findings findings
	seen     []string // keys of the sources read, the file asked for first
	labels   []string
}

// read returns the tree of a source with the values it inherits. A nil tree means that findings say why.
func (c *chain) read(src source) *node {
	l := &layer{name: src.label, depth: len(c.seen)}
	c.seen, c.labels = append(c.seen, src.key), append(c.labels, src.label)
	n := read(l, src.text, &c.findings)
	if n == nil {
		return nil
	}
	anchorPolicies(n, src.dir)
	parent := n.get("extends")
	if parent == nil {
		return n
	}
	under := c.parent(parent, src.dir)
	if under == nil {
		return nil
	}
	return inherit(under, n.without("extends"))
}

// parent reads the source that extends names.
func (c *chain) parent(extends *node, dir string) *node {
	name, ok := extends.value.(string)
	if !ok || name == "" {
		c.findings.add(extends.at, "extends names nothing", "write the name of a built-in "+c.shelf.noun+" or a file's path")
		return nil
	}
	src, err := c.shelf.open(name, dir)
	if err != nil {
		what, hint := splitError(err)
		c.findings.add(extends.at, what, hint)
		return nil
	}
	for i, key := range c.seen {
		if key == src.key {
			round := strings.Join(append(c.labels[i:], src.label), " -> ")
			c.findings.add(extends.at, "the files extend one another in a circle: "+round, "take one extends out")
			return nil
		}
	}
	if len(c.seen) > maxDepth {
		c.findings.add(extends.at, fmt.Sprintf("more than %d files extend one another", maxDepth), "put some of them together")
		return nil
	}
	return c.read(src)
}

// inherit lays a tree over the one it extends. The two ways of giving a classifier's false alarms exclude each other,
// so whoever chooses one leaves the other behind.
func inherit(under, over *node) *node {
	return merge(withoutOther(under, over.find("classify.specificity") != nil, over.find("classify.precision") != nil), over)
}

func withoutOther(under *node, specificity, precision bool) *node {
	classify := under.get("classify")
	switch {
	case classify == nil || specificity == precision:
		return under
	case specificity:
		classify = classify.without("precision", "prevalence")
	case precision:
		classify = classify.without("specificity")
	}
	return under.setAt([]string{"classify"}, classify)
}

// anchorPolicies makes the paths of policy files that a scenario lists independent of where they are read from.
func anchorPolicies(n *node, dir string) {
	list := n.get("policies")
	if list == nil || list.kind != sequence {
		return
	}
	for _, item := range list.items {
		if name, ok := item.value.(string); ok && isFile(name) {
			item.text = absolute(name, dir)
			item.value = item.text
		}
	}
}

// absolute returns a path that starts in dir as an absolute one, with forward slashes. Where the working directory is
// unknown it stays relative.
func absolute(name, dir string) string {
	path := filepath.FromSlash(name)
	if !filepath.IsAbs(path) {
		path = filepath.Join(dir, path)
	}
	if abs, err := filepath.Abs(path); err == nil {
		path = abs
	}
	return filepath.ToSlash(path)
}
