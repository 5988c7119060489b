package bench

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/portalbench/portalbench/results"
	"github.com/portalbench/portalbench/scenarios"
	"github.com/portalbench/portalbench/sim"
)

// person is somebody, or a pool, that a run needs on the portal.
type person struct {
	actor   sim.Actor
	account Account
	role    scenarios.Role
	pools   []*person // those that a member of staff belongs to
	member  *person   // of a pool: the first of its staff that the run knows, or nil

	// using lets one goroutine at a time use the session while the run is prepared and checked. During the replay the
	// schedule sees to that.
	using    sync.Mutex
	session  Session
	signedAt time.Time // when the session's token was handed out

	// The rest belongs to the scheduler.
	turn     turn
	refused  *Cause    // why nobody is signed in; nil when somebody is
	listings []listing // what was last seen, for each list
}

// listing is a person's latest look at one list: their own or a pool's.
type listing struct {
	of      sim.Actor
	threads []string // the portal's ids
	shown   bool     // the portal gave it
}

// roster holds everybody a run needs, in an order that depends on the workload alone.
type roster struct {
	keys    accountKeys
	byActor map[sim.Actor]*person
	people  []*person
}

// accountKeys are what logins and secrets are made from. Patients and proxies are keyed by scenario, seed, network and
// place in it, so a second run meets the same people. Staff and pools are keyed by the run as well: a work list shows
// everything that waits in it, and must not show what an earlier run left there.
type accountKeys struct {
	digest string
	seed   uint64
	runID  string
	secret []byte // of the administrator
}

var loginPrefixes = [...]string{sim.ActorPatient: "pt", sim.ActorProxy: "px", sim.ActorStaff: "st", sim.ActorPool: "pl"}

// login returns the business identifier of an actor: a prefix for the kind and 16 hexadecimal digits.
func (k accountKeys) login(a sim.Actor) string {
	of := fmt.Sprintf("%s|%d|%d|%d|%d", k.digest, k.seed, a.Kind, a.Network, a.Index)
	if a.Kind == sim.ActorStaff || a.Kind == sim.ActorPool {
		of += "|" + k.runID
	}
	sum := sha256.Sum256([]byte(of))
	return loginPrefixes[a.Kind] + "-" + hex.EncodeToString(sum[:8])
}

// password derives an account's secret from the administrator's, so that runs by the same administrator agree on it and
// nobody else can guess it: the first 192 bits of HMAC-SHA256(administrator's secret, login).
func (k accountKeys) password(login string) string {
	mac := hmac.New(sha256.New, k.secret)
	mac.Write([]byte(login))
	return base64.RawURLEncoding.EncodeToString(mac.Sum(nil)[:24])
}

// newRoster returns an empty roster.
func newRoster(keys accountKeys) *roster {
	return &roster{keys: keys, byActor: map[sim.Actor]*person{}}
}

// settle puts every care team in order, once everybody is there.
func (r *roster) settle() {
	for _, p := range r.people {
		slices.Sort(p.account.CareTeam)
		p.account.CareTeam = slices.Compact(p.account.CareTeam)
	}
}

func (r *roster) addOp(w *Workload, op *sim.Op) {
	actor := r.add(w, op.Actor)
	switch op.Kind {
	case results.OpSend:
		patient := sim.Actor{Network: op.Actor.Network, Index: op.Subject, Kind: sim.ActorPatient}
		r.mayWrite(actor, r.add(w, patient), r.add(w, op.To))
	case results.OpReading:
		r.add(w, sim.Actor{Network: op.Actor.Network, Index: op.Subject, Kind: sim.ActorPatient})
	case results.OpRoute, results.OpInbox:
		r.add(w, op.To)
	}
}

func (r *roster) addThread(w *Workload, t *sim.OpenThread) {
	sender := r.add(w, t.Sender)
	r.mayWrite(sender, r.add(w, subjectOf(t)), r.add(w, t.To))
	if held(t) {
		r.add(w, t.Holder)
	}
	for i := range t.Messages {
		r.add(w, t.Messages[i].Author)
		for _, a := range t.Messages[i].ReadBy {
			r.add(w, a)
		}
	}
}

func subjectOf(t *sim.OpenThread) sim.Actor {
	return sim.Actor{Network: t.Thread.Network, Index: t.Subject, Kind: sim.ActorPatient}
}

// mayWrite puts whom a thread goes to into the care team of its patient, and of the proxy who wrote it.
func (r *roster) mayWrite(sender, patient, to *person) {
	if to.actor.Kind != sim.ActorStaff && to.actor.Kind != sim.ActorPool {
		return
	}
	patient.account.CareTeam = append(patient.account.CareTeam, to.account.Login)
	if sender.actor.Kind == sim.ActorProxy {
		sender.account.CareTeam = append(sender.account.CareTeam, to.account.Login)
	}
}

// add returns the person behind an actor, with an account. Pools of staff and patients of proxies come along.
func (r *roster) add(w *Workload, a sim.Actor) *person {
	if p := r.byActor[a]; p != nil {
		return p
	}
	described := w.Describe(a)
	p := &person{actor: a, role: described.Role}
	p.account = Account{Login: r.keys.login(a), Display: described.Name}
	p.session.Account = &p.account
	r.byActor[a] = p
	switch a.Kind {
	case sim.ActorPatient:
		p.account.Kind = PatientAccount
	case sim.ActorProxy:
		p.account.Kind = ProxyAccount
		p.account.ActsFor = r.add(w, sim.Actor{Network: a.Network, Index: a.Index, Kind: sim.ActorPatient}).account.Login
	case sim.ActorStaff:
		p.account.Kind = StaffAccount
		p.account.Role, p.account.Run = described.Role.String(), r.keys.runID
		for _, pool := range described.Pools {
			p.join(r.add(w, pool))
		}
	case sim.ActorPool:
		p.account.Kind, p.account.Run = PoolAccount, r.keys.runID
	}
	if a.Kind != sim.ActorPool {
		p.account.Secret = r.keys.password(p.account.Login)
	}
	r.people = append(r.people, p)
	return p
}

// forgetNames drops what only provisioning needs: there may be millions of people.
func (r *roster) forgetNames() {
	for _, p := range r.people {
		p.account.Display, p.account.CareTeam = "", nil
	}
}

// of returns accounts of one kind.
func (r *roster) of(kind AccountKind) []*Account {
	var some []*Account
	for _, p := range r.people {
		if p.account.Kind == kind {
			some = append(some, &p.account)
		}
	}
	return some
}

// join makes a member of staff one of a pool.
func (p *person) join(pool *person) {
	p.pools = append(p.pools, pool)
	p.account.Pools = append(p.account.Pools, pool.account.Login)
	if pool.member == nil {
		pool.member = p
	}
}

// memberOf returns the first member of staff who belongs to a pool, or nil when the run knows none.
func (r *roster) memberOf(pool sim.Actor) *person {
	if home := r.byActor[pool]; home != nil {
		return home.member
	}
	return nil
}

// belongs reports whether a member of staff is in a pool.
func (r *roster) belongs(staff, pool sim.Actor) bool {
	home := r.byActor[pool]
	return home != nil && slices.Contains(r.byActor[staff].pools, home)
}

// lists returns the lists a person works from: their own and those of their pools.
func (p *person) lists() []*Account {
	lists := []*Account{&p.account}
	for _, pool := range p.pools {
		lists = append(lists, &pool.account)
	}
	return lists
}
