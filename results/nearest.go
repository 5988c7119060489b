package results

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/agnivade/levenshtein"
)

// fewChoices is how many names a reader still looks through.
const fewChoices = 40

// unknownName is the error for a name that is not among choices: it offers the nearest one when there is a near one,
// and lists them all, unless they are so many that the nearest would drown.
func unknownName(what, name string, choices []string) error {
	hint := ""
	near := Nearest(name, choices, 1)
	if len(near) > 0 && len(choices) > fewChoices {
		return fmt.Errorf("unknown %s %q: did you mean %s?", what, name, near[0])
	}
	if len(near) > 0 {
		hint = fmt.Sprintf("did you mean %s? ", near[0])
	}
	return fmt.Errorf("unknown %s %q: %schoose one of %s", what, name, hint, strings.Join(choices, ", "))
}

// Nearest returns up to n of the choices that are a misspelt name away: within a third of its length of edits, but at
// least 2, upper and lower case alike. The nearest come first, and none is more than one edit further away than those.
func Nearest(name string, choices []string, n int) []string {
	edits := func(choice string) int {
		return levenshtein.ComputeDistance(strings.ToLower(name), strings.ToLower(choice))
	}
	within := max(2, len(name)/3)
	for _, c := range choices {
		within = min(within, edits(c)+1)
	}
	var near []string
	for _, c := range choices {
		if d := edits(c); d <= within && d <= max(2, len(name)/3) {
			near = append(near, c)
		}
	}
	slices.SortStableFunc(near, func(a, b string) int { return cmp.Compare(edits(a), edits(b)) })
	return near[:min(n, len(near))]
}
