package fhir

import (
	"encoding/json"
	"net/http"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/portalbench/portalbench/bench"
	"github.com/portalbench/portalbench/results"
)

// example returns the first block of a language in docs/fhir.md.
func example(t *testing.T, language string) string {
	t.Helper()
	src, err := os.ReadFile("../../docs/fhir.md")
	require.NoError(t, err)
	_, rest, found := strings.Cut(string(src), "```"+language+"\n")
	text, _, ended := strings.Cut(rest, "```")
	require.True(t, found && ended)
	return text
}

func readProfile(t *testing.T, src string) *Profile {
	t.Helper()
	p, err := ReadProfile("server.yaml", []byte(src))
	require.NoError(t, err)
	return p
}

// Operations mean the same in other words, and however it is noted that a message was read.
func TestProfilesKeepTheMeaning(t *testing.T) {
	for name, src := range map[string]string{
		"nothing":   "{}",
		"clinic":    example(t, "yaml"),
		"extension": "read: {mark: extension, extension: https://clinic.example.org/read}\n",
		"received":  "read: {mark: received}\n",
		"absolute":  "references: absolute\n",
		"systems":   "systems: {login: a:login, tag: a:tag, pool: a:pool, kind: a:kind, category: a:category}\n",
	} {
		t.Run(name, func(t *testing.T) {
			s := &server{page: 3}
			if name == "absolute" {
				s.habits.references = "needed"
			}
			p := s.start(t)
			p.Speak(readProfile(t, src))
			got := verified(t, p)
			require.Empty(t, got.Broken())
			require.Equal(t, results.Means, verdicts(got)["unread"])
		})
	}
}

// A server that wants profiles answers 422 without, and takes what the profile adds.
func TestProfiledServers(t *testing.T) {
	s := &server{habits: habits{profile: []string{"birthDate"}}}
	p := s.start(t)
	require.NoError(t, p.Meet(t.Context(), nil))
	register := func() bench.Answer {
		a, err := p.Do(t.Context(), &bench.Session{Account: &bench.Account{}}, &bench.Call{Kind: results.OpProvision,
			Accounts: []*bench.Account{{Kind: bench.PatientAccount, Login: "pt-1", Display: "Ann Example"}}})
		require.NoError(t, err)
		return a
	}
	require.Equal(t, http.StatusUnprocessableEntity, register().Status)
	p.Speak(readProfile(t, example(t, "yaml")))
	require.Equal(t, results.OK, register().Outcome)
	sent := s.store["Patient/x1"]
	delete(sent, "id")
	delete(sent["meta"].(object), "versionId")
	require.JSONEq(t, example(t, "json"), text(t, sent))
}

func text(t *testing.T, o any) string {
	content, err := json.Marshal(o)
	require.NoError(t, err)
	return string(content)
}

// Codes are translated in resources and in searches, with the system that they are said to be of.
func TestDialect(t *testing.T) {
	d := readProfile(t, example(t, "yaml")).dialect()
	got, err := d.write("http://127.0.0.1/fhir", communication{ResourceType: "Communication", Status: inProgress,
		Category: []concept{coded(kindSystem, header), coded(categorySystem, "refill"), coded(categorySystem, "other")}})
	require.NoError(t, err)
	require.JSONEq(t, `{"resourceType":"Communication","status":"in-progress","medium":[{"text":"portal"}],"category":[
		{"coding":[{"system":"https://clinic.example.org/fhir/kind","code":"conversation"}]},
		{"coding":[{"system":"https://clinic.example.org/fhir/topic","code":"RX"}]},
		{"coding":[{"system":"urn:portalbench:category","code":"other"}]}]}`, string(got))
	require.Equal(t, "category=https%3A%2F%2Fclinic.example.org%2Ffhir%2Fkind%7Cconversation&code=urn%3Aportalbench%3Acategory%7Cquestion&identifier=https%3A%2F%2Fclinic.example.org%2Ffhir%2Flogin%7Ca%2Chttps%3A%2F%2Fclinic.example.org%2Ffhir%2Flogin%7Cb",
		d.query("category=urn%3Aportalbench%3Akind%7Cthread&code=urn%3Aportalbench%3Acategory%7Cadvice&identifier=urn%3Aportalbench%3Alogin%7Ca%2Curn%3Aportalbench%3Alogin%7Cb"))
}

// What is written back keeps what it has, and has nothing twice.
func TestMerging(t *testing.T) {
	into := map[string]any{"a": []any{"x"}, "b": map[string]any{"c": "old"}, "d": json.Number("1")}
	for range 2 {
		merge(into, map[string]any{"a": []any{"x", "y"}, "b": map[string]any{"e": true}, "d": int64(2)})
	}
	require.JSONEq(t, `{"a":["x","y"],"b":{"c":"old","e":true},"d":2}`, text(t, into))
}

func TestProfileMistakes(t *testing.T) {
	for src, want := range map[string]string{
		"systms: {login: a}\n":                                          "server.yaml:1:1: unknown field \"systms\"",
		"read: {mark: sometimes}\n":                                     "server.yaml:1:14: read.mark",
		"read: {mark: extension}\n":                                     "read.extension is the URL",
		"read: {extension: a}\n":                                        "read.extension is the URL",
		"pools: Organization\n":                                         "server.yaml:1:8: pools",
		"resources: {Patent: {elements: {a: b}}}\n":                     "did you mean \"Patient\"",
		"resources: {Patient: {elements: {id: b}}}\n":                   "resources.Patient.elements.id cannot be set",
		"systems: {login: a, tag: a}\n":                                 "are both a",
		"codes: {categories: {advise: b}}\n":                            "did you mean \"advice\"",
		"resources: {Patient: {profiles: us-core, elements: [a, b]}}\n": "server.yaml:1:33",
	} {
		_, err := ReadProfile("server.yaml", []byte(src))
		require.ErrorContains(t, err, want, src)
	}
}

// FuzzReadProfile looks for profiles that are accepted and cannot be spoken.
func FuzzReadProfile(f *testing.F) {
	for _, seed := range []string{"{}", "read: {mark: extension, extension: a}\n", "systems: {login: a, kind: b}\n",
		"resources: {Patient: {profiles: [a], elements: {name: x, identifier: [1, {a: b}], contact: {c: null}}}}\n",
		"codes: {thread: a|b, categories: {other: \"|\"}}\n"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, src string) {
		p, err := ReadProfile("server.yaml", []byte(src))
		if err != nil {
			return
		}
		d := p.dialect()
		d.query("category=urn%3Aportalbench%3Akind%7Cthread")
		written, err := d.write("http://127.0.0.1", (&Portal{}).asParty(&bench.Account{Kind: bench.PatientAccount, Login: "pt-1", Display: "Ann Example"}))
		if err != nil || !json.Valid(written) {
			t.Fatalf("%q is written as %q: %v", src, written, err)
		}
	})
}

// FuzzAnswers throws answers of servers at what reads them.
func FuzzAnswers(f *testing.F) {
	for _, seed := range []string{`{"issue":[{"code":"x"}]}`, `<OperationOutcome><issue/></OperationOutcome>`, `<title>x</title>`, `{"resourceType":"Bundle","link":[{"relation":"next","url":"%"}]}`} {
		f.Add(seed)
	}
	p := NewPortal(nil, "http://127.0.0.1/fhir", nil, nil)
	f.Fuzz(func(t *testing.T, content string) {
		if detailOf([]byte(content)) == "" {
			t.Fatal("no detail")
		}
		var b bundle
		if json.Unmarshal([]byte(content), &b) != nil {
			return
		}
		if next := p.after("Task?a=b", &b); next != "" {
			if at, err := p.address(next); err == nil && !strings.HasPrefix(at, "http://127.0.0.1/") {
				t.Fatalf("%q leads to %q", next, at)
			}
		}
		for _, m := range matches[communication](&exchange{}, &b) {
			seen(&m)
		}
	})
}
