package scenarios

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestCommentsBelongToTheirLine(t *testing.T) {
	var f findings
	text := "# above\na: 1 # one\nb: [x,\n  y] # not on the line of b\nc:\n  - d: 2 # two\n# own\nt: \"# no comment\" # three\ne: 5\n"
	root := read(&layer{name: "x"}, []byte(text), &f)
	require.Empty(t, f.list)
	for path, want := range map[string]string{"a": "one", "b": "not on the line of b", "c.0.d": "two", "t": "three", "e": ""} {
		require.Equal(t, want, root.find(path).comment, path)
	}
}

func TestTreesAreNotChangedByMergingAndSetting(t *testing.T) {
	parse := func(text string) *node {
		n := read(&layer{name: "x"}, []byte(text), &findings{})
		require.NotNil(t, n)
		return n
	}
	under, over := parse("a: {b: 1, c: [1, 2]}\nd: 4\n"), parse("a: {c: [3], e: 5}\n")
	merged := merge(under, over)
	require.Equal(t, map[string]any{"a": map[string]any{"b": int64(1), "c": []any{int64(3)}, "e": int64(5)}, "d": int64(4)}, merged.plain())
	set := merged.setAt([]string{"a", "c", "0"}, parse("x: 9").get("x"))
	require.Equal(t, int64(9), set.find("a.c.0").value)
	made := set.setAt([]string{"n", "m"}, parse("x: 9").get("x"))
	require.Equal(t, int64(9), made.find("n.m").value)
	require.Equal(t, parse("a: {b: 1, c: [1, 2]}\nd: 4\n").plain(), under.plain())
	require.Equal(t, []any{int64(3)}, merged.find("a.c").plain())
}

func TestTextsAreQuotedWhereTheyMustBe(t *testing.T) {
	for _, text := range []string{"plain words", "mon-fri 08:00-12:00", "yes", "No", "null", "1", "1e5", ".5", "a: b", "a #b", "#x", "",
		" a", "a ", "- a", "[a]", "{a}", "a, b", "é", "\"q\"", "it's", "line\nbreak", "20s", "2h30m", "a:", "~", "*x", "&x", "!x", "%x", "@x"} {
		for _, inList := range []bool{false, true} {
			yaml := "v: " + plainOrQuoted(text, inList) + "\n"
			if inList {
				yaml = "v: [" + plainOrQuoted(text, inList) + "]\n"
			}
			var f findings
			root := read(&layer{name: "x"}, []byte(yaml), &f)
			require.Empty(t, f.list, yaml)
			v := root.get("v")
			if inList {
				require.Len(t, v.items, 1, yaml)
				v = v.items[0]
			}
			require.Equal(t, text, v.value, yaml)
		}
	}
}
