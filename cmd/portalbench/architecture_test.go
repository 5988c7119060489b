package main

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

const module = "github.com/portalbench/portalbench"

// order lists the packages, bottom first: a package imports only packages that stand before it. A change here is a
// design decision.
var order = []string{"results/stats", "results", "scenarios", "sim/des", "generators", "sim", "sim/triage", "sim/verify", "bench",
	"bench/fhir", "bench/rest", "bench/refportal", "results/report", "cmd/portalbench"}

// shared lists the outside modules that several packages may import. Each of the others stays behind one package, so
// that replacing it touches one.
var shared = map[string][]string{
	"golang.org/x/sys":   order,
	"golang.org/x/time":  order,
	"gonum.org/v1/gonum": {"results/stats", "sim/des", "generators", "sim"},
}

// testsOnly are the modules that nothing but tests may import.
var testsOnly = []string{"github.com/stretchr/testify", "github.com/rogpeppe/go-internal", "golang.org/x/perf"}

// timeless packages take time from their caller and chance from keys.
var timeless = []string{"scenarios", "sim/des", "generators", "sim", "sim/triage", "bench/refportal"}

var (
	wallClock     = []string{"Now", "Sleep", "Since", "Until"}
	randomSources = []string{"math/rand", "math/rand/v2"}
	vagueNames    = []string{"utils", "util", "common", "manager", "helper", "helpers", "base", "impl", "data", "info"}
)

const maxLines = 500

// goFile is one file of the module.
type goFile struct {
	pkg    string // folder, relative to the module's root, with slashes
	name   string
	lines  int
	syntax *ast.File
}

func (f *goFile) test() bool { return strings.HasSuffix(f.name, "_test.go") }

// imports returns the paths that f imports.
func (f *goFile) imports() []string {
	var paths []string
	for _, i := range f.syntax.Imports {
		paths = append(paths, strings.Trim(i.Path.Value, "`\""))
	}
	return paths
}

func parse(pkg, name string, src []byte) (*goFile, error) {
	set := token.NewFileSet()
	syntax, err := parser.ParseFile(set, name, src, parser.ParseComments|parser.SkipObjectResolution)
	if err != nil {
		return nil, fmt.Errorf("reading %s/%s: %w", pkg, name, err)
	}
	return &goFile{pkg, name, strings.Count(string(src), "\n"), syntax}, nil
}

// violations returns every breach of the architecture, sorted.
func violations(files []*goFile) []string {
	var found []string
	for _, f := range files {
		found = append(found, place(f)...)
		found = append(found, layers(f)...)
		found = append(found, clock(f)...)
	}
	found = append(found, uncommented(files)...)
	found = append(found, spread(files)...)
	slices.Sort(found)
	return found
}

// place checks what a file is and where it stands.
func place(f *goFile) (found []string) {
	at := f.pkg + "/" + f.name
	if !slices.Contains(order, f.pkg) {
		found = append(found, at+": package is not in the order")
	}
	if slices.Contains(vagueNames, path.Base(f.pkg)) || slices.Contains(vagueNames, strings.TrimSuffix(f.name, ".go")) ||
		slices.Contains(vagueNames, f.syntax.Name.Name) {
		found = append(found, at+": name says nothing")
	}
	if f.lines > maxLines {
		found = append(found, fmt.Sprintf("%s: %d lines, at most %d", at, f.lines, maxLines))
	}
	for _, d := range f.syntax.Decls {
		if fn, ok := d.(*ast.FuncDecl); ok && fn.Recv == nil && fn.Name.Name == "init" {
			found = append(found, at+": init function")
		}
	}
	return found
}

// layers checks that f imports what stands before its package. Tests may look up: a package's fake may stand above it.
func layers(f *goFile) (found []string) {
	if f.test() {
		return nil
	}
	for _, p := range f.imports() {
		inner, ok := strings.CutPrefix(p, module+"/")
		if ok && slices.Index(order, inner) >= slices.Index(order, f.pkg) {
			found = append(found, fmt.Sprintf("%s/%s: imports %s, which stands above it", f.pkg, f.name, inner))
		}
	}
	return found
}

// clock checks that timeless packages ask neither the wall clock nor the global random source.
func clock(f *goFile) (found []string) {
	if f.test() || !slices.Contains(timeless, f.pkg) {
		return nil
	}
	for _, p := range f.imports() {
		if slices.Contains(randomSources, p) {
			found = append(found, fmt.Sprintf("%s/%s: imports %s", f.pkg, f.name, p))
		}
	}
	name := localName(f, "time")
	ast.Inspect(f.syntax, func(n ast.Node) bool {
		if s, ok := n.(*ast.SelectorExpr); ok {
			if x, ok := s.X.(*ast.Ident); ok && x.Name == name && slices.Contains(wallClock, s.Sel.Name) {
				found = append(found, fmt.Sprintf("%s/%s: uses time.%s", f.pkg, f.name, s.Sel.Name))
			}
		}
		return true
	})
	return found
}

// localName is what f calls an imported package of the standard library.
func localName(f *goFile, imported string) string {
	for _, i := range f.syntax.Imports {
		if i.Name != nil && strings.Trim(i.Path.Value, "`\"") == imported {
			return i.Name.Name
		}
	}
	return path.Base(imported)
}

// uncommented finds packages that none of their files explains.
func uncommented(files []*goFile) (found []string) {
	commented := map[string]bool{}
	for _, f := range files {
		commented[f.pkg] = commented[f.pkg] || !f.test() && f.syntax.Doc.Text() != ""
	}
	for pkg, ok := range commented {
		if !ok {
			found = append(found, pkg+": no package comment")
		}
	}
	return found
}

// spread finds outside modules that stand in more packages than they may.
func spread(files []*goFile) (found []string) {
	users := map[string]map[string]bool{}
	for _, f := range files {
		for _, p := range f.imports() {
			m := outside(p)
			if m == "" || f.test() && slices.Contains(testsOnly, m) {
				continue
			}
			if users[m] == nil {
				users[m] = map[string]bool{}
			}
			users[m][f.pkg] = true
		}
	}
	for m, pkgs := range users {
		found = append(found, misplaced(m, pkgs)...)
	}
	return found
}

func misplaced(m string, pkgs map[string]bool) (found []string) {
	if slices.Contains(testsOnly, m) {
		return []string{m + ": imported outside tests"}
	}
	allowed, isShared := shared[m]
	for pkg := range pkgs {
		if isShared && !slices.Contains(allowed, pkg) {
			found = append(found, m+": imported by "+pkg)
		}
	}
	if !isShared && len(pkgs) > 1 {
		found = append(found, fmt.Sprintf("%s: imported by %d packages", m, len(pkgs)))
	}
	return found
}

// outside returns the module of an import path, without its major version: two segments at gopkg.in and modernc.org,
// three elsewhere. It is empty for this module and for the standard library.
func outside(p string) string {
	parts := strings.Split(p, "/")
	if !strings.Contains(parts[0], ".") || p == module || strings.HasPrefix(p, module+"/") {
		return ""
	}
	n := 3
	if parts[0] == "modernc.org" || parts[0] == "gopkg.in" {
		n = 2
	}
	return strings.Join(parts[:min(n, len(parts))], "/")
}

func TestArchitecture(t *testing.T) {
	files := readModule(t, filepath.Join("..", ".."))
	require.Greater(t, len(files), len(order), "the walk must have found the module")
	for _, v := range violations(files) {
		t.Error(v)
	}
}

// readModule parses every Go file below root, whatever its build constraints.
func readModule(t *testing.T, root string) []*goFile {
	t.Helper()
	var files []*goFile
	err := filepath.WalkDir(root, func(file string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(root, file)
		if err != nil {
			return err
		}
		if entry.IsDir() && rel != "." && unread(entry.Name()) {
			return filepath.SkipDir
		}
		if entry.IsDir() || filepath.Ext(file) != ".go" {
			return nil
		}
		src, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		f, err := parse(filepath.ToSlash(filepath.Dir(rel)), entry.Name(), src)
		files = append(files, f)
		return err
	})
	require.NoError(t, err)
	return files
}

// unread reports whether the go command ignores a folder, or a run left it.
func unread(dir string) bool {
	return strings.HasPrefix(dir, ".") || strings.HasPrefix(dir, "_") || dir == "testdata" || dir == "runs"
}

// The checker itself: each row is a module with one breach, or with something that looks like one and is not.
func TestViolations(t *testing.T) {
	const sound = "// Package p is explained.\npackage p\n"
	for _, row := range []struct {
		name  string
		files map[string]string
		want  []string
	}{
		{"sound", map[string]string{"sim/a.go": sound + `import "` + module + `/generators"`}, nil},
		{"upward", map[string]string{"sim/a.go": sound + `import "` + module + `/bench"`},
			[]string{"sim/a.go: imports bench, which stands above it"}},
		{"upward in a test", map[string]string{"sim/a.go": sound, "sim/a_test.go": "package p\nimport \"" + module + "/bench\""}, nil},
		{"new package", map[string]string{"queue/a.go": sound}, []string{"queue/a.go: package is not in the order"}},
		{"root package", map[string]string{"./a.go": sound}, []string{"./a.go: package is not in the order"}},
		{"no comment", map[string]string{"sim/a.go": "package p"}, []string{"sim: no package comment"}},
		{"comment in a test", map[string]string{"sim/a.go": "package p", "sim/a_test.go": sound},
			[]string{"sim: no package comment"}},
		{"vague file", map[string]string{"sim/utils.go": sound}, []string{"sim/utils.go: name says nothing"}},
		{"vague package", map[string]string{"sim/a.go": "// Package common.\npackage common"},
			[]string{"sim/a.go: name says nothing"}},
		{"long", map[string]string{"sim/a.go": sound + strings.Repeat("\n", 499)},
			[]string{"sim/a.go: 501 lines, at most 500"}}, // sound has two
		{"longest", map[string]string{"sim/a.go": sound + strings.Repeat("\n", 498)}, nil},
		{"init", map[string]string{"sim/a.go": sound + "func init() {}"}, []string{"sim/a.go: init function"}},
		{"init method", map[string]string{"sim/a.go": sound + "type t int\nfunc (t) init() {}"}, nil},
		{"clock", map[string]string{"sim/a.go": sound + "import \"time\"\nvar t = time.Now"},
			[]string{"sim/a.go: uses time.Now"}},
		{"clock by another name", map[string]string{"sim/a.go": sound + "import wall \"time\"\nfunc f() { wall.Sleep(1) }"},
			[]string{"sim/a.go: uses time.Sleep"}},
		{"clock where it belongs", map[string]string{"bench/a.go": sound + "import \"time\"\nvar t = time.Now()"}, nil},
		{"duration", map[string]string{"sim/a.go": sound + "import \"time\"\nconst t = time.Second"}, nil},
		{"chance", map[string]string{"generators/a.go": sound + `import "math/rand/v2"`},
			[]string{"generators/a.go: imports math/rand/v2"}},
		{"two walls", map[string]string{"sim/a.go": sound + `import "example.org/x/y/z"`, "bench/a.go": sound + `import "example.org/x/y"`},
			[]string{"example.org/x/y: imported by 2 packages"}},
		{"shared", map[string]string{"sim/a.go": sound + `import "golang.org/x/sys/unix"`, "bench/a.go": sound + `import "golang.org/x/sys/unix"`}, nil},
		{"shared by others", map[string]string{"bench/a.go": sound + `import "gonum.org/v1/gonum/stat"`},
			[]string{"gonum.org/v1/gonum: imported by bench"}},
		{"testify in a program", map[string]string{"sim/a.go": sound + `import "github.com/stretchr/testify/require"`},
			[]string{"github.com/stretchr/testify: imported outside tests"}},
	} {
		t.Run(row.name, func(t *testing.T) {
			var files []*goFile
			for name, src := range row.files {
				f, err := parse(path.Dir(name), path.Base(name), []byte(src))
				require.NoError(t, err)
				files = append(files, f)
			}
			require.Equal(t, row.want, violations(files))
		})
	}
}

func TestOutside(t *testing.T) {
	for p, want := range map[string]string{
		"fmt":                       "",
		"encoding/json":             "",
		module:                      "",
		module + "/sim":             "",
		module + "x/sim":            module + "x",
		"modernc.org/sqlite":        "modernc.org/sqlite",
		"modernc.org/sqlite/lib":    "modernc.org/sqlite",
		"github.com/a/b":            "github.com/a/b",
		"github.com/a/b/v6/c":       "github.com/a/b",
		"golang.org/x/time/rate":    "golang.org/x/time",
		"gonum.org/v1/gonum/floats": "gonum.org/v1/gonum",
	} {
		require.Equal(t, want, outside(p), p)
	}
}
