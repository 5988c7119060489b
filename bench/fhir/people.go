package fhir

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/portalbench/portalbench/bench"
	"github.com/portalbench/portalbench/results"
)

// batch is how many resources one transaction makes.
const batch = 100

// provision makes what is missing of a call's accounts, by their business identifiers, and sets their ids.
func (x *exchange) provision(c *bench.Call) error {
	for some := range slices.Chunk(c.Accounts, batch) {
		patients, err := x.patientsOf(some)
		if err != nil || x.answer.Outcome != results.OK {
			return err
		}
		if err := x.register(some, patients); err != nil || x.answer.Outcome != results.OK {
			return err
		}
	}
	return nil
}

// register makes accounts in one transaction.
func (x *exchange) register(some []*bench.Account, patients map[string]string) error {
	var entries []entry
	for i, a := range some {
		p, kind := asParty(a, patients)
		unless := "identifier=" + url.QueryEscape(loginSystem+"|"+a.Login)
		e, err := creation(fmt.Sprintf("urn:uuid:00000000-0000-4000-8000-%012d", i+1), unless, kind, p)
		if err != nil {
			return err
		}
		entries = append(entries, e)
	}
	refs, _, err := x.transact(entries)
	for i, ref := range refs {
		some[i].ID = ref
		if some[i].Kind == bench.ProxyAccount {
			some[i].PatientID = patients[some[i].ActsFor]
		}
	}
	return err
}

// asParty returns the resource of an account, and its type.
func asParty(a *bench.Account, patients map[string]string) (party, string) {
	p := party{Identifier: []identifier{{loginSystem, a.Login}}, Name: []name{{a.Display}}}
	switch a.Kind {
	case bench.PatientAccount:
		p.ResourceType = "Patient"
	case bench.ProxyAccount:
		p.ResourceType, p.Patient = "RelatedPerson", to(patients[a.ActsFor])
	case bench.PoolAccount:
		p.ResourceType, p.Status, p.Name = "CareTeam", "active", a.Display
	default:
		p.ResourceType = "Practitioner"
	}
	if a.Display == "" {
		p.Name = nil
	}
	return p, p.ResourceType
}

// patientsOf looks up for whom the proxies among accounts act.
func (x *exchange) patientsOf(some []*bench.Account) (map[string]string, error) {
	var logins []string
	for _, a := range some {
		if a.Kind == bench.ProxyAccount {
			logins = append(logins, loginSystem+"|"+a.ActsFor)
		}
	}
	found := map[string]string{}
	if len(logins) == 0 {
		return found, nil
	}
	q := url.Values{"identifier": {strings.Join(logins, ",")}, "_count": {strconv.Itoa(len(logins))}, "_elements": {"identifier"}}
	for path := "Patient?" + q.Encode(); path != ""; {
		var b bundle
		done, err := x.ask(sending{method: http.MethodGet, path: path}, &b)
		if !done {
			return nil, err
		}
		for _, p := range matches[party](&b) {
			for _, i := range p.Identifier {
				if i.System == loginSystem {
					found[i.Value] = "Patient/" + p.ID
				}
			}
		}
		path = b.next()
	}
	return found, nil
}
