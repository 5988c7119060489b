package bench

import (
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/portalbench/portalbench/results"
	"github.com/portalbench/portalbench/scenarios"
	"github.com/portalbench/portalbench/sim"
)

// ErrTooFewPeople marks a run that needs more accounts than there are.
var ErrTooFewPeople = errors.New("too few accounts")

// peopleColumns are those of a people file. handle and role are needed.
var peopleColumns = []string{"handle", "role", "acts_for", "pools", "login", "secret"}

// ReadPeople reads accounts that are on a portal already: CSV with a line of names first. handle is the portal's own id, role
// is patient, proxy, pool or a role of staff, acts_for a proxy's patient and pools a member of staff's pools, by their
// handles and with semicolons between. login is what somebody signs in with, and secret a reference: env:NAME or file:PATH.
// Errors name the line, and show no secret.
func ReadPeople(name string, src io.Reader) ([]Account, error) {
	r := csv.NewReader(src)
	r.TrimLeadingSpace = true
	column, err := readColumns(r)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	var people []Account
	seen := map[string]bool{}
	for {
		row, err := r.Read()
		if errors.Is(err, io.EOF) {
			return people, checkPatients(name, people)
		}
		line, _ := r.FieldPos(0)
		if err == nil {
			var a Account
			if a, err = readPerson(func(c string) string { return cell(row, column, c) }); err == nil && seen[a.ID] {
				err = fmt.Errorf("handle %s is there twice", a.ID)
			}
			people, seen[a.ID] = append(people, a), true
		}
		if err != nil {
			return nil, fmt.Errorf("%s:%d: %w", name, line, plainCSV(err))
		}
	}
}

// plainCSV drops the position of the reader's own errors, which is said anyway.
func plainCSV(err error) error {
	var p *csv.ParseError
	if errors.As(err, &p) {
		return p.Err
	}
	return err
}

func readColumns(r *csv.Reader) (map[string]int, error) {
	names, err := r.Read()
	if err != nil {
		return nil, fmt.Errorf("the first line names the columns, such as %s: %w", strings.Join(peopleColumns, ","), plainCSV(err))
	}
	column := map[string]int{}
	for i, n := range names {
		if !slices.Contains(peopleColumns, n) {
			return nil, fmt.Errorf("unknown column %q: use %s", n, strings.Join(peopleColumns, ", "))
		}
		column[n] = i + 1
	}
	if column["handle"] == 0 || column["role"] == 0 {
		return nil, errors.New("the first line must name the columns handle and role")
	}
	return column, nil
}

func cell(row []string, column map[string]int, name string) string {
	if i := column[name]; i > 0 && i <= len(row) {
		return strings.TrimSpace(row[i-1])
	}
	return ""
}

func readPerson(get func(column string) string) (a Account, err error) {
	a = Account{ID: get("handle"), Role: get("role"), ActsFor: get("acts_for"), Login: get("login")}
	switch a.Role {
	case "patient":
		a.Kind = PatientAccount
	case "proxy":
		a.Kind = ProxyAccount
	case "pool":
		a.Kind = PoolAccount
	default:
		if _, known := scenarios.ParseRole(a.Role); !known {
			return a, fmt.Errorf("role %q: use patient, proxy, pool or a role of staff (rn, physician, ...)", a.Role)
		}
		a.Kind = StaffAccount
	}
	if a.ID == "" {
		return a, errors.New("has no handle")
	}
	if (a.Kind == ProxyAccount) != (a.ActsFor != "") {
		return a, errors.New("acts_for is for proxies, and they need it")
	}
	if a.Login == "" {
		a.Login = a.ID
	}
	if pools := get("pools"); pools != "" {
		a.Pools = strings.Split(strings.ReplaceAll(pools, " ", ""), ";")
	}
	if from := get("secret"); from != "" {
		if a.Secret, err = SecretFrom(from); err != nil {
			return a, fmt.Errorf("%s %w", a.ID, err)
		}
		a.SecretFrom = from
	}
	return a, nil
}

// checkPatients looks for the patients of proxies, and the pools of staff.
func checkPatients(name string, people []Account) error {
	kinds := map[string]AccountKind{}
	for _, a := range people {
		kinds[a.ID] = a.Kind
	}
	for _, a := range people {
		if kind, known := kinds[a.ActsFor]; a.Kind == ProxyAccount && (!known || kind != PatientAccount) {
			return fmt.Errorf("%s: %s acts for %s, who is no patient of this file", name, a.ID, a.ActsFor)
		}
		for _, pool := range a.Pools {
			if kind, known := kinds[pool]; !known || kind != PoolAccount {
				return fmt.Errorf("%s: %s is in pool %s, which is no pool of this file", name, a.ID, pool)
			}
		}
	}
	return nil
}

// settleIn gives everybody an account: of those known, if there are any, and otherwise by having them made. It returns what
// is to be said of it.
func (s *stage) settleIn(ctx context.Context, admin *Account, known []Account, share bool) (warnings []string, err error) {
	if len(known) == 0 {
		if s.portal.Capabilities().Ops[results.OpProvision] == Absent {
			return nil, fmt.Errorf("portal %s cannot make accounts: name those that are there with --people FILE", s.portal.Capabilities().Name)
		}
		return nil, s.provision(ctx, admin)
	}
	shared, err := s.roster.adopt(known, share)
	if s.shared = shared > 0; s.shared {
		warnings = []string{fmt.Sprintf("%d of %d people share the accounts of others: lists are longer than in real life, and nothing is said of who may see what",
			shared, len(s.roster.people))}
	}
	s.roster.forgetNames()
	return warnings, err
}

// casting gives the people of a run accounts that are there.
type casting struct {
	roster *roster
	share  bool
	free   map[string][]*Account // by role
	proxy  map[string][]*Account // by their patient's handle
	next   map[string]int        // by role: the next of free
	need   map[string]int
	cast   map[*person]*Account
}

// adopt gives everybody in the roster an account of those known, in a fixed order. It returns by how many roles are more
// people than accounts, which is an error unless they share.
func (r *roster) adopt(known []Account, share bool) (shared int, err error) {
	c := &casting{roster: r, share: share, free: map[string][]*Account{}, proxy: map[string][]*Account{}, next: map[string]int{},
		need: map[string]int{}, cast: map[*person]*Account{}}
	c.sort(known)
	for _, part := range []func(*person) (role string, wanted bool){c.asPool, c.asStaff, c.asAccompanied, c.asPatient} {
		for _, p := range r.people {
			if role, wanted := part(p); wanted && c.cast[p] == nil {
				c.give(p, role)
			}
		}
	}
	c.castProxies()
	return c.conclude()
}

// accompanied is the role of patients for whom a proxy writes.
const accompanied = "patient with a proxy"

func (c *casting) sort(known []Account) {
	for i := range known {
		if a := &known[i]; a.Kind == ProxyAccount {
			c.proxy[a.ActsFor] = append(c.proxy[a.ActsFor], a)
		}
	}
	for i := range known {
		a := &known[i]
		role := a.Role
		if a.Kind == PatientAccount && len(c.proxy[a.ID]) > 0 {
			role = accompanied
		}
		if a.Kind != ProxyAccount {
			c.free[role] = append(c.free[role], a)
		}
	}
}

func (c *casting) asPool(p *person) (string, bool) { return "pool", p.actor.Kind == sim.ActorPool }

func (c *casting) asStaff(p *person) (string, bool) {
	return p.role.String(), p.actor.Kind == sim.ActorStaff
}

// asAccompanied finds the patients for whom a proxy of the run writes.
func (c *casting) asAccompanied(p *person) (string, bool) {
	proxy := p.actor
	proxy.Kind = sim.ActorProxy
	return accompanied, p.actor.Kind == sim.ActorPatient && c.roster.byActor[proxy] != nil
}

// asPatient finds the others. Whoever has a proxy can do without.
func (c *casting) asPatient(p *person) (string, bool) {
	alone, others := len(c.free["patient"]), len(c.free[accompanied])
	if c.next["patient"] >= alone && (c.next[accompanied] < others || alone == 0 && others > 0) {
		return accompanied, p.actor.Kind == sim.ActorPatient
	}
	return "patient", p.actor.Kind == sim.ActorPatient
}

// give casts somebody, if there is an account left or accounts are shared.
func (c *casting) give(p *person, role string) {
	c.need[role]++
	n := len(c.free[role])
	if c.next[role] >= n && (!c.share || n == 0) {
		return
	}
	c.cast[p] = c.free[role][c.next[role]%n]
	c.next[role]++
}

// castProxies gives every proxy of the run the account of a proxy of the same patient.
func (c *casting) castProxies() {
	for _, p := range c.roster.people {
		if p.actor.Kind != sim.ActorProxy {
			continue
		}
		patient := p.actor
		patient.Kind = sim.ActorPatient
		if of := c.cast[c.roster.byActor[patient]]; of != nil {
			c.cast[p] = c.proxy[of.ID][0]
		}
	}
}

// conclude takes over the accounts, if there are enough.
func (c *casting) conclude() (shared int, err error) {
	var missing []string
	for _, role := range slices.Sorted(maps.Keys(c.need)) {
		need, have := c.need[role], len(c.free[role])
		if need > have && (!c.share || have == 0) {
			missing = append(missing, fmt.Sprintf("%d of role %s, and there are %d", need, role, have))
		}
		if need > have {
			shared += need - have
		}
	}
	if len(missing) > 0 {
		return 0, fmt.Errorf("%w: the run needs %s: add some, make the run smaller, or let several people be one account with --share-accounts",
			ErrTooFewPeople, strings.Join(missing, "; "))
	}
	for p, known := range c.cast {
		p.account.ID, p.account.Login, p.account.Secret, p.account.SecretFrom = known.ID, known.Login, known.Secret, known.SecretFrom
		if known.Kind == ProxyAccount {
			p.account.ActsFor, p.account.PatientID = known.ActsFor, known.ActsFor
		}
	}
	for _, p := range c.roster.people {
		p.account.Pools = nil
		for _, pool := range p.pools {
			p.account.Pools = append(p.account.Pools, pool.account.Login)
		}
	}
	return shared, nil
}
