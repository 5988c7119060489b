package rest

import (
	"context"
	"fmt"
	"net/http/cookiejar"
	"sync"
	"time"

	"github.com/portalbench/portalbench/bench"
	"github.com/portalbench/portalbench/results"
)

// service is an identity in whose name requests of other people's operations go.
type service struct {
	account *bench.Account

	mu      sync.Mutex
	session *bench.Session
}

// expiresSoon is how long before its end a service's token is renewed.
const expiresSoon = 10 * time.Second

// SignIn opens a session. When the portal refuses, the error is a *bench.Refusal.
func (p *Portal) SignIn(ctx context.Context, s *bench.Session) error {
	e := p.about.entrance(s.Account.Kind)
	if e == nil {
		return p.keys.SignIn(ctx, s)
	}
	if err := p.wait(ctx, e); err != nil {
		return err
	}
	if len(e.steps) == 0 {
		return p.keys.SignIn(ctx, s)
	}
	return bench.Hush(p.enter(ctx, e, s), p.about.secrets...)
}

// wait keeps the pace that the description sets for sign-ins.
func (p *Portal) wait(ctx context.Context, e *entrance) error {
	if p.pace[e] == nil {
		return nil
	}
	if err := p.pace[e].Wait(ctx); err != nil {
		return fmt.Errorf("waiting for a sign-in's turn, at most %d a minute: %w", e.maxPerMinute, context.DeadlineExceeded)
	}
	return nil
}

// enter carries out the requests of a sign-in. Nothing of an earlier one is sent along.
func (p *Portal) enter(ctx context.Context, e *entrance, s *bench.Session) error {
	s.Token, s.Scheme, s.Expires, s.Vars = "", e.scheme, time.Time{}, map[string]string{}
	if s.Jar != nil {
		jar, err := cookiejar.New(nil)
		if err != nil {
			return err
		}
		s.Jar = jar
	}
	x := &exchange{portal: p, ctx: ctx, session: s, acting: s, call: &bench.Call{Kind: results.OpAuth}, entering: true}
	if err := x.do(e.steps); err != nil {
		return err
	}
	if x.answer.Outcome == results.OK && takesToken(e) && s.Token == "" {
		x.answer.Outcome, x.answer.Detail = results.Denied, "the answer brought no token: is the path of take.token right?"
	}
	if x.answer.Outcome != results.OK {
		return &bench.Refusal{Outcome: x.answer.Outcome, Status: x.answer.Status, Detail: x.answer.Detail}
	}
	if s.Expires.IsZero() && e.maxAge > 0 {
		s.Expires = p.now().Add(e.maxAge)
	}
	return nil
}

func takesToken(e *entrance) bool {
	for _, a := range e.steps {
		for _, t := range a.take {
			if t.name == "token" {
				return true
			}
		}
	}
	return false
}

// service returns a session of an identity that serves everybody, signed in. It is a copy: many use it at once.
func (p *Portal) service(ctx context.Context, kind bench.AccountKind) (*bench.Session, error) {
	v := p.services[kind]
	v.mu.Lock()
	defer v.mu.Unlock()
	if old := v.session; old == nil || !old.Expires.IsZero() && old.Expires.Sub(p.now()) < expiresSoon {
		jar, err := cookiejar.New(nil)
		if err != nil {
			return nil, err
		}
		fresh := &bench.Session{Account: v.account, Jar: jar}
		if err := p.SignIn(ctx, fresh); err != nil {
			return nil, bench.Hush(err, fresh.Secrets()...)
		}
		v.session = fresh
	}
	shown := *v.session
	return &shown, nil
}

// renew signs in again whoever a request goes in the name of.
func (x *exchange) renew(a *action) (err error) {
	if !a.asOther {
		return x.portal.SignIn(x.ctx, x.session)
	}
	v := x.portal.services[a.as]
	v.mu.Lock()
	if v.session != nil && v.session.Token == x.acting.Token {
		v.session = nil // unless somebody else has renewed it already
	}
	v.mu.Unlock()
	if x.acting, err = x.portal.service(x.ctx, a.as); err == nil {
		x.acted = append(x.acted, x.acting.Secrets()...)
	}
	return err
}
