package refportal

import (
	"bytes"
	"crypto/sha256"
	"database/sql"
	"errors"
	"fmt"
	"unicode/utf8"
)

// Limits of an account's fields, in characters.
const (
	maxLogin   = 100
	maxDisplay = 200
	maxBatchOf = 5000 // accounts of one request
)

// account is a stored account.
type account struct {
	principal
	login  string
	secret []byte // SHA-256; nil where nobody can sign in
}

func (q *queries) accountByLogin(login string) (account, error) {
	return q.login(sqlAccountByLogin, login)
}

// login returns a zero account when there is none.
func (q *queries) login(st statement, login string) (account, error) {
	a := account{login: login}
	err := q.one(st, login).Scan(&a.id, &a.kind, &a.actsFor, &a.secret)
	if errors.Is(err, sql.ErrNoRows) {
		return account{}, nil
	}
	return a, err
}

func (q *queries) accountByID(id int64) (account, error) { return q.account(sqlAccountByID, id) }

// account returns a zero account when there is none.
func (q *queries) account(st statement, id int64) (account, error) {
	a := account{principal: principal{id: id}}
	err := q.one(st, id).Scan(&a.login, &a.kind, &a.actsFor, &a.secret)
	if errors.Is(err, sql.ErrNoRows) {
		return account{}, nil
	}
	return a, err
}

// provision answers POST /v1/accounts.
func (s *Server) provision(r *request) (answer, error) {
	body, err := readBody[provisionBody](r.Request)
	if err != nil {
		return answer{}, err
	}
	if len(body.Accounts) > maxBatchOf {
		return answer{}, badRequest(fmt.Sprintf("%d accounts in one request: send at most %d", len(body.Accounts), maxBatchOf))
	}
	for i, a := range body.Accounts {
		if err := a.check(); err != nil {
			return answer{}, badRequest(fmt.Sprintf("account %d: %v", i, err))
		}
	}
	p := &provisioning{by: r.who, bodies: body.Accounts}
	if err := s.store.write(p.apply); err != nil {
		return answer{}, err
	}
	s.sessions.drop(p.newSecrets)
	return ok(provisionAnswer{p.done})
}

// check reports what is wrong with an account, whoever else there is.
func (a accountBody) check() error {
	k, known := parseKind(a.Kind)
	switch {
	case !known || k == kindAdmin:
		return fmt.Errorf("kind must be patient, proxy, staff or pool")
	case a.Login == "" || utf8.RuneCountInString(a.Login) > maxLogin || a.Login == AdminLogin:
		return fmt.Errorf("login must have 1 to %d characters and not be %s", maxLogin, AdminLogin)
	case utf8.RuneCountInString(a.Display) > maxDisplay || utf8.RuneCountInString(a.Role) > maxLogin || utf8.RuneCountInString(a.Run) > maxLogin:
		return fmt.Errorf("display, role or run is too long")
	case k == kindPool && a.Secret != "":
		return fmt.Errorf("nobody signs in to a pool: it takes no secret")
	case k != kindPool && len(a.Secret) < minSecret:
		return fmt.Errorf("secret must have at least %d characters", minSecret)
	case (k == kindProxy) != (a.ActsFor != ""):
		return fmt.Errorf("acts_for belongs to a proxy, and a proxy must have it")
	case k != kindStaff && len(a.Pools) > 0:
		return fmt.Errorf("only staff belong to pools")
	case k != kindPatient && k != kindProxy && len(a.CareTeam) > 0:
		return fmt.Errorf("only patients and proxies have a care team")
	}
	return nil
}

// provisioning is one batch of accounts on its way into the store, all or none.
type provisioning struct {
	by         principal
	bodies     []accountBody
	done       []provisioned
	newSecrets map[int64]bool // accounts whose secret was replaced
}

// apply makes the accounts first and ties them together afterwards, so that their order in the request is free.
func (p *provisioning) apply(q *queries) error {
	p.newSecrets = map[int64]bool{}
	p.done = make([]provisioned, 0, len(p.bodies))
	ids := make([]int64, len(p.bodies))
	for i, body := range p.bodies {
		id, isNew, err := p.store(q, body)
		if err != nil {
			return err
		}
		ids[i] = id
		p.done = append(p.done, provisioned{formatID(accountID, id), body.Login, isNew})
	}
	for i, body := range p.bodies {
		if err := p.tie(q, ids[i], body); err != nil {
			return err
		}
		if err := q.audit(p.by, "provision", formatID(accountID, ids[i]), 0); err != nil {
			return err
		}
	}
	return nil
}

// store makes one account, or brings the one with its login up to date.
func (p *provisioning) store(q *queries, body accountBody) (id int64, isNew bool, err error) {
	k, _ := parseKind(body.Kind)
	var secret []byte
	if body.Secret != "" {
		sum := sha256.Sum256([]byte(body.Secret))
		secret = sum[:]
	}
	old, err := q.login(sqlLoginLocked, body.Login)
	if err != nil {
		return 0, false, err
	}
	if old.id == 0 {
		id, err = q.insert(sqlInsertAccount, k, body.Login, body.Display, body.Role, secret, body.Run)
		return id, true, err
	}
	if old.kind != k {
		return 0, false, conflict("login " + body.Login + " is already a " + old.kind.String() + " account")
	}
	if !bytes.Equal(old.secret, secret) {
		p.newSecrets[old.id] = true
		if err := q.exec(sqlDeleteSessionsOf, old.id); err != nil {
			return 0, false, err
		}
	}
	return old.id, false, q.exec(sqlUpdateAccount, old.id, body.Display, body.Role, secret)
}

// tie records whom the account acts for, its pools and its care team. Ties are added, never taken away.
func (p *provisioning) tie(q *queries, id int64, body accountBody) error {
	patient := id
	if body.ActsFor != "" {
		var err error
		if patient, err = p.actsFor(q, id, body); err != nil {
			return err
		}
	}
	for _, login := range body.Pools {
		pool, err := q.tied(body.Login, login, 1<<kindPool)
		if err != nil {
			return err
		}
		if err := q.exec(sqlInsertMembership, id, pool); err != nil {
			return err
		}
	}
	for _, login := range body.CareTeam {
		member, err := q.tied(body.Login, login, 1<<kindPool|1<<kindStaff)
		if err != nil {
			return err
		}
		if err := q.exec(sqlInsertCareTeam, patient, member); err != nil {
			return err
		}
	}
	return nil
}

// actsFor records the patient of a proxy, which never changes.
func (p *provisioning) actsFor(q *queries, id int64, body accountBody) (int64, error) {
	patient, err := q.tied(body.Login, body.ActsFor, 1<<kindPatient)
	if err != nil {
		return 0, err
	}
	proxy, err := q.accountByID(id)
	if err != nil {
		return 0, err
	}
	if proxy.actsFor != 0 && proxy.actsFor != patient {
		return 0, conflict("proxy " + body.Login + " already acts for another patient")
	}
	return patient, q.exec(sqlSetActsFor, id, patient)
}

// tied finds the account that another one names, which must be of one of the kinds.
func (q *queries) tied(from, login string, of kinds) (int64, error) {
	a, err := q.accountByLogin(login)
	if err != nil {
		return 0, err
	}
	if a.id == 0 || !of.has(a.kind) {
		return 0, badRequest("account " + from + " names " + login + ", which is no account of the right kind")
	}
	return a.id, nil
}

// recipients answers GET /v1/recipients.
func (s *Server) recipients(r *request) (answer, error) {
	list := recipientsAnswer{Recipients: []recipient{}}
	err := s.store.reads.each(sqlRecipients, []any{r.who.patient()}, func(row *sql.Rows) error {
		var id int64
		var k kind
		var to recipient
		if err := row.Scan(&id, &k, &to.Role, &to.Display); err != nil {
			return err
		}
		to.ID, to.Kind = formatID(accountID, id), k.String()
		list.Recipients = append(list.Recipients, to)
		return nil
	})
	if err != nil {
		return answer{}, err
	}
	return ok(list)
}
