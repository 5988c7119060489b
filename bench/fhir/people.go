package fhir

import (
	"cmp"
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

// makeMissing makes those who are missing, also when another run makes the same people at the same time.
func (x *exchange) makeMissing(some []*bench.Account) error {
	for range mostTries {
		if again, err := x.tryMissing(some); !again || err != nil {
			return err
		}
	}
	return nil
}

// tryMissing makes those who are missing, and reports whether that must be done again.
func (x *exchange) tryMissing(some []*bench.Account) (again bool, err error) {
	var entries []entry
	var missing []*bench.Account
	for _, a := range some {
		if a.ID != "" {
			continue
		}
		p := x.portal.asParty(a)
		e, err := creation(temporary(len(entries)+1), p.ResourceType, p)
		if err != nil {
			return false, err
		}
		e.Request.IfNoneExist = x.portal.condition(a)
		entries, missing = append(entries, e), append(missing, a)
	}
	if len(entries) == 0 {
		return false, nil
	}
	err = x.makeEach(entries, func(i int, ref string) { x.portal.remember(missing[i], ref) })
	switch conditional := entries[0].Request.IfNoneExist != ""; {
	case err != nil:
		return false, err
	case x.answer.Outcome == results.OK:
		return false, x.seeAll(missing)
	case conditional && x.answer.Outcome == results.Conflict: // somebody was faster, or they are there several times
		err = x.find(missing, false)
		return err == nil && x.answer.Outcome == results.OK, err
	case conditional && x.refusesConditions(): // too many of them at once, or all: people are looked for anyway
		x.portal.noConditions.Store(true)
		return true, nil
	}
	return false, nil
}

// refusesConditions reports whether it may be for its condition that something was not created.
func (x *exchange) refusesConditions() bool {
	switch x.answer.Status {
	case http.StatusBadRequest, http.StatusUnprocessableEntity, http.StatusNotImplemented:
		return true
	}
	return false
}

// condition is the search that must find nobody for somebody to be made: two runs at once do not make them twice. It is
// empty where the server does not say that it goes by it.
func (p *Portal) condition(a *bench.Account) string {
	kind := p.kindOf(a)
	if !p.can[kind+".conditional-create"] || p.noConditions.Load() {
		return ""
	}
	return p.profile.query(url.Values{"identifier": {loginSystem + "|" + a.Login}}.Encode())
}

// remember enters who somebody has become. It is kept, as some servers find what they have made only after a while.
func (p *Portal) remember(a *bench.Account, ref string) {
	if a.ID = ref; ref != "" {
		p.registered.Store(p.kindOf(a)+"|"+a.Login, ref)
	}
}

// seeAll looks for those whom the server has made without saying as what.
func (x *exchange) seeAll(some []*bench.Account) error {
	nameless := slices.DeleteFunc(slices.Clone(some), func(a *bench.Account) bool { return a.ID != "" })
	if len(nameless) == 0 {
		return nil
	}
	if err := x.find(nameless, false); err != nil || x.answer.Outcome != results.OK {
		return err
	}
	for _, a := range nameless {
		if a.ID == "" {
			x.answer.Outcome, x.answer.Detail = results.Unknown, "the server made "+a.Login+", says not as what, and does not find it"
		}
	}
	return nil
}

// makeEach makes resources that do not refer to each other, in halves where the server finds them too many. made is called
// for each.
func (x *exchange) makeEach(entries []entry, made func(i int, ref string)) error {
	refs, err := x.makeAny(entries)
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

// makeAny makes resources in one transaction, or in a batch where there are no transactions.
func (x *exchange) makeAny(entries []entry) (refs []string, err error) {
	if x.portal.lacks("transaction") && x.portal.can["batch"] && !x.portal.noBundles.Load() {
		refs, _, err = x.transact("batch", entries)
		if err != nil || !x.bundleRefused {
			return refs, err
		}
	}
	refs, _, err = x.make(entries)
	return refs, err
}

// temporaryName begins what entries of a transaction call each other by.
const temporaryName = "urn:uuid:00000000-0000-4000-8000-"

// temporary is what the n'th entry of a transaction is called by others.
func temporary(n int) string { return fmt.Sprintf("%s%012d", temporaryName, n) }

// lists reports whether the server's searches take lists of identifiers. A server that takes them for one long identifier
// would be given everybody twice, so the first two accounts are made one by one, and then looked for together.
func (x *exchange) lists(some []*bench.Account) (bool, error) {
	p := x.portal
	p.probing.Lock()
	defer p.probing.Unlock()
	if p.probed || len(some) < 2 || p.kindOf(some[0]) != p.kindOf(some[1]) {
		return p.takesLists, nil
	}
	two := some[:2]
	if err := x.find(two, false); err != nil || x.answer.Outcome != results.OK {
		return false, err
	}
	if err := x.makeMissing(two); err != nil || x.answer.Outcome != results.OK {
		return false, err
	}
	found, err := x.search(p.kindOf(two[0]), []string{two[0].Login, two[1].Login})
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
	for _, kind := range []string{"Patient", "RelatedPerson", "Practitioner", x.portal.poolKind()} {
		of := slices.DeleteFunc(slices.Clone(some), func(a *bench.Account) bool { return x.portal.kindOf(a) != kind })
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
				if ref, made := x.portal.registered.Load(kind + "|" + a.Login); made && a.ID == "" {
					a.ID = ref.(string)
				}
			}
		}
	}
	return nil
}

// search returns the references of those who are there, by login. Of somebody who is there several times, as of two runs that
// began at once, the same one counts every time.
func (x *exchange) search(kind string, logins []string) (map[string]string, error) {
	found := map[string]string{}
	terms := make([]string, len(logins))
	for i, login := range logins {
		terms[i] = loginSystem + "|" + login
	}
	q := url.Values{"identifier": {strings.Join(terms, ",")}, "_count": {strconv.Itoa(len(logins))}}
	system := x.portal.profile.theirs(coding{System: loginSystem}).System
	done, err := x.pages(x.portal.query(kind, q), func(b *bundle) {
		for _, p := range matches[party](x, b) {
			for _, i := range p.Identifier {
				ref := kind + "/" + p.ID
				if earlier := found[i.Value]; i.System == system && p.ResourceType == kind && (earlier == "" || earlier > ref) {
					found[i.Value] = ref
				}
			}
		}
	})
	if !done {
		return nil, err
	}
	return found, nil
}

// poolKind returns the type of resource that pools are.
func (p *Portal) poolKind() string {
	if p.pools == "" && p.lacks("CareTeam.create") && !p.lacks("Group.create") {
		return "Group"
	}
	return cmp.Or(p.pools, "CareTeam")
}

// kindOf returns the type of resource that an account is to the server.
func (p *Portal) kindOf(a *bench.Account) string { return kindOf(a, p.poolKind()) }

// kindOf returns the type of resource that an account is, where pools are of another.
func kindOf(a *bench.Account, pools string) string {
	switch a.Kind {
	case bench.PatientAccount:
		return "Patient"
	case bench.ProxyAccount:
		return "RelatedPerson"
	case bench.PoolAccount:
		return pools
	}
	return "Practitioner"
}

// asParty returns the resource of an account, with what common profiles want of it.
func (p *Portal) asParty(a *bench.Account) party {
	yes := true
	r := party{ResourceType: p.kindOf(a), Meta: ofRun(a.Run), Identifier: []identifier{{loginSystem, a.Login}}, Active: &yes}
	if a.Display != "" {
		r.Name = []humanName{nameOf(a.Display)}
	}
	switch a.Kind {
	case bench.PatientAccount:
		r.Gender = "unknown" // nobody was asked
	case bench.ProxyAccount:
		r.Patient = to(a.PatientID)
	case bench.PoolAccount:
		r.Name = cmp.Or(a.Display, a.Login)
		if r.Status = "active"; r.ResourceType == "Group" {
			r.Status, r.Type, r.Actual = "", "practitioner", &yes
		} else {
			r.Active = nil
		}
	}
	return r
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
