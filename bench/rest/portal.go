package rest

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/time/rate"

	"github.com/portalbench/portalbench/bench"
	"github.com/portalbench/portalbench/results"
)

// Portal drives a portal by its description. Its methods are safe for concurrent use as bench.Portal asks for.
type Portal struct {
	about  *Description
	client *http.Client
	base   string         // without a slash at the end
	keys   *bench.Keyring // nil: the file alone says how people sign in, or nobody does
	now    func() time.Time

	services map[bench.AccountKind]*service
	pace     map[*entrance]*rate.Limiter

	ids     sync.Map // portal's ids by login, of the accounts that were made
	marks   sync.Map // messages that were read, where that is kept here
	files   sync.Map // files that were attached, where they are kept here until they are sent
	lastRef atomic.Int64
}

var (
	_ bench.Portal  = (*Portal)(nil)
	_ bench.Cleaner = (*Portal)(nil)
)

// storedFile is a file that is kept here.
type storedFile struct {
	content   []byte
	mediaType string
}

// NewPortal returns the portal at a base address. Requests go through client; people sign in as the description says, and
// with keys where it says nothing. admin is whoever makes accounts.
func NewPortal(client *http.Client, base string, keys *bench.Keyring, admin bench.Account, about *Description, now func() time.Time) *Portal {
	p := &Portal{about: about, client: client, base: strings.TrimRight(base, "/"), keys: keys, now: now,
		services: map[bench.AccountKind]*service{}, pace: map[*entrance]*rate.Limiter{}}
	for _, kind := range []bench.AccountKind{isAdmin, isStaff} {
		who := admin
		who.Kind = kind
		p.services[kind] = &service{account: &who}
	}
	for _, kind := range []bench.AccountKind{isPatient, isProxy, isStaff, isAdmin} {
		if e := about.entrance(kind); e != nil && e.maxPerMinute > 0 {
			p.pace[e] = rate.NewLimiter(rate.Limit(e.maxPerMinute)/60, 1)
		}
	}
	return p
}

// Capabilities says which operations the description has, and who can do them.
func (p *Portal) Capabilities() bench.Capabilities {
	c := bench.Capabilities{Name: p.about.Name, AccountsAtOnce: accountsAtOnce}
	for i := range c.Ops {
		k := results.OpKind(i)
		patient, staff := p.about.Support(isPatient, k), p.about.Support(isStaff, k)
		c.Ops[k] = max(patient, staff)
		c.NotByPatients[k], c.NotByStaff[k] = patient == bench.Absent, staff == bench.Absent
	}
	c.Ops[results.OpProvision] = p.about.Support(isAdmin, results.OpProvision)
	own := len(p.about.SignsIn(isPatient)) > 0
	if c.OneIdentity = !own && p.keys.Shared(); !own {
		c.Ops[results.OpAuth] = p.keys.Support()
	}
	c.NotByPatients[results.OpAuth] = false
	c.NotByStaff[results.OpAuth] = !p.about.does(isStaff) // whoever has nothing to do does not sign in
	return c
}

// accountsAtOnce is how many accounts one provisioning operation makes: each takes requests of its own.
const accountsAtOnce = 10

// Do carries out one operation. Only failures of the connection are errors.
func (p *Portal) Do(ctx context.Context, s *bench.Session, c *bench.Call) (bench.Answer, error) {
	x := &exchange{portal: p, ctx: ctx, session: s, acting: s, call: c}
	actions, local := p.about.actions(s.Account.Kind, c.Kind)
	if refused := x.tooLong(); refused != "" {
		x.answer.Outcome, x.answer.Detail = results.Invalid, refused
		return x.answer, nil
	}
	var err error
	switch {
	case local:
		p.keep(s.Account, c, &x.answer)
	case len(actions) == 0:
		x.answer.Outcome = results.Invalid
		x.answer.Detail = fmt.Sprintf("the description of %s has no %s for %s", p.about.Name, c.Kind, kinds[s.Account.Kind])
	case c.Kind == results.OpProvision:
		err = x.provision(actions)
	default:
		err = x.do(actions)
	}
	x.conclude(err)
	secrets := slices.Concat(p.about.secrets, x.acted)
	x.answer.Detail = bench.Without(x.answer.Detail, secrets...)
	return x.answer, bench.Hush(err, secrets...)
}

// conclude completes an answer.
func (x *exchange) conclude(err error) {
	c := x.call
	if err != nil || x.answer.Outcome != results.OK {
		return
	}
	if c.Kind == results.OpReply && x.answer.Thread == "" {
		x.answer.Thread = c.Thread
	}
	if c.Kind == results.OpSend || c.Kind == results.OpReply {
		for _, ref := range c.Files {
			x.portal.files.Delete(ref)
		}
	}
}

// Cleans says whether the description tells how to remove what a run has made.
func (p *Portal) Cleans() error {
	if p.cleaning() == nil {
		return fmt.Errorf("the description of %s does not say how: add clean: below admin", p.about.Name)
	}
	return nil
}

func (p *Portal) cleaning() []*action {
	if admin := p.about.roles[isAdmin]; admin != nil {
		return admin.clean
	}
	return nil
}

// Clean removes what was made for a run, by the requests of the description.
func (p *Portal) Clean(ctx context.Context, s *bench.Session, run string) (bench.Removed, bench.Answer, error) {
	x := &exchange{portal: p, ctx: ctx, session: s, acting: s, call: &bench.Call{Kind: results.OpAwait, Run: run}}
	err := x.do(p.cleaning())
	return bench.Removed{Untold: true}, x.answer, err
}

// provision makes accounts one after the other.
func (x *exchange) provision(actions []*action) error {
	for _, a := range x.call.Accounts {
		x.account, x.kept = a, nil
		if a.Kind == isProxy {
			a.PatientID = x.portal.idOf(a.ActsFor)
		}
		if err := x.do(actions); err != nil || x.answer.Outcome != results.OK {
			return err
		}
		if a.ID == "" {
			x.answer.Outcome, x.answer.Detail = results.Invalid, "the answer brought no id: is the path of take.id right?"
			return nil
		}
		x.portal.ids.Store(a.Login, a.ID)
	}
	return nil
}

// idOf returns the portal's id of an account that was made, by its login; "" where it is not known.
func (p *Portal) idOf(login string) string {
	id, _ := p.ids.Load(login)
	text, _ := id.(string)
	return text
}

// word is the portal's word for one of the contract.
func (p *Portal) word(what, word string) any {
	if w, known := p.about.values[what][word]; known {
		return w
	}
	return word
}

// flag is the portal's word for yes or no.
func (p *Portal) flag(what string, yes bool) any {
	if w, known := p.about.values[what][fmt.Sprint(yes)]; known {
		return w
	}
	return yes
}
