package triage

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/portalbench/portalbench/scenarios"
)

// The guide for writers of policies lists every name and every text, and its example compiles.
func TestGuideSaysWhatConditionsMayAsk(t *testing.T) {
	text, err := os.ReadFile(filepath.Join("..", "..", "docs", "policies.md"))
	require.NoError(t, err)
	guide := string(text)
	for _, f := range facts(newPools([]string{"rn", "ma"})) {
		require.Contains(t, guide, "`"+f.name+"`")
		for _, s := range f.texts {
			require.Contains(t, guide, s, f.name)
		}
	}
	_, example, _ := strings.Cut(guide, "```yaml\n")
	example, _, _ = strings.Cut(example, "```")
	file := filepath.Join(t.TempDir(), "our-clinic.yaml")
	require.NoError(t, os.WriteFile(file, []byte(example), 0o600))
	p, err := scenarios.LoadPolicy(file, nil)
	require.NoError(t, err)
	_, err = Compile(p.Policy)
	require.NoError(t, err)
}
