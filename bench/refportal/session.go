package refportal

import (
	"bytes"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"database/sql"
	"encoding/base64"
	"errors"
	"net/http"
	"strings"
	"sync"
	"time"
)

// minSecret is the least length of a secret in characters. Secrets are made by machines and stored as one SHA-256,
// which protects what cannot be guessed and nothing else.
const minSecret = 32

// purgeEvery is how many sign-ins pass between two removals of expired tokens.
const purgeEvery = 1000

type hash [sha256.Size]byte

// session is what a token stands for.
type session struct {
	who     principal
	expires int64 // microseconds since 1970
}

// sessions remembers tokens that have been looked up, by their hash, so that checking one costs no query.
type sessions struct {
	mu     sync.RWMutex
	live   map[hash]session
	drops  int // times that somebody's tokens were dropped
	counts int // sign-ins since the last purge
}

func newSessions() *sessions { return &sessions{live: map[hash]session{}} }

// get returns a remembered session, and how often tokens had been dropped at that moment.
func (c *sessions) get(h hash) (session, int, bool) {
	c.mu.RLock()
	defer c.mu.RUnlock()
	s, ok := c.live[h]
	return s, c.drops, ok
}

// put remembers a session read from the store, unless tokens have been dropped since: it could be one of them.
func (c *sessions) put(h hash, s session, drops int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if drops == c.drops {
		c.live[h] = s
	}
}

// drop forgets every token of the accounts.
func (c *sessions) drop(accounts map[int64]bool) {
	if len(accounts) == 0 {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.drops++
	for h, s := range c.live {
		if accounts[s.who.id] {
			delete(c.live, h)
		}
	}
}

// due reports whether it is time to remove expired tokens, and then forgets those it remembers.
func (c *sessions) due(now int64) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.counts++; c.counts < purgeEvery {
		return false
	}
	c.counts = 0
	for h, s := range c.live {
		if s.expires <= now {
			delete(c.live, h)
		}
	}
	return true
}

// signIn answers POST /v1/sessions.
func (s *Server) signIn(r *request) (answer, error) {
	body, err := readBody[signInBody](r.Request)
	if err != nil {
		return answer{}, err
	}
	a, err := s.store.reads.accountByLogin(body.Login)
	if err != nil {
		return answer{}, err
	}
	given := sha256.Sum256([]byte(body.Secret))
	stored := hash{} // of nothing: no secret has it
	copy(stored[:], a.secret)
	right := subtle.ConstantTimeCompare(given[:], stored[:]) == 1
	if !right || a.id == 0 || len(a.secret) == 0 {
		s.noteRefusedSignIn(a)
		return answer{}, unauthorized("the login or the secret is wrong")
	}
	return s.openSession(a)
}

// noteRefusedSignIn leaves a trace when somebody failed to sign in to an account that exists.
func (s *Server) noteRefusedSignIn(a account) {
	if a.id != 0 {
		s.store.note(func(q *queries) error {
			return q.audit(principal{id: a.id}, "sign_in_refused", formatID(accountID, a.id), 0)
		})
	}
}

// openSession makes a token. The token itself is stored nowhere.
func (s *Server) openSession(a account) (answer, error) {
	var raw [32]byte
	_, _ = rand.Read(raw[:]) // never fails: it ends the process instead
	token := base64.RawURLEncoding.EncodeToString(raw[:])
	h := hash(sha256.Sum256([]byte(token)))
	expires := s.cfg.Clock().Add(s.cfg.TokenLife).Truncate(time.Microsecond)
	_, drops, _ := s.sessions.get(h)
	err := s.store.write(func(q *queries) error {
		if now, err := q.account(sqlAccountLocked, a.id); err != nil || !bytes.Equal(now.secret, a.secret) {
			return firstError(err, unauthorized("the secret has just been replaced"))
		}
		if err := s.purge(q); err != nil {
			return err
		}
		if err := q.exec(sqlInsertSession, h[:], a.id, expires.UnixMicro()); err != nil {
			return err
		}
		return q.audit(a.principal, "sign_in", formatID(accountID, a.id), 0)
	})
	if err != nil {
		return answer{}, err
	}
	s.sessions.put(h, session{a.principal, expires.UnixMicro()}, drops)
	return created(signInAnswer{token, expires.UTC(), formatID(accountID, a.id), a.kind.String()})
}

func (s *Server) purge(q *queries) error {
	if !s.sessions.due(q.now()) {
		return nil
	}
	return q.exec(sqlDeleteExpired, q.now())
}

// authenticate finds out who sent a request.
func (s *Server) authenticate(r *http.Request) (principal, error) {
	token, isBearer := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	if !isBearer || token == "" {
		return principal{}, unauthorized("send the header Authorization: Bearer TOKEN, with a token of POST /v1/sessions")
	}
	h := hash(sha256.Sum256([]byte(token)))
	found, drops, known := s.sessions.get(h)
	if !known {
		var err error
		if found, err = s.store.reads.session(h); err != nil {
			return principal{}, err
		}
		if found.who.id != 0 {
			s.sessions.put(h, found, drops)
		}
	}
	if found.who.id == 0 || found.expires <= s.cfg.Clock().UnixMicro() {
		return principal{}, unauthorized("the token is unknown or has expired: sign in again")
	}
	return found.who, nil
}

// session reads what a token stands for; a zero session when it is unknown.
func (q *queries) session(h hash) (session, error) {
	var s session
	err := q.one(sqlSession, h[:]).Scan(&s.expires, &s.who.id, &s.who.kind, &s.who.actsFor)
	if errors.Is(err, sql.ErrNoRows) {
		return session{}, nil
	}
	return s, err
}
