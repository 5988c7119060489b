package results

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// The table of docs/format.md and the program's own must say the same.
func TestFormatDocumentListsEveryMeasure(t *testing.T) {
	b, err := os.ReadFile("../docs/format.md")
	require.NoError(t, err)
	var want strings.Builder
	for _, s := range Measures() {
		fmt.Fprintf(&want, "| `%s` | %s | %s | %s |\n", s.Name, s.Unit, strings.Join(s.Statistics, ", "), s.Definition)
	}
	require.Contains(t, string(b), want.String())
}

// Every operation and outcome of the contract is explained too.
func TestFormatDocumentListsOperationsAndOutcomes(t *testing.T) {
	b, err := os.ReadFile("../docs/format.md")
	require.NoError(t, err)
	for _, op := range OpNames()[1:] {
		require.Contains(t, string(b), "| `"+op+"` |")
	}
	for o := range NumOutcomes {
		require.Contains(t, string(b), "| `"+Outcome(o).String()+"` |")
	}
}

func TestParseMeasure(t *testing.T) {
	seen := map[string]bool{}
	for _, name := range MeasureNames() {
		require.False(t, seen[name], name)
		seen[name] = true
		s, err := ParseMeasure(name)
		require.NoError(t, err)
		require.Equal(t, name, s.Name)
		require.NotEmpty(t, s.Statistics)
		require.True(t, strings.HasSuffix(s.Definition, "."), name)
	}
	require.Len(t, seen, 6+6+11+21+27)
	_, err := ParseMeasure("first_respones_hours")
	require.ErrorContains(t, err, "did you mean first_response_hours?")
	_, err = ParseMeasure("latency")
	require.ErrorContains(t, err, `unknown measure "latency": choose one of first_read_hours,`)
}
