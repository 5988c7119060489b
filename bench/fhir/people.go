package fhir

import (
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/portalbench/portalbench/bench"
	"github.com/portalbench/portalbench/results"
)

// Bounds of what is asked for at once.
const (
	batch  = 100 // resources made by one transaction
	lookUp = 25  // identifiers in one search: the address stays below 2,000 characters
)

// provision makes what is missing of a call's accounts, by their business identifiers, and sets their ids. Who is there is
// found by searching, as servers differ in whether and how often they create on condition.
func (x *exchange) provision(c *bench.Call) error {
	isProxy := func(a *bench.Account) bool { return a.Kind == bench.ProxyAccount }
	for _, a := range c.Accounts {
		a.ID = ""
	}
	others := slices.DeleteFunc(slices.Clone(c.Accounts), isProxy)
	for some := range slices.Chunk(others, batch) {
		if err := x.register(some); err != nil || x.answer.Outcome != results.OK {
			return err
		}
	}
	proxies := slices.DeleteFunc(slices.Clone(c.Accounts), func(a *bench.Account) bool { return !isProxy(a) })
	for some := range slices.Chunk(proxies, batch) { // after their patients
		patients, err := x.patientsOf(some)
		if err != nil || x.answer.Outcome != results.OK {
			return err
		}
		for _, a := range some {
			a.PatientID = patients[a.ActsFor]
		}
		if err := x.register(some); err != nil || x.answer.Outcome != results.OK {
			return err
		}
	}
	return nil
}

// register finds accounts, and makes those that are missing.
func (x *exchange) register(some []*bench.Account) error {
	atOnce, err := x.lists(some)
	if err != nil || x.answer.Outcome != results.OK {
		return err
	}
	if err := x.find(some, atOnce); err != nil || x.answer.Outcome != results.OK {
		return err
	}
	return x.makeMissing(some)
}

func (x *exchange) makeMissing(some []*bench.Account) error {
	var entries []entry
	var missing []*bench.Account
	for _, a := range some {
		if a.ID != "" {
			continue
		}
		p, kind := asParty(a)
		e, err := creation(temporary(len(entries)+1), kind, p)
		if err != nil {
			return err
		}
		entries, missing = append(entries, e), append(missing, a)
	}
	if len(entries) == 0 {
		return nil
	}
	return x.makeEach(entries, func(i int, ref string) { missing[i].ID = ref })
}

// makeEach makes resources that do not refer to each other, in halves where the server finds them too many. made is called
// for each.
func (x *exchange) makeEach(entries []entry, made func(i int, ref string)) error {
	refs, _, err := x.make(entries)
	if half := len(entries) / 2; err == nil && x.answer.Status == http.StatusRequestEntityTooLarge && half > 0 {
		if err := x.makeEach(entries[:half], made); err != nil || x.answer.Outcome != results.OK {
			return err
		}
		return x.makeEach(entries[half:], func(i int, ref string) { made(half+i, ref) })
	}
	for i, ref := range refs {
		made(i, ref)
	}
	return err
}

// temporary is what the n'th entry of a transaction is called by others.
func temporary(n int) string { return fmt.Sprintf("urn:uuid:00000000-0000-4000-8000-%012d", n) }

// lists reports whether the server's searches take lists of identifiers. A server that takes them for one long identifier
// would be given everybody twice, so the first two accounts are made one by one, and then looked for together.
func (x *exchange) lists(some []*bench.Account) (bool, error) {
	p := x.portal
	p.probing.Lock()
	defer p.probing.Unlock()
	if p.probed || len(some) < 2 || kindOf(some[0]) != kindOf(some[1]) {
		return p.takesLists, nil
	}
	two := some[:2]
	if err := x.find(two, false); err != nil || x.answer.Outcome != results.OK {
		return false, err
	}
	if err := x.makeMissing(two); err != nil || x.answer.Outcome != results.OK {
		return false, err
	}
	found, err := x.search(kindOf(two[0]), []string{two[0].Login, two[1].Login})
	if err == nil && x.answer.Outcome == results.OK {
		p.probed, p.takesLists = true, found[two[0].Login] == two[0].ID && found[two[1].Login] == two[1].ID
	}
	return p.takesLists, err
}

// find sets the ids of the accounts that are there, many at once or one by one.
func (x *exchange) find(some []*bench.Account, atOnce bool) error {
	most := 1
	if atOnce {
		most = lookUp
	}
	for _, kind := range []string{"Patient", "RelatedPerson", "Practitioner", "CareTeam"} {
		of := slices.DeleteFunc(slices.Clone(some), func(a *bench.Account) bool { return kindOf(a) != kind })
		for few := range slices.Chunk(of, most) {
			var logins []string
			for _, a := range few {
				logins = append(logins, a.Login)
			}
			found, err := x.search(kind, logins)
			if err != nil || x.answer.Outcome != results.OK {
				return err
			}
			for _, a := range few {
				a.ID = found[a.Login]
			}
		}
	}
	return nil
}

// search returns the references of those who are there, by login. Of somebody who is there several times the first counts.
func (x *exchange) search(kind string, logins []string) (map[string]string, error) {
	found := map[string]string{}
	terms := make([]string, len(logins))
	for i, login := range logins {
		terms[i] = loginSystem + "|" + login
	}
	q := url.Values{"identifier": {strings.Join(terms, ",")}, "_count": {strconv.Itoa(len(logins))}}
	err := x.pages(kind+"?"+q.Encode(), func(b *bundle) bool {
		for _, p := range matches[party](x, b) {
			for _, i := range p.Identifier {
				if i.System == loginSystem && found[i.Value] == "" && p.ResourceType == kind {
					found[i.Value] = kind + "/" + p.ID
				}
			}
		}
		return x.answer.Outcome == results.OK
	})
	return found, err
}

// kindOf returns the type of resource that an account is.
func kindOf(a *bench.Account) string {
	switch a.Kind {
	case bench.PatientAccount:
		return "Patient"
	case bench.ProxyAccount:
		return "RelatedPerson"
	case bench.PoolAccount:
		return "CareTeam"
	}
	return "Practitioner"
}

// asParty returns the resource of an account, and its type.
func asParty(a *bench.Account) (party, string) {
	p := party{ResourceType: kindOf(a), Meta: ofRun(a.Run), Identifier: []identifier{{loginSystem, a.Login}}}
	if a.Display != "" {
		p.Name = []name{{a.Display}}
	}
	switch a.Kind {
	case bench.ProxyAccount:
		p.Patient = to(a.PatientID)
	case bench.PoolAccount:
		p.Status, p.Name = "active", a.Display
	}
	return p, p.ResourceType
}

// patientsOf looks up for whom the proxies among accounts act.
func (x *exchange) patientsOf(some []*bench.Account) (map[string]string, error) {
	var logins []string
	for _, a := range some {
		if a.Kind == bench.ProxyAccount {
			logins = append(logins, a.ActsFor)
		}
	}
	most := 1
	if x.portal.listsKnown() {
		most = lookUp
	}
	found := map[string]string{}
	for few := range slices.Chunk(logins, most) {
		some, err := x.search("Patient", few)
		if err != nil || x.answer.Outcome != results.OK {
			return nil, err
		}
		maps.Copy(found, some)
	}
	return found, nil
}

// listsKnown reports whether the server is known to take lists of identifiers.
func (p *Portal) listsKnown() bool {
	p.probing.Lock()
	defer p.probing.Unlock()
	return p.takesLists
}

// noLists reports whether the server is known not to take lists.
func (p *Portal) noLists() bool {
	p.probing.Lock()
	defer p.probing.Unlock()
	return p.probed && !p.takesLists
}
