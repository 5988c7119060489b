package rest

import (
	"os"
	"reflect"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/portalbench/portalbench/bench"
	"github.com/portalbench/portalbench/results"
	"github.com/portalbench/portalbench/scenarios"
)

func readAdapters(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile("../../docs/adapters.md")
	require.NoError(t, err)
	return string(text)
}

// The file that the document makes step by step is right, and a portal that it describes means what it says.
func TestTheDocumentsFileWorks(t *testing.T) {
	var src strings.Builder
	for _, m := range regexp.MustCompile("(?s)<!-- clinic.yaml -->\n\n```yaml\n(.*?)```").FindAllStringSubmatch(readAdapters(t), -1) {
		src.WriteString(m[1] + "\n")
	}
	got := verified(t, adapter(t, reference(t), nil, described(t, src.String())), nil)
	require.Empty(t, got.Broken())
	checks := 0
	for _, op := range got.Ops {
		checks += len(op.Checks)
	}
	require.Equal(t, 23, checks)
}

// So is the one for portals that answer otherwise, and there is nothing in it that nobody has.
func TestTheDocumentsOtherFileIsRight(t *testing.T) {
	m := regexp.MustCompile("(?s)<!-- otherwise.yaml -->\n\n```yaml\n(.*?)```").FindStringSubmatch(readAdapters(t))
	require.Len(t, m, 2)
	d, err := Read("otherwise.yaml", []byte(m[1]), nil)
	require.NoError(t, err)
	require.Equal(t, bench.Composed, d.Support(isPatient, results.OpReply))
	require.Equal(t, bench.Native, d.Support(isStaff, results.OpClaim))
	require.Equal(t, bench.Absent, d.Support(isPatient, results.OpClaim))
}

// Every field and every variable is explained.
func TestTheDocumentHasEveryField(t *testing.T) {
	text := readAdapters(t)
	for _, name := range fieldsIn(reflect.TypeFor[file]()) {
		require.Contains(t, text, "`"+name+"`", "the field %s", name)
	}
	for k := range results.NumOps {
		for _, name := range variables(results.OpKind(k)) {
			group, _, _ := strings.Cut(name, ".")
			if !strings.Contains(text, "`"+name+"`") {
				require.Contains(t, text, "`"+group+".*`", "the variable %s", name)
			}
		}
	}
}

func fieldsIn(t reflect.Type) (names []string) {
	for t.Kind() == reflect.Pointer || t.Kind() == reflect.Slice || t.Kind() == reflect.Map {
		t = t.Elem()
	}
	if t.Kind() != reflect.Struct || t == reflect.TypeFor[text]() || t == reflect.TypeFor[scenarios.Tree]() {
		return nil
	}
	for f := range t.NumField() {
		name, _, _ := strings.Cut(t.Field(f).Tag.Get("yaml"), ",")
		names = append(append(names, name), fieldsIn(t.Field(f).Type)...)
	}
	return names
}
