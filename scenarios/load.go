package scenarios

import (
	"errors"
	"reflect"
	"slices"
	"strings"
)

// Loaded is a scenario ready for use, with the sources of its values. It is read-only and may be shared.
type Loaded struct {
	*Scenario
	declared
}

// LoadedPolicy is a policy ready for use, with the sources of its values. It is read-only and may be shared.
type LoadedPolicy struct {
	*Policy
	declared
}

// declared is the tree behind a loaded scenario or policy.
type declared struct {
	root *node
	typ  reflect.Type
}

// Load reads a scenario by its built-in name or its file's path, resolves what it extends, applies the overrides and
// checks everything, the policies it names included. Overrides of policies are applied to those policies and otherwise
// passed over. Errors are the user's to mend; those of a file that could be read are Problems.
func Load(name string, set []Override) (*Loaded, error) {
	src, err := scenarioShelf().open(name, "")
	if err != nil {
		return nil, err
	}
	return loadScenario(src, set)
}

// LoadText checks a scenario given as text. file is the name that messages use; paths start in the working directory.
func LoadText(file string, text []byte, set []Override) (*Loaded, error) {
	return loadScenario(source{key: absolute(file, ""), label: file, text: text}, set)
}

func loadScenario(src source, set []Override) (*Loaded, error) {
	s := new(Scenario)
	d, f := assemble(scenarioShelf(), []source{src}, set, s)
	if len(f.list) == 0 {
		checkScenario(s, d.root, f)
	}
	if len(f.list) == 0 {
		checkPolicies(s, d.root, set, f)
	}
	if err := f.err(); err != nil {
		return nil, err
	}
	return &Loaded{s, d}, nil
}

// LoadPolicy reads a policy by its built-in name or its file's path, resolves what it extends, applies the overrides
// and checks it. Overrides of scenarios are passed over. Errors are as those of Load.
//
// Several names with a plus between them are laid over one another: the first as it is, of each other what it changes
// of physician-first. Expressions are not looked at: package triage compiles them.
func LoadPolicy(name string, set []Override) (*LoadedPolicy, error) {
	sources, err := policyShelf().openAll(name, "")
	if err != nil {
		return nil, err
	}
	p := new(Policy)
	d, f := assemble(policyShelf(), sources, set, p)
	if len(f.list) == 0 {
		checkPolicy(p, d.root, f)
	}
	if err := f.err(); err != nil {
		return nil, err
	}
	return &LoadedPolicy{p, d}, nil
}

// assemble reads sources and what they extend, lays the overrides over the whole and decodes it.
func assemble(from shelf, sources []source, set []Override, into any) (declared, *findings) {
	c := chain{shelf: from}
	root := c.read(sources)
	d := declared{typ: reflect.TypeOf(into).Elem()}
	if root == nil {
		return d, &c.findings
	}
	root = applyOverrides(root, d.typ, set, &c.findings)
	decode(root, into, &c.findings)
	d.root = arrange(d.typ, root)
	return d, &c.findings
}

// checkPolicies loads every policy that the scenario names and holds the two against each other.
func checkPolicies(s *Scenario, root *node, set []Override, f *findings) {
	list := root.get("policies")
	for i, name := range s.Policies {
		at := list.items[i].at
		for _, earlier := range s.Policies[:i] {
			if earlier == name {
				f.add(at, "the policy "+name+" is listed twice", "delete one of the two")
			}
		}
		p, err := LoadPolicy(name, set)
		if err == nil {
			err = Check(s, p.Policy)
		}
		if err != nil {
			f.addPolicy(at, name, err)
		}
	}
}

// addPolicy adds what is wrong with a policy that a scenario names. What a flag is to blame for is told once, however
// many policies it upsets.
func (f *findings) addPolicy(at place, name string, err error) {
	var ps Problems
	if !errors.As(err, &ps) {
		what, hint := splitError(err)
		f.add(at, what, hint)
		return
	}
	for _, p := range ps {
		flag := finding{place{in: &layer{name: p.At.File, set: true}}, p.What, p.Hint}
		switch {
		case p.At.Line > 0 || !strings.HasPrefix(p.At.File, setFlag):
			f.add(at, "policy "+name+" is wrong: "+p.Error(), "")
		case !slices.ContainsFunc(f.list, func(g finding) bool { return g.at.in.name == p.At.File && g.what == p.What }):
			f.list = append(f.list, flag)
		}
	}
}
