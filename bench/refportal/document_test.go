package refportal

import (
	"os"
	"regexp"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestEveryRouteIsDocumented compares the headings of docs/refportal.md with the routes, both ways.
func TestEveryRouteIsDocumented(t *testing.T) {
	text, err := os.ReadFile("../../docs/refportal.md")
	require.NoError(t, err)
	var documented, registered []string
	for _, m := range regexp.MustCompile("(?m)^### `([A-Z]+ /[^`]*)`$").FindAllSubmatch(text, -1) {
		documented = append(documented, string(m[1]))
	}
	for _, rt := range routes() {
		registered = append(registered, rt.method+" "+rt.path)
	}
	require.ElementsMatch(t, registered, documented)
}
