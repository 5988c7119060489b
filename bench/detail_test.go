package bench

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestDetailsGiveNothingAway(t *testing.T) {
	secret := strings.Repeat("a90456796af4", 5)
	got := harmless(`bad request: {"login":"pt-0123456789abcdef","secret":"` + secret + "\"}\n\x1b[31m")
	require.NotContains(t, got, secret[:24])
	require.Contains(t, got, "pt-0123456789abcdef", "who it was may be told")
	require.NotContains(t, got, "\x1b")
	require.LessOrEqual(t, len([]rune(harmless(strings.Repeat("long ", 1000)))), longestDetail+1)
	require.Equal(t, "not found: no such thread", harmless("not found: no such thread"))
}
