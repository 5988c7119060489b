package results

import (
	"os"
	"reflect"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// Every field of the JSON formats is in docs/format.md, under the name it has in the files.
func TestFormatDocumentNamesEveryField(t *testing.T) {
	text, err := os.ReadFile("../docs/format.md")
	require.NoError(t, err)
	for _, format := range []reflect.Type{reflect.TypeFor[Run](), reflect.TypeFor[Verify](), reflect.TypeFor[Judgement](), reflect.TypeFor[GateList]()} {
		for name := range fields(format) {
			require.True(t, strings.Contains(string(text), "`"+name+"`") || strings.Contains(string(text), "`"+name+"[]`"), name)
		}
	}
}

// fields collects the JSON names of a struct and of all it holds.
func fields(of reflect.Type) map[string]bool {
	names := map[string]bool{}
	switch of.Kind() {
	case reflect.Pointer, reflect.Slice:
		return fields(of.Elem())
	case reflect.Struct:
		for i := range of.NumField() {
			f := of.Field(i)
			name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
			if name == "" {
				continue // of a library's type, such as time.Time
			}
			names[name] = true
			for inner := range fields(f.Type) {
				names[inner] = true
			}
		}
	}
	return names
}
