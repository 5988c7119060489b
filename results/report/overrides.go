package report

import (
	"maps"
	"slices"

	"github.com/portalbench/portalbench/results"
)

// varied returns the paths of the overrides that differ between policies, sorted.
func varied(policies []results.PolicyResult) []string {
	paths := map[string]bool{}
	for _, p := range policies {
		for path, value := range p.Set {
			if other, set := policies[0].Set[path]; !set || other != value {
				paths[path] = true
			}
		}
		for path := range policies[0].Set {
			if _, set := p.Set[path]; !set {
				paths[path] = true
			}
		}
	}
	return slices.Sorted(maps.Keys(paths))
}

// common returns the overrides that all policies have.
func common(policies []results.PolicyResult) map[string]string {
	if len(policies) == 0 {
		return nil
	}
	set := maps.Clone(policies[0].Set)
	for _, path := range varied(policies) {
		delete(set, path)
	}
	return set
}

// nameAmong names a policy among others whose overrides differ at some paths.
func nameAmong(p results.PolicyResult, paths []string) string {
	name := p.Name
	for _, path := range paths {
		if value, set := p.Set[path]; set {
			name += ", " + path + "=" + value
		}
	}
	return name
}
