package scenarios

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strconv"
	"strings"
	"sync"

	generate "github.com/invopop/jsonschema"
	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/santhosh-tekuri/jsonschema/v6/kind"

	"github.com/portalbench/portalbench/results"
)

// ScenarioSchema returns the JSON Schema of scenario files, for editors. A file that extends another may leave out
// what it inherits, so the schema asks for little; the loader asks for the rest.
func ScenarioSchema() []byte { return schemaOf(reflect.TypeFor[Scenario](), "portalbench scenario") }

// PolicySchema returns the JSON Schema of policy files, for editors.
func PolicySchema() []byte { return schemaOf(reflect.TypeFor[Policy](), "portalbench policy") }

// schemaOf generates the schema of a type from its tags.
func schemaOf(t reflect.Type, title string) []byte {
	r := reflector()
	r.DoNotReference, r.ExpandedStruct = true, false
	s := r.ReflectFromType(t)
	s.Title = title
	b, err := json.MarshalIndent(s, "", "  ")
	if err != nil {
		panic(err) // the tags of a type of ours are wrong
	}
	return append(b, '\n')
}

func reflector() *generate.Reflector {
	return &generate.Reflector{Anonymous: true, ExpandedStruct: true, FieldNameTag: "yaml", RequiredFromJSONSchemaTags: true, Mapper: textSchema}
}

// textSchema describes the types that are written as texts of their own.
func textSchema(t reflect.Type) *generate.Schema {
	const day, clock = "(mon|tue|wed|thu|fri|sat|sun)", "([01][0-9]|2[0-4]):[0-5][0-9]"
	switch {
	case t == reflect.TypeFor[Duration]():
		return &generate.Schema{Type: "string", Pattern: "^([0-9.]+(h|m|s|ms|us|ns))+$|^0$", Examples: []any{"90s", "2h30m"}}
	case t == reflect.TypeFor[WeekTime]():
		return &generate.Schema{Type: "string", Pattern: "^" + day + "-" + clock + "$", Examples: []any{"mon-08:00"}}
	case t == reflect.TypeFor[Window]():
		return &generate.Schema{Type: "string", Pattern: "^" + day + "(-" + day + ")? " + clock + "-" + clock + "$",
			Examples: []any{"mon-fri 08:00-12:00"}}
	case t == reflect.TypeFor[Tree]():
		return &generate.Schema{}
	case isText(t):
		return &generate.Schema{Type: "string"}
	}
	return nil
}

// rules are a schema ready to check with, and its document to explain it by. They may be shared.
type rules struct {
	schema *jsonschema.Schema
	doc    any
}

// The rules of the two types that are read over and over, in sweeps, are made once.
var (
	scenarioRules = sync.OnceValue(func() rules { return compile(reflect.TypeFor[Scenario]()) })
	policyRules   = sync.OnceValue(func() rules { return compile(reflect.TypeFor[Policy]()) })
)

func rulesOf(t reflect.Type) rules {
	switch t {
	case reflect.TypeFor[Scenario]():
		return scenarioRules()
	case reflect.TypeFor[Policy]():
		return policyRules()
	}
	return compile(t)
}

// compile makes the rules of a type from its tags. What it has many of, such as the requests of a portal's operations, is
// described once.
func compile(t reflect.Type) rules {
	text, err := json.Marshal(reflector().ReflectFromType(t))
	if err != nil {
		panic(err) // the tags of a type of ours are wrong
	}
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		panic(err) // it is JSON
	}
	const url = "mem:///schema.json"
	c := jsonschema.NewCompiler()
	if err := c.AddResource(url, doc); err != nil {
		panic(err) // doc is JSON
	}
	schema, err := c.Compile(url)
	if err != nil {
		panic(err) // the tags of a type of ours are wrong
	}
	return rules{schema, doc}
}

// checkSchema holds a tree against the schema of its type. Places already known to be wrong are passed over.
func checkSchema(root *node, t reflect.Type, f *findings) {
	r := rulesOf(t)
	var wrong *jsonschema.ValidationError
	if errors.As(r.schema.Validate(root.plain()), &wrong) {
		schemaFindings(root, r.doc, wrong, f)
	}
}

// schemaFindings adds the causes of a validation error that name no further causes.
func schemaFindings(root *node, doc any, e *jsonschema.ValidationError, f *findings) {
	for _, cause := range e.Causes {
		schemaFindings(root, doc, cause, f)
	}
	if len(e.Causes) > 0 {
		return
	}
	path := strings.Join(e.InstanceLocation, ".")
	n := root.find(path)
	if n == nil || f.known(n.at) {
		return
	}
	_, pointer, _ := strings.Cut(e.SchemaURL, "#")
	limits := ruleAt(doc, pointer)
	switch k := e.ErrorKind.(type) {
	case *kind.Required, *kind.AdditionalProperties, *kind.Type:
		// The decoder has said so.
	case *kind.Enum:
		f.add(n.at, fmt.Sprintf("%s cannot be %s", called(path), n.text), choices(n.text, k.Want, limits))
	case *kind.MinItems:
		f.add(n.at, called(path)+" is an empty list", "give at least "+strconv.Itoa(k.Want)+because(limits))
	case *kind.Pattern:
		f.add(n.at, fmt.Sprintf("%s cannot be %q", called(path), clip(n.text)), "it must be a "+limits.Description)
	default:
		f.add(n.at, fmt.Sprintf("%s is out of range: %s", called(path), n.text), "it must be "+limits.bounds()+because(limits))
	}
}

// rule is the part of a schema that tells a user what to write.
type rule struct {
	Description                        string
	Minimum, Maximum                   *json.Number
	ExclusiveMinimum, ExclusiveMaximum *json.Number
	MinLength, MaxLength               *json.Number
	MaxItems                           *json.Number
}

// bounds says which values are allowed.
func (r rule) bounds() string {
	var parts []string
	for _, b := range []struct {
		words string
		bound *json.Number
	}{{"at least", r.Minimum}, {"more than", r.ExclusiveMinimum}, {"at most", r.Maximum}, {"less than", r.ExclusiveMaximum},
		{"at least this long:", r.MinLength}, {"at most this long:", r.MaxLength}, {"a list of at most", r.MaxItems}} {
		if b.bound != nil {
			parts = append(parts, b.words+" "+b.bound.String())
		}
	}
	if len(parts) == 0 {
		return "as its description says"
	}
	return strings.Join(parts, " and ")
}

func because(r rule) string {
	if r.Description == "" {
		return ""
	}
	return " (" + r.Description + ")"
}

func choices(got string, want []any, r rule) string {
	names := make([]string, len(want))
	for i, w := range want {
		names[i] = fmt.Sprint(w)
	}
	hint := "choose " + strings.Join(names, " or ") + because(r)
	if near := results.Nearest(got, names, 1); len(near) == 1 && len(got) > 2 {
		hint = fmt.Sprintf("did you mean %q? %s", near[0], hint)
	}
	return hint
}

// ruleAt finds the part of a schema document at a JSON pointer.
func ruleAt(doc any, pointer string) (r rule) {
	for _, name := range strings.Split(strings.Trim(pointer, "/"), "/") {
		if m, ok := doc.(map[string]any); ok && name != "" {
			doc = m[strings.NewReplacer("~1", "/", "~0", "~").Replace(name)]
		}
	}
	b, err := json.Marshal(doc)
	if err == nil {
		err = json.Unmarshal(b, &r)
	}
	if err != nil {
		return rule{}
	}
	return r
}
