package scenarios

import (
	"fmt"
	"strings"

	"github.com/portalbench/portalbench/results"
)

// didYouMean returns a hint that names the known name nearest to a misspelt one, or lists the known names. what says
// what the names are, in the plural.
func didYouMean(name, what string, known []string) string {
	if near := results.Nearest(name, known, 1); len(near) == 1 {
		return fmt.Sprintf("did you mean %q?", near[0])
	}
	if len(known) == 0 {
		return ""
	}
	return fmt.Sprintf("%s %s", what, strings.Join(known, ", "))
}
