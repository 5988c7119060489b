package scenarios

import (
	"embed"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/portalbench/portalbench/results"
)

//go:embed library
var libraryFiles embed.FS

// shelf is a part of the library: scenarios or policies.
type shelf struct {
	dir    string // in the embedded files
	noun   string // what it holds
	nameOf string // the field that holds the name
}

func scenarioShelf() shelf { return shelf{"library", "scenario", "scenario"} }
func policyShelf() shelf   { return shelf{"library/policies", "policy", "policy"} }

// ScenarioNames returns the names of the built-in scenarios, sorted.
func ScenarioNames() []string { return scenarioShelf().names() }

// PolicyNames returns the names of the built-in policies, sorted.
func PolicyNames() []string { return policyShelf().names() }

func (s shelf) names() []string {
	files, err := libraryFiles.ReadDir(s.dir)
	if err != nil {
		panic(err) // the directory is embedded
	}
	var names []string
	for _, f := range files {
		if name, ok := strings.CutSuffix(f.Name(), ".yaml"); ok {
			names = append(names, name)
		}
	}
	return names
}

// source is the text of a scenario or policy and where it is from.
type source struct {
	key   string // tells two sources apart
	label string // as messages call it
	dir   string // where paths in it start; empty for built-in ones
	text  []byte
}

// isFile reports whether a name means a file rather than something built in.
func isFile(name string) bool {
	return strings.ContainsAny(name, `/\`) || strings.HasSuffix(name, ".yaml") || strings.HasSuffix(name, ".yml")
}

// open finds a scenario or policy by its built-in name or by its file's path, which starts in dir.
func (s shelf) open(name, dir string) (source, error) {
	if !isFile(name) {
		return s.builtIn(name)
	}
	path := filepath.FromSlash(name)
	if !filepath.IsAbs(path) {
		path = filepath.Join(dir, path)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return source{}, fmt.Errorf("%s %s cannot be read: %w: give a file, or one of %s", s.noun, name, err, strings.Join(s.names(), ", "))
	}
	return source{absolute(name, dir), path, filepath.Dir(path), text}, nil
}

func (s shelf) builtIn(name string) (source, error) {
	text, err := libraryFiles.ReadFile(s.dir + "/" + name + ".yaml")
	if err != nil {
		hint := "built in are " + strings.Join(s.names(), ", ")
		if near := results.Nearest(name, s.names(), 1); len(near) == 1 {
			hint = fmt.Sprintf("did you mean %q? %s", near[0], hint)
		}
		return source{}, fmt.Errorf("unknown %s %q: %s (a file needs its path, such as ./%s.yaml)", s.noun, name, hint, name)
	}
	return source{"built in: " + name, name + " (built in)", "", text}, nil
}
