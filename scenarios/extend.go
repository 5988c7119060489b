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
	layers   int      // read so far
	open     []source // those being read, the file asked for first, each extending the next
	own      bool     // the baseline is left out of what is extended
}

// read returns the tree of one source, or of several laid over one another, with the values they inherit. A nil tree
// means that findings say why.
func (c *chain) read(sources []source) *node {
	trees := make([]*node, len(sources))
	own := c.own
	for i := len(sources) - 1; i >= 0; i-- { // the last has the last word, and is the first to blame
		c.own = own || i > 0
		trees[i] = c.readOne(sources[i])
	}
	c.own = own
	return combine(trees)
}

// readOne returns the tree of a source with the values it inherits.
func (c *chain) readOne(src source) *node {
	l := &layer{name: src.label, depth: c.layers}
	c.layers++
	c.open = append(c.open, src)
	defer func() { c.open = c.open[:len(c.open)-1] }()
	n := read(l, src.text, &c.findings)
	if n == nil {
		return nil
	}
	if c.misplaced(n, src) {
		return nil
	}
	anchorPolicies(n, src.dir)
	parent := n.get("extends")
	if parent == nil {
		return n
	}
	parents := c.parents(parent, src.dir)
	if parents == nil {
		return nil
	}
	n = n.without("extends")
	if parents = c.withoutBaseline(parents); len(parents) == 0 {
		return n
	}
	under := c.read(parents)
	if under == nil {
		return nil
	}
	return inherit(under, n)
}

// misplaced reports a policy where a scenario belongs, or the other way round: everything else that is wrong with it
// would mislead.
func (c *chain) misplaced(n *node, src source) bool {
	other := c.shelf.other()
	for _, e := range n.entries {
		if e.name == other.noun && n.get(c.shelf.noun) == nil {
			c.findings.add(e.at, fmt.Sprintf("this is a %s, and a %s belongs here", other.noun, c.shelf.noun), other.usage(src.label))
			return true
		}
	}
	return false
}

// parents opens the sources that extends names.
func (c *chain) parents(extends *node, dir string) []source {
	name, ok := extends.value.(string)
	if !ok || name == "" {
		c.findings.add(extends.at, "extends names nothing", "write the name of a built-in "+c.shelf.noun+" or a file's path")
		return nil
	}
	sources, err := c.shelf.openAll(name, dir)
	if err != nil {
		what, hint := splitError(err)
		c.findings.add(extends.at, what, hint)
		return nil
	}
	for _, src := range sources {
		if round := c.circle(src); round != "" {
			c.findings.add(extends.at, "the files extend one another in a circle: "+round, "take one extends out")
			return nil
		}
	}
	if len(c.open) > maxDepth {
		c.findings.add(extends.at, fmt.Sprintf("more than %d files extend one another", maxDepth),
			"put some of them together")
		return nil
	}
	return sources
}

// circle names the sources from src to itself when it is being read already.
func (c *chain) circle(src source) string {
	for i, other := range c.open {
		if other.key != src.key {
			continue
		}
		var labels []string
		for _, s := range c.open[i:] {
			labels = append(labels, s.label)
		}
		return strings.Join(append(labels, src.label), " -> ")
	}
	return ""
}

// withoutBaseline leaves the baseline policy out where only what a policy adds to it is asked for.
func (c *chain) withoutBaseline(sources []source) []source {
	var rest []source
	for _, src := range sources {
		if !c.own || src.key != builtInKey(baselinePolicy) {
			rest = append(rest, src)
		}
	}
	return rest
}

// combine lays trees over one another, the last uppermost. Their names and titles become one.
func combine(trees []*node) *node {
	var all *node
	for _, n := range trees {
		switch {
		case n == nil:
			return nil
		case all == nil:
			all = n
		default:
			joined := inherit(all, n)
			for _, field := range []string{"policy", "title"} {
				joined = joined.joinTexts(field, all.get(field), n.get(field))
			}
			all = joined
		}
	}
	return all
}

// joinTexts returns the tree with a field that has the texts of two nodes, with a plus between them.
func (n *node) joinTexts(field string, a, b *node) *node {
	if a == nil || b == nil {
		return n
	}
	plus := "+"
	if field == "title" {
		plus = " + "
	}
	both := *a
	both.text = a.text + plus + b.text
	both.value, both.comment = both.text, ""
	return n.setAt([]string{field}, &both)
}

// inherit lays a tree over the one it extends.
func inherit(under, over *node) *node { return merge(leaveBehind(under, over), over) }

// leaveBehind takes out of a tree what belongs to a choice that the tree over it makes otherwise. The two ways of giving
// a classifier's false alarms exclude each other too: whoever chooses one leaves the other behind. What was set on the
// command line stays.
func leaveBehind(under, over *node) *node {
	for _, c := range choicesOfLevers() {
		before, after := under.find(c.path), over.find(c.path)
		if before == nil || after == nil || before.text == after.text || c.was != "" && c.was != before.text {
			continue
		}
		for _, path := range c.companions {
			under = under.withoutAt(path)
		}
	}
	specificity, precision := over.find("classify.specificity") != nil, over.find("classify.precision") != nil
	switch {
	case specificity && !precision:
		under = under.withoutAt("classify.precision").withoutAt("classify.prevalence")
	case precision && !specificity:
		under = under.withoutAt("classify.specificity")
	}
	return under
}

// choice is a field of a policy that others, its companions, go with: whatever it says, or when it says was.
type choice struct {
	path, was  string
	companions []string
}

func choicesOfLevers() []choice {
	return []choice{
		{"classify.by", "", []string{"classify.sensitivity", "classify.specificity", "classify.precision",
			"classify.prevalence",
			"classify.category_accuracy", "classify.strata"}},
		{"route.first", "team", []string{"route.team"}},
		{"order", "category", []string{"category_order"}},
		{"work.sessions", "batched", []string{"work.times_a_day"}},
		{"draft.by", "", []string{"draft.physician_saves_seconds", "draft.staff_saves_seconds",
			"draft.extra_reading_seconds", "draft.use"}},
		{"cover.by", "coverer", []string{"cover.physicians_per_coverer"}},
	}
}

// withoutAt returns the tree without what stands at a path, unless that was set on the command line.
func (n *node) withoutAt(path string) *node {
	gone := n.find(path)
	if gone == nil || gone.at.in != nil && gone.at.in.set {
		return n
	}
	lever, field, nested := strings.Cut(path, ".")
	if !nested {
		return n.without(lever)
	}
	return n.setAt([]string{lever}, n.get(lever).without(field))
}

// anchorPolicies makes the paths of policy files that a scenario lists independent of where they are read from.
func anchorPolicies(n *node, dir string) {
	list := n.get("policies")
	if list == nil || list.kind != sequence {
		return
	}
	for _, item := range list.items {
		if name, ok := item.value.(string); ok && isFile(name) {
			item.text = policyShelf().anchored(name, dir)
			item.value = item.text
		}
	}
}

// absolute returns a path that starts in dir as an absolute one, with forward slashes. Where the working directory is
// unknown it stays relative.
func absolute(name, dir string) string {
	path := inDir(name, dir)
	if abs, err := filepath.Abs(path); err == nil {
		path = abs
	}
	return filepath.ToSlash(path)
}
