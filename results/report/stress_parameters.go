package report

import (
	"encoding"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/portalbench/portalbench/scenarios"
)

// parameterTable lists the parameters of one part of a scenario.
type parameterTable struct {
	Title string
	Rows  []parameter
}

// parameter is one value of a scenario or policy.
type parameter struct {
	Path, Value string
	Meaning     string // with the unit
	Source      string
	Assumed     bool
	Note        string   // what the source's comment adds
	IDs         []string // of the evidence table
}

// parameterTables lists every parameter of a scenario once, by part: the first name of the path, and the second where
// there are groups below it.
func parameterTables(s *scenarios.Loaded) []parameterTable {
	meanings := meaningsOf(reflect.ValueOf(s.Scenario).Elem())
	var tables []parameterTable
	for _, source := range s.Sources() {
		title := partOf(source.Path)
		if len(tables) == 0 || tables[len(tables)-1].Title != title {
			tables = append(tables, parameterTable{Title: title})
		}
		last := &tables[len(tables)-1]
		last.Rows = append(last.Rows, newParameter(source, meanings))
	}
	return tables
}

func partOf(path string) string {
	parts := strings.Split(path, ".")
	if parts[0] == "staff" && len(parts) > 1 {
		return "staff." + parts[1]
	}
	return parts[0]
}

func newParameter(s scenarios.Source, meanings map[string]string) parameter {
	return parameter{Path: s.Path, Value: s.Value, Meaning: meanings[s.Path], Source: sourceText(s), Assumed: s.Assumed,
		Note: s.Note, IDs: s.IDs}
}

// sourceText names the publications behind a value with their identifiers, or says that it is assumed or who set it.
func sourceText(s scenarios.Source) string {
	return s.Describe("**assumed**", func(e scenarios.Evidence) string {
		return strings.TrimSuffix(e.Citation+", "+references(e.DOI), ", ")
	})
}

// references writes the identifiers of a publication, which semicolons separate, with links where they are known.
func references(ids string) string {
	var parts []string
	for id := range strings.SplitSeq(ids, ";") {
		id = strings.TrimSpace(id)
		pubmed, isPubMed := strings.CutPrefix(id, "PMID ")
		switch {
		case id == "":
		case strings.HasPrefix(id, "10."):
			parts = append(parts, "[doi:"+id+"](https://doi.org/"+id+")")
		case strings.HasPrefix(id, "PMC"):
			parts = append(parts, "["+id+"](https://pmc.ncbi.nlm.nih.gov/articles/"+id+"/)")
		case isPubMed:
			parts = append(parts, "["+id+"](https://pubmed.ncbi.nlm.nih.gov/"+pubmed+"/)")
		case strings.HasPrefix(id, "http"):
			parts = append(parts, "<"+id+">")
		default:
			parts = append(parts, strings.TrimPrefix(id, "URL: "))
		}
	}
	return strings.Join(parts, ", ")
}

// policyArm is a policy with its levers.
type policyArm struct {
	*scenarios.LoadedPolicy
	Baseline bool
	Words    []string
	Settings []parameter // every lever that is set, choices included
}

// Discipline is the order in which inboxes are worked.
func (a policyArm) Discipline() string {
	switch a.Order {
	case "urgency":
		return "messages classified as urgent first, without interrupting work in hand; first come, first served among each"
	case "deadline":
		return "whose answer is due first"
	case "category":
		return "by category: " + wordList(a.ByRank) + ", then the others; first come, first served among each"
	}
	return "first come, first served"
}

func newPolicyArm(p *scenarios.LoadedPolicy, baseline bool, inWords func(*scenarios.LoadedPolicy) []string) policyArm {
	arm := policyArm{LoadedPolicy: p, Baseline: baseline, Words: []string{p.Title}}
	if inWords != nil {
		arm.Words = inWords(p)
	}
	sources := map[string]scenarios.Source{}
	for _, s := range p.Sources() {
		sources[s.Path] = s
	}
	for _, v := range declaredValues(reflect.ValueOf(p.Policy).Elem(), "", "") {
		s, isQuantity := sources[v.path]
		switch {
		case isQuantity:
			arm.Settings = append(arm.Settings, newParameter(s, map[string]string{v.path: v.meaning}))
		case !v.unset && !slices.Contains([]string{"policy", "language", "extends", "title"}, v.path):
			arm.Settings = append(arm.Settings, parameter{Path: v.path, Value: v.value, Meaning: v.meaning, Source: "a choice"})
		}
	}
	return arm
}

// meaningsOf returns what each path of a declaration means.
func meaningsOf(declaration reflect.Value) map[string]string {
	all := map[string]string{}
	for _, v := range declaredValues(declaration, "", "") {
		all[v.path] = v.meaning
	}
	return all
}

// declaredValue is a single value, or a list of single values, of a scenario or policy.
type declaredValue struct {
	path, value string
	meaning     string // from the field's own description, or from those of what it is a part of
	unset       bool   // optional, and zero
}

// declaredValues returns the values of a declaration with the paths that scenarios uses: names of fields from their
// yaml tags, keys of maps, numbers of items of lists.
func declaredValues(v reflect.Value, path, meaning string) []declaredValue {
	var all []declaredValue
	switch {
	case v.Kind() == reflect.Struct && !isText(v.Type()):
		for i := range v.NumField() {
			all = append(all, fieldValues(v.Type().Field(i), v.Field(i), path, meaning)...)
		}
	case v.Kind() == reflect.Map:
		entries := byName(v)
		for _, k := range slices.Sorted(maps.Keys(entries)) {
			all = append(all, declaredValues(entries[k], joinPath(path, k), meaning)...)
		}
	case v.Kind() == reflect.Slice && v.Type().Elem().Kind() == reflect.Struct && !isText(v.Type().Elem()):
		for i := range v.Len() {
			all = append(all, declaredValues(v.Index(i), joinPath(path, strconv.Itoa(i)), meaning)...)
		}
	default:
		return []declaredValue{{path: path, value: written(v), meaning: meaning}}
	}
	return all
}

func fieldValues(f reflect.StructField, v reflect.Value, path, inherited string) []declaredValue {
	name, options, _ := strings.Cut(f.Tag.Get("yaml"), ",")
	if !f.IsExported() || name == "" || name == "-" {
		return nil
	}
	path = joinPath(path, name)
	all := declaredValues(v, path, meaningOf(path, f.Tag.Get("jsonschema_description"), inherited))
	for i := range all {
		all[i].unset = all[i].unset || strings.Contains(options, "omitempty") && v.IsZero()
	}
	return all
}

func byName(v reflect.Value) map[string]reflect.Value {
	all := map[string]reflect.Value{}
	for _, k := range v.MapKeys() {
		all[k.String()] = v.MapIndex(k)
	}
	return all
}

func joinPath(path, name string) string {
	if path == "" {
		return name
	}
	return path + "." + name
}

// isText reports whether a type is written as a text of its own, such as a window.
func isText(t reflect.Type) bool {
	return reflect.PointerTo(t).Implements(reflect.TypeFor[encoding.TextUnmarshaler]())
}

// written returns a value as in a file.
func written(v reflect.Value) string {
	if v.Kind() == reflect.Slice {
		items := make([]string, v.Len())
		for i := range items {
			items[i] = written(v.Index(i))
		}
		return "[" + strings.Join(items, ", ") + "]"
	}
	return fmt.Sprint(v.Interface())
}
