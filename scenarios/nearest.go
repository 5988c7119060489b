package scenarios

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// didYouMean returns a hint that names the known name nearest to a misspelt one, or lists the known names. what says
// what the names are, in the plural.
func didYouMean(name, what string, known []string) string {
	if near := nearest(name, known, 1); len(near) == 1 {
		return fmt.Sprintf("did you mean %q?", near[0])
	}
	if len(known) == 0 {
		return ""
	}
	return fmt.Sprintf("%s %s", what, strings.Join(known, ", "))
}

// nearest returns up to n known names within a third of the name's length of edits, the nearest first, and none that
// is more than one edit further away than the nearest.
func nearest(name string, known []string, n int) []string {
	within := max(1, len(name)/3)
	for _, k := range known {
		within = min(within, edits(name, k)+1)
	}
	var near []string
	for _, k := range known {
		if d := edits(name, k); d <= within && d <= max(1, len(name)/3) {
			near = append(near, k)
		}
	}
	slices.SortStableFunc(near, func(a, b string) int { return cmp.Compare(edits(name, a), edits(name, b)) })
	return near[:min(n, len(near))]
}

// edits is the Levenshtein distance between two names, upper and lower case alike: the least number of bytes to
// insert, delete or change. row[j] is the distance between the bytes of a seen so far and the first j bytes of b.
func edits(a, b string) int {
	a, b = strings.ToLower(a), strings.ToLower(b)
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			change := diagonal
			if a[i] != b[j] {
				change++
			}
			diagonal = row[j+1]
			row[j+1] = min(change, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}
