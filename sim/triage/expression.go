package triage

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/expr-lang/expr"
	"github.com/expr-lang/expr/ast"
	"github.com/expr-lang/expr/file"
	"github.com/expr-lang/expr/parser"

	"github.com/portalbench/portalbench/results"
	"github.com/portalbench/portalbench/scenarios"
)

// longest bounds an expression, in bytes: the parser recurses.
const longest = 2000

// compile makes a condition of an expression over some facts and adds those it asks about to used. Of the language of
// package expr only what cannot fail, takes no time and gives the same answer every time is let through: names,
// numbers, texts, lists, comparisons, and, or, not, plus, minus and times.
func compile(e scenarios.Expr, names []fact, used *[]fact) (condition, scenarios.Problems) {
	if len(e.Text) > longest {
		return condition{}, scenarios.Problems{e.Problem(1, fmt.Sprintf("the expression is longer than %d bytes", longest),
			"make several rules of it")}
	}
	tree, err := parser.Parse(e.Text)
	if err != nil {
		return condition{}, scenarios.Problems{unreadable(e, err)}
	}
	c := reader{expression: e, names: names}
	if got := c.kindOf(tree.Node); got != truth && got != unknown && len(c.problems) == 0 {
		c.fail(tree.Node, "the expression is "+kindNames[got]+", and must be true or false",
			"compare it with something, as in hour < 12 or category == 'renewal'")
	}
	if len(c.problems) > 0 {
		return condition{}, c.problems
	}
	program, err := expr.Compile(e.Text, expr.Env(examples(names)), expr.AsBool(), expr.DisableAllBuiltins())
	if err != nil {
		return condition{}, scenarios.Problems{unreadable(e, err)}
	}
	for _, f := range c.asked {
		if !slices.ContainsFunc(*used, func(g fact) bool { return g.name == f.name }) {
			*used = append(*used, f)
		}
	}
	return condition{e.Text, program}, nil
}

// examples returns a value of every fact: its type is what the compiler goes by.
func examples(names []fact) map[string]any {
	env := map[string]any{}
	for _, f := range names {
		env[f.name] = [...]any{truth: false, number: 0, text: ""}[f.kind]
	}
	return env
}

// unreadable turns an error of package expr into a problem at its place.
func unreadable(e scenarios.Expr, err error) scenarios.Problem {
	const hint = "write conditions such as category == 'renewal' and hour < 12, with quotes around texts"
	var f *file.Error
	if !errors.As(err, &f) {
		return e.Problem(1, "the expression cannot be read: "+err.Error(), hint)
	}
	what, column := plainWords(f.Message), f.From+1
	if what == tooEarly {
		column = len([]rune(e.Text)) + 1
	}
	return e.Problem(column, "the expression cannot be read: "+what, hint)
}

const tooEarly = "it ends too early"

// plainWords says what the parser stumbled over without its names for kinds of tokens.
func plainWords(message string) string {
	switch {
	case strings.HasPrefix(message, "unexpected token EOF"), strings.HasPrefix(message, "unexpected end"):
		return tooEarly
	case message == "literal not terminated":
		return "a quote is not closed"
	}
	for _, kind := range []string{"Operator", "Bracket", "Identifier", "Number", "String"} {
		if rest, ok := strings.CutPrefix(message, "unexpected token "+kind+"("); ok {
			return "unexpected " + strings.TrimSuffix(rest, ")")
		}
	}
	return message
}

// reader finds out what kind of value each part of an expression is, and collects what is wrong with it.
type reader struct {
	expression scenarios.Expr
	names      []fact
	asked      []fact
	problems   scenarios.Problems
}

func (r *reader) fail(at ast.Node, what, hint string) {
	if choice, ok := at.(*ast.ConditionalNode); ok {
		at = choice.Cond // its own place is where the parser has come to
	}
	r.problems = append(r.problems, r.expression.Problem(at.Location().From+1, what, hint))
}

// kindOf returns the kind of a part: unknown of one that has been found wrong, so that one mistake is told once.
func (r *reader) kindOf(n ast.Node) kind {
	switch n := n.(type) {
	case *ast.BoolNode:
		return truth
	case *ast.IntegerNode, *ast.FloatNode:
		return number
	case *ast.StringNode:
		return text
	case *ast.IdentifierNode:
		return r.name(n)
	case *ast.UnaryNode:
		return r.unary(n)
	case *ast.BinaryNode:
		return r.binary(n)
	}
	r.fail(n, "expressions have no "+called(n),
		"they consist of names, numbers, texts in quotes, lists after in, comparisons, and, or, not, + - *")
	return unknown
}

// called names what other languages have and this one has not.
func called(n ast.Node) string {
	switch n.(type) {
	case *ast.CallNode, *ast.BuiltinNode:
		return "functions"
	case *ast.ArrayNode:
		return "lists but after in"
	case *ast.MemberNode, *ast.ChainNode, *ast.SliceNode:
		return "parts of values"
	case *ast.ConditionalNode:
		return "choices"
	case *ast.NilNode:
		return "nil"
	}
	return "such thing"
}

// name looks a name up.
func (r *reader) name(n *ast.IdentifierNode) kind {
	i := slices.IndexFunc(r.names, func(f fact) bool { return f.name == n.Value })
	if i < 0 {
		r.fail(n, fmt.Sprintf("unknown name %q", n.Value), r.meant(n.Value))
		return unknown
	}
	r.asked = append(r.asked, r.names[i])
	return r.names[i].kind
}

// meant says what a name that is none may have been meant to be.
func (r *reader) meant(name string) string {
	switch {
	case strings.HasPrefix(name, "actual") || name == "high_risk":
		return "nobody knows that when the message arrives: urgent is what the classifier says, felt_urgent what the sender says"
	case name == "queue_team":
		return "the policy has no team: add route.team, such as team: [rn, ma]"
	case name == "urgent":
		return "classify.strata help to find out what is urgent: use felt_urgent, or another name"
	case name == "has":
		return "conditions are names: write heart_failure for has('heart_failure')"
	}
	var known []string
	for _, f := range r.names {
		known = append(known, f.name)
	}
	list := "the names are " + strings.Join(known, ", ")
	if near := results.Nearest(name, known, 1); len(near) == 1 {
		return fmt.Sprintf("did you mean %s? %s", near[0], list)
	}
	return list + "; a text is in quotes"
}

func (r *reader) unary(n *ast.UnaryNode) kind {
	want := truth
	if n.Operator == "-" || n.Operator == "+" {
		want = number
	}
	r.want(want, n.Node, n.Operator)
	return want
}

// binary returns the kind of two parts joined by an operator.
func (r *reader) binary(n *ast.BinaryNode) kind {
	switch n.Operator {
	case "and", "&&", "or", "||":
		r.want(truth, n.Left, n.Operator)
		r.want(truth, n.Right, n.Operator)
	case "<", "<=", ">", ">=":
		r.want(number, n.Left, n.Operator)
		r.want(number, n.Right, n.Operator)
		r.hour(n.Left, n.Right)
		r.hour(n.Right, n.Left)
	case "+", "-", "*":
		r.want(number, n.Left, n.Operator)
		r.want(number, n.Right, n.Operator)
		return number
	case "==", "!=":
		r.same(r.kindOf(n.Left), n.Left, n.Right)
	case "in":
		r.in(n)
	default:
		r.fail(n, "expressions have no "+n.Operator, "they have == != < <= > >= in, and or not, + - *")
		return unknown
	}
	return truth
}

// want demands that a part is of a kind.
func (r *reader) want(want kind, n ast.Node, operator string) {
	if got := r.kindOf(n); got != want && got != unknown {
		hint := fmt.Sprintf("%s goes with %s", operator, kindsInPlural[want])
		if want == truth && got == text {
			hint += ": compare the text with something, as in category == 'renewal'"
		}
		r.fail(n, "this is "+kindNames[got]+", and must be "+kindNames[want], hint)
	}
}

// same demands that two parts can be equal, the left one being of a kind.
func (r *reader) same(left kind, a, b ast.Node) {
	right := r.kindOf(b)
	switch {
	case left == unknown || right == unknown:
	case left != right:
		r.fail(b, fmt.Sprintf("%s is compared with %s", kindNames[left], kindNames[right]),
			"they are never equal: compare a number with a number, a text with a text in quotes")
	default:
		r.possible(a, b)
		r.possible(b, a)
		r.hour(a, b)
		r.hour(b, a)
	}
}

// in demands that a list has values of one kind, or is a range of whole numbers.
func (r *reader) in(n *ast.BinaryNode) {
	const hint = "write it as in weekday in ['sat', 'sun'] or age in 65..75"
	left := r.kindOf(n.Left)
	switch list := n.Right.(type) {
	case *ast.ArrayNode:
		if len(list.Nodes) == 0 {
			r.fail(list, "the list is empty, and nothing is in it", hint)
		}
		for _, item := range list.Nodes {
			if constant(item) {
				r.same(left, n.Left, item)
				continue
			}
			r.fail(item, "a list has texts and numbers only", hint)
		}
	case *ast.BinaryNode:
		_, named := n.Left.(*ast.IdentifierNode)
		if list.Operator != ".." || !whole(list.Left) || !whole(list.Right) || !named || left != number && left != unknown {
			r.fail(list, "this is no list, nor a range for a name of a number", hint)
			return
		}
		r.ascending(list, n.Left)
	default:
		r.fail(list, "after in comes a list or a range", hint)
	}
}

// ascending demands that a range has something in it.
func (r *reader) ascending(list *ast.BinaryNode, of ast.Node) {
	low, high := list.Left.(*ast.IntegerNode).Value, list.Right.(*ast.IntegerNode).Value
	if low > high {
		r.fail(list, fmt.Sprintf("there is nothing in %d..%d", low, high),
			fmt.Sprintf("a range goes up; for a night write %[3]v >= %[1]d or %[3]v <= %[2]d", low, high, of))
	}
}

func constant(n ast.Node) bool {
	switch n.(type) {
	case *ast.StringNode, *ast.IntegerNode, *ast.FloatNode, *ast.BoolNode:
		return true
	}
	return false
}

func whole(n ast.Node) bool {
	_, ok := n.(*ast.IntegerNode)
	return ok
}

// possible demands that a name which is one of several texts is compared with one of them.
func (r *reader) possible(named, value ast.Node) {
	name, isName := named.(*ast.IdentifierNode)
	literal, isText := value.(*ast.StringNode)
	if !isName || !isText {
		return
	}
	i := slices.IndexFunc(r.names, func(f fact) bool { return f.name == name.Value })
	if texts := r.names[i].texts; !slices.Contains(texts, literal.Value) {
		hint := name.Value + " is one of " + strings.Join(texts, ", ")
		if near := results.Nearest(literal.Value, texts, 1); len(near) == 1 {
			hint = fmt.Sprintf("did you mean '%s'? %s", near[0], hint)
		}
		r.fail(value, fmt.Sprintf("%s is never '%s'", name.Value, literal.Value), hint)
	}
}

// hour demands that the hour is compared with one.
func (r *reader) hour(named, value ast.Node) {
	name, isName := named.(*ast.IdentifierNode)
	hour, isNumber := value.(*ast.IntegerNode)
	if isName && isNumber && name.Value == "hour" && (hour.Value < 0 || hour.Value > 23) {
		r.fail(value, fmt.Sprintf("hour is never %d", hour.Value), "hour is 0 to 23: that of the arrival")
	}
}
