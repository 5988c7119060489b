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
		Mode     string
		Resource []struct {
			Type        string
			Interaction []struct{ Code string }
		}
	}
}

// Meet reads what the server says of itself. Call it before the portal is used by several goroutines. An error says that
// no FHIR R4 server answers there.
func (p *Portal) Meet(ctx context.Context) error {
	x := &exchange{portal: p, ctx: ctx, session: &bench.Session{}}
	var s statement
	done, err := x.ask(sending{method: http.MethodGet, path: "metadata"}, &s)
	switch {
	case err != nil:
		return fmt.Errorf("no FHIR server answers at %s: %w", p.base, err)
	case !done:
		return fmt.Errorf("no FHIR server answers at %s: status %d: %s", p.base, x.answer.Status, x.answer.Detail)
	case s.ResourceType != "CapabilityStatement" || !strings.HasPrefix(s.FHIRVersion, "4.0"):
		return fmt.Errorf("the server at %s speaks FHIR %q: R4 (4.0.1) is needed", p.base, s.FHIRVersion)
	}
	p.server = strings.TrimSpace(s.Software.Name + " " + s.Software.Version)
	p.can = s.interactions()
	return nil
}

// interactions returns what can be done with resources, such as "Task.patch".
func (s *statement) interactions() map[string]bool {
	can := map[string]bool{}
	for _, rest := range s.Rest {
		for _, r := range rest.Resource {
			for _, i := range r.Interaction {
				can[r.Type+"."+i.Code] = true
			}
		}
	}
	return can
}

// needed are the interactions without which an operation cannot be.
func needed(k results.OpKind) []string {
	switch k {
	case results.OpProvision:
		return []string{"Patient.create", "Practitioner.create", "RelatedPerson.create", "CareTeam.create", "Patient.search-type"}
	case results.OpSend:
		return []string{"Communication.create"}
	case results.OpReply:
		return []string{"Communication.create"}
	case results.OpInbox, results.OpThread, results.OpUnread:
		return []string{"Communication.search-type"}
	case results.OpClaim, results.OpLabel:
		return []string{"Task.create", "Task.patch"}
	case results.OpRoute:
		return []string{"Task.create", "Task.read", "Task.update"}
	case results.OpRead:
		return []string{"Communication.patch"}
	case results.OpClose, results.OpReopen:
		return []string{"Task.create", "Task.patch", "Communication.patch"}
	case results.OpAttach:
		return []string{"Binary.create"}
	case results.OpFetch:
		return []string{"Binary.read"}
	case results.OpReading:
		return []string{"Observation.create"}
	}
	return nil
}

// offers reports whether the server says it can do what an operation needs. Of one that says nothing all is believed.
func (p *Portal) offers(k results.OpKind) bool {
	return len(p.can) == 0 || !slices.ContainsFunc(needed(k), func(i string) bool { return !p.can[i] })
}
