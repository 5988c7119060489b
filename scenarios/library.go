package scenarios

import (
	"embed"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/portalbench/portalbench/results"
)

//go:embed library
var libraryFiles embed.FS

// shelf is a part of the library: scenarios or policies.
type shelf struct {
	dir   string // in the embedded files
	noun  string // what it holds
	joins bool   // several may be laid over one another, as in nurse-first+ai-drafts
}

func scenarioShelf() shelf { return shelf{"library", "scenario", false} }
func policyShelf() shelf   { return shelf{"library/policies", "policy", true} }

// other returns the other part of the library.
func (s shelf) other() shelf {
	if s.joins {
		return scenarioShelf()
	}
	return policyShelf()
}

// usage says where commands take what the shelf holds.
func (s shelf) usage(name string) string {
	if s.joins {
		return fmt.Sprintf("name policies with --policy: portalbench simulate SCENARIO --policy %s", name)
	}
	return fmt.Sprintf("a scenario is named by itself: portalbench simulate %s", name)
}

// baselinePolicy is the built-in policy that every other is a change of.
const baselinePolicy = "physician-first"

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

// openAll finds what a name means: one source or, for policies with a plus between their names, several.
func (s shelf) openAll(name, dir string) ([]source, error) {
	parts := s.parts(name, dir)
	var sources []source
	for _, part := range parts {
		switch {
		case part == "" && len(parts) > 1:
			return nil, fmt.Errorf("policy %q has an empty part: write names with one plus between them, such as nurse-first+ai-drafts", name)
		case slices.ContainsFunc(sources, func(src source) bool { return src.label == part || src.key == builtInKey(part) }):
			return nil, fmt.Errorf("policy %q has the part %s twice: name it once", name, part)
		}
		src, err := s.open(part, dir)
		if err != nil {
			return nil, err
		}
		sources = append(sources, src)
	}
	return sources, nil
}

// parts splits the name of a combination. A file may have a plus in its path: one that exists is not split.
func (s shelf) parts(name, dir string) []string {
	if !s.joins || !strings.Contains(name, "+") {
		return []string{name}
	}
	if isFile(name) {
		if _, err := os.Stat(inDir(name, dir)); err == nil {
			return []string{name}
		}
	}
	return strings.Split(name, "+")
}

// anchored returns a name with the paths in it made absolute.
func (s shelf) anchored(name, dir string) string {
	parts := s.parts(name, dir)
	for i, part := range parts {
		if isFile(part) {
			parts[i] = absolute(part, dir)
		}
	}
	return strings.Join(parts, "+")
}

// inDir returns a path that starts in dir.
func inDir(name, dir string) string {
	path := filepath.FromSlash(name)
	if filepath.IsAbs(path) {
		return path
	}
	return filepath.Join(dir, path)
}

// open finds a scenario or policy by its built-in name or by its file's path, which starts in dir.
func (s shelf) open(name, dir string) (source, error) {
	if !isFile(name) {
		return s.builtIn(name)
	}
	path := inDir(name, dir)
	text, err := os.ReadFile(path)
	if err != nil {
		return source{}, fmt.Errorf("%s %s cannot be read: %w: give a file, or one of %s", s.noun, name, err,
			strings.Join(s.names(), ", "))
	}
	return source{absolute(name, dir), path, filepath.Dir(path), text}, nil
}

func (s shelf) builtIn(name string) (source, error) {
	text, err := libraryFiles.ReadFile(s.dir + "/" + name + ".yaml")
	if err != nil {
		if first, _, _ := strings.Cut(name, "+"); slices.Contains(s.other().names(), first) {
			return source{}, fmt.Errorf("%s is a %s, and a %s belongs here: %s", name, s.other().noun, s.noun, s.other().usage(name))
		}
		hint := "built in are " + strings.Join(s.names(), ", ")
		if near := results.Nearest(name, s.names(), 1); len(near) == 1 {
			hint = fmt.Sprintf("did you mean %q? %s", near[0], hint)
		}
		return source{}, fmt.Errorf("unknown %s %q: %s (a file needs its path, such as ./%s.yaml)", s.noun, name, hint, name)
	}
	return source{builtInKey(name), name + " (built in)", "", text}, nil
}

func builtInKey(name string) string { return "built in: " + name }
