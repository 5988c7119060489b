package fhir

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/portalbench/portalbench/bench"
	"github.com/portalbench/portalbench/results"
)

// statement is what is read of a CapabilityStatement.
type statement struct {
	ResourceType string
	FHIRVersion  string `json:"fhirVersion"`
	Software     struct{ Name, Version string }
	Rest         []struct {
		Mode        string
		Interaction []struct{ Code string }
		Resource    []struct {
			Type              string
			Interaction       []struct{ Code string }
			ConditionalCreate bool
			Versioning        string
			SearchParam       []struct{ Name string }
		}
	}
}

// Meet reads what the server says of itself, and tries what it does not say: which searches it takes. It writes nothing.
// admin is whoever sets up a run; nil: nobody signs in. Call it before the portal is used by several goroutines. An error says
// that no FHIR R4 server answers there.
func (p *Portal) Meet(ctx context.Context, admin *bench.Account) error {
	x := &exchange{portal: p, ctx: ctx, session: &bench.Session{}}
	var s statement
	done, err := x.ask(sending{method: http.MethodGet, path: "metadata"}, &s)
	if x.session = p.letIn(ctx, admin); err == nil && !done && x.forbidden() && x.session.Account != nil {
		done, err = x.ask(sending{method: http.MethodGet, path: "metadata"}, &s) // some show it to nobody but those they know
	}
	switch {
	case err != nil:
		return fmt.Errorf("no FHIR server answers at %s: %w", p.base, err)
	case !done && x.answer.Outcome == results.NotFound:
		return fmt.Errorf("no FHIR server answers at %s: status %d at %s/metadata: --url is the base address, such as http://127.0.0.1:8080/fhir", p.base, x.answer.Status, p.base)
	case !done:
		return fmt.Errorf("no FHIR server answers at %s: %w", p.base, &bench.Refusal{Outcome: x.answer.Outcome, Status: x.answer.Status, Detail: x.answer.Detail})
	case s.ResourceType != "CapabilityStatement" || !strings.HasPrefix(s.FHIRVersion, "4.0") && !strings.HasPrefix(s.FHIRVersion, "4.3"):
		return fmt.Errorf("the server at %s speaks FHIR %q: R4 (4.0.1) is needed", p.base, s.FHIRVersion)
	}
	p.server = strings.TrimSpace(s.Software.Name + " " + s.Software.Version)
	p.can, p.unnamed, p.version = s.interactions(), s.unnamedSearches(), s.FHIRVersion
	if p.lacks("Communication.create") {
		return fmt.Errorf("the server at %s is read only, or has no messages: it says that it cannot create a Communication", p.base)
	}
	return p.explore(ctx, x.session)
}

// Lines says what a server does not have, and what is done about it, for people.
func (p *Portal) Lines() (lines []string) {
	if p.lacks("Task.create") {
		lines = append(lines, "the server has no Task: staff have no work list, so claim, route, label, close and reopen are absent")
	}
	if strings.HasPrefix(p.version, "4.3") {
		lines = append(lines, "the server speaks FHIR R4B ("+p.version+"), which is taken for R4")
	}
	if p.lacks("transaction") {
		lines = append(lines, "the server has no transactions: a message is sent by three requests, and can end half sent")
	}
	if p.poolKind() == "Group" && p.pools == "" {
		lines = append(lines, "the server has no CareTeam: pools are Groups")
	}
	if p.can["Task.unversioned"] {
		lines = append(lines, "the server keeps no versions of Task: who claims what somebody else has claimed is not told")
	}
	lines = append(lines, p.searchLines()...)
	if p.lacks("Task.patch") && !p.lacks("Task.update") {
		lines = append(lines, "the server has no JSON Patch: what is changed is read and written back")
	}
	return lines
}

// usual are the interactions of a resource of which a server says none.
var usual = [...]string{"create", "read", "update", "patch", "search-type"}

// interactions returns what can be done with resources, such as "Task.patch"; nothing where the server names no resources.
func (s *statement) interactions() map[string]bool {
	can := map[string]bool{}
	for _, rest := range s.Rest {
		if rest.Mode == "client" || len(rest.Resource) == 0 {
			continue
		}
		for _, i := range rest.Interaction {
			can[i.Code] = true
		}
		if len(rest.Interaction) == 0 {
			can["transaction"] = true // it does not say
		}
		for _, r := range rest.Resource {
			for _, i := range r.Interaction {
				can[r.Type+"."+i.Code] = true
			}
			if len(r.Interaction) == 0 {
				for _, code := range usual {
					can[r.Type+"."+code] = true
				}
			}
			can[r.Type+".conditional-create"], can[r.Type+".unversioned"] = r.ConditionalCreate, r.Versioning == "no-version"
		}
	}
	return can
}

// needed are the interactions without which an operation cannot be; one of those between bars is enough.
func needed(k results.OpKind) []string {
	switch k {
	case results.OpProvision:
		return []string{"Patient.create", "Practitioner.create", "RelatedPerson.create", "CareTeam.create|Group.create", "Patient.search-type"}
	case results.OpSend, results.OpReply:
		return []string{"Communication.create"}
	case results.OpInbox, results.OpThread, results.OpUnread:
		return []string{"Communication.search-type"}
	case results.OpClaim, results.OpLabel:
		return []string{"Task.create", "Task.search-type", "Task.patch|Task.update"}
	case results.OpRoute:
		return []string{"Task.create", "Task.search-type", "Task.read", "Task.update"}
	case results.OpRead:
		return []string{"Communication.patch|Communication.update"}
	case results.OpClose, results.OpReopen:
		return []string{"Task.create", "Task.search-type", "Task.patch|Task.update", "Communication.patch|Communication.update"}
	case results.OpAttach:
		return []string{"Binary.create"}
	case results.OpFetch:
		return []string{"Binary.read"}
	case results.OpReading:
		return []string{"Observation.create"}
	}
	return nil
}

// lacks reports whether the server says that it cannot do something, such as "Task.patch". Of one that says nothing all is
// believed.
func (p *Portal) lacks(interaction string) bool {
	return len(p.can) > 0 && !slices.ContainsFunc(strings.Split(interaction, "|"), func(i string) bool { return p.can[i] })
}

// support says how an operation is carried out that takes one request where the server has all there is.
func (p *Portal) support(k results.OpKind, usual bench.Support) bench.Support {
	if slices.ContainsFunc(needed(k), p.lacks) {
		return bench.Absent
	}
	switch {
	case k == results.OpSend && p.lacks("transaction"), k == results.OpUnread && (p.read.Mark == byExtension || p.refused["Communication._summary"]),
		k == results.OpRead && p.read.Mark == byExtension,
		(k == results.OpClaim || k == results.OpLabel) && p.lacks("Task.patch"), k == results.OpRead && p.lacks("Communication.patch"):
		return bench.Composed
	}
	return usual
}
