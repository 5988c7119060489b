package bench_test

import (
	"encoding/csv"
	"os"
	"reflect"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/portalbench/portalbench/bench"
)

func authDocument(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile("../docs/auth.md")
	require.NoError(t, err)
	return string(text)
}

func blocks(text, language string) (all []string) {
	for _, found := range regexp.MustCompile("(?s)```"+language+"\n(.*?)```").FindAllStringSubmatch(text, -1) {
		all = append(all, found[1])
	}
	return all
}

// Every kind of entry has an example in the document, and each can be read.
func TestExamplesOfTheAuthDocument(t *testing.T) {
	text := authDocument(t)
	t.Chdir(t.TempDir())
	for _, name := range []string{"PORTAL_PASSWORD", "CLIENT_SECRET"} {
		t.Setenv(name, "a-secret")
	}
	for _, file := range []string{"token.txt", "admin.secret"} {
		require.NoError(t, os.WriteFile(file, []byte("a-secret\n"), 0o600))
	}
	shown := map[string]bool{}
	for _, example := range blocks(text, "yaml") {
		auth, err := bench.ReadAuth("auth.yaml", []byte(example))
		require.NoError(t, err, example)
		for _, e := range []*bench.AuthEntry{auth.Admin, auth.Staff, auth.Patient, auth.Proxy, auth.Everybody} {
			if e != nil {
				shown[e.Kind] = true
			}
		}
	}
	kind, _ := reflect.TypeFor[bench.AuthEntry]().FieldByName("Kind")
	for _, name := range regexp.MustCompile(`enum=(\w+)`).FindAllStringSubmatch(kind.Tag.Get("jsonschema"), -1) {
		require.True(t, shown[name[1]], "an example of kind %s", name[1])
	}
}

// Every field has its row.
func TestFieldsOfTheAuthDocument(t *testing.T) {
	text := authDocument(t)
	entry := reflect.TypeFor[bench.AuthEntry]()
	for i := range entry.NumField() {
		name, _, _ := strings.Cut(entry.Field(i).Tag.Get("yaml"), ",")
		require.Regexp(t, "(?m)^\\|[^|]*`"+name+"`[^|]*\\|", text, name)
	}
}

// The people of the document can be read.
func TestPeopleOfTheAuthDocument(t *testing.T) {
	text := blocks(authDocument(t), "csv")[0]
	t.Chdir(t.TempDir())
	t.Setenv("ANNS_SECRET", "a-secret")
	t.Setenv("NORAS_SECRET", "a-secret")
	require.NoError(t, os.WriteFile("pia.secret", []byte("a-secret"), 0o600))
	people, err := bench.ReadPeople("people.csv", strings.NewReader(text))
	require.NoError(t, err)
	rows, err := csv.NewReader(strings.NewReader(text)).ReadAll()
	require.NoError(t, err)
	require.Len(t, people, len(rows)-1)
}
