package results

import (
	"fmt"
	"strings"
)

// unknownName is the error for a name that is not among choices: it offers the nearest one when there is a near one,
// and lists them all.
func unknownName(what, name string, choices []string) error {
	hint := ""
	if near := nearest(name, choices); near != "" {
		hint = fmt.Sprintf("did you mean %s? ", near)
	}
	return fmt.Errorf("unknown %s %q: %schoose one of %s", what, name, hint, strings.Join(choices, ", "))
}

// nearest returns the choice that takes the fewest changes of single letters to become name, or "" when all of them
// take more than two and more than a third of its length.
func nearest(name string, choices []string) string {
	best, fewest := "", max(2, len(name)/3)+1
	for _, c := range choices {
		if n := changes(name, c); n < fewest {
			best, fewest = c, n
		}
	}
	return best
}

// changes is the Levenshtein distance between a and b in bytes: insertions, deletions and replacements.
func changes(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := diagonal
			if a[i] != b[j] {
				cost++
			}
			diagonal = row[j+1]
			row[j+1] = min(cost, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}
