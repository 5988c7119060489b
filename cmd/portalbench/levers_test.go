package main

import (
	"go/ast"
	"path/filepath"
	"reflect"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/portalbench/portalbench/scenarios"
)

// Every lever of a policy has one home: a single file of the simulator or of triage knows it, so that a new one is
// added, and an old one understood, in one place. What a policy is called, and the routes that make up a policy rather
// than bend it, are not levers in this sense.
func TestEveryLeverHasOneHome(t *testing.T) {
	files := readModule(t, filepath.Join("..", ".."))
	policy := reflect.TypeFor[scenarios.Policy]()
	for i := range policy.NumField() {
		f := policy.Field(i)
		if f.Type.Kind() != reflect.Struct || slices.Contains([]string{"Classify", "Route"}, f.Name) {
			continue
		}
		require.Len(t, homes(files, f.Name), 1, "files of sim and sim/triage that use the lever %s", f.Name)
	}
	require.Greater(t, len(homes(files, "Scenario")), 1, "the check finds what is used in several files")
}

// homes returns the files of the simulator that select a field.
func homes(files []*goFile, field string) (names []string) {
	for _, f := range files {
		if f.test() || f.pkg != "sim" && f.pkg != "sim/triage" {
			continue
		}
		used := false
		ast.Inspect(f.syntax, func(n ast.Node) bool {
			s, ok := n.(*ast.SelectorExpr)
			used = used || ok && s.Sel.Name == field
			return !used
		})
		if used {
			names = append(names, f.name)
		}
	}
	return names
}
