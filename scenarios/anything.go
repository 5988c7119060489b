package scenarios

// Tree is a part of a file that may hold anything, such as the body of a request. What of it is text keeps its place.
type Tree struct {
	Fields []Branch // of a group, in the order written
	Items  []Tree   // of a list
	Text   *Expr    // of a text
	Value  any      // of all else: nil, bool, int64 or float64
	Group  bool     // it is a group, though it may be an empty one
	List   bool     // it is a list
	At     Pos
}

// Branch is a field of a group.
type Branch struct {
	Name  string
	Value Tree
}

// tree takes a node as it is.
func tree(n *node) Tree {
	t := Tree{At: n.at.pos(), Group: n.kind == mapping, List: n.kind == sequence}
	for _, e := range n.entries {
		t.Fields = append(t.Fields, Branch{e.name, tree(e.value)})
	}
	for _, item := range n.items {
		t.Items = append(t.Items, tree(item))
	}
	if s, isText := n.value.(string); isText && n.kind == scalar {
		t.Text = &Expr{Text: s}
		t.Text.wasRead(n.at)
	} else if n.kind == scalar {
		t.Value = n.value
	}
	return t
}
