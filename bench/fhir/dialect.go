package fhir

import (
	"bytes"
	"encoding/json"
	"reflect"
	"regexp"
	"slices"
)

// write writes what a request carries, as the server wants it.
func (d *dialect) write(base string, body any) ([]byte, error) {
	content, err := json.Marshal(body)
	if d == nil || err != nil {
		return content, err
	}
	in := json.NewDecoder(bytes.NewReader(content))
	in.UseNumber() // a value must stay as exact as it was measured
	var tree any
	if err := in.Decode(&tree); err != nil {
		return nil, err
	}
	return json.Marshal(d.translated(base, tree))
}

// isReference tells a reference to a resource of the server from one to something within a bundle.
var isReference = regexp.MustCompile(`^[A-Z][A-Za-z]+/[A-Za-z0-9.-]{1,64}$`)

// translated returns a tree with the server's systems, codes and references, and with what it wants in resources.
func (d *dialect) translated(base string, tree any) any {
	switch t := tree.(type) {
	case []any:
		for i := range t {
			t[i] = d.translated(base, t[i])
		}
	case map[string]any:
		d.add(t)
		for name, value := range t {
			t[name] = d.translated(base, value)
		}
		if ref, ok := t["reference"].(string); ok && d.references && isReference.MatchString(ref) {
			t["reference"] = base + "/" + ref
		}
		d.recode(t)
	}
	return tree
}

// recode gives a coding or an identifier the server's names.
func (d *dialect) recode(t map[string]any) {
	system, _ := t["system"].(string)
	if d.system[system] == "" {
		return
	}
	t["system"] = d.system[system]
	if code, ok := t["code"].(string); ok {
		theirs := d.theirs(coding{system, code})
		t["system"], t["code"] = theirs.System, theirs.Code
	}
}

// add puts into a resource what it must have besides ours. It does so before codes are translated.
func (d *dialect) add(resource map[string]any) {
	kind, _ := resource["resourceType"].(string)
	d.addTo(resource, kind)
	if kind != "Communication" {
		return
	}
	for _, of := range []string{header, message} {
		if d.isCommunication(resource, of) {
			d.addTo(resource, of)
		}
	}
}

func (d *dialect) addTo(resource map[string]any, kind string) {
	a := d.additions[kind]
	merge(resource, a.Elements)
	if len(a.Profiles) == 0 {
		return
	}
	var profiles []any
	for _, p := range a.Profiles {
		profiles = append(profiles, p)
	}
	merge(resource, map[string]any{"meta": map[string]any{"profile": profiles}})
}

// isCommunication tells threads from messages, before their codes are translated or after.
func (d *dialect) isCommunication(resource map[string]any, kind string) bool {
	categories, _ := resource["category"].([]any)
	return slices.ContainsFunc(categories, func(c any) bool {
		concept, _ := c.(map[string]any)
		codings, _ := concept["coding"].([]any)
		return slices.ContainsFunc(codings, func(c any) bool {
			m, _ := c.(map[string]any)
			system, _ := m["system"].(string)
			code, _ := m["code"].(string)
			ours := coding{kindSystem, kind}
			return coding{system, code} == ours || coding{system, code} == d.theirs(ours)
		})
	})
}

// merge puts elements into others: groups into groups, lists behind lists unless what they hold is there, and anything
// else in place of what was there.
func merge(into, from map[string]any) {
	for name, value := range from {
		switch old := into[name].(type) {
		case map[string]any:
			if more, ok := value.(map[string]any); ok {
				merge(old, more)
				continue
			}
		case []any:
			if more, ok := value.([]any); ok {
				into[name] = appendMissing(old, more)
				continue
			}
		}
		into[name] = detached(value)
	}
}

func appendMissing(list, more []any) []any {
	for _, m := range more {
		if m = detached(m); !slices.ContainsFunc(list, func(l any) bool { return reflect.DeepEqual(l, m) }) {
			list = append(list, m)
		}
	}
	return list
}

// detached returns a copy of a value that shares nothing with it, with numbers as they are read from JSON.
func detached(value any) any {
	content, err := json.Marshal(value)
	if err != nil {
		return value
	}
	in := json.NewDecoder(bytes.NewReader(content))
	in.UseNumber()
	var other any
	if in.Decode(&other) != nil {
		return value
	}
	return other
}
