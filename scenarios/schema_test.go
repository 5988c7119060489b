package scenarios

import (
	"flag"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

var update = flag.Bool("update", false, "rewrite the schema files")

// Editors read the files in the folder schema; the program reads the types. They must say the same.
func TestSchemaFiles(t *testing.T) {
	for name, got := range map[string][]byte{"scenario": ScenarioSchema(), "policy": PolicySchema()} {
		file := filepath.Join("schema", name+".schema.json")
		if *update {
			require.NoError(t, os.WriteFile(file, got, 0o644))
		}
		want, err := os.ReadFile(file)
		require.NoError(t, err)
		require.Equal(t, string(want), string(got), "run go test ./scenarios -run TestSchemaFiles -update")
	}
}
