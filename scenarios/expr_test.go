package scenarios

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// ruleIn reads a policy whose only rule has its condition written in some way.
func ruleIn(t testing.TB, lines string, set []Override) (Expr, error) {
	text := "policy: p\nlanguage: 1\nextends: physician-first\nroute:\n  rules:\n" + lines
	p := new(Policy)
	_, f := assemble(policyShelf(), []source{{key: "p", label: "p.yaml", text: []byte(text)}}, set, p)
	if err := f.err(); err != nil {
		return Expr{}, err
	}
	return p.Route.Rules[0].When, nil
}

// A problem in an expression stands where the file has it, whatever way it is written; where the file's characters are
// not those of the expression, the expression itself is shown.
func TestProblemsInExpressionsHaveTheirPlace(t *testing.T) {
	const wrong = "nope"
	tests := []struct{ name, lines, at, excerpt string }{
		{"plain", "    - when: hour < 3 and nope\n      to: rn\n", "6:26",
			"     5 |   rules:\n>    6 |     - when: hour < 3 and nope\n       |                          ^^^^"},
		{"with a remark", "    - when: nope # noon\n      to: rn\n", "6:13",
			"     5 |   rules:\n>    6 |     - when: nope # noon\n       |             ^^^^"},
		{"in double quotes", "    - when: \"nope or hour < 3\"\n      to: rn\n", "6:14",
			"     5 |   rules:\n>    6 |     - when: \"nope or hour < 3\"\n       |              ^^^^"},
		{"in single quotes", "    - when: 'hour < nope'\n      to: rn\n", "6:21",
			"     5 |   rules:\n>    6 |     - when: 'hour < nope'\n       |                     ^^^^"},
		{"in braces", "    - {when: hour < nope, to: rn}\n", "6:21",
			"     5 |   rules:\n>    6 |     - {when: hour < nope, to: rn}\n       |                     ^^^^"},
		{"a block", "    - when: |\n        hour < 3\n        or nope\n      to: rn\n", "8:12",
			"     7 |         hour < 3\n>    8 |         or nope\n       |            ^^^^"},
		{"quotes within quotes", "    - when: 'category == ''form'' and nope'\n      to: rn\n", "6:13",
			"       | category == 'form' and nope\n       |                        ^^^^"},
		{"folded", "    - when: >\n        hour < 3\n        or nope\n      to: rn\n", "6:13",
			"       | hour < 3 or nope\n       |             ^^^^"},
		{"plain over two lines", "    - when: hour < 3\n        or nope\n      to: rn\n", "6:13",
			"       | hour < 3 or nope\n       |             ^^^^"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			e, err := ruleIn(t, tt.lines, nil)
			require.NoError(t, err)
			got := e.Problem(strings.Index(e.Text, wrong)+1, "what", "hint")
			require.Equal(t, "p.yaml:"+tt.at, got.At.String(), got.Error())
			require.Equal(t, tt.excerpt, got.Excerpt)
		})
	}
}

func TestProblemsInExpressionsWithoutAFile(t *testing.T) {
	e, err := ruleIn(t, "    - {when: true, to: rn}\n", []Override{{"route.rules.0.when", "hour < nope"}})
	require.NoError(t, err)
	require.EqualError(t, e.Problem(8, "what", "hint"), "--set route.rules.0.when: what\n       | hour < nope\n       |        ^^^^\n  hint")
	require.EqualError(t, Expr{Text: "nope"}.Problem(1, "what", ""), ": what\n       | nope\n       | ^^^^")
	require.Equal(t, "       | \n       | ^", Expr{}.Problem(1, "what", "").Excerpt)
}

// What is underlined: a name, a number, a text with its quotes, an operator, or the place after the end.
func TestUnderlining(t *testing.T) {
	const text = "age_1>=12 and 'a b'==(\"c"
	for column, want := range map[int]int{1: 5, 6: 2, 8: 2, 11: 3, 15: 5, 20: 2, 22: 1, 23: 2, 25: 1, 99: 1} {
		require.Equal(t, want, wordAt([]rune(text), column), "%d", column)
	}
}

// Wherever in whatever text, a problem has an excerpt with a caret.
func FuzzExprProblem(f *testing.F) {
	for _, text := range []string{"hour < 3", "'a''b' # c", "|\n        a\n        b", "é == \"ü\"", ">-\n        a\n\n        b", "\"\\u0041\"", "[a]", ""} {
		f.Add(text, 3)
	}
	f.Fuzz(func(t *testing.T, text string, column int) {
		e, err := ruleIn(t, "    - when: "+text+"\n      to: rn\n", nil)
		if err != nil {
			e = Expr{Text: text}
		}
		p := e.Problem(column, "what", "hint")
		require.Contains(t, p.Excerpt, "|")
		require.True(t, len(e.Text) > 100 || strings.Contains(p.Excerpt, "^"), p.Error())
	})
}
